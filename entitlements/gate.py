"""The gate: may a case be opened, and if not, for which reasons. The same on every channel.

`entitlements.gate_rules` has the rules; here is read what they need of a company, once for as many
cases as are weighed together. Writes nothing but, on request, the lock on a company's points.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from accounts.models import Company, Person
from entitlements.balances import usable_lots
from entitlements.gate_rules import (
    CAN_BE_OVERRIDDEN,
    Cost,
    contract_refusals,
    cost_of,
    edition_refusals,
    licence_findings,
    limit_refusals,
    points_refusals,
    release_findings,
)
from entitlements.ledger import Kind, Reason, lock_points, write_entry
from entitlements.licensing import best_licence, licences_of
from entitlements.models import (
    Contract,
    ContractLine,
    GateOverride,
    Licence,
    PointsAccount,
    PointsEntry,
    Product,
    Release,
)
from entitlements.points import Lot
from entitlements.prerequisites import PlanInForce, plan_among
from entitlements.queries import contract_among
from entitlements.terms import Term, case_limit_period
from sla.engine.parts import Facts, Refusal
from sla.engine.policy import Policy

# Counts the cases of a plan under a contract in a span of the customer's days: cases are the
# business of a layer above.
CountCases = Callable[[str, Contract | None, Term], int]


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants to open a case about what. `on_date` is the customer's own day of `at`.

    `is_waived`: a manager lets it go free.
    """

    contact: Person
    channel: str
    product: Product | None
    release: Release | None
    on_date: date
    at: datetime
    is_waived: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says: why not, what to say beside a yes, and what it costs."""

    refusals: tuple[Refusal, ...]
    notices: tuple[Refusal, ...]
    cost: Cost | None


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

    def licence(self, product: Product | None, on_date: date, grace_days: int) -> Licence | None:
        """Find the licence that counts, as `entitlements.licensing` does."""
        key = product.pk if product else None
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
        """List the exceptions that a contact can still use at a moment, what ends first first."""
        return [
            override
            for override in self._unused
            if override.contact_id in (None, contact.pk)
            and override.granted_at <= at < override.good_until
        ]

    @cached_property
    def _unused(self) -> list[GateOverride]:
        found = GateOverride.objects.filter(company=self.company, used_at__isnull=True)
        if self.locked:
            # Whoever waits here finds out whether it has been used meanwhile.
            found = found.select_for_update(of=("self",), no_key=True)
        return list(found.order_by("good_until", "id"))

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


def ask_gate(
    ask: Ask,
    *,
    holdings: Holdings,
    policy: Policy,
    facts: Facts,
    contract: Contract | None,
    plan: PlanInForce,
    count_cases: CountCases,
) -> Answer:
    """Answer whether a case can be opened with what a company has: every reason why not.

    `facts` are settled, `contract` and `plan` those that count. Overrides are not looked at: see
    `lift`.
    """
    licensed = _licence_findings(ask, holdings, policy)
    released = _release_findings(ask, holdings, policy, facts)
    cost = cost_of(policy, facts, lambda: holdings.lots(ask.at), ask.at)
    if cost is not None and ask.is_waived:
        cost = waived(cost)
    refusals = (
        *_contract_refusals(ask, holdings, policy, facts, contract),
        *edition_refusals(policy, facts),
        *licensed[0],
        *released[0],
        *_limit_refusals(ask, holdings, policy, facts, contract, count_cases),
        *points_refusals(policy, facts, ask.channel, cost),
    )
    notices = (*_lapsed(contract, plan), *licensed[1], *released[1])
    return Answer(refusals, notices, cost)


def lift(
    refusals: Sequence[Refusal], holdings: Holdings, contact: Person, at: datetime
) -> tuple[tuple[Refusal, ...], GateOverride | None]:
    """Take away the refusals that an unused exception names; give those left and the exception.

    One exception is used for a case: the one that leaves the fewest refusals, of two alike the one
    that ends first. None where none of them takes anything away.
    """
    if not any(refusal.code in CAN_BE_OVERRIDDEN for refusal in refusals):
        return tuple(refusals), None
    beside = [(_left(refusals, override), override) for override in holdings.overrides(contact, at)]
    left, override = min(beside, key=lambda pair: len(pair[0]), default=(tuple(refusals), None))
    return left, override if len(left) < len(refusals) else None


def waived(cost: Cost) -> Cost:
    """Let a cost go: nothing is taken."""
    return Cost(cost.points, cost.balance, is_waived=True)


def charge(
    cost: Cost,
    account: PointsAccount,
    *,
    case_number: int,
    by: Person,
    occurred_at: datetime,
    at: datetime,
) -> PointsEntry:
    """Take what a case costs from the lots that were reckoned with under the lock (SC-20).

    `account` is what was locked before `cost` was reckoned, so nothing has changed since. Two
    statements. The reason is the opening of this case, which happens once.
    """
    reason = Reason(Kind.SPEND, f"case-{case_number}-open", by, occurred_at, at, case_number)
    return write_entry(account, reason, [(lot_id, -points) for lot_id, points in cost.taken])


def _left(refusals: Iterable[Refusal], override: GateOverride) -> tuple[Refusal, ...]:
    lifted = CAN_BE_OVERRIDDEN & set(override.codes.split(","))
    return tuple(refusal for refusal in refusals if refusal.code not in lifted)


def _contract_refusals(
    ask: Ask, holdings: Holdings, policy: Policy, facts: Facts, contract: Contract | None
) -> Iterable[Refusal]:
    is_plan_missing = bool(policy.plans) and facts.plan is None
    # The plan that everybody has covers what was not bought.
    if contract is not None or (policy.plans and not is_plan_missing):
        return ()
    covered = [
        contract.product.name
        for contract in holdings.contracts_on(ask.on_date)
        if contract.product is not None
    ]
    return contract_refusals(
        holdings.company.name,
        ask.product.name if ask.product else None,
        list(dict.fromkeys(sorted(covered))),
        is_plan_missing=is_plan_missing,
    )


def _licence_findings(
    ask: Ask, holdings: Holdings, policy: Policy
) -> tuple[list[Refusal], list[Refusal]]:
    if not policy.licence.required:
        return [], []
    licence = holdings.licence(ask.product, ask.on_date, policy.licence.grace_days)
    product = ask.product or (licence.product if licence else None)
    return licence_findings(policy, licence, product.name if product else "", ask.on_date)


def _release_findings(
    ask: Ask, holdings: Holdings, policy: Policy, facts: Facts
) -> tuple[list[Refusal], list[Refusal]]:
    if ask.product is None:
        return [], []
    releases = holdings.releases(ask.product)
    rule = policy.release_rule(facts)
    return release_findings(policy, rule, ask.product.name, ask.release, releases, ask.on_date)


def _limit_refusals(
    ask: Ask,
    holdings: Holdings,
    policy: Policy,
    facts: Facts,
    contract: Contract | None,
    count_cases: CountCases,
) -> Iterable[Refusal]:
    plan = policy.plan(facts.plan)
    period = case_limit_period(contract, plan, ask.on_date) if plan else None
    if plan is None or period is None:
        return ()
    if holdings.locked:
        # The account's row is what two openings of one company meet at.
        holdings.lock()
    return limit_refusals(plan, period, count_cases(plan.code, contract, period))


def _lapsed(contract: Contract | None, plan: PlanInForce) -> Iterable[Refusal]:
    if contract is None or plan.lapsed is None:
        return ()
    params = {"subscription": plan.lapsed, "bought": contract.plan, "plan": plan.plan}
    return (Refusal("subscription_lapsed", params),)
