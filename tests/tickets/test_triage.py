from datetime import UTC, datetime

import pytest

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
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
        "severity_changed",
        "type_changed",
        "triaged",
        "assigned",
    ]
    assert OutboxMessage.objects.get(kind="triaged").recipient == alpha.contact
    assert OutboxMessage.objects.get(kind="assigned").recipient == alpha.agent


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
