"""Acts of people against a step that is firing, at once and on real connections.

RACES=1000 for as many as issue 5 asks for; the gate runs a few of each kind.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.tenancy import tenant
from escalation.acknowledging import acknowledge
from escalation.models import Notice
from escalation.tick import tick_cases
from tests.cases import file_case
from tests.escalation.ladders import publish_ladder, step
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import close_case
from tickets.models import CaseEvent

pytestmark = pytest.mark.django_db(transaction=True)

RACES = int(os.environ.get("RACES", "40"))
ENDS = {"agent_replied", "question_asked", "closed"}


def act(alpha, case, kind):
    """Answer, ask, close or take notice, as somebody does while the tick runs."""
    with tenant(alpha.tenant) as at:
        if kind == "answer":
            reply_to_case(case_id=case.pk, by=alpha.agent, body="Here.", at=at)
        elif kind == "ask":
            ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=at)
        elif kind == "close":
            close_case(case_id=case.pk, by=alpha.contact, at=at)
        else:
            acknowledge(case_id=case.pk, by=alpha.lead, at=at)


def race(alpha, case, kind):
    """Let the act and two ticks start at the same moment, and see them through."""
    start = Barrier(3)

    def run(job):
        try:
            start.wait(timeout=30)
            job()
        finally:
            connections.close_all()

    jobs = [
        lambda: act(alpha, case, kind),
        *[lambda: tick_cases(alpha.tenant.pk, [case.pk])] * 2,
    ]
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(run, job) for job in jobs]:
            future.result(timeout=60)


def test_no_step_fires_on_what_is_no_longer_owed_in_any_race(alpha):
    dice = random.Random(20261123)
    with tenant(alpha.tenant):
        publish_ladder(
            alpha,
            step("breach", roles='["lead"]', repeat_seconds=900, repeat_times=3),
            step("climb", clock="no_progress", action="hand_over", tiers="[1, 2]"),
        )
    kinds = ["answer", "ask", "close", "acknowledge"] * (RACES // 4)
    dice.shuffle(kinds)
    outcomes = set()
    for kind in kinds:
        with tenant(alpha.tenant):
            case = file_case(alpha, severity="2")
        race(alpha, case, kind)
        first = who_was_first(alpha, case)
        tick_cases(alpha.tenant.pk, [case.pk])  # what was held by the act comes with the next tick
        check(alpha, case)
        outcomes.add(first)

    # Each side has won some: else these were no races.
    assert outcomes == {"act", "tick"}


def who_was_first(alpha, case):
    with tenant(alpha.tenant):
        return "tick" if case.events.filter(kind="step_fired").exists() else "act"


def check(alpha, case):
    """Prove that nothing was fired after the act that met it, nor twice."""
    with tenant(alpha.tenant):
        events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
        steps = [event for event in events if event.kind == "step_fired"]
        ends = [event.seq for event in events if event.kind in ENDS]
        assert len({(event.clock, event.clock_seq, event.step) for event in steps}) == len(steps)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        if ends:
            assert all(event.seq < ends[0] for event in steps)
        else:
            assert [event.step for event in steps] == ["breach", "climb"]
        notices = Notice.objects.filter(case=case)
        assert notices.filter(kind="step_fired").count() == len(
            [event for event in steps if event.step == "breach"]
        )
