"""What a company has, as the gate reads it: each thing when first asked for, and only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from accounts.models import Company, Person
from entitlements.balances import usable_lots
from entitlements.ledger import lock_points
from entitlements.licensing import best_licence, licences_of
from entitlements.models import (
    Contract,
    ContractLine,
    GateOverride,
    Licence,
    PointsAccount,
    Product,
    Release,
)
from entitlements.points import Lot
from entitlements.prerequisites import PlanInForce, plan_among
from entitlements.queries import contract_among
from sla.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants to open a case about what.

    `on_date`: the customer's own day of the call, by which contract, licence, release and limit are
    judged. `at`: when it is entered, which points and exceptions are on hand then. `is_waived`: a
    manager lets it go free. `is_part`: split off an open case, it rests on what that one was
    accepted with. `override`: an exception made for this very case; others are left alone.
    """

    contact: Person
    channel: str
    product: Product | None
    release: Release | None
    on_date: date
    at: datetime
    is_waived: bool = False
    is_part: bool = False
    override: GateOverride | None = None


class Holdings:
    """What a company has bought, read when it is first asked for and only once.

    `locked`: to open a case. The company's points are locked before they are read, as is what else
    can only be used up once, so that nobody else uses it until the transaction ends.
    """

    def __init__(self, company: Company, *, locked: bool = False) -> None:
        self.company = company
        self.locked = locked
        self._licences: dict[int | None, list[Licence]] = {}
        self._releases: dict[int, list[Release]] = {}
        self._have_ends: dict[tuple[int, ...], bool] = {}
        self._lots: dict[datetime, list[Lot]] = {}
        self._account: PointsAccount | None = None

    def lock(self) -> PointsAccount:
        """Lock the company's points, once."""
        self._account = self._account or lock_points(self.company)
        return self._account

    def contract_of(self, product: Product | None, on_date: date) -> Contract | None:
        """Find the contract that counts, as `entitlements.queries.contract_of` does."""
        return contract_among(self.contracts_on(on_date), product)

    def contracts_on(self, on_date: date) -> list[Contract]:
        """List the contracts that run on a day, both ends included."""
        return [
            contract
            for contract in self._contracts_and_lines[0]
            if contract.starts_on <= on_date
            and (contract.ends_on is None or on_date <= contract.ends_on)
        ]

    def plan_in_force(
        self, contract: Contract | None, policy: Policy, on_date: date
    ) -> PlanInForce:
        """Find the plan that counts, as `entitlements.prerequisites` does (SP-05, SP-12)."""
        return plan_among(contract, policy, on_date, self._contracts_and_lines[1])

    def products_on(self, on_date: date) -> list[Product]:
        """List the products that a company can mean, as `queries.products_covered` does."""
        named = {one.product_id: one.product for one in self.contracts_on(on_date)}
        if not named or None in named:
            return self._all_products
        products = (product for product in named.values() if product is not None)
        return sorted(products, key=lambda product: (product.name, product.pk))

    def have_ends(self, products: Sequence[Product], *, by_rule: bool) -> bool:
        """Tell whether support ends for a release of some products; `by_rule`: it may for each."""
        key = (*(product.pk for product in products), by_rule)
        if key not in self._have_ends:
            releases = Release.objects.filter(product__in=products)
            dated = releases if by_rule else releases.filter(support_ends_on__isnull=False)
            self._have_ends[key] = dated.exists()
        return self._have_ends[key]

    def licence(self, product: Product | None, on_date: date, grace_days: int) -> Licence | None:
        """Find the licence that counts, as `entitlements.licensing` does."""
        key = product.pk if product else None
        if key not in self._licences and None in self._licences:
            known = self._licences[None]
            self._licences[key] = [one for one in known if one.product_id == key]
        if key not in self._licences:
            self._licences[key] = list(licences_of(self.company, product))
        return best_licence(self._licences[key], on_date, grace_days)

    def releases(self, product: Product) -> list[Release]:
        """List the releases of a product."""
        if product.pk not in self._releases:
            self._releases[product.pk] = list(Release.objects.filter(product=product))
        return self._releases[product.pk]

    def lots(self, at: datetime) -> list[Lot]:
        """List the points that can be spent at a moment, in the order in which they would be."""
        if at not in self._lots:
            if self.locked:
                self.lock()
            found = usable_lots(self.company, at).values_list("pk", "remaining", "expires_at")
            self._lots[at] = [Lot(*row) for row in found]
        return self._lots[at]

    def overrides(self, contact: Person, at: datetime) -> list[GateOverride]:
        """List the exceptions that a contact can still use at a moment, what ends first first.

        Each is good for its own channel only, where it was asked for on one: see `is_for_channel`.
        """
        return [
            override
            for override in self._unused
            if override.contact_id in (None, contact.pk)
            and override.granted_at <= at < override.good_until
        ]

    @cached_property
    def _all_products(self) -> list[Product]:
        return list(Product.objects.order_by("name", "id"))

    @cached_property
    def _unused(self) -> list[GateOverride]:
        found = GateOverride.objects.filter(company=self.company, used_at__isnull=True)
        if self.locked:
            # Whoever waits here finds out whether it has been used meanwhile.
            found = found.select_for_update(of=("self",), no_key=True)
        return list(found.select_related("request").order_by("good_until", "id"))

    @cached_property
    def _contracts_and_lines(self) -> tuple[list[Contract], list[ContractLine]]:
        """Read all contracts and their lines, one row for each pair, in one statement."""
        rows = (
            Contract.objects.filter(company=self.company)
            .select_related("product")
            .annotate(
                line_id=F("lines__id"),
                line_subscription=F("lines__subscription"),
                line_starts_on=F("lines__starts_on"),
                line_ends_on=F("lines__ends_on"),
            )
            .order_by("id", "line_id")
        )
        contracts: dict[int, Contract] = {}
        lines = []
        for row in rows:
            contract = contracts.setdefault(row.pk, row)
            line = _line(contract, row)
            if line.pk is not None:
                lines.append(line)
        return list(contracts.values()), lines


def is_for_channel(override: GateOverride, channel: str) -> bool:
    """Tell whether an exception is good for a channel: the one that it was asked for on, if any."""
    asked = override.request.channel if override.request else ""
    return asked in ("", channel)


def _line(contract: Contract, row: Any) -> ContractLine:
    """Make a line of what stands beside its contract in a row; without an id where none does."""
    return ContractLine(
        id=row.line_id,
        tenant_id=row.tenant_id,
        contract=contract,
        subscription=row.line_subscription,
        starts_on=row.line_starts_on,
        ends_on=row.line_ends_on,
    )


def edition_of(
    holdings: Holdings, contract: Contract | None, policy: Policy, ask: Ask
) -> str | None:
    """Tell which edition a company has: the contract's, else that of its licence (SC-22)."""
    if contract is not None and contract.edition:
        return contract.edition
    if not policy.editions or ask.product is None:
        return None
    licence = holdings.licence(ask.product, ask.on_date, policy.licence.grace_days)
    return (licence.edition if licence else "") or None
