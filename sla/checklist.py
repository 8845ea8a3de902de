"""What a vendor still needs before its customers can come, beside the policy's own contents.

None of it stands in the way of publishing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import roles
from accounts.brand import brand_of
from accounts.models import Company, Person, Team, Tenant
from accounts.tenancy import current_tenant_id
from sla.engine.parts import TIERS
from sla.engine.policy import Policy
from sla.models import PolicyVersion
from sla.registry import ChecklistItem, checklist_items

_ROLE_NAMES = dict(Person.Role.choices)
# Whom a step of the ladder names by role, and who is found whatever the case is.
_FOUND_BY_ROLE = (roles.LEAD, roles.MANAGER, roles.DISPATCHER)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What there is to do, in order; `settings` are those of the items that are required."""

    items: tuple[ChecklistItem, ...]
    settings: tuple[ChecklistItem, ...] = ()

    @property
    def missing_settings(self) -> list[ChecklistItem]:
        """List the required settings that are not there."""
        return [item for item in self.settings if not item.is_done]

    @property
    def open_items(self) -> list[ChecklistItem]:
        return [item for item in self.items if not item.is_done]

    @property
    def done_items(self) -> list[ChecklistItem]:
        return [item for item in self.items if item.is_done]


def checklist(policy: Policy) -> Checklist:
    """List what the entered vendor needs, done or not; `policy` is its working copy's."""
    settings = tuple(_settings(policy))
    return Checklist(
        (
            *settings,
            *_promises(policy),
            *_sold(policy),
            *_people(policy),
            _customer(),
            *checklist_items(policy),
            _published(),
        ),
        settings,
    )


def _settings(policy: Policy) -> Iterator[ChecklistItem]:
    """Ask for the vendor's settings (DD-43, MX-01, MX-24, MS-03)."""
    contact = policy.contact
    numbers, addresses = (
        reverse("admin:sla_policydraft_section", args=[section])
        for section in ("phones", "contact")
    )
    phones = bool(policy.phones) and all(phone.hours for phone in policy.phones)
    yield ChecklistItem(
        _("Phone numbers, each with the hours in which it is answered"), phones, numbers
    )
    yield ChecklistItem(_("The support e-mail address"), bool(contact.support_email), addresses)
    yield ChecklistItem(_("The address of the portal"), bool(contact.portal), addresses)
    yield ChecklistItem(_("The contact for renewals"), bool(contact.renewal_email), addresses)
    vendor = Tenant.objects.get(pk=current_tenant_id())
    brand, face = brand_of(), reverse("admin:accounts_brand_changelist")
    zone = _("One time zone for the vendor and for its policy: %(one)s and %(other)s")
    told = zone % {"one": vendor.time_zone, "other": policy.time_zone}
    yield ChecklistItem(told, vendor.time_zone == policy.time_zone, face)
    yield ChecklistItem(_("A logo"), bool(brand and brand.logo_sha), face)
    yield ChecklistItem(_("A colour"), bool(brand and brand.colour), face)


def _promises(policy: Policy) -> Iterator[ChecklistItem]:
    page = reverse("admin:sla_policydraft_changelist")
    first = [row for row in policy.targets if row.clock == "first_response" and row.promised]
    promised = any(row.target.kind != "none" for row in first)
    targets = reverse("admin:sla_policydraft_targets", args=["first_response"])
    yield ChecklistItem(_("A first response that is promised"), promised, targets)
    needs_none = promised and all(row.calendar is None for row in policy.targets)
    yield ChecklistItem(_("Opening hours"), bool(policy.calendars) or needs_none, page)


def _sold(policy: Policy) -> Iterator[ChecklistItem]:
    """Ask for what points and licences need beside them; of nothing where there are none."""
    prices, packs, life, notices = (
        reverse("admin:sla_policydraft_section", args=[section])
        for section in ("prices", "packs", "points", "notices")
    )
    gives_points = bool(policy.packs or policy.grants) or any(
        plan.included_points for plan in policy.plans
    )
    if policy.has_points or gives_points:
        yield ChecklistItem(_("Prices of cases in points"), policy.has_points, prices)
        yield ChecklistItem(_("Packs in which points are sold"), bool(policy.packs), packs)
        told = _("How long points can be used")
        yield ChecklistItem(told, policy.points.life is not None, life)
    if policy.licence.required:
        told = _("How long before its end people are told of a licence")
        yield ChecklistItem(told, bool(policy.notices.licence_days), notices)


def _people(policy: Policy) -> Iterator[ChecklistItem]:
    """Ask for a team in every tier that a case comes to, and for whom the ladder tells."""
    members = Person.objects.filter(is_active=True, teams=OuterRef("pk"))
    teams = Team.objects.filter(Exists(members), tier__isnull=False)
    manned = set(teams.values_list("tier", flat=True))
    for tier in sorted(_tiers(policy)):
        text = _("Somebody in a team of Level %(tier)d") % {"tier": tier}
        yield ChecklistItem(text, tier in manned, reverse("admin:accounts_team_changelist"))
    there = set(Person.objects.filter(is_active=True).values_list("role", flat=True).distinct())
    told = {role for step in policy.ladder for role in step.roles}
    for role in _FOUND_BY_ROLE:
        if role in told:
            text = _("Somebody with the role “%(role)s”") % {"role": _ROLE_NAMES[role]}
            yield ChecklistItem(text, role in there, reverse("admin:accounts_person_changelist"))
    if roles.ACCOUNT_MANAGER in told:
        done = Company.objects.filter(account_manager__isnull=False).exists()
        companies = reverse("admin:accounts_company_changelist")
        yield ChecklistItem(_("An account manager for a company"), done, companies)


def _customer() -> ChecklistItem:
    """Ask for somebody who can file the first case."""
    filing = Person.objects.filter(is_active=True, may_file=True, role__in=roles.CUSTOMERS)
    people = reverse("admin:accounts_person_changelist")
    text = _("A company with a person who may file cases")
    return ChecklistItem(text, filing.exclude(email="").exists(), people)


def _tiers(policy: Policy) -> set[int]:
    """List the tiers that cases come to: the first, and those that the ladder hands over to."""
    handing = [step.tiers for step in policy.ladder if step.action == "hand_over"]
    return {TIERS[0]} | {tier + 1 for tiers in handing for tier in tiers}


def _published() -> ChecklistItem:
    page = reverse("admin:sla_policydraft_publish")
    return ChecklistItem(_("A published version"), PolicyVersion.objects.exists(), page)
