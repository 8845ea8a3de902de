"""What cases that belong together tell of each other, and what ends or waits with one."""

import pytest

from tests.cases import MONDAY, after, file_case
from tickets.actions.conversation import reply_as_customer, reply_to_case
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.incidents import declare_incident, join_incident
from tickets.actions.levels import request_level
from tickets.models import Case
from tickets.ties import put_words_to


@pytest.fixture
def incident(alpha, metalogix):
    """An incident with two cases on it."""
    cause = file_case(alpha, severity="2")
    declare_incident(case_id=cause.pk, by=alpha.lead, at=MONDAY)
    for _child in range(2):
        child = file_case(alpha, severity="2")
        join_incident(case_id=child.pk, incident=cause.number, by=alpha.lead, at=MONDAY)
    return cause


@pytest.mark.parametrize("act", ["reply", "solve"])
def test_held_answer_on_an_incident_counts_from_the_press_on_each_case(incident, alpha, act):
    first, second = Case.objects.filter(incident=incident).order_by("number")
    reply_as_customer(case_id=second.pk, by=alpha.contact, body="And?", at=after(2))
    words = {"case_id": incident.pk, "by": alpha.agent, "at": after(3), "occurred_at": after(1)}

    if act == "reply":
        reply_to_case(body="We know.", **words)
    else:
        resolve_case(solution="Restart it.", with_children=True, **words)

    said = [case.events.order_by("seq").last().occurred_at for case in (incident, first, second)]
    assert said == [after(1), after(1), after(2)]


def test_words_of_merged_cases_are_read_at_once(metalogix, alpha, django_assert_num_queries):
    cases = [file_case(alpha, severity="3", body=f"Case {number}.") for number in range(3)]

    with django_assert_num_queries(1):
        put_words_to(cases)

    assert [[one.body for one in case.said] for case in cases] == [
        ["Case 0."],
        ["Case 1."],
        ["Case 2."],
    ]


def test_level_that_is_asked_for_is_withdrawn_when_the_case_closes(metalogix, alpha):
    case = file_case(alpha, severity="3")
    asked = {"axis": "severity", "level": "2", "reason": "Two sites now."}
    request = request_level(case_id=case.pk, by=alpha.contact, at=after(1), **asked)

    close_case(case_id=case.pk, by=alpha.contact, at=after(2))

    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("withdrawn", alpha.contact)
