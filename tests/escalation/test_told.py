"""Who is told by a step of the ladder, and how far a case climbs in one tick."""

from datetime import timedelta

from accounts.actions import add_team
from accounts.models import Person
from escalation.models import Notice
from escalation.tick import fire_due
from tests.cases import MONDAY, after, file_case
from tests.escalation.ladders import step
from tickets.actions.triage import assign_case
from tickets.models import Case


def told(kind="step_fired"):
    rows = Notice.objects.filter(kind=kind).order_by("event", "pk")
    return [
        (row.person.name.removeprefix("cn-alpha-"), row.batch.is_urgent)
        for row in rows.select_related("person", "batch")
    ]


def leave(*people):
    Person.objects.filter(pk__in=[person.pk for person in people]).update(is_active=False)


# Severity 2 is answered within eight service hours: by Monday 18:00 in Berlin.
LATE = after(8.5)


def test_every_role_of_a_step_is_told(ladder, alpha):
    roles = '["account_manager", "dispatcher", "manager", "lead", "team"]'
    ladder(step("everybody", roles=roles))
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert sorted(told()) == [
        ("account_manager", False),
        ("agent", False),
        ("dispatcher", False),
        ("lead", False),
        ("manager", False),
    ]


def test_urgent_step_is_told_urgently(ladder, alpha):
    ladder(
        step("wake", roles='["manager"]', urgent="true"),
        step("climb", action="hand_over", tiers="[1, 2]", urgent="true"),
    )
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert told() == [("manager", True)]
    assert told("handed_over") == [("agent_2", True)]


def test_team_is_told_in_place_of_an_owner_who_has_left(ladder, alpha):
    ladder(step("owner", roles='["owner"]'))
    case = file_case(alpha, severity="2")
    assign_case(case_id=case.pk, owner_id=alpha.agent_3.pk, by=alpha.lead, at=after(1))
    leave(alpha.agent_3, alpha.agent)

    fire_due([case.pk], at=LATE)

    assert told() == [("lead", False)]


def test_account_manager_who_has_left_is_not_told(ladder, alpha):
    ladder(step("manager", roles='["account_manager", "manager"]'))
    leave(alpha.account_manager)
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert told() == [("manager", False)]


def test_leads_are_told_where_nobody_is_in_the_team(ladder, alpha):
    ladder(step("climb", action="hand_over", tiers="[1, 2]"))
    leave(alpha.agent_2)
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert told("handed_over") == [("lead", False)]


def test_case_climbs_to_the_first_team_by_name_as_people_escalate_it(ladder, alpha):
    ladder(step("climb", action="hand_over", tiers="[1, 2]"))
    # The database sorts names as people do: capitals make no difference.
    for name in ("cn-alpha-b", "cn-alpha-A"):
        add_team(name=name, tier=2)
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert Case.objects.select_related("team").get().team.name == "cn-alpha-A"


TWO_TIERS = (
    step("to_2", action="hand_over", tiers="[1]"),
    step("to_3", at="after", action="hand_over", tiers="[2]", seconds=3600),
)


def climbs(case):
    events = case.events.filter(kind="handed_over").order_by("seq")
    return [(event.payload["to_tier"], event.occurred_at) for event in events]


def test_case_climbs_as_the_ladder_says_while_ticks_come(ladder, alpha):
    ladder(*TWO_TIERS)
    case = file_case(alpha, severity="2")
    on_time = case.next_due_at + timedelta(seconds=1)

    for seconds in (0, 3597, 3600):
        fire_due([case.pk], at=on_time + timedelta(seconds=seconds))

    assert climbs(case) == [(2, on_time), (3, on_time + timedelta(hours=1))]


def test_case_climbs_by_one_tier_after_an_outage_and_the_interval_starts_there(ladder, alpha):
    ladder(*TWO_TIERS)
    case = file_case(alpha, severity="2")
    monday_after = after(24 * 7)

    for seconds in (0, 3, 3597, 3600):
        fire_due([case.pk], at=monday_after + timedelta(seconds=seconds))

    assert climbs(case) == [(2, monday_after), (3, monday_after + timedelta(hours=1))]


def test_interval_after_a_late_hand_over_is_service_time(ladder, alpha):
    ladder(*TWO_TIERS)
    case = file_case(alpha, severity="2")
    # Tuesday 18:30 in Berlin; the desk closes at 19:00 and opens at 8:00.
    tuesday_evening = after(32.5)

    fire_due([case.pk], at=tuesday_evening)

    assert MONDAY < Case.objects.get().next_mark_at == after(46.5)


def test_two_hand_overs_that_are_due_at_once_take_two_ticks(ladder, alpha):
    ladder(
        step("to_2", action="hand_over", tiers="[1]"),
        step("from_2", action="hand_over", tiers="[2]"),
    )
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)
    first = Case.objects.get().tier
    fire_due([case.pk], at=LATE + timedelta(seconds=3))

    assert (first, Case.objects.get().tier) == (2, 3)
