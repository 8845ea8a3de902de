"""A customer asks for an escalation of a case, or says that it is no longer needed (DD-25)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from escalation.errors import EscalationNotOffered, EscalationRuns
from escalation.requests import (
    end_escalation,
    request_escalation,
    request_words,
    running_request,
)
from portal.escalating import beforehand
from portal.escalation_forms import AskForm, EndForm
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from portal.repeats import is_said
from portal.views.cases import SENT_TWICE
from tickets.models import Case
from tickets.queries import access_case
from tickets.reading import case_state


@customer_page
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Show the three fields with whom it reaches and by when; send them."""
    case = access_case(request.user, number)
    form = AskForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and _asked(request, case, form):
        return redirect("portal:case", number)
    if form is None:
        _check_offered(case)
    told = beforehand(case, request.at)
    initial = {"situation": told.situation, "seen": case.last_seq}
    shown = {
        "case": case,
        "told": told,
        "form": form or AskForm(initial=initial),
        "zone": case.time_zone,
        "note": case_state(case).policy.escalation.note,
    }
    return show(request, "portal/case/escalation_ask.html", shown, NOT_ACCEPTED if form else None)


@customer_page
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Show the one field; end the escalation that runs."""
    case = access_case(request.user, number)
    running = running_request(case)
    form = EndForm(request.POST) if request.method == "POST" else None
    if running is None:
        if form is not None:
            messages.info(request, _("No escalation of this case runs any more."))
        return redirect("portal:case", number)
    if form is not None and form.is_valid():
        with refusals_into(form):
            said = {"note": form.cleaned_data["note"], "by": request.user, "at": request.at}
            end_escalation(request_id=running.pk, **said)
            messages.success(request, _("The escalation has ended. Work on the case goes on."))
            return redirect("portal:case", number)
    shown = {"case": case, "running": running, "form": form or EndForm(), "zone": case.time_zone}
    return show(request, "portal/case/escalation_end.html", shown, NOT_ACCEPTED if form else None)


def _asked(request: HttpRequest, case: Case, form: AskForm) -> bool:
    data = form.cleaned_data
    words = request_words(data["situation"], data["reason"])
    by = request.user
    with refusals_into(form):
        seen = data["seen"]
        if is_said(case, "escalation_requested", words, by=by, seen=seen, at=request.at):
            messages.info(request, SENT_TWICE)
            return True
        request_escalation(
            case_id=case.pk,
            situation=data["situation"],
            reason=data["reason"],
            way="portal",
            asked_by=by,
            by=by,
            at=request.at,
        )
        messages.success(request, _("Your escalation has reached support."))
        return True
    return False


def _check_offered(case: Case) -> None:
    if not case_state(case).policy.escalation.open:
        raise EscalationNotOffered
    if running_request(case) is not None:
        raise EscalationRuns
