"""What support asks of a customer: the first thing on the start page, with what to do about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import roles
from accounts.models import Person
from entitlements.models import EntitlementRequest
from sla.engine.clock import CaseState
from tickets.absence import closes_at
from tickets.models import (
    Case,
    CaseQuestion,
    DiagnosticDrop,
    LevelRequest,
    Message,
    ReopenRequest,
    SplitProposal,
)
from tickets.queries import visible_cases
from tickets.timeline import load_timelines

# For so long the start page offers to go on about what was found to be another problem.
DECLINED_SHOWN = timedelta(days=30)
# So many of each kind; the list of cases has them all.
MOST = 20
OPEN = (Case.Status.OPEN, Case.Status.WAITING)


@dataclass(frozen=True)
class Asked:
    """One thing that waits for a customer.

    `kind`: question | solved | split | level | tool | call | another | request. `words` are what
    was asked, `since` from when, `until` when it ends by itself, None where it does not. `case` is
    None for what a colleague asks for; `row` is what is asked, of the model of its kind.
    """

    kind: str
    case: Case | None
    since: datetime
    words: str = ""
    until: datetime | None = None
    row: Any = None
    more: int = 0

    @property
    def place(self) -> str:
        """Name the part of the page of the case where it is answered."""
        if self.kind in ("level", "tool"):
            return f"{PLACES[self.kind]}-{self.row.pk}"
        return PLACES.get(self.kind, "")


PLACES = {
    "question": "answer",
    "solved": "solved",
    "split": "offer",
    "level": "offer",
    "tool": "tool",
    "another": "again",
}


def asked_of(person: Person, at: datetime) -> list[Asked]:
    """List what waits for a person, what ends by itself soonest first, else the oldest.

    Of their own cases; an admin also answers for colleagues who have left. In a fixed number of
    statements.
    """
    answers_for = Q(contact=person)
    if person.role == roles.COMPANY_ADMIN:
        answers_for |= Q(contact__is_active=False)
    own = visible_cases(person).filter(answers_for)
    found = [
        *_questions(own),
        *_solved(own),
        *_of_cases("split", SplitProposal, own, "proposed_at", state="waiting"),
        *_level_offers(own),
        *_of_cases("tool", DiagnosticDrop, own, "offered_at", accepted_at=None, withdrawn_at=None),
        *_calls(own),
        *_declined(own, at),
        *_requests(person),
    ]
    return sorted(found, key=lambda one: (one.until is None, one.until or one.since))


def _questions(own: QuerySet[Case]) -> Iterator[Asked]:
    waiting = list(own.filter(status=Case.Status.WAITING).order_by("pk")[:MOST])
    found = CaseQuestion.objects.filter(state=CaseQuestion.State.OPEN, case__in=waiting)
    asked: dict[int, list[CaseQuestion]] = {}
    for question in found.order_by("pk"):
        asked.setdefault(question.case_id, []).append(question)
    # Of several the latest is told, and how many there are.
    events = [questions[-1].event_id for questions in asked.values()]
    said = dict(Message.objects.filter(event__in=events).values_list("event", "body"))
    states = _states(waiting)
    for case in waiting:
        questions = asked.get(case.pk, [])
        yield Asked(
            "question",
            case,
            questions[0].asked_at if questions else case.last_public_at,
            said.get(questions[-1].event_id, "") if questions else "",
            closes_at(states[case.pk]),
            more=max(len(questions) - 1, 0),
        )


def _states(cases: Iterable[Case]) -> dict[int, CaseState]:
    return {line.case.pk: line.state() for line in load_timelines(list(cases))}


def _solved(own: QuerySet[Case]) -> Iterator[Asked]:
    solved = own.filter(status=Case.Status.RESOLVED).order_by("-resolved_at")
    for case in solved[:MOST]:
        yield Asked("solved", case, case.resolved_at or case.last_event_at)


def _of_cases(
    kind: str, model: type, own: QuerySet[Case], since: str, **conditions: object
) -> Iterator[Asked]:
    """List rows of open cases that wait for the customer's decision."""
    rows = model.objects.filter(case__in=own.filter(status__in=OPEN), **conditions)
    for row in rows.select_related("case").order_by("pk")[:MOST]:
        yield Asked(kind, row.case, getattr(row, since), str(row), None, row)


def _level_offers(own: QuerySet[Case]) -> Iterator[Asked]:
    offers = LevelRequest.objects.exclude(kind=LevelRequest.Kind.ASKED)
    waiting = offers.filter(state=LevelRequest.State.WAITING, case__in=own.filter(status__in=OPEN))
    for one in waiting.select_related("case").order_by("pk")[:MOST]:
        yield Asked("level", one.case, one.asked_at, one.reason, None, one)


def _calls(own: QuerySet[Case]) -> Iterator[Asked]:
    for case in own.filter(status__in=OPEN, call_owed=True).order_by("pk")[:MOST]:
        yield Asked("call", case, case.opened_at)


def _declined(own: QuerySet[Case], at: datetime) -> Iterator[Asked]:
    """List wishes to reopen that proved to be about another problem, and are not followed yet."""
    followed = Case.objects.filter(origin=OuterRef("case"), opened_at__gte=OuterRef("decided_at"))
    later = ReopenRequest.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    found = ReopenRequest.objects.filter(
        ~Q(Exists(followed)),
        ~Q(Exists(later)),
        state=ReopenRequest.State.DECLINED,
        decided_at__gte=at - DECLINED_SHOWN,
        case__in=own.filter(status=Case.Status.CLOSED),
    )
    for one in found.select_related("case").order_by("pk")[:MOST]:
        yield Asked("another", one.case, one.decided_at or one.asked_at, "", None, one)


def _requests(person: Person) -> Iterator[Asked]:
    waiting = EntitlementRequest.objects.filter(
        asked_of=person, state=EntitlementRequest.State.WAITING
    )
    for one in waiting.select_related("asked_by").order_by("pk")[:MOST]:
        yield Asked("request", None, one.asked_at, one.words, None, one)
