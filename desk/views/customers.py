"""The customers of an account manager: what waits, what is owed, what ends."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.customers import customers_page
from desk.page import desk_page, show


@require_safe
@desk_page
def customers(request: HttpRequest) -> HttpResponse:
    found = customers_page(request.user, request.at)
    shown = {"found": found, "here": "customers", "may_sell": request.user.may("sell_points")}
    return show(request, "desk/customers.html", shown)
