"""Moving a case between the teams by hand, and who hears of it. Alpha has a team of each tier."""

import pytest

from accounts.actions import add_team, join_team
from accounts.errors import NotAllowed
from accounts.models import Person
from escalation.actions import escalate_case, hand_back, hand_over
from escalation.errors import (
    HandOverNoteMissing,
    NeedMissing,
    NoHigherTier,
    NowhereToHandBack,
    UnknownTeam,
)
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tickets.actions.ending import close_case
from tickets.actions.triage import assign_case
from tickets.errors import CaseIsNotOpen, NothingChanges
from tickets.models import Case


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def give(case, alpha, team, *, by=None, done="Read the logs.", needed="A fix.", at=None):
    return hand_over(
        case_id=case.pk,
        team_id=team.pk,
        note_done=done,
        note_needed=needed,
        by=by or alpha.agent,
        at=at or after(1),
    )


def escalate(case, alpha, *, by=None, done="Looked at it.", needed="A fix.", at=None):
    return escalate_case(
        case_id=case.pk,
        note_done=done,
        note_needed=needed,
        by=by or alpha.agent,
        at=at or after(1),
    )


def back(case, alpha, *, by=None, at=None):
    return hand_back(
        case_id=case.pk, reason="It is not ours.", by=by or alpha.agent, at=at or after(2)
    )


def told():
    rows = OutboxMessage.objects.filter(kind="handed_over").order_by("recipient__name")
    return [
        name.removeprefix("cn-alpha-") for name in rows.values_list("recipient__name", flat=True)
    ]


def test_team_takes_the_case_over_with_the_note(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(0.5))

    give(case, alpha, alpha.team_3)

    stored = Case.objects.get()
    event = case.events.get(kind="handed_over")
    assert (stored.tier, stored.team, stored.owner) == (3, alpha.team_3, None)
    assert (event.by, event.audience, event.caused_by) == (alpha.agent, "public", "person")
    assert event.payload == {
        "from_tier": 1,
        "to_tier": 3,
        "from_team": alpha.team.pk,
        "to_team": alpha.team_3.pk,
    }
    assert [(note.event, note.body) for note in case.notes.all()] == [
        (event, "Done so far:\nRead the logs.\n\nWhat is needed:\nA fix.")
    ]
    assert told() == ["agent_3"]


def test_hand_over_starts_progress_afresh_and_answers_nobody(case, alpha):
    give(case, alpha, alpha.team_2)

    clocks = case.clocks.order_by("kind", "started_seq")
    assert list(clocks.values_list("kind", "state", "started_at")) == [
        ("first_response", "running", MONDAY),
        ("no_progress", "met", MONDAY),
        ("no_progress", "running", after(1)),
    ]


def test_case_goes_down_and_sideways_too(case, alpha):
    beside = add_team(name="cn-alpha-beside", tier=3)
    give(case, alpha, alpha.team_3)

    sideways = give(case, alpha, beside, at=after(2))
    down = give(case, alpha, alpha.team, at=after(3))

    assert (sideways.tier, sideways.team) == (3, beside)
    assert (down.tier, down.team) == (1, alpha.team)


def test_mx_26_escalation_goes_to_the_first_team_of_the_next_tier(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(0.5))
    add_team(name="cn-alpha-a", tier=2)  # younger, and first by name

    escalate(case, alpha)

    stored = Case.objects.select_related("team").get()
    assert (stored.tier, stored.team.name, stored.owner) == (2, "cn-alpha-a", None)
    assert case.notes.get().body == "Done so far:\nLooked at it.\n\nWhat is needed:\nA fix."


def test_escalation_ends_at_the_top(case, alpha):
    for _step in range(2):
        escalate(case, alpha)

    with pytest.raises(NoHigherTier):
        escalate(case, alpha)

    assert case.events.filter(kind="handed_over").count() == 2


def test_leads_hear_where_the_next_tier_has_no_team(case, alpha):
    alpha.team_2.memberships.all().delete()
    alpha.team_2.delete()

    escalate(case, alpha)

    stored = Case.objects.get()
    assert (stored.tier, stored.team) == (2, None)
    assert told() == ["lead"]


def test_who_has_left_the_team_hears_nothing(case, alpha):
    join_team(team=alpha.team_2, person=alpha.dispatcher)
    Person.objects.filter(pk=alpha.agent_2.pk).update(is_active=False)

    give(case, alpha, alpha.team_2)

    assert told() == ["dispatcher"]


def test_team_must_be_another_one_of_a_tier(case, alpha, beta):
    without = add_team(name="cn-alpha-without", tier=None)

    for team in (without, beta.team_2):
        with pytest.raises(UnknownTeam):
            give(case, alpha, team)
    with pytest.raises(NothingChanges):
        give(case, alpha, alpha.team)

    assert case.events.count() == 1


@pytest.mark.parametrize("move", [give, escalate])
def test_mx_27_next_team_is_told_what_was_done_and_what_is_needed(case, alpha, move):
    to = [alpha.team_2] if move is give else []

    with pytest.raises(HandOverNoteMissing):
        move(case, alpha, *to, done=" \n")
    with pytest.raises(NeedMissing):
        move(case, alpha, *to, needed="")

    assert case.events.count() == 1


def test_mx_27_second_level_may_pass_on_at_once(case, alpha):
    escalate(case, alpha)

    passed = escalate(case, alpha, by=alpha.agent_2, done="Nothing yet.", needed="A developer.")

    assert (passed.tier, passed.team, told()) == (3, alpha.team_3, ["agent_2", "agent_3"])


def test_case_is_handed_back_the_way_it_came(case, alpha):
    give(case, alpha, alpha.team_2)
    give(case, alpha, alpha.team_3, by=alpha.agent_2)

    places = [back(case, alpha, at=after(hours)) for hours in (2, 3)]

    assert [(place.tier, place.team) for place in places] == [(2, alpha.team_2), (1, alpha.team)]
    assert told() == ["agent", "agent_2", "agent_2", "agent_3", "lead"]
    assert case.notes.last().body == "It is not ours."
    with pytest.raises(NowhereToHandBack):
        back(case, alpha, at=after(4))


def test_case_that_was_handed_back_can_be_handed_over_anew(case, alpha):
    give(case, alpha, alpha.team_2)
    back(case, alpha)
    give(case, alpha, alpha.team_3, at=after(3))

    returned = back(case, alpha, at=after(4))

    assert (returned.tier, returned.team) == (1, alpha.team)
    assert case.events.last().payload["back"]


@pytest.mark.parametrize("move", [give, escalate])
def test_case_that_has_ended_goes_nowhere(case, alpha, move):
    close_case(case_id=case.pk, by=alpha.contact, at=after(0.5))

    with pytest.raises(CaseIsNotOpen):
        move(case, alpha, *([alpha.team_2] if move is give else []))


def test_who_may_move_a_case(case, alpha):
    with pytest.raises(NotAllowed):
        give(case, alpha, alpha.team_2, by=alpha.account_manager)
    with pytest.raises(NotAllowed):
        escalate(case, alpha, by=alpha.contact)
    with pytest.raises(NotAllowed):
        back(case, alpha, by=alpha.account_manager)

    assert escalate(case, alpha, by=alpha.account_manager).tier == 2
