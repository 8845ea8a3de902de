"""Money instead of points: recorded here, paid elsewhere (SC-21)."""

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
    Posting,
    Reason,
    check_credits,
    legs_of,
    lock_points,
    moves_back,
    spent_parts,
    write_entries,
)
from entitlements.models import MoneyRefund
from sla.drafting import check_may
from sla.errors import ReasonNeeded

State = MoneyRefund.State


class NothingToRefund(DomainError):
    code = "nothing_to_refund"
    message = _("Case %(number)d has no points spent that could be refunded.")


class RefundSettled(DomainError):
    code = "refund_settled"
    message = _("This refund is settled already: %(state)s.")


class ReferenceNeeded(Invalid):
    code = "reference_needed"
    message = _("Say what the payment is called where it was made.")


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
