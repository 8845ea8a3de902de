"""Setting up vendors, companies, people and teams."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.constraints import refused_as
from accounts.desk_rules import check_member
from accounts.errors import EmailTaken, Invalid, NameTaken, RoleDoesNotFit, WeakPassword
from accounts.models import Company, Person, Site, Team, TeamMember, Tenant
from accounts.tenancy import current_tenant_id
from accounts.zones import check_time_zone


@transaction.atomic
def create_tenant(*, slug: str, name: str, time_zone: str, case_prefix: str) -> Tenant:
    """Make a vendor, outside of any tenant. Raises Invalid, UnknownTimeZone or NameTaken."""
    vendor = Tenant(slug=slug, name=name, time_zone=time_zone, case_prefix=case_prefix)
    check_time_zone(time_zone)
    try:
        vendor.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from error
    with refused_as(accounts_tenant_slug_key=NameTaken(field="slug", name=slug)):
        vendor.save(force_insert=True)
    return vendor


@transaction.atomic
def add_company(
    *,
    name: str,
    time_zone: str = "",
    country: str = "",
    region: str = "",
    account_manager: Person | None = None,
) -> Company:
    """Add a buying organisation. Raises NameTaken, UnknownTimeZone or RoleDoesNotFit."""
    check_time_zone(time_zone)
    check_account_manager(account_manager)
    with refused_as(company_name_once_per_tenant=NameTaken(field="name", name=name)):
        return Company.objects.create(
            tenant_id=current_tenant_id(),
            name=name,
            time_zone=time_zone,
            country=country,
            region=region,
            account_manager=account_manager,
        )


@transaction.atomic
def add_site(
    *, company: Company, name: str, time_zone: str = "", country: str = "", region: str = ""
) -> Site:
    """Add an office of a company. Raises NameTaken or UnknownTimeZone."""
    check_time_zone(time_zone)
    with refused_as(site_name_once_per_company=NameTaken(field="name", name=name)):
        return Site.objects.create(
            tenant_id=current_tenant_id(),
            company=company,
            name=name,
            time_zone=time_zone,
            country=country,
            region=region,
        )


@transaction.atomic
def add_person(
    *,
    name: str,
    role: str,
    email: str = "",
    password: str | None = None,
    tier: int | None = None,
    company: Company | None = None,
    site: Site | None = None,
    phone: str = "",
    may_file: bool = True,
    sees_company: bool = False,
    sees_points: bool = True,
    time_zone: str = "",
    language: str = "en",
    grade: str = "",
    pager: str = "",
) -> Person:
    """Add somebody; without a password they cannot sign in until they set one by mail.

    Raises EmailTaken, RoleDoesNotFit, UnknownTimeZone or WeakPassword.
    """
    person = Person(
        tenant_id=current_tenant_id(),
        name=name,
        role=role,
        email=email.strip(),
        tier=tier,
        company=company,
        site=site,
        phone=phone,
        may_file=may_file,
        sees_company=sees_company,
        sees_points=sees_points,
        time_zone=time_zone,
        language=language,
        grade=grade,
        pager=pager,
        password=make_password(None),
    )
    check_person(person)
    if password is not None:
        check_password_strength(person, password)
        person.set_password(password)
    with refused_as(email_once_per_tenant=EmailTaken(field="email", email=email)):
        person.save(force_insert=True)
    return person


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """Set a password; the person's sessions end. Raises WeakPassword."""
    check_password_strength(person, password)
    person.set_password(password)
    person.save(update_fields=["password"])


@transaction.atomic
def add_team(*, name: str, tier: int | None = None, is_swat: bool = False) -> Team:
    """Add a team of tier 1, 2 or 3, or one beside the ladder, such as the SWAT team (DD-26).

    Raises NameTaken or Invalid.
    """
    team = Team(tenant_id=current_tenant_id(), name=name, tier=tier, is_swat=is_swat)
    check_team(team)
    with refused_as(team_name_once_per_tenant=NameTaken(field="name", name=name)):
        team.save(force_insert=True)
    return team


@transaction.atomic
def join_team(*, team: Team, person: Person) -> TeamMember:
    """Put a person of the desk into a team; a repeat changes nothing.

    Raises RoleDoesNotFit for a customer, or for somebody of another tier than the team's; and what
    upper apps refuse (accounts.desk_rules).
    """
    if person.role not in roles.DESK:
        raise RoleDoesNotFit(_("Only people of the desk can be in a team."), field="person")
    if team.tier is not None and person.tier not in (None, team.tier):
        raise RoleDoesNotFit(
            _("%(person)s works in tier %(tier)d, the team in tier %(team_tier)d."),
            field="person",
            person=person.name,
            tier=person.tier,
            team_tier=team.tier,
        )
    check_member(team, person)
    membership, _made = TeamMember.objects.get_or_create(
        tenant_id=current_tenant_id(), team=team, person=person
    )
    return membership


def check_person(person: Person) -> None:
    """Refuse a person whose parts contradict each other, before the database does.

    Raises RoleDoesNotFit or UnknownTimeZone, with the field at fault.
    """
    check_time_zone(person.time_zone)
    if (person.role == roles.OPERATOR) != person.tenant.is_operators:
        raise RoleDoesNotFit(
            _("Platform operators live in a tenant of their own, and nobody else does."),
            field="role",
        )
    _check_tier(person)
    _check_company(person)


def check_team(team: Team) -> None:
    """Refuse a team whose parts contradict each other, before the database does. Raises Invalid."""
    if team.tier not in (None, 1, 2, 3):
        raise Invalid(_("A team's tier is 1, 2 or 3, or none."), field="tier")
    if team.is_swat and team.tier is not None:
        raise Invalid(_("A SWAT team stands beside the tiers: it has none."), field="tier")


def check_account_manager(person: Person | None) -> None:
    """Refuse an account manager who is not one. Raises RoleDoesNotFit."""
    if person is not None and person.role not in (roles.ACCOUNT_MANAGER, roles.MANAGER):
        raise RoleDoesNotFit(
            _("%(person)s is not an account manager."), field="account_manager", person=person.name
        )


def check_password_strength(person: Person, password: str) -> None:
    """Refuse a password that is too easy to guess. Raises WeakPassword with the reasons."""
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise WeakPassword(field="password", reasons=" ".join(error.messages)) from error


def _check_tier(person: Person) -> None:
    if person.tier is None:
        if person.role == roles.AGENT:
            raise RoleDoesNotFit(_("An agent works in a tier: 1, 2 or 3."), field="tier")
        return
    if person.role not in roles.TIERED or person.tier not in (1, 2, 3):
        raise RoleDoesNotFit(
            _("Only agents and leads work in a tier, and it is 1, 2 or 3."), field="tier"
        )


def _check_company(person: Person) -> None:
    if person.is_customer and person.company_id is None:
        raise RoleDoesNotFit(_("A customer belongs to a company."), field="company")
    if not person.is_customer and person.company_id is not None:
        raise RoleDoesNotFit(_("Only customers belong to a company."), field="company")
    if person.site is not None and person.site.company_id != person.company_id:
        raise RoleDoesNotFit(_("The site belongs to another company."), field="site")
