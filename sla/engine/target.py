"""Targets and promises: from "3 business days" to an instant."""

from dataclasses import dataclass

from sla.engine.calendar import Calendar, Instant, Pause


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
    """

    kind: str
    amount: int = 0
    goal: int | None = None
    day_rule: str = "same_time"
    outside: str = "next_opening"
    back: str = "service_time"


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
    scheduled) and none. Raises EngineError: never_open, bad_pause, scheduled_in_past, bad_request.
    """
    raise ValueError


def service_calendar(calendar: Calendar | None, target: Target) -> Calendar:
    """Choose the calendar on which the target's service time is counted.

    ALWAYS for elapsed, for weeks taken exactly, and where there is no calendar.
    """
    raise ValueError


def due_at_service(
    calendar: Calendar, opened_at: Instant, seconds: int, pauses: tuple[Pause, ...] = ()
) -> Instant | None:
    """Find the instant by which `seconds` open, unpaused seconds have passed since `opened_at`.

    None while an open-ended pause blocks it. Raises EngineError: never_open (ten years from
    `opened_at`, pauses included), negative_duration, bad_pause.
    """
    raise ValueError
