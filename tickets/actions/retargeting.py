"""Laying another published policy upon open cases: new promises, and who hears of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from jobs.actions import start_job
from jobs.models import Job
from outbox.actions import queue_messages
from sla.engine.clock import Event, read
from sla.engine.errors import EngineError
from sla.models import PolicyVersion
from sla.notices import tell_of_new_promises
from sla.publishing import approvers_beside
from sla.queries import current_policy, policy_version
from tickets.audience import customer_side
from tickets.errors import VersionStillInForce
from tickets.models import Case, CaseEvent
from tickets.notices import queued
from tickets.promises import promises_moved
from tickets.publishing import lacks_level, refuse_cases_without_rule, unruled_clocks
from tickets.queries import OPEN
from tickets.timeline import Timeline, load_timelines, save_timelines, seconds_of

Base = Literal["change", "opening"]
EVENT = "policy_retargeted"
KIND = "retarget_cases"


@dataclass(frozen=True, slots=True)
class Retargeted:
    """What became of some cases: how many follow the version now, and how many customers hear.

    `moved` are the numbers of the cases of which a promise moved. `left_out` are those that the
    version has no level or no rule for; they keep the promises they have.
    """

    cases: int = 0
    told: int = 0
    left_out: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()


@transaction.atomic
def retarget_cases(
    *,
    case_ids: Sequence[int],
    version: PolicyVersion,
    base: Base,
    by: Person | None,
    at: datetime,
    begun_at: datetime | None = None,
) -> Retargeted:
    """Let the open ones of these cases follow a version; a verdict once given stays.

    `base` says from where the new targets count, `begun_at` when the version began, if that is to
    be the moment of the change instead of `at`; not for a case on which something was late by `at`.
    Cases that follow the version already are left as they are. Where a promise moves, the customer
    is told. Locks the cases by ascending id and waits for whoever changes one.
    """
    policy = policy_version(version.pk)
    taken: list[tuple[Timeline, CaseEvent, bool]] = []
    left_out: list[int] = []
    for timeline in load_timelines(_locked(case_ids, version)):
        timeline.policies = {**timeline.policies, version.number: policy}
        if _fits(timeline, version, base, at):
            event = _append(timeline, version, base, by=by, at=at, begun_at=begun_at)
            is_moved = bool(promises_moved(timeline, event.seq))
            taken.append((timeline, event, is_moved))
        else:
            left_out.append(timeline.case.number)
    save_timelines([timeline for timeline, _event, _moved in taken])
    letters = [
        queued(EVENT, person, case=timeline.case, event=event)
        for timeline, event, moved in taken
        if moved
        for person in customer_side(timeline.case)
    ]
    queue_messages(messages=letters, at=at)
    numbers = tuple(timeline.case.number for timeline, _event, moved in taken if moved)
    return Retargeted(len(taken), len(letters), tuple(left_out), numbers)


def retarget_case(
    *, case_id: int, version: PolicyVersion, base: Base, by: Person | None, at: datetime
) -> Retargeted:
    """Let one open case follow a version; otherwise as retarget_cases."""
    return retarget_cases(case_ids=[case_id], version=version, base=base, by=by, at=at)


@transaction.atomic
def retarget_from_version(*, number: int, base: Base, by: Person, at: datetime) -> Job:
    """Order new promises for the open cases that follow version `number`: by the one in effect.

    For a version that was withdrawn. The other managers are told. Raises NotAllowed,
    VersionStillInForce, CasesWithoutRule before anything is written.
    """
    if not by.may("publish_policy"):
        raise NotAllowed
    current = current_policy(at)
    if current.number == number:
        raise VersionStillInForce(number=number)
    refuse_cases_without_rule(current.policy, Case.objects.filter(policy_version__number=number))
    params = {"version": current.number, "base": base, "from_versions": [number]}
    job = start_job(kind=KIND, params=params, by=by, at=at)
    version = PolicyVersion.objects.get(number=number)
    tell_of_new_promises(version, job.pk, approvers_beside(by), by, at)
    return job


def _locked(case_ids: Sequence[int], version: PolicyVersion) -> list[Case]:
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    open_ones = cases.filter(OPEN, pk__in=case_ids).exclude(policy_version=version)
    return list(open_ones.order_by("pk"))


def _fits(timeline: Timeline, version: PolicyVersion, base: Base, at: datetime) -> bool:
    policy = timeline.policies[version.number]
    if lacks_level(timeline.case, policy) or unruled_clocks(timeline.state(), policy):
        return False
    seq = timeline.case.last_seq + 1
    trial = Event(seq, EVENT, seconds_of(at), {"policy_version": version.number, "base": base})
    try:
        read(timeline.policies, [*timeline.events, trial])
    except EngineError:
        return False
    return True


def _append(
    timeline: Timeline,
    version: PolicyVersion,
    base: Base,
    *,
    by: Person | None,
    at: datetime,
    begun_at: datetime | None,
) -> CaseEvent:
    case, state = timeline.case, timeline.state()
    payload = {"policy_version": version.number, "base": base, "from": state.version}
    # What was done since the version began was done under the one before.
    began = at if begun_at is None else max(begun_at, case.last_event_at)
    # So was what has become late since: a verdict is not taken back by dating the change before it.
    is_judged = any(clock.is_late(seconds_of(at)) for clock in state.open_clocks)
    occurred_at = began if began < at and not is_judged else None
    event = timeline.add(EVENT, by=by, at=at, payload=payload, occurred_at=occurred_at)
    case.policy_version = version
    return event
