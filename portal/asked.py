"""What support asks of a customer: the first thing on the start page, with what to do about it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts import roles
from accounts.models import Person
from entitlements.models import EntitlementRequest
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
from tickets.timeline import Timeline

# For so long the start page offers to go on about what was found to be another problem.
DECLINED_SHOWN = timedelta(days=30)
# So many cases, those of the latest words; the list of cases has them all.
MOST = 50
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


@dataclass(frozen=True)
class Asking:
    """The cases on which something waits for a person, those of the latest words first.

    `to_decide` are the keys of those with something to be decided, by kind.
    """

    cases: list[Case]
    to_decide: Mapping[str, Collection[int]]

    @property
    def waiting(self) -> list[Case]:
        return [case for case in self.cases if case.status == Case.Status.WAITING]


def asked_of(
    person: Person, at: datetime, asking: Asking, timelines: Mapping[int, Timeline]
) -> list[Asked]:
    """List what waits for a person, what ends by itself soonest first, else the oldest.

    In one statement for each kind that there is, and one for the questions; `timelines` has those
    of the cases that are waiting, by key.
    """
    found: list[Asked] = []
    cases = asking.cases
    found += _questions([timelines[case.pk] for case in asking.waiting])
    for case in cases:
        if case.status == Case.Status.RESOLVED:
            found.append(Asked("solved", case, case.resolved_at or case.last_event_at))
        elif case.call_owed:
            found.append(Asked("call", case, case.opened_at))
    found += _to_decide(asking, at)
    found += _requests(person)
    return sorted(found, key=lambda one: (one.until is None, one.until or one.since))


def asking_of(person: Person, at: datetime) -> Asking:
    """Find the cases on which something waits for a person, in two statements.

    Of their own cases; an admin also answers for colleagues who have left.
    """
    to_decide = _cases_to_decide(person, at)
    answers_for = Q(contact=person)
    if person.role == roles.COMPANY_ADMIN:
        answers_for |= Q(contact__is_active=False)
    waits = Q(status__in=(Case.Status.WAITING, Case.Status.RESOLVED))
    waits |= Q(status=Case.Status.OPEN, call_owed=True)
    waits |= Q(pk__in=set().union(*to_decide.values()))
    cases = visible_cases(person).filter(answers_for, waits)
    return Asking(list(cases.order_by("-last_public_at", "-number")[:MOST]), to_decide)


def _cases_to_decide(person: Person, at: datetime) -> dict[str, set[int]]:
    """Find by kind the keys of the cases with something that a person is to decide about."""
    decides = Q(case__contact=person)
    if person.role == roles.COMPANY_ADMIN:
        decides |= Q(case__company=person.company_id, case__contact__is_active=False)
    decisions = _decisions(at)
    parts = [
        rows.filter(decides).values_list(Value(kind), "case") for kind, rows in decisions.items()
    ]
    found: dict[str, set[int]] = {}
    for kind, case in parts[0].union(*parts[1:]):
        found.setdefault(kind, set()).add(case)
    return found


def _decisions(at: datetime) -> dict[str, QuerySet[Any]]:
    """Select by kind what the customer is to decide about."""
    is_open = {"case__status__in": OPEN}
    offers = LevelRequest.objects.exclude(kind=LevelRequest.Kind.ASKED)
    return {
        "split": SplitProposal.objects.filter(state=SplitProposal.State.WAITING, **is_open),
        "level": offers.filter(state=LevelRequest.State.WAITING, **is_open),
        "tool": DiagnosticDrop.objects.filter(accepted_at=None, withdrawn_at=None, **is_open),
        "another": _declined(at),
    }


def _declined(at: datetime) -> QuerySet[ReopenRequest]:
    """Select wishes to reopen that proved to be about another problem, and are not followed yet."""
    followed = Case.objects.filter(origin=OuterRef("case"), opened_at__gte=OuterRef("decided_at"))
    later = ReopenRequest.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    return ReopenRequest.objects.filter(
        ~Q(Exists(followed)),
        ~Q(Exists(later)),
        state=ReopenRequest.State.DECLINED,
        decided_at__gte=at - DECLINED_SHOWN,
        case__status=Case.Status.CLOSED,
    )


def _to_decide(asking: Asking, at: datetime) -> Iterator[Asked]:
    decisions = _decisions(at) if asking.to_decide else {}
    for kind, rows in decisions.items():
        keys = asking.to_decide.get(kind, ())
        chosen = {case.pk: case for case in asking.cases if case.pk in keys}
        for row in rows.filter(case__in=chosen) if chosen else ():
            yield _decision(kind, chosen[row.case_id], row)


def _decision(kind: str, case: Case, row: Any) -> Asked:
    if kind == "split":
        return Asked(kind, case, row.proposed_at, row.subject, row=row)
    if kind == "level":
        return Asked(kind, case, row.asked_at, row.reason, row=row)
    if kind == "tool":
        return Asked(kind, case, row.offered_at, row.name, row=row)
    return Asked(kind, case, row.decided_at, row=row)


def _questions(timelines: list[Timeline]) -> Iterator[Asked]:
    waiting = [line.case for line in timelines]
    found = CaseQuestion.objects.filter(state=CaseQuestion.State.OPEN, case__in=waiting)
    asked: dict[int, list[CaseQuestion]] = {}
    for question in found.order_by("pk"):
        asked.setdefault(question.case_id, []).append(question)
    # Of several the latest is told, and how many there are.
    events = [questions[-1].event_id for questions in asked.values()]
    said = dict(Message.objects.filter(event__in=events).values_list("event", "body"))
    for line in timelines:
        case, questions = line.case, asked.get(line.case.pk, [])
        yield Asked(
            "question",
            case,
            questions[0].asked_at if questions else case.last_public_at,
            said.get(questions[-1].event_id, "") if questions else "",
            closes_at(line.state()),
            more=max(len(questions) - 1, 0),
        )


def _requests(person: Person) -> Iterator[Asked]:
    """List what colleagues ask of an admin of the company."""
    if person.role != roles.COMPANY_ADMIN:
        return
    waiting = EntitlementRequest.objects.filter(
        asked_of=person, state=EntitlementRequest.State.WAITING
    )
    for one in waiting.select_related("asked_by").order_by("pk")[:MOST]:
        yield Asked("request", None, one.asked_at, one.words, row=one)
