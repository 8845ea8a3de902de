import pytest

from accounts.errors import NotFound
from accounts.tenancy import tenant
from sla.queries import current_policy
from tests.cases import after, file_case
from tests.packs import publish
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.triage import assign_case
from tickets.counting import queue_counts
from tickets.models import Case
from tickets.queries import access_case, visible_cases
from tickets.queue import keys_in_order, queue


def numbers(cases):
    return [case.number for case in cases]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("contact", [1]),
        ("colleague", [2]),
        ("company_admin", [1, 2]),
        ("stranger", []),
        ("agent", [1, 2]),
        ("dispatcher", [1, 2]),
        ("manager", [1, 2]),
    ],
)
def test_who_sees_which_case(metalogix, alpha, name, seen):
    file_case(alpha)
    file_case(alpha, by=alpha.colleague, contact=alpha.colleague)

    assert numbers(visible_cases(getattr(alpha, name)).order_by("number")) == seen


def test_none_and_not_yours_are_the_same(metalogix, alpha):
    file_case(alpha)

    with pytest.raises(NotFound) as foreign:
        access_case(alpha.stranger, 1)
    with pytest.raises(NotFound) as missing:
        access_case(alpha.stranger, 99)

    assert str(foreign.value) == str(missing.value)


def test_queue_of_the_pack_is_severity_then_due(metalogix, alpha):
    # MX-22
    file_case(alpha, severity="3", at=after(0))
    file_case(alpha, severity="2", at=after(2))
    file_case(alpha, severity="2", at=after(1))
    file_case(alpha, severity="4", at=after(0))

    assert numbers(queue(alpha.agent, "open", after(3))) == [3, 2, 1, 4]


@pytest.mark.parametrize("group", ["", "severity", "owner"])
def test_list_of_all_cases_has_the_same_order_level_by_level(metalogix, alpha, group):
    for severity in ("3", "1", "2", "3", "4", "2"):
        file_case(alpha, severity=severity, at=after(0))
    close_case(case_id=solved(alpha, 4).pk, by=alpha.agent, at=after(3))
    # Of a level that the policy no longer has, and of none.
    Case.objects.filter(number=2).update(severity="once")
    Case.objects.filter(number=3).update(severity="", next_due_at=None)
    policy = current_policy(after(4)).policy
    cases = queue(alpha.agent, "all", after(4), group=group)

    def keys(first, most):
        return keys_in_order(cases, policy, group, first=first, most=most)

    whole = [*cases.values_list("pk", flat=True)]
    assert len(whole) == 6
    assert keys(0, 9) == whole
    assert keys(2, 3) == whole[2:5]
    assert keys(9, 9) == []


def solved(alpha, number):
    case = access_case(alpha.agent, number)
    return resolve_case(case_id=case.pk, solution="Restart it.", by=alpha.agent, at=after(2))


def test_queue_of_another_pack_is_due_then_severity(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        file_case(alpha, severity="3", priority="normal", at=after(0))
        file_case(alpha, severity="2", priority="normal", at=after(1))
        file_case(alpha, severity="1", priority="low", at=after(0))
        file_case(alpha, severity="1", priority="high", at=after(2))

        # What has no due time comes last, whatever its severity.
        assert numbers(queue(alpha.agent, "open", after(3))) == [4, 2, 1, 3]


def test_views_and_their_counts_agree(metalogix, alpha):
    _, mine, asked, solved, _ = (file_case(alpha, severity="3") for _ in range(5))
    assign_case(case_id=mine.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))
    ask_customer(case_id=asked.pk, by=alpha.agent, question="Which?", at=after(1))
    resolve_case(case_id=solved.pk, by=alpha.agent, solution="So.", at=after(1))

    counts = queue_counts(alpha.agent, after(8.5))

    assert counts == {
        "open": 3,
        "breached": 3,
        "at_risk": 0,
        "due_today": 0,
        "to_acknowledge": 0,
        "waiting_long": 0,
        "dispatch": 0,
        "to_decide": 0,
        "stalled": 0,
        "unassigned": 2,
        "mine": 1,
        "my_teams": 3,
        "waiting": 1,
        "solved": 1,
        "all": 5,
    }
    for view, count in counts.items():
        assert len(queue(alpha.agent, view, after(8.5))) == count


def test_unknown_view_is_not_found(metalogix, alpha):
    with pytest.raises(NotFound):
        queue(alpha.agent, "secret", after(1))


def test_order_to_page_is_first_in_the_queue_and_not_breached(alpha):
    # MS-05: "immediate" is due at the opening and kept out of what is late.
    publish(alpha, "msp")
    with tenant(alpha.tenant):
        file_case(alpha, priority="P2", at=after(0))
        file_case(alpha, priority="P1", by=alpha.agent, channel="phone", at=after(0))

        assert numbers(queue(alpha.agent, "open", after(1))) == [2, 1]
        assert numbers(queue(alpha.agent, "breached", after(1))) == [1]


def test_answered_case_is_queued_by_the_desk_s_own_aim(metalogix, alpha):
    case = file_case(alpha, severity="2", at=after(0))
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Hello.", at=after(1))

    case.refresh_from_db()
    # Eight service hours of 8-19 in Berlin from Monday 11:00: Monday 19:00.
    assert case.next_due_at == after(9)
    assert numbers(queue(alpha.agent, "breached", after(10))) == []
    assert numbers(queue(alpha.agent, "stalled", after(9))) == []
    assert numbers(queue(alpha.agent, "stalled", after(10))) == [1]


def test_case_of_an_owner_who_has_left_is_nobodys(metalogix, alpha):
    case = file_case(alpha, severity="3")
    assign_case(case_id=case.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(1))
    owned = numbers(queue(alpha.lead, "unassigned", after(2)))
    type(alpha.agent_2).objects.filter(pk=alpha.agent_2.pk).update(is_active=False)

    assert (owned, numbers(queue(alpha.lead, "unassigned", after(2)))) == ([], [1])


def test_what_waits_for_the_customer_stays_mine(metalogix, alpha):
    case = file_case(alpha, severity="3")
    assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=after(1))

    assert numbers(queue(alpha.agent, "mine", after(2))) == [1]
    assert numbers(queue(alpha.agent, "open", after(2))) == []
