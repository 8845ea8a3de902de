"""Money instead of points: recorded here, paid elsewhere (SC-21)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotFound
from accounts.models import Company, Person
from accounts.tenancy import current_tenant_id
from entitlements.ledger import (
    Account,
    Kind,
    Leg,
    Move,
    Posting,
    Reason,
    check_credits,
    enter_spend,
    legs_of,
    lock_points,
    moves_back,
    spent_parts,
    usable,
    write_entries,
)
from entitlements.models import MoneyRefund, PointsEntry, PointsLot
from entitlements.points import is_over
from sla.drafting import check_may
from sla.errors import ReasonNeeded

State = MoneyRefund.State


class NothingToRefund(DomainError):
    code = "nothing_to_refund"
    message = _("Case %(number)d has no points spent that could be refunded.")


class PaidPointsAreGone(DomainError):
    code = "paid_points_are_gone"
    message = _("What was paid for case %(number)d and came back is spent or has expired.")


class RefundSettled(DomainError):
    code = "refund_settled"
    message = _("This refund is settled already: %(state)s.")


class ReferenceNeeded(Invalid):
    code = "reference_needed"
    message = _("Say what the payment is called where it was made.")


def paid_parts(company: Company, case_number: int) -> list[Move]:
    """List what the last credit of a case gave back that had been paid for, by lot (SC-21).

    Bought points alone: not what was granted, is included, or came back in a grace. Those of a lot
    that had expired are in the grace lot that the credit opened.
    """
    credits = PointsEntry.objects.filter(company=company, case_number=case_number, kind=Kind.CREDIT)
    credit = credits.order_by("seq").last()
    if credit is None:
        return []
    spent = spent_parts(company, case_number, before_seq=credit.seq)
    bought = _bought_of(part.lot_id for part in spent)
    paid = [part for part in spent if part.lot_id in bought]
    moves = [
        (part.lot_id, part.points)
        for part in paid
        if not is_over(part.expires_at, credit.occurred_at)
    ]
    in_grace = sum(part.points for part in paid) - sum(points for _lot, points in moves)
    if in_grace:
        own = {part.lot_id for part in spent}
        lines = credit.lines.filter(account=Account.LOT).exclude(lot_id__in=own)
        grace_lot = lines.get().lot_id
        assert grace_lot is not None  # lines of lots name their lot, by a constraint
        moves.append((grace_lot, in_grace))
    return moves


def are_at_hand(company: Company, moves: Sequence[Move], at: datetime) -> bool:
    """Tell whether the lots still hold these points at a moment, and have not ended."""
    left = dict(usable(company, at).values_list("pk", "remaining"))
    return all(left.get(lot_id, 0) >= points for lot_id, points in moves)


@transaction.atomic
def take_paid_back(
    *, company: Company, case_number: int, reason_key: str, by: Person | None, at: datetime
) -> int:
    """Take off again the paid points that came back for a case, from those very lots (SC-21).

    So that they can be refunded; tells how many. Locks the account. Raises NothingToRefund,
    PaidPointsAreGone, NotAllowed.
    """
    check_credits(by, company, "credit_case")
    account = lock_points(company)
    moves = paid_parts(company, case_number)
    if not moves:
        raise NothingToRefund(number=case_number)
    if not are_at_hand(company, moves, at):
        raise PaidPointsAreGone(number=case_number)
    reason = Reason(Kind.SPEND, reason_key, by, at, at, case_number)
    enter_spend(account, reason, moves)
    return sum(points for _lot, points in moves)


def _bought_of(lot_ids: Iterable[int]) -> set[int]:
    lots = PointsLot.objects.filter(pk__in=list(lot_ids), source=PointsLot.Source.PURCHASE)
    return set(lots.values_list("pk", flat=True))


@transaction.atomic
def ask_money_refund(
    *, company: Company, case_number: int, by: Person | None, at: datetime
) -> MoneyRefund:
    """Ask for money instead of all points that a case still has spent: they do not come back.

    The customer chooses so, or who credits cases for it; that there is something to choose is the
    caller's to know. A repeat gives the refund that was asked for. Locks the account. Raises
    NothingToRefund, NotAllowed.
    """
    check_credits(by, company, "credit_case")
    account = lock_points(company)
    points = sum(part.points for part in spent_parts(company, case_number))
    if not points:
        return _standing_refund(company, case_number)
    key = f"case-{case_number}-money-{account.last_seq + 1}"
    reason = Reason(Kind.MONEY_REFUND, key, by, at, at, case_number)
    legs = [Leg(Account.SPENT, None, -points), Leg(Account.REFUNDED, None, points)]
    return MoneyRefund.objects.create(
        tenant_id=current_tenant_id(),
        company=company,
        case_number=case_number,
        points=points,
        entry=write_entries(account, [Posting(reason, legs)])[0],
        asked_by=by,
        asked_at=at,
    )


@transaction.atomic
def settle_money_refund(*, refund_id: int, reference: str, by: Person, at: datetime) -> MoneyRefund:
    """Record that a refund was paid, by the payment's reference elsewhere.

    Locks the refund. Raises ReferenceNeeded, RefundSettled, NotAllowed, NotFound.
    """
    refund = _locked(refund_id, by)
    if not reference.strip():
        raise ReferenceNeeded(field="reference")
    return _decide(refund, State.SETTLED, by=by, at=at, reference=reference.strip())


@transaction.atomic
def decline_money_refund(
    *, refund_id: int, answer: str, by: Person, at: datetime, grace_until: datetime
) -> MoneyRefund:
    """Decline to pay, and give the points back; what has expired lives until `grace_until`.

    Locks the refund, then the account. Raises ReasonNeeded, RefundSettled, NotAllowed, NotFound,
    ValueError (a grace that is over).
    """
    refund = _locked(refund_id, by)
    if not answer.strip():
        raise ReasonNeeded(field="answer")
    account = lock_points(refund.company)
    spent = spent_parts(refund.company, refund.case_number, before_seq=refund.entry.seq)
    moves = moves_back(refund.company, spent, at, grace_until)
    key = f"money-refund-{refund.pk}-declined"
    reason = Reason(Kind.CREDIT, key, by, at, at, refund.case_number)
    write_entries(account, [Posting(reason, legs_of(moves, Account.REFUNDED))])
    return _decide(refund, State.DECLINED, by=by, at=at, answer=answer.strip())


def is_money_asked(*, company: Company, case_number: int) -> bool:
    """Tell whether the money of a case is asked for or paid."""
    asked = MoneyRefund.objects.filter(company=company, case_number=case_number)
    return asked.exclude(state=State.DECLINED).exists()


def _standing_refund(company: Company, case_number: int) -> MoneyRefund:
    asked = MoneyRefund.objects.filter(company=company, case_number=case_number)
    last = asked.exclude(state=State.DECLINED).order_by("pk").last()
    if last is None:
        raise NothingToRefund(number=case_number)
    return last


def _locked(refund_id: int, by: Person) -> MoneyRefund:
    check_may(by, "correct_points")
    rows = MoneyRefund.objects.select_for_update(of=("self",), no_key=True)
    refund = rows.select_related("company", "entry").filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    if refund.state != State.ASKED:
        raise RefundSettled(state=refund.get_state_display())
    return refund


def _decide(
    refund: MoneyRefund,
    state: str,
    *,
    by: Person,
    at: datetime,
    reference: str = "",
    answer: str = "",
) -> MoneyRefund:
    refund.state, refund.decided_by, refund.decided_at = state, by, at
    refund.reference, refund.answer = reference[:100], answer[:400]
    refund.save(update_fields=["state", "decided_by", "decided_at", "reference", "answer"])
    return refund
