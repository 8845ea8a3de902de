"""What people log after the policy has acted on a case. March 2026; Monday is the 2nd."""

from datetime import timedelta

import pytest

from escalation.tick import fire_due
from tests.cases import MONDAY, after, file_case
from tickets.actions.conversation import add_note, log_agent_call, reply_to_case
from tickets.actions.triage import assign_case
from tickets.errors import BeforeLastEntry
from tickets.models import Case


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="2")


def call(case, alpha, *, at, occurred_at):
    log_agent_call(case_id=case.pk, by=alpha.agent, body="Hi.", at=at, occurred_at=occurred_at)


def clocks(case, kind):
    rows = case.clocks.filter(kind=kind).order_by("started_seq")
    return list(rows.values_list("state", "started_at", "ended_at"))


def test_step_of_the_policy_does_not_keep_a_call_out(case, alpha):
    fire_due([case.pk], at=after(6.5))

    call(case, alpha, at=after(7), occurred_at=after(6))

    assert clocks(case, "first_response") == [("met", MONDAY, after(6))]
    assert case.events.filter(kind="step_fired").count() == 1


def test_call_in_time_is_met_though_the_breach_has_fired(case, alpha):
    # First response and progress are due eight service hours after Monday 10:00, at 18:00.
    fire_due([case.pk], at=after(8.1))

    call(case, alpha, at=after(8.5), occurred_at=after(7.9))

    handed_over = after(8.1)
    assert clocks(case, "first_response") == [("met", MONDAY, after(7.9))]
    assert [(state, start) for state, start, _end in clocks(case, "no_progress")] == [
        ("late", MONDAY),
        ("met", handed_over),
        ("running", handed_over),
    ]
    stored = Case.objects.get()
    assert (stored.tier, stored.last_public_at) == (2, after(7.9))


def test_call_before_the_last_entry_of_a_person_is_refused(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Hello.", at=after(5))
    fire_due([case.pk], at=after(20))

    with pytest.raises(BeforeLastEntry):
        call(case, alpha, at=after(21), occurred_at=after(4.9))


def test_minute_of_the_last_entry_is_late_enough(case, alpha):
    # A form gives minutes; the entry before came within that very minute.
    noted_at = after(1) + timedelta(seconds=30)
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=noted_at)

    call(case, alpha, at=after(2), occurred_at=after(1))

    assert case.events.get(kind="agent_called").occurred_at == noted_at


def test_minute_before_that_of_the_last_entry_is_too_early(case, alpha):
    add_note(case_id=case.pk, by=alpha.agent, body="Odd.", at=after(1) + timedelta(seconds=30))

    with pytest.raises(BeforeLastEntry):
        call(case, alpha, at=after(2), occurred_at=after(1) - timedelta(minutes=1))
