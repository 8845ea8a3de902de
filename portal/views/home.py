"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal import reading
from portal.filing.costs import phone_facts
from portal.filing.draft import read_filing
from portal.page import customer_page, show
from sla.errors import NoPolicy
from tickets.drafts import draft_of


@customer_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = request.user
    shown = {
        "home": reading.home(person, request.at),
        "draft": draft_of(person),
        **_phones(request),
    }
    return show(request, "portal/home.html", shown)


def _phones(request: HttpRequest) -> dict[str, object]:
    try:
        filing = read_filing(by=request.user, answers={}, at=request.at)
        return {"phones": filing.weighed.phones, **phone_facts(filing)}
    except NoPolicy:
        return {"phones": ()}
