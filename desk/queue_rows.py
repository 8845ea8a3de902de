"""One row of the queue: what is due next on a case, in which state that is, and what it is of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk.words import AXIS_LABELS, GROUP_LABELS, LOOKS, OTHER_STATES, Look, place_text
from sla.engine.kinds import WAITING
from sla.engine.policy import Policy
from tickets.models import Case, StoredClock
from tickets.reading import CLOCK_NAMES, STATE_NAMES
from tickets.timeline import NOT_AN_ANSWER

KINDS = tuple(CLOCK_NAMES)
STANDING_STILL = ("paused", "awaiting_schedule")


class Clock(NamedTuple):
    """What a row needs of a stored clock that runs."""

    case_id: int
    kind: str
    state: str
    due_at: datetime | None
    at_risk_at: datetime | None
    counts: bool
    is_promised: bool


@dataclass(slots=True)
class Listed:
    """What a row says of a case, and by what it is grouped; of what the case names, the names.

    A list reads these columns instead of cases: fifty of them, with what they name, are three
    hundred instances to build.
    """

    pk: int
    number: int
    subject: str
    status: str
    severity: str
    priority: str
    case_type: str
    plan: str
    tier: int
    is_restricted: bool
    call_owed: bool
    opened_at: datetime
    last_public_at: datetime | None
    next_due_at: datetime | None
    company_id: int
    owner_id: int | None
    team_id: int | None
    product_id: int | None
    release_id: int | None
    company: str
    owner: str | None
    team: str | None
    product: str | None
    release: str | None
    clocks: list[Clock] = field(default_factory=list)
    here: str = ""
    tag_names: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status in (Case.Status.OPEN, Case.Status.WAITING)


# The columns of a list, in the order of what they are put into.
COLUMNS = (
    *("pk", "number", "subject", "status", "severity", "priority", "case_type", "plan", "tier"),
    *("is_restricted", "call_owed", "opened_at", "last_public_at", "next_due_at"),
    *("company_id", "owner_id", "team_id", "product_id", "release_id"),
    *("company__name", "owner__name", "team__name", "product__name", "release__version"),
)


@dataclass(frozen=True)
class Row:
    """One case in the queue. `state` is a key of LOOKS; `clock` names what is due next.

    `due_at` is a promise, or where none is open the desk's own aim. `is_unread`: the customer has
    said something that the reader was not shown yet.
    """

    case: Listed
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


def read_listed(cases: QuerySet[Case], keys: Sequence[int]) -> list[Listed]:
    """Read the cases of a page with their running clocks, in the order of the keys.

    All are put in order by a few columns; only those of the page are read further.
    """
    found = {row[0]: Listed(*row) for row in cases.filter(pk__in=keys).values_list(*COLUMNS)}
    running = StoredClock.objects.filter(case__in=list(found), ended_at=None)
    for values in running.values_list(*Clock._fields):
        found[values[0]].clocks.append(Clock(*values))
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True)
class RowWriter:
    """Writes the rows of one page; a word that many of them have is looked up once."""

    policy: Policy
    at: datetime
    _places: dict[tuple[int, str], str] = field(default_factory=dict)

    def row(self, case: Listed, *, is_unread: bool) -> Row:
        """Read a case as a row of the queue."""
        clock = _next_clock(case)
        state = _state(case, clock, self.at)
        plan = self.policy.plan(case.plan)
        return Row(
            case=case,
            clock=self._clock_names.get(clock.kind, clock.kind) if clock else "",
            due_at=clock.due_at if clock else None,
            state=state,
            state_name=self._state_names[state],
            levels=tuple(_level_names(case, self.policy)),
            plan=plan.name if plan else case.plan,
            place=self._place(case.tier, case.team or ""),
            is_unread=is_unread,
        )

    @cached_property
    def _clock_names(self) -> dict[str, str]:
        return {kind: str(name) for kind, name in CLOCK_NAMES.items()}

    @cached_property
    def _state_names(self) -> dict[str, str]:
        return {state: str(name) for state, name in (STATE_NAMES | OTHER_STATES).items()}

    def _place(self, tier: int, team: str) -> str:
        if (tier, team) not in self._places:
            self._places[tier, team] = place_text(tier, team)
        return self._places[tier, team]


def _next_clock(case: Listed) -> Clock | None:
    """Find the clock of the case's next due time; else what stands still, else an aim of ours."""
    if not case.is_open:
        return None
    # Where two are due at once an answer is named before an update.
    unmet = sorted(case.clocks, key=lambda clock: KINDS.index(clock.kind))
    ours = [clock for clock in unmet if clock.kind not in NOT_AN_ANSWER]
    due = next((clock for clock in ours if clock.due_at == case.next_due_at and clock.due_at), None)
    if due is not None:
        return due
    still = next((clock for clock in ours if clock.state in STANDING_STILL), None)
    aims = (clock for clock in unmet if clock.due_at and clock.kind != WAITING)
    return still or min(aims, key=lambda clock: clock.due_at, default=None)


def _state(case: Listed, clock: Clock | None, at: datetime) -> str:
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


def _aim_state(clock: Clock, at: datetime) -> str:
    if clock.due_at is None or clock.due_at >= at:
        return "own_aim"
    return "stalled" if clock.kind in NOT_AN_ANSWER else "aim_missed"


def _level_names(case: Listed, policy: Policy) -> Iterable[str]:
    for axis in policy.axes:
        code = getattr(case, axis)
        level = policy.level(axis, code)
        if code:
            yield level.name if level else code


def group_title(case: Listed, group: str, policy: Policy) -> str:
    """Name the value that a case has of what groups the list, or say that it has none."""
    value = _group_value(case, group, policy)
    label = GROUP_LABELS[group]
    return value or _("%(column)s: none") % {"column": label}


def _group_value(case: Listed, group: str, policy: Policy) -> str:
    if group in AXIS_LABELS:
        return part_name(policy, group, getattr(case, group))
    if group == "plan":
        plan = policy.plan(case.plan)
        return plan.name if plan else case.plan
    if group == "tier":
        return place_text(case.tier, "")
    if group == "status":
        return str(Case.Status(case.status).label)
    if group == "release":
        return f"{case.product} {case.release}" if case.release else ""
    return getattr(case, group) or ""


def part_name(policy: Policy, axis: str, code: str) -> str:
    """Name a level or a type by the policy in effect; the code where it knows none of that."""
    part = policy.case_type(code) if axis == "case_type" else policy.level(axis, code)
    return part.name if part else code
