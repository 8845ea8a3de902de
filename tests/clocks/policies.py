"""A small made-up policy with every kind of clock, and a way to write timelines down."""

from dataclasses import replace
from datetime import UTC, datetime

from sla.engine.calendarparts import CalendarSpec
from sla.engine.clock import Event
from sla.engine.parts import LadderStep, Level, Retarget, TargetRow, TierName, Waiting
from sla.engine.policy import Policy
from sla.engine.span import Span
from sla.engine.target import Target

HOUR = 3600
OFFICE = CalendarSpec(
    code="office",
    name="Office",
    zone="Europe/Berlin",
    weekly=tuple((day, (("09:00", "17:00"),)) for day in ("mon", "tue", "wed", "thu", "fri")),
)

# The same hours by another name.
ANNEX = replace(OFFICE, code="annex", name="Annex")


def hours(kind: str, amount: int, goal: int | None = None) -> Target:
    return Target(kind, amount * HOUR, goal * HOUR if goal is not None else None)


def row(clock: str, target: Target, calendar: str | None = "office", **when: str) -> TargetRow:
    return TargetRow(
        clock=clock,
        when={axis: tuple(codes.split()) for axis, codes in when.items()},
        target=target,
        calendar=calendar,
        promised=clock != "no_progress",
    )


TARGETS = (
    row("first_response", hours("elapsed", 2), None, severity="1"),
    row("first_response", hours("business_time", 2), severity="1", channel="portal"),
    row("first_response", hours("business_time", 4), severity="2"),
    row("first_response", hours("business_time", 8), severity="3"),
    row("first_response", Target("scheduled"), severity="plan"),
    row("next_response", hours("business_time", 4), severity="1 2 3"),
    row("update_cadence", hours("business_time", 16), severity="1 2 3"),
    row("no_progress", hours("business_time", 6), "service", severity="1 2 3"),
    row("escalation_answer", hours("business_time", 4)),
    row("workaround", hours("business_time", 40), severity="1 2 3"),
    row("resolution", hours("business_time", 80), severity="1 2 3"),
)

LADDER = (
    LadderStep("warn", "first_response", "before", "notify", share_percent=25, roles=("owner",)),
    LadderStep("breach", "first_response", "due", "notify", roles=("lead",)),
    LadderStep("climb", "no_progress", "due", "hand_over", tiers=(1, 2)),
    LadderStep("stuck", "no_progress", "due", "notify", roles=("lead",), tiers=(3,)),
)

TIERS = (
    TierName(1, "First", budget=hours("business_time", 10)),
    TierName(2, "Second", budget=hours("elapsed", 48)),
)


def policy(**changes: object) -> Policy:
    """Make the policy, with parts replaced by `changes`."""
    parts = {
        "vendor": "made-up",
        "name": "Made up",
        "time_zone": "Europe/Berlin",
        "case_prefix": "MU",
        "axes": ("severity",),
        "severities": tuple(
            Level(code, code, "severity", call="required" if code == "1" else "none")
            for code in ("1", "2", "3", "none", "plan")
        ),
        "calendars": (OFFICE, ANNEX),
        "targets": TARGETS,
        "ladder": LADDER,
        "waiting": Waiting(close_after=Span(7, "days", "same_time", "customer")),
        "retarget": Retarget(on_call=Retarget(base="change", cap="promise")),
    }
    return Policy(**(parts | changes))


def moment(text: str) -> int:
    """Read "02 09:00" as a wall time in Berlin of March 2026 (winter time, UTC+1)."""
    day, clock = text.split()
    at = datetime.fromisoformat(f"2026-03-{day}T{clock}:00+01:00")
    return int(at.timestamp())


def wall(seconds: int | None) -> str | None:
    """Write an instant the way `moment` reads it."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds + HOUR, UTC).strftime("%d %H:%M")


def timeline(*entries: tuple[str, str] | tuple[str, str, dict]) -> list[Event]:
    """Number (kind, "DD HH:MM", payload) entries; an opening is severity 2 unless it says so."""
    events = []
    for seq, (kind, when, *rest) in enumerate(entries, start=1):
        payload = dict(rest[0]) if rest else {}
        if kind == "case_opened":
            payload = {"policy_version": 1, "severity": "2", "zone": "Europe/Berlin"} | payload
        events.append(Event(seq, kind, moment(when), payload))
    return events
