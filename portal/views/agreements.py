"""What a customer agrees to on a case: remote access, a split, money instead of points."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from entitlements.refunds import is_money_asked
from portal.agreement_forms import ConsentForm, FollowForm, SplitForm, WithdrawForm
from portal.case_files import PortalFiles
from portal.following import begin_follow_up
from portal.page import customer_page, refusals_into
from portal.views.cases import SENT_TWICE, show_case
from tickets.actions.consenting import give_consent, withdraw_consent
from tickets.actions.crediting import ask_for_money
from tickets.actions.following import is_followed
from tickets.actions.splitting import accept_split, decline_split
from tickets.agreement_errors import NoConsentRuns, NoMoneyRefund, NoSplitWaits, NotFollowed
from tickets.files import policy_for
from tickets.models import Case, SplitProposal
from tickets.queries import access_case
from tickets.uploading import take


@customer_page
def consent(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = ConsentForm(request.POST, zone=case.time_zone)
    if form.is_valid():
        with refusals_into(form):
            said = {"scope": form.cleaned_data["scope"], "until_at": form.moment()}
            give_consent(case_id=case.pk, by=request.user, at=request.at, **said)
            messages.success(request, _("Support may access it now, until the time you gave."))
            return redirect("portal:case", number)
    return show_case(request, case, form=form)


@customer_page
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _withdraw(request, case, form.cleaned_data["consent"])
    return redirect("portal:case", number)


@customer_page
def split(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    form = SplitForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return redirect("portal:case", number)
    try:
        with refusals_into(form, but=(NoSplitWaits,)):
            return _decide(request, case, **form.cleaned_data)
    except NoSplitWaits as error:
        return _decided_before(request, case, form.cleaned_data["proposal"], error)
    return show_case(request, case, form=form)


@customer_page
def money(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    try:
        ask_for_money(case_id=case.pk, by=request.user, at=request.at)
    except NoMoneyRefund:
        if not is_money_asked(company=case.company, case_number=case.number):
            raise
        messages.info(request, _("You have asked for money already; it was not asked for again."))
    else:
        messages.success(
            request, _("You asked for money instead. You hear from the vendor how it is paid.")
        )
    return redirect("portal:case", number)


@customer_page
def follow(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    if not is_followed(case):
        raise NotFollowed
    form = FollowForm(request.POST)
    form.fields["files"].put_in(
        PortalFiles(case, request.user, request.at, policy_for(case, request.at)).box
    )
    take(form, request)
    if not form.is_valid():
        return show_case(request, case, form=form)
    words, decision = form.cleaned_data["reason"], form.cleaned_data["draft"]
    return begin_follow_up(request, case, words, decision)


def _decide(
    request: HttpRequest, case: Case, *, proposal: int, points: int, decision: str
) -> HttpResponse:
    who = {"case_id": case.pk, "proposal_id": proposal, "by": request.user, "at": request.at}
    if decision == "accept":
        new = accept_split(points_shown=points, **who)
        return redirect("portal:filed", new.number)
    decline_split(**who)
    messages.success(request, _("All stays on this case as it is. Support is told."))
    return redirect("portal:case", case.number)


def _decided_before(
    request: HttpRequest, case: Case, proposal_id: int, error: NoSplitWaits
) -> HttpResponse:
    """Lead a second press of the button to what the first one did."""
    decided = SplitProposal.objects.filter(case=case, pk=proposal_id, decided_by=request.user)
    found = decided.select_related("new_case").first()
    if found is None:
        messages.warning(request, str(error))
        return redirect("portal:case", case.number)
    messages.info(request, SENT_TWICE)
    return redirect("portal:case", (found.new_case or case).number)


def _withdraw(request: HttpRequest, case: Case, consent_id: int) -> None:
    try:
        withdraw_consent(case_id=case.pk, consent_id=consent_id, by=request.user, at=request.at)
    except NoConsentRuns as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("Support may no longer access it."))
