"""The customer's pages."""

from django.urls import path

from portal.views import (
    agreements,
    asking,
    cases,
    filing,
    home,
    lifecycle,
    plan,
    points,
    points_buying,
    policy,
    registering,
    requests,
)
from portal.views.promise import promise

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/<int:number>/", cases.case, name="case"),
    path("cases/<int:number>/why/<slug:key>/", cases.why, name="why"),
    path("cases/<int:number>/filed/", cases.filed, name="filed"),
    path("cases/<int:number>/reply/", cases.reply, name="reply"),
    path("cases/<int:number>/close/", cases.close, name="close"),
    path("cases/<int:number>/reopen/", cases.reopen, name="reopen"),
    path("cases/<int:number>/consent/", agreements.consent, name="consent"),
    path("cases/<int:number>/consent/withdraw/", agreements.withdraw, name="withdraw_consent"),
    path("cases/<int:number>/split/", agreements.split, name="split"),
    path("cases/<int:number>/money/", agreements.money, name="money"),
    path("cases/<int:number>/follow/", agreements.follow, name="follow"),
    path("points/", points.points, name="points"),
    path("points/buy/", points_buying.buy, name="points_buy"),
    path("points/statement.csv", points.statement, name="points_statement"),
    path("plan/", plan.plan, name="plan"),
    path("requests/<int:request_id>/withdraw/", requests.withdraw, name="request_withdraw"),
    path("requests/<int:request_id>/refuse/", requests.refuse, name="request_refuse"),
    path("policy/", policy.policy, name="policy"),
    path("promise/", promise, name="promise"),
    path("support-end/", lifecycle.support_end, name="support_end"),
    path("downloads/", lifecycle.downloads, name="downloads"),
    path("downloads/<int:download_id>/", lifecycle.download, name="download"),
    path("notifications/", lifecycle.notifications, name="notifications"),
    path("notifications/stop/<str:token>/", lifecycle.stop, name="stop"),
    path("register/", registering.register, name="register"),
    path("register/sent/", registering.sent, name="register_sent"),
    path("register/link/<str:token>/", registering.link, name="register_link"),
    path("register/confirm/", registering.confirm, name="register_confirm"),
    path("file/", filing.start, name="file"),
    path("file/check/", filing.check, name="check"),
    path("file/send/", filing.send, name="send"),
    path("file/ask/", asking.ask, name="ask"),
    path("file/discard/", filing.discard, name="discard"),
    path("file/untie/", filing.untie, name="untie"),
    path("file/<slug:slug>/", filing.step, name="step"),
]
