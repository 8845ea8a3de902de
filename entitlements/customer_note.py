"""Telling the customers whose promises a new version of the policy changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company, Person, Tenant
from accounts.places import site_url
from accounts.roles import CUSTOMERS
from accounts.tenancy import current_tenant_id, desk_now
from accounts.zones import moment_text
from entitlements.models import Contract
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered, register
from sla.comparison import Difference
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.models import PolicyVersion
from sla.promises import plans_affected, promised_changes
from sla.queries import (
    access_version,
    current_policy,
    original_version,
    policy_before,
    policy_version,
)
from sla.registry import register_publish_figure, register_publish_listener

KIND = "policy_note"


@dataclass(frozen=True, slots=True)
class Touched:
    """The people to be told, and of how many companies they are."""

    people: tuple[Person, ...]
    companies: int


def register_customer_note() -> None:
    """Have customers told of versions, and the number of them shown before."""
    register(KIND, _may_have, _render)
    register_publish_listener("customer_note", tell_customers)
    register_publish_figure("customer_note", customers_figure)


def tell_customers(
    version: PolicyVersion, open_cases: str, by: Person | None, at: datetime
) -> None:
    """Queue the note of a version, if it has one, to everybody whose promises it changes.

    At publishing, not when the version begins: the mail says from when.
    """
    before = policy_before(version)
    if not version.customer_note.strip() or before is None:
        return
    touched = touched_by(before.original, original_version(version.pk), _day(version.effective_at))
    messages = [
        Queued(
            kind=KIND,
            recipient_id=person.pk,
            refs={"version": version.number},
            dedupe_key=f"{KIND}:{version.number}:{person.pk}",
        )
        for person in touched.people
    ]
    queue_messages(messages=messages, at=at)


def customers_figure(policy: Policy) -> str | None:
    """Say how many people a note to customers would go to, if it were published now."""
    at = desk_now()
    try:
        before = current_policy(at).original
    except NoPolicy:
        return None
    touched = touched_by(before, policy, _day(at))
    if not touched.people:
        return _("No customer's promises change: a note to customers would go to nobody.")
    people = ngettext("%(number)d person", "%(number)d people", len(touched.people))
    companies = ngettext("%(number)d company", "%(number)d companies", touched.companies)
    return _("A note to customers would go to %(people)s of %(companies)s.") % {
        "people": people % {"number": len(touched.people)},
        "companies": companies % {"number": touched.companies},
    }


def touched_by(before: Policy, after: Policy, on: date) -> Touched:
    """Find who may file cases for a company with a plan whose promises change.

    A company's plans are those of its contracts that run on the day `on` (of the vendor's zone);
    without any it has the default one.
    """
    affected = plans_affected(before, after)
    companies = [
        company_id
        for company_id, plans in _plans_of_companies(Company.objects.values_list("pk"), on).items()
        if plans & affected
    ]
    people = Person.objects.filter(
        role__in=CUSTOMERS, is_active=True, may_file=True, company__in=companies
    ).exclude(email="")
    found = tuple(people.order_by("name", "id"))
    return Touched(found, len({person.company_id for person in found}))


def _plans_of_companies(companies: Iterable[tuple[int]], on: date) -> dict[int, set[str]]:
    """Map companies to the plans of their running contracts; "" for those without."""
    plans: dict[int, set[str]] = {company_id: set() for (company_id,) in companies}
    running = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, company__in=plans
    )
    for company_id, plan in running.values_list("company_id", "plan"):
        plans[company_id].add(plan)
    return {company_id: named or {""} for company_id, named in plans.items()}


def is_addressee(person: Person) -> bool:
    """Tell whether a person hears of the policy for a company."""
    return person.is_customer and person.may_file and person.may("file_case")


def zone_of(person: Person) -> str:
    """Find the zone on whose clock a customer reads: the person's, the company's, the vendor's."""
    return person.time_zone or person.company.time_zone or person.tenant.time_zone


def _day(at: datetime) -> date:
    zone = Tenant.objects.get(pk=current_tenant_id()).time_zone
    return at.astimezone(ZoneInfo(zone)).date()


def _may_have(person: Person, refs: Refs) -> bool | str:
    if not is_addressee(person):
        return False
    if access_version(int(refs["version"])).withdrawn_at is not None:
        return _("The version is withdrawn.")
    return True


def _render(person: Person, refs: Refs) -> Rendered:
    version = access_version(int(refs["version"]))
    vendor = person.tenant
    context = {
        "person": person,
        "vendor": vendor,
        "words": version.customer_note.strip(),
        "changes": _changes_of(person, version),
        "begins": moment_text(version.effective_at, zone_of(person)),
        "open_cases": version.open_cases,
        "url": site_url(vendor, reverse("portal:policy")),
    }
    subject = _("Our support policy changes: what is new for you")
    return Rendered(subject=subject, body=render_to_string("mail/policy_note.txt", context))


def _changes_of(person: Person, version: PolicyVersion) -> list[Difference]:
    before = policy_before(version)
    if before is None:
        return []
    after = policy_version(version.pk)
    return changes_for(person, before.policy, after, version.effective_at)


def changes_for(person: Person, before: Policy, after: Policy, at: datetime) -> list[Difference]:
    """List what changes at `at` of what is promised to a person's company, each change once."""
    plans = _plans_of_companies([(person.company_id,)], _day(at))[person.company_id]
    named = sorted(plans & plans_affected(before, after))
    changes = (change for plan in named for change in promised_changes(before, after, plan))
    return list(dict.fromkeys(changes))
