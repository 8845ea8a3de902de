"""Promises: of a case, with their receipts, and of one that nobody has opened yet."""

from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.fields import said
from api.opening import wish_of
from api.parameters import CASE
from api.reading import access_case
from api.shapes.promises import (
    ForeseenOut,
    PromiseIn,
    PromisesOut,
    foreseen_told,
    promises_told,
)
from api.view import ApiView, operation
from tickets.filing import weigh
from tickets.history import history, reasons_of
from tickets.reading import Telling, clock_views, effective_dates, receipt_for
from tickets.timeline import load_timeline


class Promises(ApiView):
    @operation(
        id="cases_promises",
        tag="Promises",
        summary="Read the promises of a case, with their receipts",
        about="What is due when, and every stretch of time that counted for it. Open ones first. "
        "Customers read what they were promised; the desk also what it only aims at.",
        scope="cases:read",
        gives={200: PromisesOut},
        parameters=(CASE,),
    )
    def get(self, request: Request, case: str) -> Response:
        found, reader = access_case(request.user, case), request.user
        timeline = load_timeline(found)
        state, for_customer = timeline.state(), not reader.may("use_desk")
        reasons = reasons_of(history(found, reader))
        told = Telling(timeline, for_customer, effective_dates(timeline.policies), reasons)
        views = clock_views(state, request.at, for_customer=for_customer)
        shown = [(view, receipt_for(state, view, found.time_zone, told)) for view in views]
        return Response({"results": promises_told(shown)})


class Foreseen(ApiView):
    @operation(
        id="promise",
        tag="Promises",
        summary="What would be promised?",
        about="For a case that nobody has opened yet: whether it can be, by when it would be "
        "answered, and what it would cost. Nothing is written, and nothing is charged.",
        scope="policy:read",
        takes=PromiseIn,
        gives={200: ForeseenOut},
        example={"severity": "1", "product": "router"},
        answer=examples.FORESEEN,
    )
    def post(self, request: Request) -> Response:
        wish = wish_of(said(PromiseIn, request), request.user)
        weighed = weigh(wish, by=request.user, at=request.at)
        with_points = "points:read" in request.auth.codes
        return Response(foreseen_told(weighed, request.user, with_points=with_points))
