"""Products and contracts."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NameTaken
from accounts.models import Company
from accounts.tenancy import current_tenant_id
from entitlements.models import Contract, Product
from entitlements.queries import contracts_beside


class ContractsOverlap(DomainError):
    code = "contracts_overlap"
    message = _(
        "The company has a contract for the same on these days already (%(plan)s, %(first)s - "
        "%(last)s). Let that one end the day before this one starts."
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
) -> Contract:
    """Give a company support from a day to a day, both included; without a product for all.

    `plan` is empty where the vendor's policy sells none. Locks the company, so that of two signed
    at once one is refused. Raises Invalid when it ends before it starts, ContractsOverlap.
    """
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    contract = Contract(
        tenant_id=current_tenant_id(),
        company=company,
        plan=plan,
        product=product,
        edition=edition,
        starts_on=starts_on,
        ends_on=ends_on,
        region_override=region_override,
    )
    check_contract(contract)
    contract.save(force_insert=True)
    return contract


def check_contract(contract: Contract) -> None:
    """Refuse dates that cannot be, or on which the company has the same already.

    A product's own contract beside a general one is fine: the own one counts. Raises Invalid or
    ContractsOverlap, with the field at fault.
    """
    if contract.ends_on is not None and contract.ends_on < contract.starts_on:
        raise Invalid(_("The contract ends before it starts."), field="ends_on")
    other = contracts_beside(contract).first()
    if other is None:
        return
    raise ContractsOverlap(
        field="starts_on",
        plan=other.plan or _("without a plan"),
        first=date_format(other.starts_on, "j M Y"),
        last=date_format(other.ends_on, "j M Y") if other.ends_on else _("open-ended"),
    )
