"""Whether a company has maintenance for a product, by what, and until when (DD-42, SP-04).

What brings it is data: the day until which a verified licence has maintenance; or a subscription,
or a plan, that runs and that the policy names in a topic about updates or releases.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import Company
from entitlements.holdings import Holding, is_for
from entitlements.licences import maintenance_end
from entitlements.models import ContractLine, Licence, Product
from entitlements.prerequisites import runs_on
from sla.engine.policy import Policy

BRINGING = ("updates", "releases")
BY_LICENCE, BY_SUBSCRIPTION, BY_PLAN = "licence", "subscription", "plan"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What opens the downloads of a product, and until when.

    `by` is licence, subscription or plan, "" = nothing opens it; `name` names it. `until` is the
    last day (None = open-ended); `ended_on` the last day of what has ended, where nothing runs.
    `unverified` is the number of a licence that would open it if somebody had verified it.
    """

    by: str = ""
    name: str = ""
    until: date | None = None
    ended_on: date | None = None
    unverified: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class Brings:
    """The codes of plans and of subscriptions that bring updates."""

    plans: frozenset[str]
    subscriptions: frozenset[str]


def maintenance_of(holding: Holding, product: Product) -> Maintenance:
    """Tell what opens a product's downloads on the holding's day, else what has ended (DD-42).

    A licence's maintenance first, then a subscription, then a plan.
    """
    brings = _brings(holding.policy)
    licences = [one for one in holding.licences if one.product_id == product.pk]
    lines = holding.lines_for(brings.subscriptions, product)
    ends = [*map(_line_end, lines), *_plan_ends(brings, holding, product)]
    return (
        _by_licence(licences, holding.on_date)
        or _by_line(lines, holding)
        or _by_plan(brings, holding, product)
        or _nothing(licences, ends, holding)
    )


def whom_to_ask(company: Company, policy: Policy | None) -> tuple[str, str]:
    """Name who looks after renewals, and a mail address: the policy's, else the account manager's.

    The address is "" where nobody has said one.
    """
    contact = policy.contact if policy else None
    address = (contact.renewal_email or contact.sales_email) if contact else ""
    manager = company.account_manager
    if manager is not None and manager.is_active:
        return manager.name, address or manager.email
    return company.tenant.name, address or (contact.support_email if contact else "")


def _brings(policy: Policy | None) -> Brings:
    topics = [topic for topic in (policy.topics if policy else ()) if topic.about in BRINGING]
    return Brings(
        plans=frozenset(code for topic in topics for code in topic.plans or ()),
        subscriptions=frozenset(code for topic in topics for code in topic.subscriptions or ()),
    )


def _by_licence(licences: list[Licence], on_date: date) -> Maintenance | None:
    running = [one for one in licences if one.valid_from <= on_date]
    last = maintenance_end(running)
    if last is None or last < on_date:
        return None
    best = max(running, key=lambda one: maintenance_end([one]) or date.min)
    return Maintenance(BY_LICENCE, best.number, last)


def _by_line(lines: list[ContractLine], holding: Holding) -> Maintenance | None:
    running = [line for line in lines if runs_on(line, holding.on_date)]
    if not running or holding.policy is None:
        return None
    line = max(running, key=lambda one: _line_end(one) or date.max)
    sold = holding.policy.subscription(line.subscription)
    return Maintenance(BY_SUBSCRIPTION, sold.name if sold else line.subscription, _line_end(line))


def _by_plan(brings: Brings, holding: Holding, product: Product) -> Maintenance | None:
    code = holding.plan_for(product)
    if code not in brings.plans or holding.policy is None:
        return None
    contract, plan = holding.contract_for(product), holding.policy.plan(code)
    return Maintenance(
        BY_PLAN, plan.name if plan else str(code), contract.ends_on if contract else None
    )


def _nothing(licences: list[Licence], ends: list[date | None], holding: Holding) -> Maintenance:
    day = holding.on_date
    past = [end for end in (maintenance_end(licences), *ends) if end is not None and end < day]
    waiting = next((one.number for one in licences if _would_open(one, day)), "")
    return Maintenance(ended_on=max(past, default=None), unverified=waiting)


def _would_open(licence: Licence, on_date: date) -> bool:
    last = licence.maintenance_until
    return licence.verified_at is None and last is not None and last >= on_date


def _line_end(line: ContractLine) -> date | None:
    return min((end for end in (line.ends_on, line.contract.ends_on) if end), default=None)


def _plan_ends(brings: Brings, holding: Holding, product: Product) -> list[date | None]:
    return [
        one.ends_on
        for one in holding.contracts
        if one.plan in brings.plans and is_for(one, product)
    ]
