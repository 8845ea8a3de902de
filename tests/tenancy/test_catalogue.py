"""The walls as the database's catalogue shows them, and proof that each check would see a hole."""

import pytest
from django.db import connections

from tests.tenancy import catalogue

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

WALLED = (
    "CREATE TABLE {0} (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, parent_id bigint{1});"
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY own_rows ON {0}"
    " USING (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::bigint))"
    " WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::bigint))"
)


@pytest.fixture
def owner():
    return connections["owner"]


def make(owner, sql):
    with owner.cursor() as cursor:
        cursor.execute(sql)


def test_every_table_belongs_to_a_tenant_behind_the_policy(owner):
    assert catalogue.open_tables(owner) == []


@pytest.mark.parametrize(
    "hole",
    [
        "CREATE TABLE leak (id bigint PRIMARY KEY, secret text)",
        "CREATE TABLE leak (id bigint PRIMARY KEY, tenant_id bigint NOT NULL)",
        WALLED.format("leak", "") + "; ALTER TABLE leak DISABLE ROW LEVEL SECURITY",
        WALLED.format("leak", "") + "; ALTER TABLE leak FORCE ROW LEVEL SECURITY",
        WALLED.format("leak", "") + "; ALTER TABLE leak ALTER tenant_id DROP NOT NULL",
        WALLED.format("leak", "") + "; CREATE POLICY also ON leak USING (true)",
        WALLED.format("leak", "") + "; ALTER POLICY own_rows ON leak WITH CHECK (true)",
        WALLED.format("leak", "") + "; ALTER POLICY own_rows ON leak USING (true)",
        WALLED.format("leak", "") + "; ALTER POLICY own_rows ON leak TO supportdesk_owner",
    ],
)
def test_table_with_a_hole_is_seen(owner, hole):
    make(owner, hole)

    assert catalogue.open_tables(owner) == ["leak"]


def test_shared_tables_all_exist(owner):
    present = {
        name
        for (name,) in catalogue.rows(
            owner,
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)",
            [*catalogue.SHARED_TABLES],
        )
    }

    assert present == set(catalogue.SHARED_TABLES)


def test_no_view_reads_with_its_owners_eyes(owner):
    assert catalogue.views_that_see_too_much(owner) == []


@pytest.mark.parametrize("kind", ["MATERIALIZED VIEW", "VIEW"])
def test_view_that_sees_too_much_is_seen(owner, kind):
    make(owner, f"CREATE {kind} leak AS SELECT * FROM accounts_person")

    assert catalogue.views_that_see_too_much(owner) == ["leak"]


def test_unique_keys_begin_with_the_tenant(owner):
    assert catalogue.unique_keys_across_tenants(owner) == []


def test_unique_key_across_tenants_is_seen(owner):
    make(owner, WALLED.format("leak", "") + "; CREATE UNIQUE INDEX leaking ON leak (parent_id)")

    assert catalogue.unique_keys_across_tenants(owner) == ["leaking"]


def test_exempt_unique_keys_all_exist(owner):
    present = {
        name
        for (name,) in catalogue.rows(
            owner,
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)",
            [*catalogue.OTHER_UNIQUE_KEYS],
        )
    }

    assert present == set(catalogue.OTHER_UNIQUE_KEYS)


def test_foreign_keys_between_tenant_tables_carry_the_tenant(owner):
    assert catalogue.loose_foreign_keys(owner) == []


def test_foreign_key_without_the_tenant_is_seen(owner):
    make(owner, WALLED.format("leak", " REFERENCES accounts_company (id)"))

    assert catalogue.loose_foreign_keys(owner) == ["leak accounts_company parent_id"]


def test_declared_key_that_the_database_lacks_is_seen(owner):
    make(
        owner,
        "ALTER TABLE accounts_teammember DROP CONSTRAINT accounts_teammember_team_id_wall",
    )

    assert catalogue.loose_foreign_keys(owner) == ["accounts_teammember accounts_team team_id"]


def test_models_use_our_foreign_key_between_tenant_models():
    assert catalogue.plain_foreign_keys_between_tenant_models() == []


def test_app_role_may_read_and_write_rows_and_nothing_else(owner):
    assert catalogue.powers_of_the_app_role(owner) == []


def test_power_of_the_app_role_is_seen(owner):
    make(owner, "GRANT TRUNCATE ON accounts_person TO supportdesk_app")
    make(owner, "GRANT INSERT ON django_migrations TO supportdesk_app")

    assert catalogue.powers_of_the_app_role(owner) == [
        "may empty or watch accounts_person",
        "writes django_migrations",
    ]


def test_functions_that_run_as_the_owner_are_on_the_list(owner):
    assert catalogue.loose_definer_functions(owner) == []


@pytest.mark.parametrize("name", ["leak", "due_cases"])
def test_function_that_runs_as_the_owner_is_seen(owner, name):
    make(
        owner,
        f"CREATE FUNCTION {name}(one text) RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT count(*) FROM accounts_person'",
    )

    assert catalogue.loose_definer_functions(owner) == [name]


def test_what_is_insert_only_cannot_be_rewritten(owner):
    kept = ["tickets_caseevent", "sla_policyversion", "reports_servicereport", "reports_miss"]
    assert catalogue.rewritable(owner, kept) == []
    assert catalogue.rewritable(owner, ["accounts_person"]) == ["accounts_person"]
