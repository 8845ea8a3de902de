"""A Scalix customer with points of a known number and end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from accounts.actions import add_person
from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.ledger import add_points
from entitlements.models import Contract
from tests.portal import vendors
from tests.portal.vendors import Vendor, open_vendor

# A Friday of 2083, 10:00 in New York: desk time only moves forward.
FRIDAY = datetime(2083, 6, 4, 14, 0, tzinfo=UTC)
# The end of 2 June 2084 in New York.
NEXT_JUNE = datetime(2084, 6, 3, 4, 0, tzinfo=UTC)


@dataclass
class Scalix:
    """The vendor, and a client of its customer."""

    world: Vendor
    client: Client
    manager: Person

    def balance(self, at: datetime = FRIDAY) -> int:
        with tenant(self.world.tenant):
            return balance_at(self.world.company, at)

    def sell(self, points: int, until: datetime = NEXT_JUNE) -> None:
        with tenant(self.world.tenant):
            add_points(
                company=self.world.company,
                points=points,
                source="purchase",
                reason_key=f"order-{points}-{until:%Y%m%d}",
                by=None,
                at=datetime(2083, 6, 1, 14, 0, tzinfo=UTC),
                expires_at=until,
            )

    def buy_edition(self, edition: str) -> None:
        with tenant(self.world.tenant):
            Contract.objects.update(edition=edition)


def open_scalix(browse, set_desk_time, monkeypatch, *, points: int) -> Scalix:
    """Open the vendor on a Friday; its customer has so many points."""
    monkeypatch.setattr(vendors, "entitle", lambda company: None)
    world = open_vendor("scalix")
    with tenant(world.tenant):
        manager = add_person(name="Mara Manager", role="manager", email="mara@desk.test")
    set_desk_time(FRIDAY)
    found = Scalix(world, browse(world.tenant, world.contact), manager)
    if points:
        found.sell(points)
    return found
