"""The tables behind the drawings as rows of a CSV file; texts, and whole numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import Person
from accounts.spreadsheet import Cell, csv_file
from reports.cause_reading import miss_rows, misses_of, with_cause
from reports.causes import CAUSES
from reports.feedback import ratings_in, said_in
from reports.load_reading import load_page, points_page, stretch_name, weekday_names
from reports.promises import Chosen, counted
from reports.reading import listed_rows
from reports.spans import Span
from reports.words import CAUSE_NAMES, DIMENSION_NAMES, clock_name, value_names

# What a spreadsheet still opens; the pages count all.
MOST_ROWS = 100_000

Titles = list[str]
Rows = Iterator[list[Cell]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is of: a span, what is chosen of it, and for whom."""

    span: Span
    person: Person
    at: datetime
    chosen: Chosen = Chosen()
    by: str = "plan"
    cause: str = ""


def csv_of(name: str, asked: Asked) -> Iterator[str]:
    """Write the table of a report as CSV, line by line. Raises NotFound for no such report."""
    if name not in TABLES:
        raise NotFound
    titles, rows = TABLES[name](asked)
    return csv_file(titles, rows)


def _promises(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("From"), _("To"), _("Clock"), str(DIMENSION_NAMES[asked.by]), _("Kept")]
    titles += [_("Missed"), _("Missed, not answered yet"), _("Still running")]
    titles += [_("Ended without a verdict"), _("Per mille kept")]
    found = counted(asked.span, asked.by, asked.person, asked.at)
    names = value_names(asked.by, {row.value for row in found}, asked.at)

    def rows() -> Rows:
        for row in found:
            count = row.count
            yield [
                *_days(asked.span),
                clock_name(row.clock),
                names[row.value],
                *(count.kept, count.missed, count.late_still, count.running, count.dropped),
                "" if count.per_mille is None else count.per_mille,
            ]

    return titles, rows()


def _listed(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("Case"), _("Subject"), _("Company"), _("Clock"), _("Outcome")]
    titles += [_("Started (UTC)"), _("Due (UTC)"), _("Ended (UTC)"), _("Late by (seconds)")]
    found, _more = listed_rows(
        asked.span, asked.chosen, asked.person, asked.at, page=1, most=MOST_ROWS
    )

    def rows() -> Rows:
        for row in found:
            one = row.listed
            yield [
                *(row.number, row.case.subject, row.case.company.name, row.clock, row.outcome),
                *(_utc(moment) for moment in (one.started_at, one.due_at, one.ended_at)),
                "" if row.late_seconds is None else row.late_seconds,
            ]

    return titles, rows()


def _causes(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("Case"), _("Company"), _("Clock"), _("Due (UTC)"), _("Cause"), _("Tier")]
    titles += [_("Owner")]
    titles += [_("%(cause)s (seconds)") % {"cause": CAUSE_NAMES[cause]} for cause in CAUSES]
    found = with_cause(misses_of(asked.span, asked.person), asked.cause).order_by("due_at", "pk")

    def rows() -> Rows:
        for row in miss_rows(list(found[:MOST_ROWS])):
            shares = row.miss.shares
            yield [
                *(row.number, row.case.company.name, row.clock, _utc(row.miss.due_at), row.cause),
                *(row.miss.tier, row.owner),
                *(shares.get(cause, 0) for cause in CAUSES),
            ]

    return titles, rows()


def _load(asked: Asked) -> tuple[Titles, Rows]:
    titles = [
        _("From"),
        _("To"),
        _("Named"),
        _("Opened or reopened"),
        _("Solved or closed"),
        _("Open at end"),
    ]
    page = load_page(asked.span, asked.person, asked.at)

    def rows() -> Rows:
        for one in page.load.stretches:
            if not one.ahead:
                name = stretch_name(one, page.load.unit)
                days = (str(one.first_on), str(one.last_on))
                yield [*days, name, one.opened, one.ended, one.open_at_end]

    return titles, rows()


def _hours(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("Weekday"), _("Hour (%(zone)s)") % {"zone": asked.span.zone}]
    titles += [_("Cases opened"), _("Answered")]
    page = load_page(asked.span, asked.person, asked.at)
    pairs = zip(weekday_names(), page.opened.rows, page.answered.rows, strict=True)

    def rows() -> Rows:
        for name, opened, answered in pairs:
            for one, other in zip(opened.squares, answered.squares, strict=True):
                yield [name, one.hour, one.number, other.number]

    return titles, rows()


def _points(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("From"), _("To"), _("Plan"), _("Channel"), _("Cases"), _("Points taken")]
    titles += [_("Points given back"), _("Points used")]
    page = points_page(asked.span, asked.person, asked.at)

    def rows() -> Rows:
        for row in page.rows:
            figures = (row.cases, row.spent, row.back, row.net)
            yield [*_days(asked.span), row.plan, row.channel, *figures]

    return titles, rows()


def _feedback(asked: Asked) -> tuple[Titles, Rows]:
    titles = [_("Case"), _("Company"), _("Owner"), _("Ended (UTC)"), _("Rating"), _("In words")]
    titles += [_("Said (UTC)")]
    found = said_in(ratings_in(asked.span, asked.person), most=MOST_ROWS)

    def rows() -> Rows:
        for one in found:
            case, rating = one.case, one.rating
            owner = case.owner.name if case.owner else ""
            told = (one.score_name, rating.words, _utc(rating.rated_at))
            yield [one.number, case.company.name, owner, _utc(rating.ended_at), *told]

    return titles, rows()


TABLES: Mapping[str, Callable[[Asked], tuple[Titles, Rows]]] = {
    "promises": _promises,
    "listed": _listed,
    "causes": _causes,
    "load": _load,
    "hours": _hours,
    "points": _points,
    "feedback": _feedback,
}


def _days(span: Span) -> tuple[str, str]:
    return str(span.first_on), str(span.last_on)


def _utc(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo("UTC")).isoformat(sep=" ", timespec="seconds")
