"""The queue as a page shows it: rows in the policy's order, the views with their counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q

from accounts.models import Person
from desk.together import note_company
from desk.words import (
    LOOKS,
    NOTHING_IN,
    OTHER_STATES,
    VIEW_NAMES,
    Look,
    levels_title,
    place_text,
)
from sla.engine.kinds import WAITING
from sla.engine.policy import Policy
from sla.queries import current_policy
from sla.summaries import queue_order_text
from tickets.models import Case, StoredClock
from tickets.queries import queue, queue_counts
from tickets.reading import CLOCK_NAMES, STATE_NAMES
from tickets.timeline import NOT_AN_ANSWER

ROWS_A_PAGE = 50
KINDS = tuple(CLOCK_NAMES)
# Views whose cases are not all in one status.
MIXED_VIEWS = ("mine", "dispatch", "to_decide", "all")
STANDING_STILL = ("paused", "awaiting_schedule")
# Into an attribute: the related manager is scoped, and asks again however much was prefetched.
ALL = Q()
CLOCKS = Prefetch("clocks", to_attr="stored_clocks")


@dataclass(frozen=True)
class View:
    """A view of the queue, to choose from."""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class Row:
    """One case in the queue. `state` is a key of LOOKS; `clock` names what is due next.

    `due_at` is a promise, or where none is open the desk's own aim.
    """

    case: Case
    clock: str
    due_at: datetime | None
    state: str
    state_name: str
    levels: tuple[str, ...]
    plan: str
    place: str

    @property
    def look(self) -> Look:
        return LOOKS[self.state]


@dataclass(frozen=True)
class Queue:
    """One page of one view. `levels_title` names the policy's axes; empty where it has none.

    `order` says by what it is sorted.
    """

    view: View
    views: tuple[View, ...]
    rows: tuple[Row, ...]
    page: Page
    nothing: str
    levels_title: str
    order: str

    @property
    def is_mixed(self) -> bool:
        return self.view.code in MIXED_VIEWS


def read_queue(person: Person, view: str, page: str, at: datetime, narrowed: Q = ALL) -> Queue:
    """Read a page of a view; the same number of statements for one row and for fifty.

    `narrowed` is a condition that the rows fulfil beside the view's; the counts are the views'.
    `page` is what the address says: the last page for a number too high, the first for anything
    that is no number. Raises NotFound for a view that there is not, NoPolicy.
    """
    cases = queue(person, view, at).filter(narrowed).prefetch_related(CLOCKS)
    counts = queue_counts(person, at)
    views = tuple(View(code, str(VIEW_NAMES[code]), count) for code, count in counts.items())
    shown = Paginator(cases, ROWS_A_PAGE).get_page(page)
    policy = current_policy(at).policy
    note_company(shown, person)
    return Queue(
        view=next(found for found in views if found.code == view),
        views=views,
        rows=tuple(_row(case, policy, at) for case in shown),
        page=shown,
        nothing=str(NOTHING_IN[view]),
        levels_title=levels_title(policy),
        order=queue_order_text(policy),
    )


def _row(case: Case, policy: Policy, at: datetime) -> Row:
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
