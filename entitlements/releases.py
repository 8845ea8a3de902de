"""Versions of products: what they are called, how they are ordered, who is on which (DD-32)."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NotFound
from accounts.models import Company
from accounts.tenancy import current_tenant_id
from entitlements.models import Licence, Product, Release

NUMBER_DIGITS = 9
MOST_NUMBERS = 12
NUMBERS = re.compile(r"[0-9]+")

End = Release.End
DATED = (End.MONTH, End.DAY)


class ReleaseIsThere(DomainError):
    code = "release_is_there"
    message = _("There is a release with the numbers of “%(version)s” already.")


@dataclass(frozen=True, slots=True)
class OnRelease:
    """A company on a release of a product, as far as the desk can know.

    `case_number` is its last case that names a release of the product. None: it has a licence of
    the product, and no case of it has ever named a release.
    """

    company: Company
    case_number: int | None


def version_numbers(version: str) -> tuple[int, ...]:
    """Read the numbers of a version: "7.8.0 SP1" is 7, 8, 0, 1. Zeros at the end say nothing.

    Raises Invalid when it does not begin with a number, or with more and longer ones than are kept.
    """
    numbers = NUMBERS.findall(version)
    if not version[:1].isdecimal() or not numbers:
        raise Invalid(_("Begin the version with its number, as in 7.8.0."), field="version")
    if len(numbers) > MOST_NUMBERS or max(map(len, numbers)) > NUMBER_DIGITS:
        raise Invalid(_("Shorten the version: it has too many digits."), field="version")
    found = [int(number) for number in numbers]
    while len(found) > 1 and not found[-1]:
        found.pop()
    return tuple(found)


def version_key(version: str) -> str:
    """Write a version so that text order is the order of versions, whatever the collation.

    Digits alone, each number padded: 7.10 comes after 7.9, and 7.8 and 7.8.0 are the same. Raises
    Invalid.
    """
    return "".join(f"{number:0{NUMBER_DIGITS}d}" for number in version_numbers(version))


def month_end(day: date) -> date:
    """Find the last day of a day's month: a month as an end means all of it (DD-32)."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@transaction.atomic
def add_release(
    *,
    product: Product,
    version: str,
    released_on: date,
    support_end: str = End.BY_RULE,
    support_ends_on: date | None = None,
) -> Release:
    """Add a version of a product, perhaps with the end of its support (DD-32).

    Any day of a month will do where only the month is known: its last one is kept. Raises Invalid
    or ReleaseIsThere.
    """
    release = Release(
        tenant_id=current_tenant_id(),
        product=product,
        version=version.strip(),
        released_on=released_on,
        support_end=support_end,
        support_ends_on=support_ends_on,
    )
    _keep(release)
    return release


@transaction.atomic
def change_release(*, release: Release) -> None:
    """Save a changed version. Raises Invalid or ReleaseIsThere."""
    release.version = release.version.strip()
    _keep(release)


def check_release(release: Release) -> None:
    """Refuse what a release cannot be: its version, its days. Raises Invalid, with the field."""
    version_numbers(release.version.strip())
    is_dated = release.support_end in DATED
    if is_dated and release.support_ends_on is None:
        raise Invalid(_("Say the last day of support."), field="support_ends_on")
    if not is_dated and release.support_ends_on is not None:
        raise Invalid(
            _("Leave the day empty, or choose that support ends with a month or on a day."),
            field="support_ends_on",
        )
    last_day = _last_day(release)
    if last_day is not None and last_day < release.released_on:
        raise Invalid(_("Support would end before the release."), field="support_ends_on")


def releases_of(product: Product) -> QuerySet[Release]:
    """List a product's releases, the newest version first."""
    return Release.objects.filter(product=product).order_by("-version_key")


def access_release(release_id: int) -> Release:
    """Find a release with its product. Raises NotFound."""
    release = Release.objects.select_related("product").filter(pk=release_id).first()
    if release is None:
        raise NotFound
    return release


def releases_named_by(company: Company) -> dict[int, tuple[int, int]]:
    """Map products to the release that a company's last case about them names.

    As release id and case number: what the company uses, as far as the desk can know.
    """
    named = Release.objects.filter(cases__company=company).values_list("product_id", "pk")
    used: dict[int, tuple[int, int]] = {}
    for product_id, release_id, number in named.annotate(last=Max("cases__number")):
        if number > used.get(product_id, (0, 0))[1]:
            used[product_id] = (release_id, number)
    return used


def releases_in_use(product_ids: Collection[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Map products, and companies, to the release of the last case that names one of the product.

    As (release id, case number).
    """
    named = Release.objects.filter(product__in=product_ids, cases__isnull=False).values_list(
        "product_id", "pk", "cases__company_id"
    )
    used: dict[int, dict[int, tuple[int, int]]] = {pk: {} for pk in product_ids}
    for product_id, release_id, company_id, number in named.annotate(last=Max("cases__number")):
        if number > used[product_id].get(company_id, (0, 0))[1]:
            used[product_id][company_id] = (release_id, number)
    return used


def companies_on(release: Release, on_date: date) -> list[OnRelease]:
    """List by name the companies on a release: by their last case, else perhaps by their licence.

    A company that has a licence of the product on the day, and whose release nobody knows, may be
    on it; it comes after those that are known to be.
    """
    return companies_on_each([release], on_date)[release.pk]


def companies_on_each(releases: Iterable[Release], on_date: date) -> dict[int, list[OnRelease]]:
    """Do what `companies_on` does for many releases, by their ids: three statements for all."""
    found = list(releases)
    products = {release.product_id for release in found}
    used, licensed = releases_in_use(products), licensed_companies(products, on_date)
    numbers: dict[int, dict[int, int | None]] = {}
    for release in found:
        in_use = used[release.product_id]
        numbers[release.pk] = dict.fromkeys(licensed[release.product_id] - in_use.keys()) | {
            company: number for company, (pk, number) in in_use.items() if pk == release.pk
        }
    wanted = {company for on_it in numbers.values() for company in on_it}
    companies = Company.objects.select_related("account_manager").in_bulk(wanted)
    return {pk: _in_order(on_it, companies) for pk, on_it in numbers.items()}


def _in_order(
    numbers: Mapping[int, int | None], companies: Mapping[int, Company]
) -> list[OnRelease]:
    rows = [OnRelease(companies[pk], number) for pk, number in numbers.items() if pk in companies]
    return sorted(rows, key=lambda row: (row.case_number is None, row.company.name, row.company.pk))


def licensed_companies(product_ids: Collection[int], on_date: date) -> dict[int, set[int]]:
    """Map products to the companies that have a verified licence which runs on a day."""
    running = Licence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on_date),
        product__in=product_ids,
        valid_from__lte=on_date,
        verified_at__isnull=False,
    )
    licensed: dict[int, set[int]] = {product_id: set() for product_id in product_ids}
    for product_id, company_id in running.values_list("product_id", "company_id"):
        licensed[product_id].add(company_id)
    return licensed


def counted_on(rows: Iterable[OnRelease]) -> tuple[int, int]:
    """Count the companies that are known to be on a release, and those that may be."""
    known = [row.case_number is not None for row in rows]
    return sum(known), len(known) - sum(known)


def _keep(release: Release) -> None:
    check_release(release)
    release.version_key = version_key(release.version)
    release.major = version_numbers(release.version)[0]
    release.support_ends_on = _last_day(release)
    taken = ReleaseIsThere(field="version", version=release.version)
    with refused_as(release_once_per_product=taken):
        release.save()


def _last_day(release: Release) -> date | None:
    if release.support_end == End.MONTH and release.support_ends_on is not None:
        return month_end(release.support_ends_on)
    return release.support_ends_on
