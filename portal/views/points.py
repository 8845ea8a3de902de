"""The company's points: what is on hand, and where it went."""

from functools import partial

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.queries import whereabouts
from accounts.tenancy import stream_in_tenant
from entitlements.points_forms import Chosen
from entitlements.statement import statement_csv
from portal.page import customer_page, show
from portal.points import points_page
from sla.queries import current_policy


@never_cache
@customer_page
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    person, policy = seeing_points(request), current_policy(request.at).policy
    chosen = Chosen(request.GET)
    zone = zone_of(person)
    page = points_page(person, policy, zone, request.at, year=chosen.year, before=chosen.before)
    shown = {"page": page, "policy": policy, "zone": zone, "company": person.company}
    return show(request, "portal/points/page.html", shown)


@never_cache
@customer_page
@require_safe
def statement(request: HttpRequest) -> HttpResponseBase:
    person, policy = seeing_points(request), current_policy(request.at).policy
    year = Chosen(request.GET).year
    lines = stream_in_tenant(
        request.tenant.pk,
        partial(
            statement_csv,
            person.company,
            policy,
            zone_of(person),
            request.tenant.case_prefix,
            year=year,
        ),
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-{year or "all"}.csv"'
    return response


def seeing_points(request: HttpRequest) -> Person:
    """Give who asks. Raises NotAllowed where their company does not let them see its points."""
    if not request.user.may("see_points"):
        raise NotAllowed
    return request.user


def zone_of(person: Person) -> str:
    """Name the zone of the company: points end with a day of its calendar."""
    return whereabouts(company=person.company).time_zone
