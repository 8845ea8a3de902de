"""Two who publish at once. Real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connections

from accounts.tenancy import tenant
from sla import actions, publishing
from sla.actions import load_document, save_targets
from sla.errors import DraftChanged
from sla.models import PolicyDraft
from sla.publishing import publish_draft
from tests.packs import pack_for, publish
from tests.sla.working import numbers, revision, with_hours

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def seen(alpha):
    """Have something to publish; give the revision that both have looked at."""
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        rows = with_hours("MX-20", 4)
        save_targets(by=alpha.manager, at=AT, revision=revision(), targets=rows)
        return revision()


@pytest.fixture
def meeting(monkeypatch):
    """Make two that both got to freezing wait for each other there."""
    barrier, met, freeze = Barrier(2), [], publishing.freeze

    def freeze_together(*arguments, **options):
        try:
            barrier.wait(timeout=2)
            met.append(True)
        except BrokenBarrierError:
            pass
        return freeze(*arguments, **options)

    for module in (actions, publishing):
        monkeypatch.setattr(module, "freeze", freeze_together)
    return met


def outcomes_at_once(*jobs):
    """Run the jobs on connections of their own; give what came of each, exceptions too."""

    def run(job):
        try:
            return job()
        except Exception as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, job) for job in jobs]]


def publisher(twin, seen):
    def job():
        with tenant(twin.tenant):
            return publish_draft(by=twin.manager, at=AT, revision=seen).number

    return job


def test_two_would_both_publish_without_the_lock(alpha, seen, meeting, monkeypatch):
    # The race is there: with plain reads both get to freezing the next number.
    monkeypatch.setattr(
        publishing, "lock_draft_as_seen", lambda revision: PolicyDraft.objects.get()
    )

    outcomes = outcomes_at_once(*[publisher(alpha, seen)] * 2)

    assert meeting == [True, True]
    # Even then the number is unique.
    assert sorted(outcomes, key=str) == [2, IntegrityError]


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(alpha, seen, meeting):
    outcomes = outcomes_at_once(*[publisher(alpha, seen)] * 2)

    assert meeting == []
    assert sorted(outcomes, key=str) == [2, DraftChanged]
    with tenant(alpha.tenant):
        assert numbers() == [1, 2]


def test_first_file_loaded_twice_at_once_is_published_once(alpha, meeting):
    def job():
        with tenant(alpha.tenant) as at:
            loaded = load_document(text=pack_for("alpha", "scalix"), by=None, at=at)
            return (loaded.number, loaded.is_new)

    outcomes = outcomes_at_once(job, job)

    assert meeting == []
    assert sorted(outcomes) == [(1, False), (1, True)]
