"""The customer's cases: lists, one case, and what can be done on it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import listing, reading
from portal.agreement_forms import ConsentForm
from portal.agreements import Agreements
from portal.case_files import PortalFiles
from portal.escalating import Escalations
from portal.file_forms import ChannelForm
from portal.filed import promised_once_called
from portal.following import TOO_LATE, go_on_anew, goes_on_anew
from portal.forms import CaseForm, ReopenForm, ReplyForm, SolvedForm
from portal.level_forms import AskLevelForm
from portal.levels import CaseLevels
from portal.life import Life
from portal.life_forms import AwayForm, DisputeForm
from portal.page import NOT_ACCEPTED, View, customer_page, refusals_into, show
from portal.rating import form_for
from portal.repeats import is_said
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy
from tickets.actions.conversation import reply_as_customer
from tickets.actions.ending import close_case, reopen_case
from tickets.actions.questioning import dispute_question
from tickets.files import policy_for
from tickets.models import Case
from tickets.queries import access_case
from tickets.rating import NAMES, asked_about
from tickets.uploading import FileBox, take

# Does the act and says in words what was done.
Perform = Callable[..., str]
SENT_TWICE = gettext_lazy("This has been sent already; it was not sent a second time.")


@customer_page
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    cases = listing.case_list(request.user, request.GET, policy=_policy(request), at=request.at)
    shown = {"cases": cases, "sees_company": request.user.may("read_company_cases")}
    return show(request, "portal/case_list.html", shown)


def _policy(request: HttpRequest) -> Policy | None:
    try:
        return current_policy(request.at).policy
    except NoPolicy:
        return None


@customer_page
@require_safe
def case(request: HttpRequest, number: int) -> HttpResponse:
    return show_case(request, access_case(request.user, number))


@customer_page
@require_safe
def why(request: HttpRequest, number: int, key: str) -> HttpResponse:
    found = access_case(request.user, number)
    promised = reading.promised_on(found, request.user, key, request.at)
    shown = {"case": found, "receipt": promised.receipt, "zone": found.time_zone}
    return show(request, "portal/why.html", shown)


@customer_page
@require_safe
def filed(request: HttpRequest, number: int) -> HttpResponse:
    found = access_case(request.user, number)
    page = reading.case_page(found, request.user, request.at)
    shown = {
        "page": page,
        "case": found,
        "zone": page.zone,
        "cost": page.lines[0].event.payload.get("points"),
        "once_called": promised_once_called(found, request.at) if found.call_owed else None,
    }
    return show(request, "portal/filed.html", shown)


def case_act(form_class: type[CaseForm], kind: str, words: str) -> Callable[[Perform], View]:
    """Make a view of what a customer does on a case; refused, all that was typed is shown again.

    `kind` is the entry that the act leaves, or several, `words` the field of the form that it says.
    """

    def decorate(perform: Perform) -> View:
        @customer_page
        @wraps(perform)
        def view(request: HttpRequest, number: int) -> HttpResponse:
            found = access_case(request.user, number)
            if request.method != "POST":
                return redirect("portal:case", number)
            form = form_class(request.POST)
            box = _take_files(request, found, form)
            if form.is_valid():
                body, seen = form.cleaned_data[words], form.cleaned_data["seen"]
                with refusals_into(form):
                    if is_said(found, kind, body, by=request.user, seen=seen, at=request.at):
                        box.empty()
                        messages.info(request, SENT_TWICE)
                        return redirect("portal:case", number)
                    act = {"case_id": found.pk, "by": request.user, "at": request.at}
                    try:
                        messages.success(request, perform(body=body, **form.confirmed(), **act))
                    except TOO_LATE as error:
                        if not goes_on_anew(request, found, body, error):
                            raise
                        return go_on_anew(request, found, body, error)
                    return redirect("portal:case", number)
            return show_case(request, found, form=form)

        return view

    return decorate


def _take_files(request: HttpRequest, case: Case, form: CaseForm) -> FileBox:
    """Take in what came with a form; a message may be nothing but files."""
    box = PortalFiles(case, request.user, request.at, policy_for(case, request.at)).box
    form.put_files_in(box)
    take(form, request, alone="body" if isinstance(form, ReplyForm) else "")
    return box


@case_act(ReplyForm, "customer_replied", "body")
def reply(**said: object) -> str:
    reply_as_customer(**said)
    return _("Your message is with support.")


@case_act(DisputeForm, "question_disputed", "body")
def dispute(**said: object) -> str:
    dispute_question(**said)
    return _("Support is told that it does not wait for you. Our clocks run again.")


@case_act(SolvedForm, "closed", "body")
def close(**said: object) -> str:
    close_case(**said)
    return _("The case is closed. Thank you for telling us.")


@case_act(ReopenForm, "reopened reopen_asked", "reason")
def reopen(**said: object) -> str:
    if reopen_case(**said).is_open:
        return _("The case is open again, and with support.")
    return _("Support has what you wrote, and says here whether it is the same problem.")


def show_case(request: HttpRequest, case: Case, *, form: Form | None = None) -> HttpResponse:
    """Show a case; `form` is the one that was not accepted, with what was typed into it.

    The case may have moved on meanwhile: what was typed then stands in the box that is there now.
    """
    page = reading.case_page(case, request.user, request.at)
    files = PortalFiles(case, request.user, request.at, page.policy)
    shown = {
        "files": files,
        "page": page,
        "case": case,
        "zone": page.zone,
        "form": form,
        **_parts(request, case, page, form),
        **_rating(case, request),
    }
    shown |= _forms(request, case, files, shown["life"], form)
    return show(request, "portal/case.html", shown, status=NOT_ACCEPTED if form else None)


def _parts(
    request: HttpRequest, case: Case, page: reading.CasePage, form: Form | None
) -> dict[str, Any]:
    """Read what is asked, offered and escalated on a case, with the forms that belong to it."""
    person, at = request.user, request.at
    events = [line.event for line in page.lines]
    disputed = form if isinstance(form, DisputeForm) else DisputeForm()
    away = form if isinstance(form, AwayForm) else AwayForm()
    asked = form if isinstance(form, AskLevelForm) else None
    return {
        "life": Life(case, person, page.state, events, at, disputed, away),
        "levels": CaseLevels(case, person, page.timeline, at, asked),
        "agreed": Agreements(case, person, page.policy, events, at),
        "escalations": Escalations(case, person, page.state, events, at),
    }


def _forms(
    request: HttpRequest, case: Case, files: PortalFiles, life: Life, form: Form | None
) -> dict[str, Form]:
    """Give the forms of the page itself: the one that came back, and the others with its words."""
    typed = request.POST.get("body") or request.POST.get("reason", "")
    channel = ChannelForm(
        initial={"channel": files.preferred}, is_contact=case.contact_id == request.user.pk
    )
    reply = form if isinstance(form, ReplyForm) else ReplyForm(initial={"body": typed})
    reopening = form if isinstance(form, ReopenForm) else None
    if reopening is None:
        reopening = ReopenForm(initial={"reason": typed or life.declined_words})
    for one in (reply, reopening):
        one.put_files_in(files.box)
    return {
        "channel_form": channel,
        "consent_form": form if isinstance(form, ConsentForm) else ConsentForm(zone=case.time_zone),
        "reply_form": reply,
        "reopen_form": reopening,
    }


def _rating(case: Case, request: HttpRequest) -> dict[str, object]:
    """Ask how it was, once the case has ended; what was said may be changed for a while."""
    asked = asked_about([case]).get(case.pk)
    is_open = asked is not None and asked.is_open(request.at)
    is_shown = asked is not None and (is_open or asked.rating is not None)
    return {
        "rating": asked if is_shown else None,
        "rating_form": form_for(asked) if asked is not None and is_open else None,
        "scores": NAMES.items(),
    }
