"""Chains of tasks: as many as there are turns, and only while there is something to be done."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.pulses import pulses
from accounts.tenancy import tenant
from jobs import tasks, working
from jobs.actions import start_job
from jobs.models import Job
from jobs.tasks import work_all
from tests.jobs.kinds import KIND

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch):
    """Take the place of the broker: the turns that tasks were queued with."""
    turns = []
    monkeypatch.setattr(work_all, "delay", turns.append)
    return turns


@pytest.fixture
def job(alpha):
    with tenant(alpha.tenant) as at:
        return start_job(kind=KIND, params={"sizes": [1, 1]}, by=None, at=at)


@pytest.fixture
def short(monkeypatch):
    """End every pass after one step."""

    def one_step(seconds):
        ((tenant_id, job_id),) = tasks.jobs_to_work()
        return working._step(tenant_id, job_id)

    monkeypatch.setattr(tasks, "work_due", one_step)


def state(alpha, job):
    with tenant(alpha.tenant):
        return Job.objects.get(pk=job.pk).state


def test_task_does_what_is_due_and_ends_its_chain(alpha, job, queued):
    work_all()
    work_all()

    assert state(alpha, job) == "done"
    assert queued == []


def test_chain_goes_on_in_its_turn_while_work_is_left(alpha, job, queued, short):
    work_all()
    work_all("jobs.turn.1")
    work_all("jobs.turn.1")
    assert state(alpha, job) == "running"
    work_all("jobs.turn.1")

    assert queued == ["jobs.turn.1"] * 3
    assert state(alpha, job) == "done"


def test_part_that_works_is_seen_when_it_has_worked(alpha, job, queued, short, monkeypatch):
    def fail(_seconds):
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(tasks, "work_due", fail)
        with pytest.raises(ConnectionError):
            work_all("jobs.turn.1")
    before = "work" in pulses()
    work_all("jobs.turn.1")

    assert (before, pulses()["work"].seconds) == (False, 0)


def test_there_are_no_more_chains_than_turns(alpha, job, queued, short):
    for _nudge in range(3):
        work_all()

    # The third had no turn left, so the job waits for the chains.
    assert queued == ["jobs.turn.1", "jobs.turn.2"]
    assert state(alpha, job) == "running"


def test_turn_that_is_taken_is_not_added_again(alpha, job, queued, short):
    added = []
    for _nudge in range(3):
        with CaptureQueriesContext(connection) as asked:
            work_all()
        added.append(sum('INSERT INTO "django_cache"' in query["sql"] for query in asked))

    assert added == [1, 1, 0]
