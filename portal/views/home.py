"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal import reading
from portal.filing.costs import form_price, phone_facts
from portal.filing.draft import read_filing
from portal.notices import notices_for
from portal.page import customer_page, show
from portal.plan_card import plan_card
from sla.errors import NoPolicy
from tickets.drafts import draft_of
from tickets.rating import NAMES


@customer_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = request.user
    shown = {
        "home": reading.home(person, request.at),
        "draft": draft_of(person),
        "notices": notices_for(person, request.at),
        "scores": NAMES.items(),
        **_support(request),
    }
    return show(request, "portal/home.html", shown)


def _support(request: HttpRequest) -> dict[str, object]:
    """Prepare the plan in short, and the phone numbers; nothing is there without a policy."""
    try:
        filing = read_filing(by=request.user, answers={}, at=request.at)
    except NoPolicy:
        return {"phones": ()}
    return {
        "phones": filing.weighed.phones,
        "plan_card": plan_card(filing),
        "has_points": filing.policy.has_points,
        "form_price": form_price(filing),
        **phone_facts(filing),
    }
