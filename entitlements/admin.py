"""Products and contracts in the admin. Plans, editions and regions are those of the policy."""

from django import forms
from django.contrib.admin.sites import AdminSite
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from accounts.admin_base import NOTHING, RefusableForm, TenantAdmin
from accounts.constraints import refused_as
from accounts.errors import NameTaken
from entitlements import registration_admin
from entitlements.actions import add_product, check_contract, sign_contract
from entitlements.models import Contract, Product
from sla.documents import policy_of, read_rows
from sla.engine.document import PolicyFaults
from sla.engine.policy import Policy
from sla.errors import NoDraft, NoPolicy
from sla.queries import latest_policy, working_copy

# The part of the policy that each field of a contract names by its code.
CODES_OF = {"plan": "plans", "edition": "editions", "region_override": "regions"}


class ProductAdmin(TenantAdmin):
    list_display = ["name", "code"]
    search_fields = ["name", "code"]
    fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}

    def add_row(self, row: Product) -> Product:
        return add_product(code=row.code, name=row.name)

    def change_row(self, row: Product) -> None:
        with refused_as(product_code_once_per_tenant=NameTaken(field="code", name=row.code)):
            row.save()


class ContractForm(RefusableForm):
    def check(self, candidate: Contract) -> None:
        check_contract(candidate)


class ContractAdmin(TenantAdmin):
    form = ContractForm
    ordering = ["company__name", "-starts_on"]
    list_display = ["company", "plan", "product", "edition", "starts_on", "ends_on"]
    list_select_related = ["company", "product"]
    list_filter = ["plan", "product"]
    search_fields = ["company__name"]
    autocomplete_fields = ["company"]
    fields = ["company", "plan", "product", "edition", "starts_on", "ends_on", "region_override"]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        policy = _policy() if db_field.name in CODES_OF else None
        parts = getattr(policy, CODES_OF[db_field.name]) if policy else ()
        if not parts:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            choices=[NOTHING, *((part.code, part.name) for part in parts)],
            required=not db_field.blank,
            label=capfirst(db_field.verbose_name),
        )

    def add_row(self, row: Contract) -> Contract:
        return sign_contract(
            company=row.company,
            plan=row.plan,
            product=row.product,
            edition=row.edition,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            region_override=row.region_override,
        )


def _policy() -> Policy | None:
    """Find the policy whose plans are sold: published, or the one that is being written."""
    try:
        return latest_policy().policy
    except NoPolicy:
        return _working_policy()


def _working_policy() -> Policy | None:
    try:
        return policy_of(read_rows(working_copy()))
    except (NoDraft, PolicyFaults):
        return None


def register(site: AdminSite) -> None:
    """Put products and contracts into an admin site."""
    site.register(Product, ProductAdmin)
    site.register(Contract, ContractAdmin)
    registration_admin.register(site)
