"""What the pages about releases and downloads show a customer, prepared for the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.queries import whereabouts
from entitlements.downloads import downloads_of
from entitlements.holdings import Holding, holding_of, policy_at
from entitlements.maintenance import Maintenance, maintenance_of, whom_to_ask
from entitlements.models import Download, Product, Release
from entitlements.releases import releases_named_by
from entitlements.support_table import State, Supported, SupportTable, table_of
from portal.lifecycle.picture import Bar, TimeLine, draw
from sla.engine.offer import ReleaseRule
from tickets.queries import visible_cases

NEW_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A release in the table, with its place on the line of time."""

    supported: Supported
    bar: Bar
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ProductDates:
    """A product's releases as a customer sees them.

    `mine` is the one that a case of the company named last; `case_number` is that of the case, None
    where it is a colleague's and not for this person to see.
    """

    product: Product
    table: SupportTable
    rows: tuple[DrawnRow, ...]
    line: TimeLine
    rule: str
    mine: Supported | None
    case_number: int | None

    @property
    def upgrade(self) -> Release | None:
        """What to go to from the release in use, where its support ends or has ended."""
        is_ending = self.mine is not None and self.mine.state in (State.ENDS_SOON, State.ENDED)
        newer = self.table.upgrade
        if not is_ending or newer is None or newer.pk == self.mine.release.pk:
            return None
        return newer


@dataclass(frozen=True, slots=True)
class ReleaseDownloads:
    """What there is to download of a release, the newest first, with what is new of it."""

    release: Release
    downloads: tuple[tuple[Download, bool], ...]


@dataclass(frozen=True, slots=True)
class ProductDownloads:
    """A product's downloads, and whether the company may have them, by what, or whom to ask."""

    product: Product
    maintenance: Maintenance
    releases: tuple[ReleaseDownloads, ...]


def holding_for(person: Person, at: datetime) -> Holding:
    """Read what a customer's company has, on the customer's own day."""
    on_date = whereabouts(company=person.company, person=person).date_at(at)
    return holding_of(person.company, policy_at(at), on_date)


def products_used(holding: Holding) -> list[Product]:
    """List by name the products that are the company's."""
    products = Product.objects.order_by("name", "id")
    return [product for product in products if holding.uses(product)]


def support_dates(holding: Holding, person: Person) -> list[ProductDates]:
    """Show until when the releases of the company's products are supported (DD-32)."""
    products = products_used(holding)
    found = Release.objects.filter(product__in=products).order_by("product", "-version_key")
    releases: dict[int, list[Release]] = {}
    for release in found:
        releases.setdefault(release.product_id, []).append(release)
    named = _with_visible_cases(releases_named_by(holding.company), person)
    return [
        _dates(product, releases[product.pk], named.get(product.pk), holding)
        for product in products
        if product.pk in releases
    ]


def downloads_by_product(holding: Holding) -> list[ProductDownloads]:
    """Show what there is to download, by product and release (DD-42)."""
    products = products_used(holding)
    by_product: dict[int, list[Download]] = {}
    for download in downloads_of(products, holding.on_date):
        by_product.setdefault(download.release.product_id, []).append(download)
    return [
        ProductDownloads(
            product=product,
            maintenance=maintenance_of(holding, product),
            releases=tuple(_by_release(by_product.get(product.pk, ()), holding)),
        )
        for product in products
    ]


def asked(holding: Holding) -> dict[str, str]:
    """Name whom to ask about maintenance."""
    name, address = whom_to_ask(holding.company, holding.policy)
    return {"name": name, "address": address}


def rule_text(rule: ReleaseRule | None) -> str:
    """Say which releases are supported where no date is said (SC-17, SP-02, DD-32)."""
    if rule is None:
        return _("Every release is supported unless a date is said for it.")
    if rule.unit == "major":
        said = ngettext(
            "Supported are the current major release and the one before it.",
            "Supported are the current major release and the %(back)d before it.",
            rule.back,
        )
    else:
        said = ngettext(
            "Supported are the current release and the one before it.",
            "Supported are the current release and the %(back)d before it.",
            rule.back,
        )
    if not rule.back:
        said = _("Supported is the current release alone.")
    dated = _("A date that is said for a release goes before that.")
    return f"{said % {'back': rule.back}} {dated}"


def _with_visible_cases(
    named: dict[int, tuple[int, int]], person: Person
) -> dict[int, tuple[int, int | None]]:
    numbers = [number for _release_id, number in named.values()]
    found = visible_cases(person).filter(number__in=numbers)
    visible = set(found.values_list("number", flat=True))
    return {
        product_id: (release_id, number if number in visible else None)
        for product_id, (release_id, number) in named.items()
    }


def _dates(
    product: Product,
    releases: list[Release],
    named: tuple[int, int | None] | None,
    holding: Holding,
) -> ProductDates:
    facts, on_date = holding.facts_for(product), holding.on_date
    table = table_of(product, releases, holding.policy, facts, on_date)
    line = draw(table.rows, on_date)
    mine, case_number = named or (None, None)
    return ProductDates(
        product=product,
        table=table,
        rows=tuple(
            DrawnRow(row, bar, row.release.pk == mine)
            for row, bar in zip(table.rows, line.bars, strict=True)
        ),
        line=line,
        rule=rule_text(table.rule),
        mine=next((row for row in table.rows if row.release.pk == mine), None),
        case_number=case_number,
    )


def _by_release(downloads: Iterable[Download], holding: Holding) -> Iterable[ReleaseDownloads]:
    newest = holding.on_date - NEW_FOR
    for release, group in groupby(downloads, key=lambda download: download.release):
        shown = tuple((download, download.published_on >= newest) for download in group)
        yield ReleaseDownloads(release, shown)
