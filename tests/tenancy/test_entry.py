"""The one way in: what is seen inside, how it nests, and that nothing of it stays behind."""

from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError

from accounts.models import Company, Person
from accounts.tenancy import (
    TenancyError,
    TenantTask,
    cache_key,
    current_tenant_id,
    desk_now,
    tenant,
)


def setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant', true)")
        return cursor.fetchone()[0] or ""


def raw_names(table="accounts_person"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {table}")
        return {name for (name,) in cursor.fetchall()}


def test_entry_shows_only_the_rows_of_its_tenant(alpha, beta):
    with tenant(alpha.tenant):
        by_orm = set(Person.objects.values_list("name", flat=True))
        by_sql = raw_names()

    assert by_orm == by_sql
    assert len(by_sql) == 12
    assert all(name.startswith("cn-alpha-") for name in by_sql)


def test_entry_takes_a_tenant_or_its_number(alpha):
    with tenant(alpha.tenant.pk):
        assert current_tenant_id() == alpha.tenant.pk


def test_entry_gives_desk_time_in_whole_seconds_of_utc(alpha):
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]

    with tenant(alpha.tenant) as at:
        assert at == desk_now()

    assert at.tzinfo == UTC
    assert at == now.replace(microsecond=0)


def test_outside_of_an_entry_there_are_no_rows(alpha):
    assert raw_names() == set()
    with pytest.raises(ScopeError):
        Person.objects.first()
    with pytest.raises(TenancyError):
        current_tenant_id()
    with pytest.raises(TenancyError):
        desk_now()
    with pytest.raises(TenancyError):
        cache_key("key", "", 1)


def test_outside_of_an_entry_even_all_rows_are_none(alpha):
    with pytest.raises(ScopeError):
        Person.objects.all()


def test_rows_that_were_prefetched_are_not_read_again(alpha, django_assert_num_queries):
    with tenant(alpha.tenant), django_assert_num_queries(2):
        companies = list(Company.objects.prefetch_related("sites"))
        names = {site.name for company in companies for site in company.sites.all()}

    assert names == {alpha.site.name}


def test_entering_another_tenant_inside_is_refused(alpha, beta):
    with tenant(alpha.tenant):
        with pytest.raises(TenancyError, match="cannot be entered"), tenant(beta.tenant):
            pytest.fail("was let in")

        assert all(name.startswith("cn-alpha-") for name in raw_names())


def test_entering_the_same_tenant_again_changes_nothing(alpha):
    with tenant(alpha.tenant) as outer:
        with tenant(alpha.tenant) as inner:
            assert inner == outer

        assert current_tenant_id() == alpha.tenant.pk
        assert len(raw_names()) == 12


def test_failure_in_a_nested_entry_leaves_the_outer_one_whole(alpha):
    with tenant(alpha.tenant):
        with pytest.raises(ZeroDivisionError), tenant(alpha.tenant):
            _ = 1 / 0

        assert setting() == str(alpha.tenant.pk)
        assert Company.objects.count() == 2


@pytest.mark.parametrize("ending", ["quietly", "by an error", "by a rollback"])
def test_nothing_of_an_entry_stays_behind(alpha, ending):
    try:
        with tenant(alpha.tenant):
            if ending == "by an error":
                raise ZeroDivisionError
            if ending == "by a rollback":
                transaction.set_rollback(True)
    except ZeroDivisionError:
        pass

    assert setting() == ""
    assert raw_names() == set()
    assert get_scope().get("tenant") is None
    with pytest.raises(TenancyError):
        current_tenant_id()


def test_setting_survives_a_savepoint_that_is_rolled_back(entered, alpha):
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.create(tenant=alpha.tenant, name=alpha.company.name)

    assert setting() == str(alpha.tenant.pk)
    assert Company.objects.count() == 2


def test_one_tenant_after_the_other_sees_its_own(alpha, beta):
    seen = []
    for twin in (alpha, beta, alpha):
        with tenant(twin.tenant):
            seen.append({name[:8] for name in raw_names()})

    assert seen == [{"cn-alpha"}, {"cn-beta-"}, {"cn-alpha"}]


def test_task_enters_the_tenant_of_its_first_argument(alpha, beta):
    class CountCompanies(TenantTask):
        name = "tests.count_companies"

        def run(self, tenant_id, prefix):
            assert current_tenant_id() == tenant_id
            return Company.objects.filter(name__startswith=prefix).count()

    assert CountCompanies()(alpha.tenant.pk, "cn-") == 2
    assert CountCompanies()(alpha.tenant.pk, prefix="cn-beta") == 0


@pytest.mark.django_db(transaction=True)
def test_committed_entry_leaves_the_connection_clean(alpha):
    with tenant(alpha.tenant):
        Company.objects.create(tenant=alpha.tenant, name="kept")

    assert setting() == ""
    assert raw_names() == set()
    with tenant(alpha.tenant):
        assert Company.objects.filter(name="kept").exists()


@pytest.mark.django_db(transaction=True)
def test_entry_refuses_a_transaction_that_it_did_not_open(alpha):
    with (
        pytest.raises(RuntimeError, match="durable"),
        transaction.atomic(),
        tenant(alpha.tenant),
    ):
        pytest.fail("was let in")


@pytest.mark.django_db(transaction=True)
def test_work_after_the_commit_is_outside(alpha):
    seen = []
    with tenant(alpha.tenant):
        transaction.on_commit(lambda: seen.append(raw_names()))

    assert seen == [set()]


def test_time_stands_still_inside_an_entry(entered):
    assert desk_now() - entered == timedelta(0)
