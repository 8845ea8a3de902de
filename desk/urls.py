"""The desk's pages, below /desk/."""

from django.urls import path

from desk.views import acknowledging, acts, acts_escalation, caller, customers, points, queue
from desk.views.case import case_page, why

app_name = "desk"

urlpatterns = [
    path("", queue.queue_page, name="queue"),
    path("cases/", queue.find_case, name="find_case"),
    path("cases/new/", caller.find, name="new"),
    path("cases/new/<int:company_id>/", caller.caller, name="caller"),
    path("cases/new/<int:company_id>/case/", caller.case, name="caller_case"),
    path("acknowledge/", acknowledging.acknowledge, name="acknowledge"),
    path("customers/", customers.customers, name="customers"),
    path("points/requests/<int:request_id>/", points.asked, name="points_request"),
    path("companies/<int:company_id>/points/", points.points, name="points"),
    path(
        "companies/<int:company_id>/points/statement.csv", points.statement, name="points_statement"
    ),
    path("cases/<int:number>/", case_page, name="case"),
    path("cases/<int:number>/why/<slug:key>/", why, name="why"),
    path("cases/<int:number>/filed/", caller.filed, name="filed"),
    path("cases/<int:number>/reply/", acts.reply, name="reply"),
    path("cases/<int:number>/ask/", acts.ask, name="ask"),
    path("cases/<int:number>/solve/", acts.solve, name="solve"),
    path("cases/<int:number>/call/", acts.call, name="call"),
    path("cases/<int:number>/note/", acts.note, name="note"),
    path("cases/<int:number>/work/", acts.work, name="work"),
    path("cases/<int:number>/take/", acts.take, name="take"),
    path("cases/<int:number>/assign/", acts.assign, name="assign"),
    path("cases/<int:number>/triage/", acts.triage_all, name="triage"),
    path("cases/<int:number>/severity/", acts.change_severity, name="severity"),
    path("cases/<int:number>/priority/", acts.change_priority, name="priority"),
    path("cases/<int:number>/type/", acts.change_type, name="type"),
    path("cases/<int:number>/schedule/", acts.schedule, name="schedule"),
    path("cases/<int:number>/hand-over/", acts_escalation.hand_over_case, name="hand-over"),
    path("cases/<int:number>/escalate/", acts_escalation.escalate, name="escalate"),
    path("cases/<int:number>/hand-back/", acts_escalation.give_back, name="hand-back"),
    path("cases/<int:number>/split/", acts.split, name="split"),
    path("cases/<int:number>/waive-split/", acts.waive_split, name="waive-split"),
    path("cases/<int:number>/withdraw-split/", acts.withdraw_split, name="withdraw-split"),
    path("cases/<int:number>/consent/", acts.consent, name="consent"),
    path("cases/<int:number>/withdraw-consent/", acts.withdraw_consent, name="withdraw-consent"),
    path("cases/<int:number>/credit/", acts.credit, name="credit"),
    path("cases/<int:number>/decline/", acts.decline, name="decline"),
    path("cases/<int:number>/close/", acts.close, name="close"),
    path("cases/<int:number>/reopen/", acts.reopen, name="reopen"),
]
