"""What the demo's customers have bought: points, licences, releases, and days that come near.

Told through the actions with moments in the past, between the cases that use it up.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from accounts.actions import add_company, add_person
from accounts.domains import add_domain
from accounts.models import Company, Person
from entitlements.actions import change_contract
from entitlements.deliveries import mark_delivered, use_seats
from entitlements.downloads import add_download
from entitlements.first_purchase import grant_first_purchase
from entitlements.ledger import expire_lots
from entitlements.licences import add_licence
from entitlements.models import BenefitItem, Download, Registration, Release
from entitlements.queries import today_of
from entitlements.registration import Said, prove_address, register_customer
from entitlements.releases import add_release
from entitlements.requests import ask_for_entitlement
from entitlements.selling import sell_pack
from supportdesk.demo.cast import Cast
from supportdesk.demo.sign_ins import LAPSED

End = Release.End
Happening = tuple[datetime, Callable[[], object]]

# For each company: days ago, pack, invoice. What it was granted and what its cases cost leave the
# first company 20 points: enough for the form, too few for a call.
PACKS = (
    ((250, "pack_110", "INV-2207"),),
    ((380, "pack_110", "INV-1034"), (340, "pack_180", "INV-1391"), (30, "pack_50", "INV-3120")),
    ((90, "pack_110", "INV-2988"),),
)
GRANTED, GRANTED_DAYS_AGO = 20, 300
# When the oldest of them was entered as over; it ended two days before.
EXPIRED_DAYS_AGO = 13

SERVER_RELEASES = (
    ("9.2", date(2004, 6, 15)),
    ("10.0", date(2006, 3, 20)),
    ("11.0", date(2007, 2, 12)),
    ("11.4", date(2008, 4, 14)),
    ("12.0", date(2013, 10, 8)),
)
# Which of them each company uses, and how soon one of them ends.
SERVERS_IN_USE = ("11.4", "11.0", "12.0")
ENDING, ENDING_DAYS = "11.0", 60

# DD-32: what the document says of each. The days of the months are not in it.
STORAGEX_RELEASES = (
    ("7.6.0", date(2015, 3, 1), End.MONTH, date(2016, 8, 1)),
    ("7.7.0", date(2015, 11, 1), End.MONTH, date(2017, 5, 1)),
    ("7.8.0", date(2016, 8, 1), End.TO_BE_DETERMINED, None),
)
STORAGEX_DOWNLOADS = (
    (Download.Kind.RELEASE, "StorageX 7.8.0", "storagex-7.8.0.zip"),
    (Download.Kind.SERVICE_PACK, "StorageX 7.8.0 Service Pack 1", "storagex-7.8.0-sp1.zip"),
    (Download.Kind.FIX, "Replication of long paths", "storagex-7.8.0-fix-2214.zip"),
)
# For each company: number, days to the end of the licence (none: for ever) and of maintenance.
LICENCES = (
    ("STX-4410-LONE", 400, 200),
    ("STX-4471-UNIO", 25, -40),
    ("STX-4502-SAGU", None, 12),
)
LICENSED_DAYS_AGO = 700

# Days to the end of the contracts of all companies but the first.
CONTRACT_DAYS = (75, 25)

STRANGERS = (
    (
        30,
        Said(
            name="Dolores Vega",
            email="dvega@saguaro-health.example",
            company_name="Saguaro Health Inc.",
            licence_number="STX-4502-SAGU",
            phone="602-555-0144",
            time_zone="America/Phoenix",
        ),
    ),
    (3, Said(name="Pat Lind", email="pat.lind@gmail.com", company_name="Lonestar Energy")),
)


def sell(vendor: str, cast: Cast, now: datetime) -> None:
    """Give a vendor's customers what they have before their cases begin."""
    SOLD.get(vendor, _nothing)(cast, now)


def purchases(vendor: str, cast: Cast, now: datetime) -> list[Happening]:
    """List what is bought, and when, so that it can be told between the cases."""
    return list(PURCHASES.get(vendor, _no_purchases)(cast, now))


def settle(vendor: str, cast: Cast, now: datetime) -> None:
    """Do what follows the cases: deliveries, and people who wait for an answer."""
    SETTLED.get(vendor, _nothing)(cast, now)


def _nothing(_cast: Cast, _now: datetime) -> None:
    pass


def _no_purchases(_cast: Cast, _now: datetime) -> Iterator[Happening]:
    yield from ()


def _grant(cast: Cast, at: datetime) -> None:
    grant_first_purchase(
        company=cast.companies[0],
        grant="first_purchase",
        points=GRANTED,
        by=_manager(),
        at=at,
    )


def _sell_pack(company: Company, pack: str, invoice: str, at: datetime) -> None:
    sell_pack(
        company=company,
        pack=pack,
        reference=invoice,
        bought_on=today_of(company, at),
        by=Person.objects.get(role="account_manager"),
        at=at,
    )


def _purchases(cast: Cast, now: datetime) -> Iterator[Happening]:
    at = _ago(now, GRANTED_DAYS_AGO)
    yield at, partial(_grant, cast, at)
    for company, packs in zip(cast.companies, PACKS, strict=True):
        for days, pack, invoice in packs:
            at = _ago(now, days)
            yield at, partial(_sell_pack, company, pack, invoice, at)
    at = _ago(now, EXPIRED_DAYS_AGO)
    yield at, partial(expire_lots, at=at)


def _release_servers(cast: Cast, now: datetime) -> None:
    ends_on = now.date() + timedelta(days=ENDING_DAYS)
    made = {
        version: add_release(
            product=cast.product,
            version=version,
            released_on=released_on,
            support_end=End.DAY if version == ENDING else End.BY_RULE,
            support_ends_on=ends_on if version == ENDING else None,
        )
        for version, released_on in SERVER_RELEASES
    }
    for company, version in zip(cast.companies, SERVERS_IN_USE, strict=True):
        cast.releases[company.pk] = made[version]


def _license(cast: Cast, now: datetime) -> None:
    for version, released_on, end, ends_on in STORAGEX_RELEASES:
        release = add_release(
            product=cast.product,
            version=version,
            released_on=released_on,
            support_end=end,
            support_ends_on=ends_on,
        )
    for number, (kind, name, file) in enumerate(STORAGEX_DOWNLOADS):
        add_download(
            release=release,
            kind=kind,
            name=name,
            address=f"https://downloads.example/{file}",
            published_on=release.released_on + timedelta(days=120 * number),
        )
    for company, (number, days, maintenance) in zip(cast.companies, LICENCES, strict=True):
        cast.releases[company.pk] = release
        _add_licence(cast, company, number, days, maintenance, now)
    add_domain(company=cast.companies[0], domain="lonestar-energy.example")
    _add_lapsed_customer(cast, now)


def _add_lapsed_customer(cast: Cast, now: datetime) -> None:
    """Add a company whose licence is over, and that has named another one which nobody has seen."""
    company = add_company(name="Pecos Biotech", time_zone="America/Chicago", country="US")
    password = Person.objects.values_list("password", flat=True).get(pk=cast.contacts[0].pk)
    contact = add_person(name="Hank Ford", role="contact", email=LAPSED, company=company)
    Person.objects.filter(pk=contact.pk).update(password=password)
    _add_licence(cast, company, "STX-3987-PECO", -45, -45, now)
    add_licence(
        company=company,
        product=cast.product,
        number="STX-5006-PECO",
        valid_from=now.date() - timedelta(days=2),
        by=contact,
        at=_ago(now, 2),
    )


def _add_licence(
    cast: Cast, company: Company, number: str, days: int | None, maintenance: int, now: datetime
) -> None:
    add_licence(
        company=company,
        product=cast.product,
        number=number,
        valid_from=now.date() - timedelta(days=LICENSED_DAYS_AGO),
        valid_until=None if days is None else now.date() + timedelta(days=days),
        maintenance_until=now.date() + timedelta(days=maintenance),
        by=_manager(),
        at=_ago(now, LICENSED_DAYS_AGO),
    )


def _let_contracts_end(cast: Cast, now: datetime) -> None:
    """Let contracts come to their end, each with somebody who is told before (MX-01)."""
    for company, days in zip(cast.companies[1:], CONTRACT_DAYS, strict=True):
        contract = company.contracts.get()
        contract.ends_on = now.date() + timedelta(days=days)
        contract.renewal_contact = company.people.get(role="company_admin")
        change_contract(contract=contract, at=now)


def _deliver(cast: Cast, now: datetime) -> None:
    """Deliver what a plan owes but for the last, and give two of its seats away (SP-18, SP-19)."""
    due = BenefitItem.objects.filter(due_on__lt=now.date(), done_on=None).order_by("due_on")
    for item in list(due)[:-1]:
        at = _ago(now, (now.date() - item.due_on).days)
        mark_delivered(item_id=item.pk, by=_manager(), at=at)
    use_seats(
        contract=cast.companies[2].contracts.get(),
        benefit="training",
        quantity=2,
        note="Administration I, Elsa and Sven",
        by=_manager(),
        at=_ago(now, 20),
    )


def _ask_for_a_pack(cast: Cast, now: datetime) -> None:
    """Have somebody ask for points, which a manager or the account manager sells (SC-19)."""
    ask_for_entitlement(
        kind="pack",
        pack="pack_180",
        words="Harvest begins in two weeks and we want to be on the safe side.",
        by=cast.contacts[1],
        at=now - timedelta(hours=2),
    )


def _ask_for_an_exception(now: datetime) -> None:
    """Have somebody whose licence is over ask to be let through (DD-33)."""
    ask_for_entitlement(
        kind="override",
        codes=["licence_expired"],
        subject="Replication stops on long paths",
        channel="portal",
        words="The renewal is signed, the new number comes next week.",
        by=Person.objects.get(email=LAPSED),
        at=now - timedelta(hours=1),
    )


def _settle_points(cast: Cast, now: datetime) -> None:
    _deliver(cast, now)
    _ask_for_a_pack(cast, now)


def _settle_licences(_cast: Cast, now: datetime) -> None:
    _let_strangers_wait(now)
    _ask_for_an_exception(now)


def _let_strangers_wait(now: datetime) -> None:
    """Have strangers ask for accounts and open their links (DD-17)."""
    for hours, said in STRANGERS:
        at = now - timedelta(hours=hours)
        register_customer(said=said, at=at)
        asked = Registration.objects.get(email=said.email)
        prove_address(digest=asked.token_digest, at=at + timedelta(minutes=4))


def _manager() -> Person:
    return Person.objects.filter(role="manager").earliest("pk")


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


Told = Callable[[Cast, datetime], None]

SOLD: dict[str, Told] = {
    "scalix": _release_servers,
    "datadynamics": _license,
    "metalogix": _let_contracts_end,
}
PURCHASES: dict[str, Callable[[Cast, datetime], Iterator[Happening]]] = {"scalix": _purchases}
SETTLED: dict[str, Told] = {"scalix": _settle_points, "datadynamics": _settle_licences}
