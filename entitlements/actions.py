"""Products and contracts."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.constraints import refused_as
from accounts.errors import Invalid, NameTaken
from accounts.models import Company
from accounts.tenancy import current_tenant_id
from entitlements.models import Contract, Product


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

    `plan` is empty where the vendor's policy sells none. Raises Invalid when it ends before it
    starts.
    """
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_("The contract ends before it starts."), field="ends_on")
    return Contract.objects.create(
        tenant_id=current_tenant_id(),
        company=company,
        plan=plan,
        product=product,
        edition=edition,
        starts_on=starts_on,
        ends_on=ends_on,
        region_override=region_override,
    )
