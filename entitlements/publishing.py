"""What contracts have to say before a policy is published."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries import whereabouts
from entitlements.models import Contract, Product
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy


def object_to_dropped_plans(policy: Policy, at: datetime) -> Iterator[str]:
    """Object to a policy that drops a plan which a running or coming contract still names.

    A policy without plans takes no notice of what contracts name.
    """
    try:
        before = {plan.code for plan in latest_policy().policy.plans}
    except NoPolicy:
        return
    dropped = before - {plan.code for plan in policy.plans} if policy.plans else set()
    for code in sorted(dropped):
        named = Contract.objects.filter(plan=code).select_related("company__tenant")
        number = sum(not _is_over(contract, at) for contract in named)
        if number:
            yield _objection(code, number)


def object_to_unknown_products(policy: Policy, at: datetime) -> Iterator[str]:
    """Object to a rule that names a product which the vendor does not have."""
    rules = (*policy.targets, *policy.prices, *policy.supported_releases, *policy.ladder)
    named = {code for rule in rules for code in rule.when.get("product", ())}
    known = set(Product.objects.filter(code__in=named).values_list("code", flat=True))
    for code in sorted(named - known):
        yield _("A rule names the product “%(product)s”, but there is none with this code.") % {
            "product": code
        }


def _is_over(contract: Contract, at: datetime) -> bool:
    today = whereabouts(company=contract.company).date_at(at)
    return contract.ends_on is not None and contract.ends_on < today


def _objection(code: str, number: int) -> str:
    told = ngettext(
        "The plan “%(plan)s” is dropped, but %(number)d contract names it: change that first.",
        "The plan “%(plan)s” is dropped, but %(number)d contracts name it: change them first.",
        number,
    )
    return told % {"plan": code, "number": number}
