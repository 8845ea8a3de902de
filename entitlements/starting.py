"""What a vendor that starts needs of products and contracts."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from entitlements.models import Contract, Product
from sla.engine.policy import Policy
from sla.registry import ChecklistItem


def first_steps(policy: Policy) -> Iterator[ChecklistItem]:
    """Ask for a product, and for a contract where the policy sells plans and none is a default."""
    yield ChecklistItem(
        _("A product that cases can be about"),
        Product.objects.exists(),
        reverse("admin:entitlements_product_changelist"),
    )
    if policy.plans and not any(plan.default for plan in policy.plans):
        yield ChecklistItem(
            _("A company with a contract for one of the plans"),
            Contract.objects.filter(plan__in=[plan.code for plan in policy.plans]).exists(),
            reverse("admin:entitlements_contract_changelist"),
        )
