"""The pages of load and of points, drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Person
from entitlements.holdings import policy_at
from entitlements.statement import KIND_WORDS
from reports.drawing import (
    COLUMNS_HEIGHT,
    Column,
    Line,
    Mark,
    Piece,
    columns,
    line,
    percent,
    round_up,
    scale,
    shade,
    stacked,
)
from reports.load import (
    DAY,
    MONTH,
    Hours,
    Load,
    Stretch,
    answered_by_hour,
    load_of,
    opened_by_hour,
)
from reports.points import Kind, moved, spent_by_plan
from reports.spans import Span
from reports.words import channel_name, plan_name

HOURS = range(24)
WEEK = range(7)
# So many dates find room below a chart.
LABELS = 8
# The height of a weekday in pixels, and the share of the width that their names take.
HEAT_STEP = 24
HEAT_NAMES = 0.1


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    text: str


@dataclass(frozen=True, slots=True)
class StretchRow:
    name: str
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Chart:
    """Cases open at the end of each stretch as columns; opened and ended ones as two lines."""

    height: int
    columns: tuple[Column, ...]
    opened: tuple[Line, ...]
    ended: tuple[Line, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Square:
    """One hour of a weekday: its place, its shade from 0 to 5, and what it counts."""

    x: str
    shade: int
    hour: int
    number: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One weekday; `y` is its upper edge in pixels, `middle` where its name stands."""

    day: str
    y: int
    middle: int
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """How often something happened by weekday and hour, as a picture and as numbers."""

    total: int
    busiest: str
    rows: tuple[HeatRow, ...]
    hours: tuple[Label, ...]
    width: str
    by_hour: tuple["HourRow", ...]


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of the day with its number on each weekday."""

    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadPage:
    span: Span
    load: Load
    chart: Chart
    rows: tuple[StretchRow, ...]
    opened: Heat
    answered: Heat


@dataclass(frozen=True, slots=True)
class SpentRow:
    """Points of one plan and channel, in words."""

    plan: str
    channel: str
    cases: int
    spent: int
    back: int
    net: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class MovedRow:
    name: str
    entries: int
    points: int


@dataclass(frozen=True, slots=True)
class PointsPage:
    span: Span
    rows: tuple[SpentRow, ...]
    moved: tuple[MovedRow, ...]
    net: int
    cases: int


def load_page(span: Span, person: Person, at: datetime) -> LoadPage:
    """Put the page of load together: four statements, however many cases there are."""
    load = load_of(span, person, at)
    return LoadPage(
        span=span,
        load=load,
        chart=_chart(load),
        rows=tuple(
            StretchRow(stretch_name(one, load.unit), one)
            for one in reversed(load.stretches)
            if not one.ahead
        ),
        opened=_heat(opened_by_hour(span, person)),
        answered=_heat(answered_by_hour(span, person)),
    )


def points_page(span: Span, person: Person, at: datetime) -> PointsPage:
    """Put the page of points together: three statements."""
    policy = policy_at(at)
    found = spent_by_plan(span, person)
    most = max((one.spent for one in found), default=0)
    rows = tuple(
        SpentRow(
            plan=plan_name(policy, one.plan),
            channel=channel_name(policy, one.channel),
            cases=one.cases,
            spent=one.spent,
            back=one.back,
            net=one.net,
            pieces=stacked([("net", max(one.net, 0)), ("back", min(one.back, one.spent))], most),
        )
        for one in found
    )
    return PointsPage(
        span=span,
        rows=rows,
        moved=tuple(
            MovedRow(str(KIND_WORDS[Kind(one.kind)]), one.entries, one.points)
            for one in moved(span)
        ),
        net=sum(one.net for one in found),
        cases=sum(one.cases for one in found),
    )


def stretch_name(stretch: Stretch, unit: str) -> str:
    """Name a day, the first day of a week, or a month."""
    if unit == DAY:
        return date_format(stretch.first_on, "D j M Y")
    if unit == MONTH:
        return date_format(stretch.first_on, "F Y")
    return _("week from %(day)s") % {"day": date_format(stretch.first_on, "j M Y")}


def weekday_names() -> list[str]:
    return [str(WEEKDAYS_ABBR[day]) for day in WEEK]


def _chart(load: Load) -> Chart:
    known = [one for one in load.stretches if not one.ahead]
    number = len(load.stretches)
    heights = [0 if one.ahead else one.open_at_end for one in load.stretches]
    figures = [*heights, *(one.opened for one in known), *(one.ended for one in known)]
    top = round_up(max(figures, default=0))
    return Chart(
        height=COLUMNS_HEIGHT,
        columns=columns(heights, top),
        opened=line([one.opened for one in known], number, top),
        ended=line([one.ended for one in known], number, top),
        marks=scale(top),
        labels=_labels([one.first_on for one in load.stretches], load.unit),
    )


def _labels(days: Sequence[date], unit: str) -> tuple[Label, ...]:
    step = -(-len(days) // LABELS)
    form = "M Y" if unit == MONTH else "j\N{NO-BREAK SPACE}M"
    return tuple(
        Label(percent(place + 0.5, len(days)), date_format(day, form))
        for place, day in enumerate(days)
        if place % step == 0
    )


def _heat(hours: Hours) -> Heat:
    names = weekday_names()
    most = hours.most
    rows = tuple(
        HeatRow(
            names[day],
            day * HEAT_STEP,
            day * HEAT_STEP + HEAT_STEP // 2,
            tuple(
                Square(_place(hour), shade(hours.at(day, hour), most), hour, hours.at(day, hour))
                for hour in HOURS
            ),
        )
        for day in WEEK
    )
    labels = tuple(Label(_place(hour), f"{hour:02d}:00") for hour in HOURS if hour % 6 == 0)
    width = percent((1 - HEAT_NAMES) * 0.9, len(HOURS))
    by_hour = tuple(
        HourRow(f"{hour:02d}:00", tuple(hours.at(day, hour) for day in WEEK)) for hour in HOURS
    )
    return Heat(hours.total, _busiest(hours, names), rows, labels, width, by_hour)


def _place(hour: int) -> str:
    """Give the left edge of an hour, right of the names of the days."""
    return percent(HEAT_NAMES + hour * (1 - HEAT_NAMES) / len(HOURS), 1)


def _busiest(hours: Hours, names: Sequence[str]) -> str:
    """Name the hour of the week with the most; empty where there is nothing."""
    if not hours.total:
        return ""
    day, hour = max(sorted(hours.counts), key=lambda place: hours.counts[place])
    return _("%(day)s %(hour)02d:00-%(next)02d:00") % {
        "day": names[day],
        "hour": hour,
        "next": hour + 1,
    }
