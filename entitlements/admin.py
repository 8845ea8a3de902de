"""Products in the admin, and what else of this app managers have there."""

from django.contrib.admin.sites import AdminSite

from accounts.admin_base import TenantAdmin
from accounts.constraints import refused_as
from accounts.errors import NameTaken
from entitlements import (
    benefit_admin,
    bulletin_admin,
    contract_admin,
    decisions_admin,
    points_admin,
    registration_admin,
    release_admin,
    request_admin,
)
from entitlements.actions import add_product
from entitlements.models import Product


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


def register(site: AdminSite) -> None:
    """Put products and contracts into an admin site."""
    site.register(Product, ProductAdmin)
    contract_admin.register(site)
    benefit_admin.register(site)
    registration_admin.register(site)
    release_admin.register(site)
    bulletin_admin.register(site)
    points_admin.register(site)
    decisions_admin.register(site)
    request_admin.register(site)
