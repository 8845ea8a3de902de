"""Handing on all open cases of somebody who is away or leaves, in one act (issue 5, point 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from escalation.absences import absent_on
from escalation.errors import CasesMoved, HandedToOneself, NothingToHandOn
from escalation.request_mail import handed_on_refs
from outbox.actions import Queued, queue_messages
from tickets.audience import team_side
from tickets.errors import NotAtWork
from tickets.models import Case, CaseEvent
from tickets.queries import OPEN, visible_cases
from tickets.timeline import load_timelines, save_timelines


@dataclass(frozen=True)
class Handing:
    """What would be handed on: the open cases in order, and who takes each.

    `stand_in` is who takes them all; None = each goes to its team and has no owner.
    """

    person: Person
    stand_in: Person | None
    cases: tuple[Case, ...]


def handing_of(person: Person, by: Person, to: Person | None) -> Handing:
    """List the open cases of somebody, with who would take each. Raises NotAllowed."""
    if not by.may("hand_over_all"):
        raise NotAllowed
    cases = _owned(person.pk, by).select_related("company", "team", "tenant")
    return Handing(person, to, tuple(cases.order_by("number")))


def stand_in_of(person: Person, at: datetime) -> Person | None:
    """Find who stands in for somebody who is away at `at`, if they can own cases."""
    stand_in = absent_on(at).get(person.pk)
    found = Person.objects.filter(pk=stand_in).first() if stand_in else None
    return found if found is not None and found.may("reply_as_agent") else None


def owners_with_open_cases(by: Person) -> dict[int, int]:
    """Map everybody who owns open cases to their number, as far as `by` sees the cases."""
    owners = visible_cases(by).filter(OPEN, owner__isnull=False).values_list("owner", flat=True)
    counts: dict[int, int] = {}
    for owner in owners.order_by():
        counts[owner] = counts.get(owner, 0) + 1
    return counts


@transaction.atomic
def hand_over_all(
    *, person_id: int, to: int | None, cases_shown: Sequence[int], by: Person, at: datetime
) -> list[Case]:
    """Give all open cases of somebody to one person, or each to its team: all of them or none.

    `cases_shown` are the ids that were listed before: others meanwhile, and nothing is done. Every
    receiver gets one mail. Owners are no progress: no clock moves. Locks the cases by ascending id.
    Raises NotAllowed, NotFound, HandedToOneself, NotAtWork, CasesMoved, NothingToHandOn.
    """
    if not by.may("hand_over_all"):
        raise NotAllowed
    person = _person(person_id)
    taker = _taker(person, to)
    locked = _owned(person_id, by).select_for_update(of=("self",), no_key=True)
    cases = list(locked.order_by("pk"))
    if {case.pk for case in cases} != set(cases_shown):
        raise CasesMoved
    if not cases:
        raise NothingToHandOn(name=person.name)
    timelines = load_timelines(cases)
    for timeline in timelines:
        timeline.case.owner = taker
        timeline.add(
            "assigned",
            by=by,
            at=at,
            payload={"owner": to, "from": person_id, "all": True},
            audience=CaseEvent.Audience.DESK,
        )
    events = [timeline.added[-1] for timeline in timelines]
    save_timelines(timelines)
    _tell(person, taker, cases, key=min(event.pk for event in events), at=at)
    return cases


def _owned(person_id: int, by: Person) -> QuerySet[Case]:
    return visible_cases(by).filter(OPEN, owner_id=person_id)


def _person(person_id: int) -> Person:
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def _taker(person: Person, to: int | None) -> Person | None:
    if to is None:
        return None
    if to == person.pk:
        raise HandedToOneself(field="to")
    taker = _person(to)
    if not taker.may("reply_as_agent"):
        raise NotAtWork(name=taker.name, field="to")
    return taker


def _tell(
    person: Person, taker: Person | None, cases: Sequence[Case], *, key: int, at: datetime
) -> None:
    """Queue one mail to each receiver about all the cases that come to them."""
    received: dict[int, list[Case]] = {}
    sides: dict[int | None, list[int]] = {}
    for case in cases:
        if taker is None and case.team_id not in sides:
            side = team_side(case)
            # Whoever leaves hears of it only where there is nobody else.
            sides[case.team_id] = [other for other in side if other != person.pk] or side
        for receiver in [taker.pk] if taker else sides[case.team_id]:
            received.setdefault(receiver, []).append(case)
    messages = [
        Queued(
            kind="cases_handed_on",
            recipient_id=receiver,
            refs=handed_on_refs(person, theirs, is_owner=taker is not None),
            dedupe_key=f"cases_handed_on:{key}:{receiver}",
        )
        for receiver, theirs in received.items()
    ]
    queue_messages(messages=messages, at=at)
