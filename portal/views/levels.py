"""What a customer does about the level of a case: asks for another, answers an offer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from portal.level_forms import AskLevelForm, OfferForm
from portal.page import customer_page, refusals_into
from portal.views.cases import SENT_TWICE, show_case
from tickets.actions.levels import accept_offer, decline_offer, request_level
from tickets.level_errors import NoLevelRequestWaits
from tickets.models import Case, LevelRequest
from tickets.queries import access_case
from tickets.reading import case_state


@customer_page
def ask(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    if request.method != "POST":
        return redirect("portal:case", number)
    form = AskLevelForm(request.POST, case=case, policy=case_state(case).policy)
    if form.is_valid():
        if _is_asked(case, form.asked()):
            messages.info(request, SENT_TWICE)
            return redirect("portal:case", number)
        with refusals_into(form):
            request_level(case_id=case.pk, by=request.user, at=request.at, **form.asked())
            messages.success(request, _("Asked. Support decides and tells you why."))
            return redirect("portal:case", number)
    return show_case(request, case, form=form)


@customer_page
def offer(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return redirect("portal:case", number)
    waiting = case.level_requests.filter(pk=form.cleaned_data["request"])
    if not waiting.exists():
        raise NotFound
    is_accepted = form.cleaned_data["decision"] == "accept"
    decide = accept_offer if is_accepted else decline_offer
    try:
        decide(request_id=form.cleaned_data["request"], by=request.user, at=request.at)
    except NoLevelRequestWaits as error:
        messages.info(request, str(error))
    else:
        told = _("The case has the level now.") if is_accepted else _("The level stays as it is.")
        messages.success(request, told)
    return redirect("portal:case", number)


def _is_asked(case: Case, asked: dict[str, str]) -> bool:
    """Tell whether the button was pressed twice: the same waits already."""
    waiting = LevelRequest.objects.filter(case=case, state=LevelRequest.State.WAITING)
    return waiting.filter(**asked).exists()
