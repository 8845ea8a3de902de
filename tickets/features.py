"""Wishes for the product: which cases are one, and how many wait for each (MX-14, SC-14)."""

from django.db.models import Count, Q, QuerySet

from sla.engine.parts import Facts
from sla.engine.policy import Policy
from tickets.filing import levels_of
from tickets.models import Case, FeatureRequest

MOST_OFFERED = 200


def is_feature(policy: Policy, facts: Facts) -> bool:
    """Tell whether a case with these facts is a wish for the product, by its type or a level."""
    case_type = policy.case_type(facts.case_type)
    by_type = case_type is not None and case_type.feature_request
    return by_type or any(level.feature_request for level in levels_of(policy, facts))


def features_with_counts() -> QuerySet[FeatureRequest]:
    """List all wishes, the most wanted first: `wanted` counts cases, `waiting` who is to hear."""
    wants = Q(cases__keep_informed=True)
    counted = FeatureRequest.objects.annotate(
        wanted=Count("cases"), waiting=Count("cases__contact", filter=wants, distinct=True)
    )
    return counted.select_related("product", "release").order_by("-wanted", "title", "pk")


def features_to_join(case: Case) -> QuerySet[FeatureRequest]:
    """List the wishes that a case could be about: of its product or of none, undecided first."""
    about = Q(product=case.product_id) | Q(product__isnull=True)
    found = FeatureRequest.objects.filter(about if case.product_id else Q())
    return found.order_by("-changed_at", "pk")[:MOST_OFFERED]
