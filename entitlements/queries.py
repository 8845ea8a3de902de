"""Which contract counts."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Company, Person
from accounts.queries import whereabouts
from entitlements.models import Contract, Product, Release


def visible_contracts(by: Person) -> QuerySet[Contract]:
    """List the contracts that `by` may see: the desk all of them, a customer the own company's."""
    beside = ("company", "product", "renewal_contact")
    contracts = Contract.objects.select_related(*beside).prefetch_related("lines").order_by("id")
    return contracts.filter(company=by.company_id) if by.is_customer else contracts


def contracts_on(company: Company, on_date: date) -> QuerySet[Contract]:
    """List the company's contracts that run on a day, both ends included."""
    return company.contracts.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on_date), starts_on__lte=on_date
    ).select_related("product")


def contracts_beside(contract: Contract) -> QuerySet[Contract]:
    """List the company's other contracts for the very same, product or all, on any of its days."""
    alike = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=contract.starts_on),
        company_id=contract.company_id,
    ).exclude(pk=contract.pk)
    if contract.product_id is None:
        alike = alike.filter(product_id__isnull=True)
    else:
        alike = alike.filter(product_id=contract.product_id)
    if contract.ends_on is not None:
        alike = alike.filter(starts_on__lte=contract.ends_on)
    return alike.order_by("starts_on", "id")


def contract_of(company: Company, product: Product | None, on_date: date) -> Contract | None:
    """Find the contract that counts for a product on a day, as `contract_among` does."""
    return contract_among(contracts_on(company, on_date), product)


def contract_among(running: Iterable[Contract], product: Product | None) -> Contract | None:
    """Choose the contract that counts of those that run: the product's own before the general one.

    Of two alike the later one counts. Where no product is named, a general contract counts, else
    the only one that there is. None if none. Pure.
    """
    known = list(running)
    wanted = (product.pk if product else None, None)
    fitting = [contract for contract in known if contract.product_id in wanted]
    if product is None and not fitting and len(known) == 1:
        return known[0]
    return max(
        fitting,
        key=lambda one: (one.product_id is not None, one.starts_on, one.pk),
        default=None,
    )


def products_with_releases() -> QuerySet[Product]:
    """List the vendor's products by name, each with its `releases`, the newest first."""
    newest = Release.objects.order_by("-version_key", "-id")
    products = Product.objects.order_by("name", "id")
    return products.prefetch_related(Prefetch("releases", newest))


def today_of(company: Company, at: datetime) -> date:
    """Read a company's own calendar: contracts, terms and lines go by it."""
    return whereabouts(company=company).date_at(at)


def running_contracts(at: datetime) -> list[tuple[Contract, date]]:
    """List the contracts of all companies that run at a moment, each with its company's date."""
    # No zone is a day away from UTC.
    first, last = (at + timedelta(days=1)).date(), (at - timedelta(days=1)).date()
    about = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=last), starts_on__lte=first
    )
    about = about.select_related("company__tenant", "product", "renewal_contact").order_by("id")
    dated = [(contract, today_of(contract.company, at)) for contract in about]
    return [
        (contract, on_date)
        for contract, on_date in dated
        if contract.starts_on <= on_date
        and (contract.ends_on is None or on_date <= contract.ends_on)
    ]


def products_covered(company: Company, on_date: date) -> QuerySet[Product]:
    """List by name the products for which the company has a contract on a day.

    A general contract covers them all, and so does the plan that needs none to be bought.
    """
    products = Product.objects.order_by("name", "id")
    named = set(contracts_on(company, on_date).values_list("product_id", flat=True))
    return products if not named or None in named else products.filter(pk__in=named)


def product_codes() -> list[tuple[str, str]]:
    """List the vendor's products as code and name, by name."""
    return list(Product.objects.order_by("name", "id").values_list("code", "name"))
