"""Products and contracts."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NameTaken
from accounts.models import Company, Person
from accounts.tenancy import current_tenant_id
from entitlements.deliveries import plan_deliveries
from entitlements.included import follow_end, give_included
from entitlements.lines import LineWish, add_line, check_edition, check_fit, policy_sold
from entitlements.models import BenefitItem, Contract, PointsLot, Product
from entitlements.prerequisites import check_prerequisites
from entitlements.queries import contracts_beside, today_of
from sla.errors import NoPolicy
from sla.queries import current_policy


class ContractsOverlap(DomainError):
    code = "contracts_overlap"
    message = _(
        "The company has a contract for the same on these days already (%(plan)s, %(first)s - "
        "%(last)s). Let that one end the day before this one starts."
    )


class CompanyStays(DomainError):
    code = "company_stays"
    message = _(
        "A contract stays with the company that signed it. Let this one end, and sign another one "
        "with the other company."
    )


class FirstDayStays(DomainError):
    code = "first_day_stays"
    message = _(
        "Points or benefits were given by the terms of this contract, so that its first day stays. "
        "Let it end, sign a new one from the day that you mean, and have points that were given "
        "twice corrected on the company's page of points."
    )


@transaction.atomic
def add_product(*, code: str, name: str) -> Product:
    """Add something that the vendor supports. Raises NameTaken."""
    with refused_as(product_code_once_per_tenant=NameTaken(field="code", name=code)):
        return Product.objects.create(tenant_id=current_tenant_id(), code=code, name=name)


@transaction.atomic
def sign_contract(
    *,
    company: Company,
    starts_on: date,
    plan: str = "",
    ends_on: date | None = None,
    product: Product | None = None,
    edition: str = "",
    region_override: str = "",
    reseller: str = "",
    renewal_contact: Person | None = None,
    lines: Sequence[LineWish] = (),
    at: datetime,
) -> Contract:
    """Give a company support from a day to a day, both included; without a product for all.

    `plan` is empty where the vendor's policy sells none. `lines` are signed with it; what the plan
    needs must be among them or run already (SP-12). What the plan includes for the term that `at`
    lies in is given at once. Locks the company, so that of two signed at once one is refused.
    Raises Invalid, ContractsOverlap, EditionNeeded, EditionNotOpen or SubscriptionNeeded.
    """
    contract = Contract(
        tenant_id=current_tenant_id(),
        company=company,
        plan=plan,
        product=product,
        edition=edition,
        starts_on=starts_on,
        ends_on=ends_on,
        region_override=region_override,
        reseller=reseller,
        renewal_contact=renewal_contact,
    )
    write_contract(contract)
    for line in lines:
        add_line(
            contract=contract,
            subscription=line.subscription,
            users=line.users,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
        )
    settle_contract(contract=contract, at=at)
    return contract


@transaction.atomic
def change_contract(*, contract: Contract, at: datetime) -> None:
    """Save a changed contract: another end, another plan, who renews it, who sold it.

    What the term brings follows: points that a better plan includes are added, none are taken back,
    and what is left of them ends with the term (SP-14). Locks the company. Raises as
    `sign_contract`, SubscriptionNeeded for another plan only, CompanyStays, FirstDayStays, and
    Invalid where a line would lie outside of the contract, or its edition has no such subscription.
    """
    before = Contract.objects.get(pk=contract.pk)
    write_contract(contract)
    settle_contract(contract=contract, at=at, before=before)


def write_contract(contract: Contract) -> None:
    """Check a contract and save it, new or changed, without what belongs to it.

    Whoever calls goes on with its lines and `settle_contract`, in the same transaction. Locks the
    company. Raises what `check_contract` does.
    """
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.company_id)
    check_contract(contract)
    contract.save(force_insert=contract._state.adding)


def settle_contract(*, contract: Contract, at: datetime, before: Contract | None = None) -> None:
    """Check a saved contract against its lines, and give what its term brings (SP-12, SP-14).

    `before` is a changed contract as it was: a plan that stays is not asked again for what it
    needs, for it is kept when that lapses; points that ended with the term still do. Raises
    Invalid, EditionNeeded, EditionNotOpen or SubscriptionNeeded.
    """
    today = today_of(contract.company, at)
    sold = policy_sold()
    if sold is not None and (before is None or contract.plan != before.plan):
        check_prerequisites(contract, sold, _day_within(contract, today))
    if before is not None:
        for line in contract.lines.all():
            line.contract = contract
            check_fit(line, sold)
    try:
        policy = current_policy(at).policy
    except NoPolicy:
        return
    if before is not None:
        follow_end(contract, before, policy, at)
    give_included([(contract, today)], policy, at)
    plan_deliveries([(contract, today)], policy)


def check_contract(contract: Contract) -> None:
    """Refuse dates that cannot be, an edition without the plan, or what the company has already.

    A product's own contract beside a general one is fine: the own one counts. Raises Invalid,
    CompanyStays, FirstDayStays, EditionNeeded, EditionNotOpen or ContractsOverlap, with the field
    at fault.
    """
    _check_what_stays(contract)
    if contract.ends_on is not None and contract.ends_on < contract.starts_on:
        raise Invalid(_("The contract ends before it starts."), field="ends_on")
    _check_renewal_contact(contract)
    policy = policy_sold()
    plan = policy.plan(contract.plan) if policy else None
    if policy is not None and plan is not None:
        check_edition(plan.name, plan.editions, contract.edition, policy, field="edition")
    other = contracts_beside(contract).first()
    if other is None:
        return
    raise ContractsOverlap(
        field="starts_on",
        plan=other.plan or _("without a plan"),
        first=date_format(other.starts_on, "j M Y"),
        last=date_format(other.ends_on, "j M Y") if other.ends_on else _("open-ended"),
    )


def first_day_stays(contract: Contract) -> bool:
    """Tell whether something was given by the terms of a contract, which its first day makes."""
    lots = PointsLot.objects.filter(contract=contract, source=PointsLot.Source.INCLUDED)
    return lots.exists() or BenefitItem.objects.filter(contract=contract).exists()


def _check_what_stays(contract: Contract) -> None:
    """Refuse another company for a signed contract, and another first day once it has given."""
    if contract._state.adding:
        return
    before = Contract.objects.get(pk=contract.pk)
    if contract.company_id != before.company_id:
        raise CompanyStays(field="company")
    if contract.starts_on != before.starts_on and first_day_stays(before):
        raise FirstDayStays(field="starts_on")


def _check_renewal_contact(contract: Contract) -> None:
    """Refuse a renewal contact of somebody else's house, or without an address (MX-01)."""
    chosen = contract.renewal_contact
    if chosen is None:
        return
    if chosen.role not in roles.CUSTOMERS or chosen.company_id != contract.company_id:
        raise Invalid(_("The renewal contact must be of the company."), field="renewal_contact")
    if not chosen.email:
        raise Invalid(_("The renewal contact has no mail address."), field="renewal_contact")


def _day_within(contract: Contract, today: date) -> date:
    """Choose the day on which a contract is looked at: today, or its first or last one."""
    day = max(contract.starts_on, today)
    return day if contract.ends_on is None else min(day, contract.ends_on)
