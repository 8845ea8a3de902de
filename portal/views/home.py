"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal import reading
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
        "phones": _phones(request),
    }
    return show(request, "portal/home.html", shown)


def _phones(request: HttpRequest) -> tuple:
    try:
        return read_filing(by=request.user, answers={}, at=request.at).weighed.phones
    except NoPolicy:
        return ()
