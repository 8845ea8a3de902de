"""Search for customers: the cases that they may see, by what they may read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.page import customer_page, show
from tickets.search import search as find


@customer_page
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    found = find(request.user, request.GET.get("q", ""))
    sees_company = request.user.may("read_company_cases")
    return show(request, "portal/search.html", {"found": found, "sees_company": sees_company})
