"""The page of promises: of how many how many were kept, by clock and by one dimension."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from entitlements.holdings import policy_at
from reports.drawing import Piece, stacked
from reports.promises import (
    DIMENSIONS,
    KEPT,
    MISSED,
    Chosen,
    Count,
    Counted,
    Listed,
    cases_that_owe_none,
    counted,
    listed,
    total_of,
)
from reports.spans import Span
from reports.words import (
    BY_NAMES,
    DIMENSION_NAMES,
    OUTCOME_NAMES,
    clock_name,
    in_order,
    value_names,
)
from tickets.models import Case
from tickets.wording import display_number

# Of a dimension with many values those with the most misses are shown; the file has all.
ROWS_SHOWN = 50
LISTED_A_PAGE = 50
# These have an order of their own; the others are told by their misses.
ORDERED = ("plan", "severity", "priority", "tier")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of promises, with its bar; `query` chooses its cases in an address."""

    name: str
    value: str
    count: Count
    pieces: tuple[Piece, ...]
    query: str

    @property
    def share(self) -> str:
        return share_text(self.count)


@dataclass(frozen=True, slots=True)
class Tab:
    """Another dimension to look by, as a link."""

    name: str
    query: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class PromisesPage:
    """All that the page shows. `rows` are those of the dimension, `more` how many are left out."""

    span: Span
    by: str
    by_name: str
    by_title: str
    clock: str
    clock_name: str
    total: Count
    owe_none: int
    clocks: tuple[Row, ...]
    rows: tuple[Row, ...]
    more: int
    tabs: tuple[Tab, ...]
    sentences: tuple[str, ...]
    all_clocks: str

    @property
    def share(self) -> str:
        return share_text(self.total)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A promise with its case, in words."""

    listed: Listed
    case: Case
    number: str
    clock: str
    outcome: str
    late_seconds: int | None

    @property
    def key(self) -> str:
        """Name the clock in the address of its receipt."""
        return f"{self.listed.clock}-{self.listed.started_seq}"


def promises_page(span: Span, by: str, clock: str, person: Person, at: datetime) -> PromisesPage:
    """Put the page together: five statements at most, however many cases there are."""
    found = counted(span, by, person, at)
    chosen = [row for row in found if clock in ("", row.clock)]
    total = total_of(chosen)
    owe_none = cases_that_owe_none(span, person, at)
    rows = rows_of(span, by, clock, chosen, at)
    return PromisesPage(
        span=span,
        by=by,
        by_name=str(DIMENSION_NAMES[by]),
        by_title=str(BY_NAMES[by]),
        clock=clock,
        clock_name=clock_name(clock) if clock else "",
        total=total,
        owe_none=owe_none,
        clocks=_clock_rows(span, by, found),
        rows=rows[:ROWS_SHOWN],
        more=max(len(rows) - ROWS_SHOWN, 0),
        tabs=tuple(_tab(one, by, clock, span) for one in DIMENSIONS),
        sentences=sentences_of(total, owe_none, is_over=span.is_over(at)),
        all_clocks=query_of(span, by=by),
    )


def rows_of(
    span: Span, by: str, clock: str, found: Iterable[Counted], at: datetime
) -> tuple[Row, ...]:
    """Add up by the values of a dimension, in the order in which people compare them."""
    sums: dict[str, Count] = {}
    for row in found:
        sums[row.value] = sums.get(row.value, Count()) + row.count
    names = value_names(by, sums, at)
    place = in_order(by, policy_at(at))
    most = max((count.decided for count in sums.values()), default=0)
    rows = [
        Row(
            name=names[value],
            value=value,
            count=count,
            pieces=_pieces(count, most),
            query=query_of(span, clock=clock, by=by, value=value),
        )
        for value, count in sums.items()
    ]
    if by in ORDERED:
        return tuple(sorted(rows, key=lambda row: place(row.value)))
    return tuple(sorted(rows, key=lambda row: (-row.count.missed, -row.count.decided, row.name)))


def listed_rows(
    span: Span, chosen: Chosen, person: Person, at: datetime, *, page: int, most: int
) -> tuple[tuple[ListedRow, ...], bool]:
    """List the promises behind a figure, and whether there are more. Four statements at most."""
    found = listed(span, chosen, person, at, most=most + 1, skip=(page - 1) * most)
    cases = _cases(found[:most])
    rows = (listed_row(one, cases[one.case_id], at) for one in found[:most])
    return tuple(rows), len(found) > most


def listed_row(one: Listed, case: Case, at: datetime) -> ListedRow:
    """Put a promise into words."""
    late = None
    if one.outcome == MISSED and one.due_at is not None:
        late = int(((one.ended_at or at) - one.due_at).total_seconds())
    return ListedRow(
        listed=one,
        case=case,
        number=display_number(case),
        clock=clock_name(one.clock),
        outcome=str(OUTCOME_NAMES[one.outcome]),
        late_seconds=late,
    )


def chosen_text(chosen: Chosen, at: datetime) -> str:
    """Say which promises are listed: "Missed · First response · Plan: Premium"."""
    parts = [str(OUTCOME_NAMES[chosen.outcome])] if chosen.outcome else []
    if chosen.clock:
        parts.append(clock_name(chosen.clock))
    if chosen.by:
        value = value_names(chosen.by, [chosen.value], at)[chosen.value]
        told = {"dimension": DIMENSION_NAMES[chosen.by], "value": value}
        parts.append(_("%(dimension)s: %(value)s") % told)
    return " · ".join(parts) or _("All promises")


def query_of(span: Span, **chosen: str) -> str:
    """Write what stands behind the ? of an address; what is empty but a value is left out."""
    given = {name: value for name, value in chosen.items() if value or name == "value"}
    return urlencode(span.address | given)


def share_text(count: Count) -> str:
    """Write the share that was kept: "92.6 %", or that nothing was decided."""
    if count.per_mille is None:
        return _("none decided")
    whole, tenth = divmod(count.per_mille, 10)
    if tenth == 0:
        return _("%(whole)d %%") % {"whole": whole}
    return _("%(whole)d.%(tenth)d %%") % {"whole": whole, "tenth": tenth}


def sentences_of(total: Count, owe_none: int, *, is_over: bool) -> tuple[str, ...]:
    """Say what a share is a share of, and what it leaves out."""
    kept = ngettext(
        "%(kept)d of %(decided)d promise that was decided in this time was kept.",
        "%(kept)d of %(decided)d promises that were decided in this time were kept.",
        total.decided,
    ) % {"kept": total.kept, "decided": total.decided}
    told = [kept if total.decided else _("No promise was decided in this time.")]
    if total.late_still:
        told.append(
            ngettext(
                "%(number)d of the missed ones is not answered yet.",
                "%(number)d of the missed ones are not answered yet.",
                total.late_still,
            )
            % {"number": total.late_still}
        )
    told += [*_running(total, is_over), *_beside(total, owe_none)]
    return tuple(told)


def _running(total: Count, is_over: bool) -> list[str]:
    if not total.running:
        return []
    figures = {"number": total.running}
    if is_over:
        text = ngettext(
            "%(number)d more was still running at its end.",
            "%(number)d more were still running at its end.",
            total.running,
        )
    else:
        text = ngettext("%(number)d more still runs.", "%(number)d more still run.", total.running)
    return [text % figures]


def _beside(total: Count, owe_none: int) -> list[str]:
    told = []
    if total.dropped:
        text = ngettext(
            "%(number)d ended without a verdict: its case was over before.",
            "%(number)d ended without a verdict: their cases were over before.",
            total.dropped,
        )
        told.append(text % {"number": total.dropped})
    if owe_none:
        text = ngettext(
            "%(number)d case opened in this time owes none.",
            "%(number)d cases opened in this time owe none.",
            owe_none,
        )
        told.append(text % {"number": owe_none})
    return told


def _clock_rows(span: Span, by: str, found: Sequence[Counted]) -> tuple[Row, ...]:
    sums: dict[str, Count] = {}
    for row in found:
        sums[row.clock] = sums.get(row.clock, Count()) + row.count
    most = max((count.decided for count in sums.values()), default=0)
    rows = (
        Row(
            name=clock_name(clock),
            value=clock,
            count=count,
            pieces=_pieces(count, most),
            query=query_of(span, clock=clock),
        )
        for clock, count in sums.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.count.decided, row.name)))


def _pieces(count: Count, most: int) -> tuple[Piece, ...]:
    return stacked([(KEPT, count.kept), (MISSED, count.missed)], most)


def _tab(one: str, by: str, clock: str, span: Span) -> Tab:
    return Tab(str(DIMENSION_NAMES[one]), query_of(span, clock=clock, by=one), one == by)


def _cases(found: Iterable[Listed]) -> Mapping[int, Case]:
    cases = Case.objects.select_related("tenant", "company", "owner")
    return cases.in_bulk({one.case_id for one in found})
