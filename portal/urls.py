"""The customer's pages."""

from django.urls import path

from portal.views import cases, filing, home, policy, registering
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
    path("policy/", policy.policy, name="policy"),
    path("promise/", promise, name="promise"),
    path("register/", registering.register, name="register"),
    path("register/sent/", registering.sent, name="register_sent"),
    path("register/link/<str:token>/", registering.link, name="register_link"),
    path("register/confirm/", registering.confirm, name="register_confirm"),
    path("file/", filing.start, name="file"),
    path("file/check/", filing.check, name="check"),
    path("file/send/", filing.send, name="send"),
    path("file/discard/", filing.discard, name="discard"),
    path("file/<slug:slug>/", filing.step, name="step"),
]
