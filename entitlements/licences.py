"""Licences: what a company may use, who has seen the proof, and until when (DD-33, DD-42)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NotAllowed, NotFound
from accounts.models import Company, Person
from accounts.tenancy import current_tenant_id
from entitlements.licence_mail import tell_verified
from entitlements.models import Licence, Product

VERIFYING = "edit_contracts"


class LicenceIsThere(DomainError):
    code = "licence_is_there"
    message = _("There is a licence with the number “%(number)s” already.")


class LicenceUnclear(DomainError):
    """What a customer hears instead: whether another company has the number is not theirs to know.

    It names no reason, for a number may be refused for others as well.
    """

    code = "licence_unclear"
    message = _("The licence “%(number)s” could not be added: have the vendor look at it.")


class LicenceIsVerified(DomainError):
    code = "licence_is_verified"
    message = _("The licence is verified already.")


@transaction.atomic
def add_licence(
    *,
    company: Company,
    product: Product,
    number: str,
    valid_from: date,
    by: Person,
    at: datetime,
    valid_until: date | None = None,
    maintenance_until: date | None = None,
    edition: str = "",
) -> Licence:
    """Write a company's licence down; whoever keeps the contracts has verified it by doing so.

    What a customer names is verified by nobody yet and opens nothing (DD-33): customers name their
    own company's only. Raises NotAllowed, Invalid, LicenceIsThere, or LicenceUnclear to customers.
    """
    is_seen = by.may(VERIFYING)
    if not is_seen and not (by.may("file_case") and by.company_id == company.pk):
        raise NotAllowed
    licence = Licence(
        tenant_id=current_tenant_id(),
        company=company,
        product=product,
        number=number.strip(),
        edition=edition,
        valid_from=valid_from,
        valid_until=valid_until,
        maintenance_until=maintenance_until,
        verified_at=at if is_seen else None,
        verified_by=by if is_seen else None,
    )
    _keep(licence, LicenceIsThere if is_seen else LicenceUnclear)
    return licence


@transaction.atomic
def change_licence(*, licence: Licence, by: Person) -> None:
    """Save a changed licence: other days, another number. Raises as `add_licence`."""
    if not by.may(VERIFYING):
        raise NotAllowed
    licence.number = licence.number.strip()
    _keep(licence)


@transaction.atomic
def verify_licence(*, licence_id: int, by: Person, at: datetime) -> Licence:
    """Put down who has seen the proof of a licence, and when; its company is told (DD-33).

    Locks the licence. Raises NotAllowed, NotFound or LicenceIsVerified.
    """
    if not by.may(VERIFYING):
        raise NotAllowed
    licence = Licence.objects.select_for_update(no_key=True).filter(pk=licence_id).first()
    if licence is None:
        raise NotFound
    if licence.verified_at is not None:
        raise LicenceIsVerified
    licence.verified_at, licence.verified_by = at, by
    licence.save(update_fields=["verified_at", "verified_by"])
    tell_verified(licence, at)
    return licence


def check_licence(licence: Licence) -> None:
    """Refuse days that cannot be. Raises Invalid, with the field at fault."""
    until, maintenance = licence.valid_until, licence.maintenance_until
    if not licence.number.strip():
        raise Invalid(_("Say the number of the licence."), field="number")
    if until is not None and until < licence.valid_from:
        raise Invalid(_("The licence ends before it starts."), field="valid_until")
    if maintenance is not None and maintenance < licence.valid_from:
        raise Invalid(_("Maintenance ends before the licence starts."), field="maintenance_until")


def licences_of(company: Company) -> QuerySet[Licence]:
    """List a company's licences by product, the ones that end last first."""
    licences = company.licences.select_related("product", "verified_by")
    return licences.order_by("product__name", "-valid_until", "number")


def maintenance_end(licences: Iterable[Licence]) -> date | None:
    """Find the last day of maintenance of verified licences, past or to come; None without any.

    Updates need the licence as well as its maintenance, so whichever ends first counts (DD-42).
    """
    ends = [
        min(licence.maintenance_until, licence.valid_until or licence.maintenance_until)
        for licence in licences
        if licence.maintenance_until is not None and licence.verified_at is not None
    ]
    return max(ends, default=None)


def _keep(licence: Licence, refusal: type[DomainError] = LicenceIsThere) -> None:
    check_licence(licence)
    taken = refusal(field="number", number=licence.number)
    with refused_as(licence_number_once=taken):
        licence.save()
