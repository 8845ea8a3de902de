"""What the database refuses although the code tries."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django_scopes import scope

from accounts.models import Company, Person, Site, TeamMember, Tenant
from accounts.tenancy import tenant
from entitlements.models import Contract


def execute(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def check_now():
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def unscoped(alpha, beta):
    """Be inside alpha with the first wall torn down: the scope says beta."""
    with tenant(alpha.tenant), scope(tenant=beta.tenant.pk):
        yield


def test_forgotten_filter_finds_nothing_of_another_tenant(unscoped, beta):
    assert Person.objects.count() == 0
    assert not Person._base_manager.filter(pk=beta.contact.pk).exists()


def test_row_of_another_tenant_is_not_written(unscoped, beta):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Company.objects.create(tenant=beta.tenant, name="intruder")


def test_row_is_not_moved_to_another_tenant(entered, alpha, beta):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Company.objects.filter(pk=alpha.company.pk).update(tenant=beta.tenant)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_person SET name = 'taken' WHERE id = %s",
        "DELETE FROM accounts_person WHERE id = %s",
        "SELECT FROM accounts_person WHERE id = %s FOR UPDATE",
    ],
)
def test_row_of_another_tenant_is_not_touched(entered, beta, sql):
    assert execute(sql, beta.caller.pk) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda a, b: Site.objects.create(tenant=a.tenant, company_id=b.company.pk, name="x"),
        lambda a, b: TeamMember.objects.create(
            tenant=a.tenant, team=a.team_2, person_id=b.contact.pk
        ),
        lambda a, b: Person.objects.filter(pk=a.contact.pk).update(company_id=b.company.pk),
        lambda a, b: Company.objects.filter(pk=a.company.pk).update(
            account_manager_id=b.account_manager.pk
        ),
        lambda a, b: Contract.objects.filter(pk=a.contract.pk).update(product_id=b.product.pk),
    ],
    ids=["site", "team member", "company of a person", "account manager", "product"],
)
def test_key_to_another_tenants_row_is_refused_at_commit(entered, alpha, beta, make):
    make(alpha, beta)

    with pytest.raises(IntegrityError, match="_wall"), transaction.atomic():
        check_now()
    transaction.set_rollback(True)


def test_person_cannot_sit_at_another_companys_site(entered, alpha):
    Person.objects.filter(pk=alpha.stranger.pk).update(site=alpha.site)

    with pytest.raises(IntegrityError, match="person_site_is_of_its_company"), transaction.atomic():
        check_now()
    transaction.set_rollback(True)


def test_vendor_changes_its_own_row_only(entered, alpha, beta):
    changed = [
        Tenant.objects.filter(pk=twin.tenant.pk).update(name="renamed") for twin in (alpha, beta)
    ]

    assert changed == [1, 0]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM accounts_tenant",
        "TRUNCATE accounts_person",
        "ALTER TABLE accounts_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_rows ON accounts_person",
        "INSERT INTO auth_group (name) VALUES ('x')",
        "DELETE FROM django_migrations",
        "DELETE FROM accounts_desktime",
        "SET ROLE supportdesk_owner",
        "CREATE TABLE own (id int)",
    ],
)
def test_app_role_cannot_step_around_the_walls(entered, sql):
    with pytest.raises(ProgrammingError), transaction.atomic():
        execute(sql)


def test_there_is_no_second_operators_tenant(db):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Tenant.objects.create(
            slug="second", name="Second", time_zone="UTC", case_prefix="OP", is_operators=True
        )


def test_tests_connect_as_the_app_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == ("supportdesk_app",)
