"""Publishing over open cases as long work: at its moment, in parts, waiting for who is at work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connections

from accounts.tenancy import tenant
from jobs.models import Job
from jobs.registry import kind_of
from jobs.working import Worked, work_due
from outbox.models import OutboxMessage
from sla.withdrawal import withdraw_version
from tests.cases import file_case
from tests.jobs.test_jobs import work_one
from tests.packs import publish
from tests.tickets.retargets import due_of, now, publish_hours, retargets
from tickets import retargeting
from tickets.actions.conversation import reply_to_case
from tickets.actions.retargeting import retarget_from_version

SOON = timedelta(hours=3)


@pytest.fixture
def desks(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    return alpha, beta


@pytest.fixture
def cases(desks):
    """Two open cases of each twin, filed now."""

    def filed(twin):
        with tenant(twin.tenant) as at:
            return [file_case(twin, severity="3", at=at) for _case in range(2)]

    return [filed(twin) for twin in desks]


def the_job(twin):
    with tenant(twin.tenant):
        return Job.objects.select_related("tenant").get(kind="retarget_cases")


def told(twin):
    with tenant(twin.tenant):
        return OutboxMessage.objects.filter(kind="policy_retargeted").count()


def numbers_followed(twin, cases):
    with tenant(twin.tenant):
        return [now(case).policy_version.number for case in cases]


@pytest.mark.django_db
def test_open_cases_get_new_promises_when_the_version_begins(
    desks, cases, alpha, beta, set_desk_time
):
    with tenant(alpha.tenant) as at:
        version = publish_hours(alpha, 4, at=at, effective_at=at + SOON, open_cases="from_opening")

    assert work_due() == Worked()
    set_desk_time(version.effective_at + timedelta(minutes=2))
    assert work_due() == Worked(jobs=2, parts=1)

    job = the_job(alpha)
    result = {
        "is_in_effect": True,
        "cases": 2,
        "told": 2,
        "left_out_count": 0,
        "left_out": [],
        "moved_count": 2,
        "moved": [1, 2],
    }
    assert (job.state, job.done, job.total, job.result) == ("done", 2, 2, result)
    assert job.requested_by_id == alpha.manager.pk
    assert list(kind_of(job.kind).describe(job)) == [
        "Version 2.",
        "The new targets count from the opening of the case.",
        "2 cases follow the version now.",
        "The promises of 2 cases moved; their customers are told. TW-1, TW-2",
    ]
    assert (numbers_followed(alpha, cases[0]), told(alpha)) == ([2, 2], 2)
    assert (numbers_followed(beta, cases[1]), told(beta)) == ([1, 1], 0)
    with tenant(alpha.tenant):
        event = cases[0][0].events.get(kind="policy_retargeted")
        assert (event.occurred_at, event.by_id) == (version.effective_at, alpha.manager.pk)


@pytest.mark.django_db
def test_version_that_keeps_promises_orders_nothing(desks, alpha):
    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at)

        assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["withdrawn", "replaced"])
def test_version_that_never_came_into_effect_changes_nothing(
    desks, cases, alpha, set_desk_time, what
):
    with tenant(alpha.tenant) as at:
        version = publish_hours(alpha, 4, at=at, effective_at=at + SOON, open_cases="from_opening")
        if what == "withdrawn":
            withdraw_version(number=2, by=alpha.manager, at=at, reason="A mistake.")
        else:
            publish_hours(alpha, 2, at=at)

    set_desk_time(version.effective_at + timedelta(minutes=2))
    work_due()

    job = the_job(alpha)
    assert (job.state, job.total) == ("done", 0)
    assert list(kind_of(job.kind).describe(job))[2:] == [
        "The version was not in effect by then: nothing was changed."
    ]
    assert (numbers_followed(alpha, cases[0]), told(alpha)) == ([1, 1], 0)


@pytest.mark.django_db
def test_only_cases_of_the_withdrawn_version_go_back(desks, cases, alpha):
    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at)
        under = file_case(alpha, severity="3", at=at)
        withdraw_version(number=2, by=alpha.manager, at=at, reason="A mistake.")
        retarget_from_version(number=2, base="opening", by=alpha.manager, at=at)

    work_due()

    assert the_job(alpha).result["cases"] == 1
    assert numbers_followed(alpha, [*cases[0], under]) == [1, 1, 1]
    with tenant(alpha.tenant):
        assert [len(retargets(case)) for case in (*cases[0], under)] == [0, 0, 1]


@pytest.mark.django_db
def test_open_case_of_a_third_version_keeps_its_promises(desks, cases, alpha):
    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at)
        under = file_case(alpha, severity="3", at=at)
        withdraw_version(number=2, by=alpha.manager, at=at, reason="A mistake.")
        publish_hours(alpha, 2, at=at)
        retarget_from_version(number=2, base="opening", by=alpha.manager, at=at)

    work_due()

    assert the_job(alpha).result["cases"] == 1
    assert numbers_followed(alpha, [*cases[0], under]) == [1, 1, 3]


@pytest.mark.django_db
def test_withdrawal_stops_the_work_that_is_under_way(desks, cases, alpha, monkeypatch):
    monkeypatch.setattr(retargeting, "CASES_PER_PART", 1)
    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at, open_cases="from_opening")
    job = the_job(alpha)
    for _step in ("divide", "the first part"):
        work_one(alpha, job)
    with tenant(alpha.tenant) as at:
        withdraw_version(number=2, by=alpha.manager, at=at, reason="A mistake.")

    work_due()

    job = the_job(alpha)
    assert numbers_followed(alpha, cases[0]) == [2, 1]
    assert (job.result["cases"], job.result["told"]) == (1, 1)
    assert list(kind_of(job.kind).describe(job))[2:] == [
        "1 case follows the version now.",
        "The promise of 1 case moved; its customer is told. TW-1",
        "Then the version was not in effect any more: the other cases keep the promises they have.",
    ]


@pytest.mark.django_db
def test_page_names_the_first_twenty_cases_whose_promise_moved(alpha, entered):
    moved = {"is_in_effect": True, "cases": 30, "told": 30, "left_out_count": 0, "left_out": []}
    job = Job(
        tenant=alpha.tenant,
        kind="retarget_cases",
        state="done",
        params={"version": 2, "base": "change"},
        result=moved | {"moved_count": 21, "moved": list(range(1, 21))},
    )

    told = list(kind_of(job.kind).describe(job))[3]

    assert told.startswith("The promises of 21 cases moved; their customers are told. TW-1, TW-2,")
    assert told.endswith("TW-19, TW-20 …")


@pytest.mark.django_db
def test_work_is_divided_and_may_be_done_again(desks, cases, alpha, monkeypatch):
    monkeypatch.setattr(retargeting, "CASES_PER_PART", 1)
    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at, open_cases="from_change")
    assert work_due() == Worked(jobs=2, parts=2)
    job = the_job(alpha)

    with tenant(alpha.tenant) as at:
        kind = kind_of(job.kind)
        again = [kind.work(job, {"cases": [case.pk]}, at) for case in cases[0]]

        assert kind.plan(job, at) == []
    nothing = {"cases": 0, "told": 0, "left_out": [], "moved": [], "is_in_effect": True}
    assert again == [nothing] * 2
    assert told(alpha) == 2


@pytest.mark.django_db(transaction=True)
def test_case_that_somebody_changes_is_waited_for_and_then_changed(desks, cases, alpha):
    answered, go_on = Event(), Event()
    mine, other = cases[0]

    def answer():
        with tenant(alpha.tenant) as at:
            reply_to_case(case_id=mine.pk, by=alpha.agent, body="Here.", at=at)
            answered.set()
            # Until the worker waits for the row, which shows in the server's list of locks.
            assert go_on.wait(timeout=20)

    def retarget():
        assert answered.wait(timeout=20)
        return work_due()

    def watch():
        with connections["owner"].cursor() as cursor:
            while not go_on.is_set():
                cursor.execute(
                    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                    " WHERE NOT granted AND datname = current_database()"
                )
                if cursor.fetchone()[0]:
                    go_on.set()

    with tenant(alpha.tenant) as at:
        publish_hours(alpha, 4, at=at, open_cases="from_opening")
    _answered, done, _watched = at_once(answer, retarget, watch)

    assert done == Worked(jobs=2, parts=1)
    with tenant(alpha.tenant):
        kinds = list(mine.events.order_by("seq").values_list("kind", flat=True))
        assert kinds == ["case_opened", "agent_replied", "policy_retargeted"]
        assert now(mine).policy_version.number == 2
        assert due_of(other) is not None
    # The answer met the promise of one; only the other's has moved.
    assert told(alpha) == 1


def at_once(*works):
    """Run the works in threads of their own, each on its own connections."""

    def run(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]
