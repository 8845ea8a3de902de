"""Which team takes a new case, and who owns it."""

from datetime import timedelta

import pytest

from accounts.actions import add_person, add_team, join_team
from accounts.errors import NotAllowed
from accounts.models import PersonSkill
from entitlements.actions import add_product
from escalation.absences import note_absence
from tests.cases import after, file_case
from tickets.actions.routing import assign_to_least_loaded, take_next
from tickets.actions.triage import assign_case
from tickets.assigning import suggest_owners
from tickets.level_errors import NobodyToAssign, NoNextCase
from tickets.models import TeamRoute


@pytest.fixture
def mates(metalogix, alpha):
    """The first agent and three more of their team, by name."""
    names = ("bea", "cid", "dan")
    found = [
        add_person(name=name, email=f"{name}@desk.test", role="agent", tier=1) for name in names
    ]
    for person in found:
        join_team(team=alpha.team, person=person)
    return found


def route(team, product=None, region=""):
    TeamRoute.objects.create(tenant_id=team.tenant_id, product=product, region=region, team=team)


def test_mx_28_first_team_is_that_of_the_most_exact_route(metalogix, alpha):
    # The company is in Germany: the region “emea” of the pack.
    teams = {
        name: add_team(name=f"z-{name}", tier=1) for name in ("both", "product", "region", "rest")
    }
    mover = add_product(code="mover", name="Mover")
    region = file_case(alpha).events.get(kind="case_opened").payload["region"]
    assert file_case(alpha).team == alpha.team

    seen = []
    for name, product, where in (
        ("rest", None, ""),
        ("region", None, region),
        ("product", alpha.product, ""),
        ("both", alpha.product, region),
    ):
        route(teams[name], product, where)
        seen.append(file_case(alpha).team.name)

    assert seen == ["z-rest", "z-region", "z-product", "z-both"]
    route(alpha.team, mover)
    assert file_case(alpha).team.name == "z-both"


def test_dd_27_owners_are_suggested_by_load_then_skill_then_grade(mates, alpha):
    bea, cid, dan = mates
    case = file_case(alpha, subject="Exchange does not start")
    busy = file_case(alpha)
    assign_case(case_id=busy.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(1))
    PersonSkill.objects.create(tenant_id=cid.tenant_id, person=cid, name="Exchange")
    PersonSkill.objects.create(tenant_id=dan.tenant_id, person=dan, name="Oracle")
    today = after(0).date()
    note_absence(
        person_id=dan.pk,
        starts_on=today,
        ends_on=today + timedelta(days=1),
        stand_in_id=None,
        note="",
        by=alpha.lead,
    )

    found = suggest_owners(case, after(1))

    # Whoever is away is left out; the lead is of the team too.
    assert [(one.person.name, one.load, one.skills) for one in found] == [
        ("cid", 0, ("Exchange",)),
        ("bea", 0, ()),
        (alpha.lead.name, 0, ()),
        (alpha.agent.name, 1, ()),
    ]


def test_mx_28_least_loaded_gets_the_case_in_one_press(mates, alpha):
    case = file_case(alpha)

    first = assign_to_least_loaded(case_id=case.pk, by=alpha.dispatcher, at=after(1))
    again = assign_to_least_loaded(case_id=case.pk, by=alpha.dispatcher, at=after(1))

    assert (first.owner.name, again.owner.name) == ("bea", "cid")
    with pytest.raises(NotAllowed):
        assign_to_least_loaded(case_id=case.pk, by=alpha.contact, at=after(1))


def test_nobody_there_is_said_in_words(metalogix, alpha):
    case = file_case(alpha)
    case.team = add_team(name="empty", tier=1)
    case.save(update_fields=["team"])

    with pytest.raises(NobodyToAssign):
        assign_to_least_loaded(case_id=case.pk, by=alpha.lead, at=after(1))


def test_mx_22_next_case_is_the_first_of_my_teams_in_the_policys_order(metalogix, alpha):
    low, high, second = (file_case(alpha, severity=code) for code in ("3", "2", "2"))
    second.team, second.tier = alpha.team_2, 2
    second.save(update_fields=["team", "tier"])

    taken = [take_next(by=alpha.agent, at=after(1)).number for _press in range(2)]

    assert taken == [high.number, low.number]
    with pytest.raises(NoNextCase):
        take_next(by=alpha.agent, at=after(1))
    assert take_next(by=alpha.agent_2, at=after(1)).number == second.number
    with pytest.raises(NotAllowed):
        take_next(by=alpha.dispatcher, at=after(1))
