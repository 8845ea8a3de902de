from datetime import UTC, datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command

from accounts.models import Company
from accounts.tenancy import current_tenant_id
from entitlements import daily
from entitlements.daily import (
    Kept,
    daily_states,
    keep_due,
    keep_tenant,
    register_daily,
)
from entitlements.models import DailyRun

NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def tasks(monkeypatch):
    """No daily tasks but those of the test."""
    monkeypatch.setattr(daily, "_tasks", {})


def test_tasks_are_done_in_the_order_of_their_registration(tasks, entered):
    done = []
    register_daily("first", lambda at: done.append(("first", at)))
    register_daily("second", lambda at: done.append(("second", at)))

    kept = keep_tenant(current_tenant_id())

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

    kept = keep_tenant(current_tenant_id())

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


def test_a_failed_task_is_remembered_until_it_is_done_again(tasks, entered):
    faults = [ValueError("too late"), None]

    def fail_once(at):
        fault = faults.pop(0)
        if fault:
            raise fault

    register_daily("frail", fail_once)

    keep_tenant(current_tenant_id())
    first = DailyRun.objects.get(name="frail")
    keep_tenant(current_tenant_id())
    second = DailyRun.objects.get(name="frail")

    assert (first.failed_at, first.why) == (entered, "ValueError: too late")
    assert (second.failed_at, second.why) == (None, "")


def test_what_is_due_is_done_once_an_hour_of_desk_time(tasks, twins, set_desk_time):
    done = []
    register_daily("note", lambda at: done.append((current_tenant_id(), at)))
    one, other = (twins[slug].tenant.pk for slug in ("alpha", "beta"))

    for moment in (NOON, NOON + HOUR / 2, NOON + HOUR):
        set_desk_time(moment)
        keep_due()

    assert done == [(one, NOON), (other, NOON), (one, NOON + HOUR), (other, NOON + HOUR)]


def test_health_knows_what_failed_where(tasks, twins):
    def fail_in_beta(at):
        assert current_tenant_id() != twins["beta"].tenant.pk

    register_daily("touchy", fail_in_beta)

    keep_due()

    states = daily_states()
    assert {slug: states[twins[slug].tenant.pk].failed for slug in twins} == {
        "alpha": (),
        "beta": ("touchy",),
    }


def test_a_worker_whose_time_is_over_is_not_kept(tasks, entered):
    def run_out(at):
        raise SoftTimeLimitExceeded

    register_daily("slow", run_out)

    with pytest.raises(SoftTimeLimitExceeded):
        keep_tenant(current_tenant_id())
