"""Cases: listed, read, opened, sorted."""

from collections.abc import Mapping

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from api import examples
from api.errors import BadParameter, ScopeMissing, UnknownParameter
from api.fields import said
from api.opening import open_wished
from api.parameters import CASE, FILTERS, FOR_CUSTOMERS, PAGES
from api.reading import access_case, again, listed, page_of
from api.shapes.cases import CaseChangeIn, CaseOut, CasesOut, OpenIn, case_told, cases_told
from api.sorting import change_case
from api.view import ApiView, created, must_match, operation, versioned
from tickets.filters import COLUMNS, NOT, TEXT, narrowed_by, read_filters, values_of
from tickets.models import Case
from tickets.queries import lock_case

NAMES = (*COLUMNS, *(NOT + name for name in COLUMNS), TEXT)


class Cases(ApiView):
    @operation(
        id="cases_list",
        tag="Cases",
        summary="List cases",
        about="The newest first, those that the person of the token may see.",
        scope="cases:read",
        gives={200: CasesOut},
        parameters=(*FILTERS, *PAGES),
    )
    def get(self, request: Request) -> Response:
        cases = _narrowed(request, listed(request, request.user))
        page = page_of(request, cases, "number", falling=True)
        return Response(page.told(lambda rows: cases_told(rows, request.user)))

    @operation(
        id="cases_open",
        tag="Cases",
        summary="Open a case",
        about="Whether it can be opened, what is promised and what it costs is said beforehand by "
        "`POST /api/v1/promise/`. A case that costs points is only opened where `accept_points` "
        "says so many. Files that were uploaded for it (`for: case`) come with it.",
        scope="cases:write",
        takes=OpenIn,
        gives={201: CaseOut},
        example=examples.OPENING,
        answer=examples.CASE,
    )
    def post(self, request: Request) -> Response:
        case = open_wished(said(OpenIn, request), by=request.user, at=request.at)
        told = case_told(again(case, request.user), request.user)
        return created(told, Location=f"/api/v1/cases/{case.uuid}/")


class OneCase(ApiView):
    @operation(
        id="cases_read",
        tag="Cases",
        summary="Read a case",
        about="Its `ETag` names the version for a change.",
        scope="cases:read",
        gives={200: CaseOut},
        parameters=(CASE,),
        answer=examples.CASE,
    )
    def get(self, request: Request, case: str) -> Response:
        return versioned(case_told(access_case(request.user, case), request.user))

    @operation(
        id="cases_change",
        tag="Cases",
        summary="Sort a case",
        about="For the desk: levels, type, product, team, owner, tags, an agreed time. What "
        "belongs together is one entry of the timeline, and one mail to the customer.",
        scope="cases:write",
        takes=CaseChangeIn,
        gives={200: CaseOut},
        parameters=(CASE,),
        example={"severity": "2", "owner": 12, "reason": "There is a way around it."},
        answer=examples.CASE,
    )
    def patch(self, request: Request, case: str) -> Response:
        wanted = said(CaseChangeIn, request)
        found = access_case(request.user, case)
        # Of two who change what both have read, the second is told.
        lock_case(found.pk, request.user)
        found = again(found, request.user)
        must_match(request, case_told(found, request.user))
        change_case(found, wanted, by=request.user, at=request.at)
        return versioned(case_told(again(found, request.user), request.user))


def _narrowed(request: Request, cases: QuerySet[Case]) -> QuerySet[Case]:
    asked = {name: values for name, values in request.query_params.lists() if name in NAMES}
    _check(asked, request.user)
    # Words are looked for in notes too: what is found tells what they say.
    if TEXT in asked and "notes:read" not in request.auth.codes:
        raise ScopeMissing(scope="notes:read")
    return cases.filter(narrowed_by(read_filters(asked), request.user))


def _check(asked: Mapping[str, list[str]], person: Person) -> None:
    """Refuse a filter that is not the person's, and values that would be left out."""
    for name in asked:
        if person.is_customer and name.removeprefix(NOT) not in FOR_CUSTOMERS:
            raise UnknownParameter(name=name, field=name)
    kept = read_filters(asked)
    for name, values in asked.items():
        if name == TEXT:
            continue
        sent = {part.strip() for value in values for part in value.split(",") if part.strip()}
        if not sent or sent != set(values_of(name, kept.get(name, ""))):
            raise BadParameter(name=name, field=name)
