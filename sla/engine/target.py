"""Targets and promises: from "3 business days" to an instant."""

from dataclasses import dataclass

from sla.engine.calendar import (
    ALWAYS,
    HORIZON_SECONDS,
    SECONDS_PER_DAY,
    Calendar,
    Instant,
    Pause,
    is_open,
    next_open,
    open_seconds_between,
    open_table,
    unioned,
)
from sla.engine.errors import EngineError
from sla.engine.walltime import date_runs, instant_of_reading, wall_reading

COUNTED_KINDS = ("elapsed", "business_time", "business_days", "weeks")
KINDS = (*COUNTED_KINDS, "next_business_day", "immediate", "scheduled", "none")
DAY_RULES = ("same_time", "next_opening", "end_of_day")
OUTSIDE_RULES = ("next_opening", "exact")
BACK_RULES = ("service_time", "exact")


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised.

    `kind`: elapsed, business_time (amount in seconds), business_days (days), weeks (weeks),
    next_business_day, immediate, scheduled, none (no amount). `goal` is the lower end of a range
    in the same unit; it gives `due_from`.
    `day_rule` (business_days): "same_time" | "next_opening" (from the moment that same_time would
    go back from, on to the next opening) | "end_of_day" (last closing of the n-th business date
    after the local date of the opening).
    `outside` (scheduled): "next_opening" | "exact". `back` (weeks): "service_time" | "exact"
    (round the clock; the calendar gives the zone only).
    Raises EngineError negative_duration, bad_request; ValueError for an unknown kind or rule.
    """

    kind: str
    amount: int = 0
    goal: int | None = None
    day_rule: str = "same_time"
    outside: str = "next_opening"
    back: str = "service_time"

    def __post_init__(self) -> None:
        rules = (self.day_rule in DAY_RULES, self.outside in OUTSIDE_RULES, self.back in BACK_RULES)
        if self.kind not in KINDS or not all(rules):
            raise ValueError(f"no such target: {self}")
        goal = 0 if self.goal is None else self.goal
        if type(self.amount) is not int or type(goal) is not int:
            raise EngineError("bad_request", kind=self.kind, amount=self.amount, goal=self.goal)
        if self.amount < 0 or goal < 0:
            raise EngineError("negative_duration", amount=self.amount, goal=self.goal)
        if goal > self.amount or (self.amount and self.kind not in COUNTED_KINDS):
            raise EngineError("bad_request", kind=self.kind, amount=self.amount, goal=self.goal)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a target comes to for one opening.

    `state`: running | paused | awaiting_schedule | scheduled | no_target. `starts_at` is where the
    clock starts (whatever the pauses). `due_from` may be known when `due_at` is not (paused later).
    `need_seconds` is the service time to be counted from `starts_at` to `due_at`; 0 for immediate
    and scheduled, None without a target or before scheduling.
    """

    state: str
    starts_at: Instant | None = None
    due_at: Instant | None = None
    due_from: Instant | None = None
    need_seconds: int | None = None


def promise(
    calendar: Calendar | None,
    target: Target,
    opened_at: Instant,
    pauses: tuple[Pause, ...] = (),
    scheduled_for: Instant | None = None,
) -> Promise:
    """Work out what `target` promises to a case opened at `opened_at`.

    `calendar` may be None for elapsed, immediate (exactly at the opening), scheduled (exactly as
    scheduled) and none. Pauses do not move a scheduled time, for it is agreed, not counted.
    Raises EngineError: never_open, bad_pause, scheduled_in_past, bad_request (no calendar).
    """
    if target.kind == "none":
        return Promise("no_target")
    if target.kind == "scheduled":
        return _scheduled(calendar, target, opened_at, scheduled_for)
    service = service_calendar(calendar, target)
    starts_at = next_open(service, opened_at)
    need, due_at = _serve(service, target, target.amount, opened_at, starts_at, pauses)
    due_from = None
    if target.goal is not None:
        _, due_from = _serve(service, target, target.goal, opened_at, starts_at, pauses)
    state = "paused" if due_at is None else "running"
    return Promise(state, starts_at, due_at, due_from, need)


def service_calendar(calendar: Calendar | None, target: Target) -> Calendar:
    """Choose the calendar on which the target's service time is counted.

    Round the clock for elapsed, for weeks taken exactly (in the calendar's zone), and for immediate
    and scheduled without a calendar. Raises EngineError: bad_request where one is missing.
    """
    if target.kind == "elapsed" or (calendar is None and target.kind in ("immediate", "scheduled")):
        return ALWAYS
    if calendar is None:
        raise EngineError("bad_request", missing="calendar", kind=target.kind)
    if target.kind == "weeks" and target.back == "exact":
        return Calendar(calendar.zone, ALWAYS.weekly)
    return calendar


def due_at_service(
    calendar: Calendar, opened_at: Instant, seconds: int, pauses: tuple[Pause, ...] = ()
) -> Instant | None:
    """Find the instant by which `seconds` open, unpaused seconds have passed since `opened_at`.

    0 seconds: the first open, unpaused instant. None while an open-ended pause blocks it.
    Raises EngineError: never_open (ten years from `opened_at`, pauses included),
    negative_duration, bad_pause.
    """
    table = open_table(calendar)
    limit = opened_at + HORIZON_SECONDS
    since, left = opened_at, seconds
    for start, end in unioned(pauses):
        if start >= limit:
            break
        served = table.seconds_between(since, start)
        # A pause that begins at the due instant is too late; with nothing left to serve the
        # first open instant is due, so there must be one.
        if served > 0 and left <= served:
            break
        left -= served
        if end is None:
            return None
        since = max(since, end)
    return table.search(since, left, limit) if pauses else table.due_at(since, left)


def _scheduled(
    calendar: Calendar | None, target: Target, opened_at: Instant, scheduled_for: Instant | None
) -> Promise:
    if scheduled_for is None:
        return Promise("awaiting_schedule")
    if scheduled_for < opened_at:
        raise EngineError("scheduled_in_past", scheduled_for=scheduled_for, opened_at=opened_at)
    due_at = scheduled_for
    if target.outside == "next_opening":
        due_at = next_open(service_calendar(calendar, target), scheduled_for)
    return Promise("scheduled", due_at=due_at, need_seconds=0)


def _serve(
    service: Calendar,
    target: Target,
    amount: int,
    opened_at: Instant,
    starts_at: Instant,
    pauses: tuple[Pause, ...],
) -> tuple[int, Instant | None]:
    """Turn an amount into seconds of service time, and those into a due time."""
    if target.kind in ("elapsed", "business_time", "immediate"):
        return amount, due_at_service(service, opened_at, amount, pauses)
    moment = _moment(service, target, amount, opened_at, starts_at)
    # Going back to the last closing needs no step of its own: no service lies after it.
    need = open_seconds_between(service, starts_at, moment)
    goes_on = target.kind == "business_days" and target.day_rule == "next_opening"
    if goes_on and not is_open(service, moment - 1):
        return need, _opening_after(service, opened_at, need, pauses)
    return need, due_at_service(service, opened_at, need, pauses)


def _opening_after(
    service: Calendar, opened_at: Instant, seconds: int, pauses: tuple[Pause, ...]
) -> Instant | None:
    """Find where the open second after the first `seconds` begins: never at a closing."""
    due_at = due_at_service(service, opened_at, seconds + 1, pauses)
    return None if due_at is None else due_at - 1


def _moment(
    service: Calendar, target: Target, amount: int, opened_at: Instant, starts_at: Instant
) -> Instant:
    """Find the moment that days and weeks point at, open or not."""
    limit = opened_at + HORIZON_SECONDS
    if target.kind == "weeks":
        day, second = wall_reading(service.zone, opened_at)
        moment = limit + 1
        if amount <= HORIZON_SECONDS // (7 * SECONDS_PER_DAY):
            moment = instant_of_reading(service.zone, day + 7 * amount, second)
    elif target.kind == "business_days" and target.day_rule != "end_of_day":
        day, second = wall_reading(service.zone, starts_at)
        nth = _business_date(service, day, amount, limit)
        moment = instant_of_reading(service.zone, nth, second)
    else:
        day, _ = wall_reading(service.zone, opened_at)
        nth = _business_date(
            service, day, 1 if target.kind == "next_business_day" else amount, limit
        )
        moment = date_runs(service.zone, nth)[-1][1]
    if moment > limit:
        raise EngineError("never_open", opened_at=opened_at, kind=target.kind, amount=amount)
    return moment


def _business_date(service: Calendar, day: int, amount: int, limit: Instant) -> int:
    """Find the `amount`-th local date after `day` with at least one open second."""
    table = open_table(service)
    left = amount
    while left > 0:
        day += 1
        if day * SECONDS_PER_DAY > limit + SECONDS_PER_DAY:
            raise EngineError("never_open", zone=service.zone, business_days=amount)
        if table.hours.on(day):
            runs = date_runs(service.zone, day)
            left -= any(table.seconds_between(start, end) for start, end, _ in runs)
    return day
