"""Targets, calendars and receipts in words for people, in the language of whoever asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.zones import zone_letters
from sla.engine.calendar import (
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Calendar,
)
from sla.engine.errors import EngineError
from sla.engine.filing import admits
from sla.engine.parts import Cell, Facts, Refusal
from sla.engine.policy import Policy
from sla.engine.receipt import Interval
from sla.engine.target import Target
from sla.words import AXIS_NAMES, CHANNEL_NAMES

_ENGINE_ERRORS = {
    "never_open": gettext_lazy("The desk is not open long enough within ten years."),
    "bad_interval": gettext_lazy("Opening hours are written like 09:00-17:00, up to 24:00."),
    "bad_time_zone": gettext_lazy("There is no such time zone: write it like Europe/Berlin."),
    "no_offset": gettext_lazy(
        "A moment needs its offset: write it like 2026-06-12T15:00:00+05:30."
    ),
    "negative_duration": gettext_lazy("A length of time cannot be negative."),
    "bad_pause": gettext_lazy("A pause cannot end before it begins."),
    "scheduled_in_past": gettext_lazy("A case cannot be scheduled before it was opened."),
    "bad_request": gettext_lazy("This cannot be worked out from what was given."),
}
_REFUSALS = {
    "plan_needed": gettext_lazy("A plan is needed: %(choices)s."),
    "unknown_plan": gettext_lazy("There is no plan “%(plan)s”. Choose from: %(choices)s."),
    "level_needed": gettext_lazy("A %(axis)s is needed: %(choices)s."),
    "unknown_level": gettext_lazy("There is no %(axis)s “%(level)s”. Choose from: %(choices)s."),
    "level_not_for_customers": gettext_lazy("Only the desk sets the %(axis)s “%(level)s”."),
    "unknown_case_type": gettext_lazy(
        "There is no type “%(case_type)s”. Choose from: %(choices)s."
    ),
    "unknown_region": gettext_lazy("There is no region “%(region)s”. Choose from: %(choices)s."),
    "unknown_edition": gettext_lazy("There is no edition “%(edition)s”. Choose from: %(choices)s."),
    "unknown_channel": gettext_lazy("There is no channel “%(channel)s”. Choose from: %(choices)s."),
    "channel_not_entitled": gettext_lazy(
        "Cases by %(channel)s are not part of this support. %(note)s Open: %(choices)s."
    ),
    "phone_required": gettext_lazy(
        "Cases of %(axis)s “%(level)s” have to be reported by phone: %(phones)s."
    ),
}

_REASONS = {
    "before_hours": lambda: _("before opening"),
    "evening": lambda: _("evening"),
    "between": lambda: _("between shifts"),
    "weekend": lambda: _("weekend"),
    "holiday": lambda: _("holiday"),
    "exception": lambda: _("special hours"),
}


class Coded(Protocol):
    """A part of a policy that has a code."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One interval of a receipt as a person reads it; `starts_at` and `ends_at` are aware, UTC."""

    starts_at: datetime
    ends_at: datetime
    counted_seconds: int
    counted: str
    why: str
    kind: str


def target_text(target: Target) -> str:
    """Say what is promised: "4 business hours", "2-3 business days", "immediately"."""
    return _target_text(target, get_language())


@lru_cache(maxsize=4096)
def _target_text(target: Target, language: str | None) -> str:
    if target.kind == "elapsed":
        return _("within %(amount)s, round the clock") % {"amount": _elapsed(target)}
    if target.kind == "business_time":
        return _business_time(target)
    if target.kind == "business_days":
        return _business_days(target)
    if target.kind == "weeks":
        return _weeks(target)
    return {
        "next_business_day": _("next business day"),
        "immediate": _("immediately"),
        "scheduled": _("at the agreed time"),
        "none": _("no target"),
    }[target.kind]


def _range(amount: int, goal: int | None) -> str:
    return str(amount) if goal is None else f"{goal}-{amount}"


def _unit(target: Target) -> tuple[int, str]:
    """Choose the largest unit in which commitment and goal are whole numbers."""
    for seconds, name in ((SECONDS_PER_HOUR, "hours"), (SECONDS_PER_MINUTE, "minutes")):
        if target.amount % seconds == 0 and (target.goal or 0) % seconds == 0:
            return seconds, name
    return 1, "seconds"


def _figures(target: Target) -> tuple[str, int, dict[str, str]]:
    """Give the unit, the number that its plural follows, and the number or range to show."""
    seconds, unit = _unit(target)
    amount = target.amount // seconds
    goal = None if target.goal is None else target.goal // seconds
    return unit, amount, {"amount": _range(amount, goal)}


def _elapsed(target: Target) -> str:
    unit, amount, figures = _figures(target)
    if unit == "hours":
        return ngettext("%(amount)s hour", "%(amount)s hours", amount) % figures
    if unit == "minutes":
        return ngettext("%(amount)s minute", "%(amount)s minutes", amount) % figures
    return ngettext("%(amount)s second", "%(amount)s seconds", amount) % figures


def _business_time(target: Target) -> str:
    unit, amount, figures = _figures(target)
    if unit == "hours":
        return ngettext("%(amount)s business hour", "%(amount)s business hours", amount) % figures
    if unit == "minutes":
        text = ngettext("%(amount)s business minute", "%(amount)s business minutes", amount)
        return text % figures
    return ngettext("%(amount)s business second", "%(amount)s business seconds", amount) % figures


def _business_days(target: Target) -> str:
    days = ngettext("%(amount)s business day", "%(amount)s business days", target.amount) % {
        "amount": _range(target.amount, target.goal)
    }
    if target.day_rule == "end_of_day":
        return _("%(days)s, to the end of the day") % {"days": days}
    if target.day_rule == "next_opening":
        return _("%(days)s, to the next opening") % {"days": days}
    return days


def _weeks(target: Target) -> str:
    weeks = ngettext("%(amount)s week", "%(amount)s weeks", target.amount) % {
        "amount": _range(target.amount, target.goal)
    }
    return _("%(weeks)s, round the clock") % {"weeks": weeks} if target.back == "exact" else weeks


def calendar_text(cell: Cell) -> str:
    """Name the calendar and the zone it is read in: "Scalix Basic, Asia/Kolkata"."""
    if cell.calendar_name is None:
        return _("round the clock")
    return f"{cell.calendar_name}, {cell.calendar_zone}"


def why_text(interval: Interval) -> str:
    """Say why an interval counted or not: "open Fri 09:00-17:00 Asia/Kolkata"."""
    return why_texts([interval])[0]


def why_texts(intervals: Iterable[Interval]) -> list[str]:
    """Say of each interval why it counted or not."""
    language = get_language()
    return [
        _why_text(one.why, one.reasons, one.names, one.window, one.zone, language)
        for one in intervals
    ]


@lru_cache(maxsize=8192)
def _why_text(
    why: str,
    reasons: tuple[str, ...],
    names: tuple[str, ...],
    window: tuple[int, int, int] | None,
    zone: str,
    language: str | None,
) -> str:
    if why == "open":
        return _open_text(window, zone)
    if why == "waiting":
        return _("waiting on the customer")
    if why == "scheduled":
        return _("until the agreed time")
    text = _("closed: %(reasons)s") % {"reasons": ", ".join(_REASONS[code]() for code in reasons)}
    return f"{text} ({', '.join(names)})" if names else text


def _open_text(window: tuple[int, int, int] | None, zone: str) -> str:
    if window is None:
        return _("round the clock")
    weekday, opens, closes = window
    return _("open %(weekday)s %(opens)s-%(closes)s %(zone)s") % {
        "weekday": WEEKDAYS_ABBR[weekday],
        "opens": wall_time_text(opens),
        "closes": wall_time_text(closes),
        "zone": zone,
    }


def wall_time_text(second: int) -> str:
    """Write a second of a day as HH:MM, with seconds only where there are any; 86,400 is 24:00."""
    if second > SECONDS_PER_DAY:
        second -= SECONDS_PER_DAY
    hours, rest = divmod(second, SECONDS_PER_HOUR)
    minutes, seconds = divmod(rest, SECONDS_PER_MINUTE)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if seconds else f"{hours:02}:{minutes:02}"


def span_text(seconds: int) -> str:
    """Write a length of time in hours and minutes; seconds only where there are any."""
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    minutes, rest = divmod(rest, SECONDS_PER_MINUTE)
    parts = []
    if hours:
        parts.append(_("%(hours)d h") % {"hours": hours})
    if minutes:
        parts.append(_("%(minutes)d min") % {"minutes": minutes})
    if rest or not parts:
        parts.append(_("%(seconds)d s") % {"seconds": rest})
    return " ".join(parts)


def receipt_lines(intervals: Iterable[Interval]) -> tuple[Line, ...]:
    """List the intervals of a receipt in words, for a table of them."""
    return tuple(
        Line(
            starts_at=datetime.fromtimestamp(interval.start, UTC),
            ends_at=datetime.fromtimestamp(interval.end, UTC),
            counted_seconds=interval.counted_seconds,
            counted=span_text(interval.counted_seconds),
            why=why_text(interval),
            kind=interval.why,
        )
        for interval in intervals
    )


def receipt_sentences(
    intervals: Iterable[Interval], zone: str, beside: str = ""
) -> tuple[str, ...]:
    """Tell a receipt as sentences, with moments on the wall clock of `zone` (an IANA name).

    Those of the zone `beside` stand in brackets after them, if one is given.
    """
    zones = [ZoneInfo(zone), *([ZoneInfo(beside)] if beside else [])]
    return tuple(_sentence(line, zones) for line in receipt_lines(intervals))


def _sentence(line: Line, zones: Sequence[ZoneInfo]) -> str:
    spans = [_span(line, zone) for zone in zones]
    figures = {
        "span": spans[0],
        "beside": f" [{spans[-1]} {zone_letters(line.ends_at.astimezone(zones[-1]))}]"
        if len(zones) > 1
        else "",
        "counted": line.counted,
        "why": line.why,
    }
    if line.counted_seconds:
        return _("%(span)s%(beside)s: %(counted)s count (%(why)s).") % figures
    return _("%(span)s%(beside)s: nothing counts (%(why)s).") % figures


def _span(line: Line, zone: ZoneInfo) -> str:
    return _("%(start)s to %(end)s") % {
        "start": _moment(line.starts_at, zone),
        "end": _moment(line.ends_at, zone),
    }


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "D j M H:i")


def week_text(calendar: Calendar) -> str:
    """Say the hours of a usual week: "Mon-Fri 09:00-17:00, Sat 10:00-14:00"."""
    runs = [
        (spans, [day for day, _spans in days])
        for spans, days in groupby(enumerate(calendar.weekly), key=lambda day: day[1])
    ]
    return ", ".join(
        f"{_days_text(days)} {_hours_text(spans)}" for spans, days in runs if spans
    ) or _("only on single dates")


def _days_text(days: Sequence[int]) -> str:
    names = [str(WEEKDAYS_ABBR[day]) for day in (days[0], days[-1])]
    return names[0] if len(days) == 1 else "-".join(names)


def _hours_text(spans: Sequence[tuple[int, int]]) -> str:
    if tuple(spans) == ((0, SECONDS_PER_DAY),):
        return _("all day")
    return _(" and ").join(f"{wall_time_text(a)}-{wall_time_text(b)}" for a, b in spans)


def engine_error_text(error: EngineError) -> str:
    """Say why nothing can be promised, in words."""
    return str(_ENGINE_ERRORS.get(error.code, _ENGINE_ERRORS["bad_request"]))


def refusal_text(refusal: Refusal, policy: Policy) -> str:
    """Say why a case cannot be filed so, with what would be accepted instead."""
    text = str(_REFUSALS[refusal.code])
    params = refusal.params
    figures = {name: value for name, value in params.items() if isinstance(value, str)}
    axis = params.get("axis")
    if isinstance(axis, str):
        level = policy.level(axis, figures.get("level"))
        figures["axis"] = str(AXIS_NAMES[axis])
        figures["level"] = level.name if level else figures.get("level", "")
        figures["choices"] = _codes(policy.levels(axis) if axis in policy.axes else ())
    else:
        figures["choices"] = _codes(_offered(refusal.code, policy))
    if refusal.code == "channel_not_entitled":
        figures |= _channel_figures(figures, policy)
    phones = params.get("phones")
    figures["phones"] = ", ".join(phones) if isinstance(phones, tuple) else ""
    return " ".join((text % figures).split())


def _channel_figures(figures: dict[str, str], policy: Policy) -> dict[str, str]:
    """Name a refused channel, what the policy notes about it, and the channels that remain."""
    refused = figures["channel"]
    facts = Facts(plan=figures.get("plan"), edition=figures.get("edition"))
    remaining = [
        channel.name
        for channel in policy.channels
        if channel.code != refused and admits(policy, channel.code, facts)
    ]
    notes = [channel.note for channel in policy.channels if channel.code == refused]
    return {
        "channel": str(CHANNEL_NAMES[refused]),
        "note": "".join(notes),
        "choices": ", ".join(remaining) or _("none"),
    }


def _offered(code: str, policy: Policy) -> Iterable[Coded]:
    parts: dict[str, Iterable[Coded]] = {
        "plan_needed": policy.plans,
        "unknown_plan": policy.plans,
        "unknown_case_type": policy.case_types,
        "unknown_region": policy.regions,
        "unknown_edition": policy.editions,
        "unknown_channel": policy.channels,
    }
    return parts.get(code, ())


def _codes(parts: Iterable[Coded]) -> str:
    return ", ".join(part.code for part in parts) or _("none")
