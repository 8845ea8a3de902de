"""The public page of the vendor's support policy."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from portal.policy.page import policy_page
from sla.errors import NoPolicy
from sla.pictures import hour_marks

LONGEST_NUMBER = 9


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    number = _asked_for(request)
    person = request.user if request.user.is_authenticated else None
    try:
        page = policy_page(at=request.at, number=number, person=person)
    except NotFound as none:
        raise Http404 from none
    except NoPolicy:
        return render(request, "portal/policy/none.html", status=HTTPStatus.NOT_FOUND)
    shown = {"page": page, "zone": page.visitor.zone, "marks": hour_marks()}
    return render(request, "portal/policy/page.html", shown)


def _asked_for(request: HttpRequest) -> int | None:
    asked = request.GET.get("version")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER):
        raise Http404
    return int(asked)
