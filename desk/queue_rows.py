"""One row of the queue: what is due next on a case, in which state that is, and what it is of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from desk.words import AXIS_LABELS, GROUP_LABELS, LOOKS, OTHER_STATES, Look, place_text
from sla.engine.kinds import WAITING
from sla.engine.policy import Policy
from tickets.models import Case, StoredClock
from tickets.reading import CLOCK_NAMES, STATE_NAMES
from tickets.timeline import NOT_AN_ANSWER

KINDS = tuple(CLOCK_NAMES)
STANDING_STILL = ("paused", "awaiting_schedule")


@dataclass(frozen=True)
class Row:
    """One case in the queue. `state` is a key of LOOKS; `clock` names what is due next.

    `due_at` is a promise, or where none is open the desk's own aim. `is_unread`: the customer has
    said something that the reader was not shown yet.
    """

    case: Case
    clock: str
    due_at: datetime | None
    state: str
    state_name: str
    levels: tuple[str, ...]
    plan: str
    place: str
    is_unread: bool = False

    @property
    def look(self) -> Look:
        return LOOKS[self.state]


def row_of(case: Case, policy: Policy, at: datetime, *, is_unread: bool) -> Row:
    """Read a case, with its `stored_clocks`, as a row of the queue."""
    clock = _next_clock(case)
    state = _state(case, clock, at)
    plan = policy.plan(case.plan)
    return Row(
        case=case,
        clock=str(CLOCK_NAMES.get(clock.kind, clock.kind)) if clock else "",
        due_at=clock.due_at if clock else None,
        state=state,
        state_name=str((STATE_NAMES | OTHER_STATES)[state]),
        levels=tuple(_level_names(case, policy)),
        plan=plan.name if plan else case.plan,
        place=place_text(case.tier, case.team.name if case.team else ""),
        is_unread=is_unread,
    )


def _next_clock(case: Case) -> StoredClock | None:
    """Find the clock of the case's next due time; else what stands still, else an aim of ours."""
    if not case.is_open:
        return None
    # Where two are due at once an answer is named before an update.
    unmet = sorted(
        (clock for clock in case.stored_clocks if clock.ended_at is None),
        key=lambda clock: KINDS.index(clock.kind),
    )
    ours = [clock for clock in unmet if clock.kind not in NOT_AN_ANSWER]
    due = next((clock for clock in ours if clock.due_at == case.next_due_at and clock.due_at), None)
    if due is not None:
        return due
    still = next((clock for clock in ours if clock.state in STANDING_STILL), None)
    aims = (clock for clock in unmet if clock.due_at and clock.kind != WAITING)
    return still or min(aims, key=lambda clock: clock.due_at, default=None)


def _state(case: Case, clock: StoredClock | None, at: datetime) -> str:
    if not case.is_open:
        return case.status
    if case.status == Case.Status.WAITING:
        return "paused"
    if clock is None:
        return "nothing_owed"
    if clock.state in STANDING_STILL:
        return clock.state
    if clock.kind in NOT_AN_ANSWER or not clock.is_promised:
        return _aim_state(clock, at)
    if not clock.counts:
        return "at_once"
    if clock.due_at < at:
        return "overdue"
    is_risky = clock.at_risk_at is not None and at >= clock.at_risk_at
    return "due_soon" if is_risky else clock.state


def _aim_state(clock: StoredClock, at: datetime) -> str:
    if clock.due_at is None or clock.due_at >= at:
        return "own_aim"
    return "stalled" if clock.kind in NOT_AN_ANSWER else "aim_missed"


def _level_names(case: Case, policy: Policy) -> Iterable[str]:
    for axis in policy.axes:
        code = getattr(case, axis)
        level = policy.level(axis, code)
        if code:
            yield level.name if level else code


def group_title(case: Case, group: str, policy: Policy) -> str:
    """Name the value that a case has of what groups the list, or say that it has none."""
    value = _group_value(case, group, policy)
    label = GROUP_LABELS[group]
    return value or _("%(column)s: none") % {"column": label}


def _group_value(case: Case, group: str, policy: Policy) -> str:
    if group in AXIS_LABELS:
        return part_name(policy, group, getattr(case, group))
    if group == "plan":
        plan = policy.plan(case.plan)
        return plan.name if plan else case.plan
    if group == "tier":
        return place_text(case.tier, "")
    if group == "status":
        return str(case.get_status_display())
    if group == "release":
        return f"{case.product.name} {case.release.version}" if case.release else ""
    named = getattr(case, group)
    return named.name if named else ""


def part_name(policy: Policy, axis: str, code: str) -> str:
    """Name a level or a type by the policy in effect; the code where it knows none of that."""
    part = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
    return part.name if part else code
