"""Service packs, patches and fixes of releases, kept elsewhere (DD-42).

Who has no maintenance may not have them, and is told why and whom to ask.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid, NotFound
from accounts.models import Person
from accounts.queries import whereabouts
from accounts.tenancy import current_tenant_id
from entitlements.holdings import Holding, holding_of, policy_at
from entitlements.maintenance import Maintenance, maintenance_of, whom_to_ask
from entitlements.models import Download, Product, Release


class DownloadNotOpen(DomainError):
    """The company has no maintenance for it, or not any more."""

    code = "download_not_open"
    message = _(
        "This download needs maintenance for %(product)s, and your company has none. Your "
        "maintenance is looked after by: %(ask)s."
    )
    ended = _(
        "This download needs maintenance for %(product)s. Yours ended on %(day)s. To renew it, "
        "ask: %(ask)s."
    )


@transaction.atomic
def add_download(
    *, release: Release, kind: str, name: str, address: str, published_on: date
) -> Download:
    """Add something that customers on maintenance may download. Raises Invalid."""
    download = Download(
        tenant_id=current_tenant_id(),
        release=release,
        kind=kind,
        name=name.strip(),
        address=address.strip(),
        published_on=published_on,
    )
    check_download(download)
    download.save(force_insert=True)
    return download


@transaction.atomic
def change_download(*, download: Download) -> None:
    """Save a changed download. Raises Invalid."""
    download.name, download.address = download.name.strip(), download.address.strip()
    check_download(download)
    download.save()


def check_download(download: Download) -> None:
    """Refuse a download without a name, of an unknown kind, or that is kept at no safe address.

    Raises Invalid, with the field at fault.
    """
    if not download.name.strip():
        raise Invalid(_("Name it."), field="name")
    if download.kind not in Download.Kind.values:
        raise Invalid(_("Say what it is."), field="kind")
    try:
        URLValidator(schemes=["https"])(download.address.strip())
    except ValidationError as error:
        raise Invalid(_("Give the full address, from https:// on."), field="address") from error


def downloads_of(products: Iterable[Product], on_date: date) -> QuerySet[Download]:
    """List what is published for some products, the newest release first, then the newest."""
    return (
        Download.objects.filter(release__product__in=products, published_on__lte=on_date)
        .select_related("release__product")
        .order_by("release__product__name", "-release__version_key", "-published_on", "-id")
    )


def access_download(*, download_id: int, by: Person, at: datetime) -> str:
    """Give the address of a file to somebody of a company that may have it.

    The only way to an address. Raises NotFound for what is not published or of a product that the
    company does not use, DownloadNotOpen with the day on which maintenance ended and whom to ask.
    """
    if by.company is None:
        raise NotFound
    on_date = whereabouts(company=by.company, person=by).date_at(at)
    found = Download.objects.filter(pk=download_id, published_on__lte=on_date)
    download = found.select_related("release__product").first()
    holding = holding_of(by.company, policy_at(at), on_date)
    if download is None or not holding.uses(download.release.product):
        raise NotFound
    maintenance = maintenance_of(holding, download.release.product)
    if not maintenance.is_open:
        raise _refusal(maintenance, download.release.product, holding)
    return download.address


def _refusal(maintenance: Maintenance, product: Product, holding: Holding) -> DownloadNotOpen:
    name, address = whom_to_ask(holding.company, holding.policy)
    figures = {"product": product.name, "ask": f"{name}, {address}" if address else name}
    if maintenance.ended_on is None:
        return DownloadNotOpen(**figures)
    day = date_format(maintenance.ended_on, "j F Y")
    return DownloadNotOpen(DownloadNotOpen.ended, day=day, **figures)
