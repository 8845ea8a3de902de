"""Search for agents: cases, companies, people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from desk.page import desk_page, show
from desk.together import note_company
from tickets.queries import access_case
from tickets.search import case_number
from tickets.search import search as find


@require_safe
@desk_page
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "")
    number = case_number(request.user, asked)
    if number is not None and request.GET.get("go"):
        try:
            return redirect("desk:case", access_case(request.user, number).number)
        except NotFound:
            pass  # then it may be a word
    found = find(request.user, asked)
    note_company([hit.case for hit in found.hits], request.user)
    return show(request, "desk/search/page.html", {"found": found, "here": "search"})
