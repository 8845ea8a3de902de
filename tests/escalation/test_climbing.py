"""A case that nobody touches climbs from Level 1 to 2 to 3. March 2026; Monday is the 2nd."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from escalation.models import Notice
from escalation.tick import fire_due
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
from tickets.actions.conversation import ask_customer, log_customer_call, reply_to_case
from tickets.actions.ending import close_case
from tickets.actions.triage import assign_case
from tickets.models import Case


def watch(case, *, until: datetime, every: timedelta = timedelta(minutes=15)) -> list[tuple]:
    """Tick like beat would, and list what fired: (moment, step or the tier that it came to)."""
    at = case.last_event_at
    while at <= until:
        fire_due([case.pk], at=at)
        at += every
        case.refresh_from_db(fields=["next_mark_at"])
        # Ticks on which nothing is due do nothing: leave them out.
        while case.next_mark_at and at < case.next_mark_at <= until:
            at += every
        if case.next_mark_at is None:
            break
    return [
        (event.occurred_at.strftime("%a %H:%M"), event.step or event.payload["to_tier"])
        for event in case.events.filter(kind__in=["step_fired", "handed_over"]).order_by("seq")
    ]


def people_told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind).order_by("event", "pk")
    return [name.removeprefix("cn-alpha-") for name in rows.values_list("person__name", flat=True)]


def test_case_that_nobody_touches_reaches_level_3(metalogix, alpha):
    # Severity 2: progress every 8 service hours of 8-19 in Berlin, from Monday 10:00 (09:00 UTC).
    case = file_case(alpha, severity="2")

    fired = watch(case, until=after(24 * 4))

    assert fired == [
        ("Mon 15:00", "first_response_warning"),
        ("Mon 17:15", "first_response_breach"),
        ("Mon 17:15", "first_response_missed"),
        ("Mon 17:15", "no_progress_hand_over"),
        ("Mon 17:15", 2),
        ("Tue 14:30", "no_progress_hand_over"),
        ("Tue 14:30", 3),
        ("Wed 11:45", "no_progress_at_the_top"),
    ]
    case.refresh_from_db()
    assert (case.tier, case.team, case.next_mark_at) == (3, alpha.team_3, None)


def test_who_hears_of_what(metalogix, alpha):
    case = file_case(alpha, severity="2")

    watch(case, until=after(24 * 4))

    assert people_told("step_fired") == [
        "agent",
        "lead",
        "lead",
        "lead",
        "manager",
    ]
    assert people_told("handed_over") == ["agent_2", "agent_3"]


def test_owner_is_warned_in_place_of_the_team(metalogix, alpha):
    case = file_case(alpha, severity="2")
    assign_case(case_id=case.pk, owner_id=alpha.agent_3.pk, by=alpha.lead, at=after(1))

    fire_due([case.pk], at=after(6.5))

    assert people_told("step_fired") == ["agent_3"]


def test_step_fires_once_however_often_the_tick_comes(metalogix, alpha):
    case = file_case(alpha, severity="2")

    done = [fire_due([case.pk], at=after(6.5)).steps for _ in range(5)]

    assert done == [1, 0, 0, 0, 0]


def test_outage_fires_what_was_missed_once_and_climbs_by_one(metalogix, alpha):
    # Acceptance example 13, with a whole week without a tick.
    case = file_case(alpha, severity="2")
    monday_after = after(24 * 7)

    fire_due([case.pk], at=monday_after)
    again = fire_due([case.pk], at=monday_after + timedelta(seconds=3))

    case.refresh_from_db()
    events = case.events.filter(kind="step_fired").order_by("seq")
    assert [(event.step, event.payload["late_seconds"] > 0) for event in events] == [
        ("first_response_warning", True),
        ("first_response_breach", True),
        ("first_response_missed", True),
        ("no_progress_hand_over", True),
    ]
    assert (case.tier, again.steps) == (2, 0)
    # Eight service hours from the late hand-over on Monday 10:00, not from when it was due.
    assert case.next_mark_at == datetime(2026, 3, 9, 17, 0, 1, tzinfo=UTC)


def test_both_moments_of_a_late_step_are_kept(metalogix, alpha):
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=after(8))

    event = case.events.get(kind="step_fired")
    assert event.occurred_at == after(8)
    assert event.payload == {
        "clock": "first_response",
        "started_seq": 1,
        "step": "first_response_warning",
        "at": "before",
        "due_at": int(after(6).timestamp()),
        "late_seconds": 7200,
    }


@pytest.mark.parametrize("end", ["answer", "question", "close"])
def test_nothing_fires_on_what_is_no_longer_owed(metalogix, alpha, end):
    case = file_case(alpha, severity="2")
    if end == "answer":
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Done.", at=after(1))
    elif end == "question":
        ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=after(1))
    else:
        close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    assert fire_due([case.pk], at=after(8.1)).steps == 0


def test_nothing_fires_while_the_desk_is_closed(metalogix, alpha):
    # "No step fires while the desk owes nothing": Friday evening to Monday morning.
    friday_evening = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
    case = file_case(alpha, severity="2", at=friday_evening)

    fired = watch(case, until=datetime(2026, 3, 9, 7, 0, tzinfo=UTC))

    assert fired == []


def test_severity_4_never_climbs(metalogix, alpha):
    case = file_case(alpha, severity="4")

    watch(case, until=after(24 * 5), every=timedelta(hours=1))

    assert Case.objects.get().tier == 1


def test_tier_without_a_team_is_told_to_the_lead(metalogix, alpha):
    alpha.team_2.memberships.all().delete()
    alpha.team_2.delete()
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=after(8.1))

    case.refresh_from_db()
    assert (case.tier, case.team) == (2, None)
    assert people_told("handed_over") == ["lead"]


@pytest.mark.parametrize(
    ("pack", "facts"),
    [
        ("metalogix", {"severity": "3"}),
        ("scalix", {}),
        ("msp", {"priority": "P3"}),
        ("datadynamics", {"severity": "2", "priority": "normal"}),
    ],
)
def test_every_vendor_climbs_to_level_3_by_itself(alpha, pack, facts):
    publish(alpha, pack)
    with tenant(alpha.tenant):
        plan = {"metalogix": "standard", "scalix": "basic"}.get(pack, "")
        alpha.contract.plan = plan
        alpha.contract.save(update_fields=["plan"])
        case = file_case(alpha, **facts)

        watch(case, until=after(24 * 28), every=timedelta(hours=1))

        assert Case.objects.get().tier == 3


def test_low_priority_is_never_late_and_never_climbs(alpha):
    # Acceptance example 9: priority Low, no breach, no escalation.
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        case = file_case(alpha, severity="2", priority="low")

        assert (case.next_due_at, case.next_mark_at) == (None, None)
        assert watch(case, until=after(24 * 14), every=timedelta(hours=6)) == []


def test_global_outage_pages_at_once_and_is_not_late(alpha):
    # MS-05: set by the desk; an order to page, kept out of the late figures.
    publish(alpha, "msp")
    with tenant(alpha.tenant):
        case = file_case(alpha, priority="P1", by=alpha.agent, channel="phone")

        fire_due([case.pk], at=MONDAY)
        steps = list(case.events.filter(kind="step_fired").values_list("step", "payload__at"))
        reply_to_case(case_id=case.pk, by=alpha.agent, body="On it.", at=after(0.1))

        assert [at for _, at in steps] == ["opened"]
        assert case.clocks.get(kind="first_response").state == "met"


def test_step_of_a_call_that_was_logged_late_is_not_late_itself(metalogix, alpha):
    case = file_case(
        alpha, severity="1", channel="phone", by=alpha.agent, at=after(0.1), occurred_at=MONDAY
    )

    fire_due([case.pk], at=after(0.1) + timedelta(seconds=3))

    payloads = case.events.filter(kind="step_fired").values_list("payload", flat=True)
    times = {(payload["due_at"], payload["late_seconds"]) for payload in payloads}
    assert times == {(int(MONDAY.timestamp()), 3)}


def test_case_that_was_called_in_climbs_round_the_clock(metalogix, alpha):
    # MX-07, MX-25: Premium, filed by the portal after hours, then called in: service is 24x7.
    alpha.contract.plan = "premium"
    alpha.contract.save(update_fields=["plan"])
    evening = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
    case = file_case(alpha, severity="1", at=evening)

    log_customer_call(
        case_id=case.pk, by=alpha.dispatcher, body="Down.", at=evening + timedelta(minutes=30)
    )

    assert case.clocks.get(kind="no_progress").due_at == evening + timedelta(hours=2, minutes=30)
