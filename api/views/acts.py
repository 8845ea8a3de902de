"""What is said and done on a case."""

from dataclasses import replace
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.queries import access_person
from api import examples
from api.errors import ContactNeeded, ForTheDesk
from api.fields import Said, said
from api.parameters import CASE
from api.reading import access_case, again
from api.shapes.cases import case_told
from api.shapes.said import (
    ClosingIn,
    CreditIn,
    DoneOut,
    EntriesOut,
    EscalationIn,
    EscalationOut,
    EscalationsOut,
    NoteIn,
    QuestionIn,
    ReopenIn,
    ReplyIn,
    SolutionIn,
    entries_told,
)
from api.view import ApiView, created, operation
from escalation.models import EscalationRequest
from escalation.requests import request_escalation, requests_of
from tickets.actions.conversation import (
    add_note,
    ask_customer,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.crediting import CREDITED, credit_bug
from tickets.actions.ending import close_case, reopen_case, resolve_case
from tickets.files import CaseFiles, policy_for
from tickets.history import Entry, history
from tickets.models import Case

Way = EscalationRequest.Way
# Who may only write notes, or enter points, does not read the case by doing so.
OF_CASES = {"cases:read", "cases:write"}
SAID_ON: dict[str, Any] = {"tag": "Conversation", "scope": "cases:write", "parameters": (CASE,)}
ENDED_ON: dict[str, Any] = {"tag": "Status", "scope": "cases:write", "parameters": (CASE,)}


class Timeline(ApiView):
    @operation(
        id="cases_timeline",
        tag="Cases",
        summary="Read the timeline of a case",
        about="The oldest entry first. Customers read what is theirs to read; the words of notes "
        "come only with the scope `notes:read`.",
        scope="cases:read",
        gives={200: EntriesOut},
        parameters=(CASE,),
        answer={"results": [examples.ENTRY]},
    )
    def get(self, request: Request, case: str) -> Response:
        found = access_case(request.user, case)
        entries = _readable(history(found, request.user), request)
        return Response({"results": _told(entries, found, request)})


class Replies(ApiView):
    @operation(
        id="cases_reply",
        summary="Answer",
        about="The customer writes to support, or support answers the customer: by whose token it "
        "is. Files that were uploaded for it (`for: reply`) come with it. An answer of the desk "
        "leaves at once.",
        takes=ReplyIn,
        gives={201: DoneOut},
        example=examples.REPLY,
        answer=examples.DONE,
        **SAID_ON,
    )
    def post(self, request: Request, case: str) -> Response:
        act = reply_as_customer if request.user.is_customer else reply_to_case
        return _done(request, case, ReplyIn, act, "customer_replied", "agent_replied")


class Questions(ApiView):
    @operation(
        id="cases_ask",
        summary="Ask the customer",
        about="For the desk. The clocks that wait for the answer stand still until it comes.",
        takes=QuestionIn,
        gives={201: DoneOut},
        example={"question": "Which release do you run?", "items": ["Release", "Log file"]},
        answer=examples.DONE,
        **SAID_ON,
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, QuestionIn, ask_customer, "question_asked")


class Notes(ApiView):
    @operation(
        id="notes_list",
        tag="Notes",
        summary="Read the internal notes of a case",
        scope="notes:read",
        gives={200: EntriesOut},
        parameters=(CASE,),
    )
    def get(self, request: Request, case: str) -> Response:
        found = access_case(request.user, case)
        entries = [entry for entry in history(found, request.user) if entry.note is not None]
        return Response({"results": _told(entries, found, request)})

    @operation(
        id="notes_add",
        tag="Notes",
        summary="Add an internal note",
        about="No customer ever reads it. It answers nobody and moves no clock.",
        scope="notes:write",
        takes=NoteIn,
        gives={201: DoneOut},
        parameters=(CASE,),
        example={"body": "Their office is closed until Monday."},
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, NoteIn, add_note, "note_added")


class Solution(ApiView):
    @operation(
        id="cases_resolve",
        summary="Solve",
        about="For the desk: the customer reads the solution, and every clock ends.",
        takes=SolutionIn,
        gives={201: DoneOut},
        example={"solution": "Install 7.2.1: the fault is mended there."},
        answer=examples.DONE,
        **ENDED_ON,
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, SolutionIn, resolve_case, "resolved")


class Closing(ApiView):
    @operation(
        id="cases_close",
        summary="Close",
        about="The desk closes what is solved, a customer any case of theirs.",
        takes=ClosingIn,
        gives={201: DoneOut},
        example={"body": "It works again, thank you."},
        answer=examples.DONE,
        **ENDED_ON,
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, ClosingIn, close_case, "closed")


class Reopening(ApiView):
    @operation(
        id="cases_reopen",
        summary="Open again",
        about="Where the policy wants the desk to confirm that it is the same problem, the case "
        "stays closed until then: see `case.status`.",
        takes=ReopenIn,
        gives={201: DoneOut},
        example={"body": "It is back since this morning.", "same_problem": True},
        answer=examples.DONE,
        **ENDED_ON,
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, ReopenIn, reopen_case, "reopened", "reopen_asked")


class Credit(ApiView):
    @operation(
        id="cases_credit",
        tag="Points",
        summary="Give back what a case has cost",
        about="It proved to be a fault of the product. For leads and managers.",
        scope="points:write",
        takes=CreditIn,
        gives={201: DoneOut},
        parameters=(CASE,),
        example={"reason": "Fault 4711."},
    )
    def post(self, request: Request, case: str) -> Response:
        return _done(request, case, CreditIn, _credit, CREDITED)


class Escalations(ApiView):
    @operation(
        id="escalations_list",
        tag="Escalations",
        summary="List the escalations of a case",
        about="Those that a customer has asked for, the newest first.",
        scope="cases:read",
        gives={200: EscalationsOut},
        parameters=(CASE,),
    )
    def get(self, request: Request, case: str) -> Response:
        found = requests_of(access_case(request.user, case))
        return Response({"results": EscalationOut(found, many=True).data})

    @operation(
        id="escalations_ask",
        tag="Escalations",
        summary="Ask for an escalation",
        about="A customer asks; the desk logs that a contact has asked: `asked_by` and `way`.",
        scope="cases:write",
        takes=EscalationIn,
        gives={201: EscalationOut},
        parameters=(CASE,),
        example={"situation": "Nobody can work since noon.", "reason": "We ship tonight."},
    )
    def post(self, request: Request, case: str) -> Response:
        heard, by = said(EscalationIn, request), request.user
        found = access_case(by, case)
        made = request_escalation(
            case_id=found.pk,
            situation=heard["situation"],
            reason=heard["reason"],
            way=_way(heard, by),
            asked_by=_asker(heard, by),
            by=by,
            at=request.at,
        )
        return created(EscalationOut(made).data)


def _credit(**said_of_it: Any) -> Case:
    said_of_it.setdefault("reason", "")
    return credit_bug(**said_of_it)


def _done(request: Request, key: str, kind: type[Said], act: Any, *entries: str) -> Response:
    """Do an act on a case, and tell the case and the entry that the act left."""
    found = access_case(request.user, key)
    case = act(case_id=found.pk, by=request.user, at=request.at, **said(kind, request))
    now = again(case, request.user)
    left = [
        entry
        for entry in history(now, request.user)
        if entry.event.kind in entries and entry.event.by == request.user
    ]
    told = _told(left[-1:], now, request)
    is_told = not OF_CASES.isdisjoint(request.auth.codes)
    shown = case_told(now, request.user) if is_told else None
    return created({"case": shown, "entry": told[0] if told else None})


def _told(entries: list[Entry], case: Case, request: Request) -> list[dict[str, Any]]:
    files = CaseFiles(case, request.user, request.at, policy_for(case, request.at)).by_event
    return entries_told(entries, request.user, files)


def _readable(entries: list[Entry], request: Request) -> list[Entry]:
    """Leave the notes out for a token that may not read them."""
    if "notes:read" in request.auth.codes:
        return entries
    shown = (entry for entry in entries if entry.event.kind != "note_added")
    return [replace(entry, note=None) for entry in shown]


def _way(heard: dict[str, Any], by: Person) -> str:
    if by.is_customer:
        if "way" in heard:
            raise ForTheDesk(field="way")
        return Way.PORTAL
    return heard.get("way", Way.EMAIL)


def _asker(heard: dict[str, Any], by: Person) -> Person:
    if by.is_customer:
        if "asked_by" in heard:
            raise ForTheDesk(field="asked_by")
        return by
    if not by.may("log_escalation"):
        raise NotAllowed
    if "asked_by" not in heard:
        raise ContactNeeded(field="asked_by")
    return access_person(by, heard["asked_by"])
