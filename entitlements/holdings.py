"""All that companies have bought, read at once: what a plan, a line or a licence of theirs opens.

For pages and mails that ask about many products or many companies; the gate asks about one case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from accounts.models import Company
from accounts.queries import whereabouts
from entitlements.models import Contract, ContractLine, Licence, Product
from entitlements.prerequisites import lines_of_companies, plan_among, runs_on
from entitlements.queries import contract_among
from sla.engine.parts import Facts
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy


@dataclass(frozen=True)
class Holding:
    """What one company has, of any day, as it is looked at on `on_date` of its own calendar."""

    company: Company
    contracts: tuple[Contract, ...]
    lines: tuple[ContractLine, ...]
    licences: tuple[Licence, ...]
    policy: Policy | None
    on_date: date

    @cached_property
    def running(self) -> tuple[Contract, ...]:
        """List the contracts that run on the day."""
        return tuple(
            one
            for one in self.contracts
            if one.starts_on <= self.on_date <= (one.ends_on or date.max)
        )

    def contract_for(self, product: Product | None) -> Contract | None:
        """Find the contract that counts, as `entitlements.queries.contract_of` does."""
        return contract_among(self.running, product)

    def plan_for(self, product: Product | None) -> str | None:
        """Name the plan that counts for a product: bought, everybody's, or left after a lapse."""
        return self._plan_of(self.contract_for(product))

    def plans_for(self, product: Product | None) -> set[str]:
        """Name the plans that count for a product; without one, those of all contracts that run."""
        contracts = self.running if product is None else [self.contract_for(product)]
        plans = {self._plan_of(contract) for contract in contracts or [None]}
        return {plan for plan in plans if plan is not None}

    def _plan_of(self, contract: Contract | None) -> str | None:
        if self.policy is None:
            return None
        return plan_among(contract, self.policy, self.on_date, self.lines).plan

    def lines_for(self, codes: Iterable[str], product: Product | None) -> list[ContractLine]:
        """List the lines of some subscriptions that count for a product, of any day."""
        wanted = set(codes)
        return [
            line
            for line in self.lines
            if line.subscription in wanted and (product is None or is_for(line.contract, product))
        ]

    def has_subscription(self, codes: Iterable[str], product: Product | None) -> bool:
        """Tell whether one of some subscriptions runs for a product on the day."""
        return any(runs_on(line, self.on_date) for line in self.lines_for(codes, product))

    def uses(self, product: Product) -> bool:
        """Tell whether a product is the company's: by a contract or a licence of any day.

        A company without any contract has the plan that needs none, for every product.
        """
        if any(one.product_id == product.pk for one in self.licences):
            return True
        return not self.contracts or any(is_for(one, product) for one in self.contracts)

    def facts_for(self, product: Product) -> Facts:
        """Give what the policy decides on, as far as it is known without a case."""
        contract = self.contract_for(product)
        return Facts(
            plan=self.plan_for(product),
            edition=(contract.edition if contract else "") or None,
            product=product.code,
            region=(contract.region_override if contract else "") or self.company.region or None,
            country=self.company.country or None,
        )


def policy_at(at: datetime) -> Policy | None:
    """Find the policy in effect; None while there is none."""
    try:
        return current_policy(at).policy
    except NoPolicy:
        return None


def holding_of(company: Company, policy: Policy | None, on_date: date) -> Holding:
    """Read what a company has: three statements."""
    return Holding(
        company=company,
        contracts=tuple(company.contracts.order_by("id")),
        lines=tuple(lines_of_companies([company.pk])),
        licences=tuple(company.licences.select_related("product").order_by("product__name", "id")),
        policy=policy,
        on_date=on_date,
    )


def holdings_at(at: datetime, company_ids: Iterable[int] | None = None) -> dict[int, Holding]:
    """Read what many companies have, None = all of them, each on its own day: a few statements."""
    companies = Company.objects.select_related("tenant", "account_manager")
    if company_ids is not None:
        companies = companies.filter(pk__in=company_ids)
    found = companies.in_bulk()
    contracts = _grouped(Contract.objects.filter(company__in=found).order_by("id"))
    lines = _grouped(lines_of_companies(found), lambda line: line.contract.company_id)
    licences = _grouped(Licence.objects.filter(company__in=found).order_by("id"))
    policy = policy_at(at)
    return {
        pk: Holding(
            company=company,
            contracts=contracts.get(pk, ()),
            lines=lines.get(pk, ()),
            licences=licences.get(pk, ()),
            policy=policy,
            on_date=whereabouts(company=company).date_at(at),
        )
        for pk, company in found.items()
    }


def is_for(contract: Contract, product: Product) -> bool:
    """Tell whether a contract is for a product, or for all."""
    return contract.product_id in (None, product.pk)


def _grouped(rows: Iterable, company_of=lambda row: row.company_id) -> dict[int, tuple]:
    groups: dict[int, list] = {}
    for row in rows:
        groups.setdefault(company_of(row), []).append(row)
    return {key: tuple(group) for key, group in groups.items()}
