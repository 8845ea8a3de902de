"""Points of the look-alike vendors, for tests of what is shown and decided. Inside their tenant."""

from datetime import datetime, timedelta

from accounts.models import Company, Person
from entitlements.ledger import add_points, spend_points
from entitlements.models import Correction, EntitlementRequest, MoneyRefund, PointsEntry, PointsLot
from entitlements.refunds import ask_money_refund
from tests.twins import Twin


def give_points(
    company: Company, points: int, *, at: datetime, days: int | None = 365, **facts: object
) -> PointsLot:
    """Let a company have bought points that end after so many days; None = never."""
    known = PointsEntry.objects.filter(company=company).count()
    return add_points(
        company=company,
        points=points,
        source=facts.pop("source", PointsLot.Source.PURCHASE),
        reason_key=f"given-{company.pk}-{known}",
        by=facts.pop("by", None),
        at=at,
        expires_at=None if days is None else at + timedelta(days=days),
        **facts,
    )


def spend(company: Company, points: int, number: int, *, at: datetime) -> PointsEntry:
    """Charge a case that there need not be."""
    return spend_points(
        company=company,
        points=points,
        reason_key=f"case-{number}-open",
        case_number=number,
        by=None,
        at=at,
    )


def refund_asked(
    twin: Twin, *, at: datetime, number: int = 1, by: Person | None = None
) -> MoneyRefund:
    """Let the company of a twin choose money instead of ten points."""
    give_points(twin.company, 50, at=at, reference=f"{twin.canary}order")
    spend(twin.company, 10, number, at=at)
    return ask_money_refund(company=twin.company, case_number=number, by=by, at=at)


def correction_asked(twin: Twin, *, at: datetime, points: int = 5) -> Correction:
    """Have the manager of a twin ask for points to be corrected, with nobody there to approve."""
    return Correction.objects.create(
        tenant=twin.tenant,
        company=twin.company,
        points=points,
        reason=f"{twin.canary}correction",
        asked_by=twin.manager,
        asked_at=at,
    )


def pack_asked(twin: Twin, *, at: datetime, pack: str = "pack_50") -> EntitlementRequest:
    """Have the contact of a twin ask the account manager for a pack, whatever the policy sells."""
    return EntitlementRequest.objects.create(
        tenant=twin.tenant,
        company=twin.company,
        asked_by=twin.contact,
        asked_of=twin.account_manager,
        kind=EntitlementRequest.Kind.PACK,
        pack=pack,
        words=f"{twin.canary}words",
        asked_at=at,
    )


def override_asked(twin: Twin, *, at: datetime) -> EntitlementRequest:
    """Have the contact of a twin ask to be let through without points."""
    return EntitlementRequest.objects.create(
        tenant=twin.tenant,
        company=twin.company,
        asked_by=twin.contact,
        kind=EntitlementRequest.Kind.OVERRIDE,
        codes="points_short,licence_expired",
        subject=f"{twin.canary}draft",
        channel="phone",
        asked_at=at,
    )
