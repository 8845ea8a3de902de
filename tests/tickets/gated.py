"""A company at the gate: what it has bought, and opening a case by any channel."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from accounts.actions import add_company, add_person
from accounts.models import Company, Person
from accounts.tenancy import tenant
from entitlements.actions import sign_contract
from entitlements.balances import balance_at
from entitlements.ledger import add_points
from entitlements.licences import add_licence
from entitlements.models import Contract, Licence, PointsLot
from sla.actions import load_document
from tests.packs import pack_for
from tests.twins import Twin
from tickets.actions.opening import open_case
from tickets.filing import Weighed, Wish, weigh
from tickets.models import Case

# A Monday, 10:00 in Berlin.
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEVER = None
# Before the oldest of the releases that the vendors' tables name.
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def publish_changed(twin: Twin, pack: str, *changes: tuple[str, str]) -> None:
    """Publish a pack in which some words are replaced, in effect since long ago."""
    text = pack_for(twin.tenant.slug, pack)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    with tenant(twin.tenant):
        load_document(text=text, by=None, at=LONG_AGO)


@dataclass
class Buyer:
    """A company of a vendor's with nothing bought yet. Used inside the vendor's tenant."""

    twin: Twin
    company: Company
    contact: Person
    admin: Person

    def sign(self, plan: str = "", **facts: Any) -> Contract:
        facts = {"starts_on": date(2026, 1, 1), "at": AT} | facts
        return sign_contract(company=self.company, plan=plan, **facts)

    def buy(self, points: int, *, at: datetime = LONG_AGO, until: datetime | None = NEVER):
        number = PointsLot.objects.filter(company=self.company).count()
        return add_points(
            company=self.company,
            points=points,
            source=PointsLot.Source.PURCHASE,
            reason_key=f"bought-{self.company.pk}-{number}",
            by=None,
            at=at,
            expires_at=until,
        )

    def license(self, *, by: Person | None = None, **facts: Any) -> Licence:
        number = f"L-{self.company.pk}-{self.company.licences.count()}"
        facts = {"number": number, "valid_from": date(2020, 1, 1)} | facts
        return add_licence(
            company=self.company,
            product=facts.pop("product", self.twin.product),
            by=by or self.twin.manager,
            at=AT,
            **facts,
        )

    def wish(self, channel: str = "portal", **facts: Any) -> Wish:
        return Wish(company=self.company, contact=self.contact, channel=channel, **facts)

    def filer(self, channel: str) -> Person:
        """Name who files by a channel: the contact, or the agent who takes the call."""
        return self.twin.agent if channel == "phone" else self.contact

    def weigh(self, channel: str = "portal", *, at: datetime = AT, **facts: Any) -> Weighed:
        return weigh(self.wish(channel, **facts), by=self.filer(channel), at=at)

    def open(self, channel: str = "portal", *, at: datetime = AT, **facts: Any) -> Case:
        return open_case(
            wish=self.wish(channel, **facts),
            subject="Import hangs",
            body="Since Friday.",
            by=self.filer(channel),
            at=at,
        )

    def balance(self, at: datetime = AT) -> int:
        return balance_at(self.company, at)


def buyer(twin: Twin, name: str = "Buyer") -> Buyer:
    """Add a company in Berlin with a contact and an admin, in the tenant that is entered."""
    company = add_company(name=name, time_zone="Europe/Berlin", country="DE")
    people = [
        add_person(
            name=f"{name} {role}",
            role=role,
            email=f"{role}@{name.lower()}.test",
            company=company,
        )
        for role in ("contact", "company_admin")
    ]
    return Buyer(twin, company, *people)


def codes(weighed: Weighed) -> list[str]:
    return [refusal.code for refusal in weighed.refusals]


def notes(weighed: Weighed) -> list[str]:
    return [notice.code for notice in weighed.notices]
