"""The notices of what ends: support of a release (DD-31, DD-32), a licence, its maintenance.

Part of the daily work. Each is queued under a key of what ends, its day and the number of days
before: repeating does nothing, another day makes another notice, and after an outage only the
nearest of several is sent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts import roles
from accounts.models import Company, Person
from accounts.queries import whereabouts
from entitlements.daily import register_daily
from entitlements.holdings import Holding, holdings_at, policy_at
from entitlements.models import Licence, Product, Release
from entitlements.release_lists import vendors_day
from entitlements.releases import companies_on, releases_of
from entitlements.support_end import last_supported_day
from entitlements.support_table import table_of
from entitlements.topics import recipients_of, topics_about
from outbox.actions import Queued, queue_messages
from sla.engine.policy import Policy

SUPPORT_ENDS = "support_ends"
CUSTOMERS_ON_IT = "support_ends_customers"
LICENCE_ENDS = "licence_ends"

LICENCE, MAINTENANCE = "licence", "maintenance"


@dataclass(frozen=True, slots=True)
class Ending:
    """A release whose support ends for some companies on a day, and which warning is due."""

    release: Release
    last_day: date
    days: int
    companies: tuple[Company, ...]

    @property
    def key(self) -> str:
        return f"{self.release.pk}:{self.last_day.isoformat()}:{self.days}"


class Latest(NamedTuple):
    """When a company's last licence for a product ends, and its last maintenance.

    `date.max` for a licence for ever, None for no maintenance at all.
    """

    licence: date
    maintenance: date | None


def register_notices() -> None:
    """Have them looked for every day."""
    register_daily("support_end_notices", notice_support_ends)
    register_daily("licence_notices", notice_licence_ends)


def due_warning(last_day: date, on_date: date, days: Iterable[int]) -> int | None:
    """Choose the warning that is due for something that ends: the nearest that has been reached.

    `days` are numbers of days before the end. None when none is reached yet, or it has ended.
    """
    left = (last_day - on_date).days
    return min((number for number in days if 0 <= left <= number), default=None)


def notice_support_ends(at: datetime) -> None:
    """Queue the warnings of releases whose support ends, for customers and account managers."""
    policy = policy_at(at)
    if policy is None or not policy.notices.support_end_days:
        return
    for product in Product.objects.filter(releases__isnull=False).distinct().order_by("pk"):
        for ending in endings_of(product, policy, at):
            _tell_customers(ending, policy, at)
            _tell_managers(ending, at)


def endings_of(product: Product, policy: Policy, at: datetime) -> Iterator[Ending]:
    """Find the releases of a product of which somebody is to be warned, with the companies on them.

    Each company by the rule for its own plan and edition, and on its own day. A release that ends
    on different days for different companies comes once for each.
    """
    releases = list(releases_of(product))
    today = vendors_day(at)
    for release in releases:
        release.product = product
        if not _may_end_soon(release, releases, policy, today):
            continue
        on_it = [row.company.pk for row in companies_on(release, today)]
        groups: dict[tuple[date, int], list[Company]] = {}
        for holding in holdings_at(at, on_it).values():
            due = _due(release, releases, holding)
            if due is not None:
                groups.setdefault(due, []).append(holding.company)
        for (last_day, days), companies in sorted(groups.items()):
            yield Ending(release, last_day, days, tuple(companies))


def notice_licence_ends(at: datetime) -> None:
    """Queue the warnings of licences and maintenance that end, for the company's admins (MX-01).

    Who has a later one for the same product is not warned. As many statements for
    any number of licences; read are those alone that end within the furthest warning.
    """
    policy = policy_at(at)
    if policy is None or not policy.notices.licence_days:
        return
    licences = _ending_within(max(policy.notices.licence_days), at)
    people = _admins_of({one.company_id for one in licences})
    latest = _latest_of(licences)
    messages = [
        _licence_message(licence, what, last_day, days, person_id)
        for licence in licences
        for what, last_day in _ends(licence, latest[licence.company_id, licence.product_id])
        for days in _warnings(last_day, licence.company, policy.notices.licence_days, at)
        for person_id in people.get(licence.company_id) or _manager_of(licence.company)
    ]
    queue_messages(messages=messages, at=at)


def _may_end_soon(release: Release, releases: list[Release], policy: Policy, today: date) -> bool:
    """Tell whether it is worth asking company by company: most releases end long ago or never."""
    furthest = max(policy.notices.support_end_days)
    rules = (*policy.supported_releases, None)
    ends = {last_supported_day(release, releases, rule) for rule in rules}
    # A day more on both sides, for somewhere it is tomorrow already, or still yesterday.
    return any(end is not None and -1 <= (end - today).days <= furthest + 1 for end in ends)


def _due(release: Release, releases: list[Release], holding: Holding) -> tuple[date, int] | None:
    facts = holding.facts_for(release.product)
    table = table_of(release.product, releases, holding.policy, facts, holding.on_date)
    row = table.row_of(release)
    if row is None or row.last_day is None or holding.policy is None:
        return None
    warnings = holding.policy.notices.support_end_days
    days = due_warning(row.last_day, holding.on_date, warnings)
    return None if days is None else (row.last_day, days)


def _tell_customers(ending: Ending, policy: Policy, at: datetime) -> None:
    topics = topics_about(policy, "support_end")
    companies = [company.pk for company in ending.companies]
    messages = [
        Queued(
            kind=SUPPORT_ENDS,
            recipient_id=one.person_id,
            refs={
                "release": ending.release.pk,
                "last_day": ending.last_day.isoformat(),
                "topic": one.topic,
            },
            dedupe_key=f"{SUPPORT_ENDS}:{ending.key}:{one.person_id}",
        )
        for one in recipients_of(topics, ending.release.product, at, companies)
    ]
    queue_messages(messages=messages, at=at)


def _tell_managers(ending: Ending, at: datetime) -> None:
    """One mail for each account manager, about all companies that are theirs."""
    managers = {pk for company in ending.companies for pk in _manager_of(company)}
    messages = [
        Queued(
            kind=CUSTOMERS_ON_IT,
            recipient_id=pk,
            refs={"release": ending.release.pk, "last_day": ending.last_day.isoformat()},
            dedupe_key=f"{CUSTOMERS_ON_IT}:{ending.key}:{pk}",
        )
        for pk in sorted(managers)
    ]
    queue_messages(messages=messages, at=at)


def _ending_within(days: int, at: datetime) -> list[Licence]:
    """Find the verified licences that end, or whose maintenance does, within so many days."""
    today = at.astimezone(UTC).date()
    # A day more on both sides, for somewhere it is tomorrow already, or still yesterday.
    soon = (today - timedelta(days=1), today + timedelta(days=days + 1))
    ending = Q(valid_until__range=soon) | Q(maintenance_until__range=soon)
    licences = _verified().filter(ending).order_by("pk")
    return list(licences.select_related("company__tenant", "company__account_manager"))


def _latest_of(licences: list[Licence]) -> dict[tuple[int, int], Latest]:
    """Map companies and products of licences to the latest ends of all that the company has."""
    rows = (
        _verified()
        .filter(company__in={one.company_id for one in licences})
        .values_list("company_id", "product_id")
        .annotate(
            licence=Max(Coalesce("valid_until", Value(date.max))),
            maintenance=Max("maintenance_until"),
        )
    )
    return {(company, product): Latest(*ends) for company, product, *ends in rows}


def _verified() -> QuerySet[Licence]:
    return Licence.objects.filter(verified_at__isnull=False)


def _ends(licence: Licence, latest: Latest) -> Iterator[tuple[str, date]]:
    """List what of a licence ends, and when, unless another one of the company goes on."""
    until, maintenance = licence.valid_until, licence.maintenance_until
    if until is not None and until == latest.licence:
        yield LICENCE, until
    # Said once: a licence that ends takes its maintenance with it.
    if maintenance is None or (until is not None and until <= maintenance):
        return
    if maintenance == latest.maintenance:
        yield MAINTENANCE, maintenance


def _warnings(
    last_day: date, company: Company, warnings: tuple[int, ...], at: datetime
) -> tuple[int, ...]:
    days = due_warning(last_day, whereabouts(company=company).date_at(at), warnings)
    return () if days is None else (days,)


def _licence_message(
    licence: Licence, what: str, last_day: date, days: int, person_id: int
) -> Queued:
    return Queued(
        kind=LICENCE_ENDS,
        recipient_id=person_id,
        refs={"licence": licence.pk, "what": what, "last_day": last_day.isoformat()},
        dedupe_key=f"{LICENCE_ENDS}:{licence.pk}:{what}:{last_day.isoformat()}:{days}:{person_id}",
    )


def _admins_of(company_ids: set[int]) -> dict[int, list[int]]:
    admins = Person.objects.filter(
        company__in=company_ids, role=roles.COMPANY_ADMIN, is_active=True
    ).exclude(email="")
    found: dict[int, list[int]] = {}
    for company_id, pk in admins.order_by("pk").values_list("company", "pk"):
        found.setdefault(company_id, []).append(pk)
    return found


def _manager_of(company: Company) -> list[int]:
    manager = company.account_manager
    return [manager.pk] if manager is not None and manager.is_active else []
