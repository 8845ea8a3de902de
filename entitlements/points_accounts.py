"""The points of all companies of a vendor, those first that somebody should look at."""

from datetime import datetime, timedelta

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Company
from entitlements.models import PointsEntry, PointsLot
from sla.engine.policy import Policy

LOW, ENDING, ALL = "low", "ending", "all"


def companies_with_points(policy: Policy | None, at: datetime) -> QuerySet[Company]:
    """List all companies: low balances first, then what ends soon, at last those without points.

    Each has `balance`, `next_end` (None = nothing on hand ends), `has_points` (ever had some),
    `is_low` and `is_ending`, by the policy's notices. One statement.
    """
    low = policy.notices.low_points if policy else None
    days = max(policy.notices.points_days, default=0) if policy else 0
    lots = PointsLot.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), company=OuterRef("pk"), remaining__gt=0
    )
    by_company = lots.order_by().values("company")
    companies = Company.objects.select_related("tenant").annotate(
        has_points=Exists(PointsEntry.objects.filter(company=OuterRef("pk"))),
        balance=Coalesce(
            Subquery(by_company.annotate(points=Sum("remaining")).values("points")), 0
        ),
        next_end=Subquery(by_company.annotate(end=Min("expires_at")).values("end")),
    )
    is_low = Q(has_points=True, balance__lte=-1 if low is None else low)
    return companies.annotate(
        is_low=_truth(is_low),
        is_ending=_truth(Q(next_end__isnull=False, next_end__lte=at + timedelta(days=days))),
        rank=Case(
            When(is_low, then=Value(0)),
            When(next_end__lte=at + timedelta(days=days), then=Value(1)),
            When(has_points=True, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
    ).order_by("rank", "next_end", "name", "pk")


def only(companies: QuerySet[Company], which: str, text: str) -> QuerySet[Company]:
    """Narrow companies down to low balances or those that end soon, and to a part of a name."""
    if which == LOW:
        companies = companies.filter(is_low=True)
    elif which == ENDING:
        companies = companies.filter(is_ending=True)
    return companies.filter(name__icontains=text) if text else companies


def _truth(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
