"""What a case has cost comes back when it proves to be a bug: as points, or as money (SC-21)."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from entitlements import ledger, refunds
from entitlements.balances import spent_on_case
from entitlements.expiry import grace_end
from entitlements.points_notices import tell_asked_refunds
from sla.engine.policy import Policy
from tickets.actions.conversation import write_note
from tickets.agreement_errors import CreditIsSpent, NoBugCredit, NoMoneyRefund, NoPointsToCredit
from tickets.audience import customer_side, desk_side
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

CREDITED, ASKED_AS_MONEY = "points_credited", "money_asked"


@transaction.atomic
def credit_bug(*, case_id: int, by: Person, reason: str, at: datetime) -> Case:
    """Give back all that a case has cost, because it proved to be a product bug (SC-21, SP-03).

    The customer is told, and may ask for money instead (`ask_for_money`); `reason` is for the desk
    only. Moves no clock. Locks the case, then the points. Raises NotAllowed, NoBugCredit,
    NoPointsToCredit.
    """
    if not by.may("credit_case"):
        raise NotAllowed
    case = lock_case(case_id, by)
    timeline = load_timeline(case)
    policy = timeline.state().policy
    if not policy.points.bug_credit:
        raise NoBugCredit
    points = give_back(case, "credit", policy, by=by, at=at)
    if not points:
        raise NoPointsToCredit
    event = timeline.add(CREDITED, by=by, at=at, payload={"points": points})
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    write_note(case, event, reason, by=by)
    notify("bug_credited", customer_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def ask_for_money(*, case_id: int, by: Person, at: datetime) -> Case:
    """Ask for the charge as money instead of the points that came back: the customer's choice.

    Only for what was paid with money: bought points, which are taken off again from the lots that
    they came back to. They stay away unless the vendor declines (SC-21). Once for a credit. Moves
    no clock. Locks the case, then the points. Raises NotAllowed, NoMoneyRefund, CreditIsSpent.
    """
    if not by.may("ask_for_entitlement"):
        raise NotAllowed
    case = lock_case(case_id, by)
    timeline = load_timeline(case)
    ledger.lock_points(case.company)
    points = sum(part for _lot, part in _paid_back(case, timeline.state().policy))
    if not points:
        raise NoMoneyRefund
    event = timeline.add(ASKED_AS_MONEY, by=by, at=at, payload={"points": points})
    case.last_public_at = event.occurred_at
    _take_again(case, f"case-{case.number}-recharge-{event.seq}", by=by, at=at)
    refunds.ask_money_refund(company=case.company, case_number=case.number, by=by, at=at)
    save_timelines([timeline])
    notify(ASKED_AS_MONEY, desk_side(case), case=case, event=event, at=at)
    tell_asked_refunds(at)
    return case


def _take_again(case: Case, reason_key: str, *, by: Person, at: datetime) -> None:
    try:
        refunds.take_paid_back(
            company=case.company,
            case_number=case.number,
            reason_key=reason_key,
            by=by,
            at=at,
        )
    except refunds.PaidPointsAreGone as gone:
        raise CreditIsSpent from gone


def _paid_back(case: Case, policy: Policy) -> list[ledger.Move]:
    """List the points, by lot, that came back and may be had as money; none where none may."""
    if not policy.points.money_refund:
        return []
    kinds = (CREDITED, ASKED_AS_MONEY)
    last = CaseEvent.objects.filter(case=case, kind__in=kinds).order_by("seq").last()
    if last is None or last.kind != CREDITED:
        return []
    return refunds.paid_parts(case.company, case.number)


def may_have_money(case: Case, policy: Policy, at: datetime) -> int:
    """Count the points that the customer may turn into money at `at`; 0 once they are spent."""
    moves = _paid_back(case, policy)
    if not refunds.are_at_hand(case.company, moves, at):
        return 0
    return sum(points for _lot, points in moves)


def give_back(case: Case, kind: str, policy: Policy, *, by: Person, at: datetime) -> int:
    """Give back all that a locked case has spent; tell how many points. `kind`: credit, reversal.

    What expired meanwhile lives on for the policy's grace. Locks the points.
    """
    ledger.lock_points(case.company)
    points = spent_on_case(case.company, case.number)
    if points:
        ledger.credit_case(
            company=case.company,
            case_number=case.number,
            kind=kind,
            by=by,
            at=at,
            grace_until=grace_end(policy, at, case.time_zone),
        )
    return points
