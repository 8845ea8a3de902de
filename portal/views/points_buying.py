"""Asking somebody for a pack of points: nothing is paid here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entitlements.models import EntitlementRequest
from entitlements.request_words import request_text
from entitlements.requests import ask_for_entitlement
from portal.page import NOT_ACCEPTED, customer_page, refusals_into, show
from portal.points import channel_prices, people_to_ask, waiting_request
from portal.points_forms import BuyForm
from sla.queries import current_policy


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest) -> HttpResponse:
    person, policy = request.user, current_policy(request.at).policy
    form = BuyForm(
        request.POST if request.method == "POST" else None,
        packs=policy.packs,
        people=people_to_ask(person),
        initial={"pack": request.GET.get("pack", "")},
    )
    if form.is_valid() and _asked(request, form):
        return redirect("portal:points" if person.may("see_points") else "portal:plan")
    waiting = waiting_request(person)
    shown = {
        "form": form,
        "policy": policy,
        "prices": [price for price in channel_prices(person, request.at) if price.points],
        "packs": form.packs_shown(),
        "waiting": waiting,
        "waiting_what": request_text(waiting, policy) if waiting else "",
    }
    return show(request, "portal/points/buy.html", shown, NOT_ACCEPTED if form.errors else None)


def _asked(request: HttpRequest, form: BuyForm) -> bool:
    with refusals_into(form):
        asked_of = form.cleaned_data["asked_of"]
        ask_for_entitlement(
            kind=EntitlementRequest.Kind.PACK,
            pack=form.cleaned_data["pack"],
            words=form.cleaned_data["words"],
            asked_of=asked_of,
            by=request.user,
            at=request.at,
        )
        told = _("You have asked %(name)s. You hear by mail what becomes of it.")
        messages.success(request, told % {"name": asked_of.name})
        return True
    return False
