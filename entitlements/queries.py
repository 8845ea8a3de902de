"""Which contract counts."""

from datetime import date

from django.db.models import F, Q, QuerySet

from accounts.models import Company
from entitlements.models import Contract, Product


def contracts_on(company: Company, on_date: date) -> QuerySet[Contract]:
    """List the company's contracts that run on a day, both ends included."""
    return company.contracts.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on_date), starts_on__lte=on_date
    ).select_related("product")


def contract_of(company: Company, product: Product | None, on_date: date) -> Contract | None:
    """Find the contract that counts for a product on a day: the product's own before the general.

    Of two alike the later one counts. Without a product only general contracts do. None if none.
    """
    product_id = product.pk if product else None
    fitting = contracts_on(company, on_date).filter(
        Q(product_id=product_id) | Q(product_id__isnull=True)
    )
    return fitting.order_by(F("product_id").asc(nulls_last=True), "-starts_on", "-id").first()
