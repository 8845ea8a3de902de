"""Work at an agreed time (MS-10) through the actions. March 2026 in Berlin; Monday is the 2nd."""

from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.cases import after, file_case
from tests.packs import LONG_AGO, pack_for, publish
from tickets.actions.conversation import (
    ask_customer,
    log_work,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.triage import change_priority, schedule_case
from tickets.errors import ScheduledInPast
from tickets.models import Case

# 10:00 in New York, where the desk is open from 9 to 17.
TUESDAY, THURSDAY = (datetime(2026, 3, day, 15, 0, tzinfo=UTC) for day in (3, 5))


@pytest.fixture
def desk(alpha):
    publish(alpha, "msp")
    with tenant(alpha.tenant):
        yield alpha


def planned(desk, **changes):
    return file_case(desk, priority="P6", **changes)


def slot(case, desk, when, *, at):
    return schedule_case(case_id=case.pk, scheduled_for=when, by=desk.agent, at=at)


def clocks(case):
    rows = case.clocks.filter(kind="first_response").order_by("started_seq")
    return list(rows.values_list("state", "due_at"))


def test_question_about_the_time_leaves_it_to_be_agreed(desk):
    case = planned(desk)
    ask_customer(case_id=case.pk, question="When?", by=desk.agent, at=after(1))
    reply_as_customer(case_id=case.pk, body="Tuesday at ten.", by=desk.contact, at=after(2))

    slot(case, desk, TUESDAY, at=after(3))

    assert clocks(case) == [("scheduled", TUESDAY)]
    assert Case.objects.get().next_due_at == TUESDAY


def test_answer_before_the_slot_leaves_it_watched(desk):
    case = planned(desk, scheduled_for=TUESDAY)

    reply_to_case(case_id=case.pk, body="Fine, Tuesday then.", by=desk.agent, at=after(1))

    stored = Case.objects.get()
    assert clocks(case) == [("scheduled", TUESDAY)]
    assert stored.next_due_at == TUESDAY
    assert stored.next_mark_at is not None


def test_slot_after_a_missed_one_is_watched_and_told(desk):
    case = planned(desk, scheduled_for=TUESDAY)

    slot(case, desk, THURSDAY, at=after(48))

    stored = Case.objects.get()
    assert clocks(case) == [("late", TUESDAY), ("scheduled", THURSDAY)]
    assert (stored.next_due_at, stored.scheduled_for) == (THURSDAY, THURSDAY)
    row = OutboxMessage.objects.get(kind="scheduled")
    told = registered("scheduled").render(desk.contact, row.refs).body
    assert "a time is agreed for your case TW-1: Thu 5 Mar 2026, 16:00 CET." in told
    assert "Work starts" not in told


def test_mail_names_its_own_slot_though_another_was_agreed_since(desk):
    case = planned(desk)
    slot(case, desk, TUESDAY, at=after(1))
    slot(case, desk, THURSDAY, at=after(2))

    rows = OutboxMessage.objects.filter(kind="scheduled").order_by("pk")
    first, second = (registered("scheduled").render(desk.contact, row.refs).body for row in rows)

    assert "Tue 3 Mar 2026, 16:00 CET" in first
    assert "Thu" not in first
    assert "Thu 5 Mar 2026, 16:00 CET" in second


def test_mail_says_when_work_starts_where_the_slot_is_outside_the_hours(desk):
    case = planned(desk)

    slot(case, desk, datetime(2026, 3, 8, 14, 0, tzinfo=UTC), at=after(1))

    row = OutboxMessage.objects.get(kind="scheduled")
    told = registered("scheduled").render(desk.contact, row.refs).body
    assert "Sun 8 Mar 2026, 15:00 CET" in told
    assert "Work starts at Mon 9 Mar 2026, 14:00 CET." in told


def test_slot_can_be_agreed_after_work_has_begun(desk):
    case = planned(desk)
    log_work(case_id=case.pk, body="Prepared it.", by=desk.agent, at=after(1))

    slot(case, desk, TUESDAY, at=after(2))

    assert clocks(case) == [("met", None), ("scheduled", TUESDAY)]


def test_slot_that_has_passed_is_refused_in_words(desk):
    case = planned(desk)

    with pytest.raises(ScheduledInPast) as refused:
        slot(case, desk, after(1), at=after(2))

    assert str(refused.value) == "That moment has passed already. Choose a later one."


@pytest.mark.parametrize("base", ["opening", "change"])
def test_level_that_comes_back_after_the_slot_awaits_another(alpha, base):
    pack = pack_for(alpha.tenant.slug, "msp")
    text = pack.replace('[retarget]\nbase = "opening"', f'[retarget]\nbase = "{base}"')
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        case = planned(alpha, scheduled_for=TUESDAY)
        for priority, at in (("P5", after(20)), ("P6", after(48))):
            change_priority(case_id=case.pk, priority=priority, by=alpha.agent, reason="", at=at)

        assert clocks(case) == [("awaiting_schedule", None)]


def test_message_after_the_slot_is_taken(alpha):
    row = """
[[targets]]
clock = "next_response"
when = { priority = ["P6"] }
target = { kind = "scheduled", outside = "next_opening" }
calendar = "business_8x5"
promised = false
source = "template"

[retarget]
"""
    text = pack_for(alpha.tenant.slug, "msp").replace("[retarget]\n", row, 1)
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        case = planned(alpha, scheduled_for=TUESDAY)
        log_work(case_id=case.pk, body="Done.", by=alpha.agent, at=TUESDAY)

        reply_as_customer(case_id=case.pk, body="More.", by=alpha.contact, at=THURSDAY)

        assert case.clocks.get(kind="next_response").state == "awaiting_schedule"
