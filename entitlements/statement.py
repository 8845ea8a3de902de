"""A company's points as people read them: lots, the statement, and who may be asked for more.

The same for the customer, the desk and the admin; which of it is shown to whom is the face's.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company
from accounts.spreadsheet import csv_file
from entitlements.balances import balance_at, statement_lines, usable_lots
from entitlements.models import PointsEntry, PointsLot
from sla.engine.policy import Policy

PER_PAGE = 50
# What ends later is told as a sum: nobody compares more.
LOTS_SHOWN = 50
ROWS_AT_ONCE = 500
# The bar of a lot is drawn on this many units.
BAR_WIDTH = 100

# The reason by which a case is charged again before its money is asked for.
RECHARGE = re.compile(r"case-\d+-recharge-\d+")

Kind = PointsEntry.Kind

KIND_WORDS = {
    Kind.PURCHASE: gettext_lazy("Points bought"),
    Kind.INCLUDED: gettext_lazy("Points included in the plan"),
    Kind.GRANT: gettext_lazy("Points granted"),
    Kind.SPEND: gettext_lazy("Case opened"),
    Kind.CREDIT: gettext_lazy("Credited back"),
    Kind.REVERSAL: gettext_lazy("Given back: the case was declined"),
    Kind.EXPIRY: gettext_lazy("Expired"),
    Kind.MONEY_REFUND: gettext_lazy("Money asked for in place of points"),
    Kind.CORRECTION: gettext_lazy("Corrected"),
}


# Included points that were moved to a lot which ends with the term (SP-14): nothing is added.
MOVED_WORDS = gettext_lazy("Included points end on another day, as their term does")

# Beyond what its plan gives anew, and below it: what was left of a contract that was moved in.
MOVED_IN = re.compile(r"moved-in-.+")
MOVED_IN_WORDS = {
    Kind.PURCHASE: gettext_lazy("Points brought along from another system"),
    Kind.EXPIRY: gettext_lazy("Points used before the move from another system"),
}

# A spending that is none of a case: what came back is taken off again, to be paid as money.
TAKEN_FOR_REFUND = gettext_lazy("Taken off again for the refund")


@dataclass(frozen=True, slots=True)
class LotShown:
    """A lot with what is left of it as a share of its bar."""

    lot: PointsLot
    what: str
    share: int


@dataclass(frozen=True, slots=True)
class Part:
    """What an entry moved into a lot, or out of it; points are signed."""

    points: int
    lot: PointsLot


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of the statement in words."""

    entry: PointsEntry
    what: str
    more: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """A row with the page of its case, "" for whom there is none, and its lots' references."""

    row: Row
    url: str
    references: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of a statement, the newest entry first; `older` is where the next page begins."""

    rows: tuple[Row, ...]
    years: tuple[int, ...]
    year: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class PointsShown:
    """What a company has on hand at a moment.

    `later_lots` and `later_points` are those that are not listed, `unentered` what has expired
    since the last hour's work: it still stands in the statement.
    """

    balance: int
    lots: tuple[LotShown, ...]
    later_lots: int
    later_points: int
    unentered: int

    @property
    def next_end(self) -> PointsLot | None:
        """Find the lot that ends next; None when nothing on hand ever ends."""
        first = self.lots[0].lot if self.lots else None
        return first if first is not None and first.expires_at is not None else None


def points_shown(company: Company, policy: Policy | None, at: datetime) -> PointsShown:
    """Read what a company has on hand. Four statements, however many lots."""
    balance = balance_at(company, at)
    lots = list(usable_lots(company, at)[: LOTS_SHOWN + 1])
    later_lots = later_points = 0
    if len(lots) > LOTS_SHOWN:
        all_lots = usable_lots(company, at).order_by().aggregate(number=Count("pk"))["number"]
        lots = lots[:LOTS_SHOWN]
        later_lots = all_lots - LOTS_SHOWN
        later_points = balance - sum(lot.remaining for lot in lots)
    over = PointsLot.objects.filter(company=company, remaining__gt=0, expires_at__lte=at)
    return PointsShown(
        balance=balance,
        lots=tuple(LotShown(lot, lot_text(lot, policy), _share(lot)) for lot in lots),
        later_lots=later_lots,
        later_points=later_points,
        unentered=over.aggregate(points=Sum("remaining"))["points"] or 0,
    )


def statement_page(
    company: Company,
    policy: Policy | None,
    zone: str,
    *,
    year: int | None = None,
    before: int | None = None,
) -> Statement:
    """Read a page of a company's statement, of a year of `zone` or of all.

    `before` is the number of the entry that the page begins behind. Three statements.
    """
    years = years_of(company, zone)
    entries = entries_of(company, zone, year).order_by("-seq")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    found = list(entries[: PER_PAGE + 1])
    is_more = len(found) > PER_PAGE
    return Statement(
        rows=tuple(row_of(entry, policy) for entry in found[:PER_PAGE]),
        years=years,
        year=year,
        older=found[PER_PAGE - 1].seq if is_more else None,
    )


def entries_of(company: Company, zone: str, year: int | None) -> QuerySet[PointsEntry]:
    """List a company's entries in their order, those of what happened in a year of `zone`."""
    if year is None:
        return statement_lines(company)
    first, after = (datetime(one, 1, 1, tzinfo=ZoneInfo(zone)) for one in (year, year + 1))
    return statement_lines(company, since=first.astimezone(UTC), until=after.astimezone(UTC))


def years_of(company: Company, zone: str) -> tuple[int, ...]:
    """List the years of `zone` in which something may have happened, the newest first."""
    ends = PointsEntry.objects.filter(company=company).aggregate(
        first=Min("occurred_at"), last=Max("occurred_at")
    )
    if ends["first"] is None:
        return ()
    first, last = (ends[end].astimezone(ZoneInfo(zone)).year for end in ("first", "last"))
    return tuple(range(last, first - 1, -1))


def linked_rows(rows: Iterable[Row], case_url: Callable[[int], str]) -> tuple[LinkedRow, ...]:
    """Give each row the address of its case's page, as `case_url` tells it by the number."""
    return tuple(
        LinkedRow(
            row,
            case_url(row.entry.case_number) if row.entry.case_number else "",
            "; ".join(references_of(row)),
        )
        for row in rows
    )


def row_of(entry: PointsEntry, policy: Policy | None) -> Row:
    """Put an entry of `statement_lines` into words."""
    lines = [line for line in entry.legs if line.lot is not None]
    parts = tuple(Part(line.points, line.lot) for line in lines)
    # Only what was bought has a name of its own: that of its pack.
    has_name = entry.kind == Kind.PURCHASE and len(parts) == 1 and parts[0].lot.pack
    more = lot_text(parts[0].lot, policy) if has_name else ""
    return Row(entry, entry_text(entry), more, parts)


def entry_text(entry: PointsEntry) -> str:
    """Say what an entry is: by its kind, or by what else it goes by where that says too little."""
    if entry.kind == Kind.INCLUDED and not entry.points:
        return str(MOVED_WORDS)
    if entry.kind == Kind.SPEND and RECHARGE.match(entry.reason_key):
        return str(TAKEN_FOR_REFUND)
    if entry.kind in MOVED_IN_WORDS and MOVED_IN.match(entry.reason_key):
        return str(MOVED_IN_WORDS[Kind(entry.kind)])
    return str(KIND_WORDS[Kind(entry.kind)])


def lot_text(lot: PointsLot, policy: Policy | None) -> str:
    """Name a lot by its pack, else by where it comes from."""
    pack = policy.pack(lot.pack) if policy and lot.pack else None
    name = pack.name if pack else lot.get_source_display()
    return f"{name[:1].upper()}{name[1:]}"


def references_of(row: Row) -> tuple[str, ...]:
    """List the references of the lots that an entry moved, each once."""
    named = (part.lot.reference for part in row.parts)
    return tuple(dict.fromkeys(reference for reference in named if reference))


def last_day_text(ends_at: datetime, zone: str) -> str:
    """Write the last day on which points can be spent, in `zone` (SC-05)."""
    last = ends_at.astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)
    return date_format(last, "j M Y")


def statement_csv(
    company: Company,
    policy: Policy | None,
    zone: str,
    prefix: str,
    *,
    year: int | None = None,
    for_vendor: bool = False,
) -> Iterator[str]:
    """Write a statement as CSV, line by line, with moments on the wall clock of `zone` and in UTC.

    `prefix` begins the numbers of cases. `for_vendor` adds who did it, when it was entered, the
    reference and the reason.
    """
    entries = entries_of(company, zone, year).iterator(chunk_size=ROWS_AT_ONCE)
    titles = [_("Entry"), _("When (%(zone)s)") % {"zone": zone}, _("When (UTC)"), _("What")]
    titles += [_("Case"), _("Points"), _("Balance"), _("Lots")]
    if for_vendor:
        titles += [_("By"), _("Entered (UTC)"), _("Reference"), _("Reason")]
    rows = (_cells(row_of(one, policy), zone, prefix, for_vendor) for one in entries)
    yield from csv_file(titles, rows)


def _cells(row: Row, zone: str, prefix: str, for_vendor: bool) -> list[str | int]:
    entry = row.entry
    cells: list[str | int] = [
        entry.seq,
        _reading(entry.occurred_at.astimezone(ZoneInfo(zone))),
        _reading(entry.occurred_at.astimezone(UTC)),
        f"{row.what}: {row.more}" if row.more else row.what,
        f"{prefix}-{entry.case_number}" if entry.case_number else "",
        entry.points,
        entry.balance_after,
        "; ".join(_part_text(part, zone) for part in row.parts),
    ]
    if for_vendor:
        cells += [
            entry.by.name if entry.by else _("the desk itself"),
            _reading(entry.recorded_at.astimezone(UTC)),
            "; ".join(
                dict.fromkeys(part.lot.reference for part in row.parts if part.lot.reference)
            ),
            entry.reason_key,
        ]
    return cells


def _part_text(part: Part, zone: str) -> str:
    """Say what an entry did to a lot, without a sign that a spreadsheet takes for a formula."""
    lot, points = part.lot, abs(part.points)
    if lot.expires_at is None:
        if part.points < 0:
            return _("%(points)d from the lot without an end") % {"points": points}
        return _("%(points)d to the lot without an end") % {"points": points}
    told = {"points": points, "day": last_day_text(lot.expires_at, zone)}
    if part.points < 0:
        return _("%(points)d from the lot good until %(day)s") % told
    return _("%(points)d to the lot good until %(day)s") % told


def _reading(local: datetime) -> str:
    return local.isoformat(sep=" ", timespec="seconds")


def _share(lot: PointsLot) -> int:
    return lot.remaining * BAR_WIDTH // lot.points
