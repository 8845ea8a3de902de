"""What support asks of a customer: the first thing on the start page, with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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
from tickets.timeline import load_timelines

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


def asked_of(person: Person, at: datetime) -> list[Asked]:
    """List what waits for a person, what ends by itself soonest first, else the oldest.

    Of their own cases; an admin also answers for colleagues who have left. In a fixed number of
    statements: one finds the cases, and one more each kind that there is.
    """
    found: list[Asked] = []
    cases = _cases_with_something(person, at)
    found += _questions([case for case in cases if case.status == Case.Status.WAITING])
    for case in cases:
        if case.status == Case.Status.RESOLVED:
            found.append(Asked("solved", case, case.resolved_at or case.last_event_at))
        elif case.call_owed:
            found.append(Asked("call", case, case.opened_at))
    for kind, rows in _decisions(at).items():
        chosen = {case.pk: case for case in cases if getattr(case, f"has_{kind}")}
        for row in rows.filter(case__in=chosen) if chosen else ():
            found.append(_decision(kind, chosen[row.case_id], row))
    found += _requests(person)
    return sorted(found, key=lambda one: (one.until is None, one.until or one.since))


def _cases_with_something(person: Person, at: datetime) -> list[Case]:
    """Find the cases on which something waits; each has `has_<kind>` for what is to be decided."""
    answers_for = Q(contact=person)
    if person.role == roles.COMPANY_ADMIN:
        answers_for |= Q(contact__is_active=False)
    flags = {
        f"has_{kind}": Exists(rows.filter(case=OuterRef("pk")))
        for kind, rows in _decisions(at).items()
    }
    waits = Q(status__in=(Case.Status.WAITING, Case.Status.RESOLVED))
    waits |= Q(status=Case.Status.OPEN, call_owed=True)
    for flag in flags:
        waits |= Q(**{flag: True})
    cases = visible_cases(person).filter(answers_for).annotate(**flags)
    return list(cases.filter(waits).order_by("-last_public_at", "-number")[:MOST])


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


def _decision(kind: str, case: Case, row: Any) -> Asked:
    if kind == "split":
        return Asked(kind, case, row.proposed_at, row.subject, row=row)
    if kind == "level":
        return Asked(kind, case, row.asked_at, row.reason, row=row)
    if kind == "tool":
        return Asked(kind, case, row.offered_at, row.name, row=row)
    return Asked(kind, case, row.decided_at, row=row)


def _questions(waiting: list[Case]) -> Iterator[Asked]:
    found = CaseQuestion.objects.filter(state=CaseQuestion.State.OPEN, case__in=waiting)
    asked: dict[int, list[CaseQuestion]] = {}
    for question in found.order_by("pk"):
        asked.setdefault(question.case_id, []).append(question)
    # Of several the latest is told, and how many there are.
    events = [questions[-1].event_id for questions in asked.values()]
    said = dict(Message.objects.filter(event__in=events).values_list("event", "body"))
    for line in load_timelines(waiting):
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
