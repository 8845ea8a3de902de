import pytest
from django.core.management import call_command

from accounts.models import Company
from accounts.tenancy import current_tenant_id
from entitlements import daily
from entitlements.daily import Kept, keep_tenant, register_daily, run_daily


@pytest.fixture
def tasks(monkeypatch):
    """No daily tasks but those of the test."""
    monkeypatch.setattr(daily, "_tasks", {})


def test_tasks_are_done_in_the_order_of_their_registration(tasks, entered):
    done = []
    register_daily("first", lambda at: done.append(("first", at)))
    register_daily("second", lambda at: done.append(("second", at)))

    kept = run_daily(entered)

    assert kept == Kept(done=2)
    assert done == [("first", entered), ("second", entered)]


def test_an_error_of_one_task_undoes_that_task_and_stops_no_other(tasks, entered, alpha):
    def rename_and_fail(at):
        Company.objects.filter(pk=alpha.company.pk).update(name="undone")
        raise ZeroDivisionError

    register_daily("bad", rename_and_fail)
    register_daily(
        "good", lambda at: Company.objects.filter(pk=alpha.company.pk).update(country="FR")
    )

    kept = run_daily(entered)

    assert kept == Kept(done=1, failed=("bad",))
    company = Company.objects.get(pk=alpha.company.pk)
    assert (company.name, company.country) == ("cn-alpha-company", "FR")


def test_a_name_is_registered_once(tasks):
    register_daily("first", lambda at: None)

    with pytest.raises(ValueError, match="registered already"):
        register_daily("first", lambda at: None)


def test_each_tenant_is_kept_by_itself(tasks, twins):
    entered = []
    register_daily("note", lambda at: entered.append(current_tenant_id()))

    keep_tenant(twins["beta"].tenant.pk)

    assert entered == [twins["beta"].tenant.pk]


def test_command_keeps_all_vendors_and_names_what_failed(tasks, twins, capsys):
    def fail_in_beta(at):
        assert current_tenant_id() != twins["beta"].tenant.pk

    register_daily("touchy", fail_in_beta)

    with pytest.raises(SystemExit) as stopped:
        call_command("keep_entitlements")

    assert stopped.value.code == 1
    assert capsys.readouterr().out == "alpha: 1 done, 0 failed\nbeta: 0 done, 1 failed touchy\n"
