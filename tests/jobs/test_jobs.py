"""Long work, one worker at a time."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from jobs.actions import cancel_job, start_job
from jobs.errors import JobIsOver
from jobs.models import Job
from jobs.queries import Progress, access_job, jobs_to_work, progress, visible_jobs
from jobs.working import NOTHING, Worked, work_due, work_job
from tests.jobs.kinds import KIND, SECRET, done_items

pytestmark = pytest.mark.django_db

FOREVER = float("inf")


@pytest.fixture
def start():
    def started(twin, sizes=(2, 3), *, not_before=None, **params):
        with tenant(twin.tenant) as at:
            return start_job(
                kind=KIND,
                params={"sizes": list(sizes), **params},
                by=twin.manager,
                at=at,
                not_before=not_before and at + not_before,
            )

    return started


def now(twin, job):
    """Read what has become of a job: state, progress and what it has left behind."""
    with tenant(twin.tenant):
        job = Job.objects.get(pk=job.pk)
        return job.state, progress(job), done_items(job)


def test_job_is_divided_done_in_parts_and_summed_up(alpha, start):
    job = start(alpha)

    assert now(alpha, job) == ("waiting", Progress(0, 0, 0), [])
    assert work_due() == Worked(jobs=2, parts=2)

    assert now(alpha, job) == ("done", Progress(5, 5, 100), [0, 1, 2, 3, 4])
    with tenant(alpha.tenant):
        done = Job.objects.get(pk=job.pk)
        assert done.result == {"items": [0, 1, 2, 3, 4]}
        assert done.started_at <= done.finished_at
        assert done.requested_by == alpha.manager
    assert work_due() == NOTHING


def test_progress_counts_items_while_it_runs(alpha, start):
    job = start(alpha, sizes=(1, 5, 1))

    seen = []
    for _step in range(5):
        work_one(alpha, job)
        seen.append(now(alpha, job)[:2])

    assert seen == [
        ("running", Progress(0, 7, 0)),
        ("running", Progress(1, 7, 14)),
        ("running", Progress(6, 7, 85)),
        ("running", Progress(7, 7, 100)),
        ("done", Progress(7, 7, 100)),
    ]


def test_job_without_parts_is_done(alpha, start):
    job = start(alpha, sizes=())

    work_due()

    assert now(alpha, job) == ("done", Progress(0, 0, 100), [])


def test_cancel_in_the_middle_keeps_what_is_done_and_does_no_more(alpha, start):
    job = start(alpha)
    work_one(alpha, job)
    work_one(alpha, job)

    with tenant(alpha.tenant) as at:
        cancelled = cancel_job(job_id=job.pk, by=alpha.manager, at=at)

    assert (cancelled.state, cancelled.finished_at) == ("cancelled", at)
    assert work_due() == NOTHING
    assert now(alpha, job) == ("cancelled", Progress(2, 5, 40), [0, 1])


def test_job_that_waits_can_be_cancelled_and_one_that_ended_cannot(alpha, start):
    waiting, done = start(alpha, not_before=timedelta(days=1)), start(alpha)
    work_due()

    with tenant(alpha.tenant) as at:
        cancel_job(job_id=waiting.pk, by=alpha.manager, at=at)
        for job in (waiting, done):
            with pytest.raises(JobIsOver):
                cancel_job(job_id=job.pk, by=alpha.manager, at=at)

    assert now(alpha, waiting)[0] == "cancelled"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("refused", "Item 1 cannot be done."),
        ("broken", "It stopped at an error 3 times: KeyError: 1. The log has the rest."),
    ],
)
def test_part_that_fails_is_tried_three_times_and_delays_no_other(alpha, start, fault, why):
    job = start(alpha, sizes=(2, 3), **{fault: 1})

    assert work_due() == Worked(jobs=1, parts=1, failed=3)

    # What the failing part wrote is gone with its transaction.
    assert now(alpha, job) == ("failed", Progress(3, 5, 60), [2, 3, 4])
    with tenant(alpha.tenant):
        assert Job.objects.get(pk=job.pk).why == why
    assert work_due() == NOTHING


def test_job_that_cannot_be_divided_fails_and_says_why(alpha):
    with tenant(alpha.tenant) as at:
        job = start_job(kind=KIND, params={}, by=None, at=at)

    assert work_due() == Worked(failed=3)

    with tenant(alpha.tenant):
        why = Job.objects.get(pk=job.pk).why
    assert why == "It stopped at an error 3 times: KeyError: 'sizes'. The log has the rest."


def test_failing_job_of_one_vendor_does_not_keep_another_from_its_own(alpha, beta, start):
    broken, healthy = start(alpha, broken=0), start(beta)

    work_due()

    assert now(alpha, broken)[0] == "failed"
    assert now(beta, healthy) == ("done", Progress(5, 5, 100), [0, 1, 2, 3, 4])


def test_vendors_have_their_turns_and_see_only_their_own(alpha, beta, start):
    jobs = [(twin, start(twin)) for twin in (alpha, alpha, beta, beta)]

    listed = jobs_to_work()

    assert sorted(listed[:2]) == sorted((twin.tenant.pk, job.pk) for twin, job in jobs[::2])
    assert sorted(listed[2:]) == sorted((twin.tenant.pk, job.pk) for twin, job in jobs[1::2])
    with tenant(alpha.tenant):
        assert [job.pk for job in visible_jobs(alpha.manager)] == [jobs[1][1].pk, jobs[0][1].pk]
        with pytest.raises(NotFound):
            access_job(alpha.manager, jobs[2][1].pk)


def test_job_waits_for_its_moment_on_the_desks_clock(alpha, start, set_desk_time):
    job = start(alpha, not_before=timedelta(days=2))

    assert work_due() == NOTHING
    set_desk_time(job.not_before - timedelta(seconds=5))
    assert work_due() == NOTHING
    set_desk_time(job.not_before + timedelta(seconds=5))
    assert work_due() == Worked(jobs=2, parts=2)

    assert now(alpha, job)[0] == "done"


def test_work_ends_when_the_time_is_over(alpha, start):
    start(alpha)

    assert work_due(0) == NOTHING


def test_only_whose_role_allows_the_kind_may_start_see_and_cancel_it(alpha, start):
    job = start(alpha)
    with tenant(alpha.tenant) as at:
        secret = start_job(kind=SECRET, params={"sizes": []}, by=None, at=at)

        for by, kind in ((alpha.agent, KIND), (alpha.manager, SECRET)):
            with pytest.raises(NotAllowed):
                start_job(kind=kind, params={"sizes": []}, by=by, at=at)
        for by, hidden in ((alpha.agent, job), (alpha.contact, job), (alpha.manager, secret)):
            assert hidden not in visible_jobs(by)
            with pytest.raises(NotFound):
                cancel_job(job_id=hidden.pk, by=by, at=at)


@pytest.mark.parametrize("params", [{"note": "Jane Doe"}, {"list": [{"a b": 1}]}])
def test_params_hold_no_text(alpha, entered, params):
    with pytest.raises(ValueError, match="ids and codes only"):
        start_job(kind=KIND, params=params, by=None, at=entered)


def test_unknown_kind_is_a_mistake_of_the_program(alpha, entered):
    with pytest.raises(ValueError, match="nothing knows how to do work of kind 'no_such'"):
        start_job(kind="no_such", params={}, by=None, at=entered)


def work_one(twin, job):
    """Do one step of a job: what a pass does whose time is over after it."""
    readings = iter([0.0, 2.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.working.time.monotonic", lambda: next(readings))
        return work_job(twin.tenant.pk, job.pk, until=1.0)
