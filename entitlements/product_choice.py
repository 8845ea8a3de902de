"""Which product a case is about where nobody said it, and whether somebody has to.

Left out, a product must not be a way around what is asked of it: its licence, the support of its
releases, the edition that it is licensed in.
"""

from collections.abc import Sequence
from dataclasses import replace

from entitlements.gate_holdings import Ask, Holdings, edition_of
from entitlements.models import Product, Release
from sla.engine.policy import Policy


def product_meant(holdings: Holdings, ask: Ask, release: Release | None) -> Product | None:
    """Find the product that a case is about: the one named, the release's, or the only possible.

    None where it could be several, and where the vendor has none.
    """
    if ask.product is not None:
        return ask.product
    possible = holdings.products_on(ask.on_date)
    if release is not None:
        possible = [product for product in possible if product.pk == release.product_id]
    return possible[0] if len(possible) == 1 else None


def products_to_choose(holdings: Holdings, ask: Ask, policy: Policy) -> list[Product]:
    """List the products of which one has to be named, because what is asked depends on it.

    Empty where one is named, where only one is possible, and where it makes no difference.
    """
    if ask.product is not None:
        return []
    possible = holdings.products_on(ask.on_date)
    if len(possible) > 1 and _makes_a_difference(possible, holdings, ask, policy):
        return possible
    return []


def _makes_a_difference(
    possible: Sequence[Product], holdings: Holdings, ask: Ask, policy: Policy
) -> bool:
    running = holdings.contracts_on(ask.on_date)
    if running and holdings.contract_of(None, ask.on_date) is None:
        return True
    return (
        policy.licence.required
        or _differ_in_edition(possible, holdings, ask, policy)
        or holdings.have_ends(possible, by_rule=bool(policy.supported_releases))
    )


def _differ_in_edition(
    possible: Sequence[Product], holdings: Holdings, ask: Ask, policy: Policy
) -> bool:
    if not policy.editions:
        return False
    # All licences at once: one statement, however many products there are.
    holdings.licence(None, ask.on_date, policy.licence.grace_days)
    editions = {
        edition_of(
            holdings,
            holdings.contract_of(product, ask.on_date),
            policy,
            replace(ask, product=product),
        )
        for product in possible
    }
    return len(editions) > 1
