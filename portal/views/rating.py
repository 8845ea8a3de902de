"""Saying how it was: by a link without signing in, and on the pages of a case."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import NotFound
from accounts.languages import spoken
from accounts.models import Person
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from portal.rating import RatingForm, form_for
from tickets.actions.rating import rate_case
from tickets.queries import access_case
from tickets.rating import NAMES, Asked, NothingToRate, asked_about, read_rating_url

# Where the three buttons stand besides the page of the case.
PLACES = {"home": "portal:home", "cases": "portal:cases"}


# Pressed from mail, by who may not be signed in, or be somebody else here: the token is the key.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was chosen; opening it keeps nothing, for programs that look into mail do that.

    In the language of the letter.
    """
    try:
        person, asked = read_rating_url(token)
    except NotFound as none:
        raise Http404 from none
    except NothingToRate as refusal:
        shown = {"refused": refusal}
        return render(request, "portal/rating/over.html", shown, status=HTTPStatus.CONFLICT)
    with translation.override(spoken(person.language)):
        return _rate(request, person, asked)


@customer_page
def rate_here(request: HttpRequest, number: int) -> HttpResponse:
    case = access_case(request.user, number)
    back = PLACES.get(request.POST.get("back", ""))
    after = redirect(back) if back else redirect("portal:case", number)
    if request.method != "POST":
        return after
    asked = asked_about([case]).get(case.pk)
    if asked is None:
        messages.info(request, str(NothingToRate()))
        return after
    form = RatingForm(request.POST)
    if form.is_valid() and _is_kept(request, form, asked, request.user):
        messages.success(request, _("Thank you. The support desk reads it."))
        return after
    shown = {"form": form, "asked": asked, "case": case, "zone": case.time_zone}
    return show(request, "portal/rating/page.html", shown, status=NOT_ACCEPTED)


def _rate(request: HttpRequest, person: Person, asked: Asked) -> HttpResponse:
    chosen = request.GET.get("score", "")
    form = form_for(asked, chosen if chosen in NAMES else "")
    if request.method == "POST" and asked.is_open(request.at):
        form = RatingForm(request.POST)
        if form.is_valid() and _is_kept(request, form, asked, person):
            return redirect(request.path)
    return _rating_page(request, form, asked)


def _is_kept(request: HttpRequest, form: RatingForm, asked: Asked, person: Person) -> bool:
    """Keep what a valid form says, or put what is wrong into it."""
    with refusals_into(form):
        rate_case(
            case_id=asked.case.pk,
            ended_at=asked.ended_at,
            by=person,
            at=request.at,
            **form.said(),
        )
    return not form.errors


def _rating_page(request: HttpRequest, form: RatingForm, asked: Asked) -> HttpResponse:
    is_open = asked.is_open(request.at)
    is_chosen = is_open and not form.is_bound and request.GET.get("score") in NAMES
    shown = {
        "form": form,
        "asked": asked,
        "case": asked.case,
        "is_open": is_open,
        "sends_itself": is_chosen,
        "zone": asked.case.time_zone,
    }
    status = NOT_ACCEPTED if form.errors else None
    return render(request, "portal/rating/page.html", shown, status=status)
