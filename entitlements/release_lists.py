"""How all releases of the vendor stand on its own day: for the admin's grids and lists.

By the rule for the product alone: for a plan or an edition of its own a company may have longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import Tenant
from accounts.tenancy import current_tenant_id
from entitlements.holdings import policy_at
from entitlements.models import Product, Release
from entitlements.releases import OnRelease, companies_on_each, counted_on
from entitlements.support_table import Supported, SupportTable, ending, table_of
from sla.engine.parts import Facts


@dataclass(frozen=True, slots=True)
class EndingRelease:
    """A release whose support ends soon, with the companies that are on it, and perhaps on it.

    `upgrade` is what they can go to.
    """

    supported: Supported
    rows: tuple[OnRelease, ...]
    upgrade: Release | None

    @property
    def known(self) -> int:
        return counted_on(self.rows)[0]

    @property
    def perhaps(self) -> int:
        return counted_on(self.rows)[1]


def vendors_day(at: datetime) -> date:
    """Read the vendor's own calendar."""
    zone = Tenant.objects.values_list("time_zone", flat=True).get(pk=current_tenant_id())
    return at.astimezone(ZoneInfo(zone)).date()


def tables(product_ids: Iterable[int], at: datetime) -> list[SupportTable]:
    """Work out the tables of some products: a few statements, however many releases there are."""
    products = Product.objects.filter(pk__in=set(product_ids)).order_by("name", "id")
    releases: dict[int, list[Release]] = {}
    for release in Release.objects.filter(product__in=products).order_by("-version_key"):
        releases.setdefault(release.product_id, []).append(release)
    policy, on_date = policy_at(at), vendors_day(at)
    return [
        table_of(product, releases[product.pk], policy, Facts(product=product.code), on_date)
        for product in products
        if product.pk in releases
    ]


def standings(product_ids: Iterable[int], at: datetime) -> dict[int, Supported]:
    """Map the releases of some products to how they stand."""
    return {row.release.pk: row for table in tables(product_ids, at) for row in table.rows}


def release_on(release: Release, at: datetime) -> tuple[Supported | None, date]:
    """Tell how one release stands, and on which day that is."""
    return standings([release.product_id], at).get(release.pk), vendors_day(at)


def ending_soon(at: datetime) -> list[EndingRelease]:
    """List the releases whose support ends soon, the soonest first, with who is on them.

    As many statements for many releases as for one.
    """
    found = [
        (row, table)
        for table in tables(Product.objects.values_list("pk", flat=True), at)
        for row in ending(table.rows)
    ]
    for row, table in found:
        row.release.product = table.product
    on_each = companies_on_each([row.release for row, _table in found], vendors_day(at))
    endings = [
        EndingRelease(row, tuple(on_each[row.release.pk]), table.upgrade) for row, table in found
    ]
    return sorted(endings, key=lambda one: (one.supported.last_day, one.supported.release.pk))
