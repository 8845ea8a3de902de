"""A monthly report in words and drawings, from its frozen figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from reports.drawing import Piece, stacked
from reports.models import ServiceReport
from reports.promises import KEPT, MISSED, Count
from reports.reading import share_text
from reports.service_figures import CASES, checksum_of, day_of, moment_of
from reports.words import clock_name
from tickets.queries import visible_cases

Figures = Mapping[str, Any]
# Addresses of a case and of a clock's receipt, by number and key; "" where there is no page.
CaseUrl = Callable[[int], str]
WhyUrl = Callable[[int, str], str]


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The promises of one kind in a month."""

    name: str
    count: Count
    pieces: tuple[Piece, ...]

    @property
    def share(self) -> str:
        return share_text(self.count)


@dataclass(frozen=True, slots=True)
class MissedRow:
    """One missed promise with the address of its receipt; `subject` "" where it is not theirs.

    `late_seconds` None = not answered when the report was made.
    """

    number: str
    subject: str
    clock: str
    started_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    late_seconds: int | None
    case_url: str
    why_url: str


@dataclass(frozen=True, slots=True)
class Expiring:
    points: int
    last_day: date


@dataclass(frozen=True, slots=True)
class EndingRelease:
    product: str
    version: str
    last_day: date
    upgrade: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as it is read. `before` is the share of the month before, "" where there is none."""

    report: ServiceReport
    month: str
    zone: str
    total: Count
    share: str
    before: str
    sentences: tuple[str, ...]
    clocks: tuple[ClockRow, ...]
    misses: tuple[MissedRow, ...]
    cases: tuple[tuple[str, int], ...]
    points: Figures | None
    expiring: tuple[Expiring, ...]
    releases: tuple[EndingRelease, ...]
    plans: str
    is_as_made: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One report in a list."""

    report: ServiceReport
    month: str
    count: Count
    share: str
    pieces: tuple[Piece, ...]
    opened: int


def shown_to(
    person: Person,
    report: ServiceReport,
    *,
    case_url: CaseUrl,
    why_url: WhyUrl,
    before: ServiceReport | None = None,
) -> Shown:
    """Put a report into words for somebody: one statement, for the subjects of the cases.

    Without points for who may not see any.
    """
    figures = report.figures
    points = figures["points"] if person.may("see_points") else None
    total = count_of(figures)
    subjects = _subjects(person, figures["misses"])
    prefix = person.tenant.case_prefix
    return Shown(
        report=report,
        month=month_name(report.first_on),
        zone=figures["customer_zone"],
        total=total,
        share=share_text(total),
        before=_share_before(before),
        sentences=_sentences(total),
        clocks=_clocks(figures["promises"]),
        misses=tuple(
            _missed(one, prefix, subjects, case_url, why_url) for one in figures["misses"]
        ),
        cases=tuple((str(_case_words()[name]), figures["cases"][name]) for name in CASES),
        points=points,
        expiring=_expiring(points),
        releases=_releases(figures["releases"]),
        plans=", ".join(figures["plans"]),
        is_as_made=checksum_of(figures) == report.checksum,
    )


def month_rows(reports: Iterable[ServiceReport]) -> tuple[MonthRow, ...]:
    """List reports with what was kept, drawn on one scale."""
    found = [(one, count_of(one.figures)) for one in reports]
    most = max((count.decided for _one, count in found), default=0)
    return tuple(
        MonthRow(
            report=one,
            month=month_name(one.first_on),
            count=count,
            share=share_text(count),
            pieces=stacked([(KEPT, count.kept), (MISSED, count.missed)], most),
            opened=one.figures["cases"]["opened"],
        )
        for one, count in found
    )


def count_of(figures: Figures) -> Count:
    """Add the promises of a report up."""
    rows = (_count(row) for row in figures["promises"])
    return sum(rows, Count())


def month_name(first_on: date) -> str:
    """Name a month: "February 2026"."""
    return date_format(first_on, "F Y")


def _count(row: Figures) -> Count:
    return Count(row["kept"], row["missed"], row["running"], row["dropped"])


def _clocks(promises: Iterable[Figures]) -> tuple[ClockRow, ...]:
    rows = [(row["clock"], _count(row)) for row in promises]
    most = max((count.decided for _clock, count in rows), default=0)
    return tuple(
        ClockRow(
            clock_name(clock),
            count,
            stacked([(KEPT, count.kept), (MISSED, count.missed)], most),
        )
        for clock, count in sorted(rows, key=lambda row: -row[1].decided)
    )


def _missed(
    one: Figures,
    prefix: str,
    subjects: Mapping[int, str],
    case_url: CaseUrl,
    why_url: WhyUrl,
) -> MissedRow:
    is_theirs = one["number"] in subjects
    key = f"{one['clock']}-{one['started_seq']}"
    return MissedRow(
        number=f"{prefix}-{one['number']}",
        subject=subjects.get(one["number"], ""),
        clock=clock_name(one["clock"]),
        started_at=moment_of(one["from"]),
        due_at=moment_of(one["due"]),
        ended_at=moment_of(one["ended"]),
        late_seconds=None if one["ended"] is None else one["ended"] - one["due"],
        case_url=case_url(one["number"]) if is_theirs else "",
        why_url=why_url(one["number"], key) if is_theirs else "",
    )


def _subjects(person: Person, misses: Iterable[Figures]) -> dict[int, str]:
    numbers = {one["number"] for one in misses}
    if not numbers:
        return {}
    rows = visible_cases(person).filter(number__in=numbers)
    return dict(rows.values_list("number", "subject"))


def _expiring(points: Figures | None) -> tuple[Expiring, ...]:
    lots = points["expiring"] if points else ()
    return tuple(Expiring(one["points"], day_of(one["last_day"])) for one in lots)


def _releases(ending: Iterable[Figures]) -> tuple[EndingRelease, ...]:
    return tuple(
        EndingRelease(one["product"], one["version"], day_of(one["last_day"]), one["upgrade"])
        for one in ending
    )


def _share_before(before: ServiceReport | None) -> str:
    count = count_of(before.figures) if before else Count()
    return share_text(count) if count.decided else ""


def _sentences(total: Count) -> tuple[str, ...]:
    if not total.decided:
        told = [_("No promise was decided in this month.")]
    else:
        text = ngettext(
            "%(kept)d of %(decided)d promise that was decided in this month was kept.",
            "%(kept)d of %(decided)d promises that were decided in this month were kept.",
            total.decided,
        )
        told = [text % {"kept": total.kept, "decided": total.decided}]
    if total.running:
        text = ngettext(
            "%(number)d more was still running at its end.",
            "%(number)d more were still running at its end.",
            total.running,
        )
        told.append(text % {"number": total.running})
    return tuple(told)


def _case_words() -> dict[str, str]:
    return {
        "opened": _("Cases opened"),
        "solved": _("Cases solved"),
        "closed": _("Cases closed"),
        "open_at_end": _("Open at the end of the month"),
    }
