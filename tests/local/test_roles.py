import psycopg2
import pytest

from tests.local.servers import query


def test_roles_have_no_power_beyond_their_task(server):
    rows = query(
        "SELECT rolname, rolcanlogin, rolcreatedb, rolsuper, rolcreaterole, rolreplication,"
        " rolbypassrls FROM pg_roles WHERE rolname LIKE 'supportdesk%' ORDER BY rolname"
    )
    owners = query(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    )

    assert rows == [
        ("supportdesk_app", True, False, False, False, False, False),
        ("supportdesk_owner", True, True, False, False, False, False),
    ]
    assert owners == [("supportdesk_owner",)]


@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE another (id bigint)",
        "CREATE DATABASE another",
        "SET ROLE supportdesk_owner",
    ],
)
def test_app_role_changes_nothing_that_the_owner_made(server, forbidden):
    query("CREATE TABLE IF NOT EXISTS thing (id bigint)")

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(forbidden, role="DATABASE_URL")


def test_cluster_sorts_by_code_point_in_utc_and_listens_nowhere(server):
    settings = query(
        "SELECT current_setting('listen_addresses'), current_setting('TimeZone'),"
        " current_setting('server_version_num')::int / 10000 >= 18,"
        " (SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'supportdesk')"
    )

    assert settings == [("", "UTC", True, "bC.UTF-8")]
