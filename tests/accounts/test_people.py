"""Setting up vendors, companies and people, and what is refused in words."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import errors
from accounts.actions import (
    add_company,
    add_person,
    add_site,
    add_team,
    create_tenant,
    join_team,
    set_password,
)
from accounts.constraints import violated_constraint
from accounts.models import Person, TeamMember, Tenant
from accounts.queries import (
    access_company,
    access_person,
    desk_people,
    people_of_company,
    vendors,
    visible_companies,
    visible_people,
)
from accounts.tenancy import tenant
from tests.factories import ContactFactory

VENDOR = {"slug": "gamma", "name": "Gamma", "time_zone": "Asia/Tokyo", "case_prefix": "GA"}


def names(people):
    return [person.name.removeprefix("cn-alpha-") for person in people]


def test_vendor_is_made_and_listed_without_the_operators(db, twins):
    create_tenant(**VENDOR)

    assert [vendor.slug for vendor in vendors()] == ["alpha", "beta", "gamma"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"slug": "alpha"}, "name_taken", "slug"),
        ({"slug": "operators"}, "name_taken", "slug"),
        ({"slug": "Gamma"}, "invalid", "slug"),
        ({"slug": "two.labels"}, "invalid", "slug"),
        ({"slug": "-"}, "invalid", "slug"),
        ({"slug": ""}, "invalid", "slug"),
        ({"name": ""}, "invalid", "name"),
        ({"case_prefix": "ga1"}, "invalid", "case_prefix"),
        ({"time_zone": "CEST"}, "unknown_time_zone", "time_zone"),
        ({"time_zone": "Europe/Atlantis"}, "unknown_time_zone", "time_zone"),
    ],
)
def test_vendor_is_refused_in_words(twins, change, code, field):
    with pytest.raises(errors.DomainError) as refusal:
        create_tenant(**VENDOR | change)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert str(refusal.value)
    assert Tenant.objects.count() == 3


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"role": "agent"}, "role_does_not_fit", "tier"),
        ({"role": "agent", "tier": 4}, "role_does_not_fit", "tier"),
        ({"role": "agent", "tier": 0}, "role_does_not_fit", "tier"),
        ({"role": "manager", "tier": 1}, "role_does_not_fit", "tier"),
        ({"role": "contact"}, "role_does_not_fit", "company"),
        ({"role": "company_admin"}, "role_does_not_fit", "company"),
        ({"role": "manager", "company": "company"}, "role_does_not_fit", "company"),
        (
            {"role": "contact", "company": "other_company", "site": "site"},
            "role_does_not_fit",
            "site",
        ),
        ({"role": "operator"}, "role_does_not_fit", "role"),
        ({"role": "manager", "time_zone": "Mars/Base"}, "unknown_time_zone", "time_zone"),
        ({"role": "manager", "email": "LEAD@desk.test"}, "email_taken", "email"),
        (
            {"role": "manager", "email": "n@desk.test", "password": "1234"},
            "weak_password",
            "password",
        ),
    ],
)
def test_person_is_refused_in_words(entered, alpha, facts, code, field):
    rows = {name: getattr(alpha, facts[name]) for name in ("company", "site") if name in facts}

    with pytest.raises(errors.DomainError) as refusal:
        add_person(name="New", **facts | rows)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Person.objects.filter(name="New").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"role": "agent", "tier": None},
        {"role": "lead", "tier": 7},
        {"role": "dispatcher", "tier": 2},
        {"role": "contact"},
        {"role": "janitor"},
        {"role": "operator"},
    ],
)
def test_database_refuses_what_an_action_would(entered, alpha, change):
    people = Person.objects.filter(pk=alpha.manager.pk)

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        people.update(**change)

    assert violated_constraint(refusal.value).startswith("person_")


def test_only_operators_live_among_the_operators(operators):
    with tenant(operators):
        add_person(name="Olga", role="operator")

        with pytest.raises(errors.RoleDoesNotFit):
            add_person(name="Max", role="manager")
        with pytest.raises(IntegrityError, match="own tenant"), transaction.atomic():
            Person.objects.update(role="manager")


def test_people_without_an_address_do_not_clash(entered, alpha):
    for name in ("First", "Second"):
        add_person(name=name, role="contact", company=alpha.company)

    assert Person.objects.filter(email_key__isnull=True).count() == 3


def test_refused_password_says_why(entered, alpha):
    with pytest.raises(errors.WeakPassword, match="too short.*entirely numeric"):
        set_password(person=alpha.contact, password="1234")


def test_names_are_taken_once_per_vendor(entered, alpha):
    with pytest.raises(errors.NameTaken, match="cn-alpha-company"):
        add_company(name=alpha.company.name)
    with pytest.raises(errors.NameTaken):
        add_site(company=alpha.company, name=alpha.site.name)
    with pytest.raises(errors.NameTaken):
        add_team(name=alpha.team.name)

    add_site(company=alpha.other_company, name=alpha.site.name)


def test_account_manager_must_be_one(entered, alpha):
    with pytest.raises(errors.RoleDoesNotFit) as refusal:
        add_company(name="New", account_manager=alpha.agent)

    assert str(refusal.value) == "cn-alpha-agent is not an account manager."


def test_team_takes_people_of_its_tier(entered, alpha):
    swat = add_team(name="SWAT")
    members = [alpha.agent, alpha.agent_3, alpha.dispatcher]
    for person in members:
        join_team(team=swat, person=person)
        join_team(team=swat, person=person)

    assert list(swat.members.order_by("id")) == members
    assert TeamMember.objects.filter(team=swat).count() == 3
    for person in (alpha.agent_2, alpha.contact):
        with pytest.raises(errors.RoleDoesNotFit):
            join_team(team=alpha.team, person=person)
    with pytest.raises(errors.Invalid):
        add_team(name="Fourth", tier=4)


@pytest.mark.parametrize(
    ("by", "seen"),
    [
        ("contact", ["contact"]),
        ("company_admin", ["caller", "colleague", "company_admin", "contact"]),
        ("stranger", ["stranger"]),
        ("account_manager", None),
        ("agent", None),
        ("manager", None),
    ],
)
def test_people_are_seen_by_role(entered, alpha, by, seen):
    everybody = names(Person.objects.order_by("name"))

    assert names(visible_people(alpha.person_of(by))) == (seen or everybody)


def test_foreign_and_missing_people_are_the_same_refusal(entered, alpha, beta):
    refusals = []
    for number in (alpha.stranger.pk, beta.contact.pk, 0):
        with pytest.raises(errors.NotFound) as refusal:
            access_person(alpha.company_admin, number)
        refusals.append((str(refusal.value), refusal.value.status))

    assert access_person(alpha.company_admin, alpha.colleague.pk) == alpha.colleague
    assert len(set(refusals)) == 1
    assert refusals[0][1] == 404


def test_companies_are_seen_by_role(entered, alpha, beta):
    assert list(visible_companies(alpha.contact)) == [alpha.company]
    assert list(visible_companies(alpha.agent)) == [alpha.company, alpha.other_company]
    with pytest.raises(errors.NotFound):
        access_company(alpha.contact, alpha.other_company.pk)
    with pytest.raises(errors.NotFound):
        access_company(alpha.agent, beta.company.pk)


def test_people_of_a_company_are_its_active_ones(entered, alpha):
    Person.objects.filter(pk=alpha.colleague.pk).update(is_active=False)

    assert names(people_of_company(alpha.company)) == ["caller", "company_admin", "contact"]


def test_people_of_the_desk_are_no_customers(entered):
    assert names(desk_people()) == [
        "account_manager", "agent", "agent_2", "agent_3", "dispatcher", "lead", "manager",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 50])
def test_list_of_people_costs_one_query_however_long(entered, alpha, number):
    ContactFactory.create_batch(number, company=alpha.company)

    with CaptureQueriesContext(connection) as queries:
        shown = [(p.name, p.company, p.site) for p in visible_people(alpha.company_admin)]

    assert len(shown) == number + 4
    assert len(queries) == 1
