"""How many points there are, where they went, and whether the sums hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce

from accounts.models import Company
from entitlements import ledger
from entitlements.models import PointsAccount, PointsEntry, PointsLine, PointsLot

# The daily work enters expiries every hour.
EXPIRY_IS_LATE_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Fault:
    """A sum of the ledger that does not hold: of which row, what it says and what its lines say."""

    code: str
    row_id: int
    stored: int
    computed: int


class LedgerIsFaulty(RuntimeError):
    """The nightly reconciliation found differences; `faults` lists them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults[:20]))


def balance_at(company: Company, at: datetime) -> int:
    """Tell how many points can be spent at a moment.

    Lots that are over do not count, whether their expiry is entered or not.
    """
    return ledger.usable(company, at).aggregate(points=Sum("remaining"))["points"] or 0


def usable_lots(company: Company, at: datetime) -> QuerySet[PointsLot]:
    """List what can be spent at a moment, in the order in which it is spent (SC-05)."""
    return ledger.usable(company, at).order_by(F("expires_at").asc(nulls_last=True), "pk")


def spent_on_case(company: Company, case_number: int) -> int:
    """Tell what a case has spent and not got back, in points."""
    lines = PointsLine.objects.filter(
        account=PointsLine.Account.SPENT, entry__company=company, entry__case_number=case_number
    )
    return lines.aggregate(points=Sum("points"))["points"] or 0


def statement_lines(
    company: Company, *, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[PointsEntry]:
    """List a company's entries in their order, each with its running balance, person and lines.

    `since` and `until` bound when it happened, the moment that is shown: [since, until). The lines
    of an entry are the list `entry.legs`; those of the customer have a lot. Two statements, however
    many entries.
    """
    entries = PointsEntry.objects.filter(company=company)
    if since is not None:
        entries = entries.filter(occurred_at__gte=since)
    if until is not None:
        entries = entries.filter(occurred_at__lt=until)
    lines = PointsLine.objects.select_related("lot").order_by("pk")
    legs = Prefetch("lines", lines, to_attr="legs")
    return entries.select_related("by").prefetch_related(legs).order_by("seq")


def trial_balance(company: Company | None = None) -> dict[str, int]:
    """Sum the lines by account, of a company or of the whole tenant: together they are zero."""
    lines = PointsLine.objects.all()
    if company is not None:
        lines = lines.filter(entry__company=company)
    sums = lines.values_list("account").annotate(sum=Sum("points")).order_by("account")
    return dict(sums)


def reconcile(at: datetime) -> list[Fault]:
    """List every sum of the tenant that does not hold, and expiries that nobody entered.

    [] is right. Each comparison is one statement and so of one moment. Nothing is locked.
    """
    return [
        *_faults("entry_unbalanced", _entries_with_sums().filter(~Q(computed=0))),
        *_faults("entry_moves_otherwise", _entries_that_move_otherwise()),
        *_faults("balance_does_not_run_on", _entries_off_the_running_balance()),
        *_faults("lot_differs", _lots_unlike_their_lines()),
        *_faults("account_differs", _accounts_unlike_their_lots()),
        *_faults("expiry_is_late", _lots_that_should_have_expired(at)),
    ]


def _faults(code: str, rows: QuerySet) -> list[Fault]:
    found = rows.order_by("pk").values_list("pk", "stored", "computed")
    return [Fault(code, *figures) for figures in found]


def _entries_with_sums() -> QuerySet[PointsEntry]:
    total = Coalesce(Sum("lines__points"), 0)
    return PointsEntry.objects.annotate(stored=Value(0), computed=total)


def _entries_that_move_otherwise() -> QuerySet[PointsEntry]:
    moved = Coalesce(Sum("lines__points", filter=Q(lines__account="lot")), 0)
    entries = PointsEntry.objects.annotate(stored=F("points"), computed=moved)
    return entries.annotate(lines_count=Count("lines")).filter(
        ~Q(computed=F("stored")) | Q(lines_count=0)
    )


def _entries_off_the_running_balance() -> QuerySet[PointsEntry]:
    running = Window(Sum("points"), partition_by="company_id", order_by="seq")
    entries = PointsEntry.objects.annotate(stored=F("balance_after"), computed=running)
    return entries.filter(~Q(computed=F("stored")))


def _lots_unlike_their_lines() -> QuerySet[PointsLot]:
    left = Coalesce(Sum("lines__points"), 0)
    lots = PointsLot.objects.annotate(stored=F("remaining"), computed=left)
    return lots.filter(~Q(computed=F("stored")))


def _accounts_unlike_their_lots() -> QuerySet[PointsAccount]:
    lots = PointsLot.objects.filter(company_id=OuterRef("company_id")).order_by()
    left = lots.values("company_id").annotate(points=Sum("remaining")).values("points")
    accounts = PointsAccount.objects.annotate(
        stored=F("balance"), computed=Coalesce(Subquery(left), 0)
    )
    return accounts.filter(~Q(computed=F("stored")))


def _lots_that_should_have_expired(at: datetime) -> QuerySet[PointsLot]:
    over = PointsLot.objects.filter(remaining__gt=0, expires_at__lte=at - EXPIRY_IS_LATE_AFTER)
    return over.annotate(stored=F("remaining"), computed=Value(0))
