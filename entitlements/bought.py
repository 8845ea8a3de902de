"""All that a company has of its vendor, put together for the pages that show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.queries import whereabouts
from entitlements.benefits import BenefitFigures, figures_of, items_of_terms
from entitlements.endings import (
    CONTRACT,
    DELIVERY,
    POINTS,
    Ending,
    Found,
    ending_of,
    endings_beside,
)
from entitlements.holdings import Holding
from entitlements.models import BenefitItem, Contract, ContractLine, Licence, PointsEntry, PointsLot
from entitlements.prerequisites import PlanInForce, lines_of_companies, plan_among, runs_on
from entitlements.renewals import ends_before_its_contract, is_followed
from entitlements.terms import Term, term_of
from sla.engine.offer import Subscription
from sla.engine.parts import Channel, Plan
from sla.engine.policy import Policy


@dataclass(frozen=True)
class LineShown:
    """A subscription of a contract, by name, and how it stands on the day that is looked at."""

    line: ContractLine
    sold: Subscription | None
    on_date: date

    @property
    def name(self) -> str:
        return self.sold.name if self.sold else self.line.subscription

    @property
    def ends_on(self) -> date | None:
        ends = [one.ends_on for one in (self.line, self.line.contract) if one.ends_on]
        return min(ends, default=None)

    @property
    def runs(self) -> bool:
        return runs_on(self.line, self.on_date)

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < self.on_date


@dataclass(frozen=True)
class IncludedShown:
    """Points that a term brought, however many lots (by id) they are; `expires_at` None = never."""

    points: int
    remaining: int
    expires_at: datetime | None
    lots: tuple[int, ...]


@dataclass(frozen=True)
class ContractShown:
    """One contract on a day of its company's calendar; `contract` None: what everybody has.

    `plan` is the one in force, `bought` the one of the contract. `term` is None while it does not
    run.
    """

    contract: Contract | None
    policy: Policy
    on_date: date
    in_force: PlanInForce
    lines: tuple[LineShown, ...] = ()
    benefits: tuple[BenefitFigures, ...] = ()
    included: IncludedShown | None = None
    is_followed: bool = False

    @cached_property
    def term(self) -> Term | None:
        return term_of(self.contract, self.on_date) if self.contract else None

    @cached_property
    def plan(self) -> Plan | None:
        return self.policy.plan(self.in_force.plan)

    @cached_property
    def bought(self) -> Plan | None:
        return self.policy.plan(self.contract.plan) if self.contract else None

    @property
    def is_kept(self) -> bool:
        """Tell whether the plan is kept although its subscription has lapsed (SP-12)."""
        return self.in_force.lapsed is not None and self.plan == self.bought

    @property
    def lapsed(self) -> str:
        """Name the subscription that is missing; "" if none is."""
        sold = self.policy.subscription(self.in_force.lapsed)
        return sold.name if sold else (self.in_force.lapsed or "")

    @property
    def family(self) -> list[Plan]:
        """List the levels of the plan's family as the policy lists them (SP-13)."""
        if self.plan is None or not self.plan.family:
            return []
        return [plan for plan in self.policy.plans if plan.family == self.plan.family]

    @property
    def level(self) -> int:
        """Say which level of its family the plan is, from 1."""
        return self.family.index(self.plan) + 1

    @property
    def edition(self) -> str:
        code = self.contract.edition if self.contract else ""
        return next((one.name for one in self.policy.editions if one.code == code), code)

    @property
    def region(self) -> str:
        code = self.contract.region_override if self.contract else ""
        return next((one.name for one in self.policy.regions if one.code == code), code)

    @property
    def channels(self) -> list[tuple[Channel, bool]]:
        """List the ways to file a case, each with whether plan and edition open it (SC-22)."""
        plan = self.plan.code if self.plan else None
        edition = (self.contract.edition if self.contract else "") or None
        return [(one, one.admits(plan, edition)) for one in self.policy.channels]

    @property
    def day_of_term(self) -> int:
        return (self.on_date - self.term.first).days + 1 if self.term else 0

    @property
    def points_end_on(self) -> date | None:
        """Name the last day on which the points of this term can be spent."""
        if self.contract is None or self.included is None or self.included.expires_at is None:
            return None
        end = self.included.expires_at - timedelta(seconds=1)
        return whereabouts(company=self.contract.company).date_at(end)

    @property
    def runs(self) -> bool:
        return self.contract is None or self.term is not None

    @property
    def is_coming(self) -> bool:
        return self.contract is not None and self.contract.starts_on > self.on_date


@dataclass(frozen=True)
class Bought:
    """What a company has, will have and had, as of a moment."""

    company: Company
    policy: Policy
    on_date: date
    contracts: tuple[ContractShown, ...]
    beside: tuple[Ending, ...] = ()
    licences: tuple[Licence, ...] = ()

    @property
    def running(self) -> list[ContractShown]:
        """List what holds now: contracts, or what everybody has where there is none (SP-05)."""
        running = [one for one in self.contracts if one.runs]
        if running:
            return running
        everybodys = plan_among(None, self.policy, self.on_date, ())
        benefits = figures_of(self.policy, everybodys.plan, "", None, ())
        return [
            ContractShown(None, self.policy, self.on_date, everybodys, benefits=tuple(benefits))
        ]

    @property
    def coming(self) -> list[ContractShown]:
        return [one for one in self.contracts if one.is_coming]

    @property
    def over(self) -> list[ContractShown]:
        return [one for one in self.contracts if not one.runs and not one.is_coming]

    @property
    def endings(self) -> list[Ending]:
        """List what ends or is due next, the nearest first: of what runs, and beside contracts."""
        found = [one for shown in self.contracts if shown.runs for one in _endings(shown)]
        return sorted([*found, *self.beside], key=lambda one: one.day)


def bought_by(
    company: Company, policy: Policy, at: datetime, *, with_benefits: bool = True
) -> Bought:
    """Put together what a company has bought, on its own date of `at`, newest contract first.

    Seven statements, however much it is; one less without what comes with the plans.
    """
    on_date = whereabouts(company=company).date_at(at)
    contracts = tuple(
        company.contracts.select_related("product", "renewal_contact").order_by("-starts_on", "-id")
    )
    terms = {one.pk: term for one in contracts if (term := term_of(one, on_date))}
    read = _Read(
        contracts,
        terms,
        tuple(lines_of_companies([company.pk])),
        tuple(items_of_terms(terms)) if with_benefits else (),
        _included_in_terms(company, terms, at),
    )
    shown = tuple(_shown(one, policy, on_date, read) for one in contracts)
    told = {lot for one in shown if one.runs and one.included for lot in one.included.lots}
    holding = _holding(company, policy, on_date, read)
    beside = endings_beside(holding, at, told)
    return Bought(company, policy, on_date, shown, tuple(beside), holding.licences)


@dataclass(frozen=True)
class _Read:
    """The rows of a company; `terms` and `included` by contract."""

    contracts: tuple[Contract, ...]
    terms: dict[int, Term]
    lines: tuple[ContractLine, ...]
    items: tuple[BenefitItem, ...]
    included: dict[int, IncludedShown]

    def items_of(self, contract: Contract) -> list[BenefitItem]:
        term = self.terms.get(contract.pk)
        return [
            item
            for item in self.items
            if term and item.contract_id == contract.pk and item.term_starts_on == term.first
        ]


def _holding(company: Company, policy: Policy, on_date: date, read: _Read) -> Holding:
    licences = tuple(company.licences.select_related("product").order_by("product__name", "id"))
    return Holding(company, read.contracts, read.lines, licences, policy, on_date)


def _shown(contract: Contract, policy: Policy, on_date: date, read: _Read) -> ContractShown:
    in_force = plan_among(contract, policy, on_date, read.lines)
    term, items = read.terms.get(contract.pk), read.items_of(contract)
    benefits = figures_of(policy, in_force.plan, contract.edition, term, items) if term else []
    return ContractShown(
        contract=contract,
        policy=policy,
        on_date=on_date,
        in_force=in_force,
        lines=tuple(
            LineShown(line, policy.subscription(line.subscription), on_date)
            for line in read.lines
            if line.contract_id == contract.pk
        ),
        benefits=tuple(benefits),
        included=read.included.get(contract.pk),
        is_followed=is_followed(contract, read.contracts),
    )


def _included_in_terms(
    company: Company, terms: dict[int, Term], at: datetime
) -> dict[int, IncludedShown]:
    """Sum by contract the points that the terms which run have brought, with their newest end.

    Of a contract that does not run, those that are not over. What was moved from one lot to another
    counts in the other only.
    """
    place = whereabouts(company=company)
    included = Sum("lines__points", filter=Q(lines__entry__kind=PointsEntry.Kind.INCLUDED))
    lots = PointsLot.objects.filter(
        company=company, source=PointsLot.Source.INCLUDED, contract__isnull=False
    )
    shown: dict[int, IncludedShown] = {}
    for lot in lots.annotate(included=included).order_by("id"):
        term = terms.get(lot.contract_id)
        is_over = lot.expires_at is not None and lot.expires_at <= at
        if is_over if term is None else place.date_at(lot.opened_at) < term.first:
            continue
        before = shown.get(lot.contract_id, IncludedShown(0, 0, None, ()))
        shown[lot.contract_id] = IncludedShown(
            before.points + lot.included,
            before.remaining + (0 if is_over else lot.remaining),
            lot.expires_at,
            (*before.lots, lot.pk),
        )
    return shown


def _endings(shown: ContractShown) -> list[Ending]:
    found = (*_ends_of_contract(shown), *_ends_of_term(shown)) if shown.contract else ()
    return [ending_of(one, shown.on_date) for one in found]


def _ends_of_contract(shown: ContractShown) -> Iterable[Found]:
    contract = shown.contract
    if contract is not None and contract.ends_on is not None and not shown.is_followed:
        yield CONTRACT, shown.bought.name if shown.bought else _("Your contract"), contract.ends_on
    others = [one.line for one in shown.lines]
    for one in shown.lines:
        if one.runs and one.ends_on and ends_before_its_contract(one.line, others):
            yield CONTRACT, one.name, one.ends_on


def _ends_of_term(shown: ContractShown) -> Iterable[Found]:
    if shown.included is not None and shown.included.remaining and shown.points_end_on:
        yield POINTS, _("Included points of this term"), shown.points_end_on
    for figures in shown.benefits:
        if figures.next_due is not None and figures.next_due.due_on is not None:
            yield DELIVERY, figures.benefit.name, figures.next_due.due_on
