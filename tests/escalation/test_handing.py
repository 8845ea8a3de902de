"""All open cases of somebody who is away or leaves, handed on in one act."""

from datetime import date

import pytest

from accounts.errors import NotAllowed
from escalation.absences import note_absence
from escalation.errors import CasesMoved, HandedToOneself, NothingToHandOn
from escalation.handing import hand_over_all, handing_of, stand_in_of
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import MONDAY, after, file_case
from tickets.actions.ending import close_case
from tickets.actions.triage import assign_case
from tickets.errors import NotAtWork
from tickets.models import Case


@pytest.fixture
def owned(metalogix, alpha):
    """Three cases of the agent, the last one closed; and one of somebody else."""
    cases = [file_case(alpha, severity="3") for _each in range(4)]
    for case in cases[:3]:
        assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=MONDAY)
    assign_case(case_id=cases[3].pk, owner_id=alpha.agent_3.pk, by=alpha.agent_3, at=MONDAY)
    close_case(case_id=cases[2].pk, by=alpha.contact, at=MONDAY)
    OutboxMessage.objects.all().delete()
    return cases


def hand_on(alpha, cases, *, to=None, by=None):
    return hand_over_all(
        person_id=alpha.agent.pk,
        to=to.pk if to else None,
        cases_shown=[case.pk for case in cases],
        by=by or alpha.lead,
        at=after(1),
    )


def owners():
    return list(Case.objects.order_by("number").values_list("owner__name", flat=True))


def test_issue_12_stand_in_takes_all_open_cases_with_one_mail(owned, alpha):
    note_absence(
        person_id=alpha.agent.pk,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 6),
        stand_in_id=alpha.agent_2.pk,
        note="",
        by=alpha.agent,
    )
    stand_in = stand_in_of(alpha.agent, MONDAY)
    listed = handing_of(alpha.agent, alpha.lead, stand_in)

    hand_on(alpha, listed.cases, to=listed.stand_in)

    assert owners() == [f"cn-alpha-{name}" for name in ("agent_2", "agent_2", "agent", "agent_3")]
    mail = OutboxMessage.objects.get()
    assert (mail.kind, mail.recipient) == ("cases_handed_on", alpha.agent_2)
    told = registered("cases_handed_on").render(alpha.agent_2, mail.refs)
    assert told.subject == "Handed on to you: 2 cases of cn-alpha-agent"
    assert all(f"TW-{case.number}, " in told.body for case in owned[:2])
    assert f"TW-{owned[2].number}" not in told.body
    event = owned[0].events.last()
    assert (event.kind, event.by, event.audience) == ("assigned", alpha.lead, "desk")
    assert event.payload == {"owner": alpha.agent_2.pk, "from": alpha.agent.pk, "all": True}


def test_without_a_stand_in_each_case_is_its_teams(owned, alpha):
    hand_on(alpha, owned[:2])

    assert owners() == [None, None, "cn-alpha-agent", "cn-alpha-agent_3"]
    # The team of Level 1, without whom the cases come from.
    assert OutboxMessage.objects.get().recipient == alpha.lead


def test_all_or_nothing(owned, alpha):
    with pytest.raises(CasesMoved):
        hand_on(alpha, owned[:1])
    with pytest.raises(HandedToOneself):
        hand_on(alpha, owned[:2], to=alpha.agent)
    with pytest.raises(NotAtWork):
        hand_on(alpha, owned[:2], to=alpha.dispatcher)
    with pytest.raises(NotAllowed):
        hand_on(alpha, owned[:2], by=alpha.agent)

    assert owners()[:2] == ["cn-alpha-agent"] * 2
    assert not OutboxMessage.objects.exists()

    hand_on(alpha, owned[:2])
    with pytest.raises(NothingToHandOn):
        hand_on(alpha, [])
