"""A company's points: what is on hand, where they went, and what was sold."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotAllowed
from accounts.models import Company
from accounts.queries import access_company
from api import examples
from api.fields import said
from api.parameters import COMPANY, PAGES
from api.reading import key_in, page_of
from api.shapes.points import PointsOut, SaleIn, StatementOut, points_told, row_told
from api.view import ApiView, created, operation
from entitlements.balances import statement_lines
from entitlements.selling import sell_pack
from entitlements.statement import points_shown, row_of
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy


class Points(ApiView):
    @operation(
        id="points_read",
        tag="Points",
        summary="Read what a company has on hand",
        scope="points:read",
        gives={200: PointsOut},
        parameters=(COMPANY,),
        answer=examples.POINTS,
    )
    def get(self, request: Request, company: str) -> Response:
        found = _access(request, company)
        return Response(points_told(points_shown(found, _policy(request), request.at)))


class Statement(ApiView):
    @operation(
        id="points_statement",
        tag="Points",
        summary="Read the statement of a company",
        about="The newest entry first.",
        scope="points:read",
        gives={200: StatementOut},
        parameters=(COMPANY, *PAGES),
    )
    def get(self, request: Request, company: str) -> Response:
        found, policy = _access(request, company), _policy(request)
        page = page_of(request, statement_lines(found), "seq", falling=True)
        return Response(page.told(lambda rows: [row_told(row_of(one, policy)) for one in rows]))


class Sales(ApiView):
    @operation(
        id="points_sell",
        tag="Points",
        summary="Enter a pack that was sold",
        about="For managers and account managers. A reference is entered once.",
        scope="points:write",
        takes=SaleIn,
        gives={201: PointsOut},
        parameters=(COMPANY,),
        example={"pack": "ten", "reference": "4711", "bought_on": "2026-03-02"},
        answer=examples.POINTS,
    )
    def post(self, request: Request, company: str) -> Response:
        found = _access(request, company)
        sell_pack(company=found, by=request.user, at=request.at, **said(SaleIn, request))
        return created(points_told(points_shown(found, _policy(request), request.at)))


def _access(request: Request, key: str) -> Company:
    found = access_company(request.user, key_in(key))
    if not request.user.may("see_points"):
        raise NotAllowed
    return found


def _policy(request: Request) -> Policy | None:
    try:
        return current_policy(request.at).policy
    except NoPolicy:
        return None
