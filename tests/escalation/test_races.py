"""Ticks that run at once, and ticks that die: every step exactly once. Real connections."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Barrier, BrokenBarrierError, Event

import pytest
from django.db import connection, connections

from accounts.tenancy import tenant
from escalation import tick as ticking
from escalation.tick import Ticked, tick, tick_cases
from outbox.models import OutboxMessage
from tests.cases import MONDAY, file_case
from tests.packs import publish
from tickets.actions.conversation import reply_to_case
from tickets.models import Case, CaseEvent
from tickets.timeline import save_timelines

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING_DUE = [
    ("first_response_warning", 1),
    ("first_response_breach", 1),
    ("first_response_missed", 1),
    ("no_progress_hand_over", 1),
]


@pytest.fixture
def case(alpha, beta):
    """A case filed in March: in real time everything on it is long overdue."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        return file_case(alpha, severity="2", at=MONDAY)


def fired(twin):
    with tenant(twin.tenant):
        events = CaseEvent.objects.filter(kind="step_fired").order_by("seq")
        return list(events.values_list("step", "clock_seq"))


def told(twin):
    with tenant(twin.tenant):
        return OutboxMessage.objects.exclude(kind="case_filed").count()


def at_once(*jobs):
    """Run the jobs in threads of their own, each on its own connection."""

    def run(job):
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def meeting(monkeypatch):
    """Make two ticks that both got to saving wait for each other there."""
    barrier = Barrier(2)
    met = []

    def save_together(timelines):
        try:
            barrier.wait(timeout=2)
            met.append(True)
        except BrokenBarrierError:
            pass
        save_timelines(timelines)

    monkeypatch.setattr(ticking, "save_timelines", save_together)
    return met


def test_two_ticks_would_both_act_without_the_claim(case, alpha, meeting, monkeypatch):
    # The race is there: with plain reads both ticks see the steps due and go on to save them.
    monkeypatch.setattr(
        ticking,
        "_claim",
        lambda ids, at: list(Case.objects.filter(pk__in=ids, next_mark_at__lte=at)),
    )

    at_once(*[lambda: tick_cases(alpha.tenant.pk, [case.pk])] * 2)

    assert meeting == [True, True]
    # Even then the unique key of the events is the last word.
    assert fired(alpha) == EVERYTHING_DUE


def test_two_ticks_at_once_fire_every_step_once(case, alpha, meeting):
    done = at_once(*[lambda: tick_cases(alpha.tenant.pk, [case.pk])] * 2)

    assert meeting == []
    assert sorted(done, key=lambda ticked: ticked.steps) == [Ticked(), Ticked(cases=1, steps=4)]
    assert fired(alpha) == EVERYTHING_DUE


def test_killed_worker_leaves_nothing_half_done_and_the_next_tick_does_it(case, alpha):
    def die_before_the_commit():
        def save_and_die(timelines):
            save_timelines(timelines)
            os.kill(os.getpid(), signal.SIGKILL)

        ticking.save_timelines = save_and_die
        tick_cases(alpha.tenant.pk, [case.pk])

    # A forked child must not speak on its parent's connection.
    connections.close_all()
    child = get_context("fork").Process(target=die_before_the_commit)
    child.start()
    child.join(timeout=30)
    after_the_kill = fired(alpha)
    tick()

    assert child.exitcode == -signal.SIGKILL
    assert after_the_kill == []
    assert fired(alpha) == EVERYTHING_DUE
    # The warning to agent and lead, the breach to the lead, the hand-over to the team of Level 2,
    # and to the customer that the promise was missed.
    assert told(alpha) == 5


def test_answer_that_holds_the_case_wins_over_the_tick(case, alpha):
    answered, ticked = Event(), Event()

    def answer():
        with tenant(alpha.tenant) as at:
            reply_to_case(case_id=case.pk, by=alpha.agent, body="Here.", at=at)
            answered.set()
            ticked.wait(timeout=10)

    def tick_meanwhile():
        answered.wait(timeout=10)
        done = tick_cases(alpha.tenant.pk, [case.pk])
        ticked.set()
        return done

    (_, done) = at_once(answer, tick_meanwhile)

    assert done == Ticked()
    assert tick() == Ticked()
    assert fired(alpha) == []


def test_tick_goes_over_all_vendors_and_keeps_them_apart(case, alpha, beta):
    with tenant(beta.tenant):
        file_case(beta, severity="2", at=MONDAY)

    done = tick()

    assert done == Ticked(cases=2, steps=8)
    for twin in (alpha, beta):
        with tenant(twin.tenant):
            teams = set(Case.objects.values_list("team__name", flat=True))
            assert teams == {f"{twin.canary}team_2"}


def test_case_that_fails_is_set_aside_and_the_others_go_on(case, alpha, caplog):
    with tenant(alpha.tenant):
        healthy = file_case(alpha, severity="2", at=MONDAY)
    spoil(case)

    first, second = tick(), tick()

    assert (first, second) == (Ticked(cases=1, steps=4, failed=1), Ticked())
    with tenant(alpha.tenant):
        aside = Case.objects.get(set_aside_until__isnull=False)
        assert (aside.pk, aside.set_aside_why[:8]) == (case.pk, "KeyError")
        assert Case.objects.get(pk=healthy.pk).tier == 2
    assert f"case {case.pk} of tenant {alpha.tenant.pk} set aside" in caplog.text


def spoil(case):
    """Damage a case's timeline as only the owner of the tables can."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE tickets_caseevent SET payload = '{}' WHERE case_id = %s", [case.pk])


def test_due_cases_are_listed_without_entering_any_vendor(case):
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id FROM due_cases(10)")
        listed = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM tickets_case")
        (seen,) = cursor.fetchone()

    assert (listed, seen) == ([(case.pk,)], 0)
