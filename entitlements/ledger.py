"""The points ledger: what is added, spent, credited and expires. In the tenant that is entered.

Every function that changes points locks the company's account first, and an account comes before
the counter of case numbers. One entry is two statements: the entry, and all its lines at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, Max, Q, QuerySet, Sum, Window
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.models import Company, Person
from accounts.tenancy import current_tenant_id
from entitlements.hooked import tell_of_new_entries
from entitlements.models import Contract, PointsAccount, PointsEntry, PointsLine, PointsLot
from entitlements.points import Lot, ShortOf, give_back, take
from sla.drafting import check_may

Kind = PointsEntry.Kind
Account = PointsLine.Account
Source = PointsLot.Source

# What stands against the customers' points in an entry of a kind.
COUNTER_ACCOUNTS = {
    Kind.PURCHASE: Account.SOLD,
    Kind.INCLUDED: Account.INCLUDED,
    Kind.GRANT: Account.GRANTED,
    Kind.SPEND: Account.SPENT,
    Kind.CREDIT: Account.SPENT,
    Kind.REVERSAL: Account.SPENT,
    Kind.EXPIRY: Account.EXPIRED,
    Kind.CORRECTION: Account.CORRECTED,
}
ADDED = (Kind.PURCHASE, Kind.INCLUDED, Kind.GRANT)
# After one of these a case has nothing spent any more, until it is charged anew.
SETTLING = (Kind.CREDIT, Kind.REVERSAL, Kind.MONEY_REFUND)
# Whose act it is to give points back: of a bug (SC-21), or of a case that was declined (SC-15).
CREDITING_ACTS = {Kind.CREDIT: "credit_case", Kind.REVERSAL: "decline_case"}

# Points into a lot, or out of it where they are negative.
Move = tuple[int, int]


class NotEnoughPoints(DomainError):
    """`missing` more are needed than the `balance` that can be spent."""

    code = "not_enough_points"
    message = _("Points needed beyond those on hand: %(missing)d (on hand: %(balance)d).")

    @property
    def missing(self) -> int:
        return int(str(self.figures["missing"]))

    @property
    def balance(self) -> int:
        return int(str(self.figures["balance"]))


class Reason(NamedTuple):
    """Why and when points change: what an entry says beside its figures.

    `occurred_at` is when it happened, `recorded_at` when it was entered: they differ for what
    expired before anybody looked.
    """

    kind: str
    key: str
    by: Person | None
    occurred_at: datetime
    recorded_at: datetime
    case_number: int | None = None


class Leg(NamedTuple):
    """One line to be written; its fields are those of the line."""

    account: str
    lot_id: int | None
    points: int


class Posting(NamedTuple):
    """One entry to be written. Its legs sum to zero."""

    reason: Reason
    legs: Sequence[Leg]


class SpentPart(NamedTuple):
    """What a case has taken from a lot."""

    lot_id: int
    points: int
    expires_at: datetime | None


class ToSpend(NamedTuple):
    """A lot that a debit needs, the balance of all, and whether its reason is known already."""

    lot: Lot
    balance: int
    is_repeat: bool


@transaction.atomic
def lock_points(company: Company) -> PointsAccount:
    """Lock a company's points until the transaction ends; the account is made if it is missing.

    Comes after cases and contracts, and before the counter of case numbers.
    """
    found = _locked(company)
    if found is not None:
        return found
    # Of two first ones at once the second waits here, and finds the first one's account.
    fresh = PointsAccount(tenant_id=current_tenant_id(), company=company)
    PointsAccount.objects.bulk_create([fresh], ignore_conflicts=True)
    made = _locked(company)
    assert made is not None
    return made


@transaction.atomic
def add_points(
    *,
    company: Company,
    points: int,
    source: str,
    reason_key: str,
    by: Person | None,
    at: datetime,
    expires_at: datetime | None,
    pack: str = "",
    contract: Contract | None = None,
    reference: str = "",
) -> PointsLot:
    """Open a lot of points that were bought, are included in a plan, or are granted (SP-07, SP-09).

    `by` None = the desk itself. `expires_at` is the lot's first moment out of force; None = never.
    A repeat of `reason_key` gives the first one's lot. Locks the account. Raises NotAllowed,
    ValueError (another source, nothing to add, over before it begins).
    """
    check_may(by, "sell_points")
    if source not in ADDED or points < 1 or (expires_at is not None and expires_at <= at):
        raise ValueError(f"no lot: {source} {points} until {expires_at}")
    account = lock_points(company)
    first = entry_of(company, reason_key)
    if first is not None:
        return PointsLot.objects.get(lines__entry=first)
    lot = open_lot(
        company,
        points,
        source,
        at=at,
        expires_at=expires_at,
        pack=pack,
        contract=contract,
        reference=reference,
    )
    write_entry(account, Reason(Kind(source), reason_key, by, at, at), [(lot.pk, points)])
    lot.remaining = points
    return lot


@transaction.atomic
def spend_points(
    *,
    company: Company,
    points: int,
    reason_key: str,
    case_number: int,
    by: Person | None,
    at: datetime,
    account: PointsAccount | None = None,
) -> PointsEntry:
    """Charge a case, from the lots that end first, as many as it takes (SC-04, SC-05).

    `account` is what `lock_points` gave in this transaction; without it the account is locked
    here. A repeat of `reason_key` gives the first entry. Four statements, however many lots: lock,
    lots, entry, lines. Raises NotEnoughPoints, ValueError (less than one point).
    """
    account = account or lock_points(company)
    needed = _to_spend(company, points, reason_key, at)
    if not needed or needed[0].is_repeat:
        first = entry_of(company, reason_key)
        if first is not None:
            return first
    balance = needed[0].balance if needed else 0
    try:
        taken = take([one.lot for one in needed], points, at)
    except ShortOf as short:
        raise NotEnoughPoints(missing=short.missing, balance=balance) from short
    reason = Reason(Kind.SPEND, reason_key, by, at, at, case_number)
    return enter_spend(account, reason, taken)


def enter_spend(account: PointsAccount, reason: Reason, taken: Iterable[Move]) -> PointsEntry:
    """Take points, positive, from lots that were chosen under the account's lock (SC-04)."""
    return write_entry(account, reason, [(lot_id, -points) for lot_id, points in taken])


@transaction.atomic
def credit_case(
    *,
    company: Company,
    case_number: int,
    kind: str,
    by: Person | None,
    at: datetime,
    grace_until: datetime,
) -> PointsEntry | None:
    """Give back all that a case still has spent: a bug (SC-21), or declined before work (SC-15).

    `kind` is credit or reversal. Points go back to their own lots with their end; what has expired
    goes to a new lot that ends at `grace_until`. A customer may choose so for its own company:
    that there is something to choose is the caller's to know. When nothing is spent (any more) it
    gives the last entry of that kind, None where there is none. Locks the account. Raises
    NotAllowed, ValueError (another kind, a grace that is over).
    """
    check_credits(by, company, CREDITING_ACTS[Kind(kind)])
    account = lock_points(company)
    spent = spent_parts(company, case_number)
    if not spent:
        of_case = PointsEntry.objects.filter(company=company, case_number=case_number, kind=kind)
        return of_case.order_by("seq").last()
    # The number of the next entry: charged and credited again is another reason.
    key = f"case-{case_number}-{kind}-{account.last_seq + 1}"
    reason = Reason(Kind(kind), key, by, at, at, case_number)
    return write_entry(account, reason, moves_back(company, spent, at, grace_until))


def expire_lots(*, at: datetime) -> int:
    """Enter the expiry of every lot of the tenant that is over; tell how many (SC-05).

    An entry for each lot, dated to its end; what a case has spent of it stays spent. Locks one
    account after another, each until the end of the transaction: for daily work, which locks
    nothing else. A repeat finds nothing left to do.
    """
    companies = Company.objects.filter(pk__in=_lots_over(at).values("company_id")).order_by("pk")
    return sum(_expire_of(company, at) for company in companies)


@transaction.atomic
def _expire_of(company: Company, at: datetime) -> int:
    account = lock_points(company)
    over = _lots_over(at).filter(company=company).order_by("expires_at", "pk")
    postings = [
        Posting(
            Reason(Kind.EXPIRY, f"expiry-lot-{lot.pk}-{account.last_seq + place}", None, ended, at),
            legs_of([(lot.pk, -lot.remaining)], Account.EXPIRED),
        )
        for place, lot in enumerate(over, start=1)
        if (ended := lot.expires_at) is not None
    ]
    return len(write_entries(account, postings))


def _lots_over(at: datetime) -> QuerySet[PointsLot]:
    return PointsLot.objects.filter(remaining__gt=0, expires_at__lte=at)


def entry_of(company: Company, reason_key: str) -> PointsEntry | None:
    """Find the entry of a reason. Raises ValueError when it is another company's."""
    entry = PointsEntry.objects.filter(reason_key=reason_key).first()
    if entry is not None and entry.company_id != company.pk:
        raise ValueError(f"{reason_key} is a reason of another company")
    return entry


def check_credits(by: Person | None, company: Company, act: str) -> None:
    """Refuse who may neither do the act nor choose for the company. Raises NotAllowed."""
    if by is not None and by.is_customer and by.is_active and by.company_id == company.pk:
        return
    check_may(by, act)


def open_lot(
    company: Company, points: int, source: str, *, at: datetime, **facts: object
) -> PointsLot:
    """Add an empty lot, which an entry of the same transaction has to fill with its `points`."""
    return PointsLot.objects.create(
        tenant_id=current_tenant_id(),
        company=company,
        source=source,
        points=points,
        opened_at=at,
        **facts,
    )


def spent_parts(
    company: Company, case_number: int, before_seq: int | None = None
) -> list[SpentPart]:
    """List what a case has spent and not got back, by lot; `before_seq` = as it was then."""
    entries = PointsEntry.objects.filter(company=company, case_number=case_number)
    if before_seq is not None:
        entries = entries.filter(seq__lt=before_seq)
    settled = entries.filter(kind__in=SETTLING).aggregate(last=Max("seq"))["last"] or 0
    lines = PointsLine.objects.filter(
        account=Account.LOT, entry__in=entries.filter(kind=Kind.SPEND, seq__gt=settled)
    )
    by_lot = lines.values_list("lot_id", "lot__expires_at").annotate(taken=-Sum("points"))
    return [SpentPart(lot_id, taken, ends) for lot_id, ends, taken in by_lot.order_by("lot_id")]


def moves_back(
    company: Company, spent: Sequence[SpentPart], at: datetime, grace_until: datetime
) -> list[Move]:
    """Move spent points back to their lots, those of expired ones to one new grace lot (SC-21).

    Raises ValueError when a grace is needed that is over already.
    """
    back = give_back(spent, at)
    moves = list(back.lots)
    if back.grace:
        if grace_until <= at:
            raise ValueError(f"a grace until {grace_until} is over at {at}")
        grace = open_lot(company, back.grace, Source.GRACE, at=at, expires_at=grace_until)
        moves.append((grace.pk, back.grace))
    return moves


def legs_of(moves: Iterable[Move], counter: str) -> list[Leg]:
    """Set moves of lots against a counter-account, so that the legs sum to zero."""
    legs = [Leg(Account.LOT, lot_id, points) for lot_id, points in moves]
    return [*legs, Leg(counter, None, -sum(leg.points for leg in legs))]


def write_entry(account: PointsAccount, reason: Reason, moves: Iterable[Move]) -> PointsEntry:
    """Enter moves of lots against the counter-account of the reason's kind."""
    legs = legs_of(moves, COUNTER_ACCOUNTS[Kind(reason.kind)])
    return write_entries(account, [Posting(reason, legs)])[0]


def write_entries(account: PointsAccount, postings: Sequence[Posting]) -> list[PointsEntry]:
    """Enter postings of one company in their order, with two statements for all of them.

    `account` is locked, and counted on with what is written. The database checks sums and balance.
    """
    entries = []
    for posting in postings:
        moved = sum(leg.points for leg in posting.legs if leg.account == Account.LOT)
        account.balance += moved
        account.last_seq += 1
        entries.append(_entry(account, posting.reason, moved))
    PointsEntry.objects.bulk_create(entries)
    PointsLine.objects.bulk_create(
        PointsLine(tenant_id=account.tenant_id, entry=entry, **leg._asdict())
        for entry, posting in zip(entries, postings, strict=True)
        for leg in posting.legs
    )
    tell_of_new_entries(entries)
    return entries


def _entry(account: PointsAccount, reason: Reason, moved: int) -> PointsEntry:
    return PointsEntry(
        tenant_id=account.tenant_id,
        company_id=account.company_id,
        seq=account.last_seq,
        kind=reason.kind,
        reason_key=reason.key,
        case_number=reason.case_number,
        by=reason.by,
        occurred_at=reason.occurred_at,
        recorded_at=reason.recorded_at,
        points=moved,
        balance_after=account.balance,
    )


def _locked(company: Company) -> PointsAccount | None:
    accounts = PointsAccount.objects.select_for_update(of=("self",), no_key=True)
    return accounts.filter(company=company).first()


def _to_spend(company: Company, points: int, reason_key: str, at: datetime) -> list[ToSpend]:
    """Read the lots that it takes, all that are usable where they do not suffice."""
    ends_first = [F("expires_at").asc(nulls_last=True), F("id").asc()]
    lots = usable(company, at).annotate(
        balance=Window(Sum("remaining")),
        ends_before=Window(Sum("remaining"), order_by=ends_first) - F("remaining"),
        is_repeat=Exists(PointsEntry.objects.filter(reason_key=reason_key)),
    )
    rows = lots.filter(ends_before__lt=points).order_by(*ends_first)
    facts = rows.values_list("pk", "remaining", "expires_at", "balance", "is_repeat")
    return [
        ToSpend(Lot(pk, left, ends), balance, repeat) for pk, left, ends, balance, repeat in facts
    ]


def usable(company: Company, at: datetime) -> QuerySet[PointsLot]:
    """Find the lots that can be spent from at a moment, in no order."""
    ends_later = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    return PointsLot.objects.filter(ends_later, company=company, remaining__gt=0)
