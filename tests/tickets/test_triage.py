from datetime import UTC, datetime

import pytest

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.cases import MONDAY, after, file_case
from tests.packs import LONG_AGO, pack_for, publish
from tickets.actions.ending import close_case
from tickets.actions.triage import (
    assign_case,
    change_priority,
    change_severity,
    schedule_case,
    triage_case,
)
from tickets.errors import (
    CaseIsNotOpen,
    NotAtWork,
    NothingChanges,
    NotScheduled,
    ScheduledInPast,
    UnknownLevel,
)
from tickets.models import Case


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def due(case, kind="first_response"):
    return case.clocks.get(kind=kind).due_at


def test_changed_severity_changes_the_promise_and_keeps_the_reason(metalogix, alpha):
    alpha.contract.plan = "premium"
    alpha.contract.save(update_fields=["plan"])
    case = file_case(alpha, severity="3", channel="phone", by=alpha.agent)

    change_severity(
        case_id=case.pk, severity="1", by=alpha.agent, reason="cn-alpha-why", at=after(1)
    )

    # Premium, by phone: two hours round the clock from the opening.
    assert due(case) == after(2)
    assert case.events.get(kind="severity_changed").payload == {"severity": "1", "from": "3"}
    # DD-08: the reason is shown to both sides.
    assert case.messages.get(kind="reason").body == "cn-alpha-why"
    assert OutboxMessage.objects.get(kind="level_changed").recipient == alpha.contact


def test_level_that_the_policy_lacks_is_refused(case, alpha):
    with pytest.raises(UnknownLevel):
        change_severity(case_id=case.pk, severity="P1", by=alpha.agent, reason="", at=after(1))
    with pytest.raises(UnknownLevel):
        change_priority(case_id=case.pk, priority="high", by=alpha.agent, reason="", at=after(1))


def test_same_level_again_is_refused(case, alpha):
    with pytest.raises(NothingChanges):
        change_severity(case_id=case.pk, severity="3", by=alpha.agent, reason="", at=after(1))


def test_customer_cannot_change_the_severity(case, alpha):
    with pytest.raises(NotAllowed):
        change_severity(case_id=case.pk, severity="1", by=alpha.contact, reason="", at=after(1))


def test_triage_changes_assigns_and_mails_number_and_promise(case, alpha):
    # MX-23
    triage_case(
        case_id=case.pk,
        by=alpha.dispatcher,
        at=after(1),
        severity="2",
        case_type="question",
        owner_id=alpha.agent.pk,
        reason="cn-alpha-reason",
    )

    stored = Case.objects.get()
    assert (stored.severity, stored.case_type, stored.owner) == ("2", "question", alpha.agent)
    assert list(case.events.order_by("seq").values_list("kind", flat=True)) == [
        "case_opened",
        "triaged",
        "assigned",
    ]
    assert case.events.get(kind="triaged").payload == {
        "severity": "2",
        "case_type": "question",
        "from": {"severity": "3", "case_type": "problem"},
        "owner": alpha.agent.pk,
    }
    assert OutboxMessage.objects.get(kind="triaged").recipient == alpha.contact
    assert OutboxMessage.objects.get(kind="assigned").recipient == alpha.agent


def test_triage_tells_both_promises_and_the_reason(case, alpha):
    # DD-08
    triage_case(case_id=case.pk, by=alpha.agent, at=after(1), severity="1", reason="cn-alpha-why")

    row = OutboxMessage.objects.get(kind="triaged")
    told = registered("triaged").render(alpha.contact, row.refs).body
    assert "Until now we had promised an answer by Mon 2 Mar 2026, 18:00 CET." in told
    assert "cn-alpha-why" in told
    assert not OutboxMessage.objects.filter(kind="level_changed").exists()
    assert case.messages.get(kind="reason").event.kind == "triaged"
    assert not case.notes.exists()


def test_note_of_a_triage_that_changes_nothing_stays_at_the_desk(case, alpha):
    triage_case(case_id=case.pk, by=alpha.agent, at=after(1), severity="3", reason="cn-alpha-odd")

    event = case.events.get(kind="triaged")
    assert event.payload == {}
    assert [(note.event, note.body) for note in case.notes.all()] == [(event, "cn-alpha-odd")]
    assert not case.messages.filter(kind="reason").exists()


def test_triage_of_two_axes_never_promises_what_stood_between(alpha):
    # Severity 1 alone would be late at once and stay so; a question is promised nothing.
    text = pack_for(alpha.tenant.slug, "datadynamics")
    text = text.replace('floor = "full_target"', 'floor = "none"')
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        case = file_case(alpha, case_type="problem", severity="3", priority="normal")

        triage_case(
            case_id=case.pk, by=alpha.agent, at=after(24), severity="1", case_type="question"
        )

        first = case.clocks.get(kind="first_response")
        assert (first.state, first.due_at) == ("no_target", None)


def test_triage_to_an_unknown_level_changes_nothing(case, alpha):
    with pytest.raises(UnknownLevel):
        triage_case(case_id=case.pk, by=alpha.agent, at=after(1), severity="2", case_type="riddle")

    assert case.events.count() == 1


def test_triage_is_no_first_response(case, alpha):
    triage_case(case_id=case.pk, by=alpha.agent, at=after(1))

    assert case.clocks.get(kind="first_response").state == "running"


def test_owner_is_assigned_and_taken_away(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(1))
    assign_case(case_id=case.pk, owner_id=None, by=alpha.lead, at=after(2))

    assert Case.objects.get().owner is None
    assert [event.payload for event in case.events.filter(kind="assigned")] == [
        {"owner": alpha.agent.pk},
        {"owner": None},
    ]


def test_owner_hears_that_somebody_else_has_the_case_now(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))

    assign_case(case_id=case.pk, owner_id=alpha.agent_2.pk, by=alpha.agent_2, at=after(2))

    row = OutboxMessage.objects.get(kind="unassigned")
    told = registered("unassigned").render(alpha.agent, row.refs)
    assert row.recipient == alpha.agent
    assert told.subject == "[TW-1] not yours any more: cn-alpha-subject"
    assert "cn-alpha-agent_2 owns TW-1 of cn-alpha-company now, in your place" in told.body


def test_assignment_is_the_desks_own(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(1))

    assert case.events.get(kind="assigned").audience == "desk"
    assert OutboxMessage.objects.filter(kind="unassigned").count() == 0


def test_who_takes_a_case_is_not_told_of_it(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))

    assert not OutboxMessage.objects.filter(kind="assigned").exists()


def test_case_is_not_assigned_to_a_customer_or_a_stranger(case, alpha, beta):
    with pytest.raises(NotAtWork):
        assign_case(case_id=case.pk, owner_id=alpha.contact.pk, by=alpha.lead, at=after(1))
    with pytest.raises(NotFound):
        assign_case(case_id=case.pk, owner_id=beta.agent.pk, by=alpha.lead, at=after(1))
    with pytest.raises(NothingChanges):
        assign_case(case_id=case.pk, owner_id=None, by=alpha.lead, at=after(1))


def test_closed_case_is_not_sorted_any_more(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(CaseIsNotOpen):
        triage_case(case_id=case.pk, by=alpha.agent, at=after(2))
    with pytest.raises(CaseIsNotOpen):
        assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(2))


def test_case_without_slots_cannot_be_scheduled(case, alpha):
    with pytest.raises(NotScheduled):
        schedule_case(case_id=case.pk, scheduled_for=after(24), by=alpha.agent, at=after(1))


@pytest.fixture
def planned(alpha):
    """Be inside alpha with the MSP pack, and a P6 case without a time."""
    publish(alpha, "msp")
    with tenant(alpha.tenant):
        yield file_case(alpha, priority="P6", product=alpha.product)


def test_slot_outside_the_hours_moves_to_the_next_opening(planned, alpha):
    # MS-10, acceptance example 8: Sunday 10:00 in New York is promised for Monday 09:00.
    sunday = datetime(2026, 3, 8, 14, 0, tzinfo=UTC)

    schedule_case(case_id=planned.pk, scheduled_for=sunday, by=alpha.agent, at=after(1))

    assert due(planned) == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert Case.objects.get().scheduled_for == sunday


def test_planned_case_has_no_due_time_until_then(planned):
    assert (due(planned), Case.objects.get().next_mark_at) == (None, None)


def test_slot_in_the_past_is_refused(planned, alpha):
    with pytest.raises(ScheduledInPast):
        schedule_case(case_id=planned.pk, scheduled_for=MONDAY, by=alpha.agent, at=after(1))
