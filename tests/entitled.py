"""What the gate asks of a company under a pack before it may open cases, given by actions."""

from datetime import UTC, date, datetime

from accounts.actions import add_person
from accounts.models import Company, Person
from entitlements.ledger import add_points
from entitlements.licences import add_licence
from entitlements.lines import change_line
from entitlements.models import ContractLine, Licence, PointsLot, Product
from sla.errors import NoPolicy
from sla.queries import latest_policy

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PLENTY = 100_000


def entitle(company: Company) -> None:
    """Give a company points that never end, and verified licences, where the policy asks for them.

    In the tenant that is entered; nothing happens where it has some already.
    """
    try:
        policy = latest_policy().policy
    except NoPolicy:
        return
    if policy.has_points and not PointsLot.objects.filter(company=company).exists():
        give_plenty(company)
    if policy.licence.required:
        for product in Product.objects.exclude(licences__company=company):
            license_for(company, product)


def give_plenty(company: Company) -> PointsLot:
    return add_points(
        company=company,
        points=PLENTY,
        source=PointsLot.Source.GRANT,
        reason_key=f"plenty-{company.pk}",
        by=None,
        at=LONG_AGO,
        expires_at=None,
    )


def license_for(company: Company, product: Product) -> Licence:
    return add_licence(
        company=company,
        product=product,
        number=f"L-{company.pk}-{product.pk}",
        valid_from=date(2020, 1, 1),
        by=a_manager(),
        at=LONG_AGO,
    )


def a_manager() -> Person:
    """Find who may verify licences, or make somebody."""
    found = Person.objects.filter(role="manager").first()
    return found or add_person(name="Mara Manager", role="manager", email="mara@desk.test")


def end_line(*, line: ContractLine, ends_on: date) -> None:
    """Let a subscription end with a day, as the page of the contract does."""
    line.ends_on = ends_on
    change_line(line=line)
