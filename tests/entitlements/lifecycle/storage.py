"""A product with the vendor's own table of releases (DD-32), licences of it, and downloads."""

from datetime import UTC, date, datetime

from accounts.models import Company
from accounts.tenancy import tenant
from accounts.walls import TenantModel
from entitlements.downloads import add_download
from entitlements.licences import add_licence
from entitlements.models import Bulletin, Download, Licence, Product, Release
from entitlements.releases import add_release
from sla.actions import load_document
from tests.packs import pack_for
from tests.twins import Twin

# Before any release of the table.
BEGINNING = datetime(2015, 1, 1, tzinfo=UTC)
# Noon in Berlin, where the acme of the twins is.
LAST_DAY = datetime(2017, 5, 31, 10, 0, tzinfo=UTC)
DAY_AFTER = datetime(2017, 6, 1, 10, 0, tzinfo=UTC)

# The kinds of row that `raise_lifecycle` makes.
LIFECYCLE = ("release", "licence", "download", "bulletin")

TABLE = (
    ("7.6.0", date(2015, 3, 2), "month", date(2016, 8, 1)),
    ("7.7.0", date(2015, 11, 2), "month", date(2017, 5, 1)),
    ("7.8.0", date(2016, 8, 1), "tbd", None),
)


def publish_then(twin: Twin, pack: str = "datadynamics", **changes: str) -> None:
    """Publish a pack for a twin, in effect since before the table; `changes` replace its text."""
    text = pack_for(twin.tenant.slug, pack)
    for old, new in changes.items():
        text = text.replace(old, new)
    with tenant(twin.tenant):
        load_document(text=text, by=None, at=BEGINNING)


def add_table(product: Product) -> dict[str, Release]:
    """Add the releases of the table, in the tenant that is entered."""
    return {
        version: add_release(
            product=product,
            version=version,
            released_on=released_on,
            support_end=end,
            support_ends_on=day,
        )
        for version, released_on, end, day in TABLE
    }


def license_to(
    twin: Twin, company: Company | None = None, number: str = "SX-1", **changes: object
) -> Licence:
    """Give a company of a twin a verified licence since 2015, for ever and without maintenance."""
    facts = {"product": twin.product, "valid_from": date(2015, 1, 1)} | changes
    return add_licence(
        company=company or twin.company,
        number=number,
        by=facts.pop("by", twin.manager),
        at=BEGINNING,
        **facts,
    )


def offer(release: Release, name: str = "Service Pack 1", **changes: object) -> Download:
    facts = {
        "kind": "service_pack",
        "address": "https://files.example/sp1.zip",
        "published_on": date(2017, 2, 1),
    } | changes
    return add_download(release=release, name=name, **facts)


def raise_lifecycle(twin: Twin) -> dict[str, TenantModel]:
    """Give a twin one row of each kind, with its canary; its company may have the download."""
    release = add_release(
        product=twin.product, version=f"1 {twin.canary}release", released_on=date(2016, 1, 1)
    )
    licence = license_to(twin, number=f"{twin.canary}licence", maintenance_until=date(2099, 12, 31))
    download = offer(
        release,
        name=f"{twin.canary}download",
        address=f"https://files.example/{twin.canary}download.zip",
    )
    bulletin = Bulletin.objects.create(
        tenant=twin.tenant,
        topic="news",
        subject=f"{twin.canary}subject",
        body=f"{twin.canary}body",
        sent_by=twin.manager,
        sent_at=BEGINNING,
        recipients=1,
    )
    return dict(zip(LIFECYCLE, (release, licence, download, bulletin), strict=True))
