"""Two roles: the app's, which the walls bind, and the owner's, who migrates and empties."""

from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError
from django.db import connection, connections

from accounts.management.commands import migrate
from accounts.models import DeskTime, Person, Tenant
from accounts.tenancy import refuse_powerful_role, tenant


def test_app_role_is_accepted(db):
    refuse_powerful_role()


@pytest.mark.django_db(databases=["default", "owner"])
def test_owner_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("accounts.tenancy.connection", connections["owner"])

    with pytest.raises(ImproperlyConfigured, match="owns tables.*DATABASE_URL"):
        refuse_powerful_role()


@pytest.mark.parametrize("command", ["migrate", "flush"])
def test_commands_that_need_the_owner_take_the_owner(command):
    assert get_commands()[command] == "accounts"

    parser = load_command_class("accounts", command).create_parser("manage.py", command)

    assert parser.parse_args([]).database == "owner"


@pytest.mark.django_db(transaction=True)
def test_reserved_rows_are_back_after_a_flush(alpha):
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)

    assert [vendor.slug for vendor in Tenant.objects.all()] == ["operators"]
    assert Tenant.objects.get().is_operators
    assert DeskTime.objects.get().offset_seconds == 0


@pytest.mark.django_db(transaction=True)
def test_walls_are_taken_down_and_raised_again(alpha):
    try:
        call_command("migrate", "accounts", "0008", verbosity=0, stdout=StringIO())
        without = policies_on("accounts_personskill")
    finally:  # the tests after this one need the tables of the apps above, too
        call_command("migrate", verbosity=0, stdout=StringIO())

    assert (without, policies_on("accounts_personskill")) == (0, 1)
    with tenant(alpha.tenant):
        assert Person.objects.count() == 12


def policies_on(table):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename = %s", [table])
        return cursor.fetchone()[0]


@pytest.mark.django_db(databases=["default", "owner"])
def test_migrating_without_the_app_role_says_what_to_run(monkeypatch):
    monkeypatch.setattr(migrate, "APP_ROLE", "nobody_there")

    with pytest.raises(CommandError, match="roles.sql"):
        migrate.grant_app_rights("owner")


def test_app_cannot_migrate(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")

        assert cursor.fetchone() == (False,)
