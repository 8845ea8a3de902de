"""Workers that share a job, and workers that die: every part exactly once. Real connections."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Event

import pytest
from django.db import connections

from accounts.tenancy import tenant
from jobs import working
from jobs.actions import cancel_job, start_job
from jobs.models import Job, JobPart
from jobs.queries import Progress, progress
from jobs.registry import JobKind
from jobs.working import Worked, work_due
from tests.jobs import kinds
from tests.jobs.kinds import KIND, done_items

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = 12


@pytest.fixture
def job(alpha):
    return start(alpha, [2] * PARTS, rest_ms=20)


def start(twin, sizes, **params):
    with tenant(twin.tenant) as at:
        return start_job(kind=KIND, params={"sizes": list(sizes), **params}, by=twin.manager, at=at)


def now(twin, job):
    with tenant(twin.tenant):
        job = Job.objects.get(pk=job.pk)
        return job.state, progress(job), done_items(job)


def at_once(*works):
    """Run the works in threads of their own, each on its own connection."""

    def run(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]


@pytest.fixture
def finished(monkeypatch):
    """Count how often the kind's `finish` is called."""
    calls = []

    def finish(job, results, at):
        calls.append(job.pk)
        return kinds.finish(job, results, at)

    how = JobKind(title="Counted", plan=kinds.plan, work=kinds.work, finish=finish)
    monkeypatch.setattr(working, "kind_of", lambda kind: how)
    return calls


def test_workers_share_the_parts_and_none_is_done_twice(alpha, job, finished):
    shares = at_once(*[work_until_it_is_over(alpha, job)] * 3)

    # Sites have unique names, but only parts that are done once leave exactly these.
    assert now(alpha, job) == ("done", Progress(24, 24, 100), list(range(24)))
    assert sum(share.parts for share in shares) == PARTS
    assert sum(share.failed for share in shares) == 0
    assert [share for share in shares if share.parts == 0] == []
    assert finished == [job.pk]


def test_two_workers_would_do_the_same_part_without_the_claim(alpha, job, monkeypatch):
    # The race is there: by plain reads both take the first part, and one of them runs into its
    # unique names.
    def unclaimed(job_id):
        return JobPart.objects.filter(job_id=job_id, state="waiting").order_by("number").first()

    monkeypatch.setattr(working, "_claim_part", unclaimed)

    shares = at_once(*[work_until_it_is_over(alpha, job)] * 3)

    assert sum(share.failed for share in shares) > 0


def work_until_it_is_over(twin, job):
    """Work as the loop of a process does, until the job has ended."""

    def work():
        total = working.NOTHING
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            total += work_due(1.0)
            with tenant(twin.tenant):
                if not Job.objects.get(pk=job.pk).is_active:
                    return total
            time.sleep(0.01)
        raise AssertionError("the job did not end")

    return work


def test_killed_worker_gives_its_part_back_and_it_is_done_once(alpha, job):
    def die_in_the_third_part():
        whole, done = kinds.work, []

        def work(job, params, at):
            result = whole(job, params, at)
            done.append(params)
            if len(done) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        how = JobKind(title="Deadly", plan=kinds.plan, work=work, finish=kinds.finish)
        working.kind_of = lambda kind: how
        work_due()

    # A forked child must not speak on its parent's connection.
    connections.close_all()
    child = get_context("fork").Process(target=die_in_the_third_part)
    child.start()
    child.join(timeout=30)
    after_the_kill = now(alpha, job)
    rest = work_due()

    assert child.exitcode == -signal.SIGKILL
    assert after_the_kill == ("running", Progress(4, 24, 16), [0, 1, 2, 3])
    assert rest == Worked(jobs=1, parts=10)
    assert now(alpha, job) == ("done", Progress(24, 24, 100), list(range(24)))


def test_cancel_does_not_wait_for_the_part_at_work_which_stays_done(alpha, job, monkeypatch):
    at_work, cancelled = Event(), Event()

    def work(job, params, at):
        at_work.set()
        assert cancelled.wait(timeout=10)
        return kinds.work(job, params, at)

    def cancel():
        assert at_work.wait(timeout=10)
        with tenant(alpha.tenant) as at:
            cancel_job(job_id=job.pk, by=alpha.manager, at=at)
        cancelled.set()

    how = JobKind(title="Slow", plan=kinds.plan, work=work, finish=kinds.finish)
    monkeypatch.setattr(working, "kind_of", lambda kind: how)

    done, _nothing = at_once(work_due, cancel)

    assert done == Worked(jobs=1, parts=1)
    assert now(alpha, job) == ("cancelled", Progress(2, 24, 8), [0, 1])


def test_work_of_two_vendors_goes_on_side_by_side(alpha, beta, job):
    short = start(beta, [1, 1])
    until_beta_is_done = work_until_it_is_over(beta, short)

    until_beta_is_done()

    assert now(beta, short) == ("done", Progress(2, 2, 100), [0, 1])
    state, _progress, done = now(alpha, job)
    with tenant(beta.tenant):
        assert done_items(job) == []
    assert (state, done) != ("waiting", [])


def test_failure_is_not_counted_on_a_part_that_another_does_meanwhile(alpha, job, monkeypatch):
    at_work = Event()

    def work(job, params, at):
        at_work.set()
        assert somebody_waits_for_a_lock()
        return kinds.work(job, params, at)

    def note():
        assert at_work.wait(timeout=20)
        with tenant(alpha.tenant) as at:
            part = JobPart.objects.get(job=job, number=1)
            working._note_failure(job.pk, part.pk, KeyError("too late"), at)

    def one_part():
        return working._step(alpha.tenant.pk, job.pk)

    one_part()
    how = JobKind(title="Waits", plan=kinds.plan, work=work, finish=kinds.finish)
    monkeypatch.setattr(working, "kind_of", lambda kind: how)

    done, _noted = at_once(one_part, note)

    assert done == Worked(parts=1)
    with tenant(alpha.tenant):
        part = JobPart.objects.get(job=job, number=1)
        assert (part.state, part.attempts) == ("done", 0)


def somebody_waits_for_a_lock():
    """Look at the server's list of locks until one is waited for, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False
