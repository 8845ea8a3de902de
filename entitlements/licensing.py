"""Which licence counts, and how it stands on a day (DD-33)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from django.db.models import QuerySet

from accounts.models import Company
from entitlements.models import Licence, Product

MISSING, NOT_BEGUN, UNVERIFIED, EXPIRED, IN_GRACE, GOOD = (
    "missing",
    "not_begun",
    "unverified",
    "expired",
    "in_grace",
    "good",
)
# From the worst to the best.
STANDINGS = (MISSING, EXPIRED, UNVERIFIED, NOT_BEGUN, IN_GRACE, GOOD)


class Licensed(Protocol):
    """A licence as the rule reads it."""

    valid_from: date
    valid_until: date | None

    @property
    def verified_at(self) -> object | None: ...


Row = TypeVar("Row", bound=Licensed)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a licence stands on a day; `code` is one of STANDINGS.

    `grace_until`: the last day on which cases are taken, `valid_until` with the days of grace.
    """

    code: str
    grace_until: date | None = None


def standing_of(licence: Licensed | None, on_date: date, grace_days: int = 0) -> Standing:
    """Tell how a licence stands on a day of the customer's; both its ends are included. Pure."""
    if licence is None:
        return Standing(MISSING)
    grace_until = licence.valid_until and licence.valid_until + timedelta(days=grace_days)
    if grace_until is not None and on_date > grace_until:
        return Standing(EXPIRED, grace_until)
    if licence.verified_at is None:
        return Standing(UNVERIFIED, grace_until)
    if on_date < licence.valid_from:
        return Standing(NOT_BEGUN, grace_until)
    is_over = licence.valid_until is not None and on_date > licence.valid_until
    return Standing(IN_GRACE if is_over else GOOD, grace_until)


def best_licence(licences: Iterable[Row], on_date: date, grace_days: int = 0) -> Row | None:
    """Choose the licence that lets most through on a day; of two alike the one that lasts longer.

    Pure.
    """

    def rank(licence: Row) -> tuple[int, date]:
        standing = standing_of(licence, on_date, grace_days)
        return STANDINGS.index(standing.code), licence.valid_until or date.max

    return max(licences, key=rank, default=None)


def licences_of(company: Company, product: Product | None) -> QuerySet[Licence]:
    """List a company's licences for a product, or for any where none is named."""
    found = company.licences.select_related("product").order_by("id")
    return found.filter(product=product) if product else found
