"""Security matters: who sees a restricted case."""

from functools import partial

import pytest

from accounts.actions import add_team, join_team
from accounts.errors import NotAllowed, NotFound
from tests.cases import after, file_case
from tickets.actions.incidents import declare_incident, join_incident
from tickets.actions.merging import merge_cases
from tickets.actions.restricting import restrict_case
from tickets.actions.sorting import Sorting
from tickets.actions.triage import assign_case, triage_case
from tickets.counting import queue_counts
from tickets.errors import NothingChanges
from tickets.models import Case
from tickets.queries import access_case, in_sight, visible_cases, who_sees
from tickets.ties import children_of, merged_cases, merged_in_sight


@pytest.fixture
def restricted(metalogix, alpha):
    case = file_case(alpha, severity="3")
    return restrict_case(
        case_id=case.pk, is_restricted=True, reason="cn-alpha-leak", by=alpha.agent, at=after(1)
    )


def see(people):
    return [person.name for person in people if visible_cases(person).exists()]


def test_dd_06_restricted_case_is_seen_by_those_it_concerns_only(restricted, alpha):
    desk = [alpha.agent, alpha.agent_2, alpha.lead, alpha.manager, alpha.dispatcher]
    customers = [alpha.contact, alpha.colleague, alpha.company_admin, alpha.stranger]

    # Its team, and who may see every restricted one; of the customers who saw it before.
    assert see(desk) == [alpha.agent.name, alpha.lead.name, alpha.manager.name]
    assert see(customers) == [alpha.contact.name, alpha.company_admin.name]
    with pytest.raises(NotFound):
        access_case(alpha.dispatcher, restricted.number)
    counts = [queue_counts(one, after(2))["open"] for one in (alpha.agent_2, alpha.agent)]
    assert counts == [0, 1]
    assert in_sight(alpha.agent, [restricted]) == [restricted]
    assert in_sight(alpha.agent_2, [restricted]) == []


def test_dd_06_who_has_owned_it_keeps_sight_when_the_policy_hands_it_over(restricted, alpha):
    assign_case(case_id=restricted.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(2))
    Case.objects.filter(pk=restricted.pk).update(owner=None, team=None)

    assert see([alpha.agent, alpha.agent_2, alpha.dispatcher]) == [
        alpha.agent.name,
        alpha.agent_2.name,
    ]
    assert {alpha.agent_2.pk} == who_sees(Case.objects.get()) & {
        alpha.agent_2.pk,
        alpha.dispatcher.pk,
    }


def test_dd_06_what_is_merged_is_restricted_and_shown_again_together(metalogix, alpha):
    case, into = (file_case(alpha, severity="3") for _case in range(2))
    merge_cases(case_id=case.pk, into=into.number, by=alpha.agent, at=after(1))

    def restricted_after(act):
        act()
        return set(Case.objects.values_list("is_restricted", flat=True))

    def restrict(one, is_restricted):
        restrict_case(
            case_id=one.pk, is_restricted=is_restricted, reason="", by=alpha.lead, at=after(2)
        )

    assert restricted_after(lambda: restrict(case, True)) == {True}
    assert restricted_after(lambda: restrict(into, False)) == {False}
    sorting = Sorting(is_restricted=True)
    triage = partial(triage_case, case_id=into.pk, by=alpha.lead, at=after(3), sorting=sorting)
    assert restricted_after(triage) == {True}
    kinds = case.events.filter(kind__contains="restricted").order_by("seq")
    assert [*kinds.values_list("kind", flat=True)] == ["restricted", "unrestricted", "restricted"]


def test_dd_06_restricted_child_of_an_incident_is_listed_to_those_it_concerns(metalogix, alpha):
    incident = file_case(alpha, severity="2")
    declare_incident(case_id=incident.pk, by=alpha.lead, at=after(1))
    children = [file_case(alpha, severity="3") for _child in range(2)]
    for child in children:
        join_incident(case_id=child.pk, incident=incident.number, by=alpha.lead, at=after(1))
    hidden, plain = children

    restrict_case(case_id=hidden.pk, is_restricted=True, reason="", by=alpha.agent, at=after(2))

    assert children_of(incident, alpha.agent) == [hidden, plain]
    assert children_of(incident, alpha.agent_2) == [plain]


def test_dd_06_restricted_merged_case_is_listed_to_those_it_concerns(metalogix, alpha):
    case = file_case(alpha, severity="3", contact=alpha.colleague)
    into = file_case(alpha, severity="3")
    merge_cases(case_id=case.pk, into=into.number, by=alpha.agent, at=after(1))
    assign_case(case_id=into.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(1))

    restrict_case(case_id=into.pk, is_restricted=True, reason="", by=alpha.agent, at=after(2))

    # Its owner sees the one that goes on, and not what hangs on it; its customer reads it all.
    assert see([alpha.agent_2]) == [alpha.agent_2.name]
    assert merged_in_sight(into, alpha.agent) == ([case], 0)
    assert merged_in_sight(into, alpha.agent_2) == ([], 1)
    assert merged_cases(into) == [case]


def test_dd_06_owner_and_swat_see_it_too(restricted, alpha):
    swat = add_team(name="cn-alpha-swat")
    swat.is_swat = True
    swat.save(update_fields=["is_swat"])
    join_team(team=swat, person=alpha.agent_3)
    assert see([alpha.agent_2, alpha.agent_3]) == []

    assign_case(case_id=restricted.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(2))
    Case.objects.update(swat_since=after(2))

    assert see([alpha.agent_2, alpha.agent_3]) == [alpha.agent_2.name, alpha.agent_3.name]


def test_dd_06_restriction_is_the_desks_with_its_reason_and_can_be_lifted(restricted, alpha):
    event = restricted.events.get(kind="restricted")
    assert (event.audience, restricted.notes.get().body) == ("desk", "cn-alpha-leak")
    with pytest.raises(NothingChanges):
        restrict_case(
            case_id=restricted.pk, is_restricted=True, reason="", by=alpha.agent, at=after(2)
        )
    with pytest.raises(NotAllowed):
        restrict_case(
            case_id=restricted.pk, is_restricted=False, reason="", by=alpha.contact, at=after(2)
        )

    restrict_case(case_id=restricted.pk, is_restricted=False, reason="", by=alpha.lead, at=after(2))

    assert see([alpha.agent_2]) == [alpha.agent_2.name]
