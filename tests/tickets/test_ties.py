"""Cases that are tied together: merged and parted, linked, hung on an incident."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import MONDAY, after, file_case
from tests.tickets.agreements import entries, mail
from tickets.actions.conversation import ask_customer, reply_as_customer, reply_to_case
from tickets.actions.ending import close_case, reopen_case, resolve_case
from tickets.actions.incidents import (
    declare_incident,
    end_incident,
    join_incident,
    leave_incident,
)
from tickets.actions.levels import request_level
from tickets.actions.linking import link_cases, unlink_cases
from tickets.actions.merging import merge_cases, undo_merge
from tickets.errors import CaseIsNotOpen, NothingChanges
from tickets.life_errors import (
    EscalationGoesOn,
    HasChildren,
    HasTies,
    IsIncident,
    IsMerged,
    IsNoIncident,
    NoMergeToUndo,
    NoSuchCase,
    OtherCompany,
    SameCase,
    SeenByOthers,
)
from tickets.models import Case, CaseLink
from tickets.queries import visible_cases
from tickets.ties import children_of, commonality, linked_cases, merged_in_sight
from tickets.timeline import load_timeline, save_timelines

pytestmark = pytest.mark.usefixtures("metalogix")


@pytest.fixture
def pair(alpha, metalogix):
    """A colleague's case and one about the same of the contact's."""
    return (
        file_case(alpha, severity="3", contact=alpha.colleague),
        file_case(alpha, severity="2"),
    )


def stranger_case(alpha, **changes):
    facts = {"company": alpha.other_company, "contact": alpha.stranger, "severity": "3"}
    return file_case(alpha, **(facts | changes))


def merge(pair, alpha, at=None):
    case, into = pair
    return merge_cases(case_id=case.pk, into=into.number, by=alpha.agent, at=at or after(1))


def running(case) -> set[str]:
    case = Case.objects.get(pk=case.pk)
    return {clock.kind for clock in load_timeline(case).state().open_clocks}


def waits_now(case) -> bool:
    pauses = load_timeline(Case.objects.get(pk=case.pk)).state().pauses
    return bool(pauses) and pauses[-1][1] is None


def test_merged_case_ends_its_clocks_and_names_where_it_goes_on(pair, alpha):
    case, into = pair

    merge(pair, alpha)

    case.refresh_from_db()
    assert (case.status, case.merged_into, case.closed_at) == ("closed", into, after(1))
    # It was not closed as solved: no window counts from it.
    assert case.first_closed_at is None
    assert running(case) == set()
    assert (entries(case)[-1], entries(into)[-1]) == ("merged", "merged_here")
    assert merged_in_sight(into, alpha.agent) == ([case], 0)
    recipient, _subject, body = mail("merged")
    assert recipient == alpha.colleague
    assert f"-{into.number}" in body
    with pytest.raises(IsMerged):
        reopen_case(case_id=case.pk, by=alpha.colleague, body="?", at=after(2), same_problem=True)


def test_dd_06_merged_case_that_one_may_not_see_is_counted(pair, alpha):
    case, into = pair
    merge(pair, alpha)
    hidden = {"is_restricted": True, "owner": None, "team": None}
    Case.objects.filter(pk=case.pk).update(**hidden)

    assert merged_in_sight(into, alpha.agent_2) == ([], 1)
    assert merged_in_sight(into, alpha.manager) == ([case], 0)


def test_later_reply_on_a_merged_case_is_led_to_where_it_goes_on(pair, alpha):
    case, into = pair
    before = visible_cases(alpha.colleague).filter(pk=into.pk).exists()
    merge(pair, alpha)

    reply_as_customer(case_id=case.pk, by=alpha.colleague, body="One more log.", at=after(2))
    reply_to_case(case_id=into.pk, by=alpha.agent, body="Thanks.", at=after(3))

    assert before is False
    said = list(into.messages.order_by("pk").values_list("author__name", "body"))
    assert said[-2:] == [(alpha.colleague.name, "One more log."), (alpha.agent.name, "Thanks.")]
    # Whoever filed either of them hears.
    told = OutboxMessage.objects.filter(kind="agent_replied").values_list("recipient", flat=True)
    assert set(told) == {alpha.contact.pk, alpha.colleague.pk}


@pytest.mark.parametrize("waits", [False, True])
def test_merge_is_undone_with_status_and_clocks(pair, alpha, waits):
    case, into = pair
    if waits:
        ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=MONDAY)
    merge(pair, alpha)

    undo_merge(case_id=case.pk, by=alpha.agent, at=after(24 * 6))

    case.refresh_from_db()
    assert (case.status, case.merged_into, case.closed_at) == (
        "waiting" if waits else "open",
        None,
        None,
    )
    # What waited waits again, so that the clocks stand still; else the first answer, which the
    # merge cut short, is owed from the opening.
    owed = {"first_response", "next_response"} & running(case)
    assert (waits_now(case), owed) == (waits, set() if waits else {"first_response"})
    assert visible_cases(alpha.colleague).filter(pk=into.pk).exists() is False
    with pytest.raises(NoMergeToUndo):
        undo_merge(case_id=case.pk, by=alpha.agent, at=after(24 * 6))


def test_answer_given_while_merged_is_not_waited_for_anew(pair, alpha):
    case, into = pair
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=MONDAY)
    merge(pair, alpha)
    reply_as_customer(case_id=case.pk, by=alpha.colleague, body="The second.", at=after(2))

    undo_merge(case_id=case.pk, by=alpha.agent, at=after(3))

    case.refresh_from_db()
    assert (case.status, waits_now(case), "next_response" in running(case)) == ("open", False, True)
    assert case.questions.get().state == "answered"


def test_merge_withdraws_levels_and_waits_for_an_escalation(pair, alpha):
    case, into = pair
    asked = {"axis": "severity", "level": "2", "reason": "Two sites now."}
    request = request_level(case_id=case.pk, by=alpha.colleague, at=MONDAY, **asked)
    timeline = load_timeline(Case.objects.get(pk=into.pk))
    timeline.add("escalation_requested", by=alpha.contact, at=after(1), payload={"way": "portal"})
    save_timelines([timeline])

    with pytest.raises(EscalationGoesOn):
        merge_cases(case_id=into.pk, into=case.number, by=alpha.agent, at=after(2))
    merge(pair, alpha, at=after(2))

    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("withdrawn", alpha.agent)
    assert entries(case)[-2:] == ["level_request_decided", "merged"]


def test_merge_cannot_be_undone_after_seven_days(pair, alpha):
    merge(pair, alpha, at=MONDAY)

    with pytest.raises(NoMergeToUndo):
        undo_merge(case_id=pair[0].pk, by=alpha.agent, at=MONDAY + timedelta(days=7))


def test_what_cannot_be_merged(pair, alpha):
    case, into = pair
    foreign = stranger_case(alpha)

    def refused(refusal, first=case, second=into):
        with pytest.raises(refusal):
            merge_cases(case_id=first.pk, into=second.number, by=alpha.agent, at=after(1))

    refused(OtherCompany, second=foreign)
    refused(SameCase, second=case)
    with pytest.raises(NoSuchCase):
        merge_cases(case_id=case.pk, into=999, by=alpha.agent, at=after(1))
    with pytest.raises(NotAllowed):
        merge_cases(case_id=case.pk, into=into.number, by=alpha.contact, at=after(1))
    Case.objects.filter(pk=into.pk).update(is_restricted=True, owner=alpha.agent)
    refused(SeenByOthers)
    Case.objects.filter(pk=into.pk).update(is_restricted=False)
    merge(pair, alpha)
    third = file_case(alpha, severity="3")
    refused(HasTies, first=into, second=third)
    close_case(case_id=third.pk, by=alpha.contact, at=after(2))
    refused(CaseIsNotOpen, first=third, second=into)


def test_link_is_seen_from_both_and_by_customers_of_their_own_only(pair, alpha):
    case, mine = pair
    foreign = stranger_case(alpha)

    link_cases(case_id=case.pk, other=foreign.number, by=alpha.agent, at=after(1))
    link_cases(case_id=mine.pk, other=case.number, by=alpha.agent, at=after(2))

    assert linked_cases(case, alpha.agent) == [mine, foreign]
    assert linked_cases(foreign, alpha.agent) == [case]
    assert linked_cases(case, alpha.company_admin) == [mine]
    assert linked_cases(foreign, alpha.stranger) == []
    linked = case.events.filter(kind="case_linked")
    assert set(linked.values_list("audience", flat=True)) == {"desk"}
    with pytest.raises(NothingChanges):
        link_cases(case_id=foreign.pk, other=case.number, by=alpha.agent, at=after(3))
    unlink_cases(case_id=foreign.pk, other=case.number, by=alpha.agent, at=after(4))
    assert CaseLink.objects.count() == 1


def hang(alpha, count):
    """An incident with so many cases of two companies on it."""
    incident = file_case(alpha, severity="2")
    declare_incident(case_id=incident.pk, by=alpha.lead, at=after(1))
    children = [
        file_case(alpha, severity="3") if place % 2 else stranger_case(alpha)
        for place in range(count)
    ]
    for child in children:
        join_incident(case_id=child.pk, incident=incident.number, by=alpha.lead, at=after(1))
    return incident, children


def test_ms_05_answer_on_the_incident_is_an_answer_to_each_customer(alpha):
    incident, children = hang(alpha, 2)
    closed = children[1]
    close_case(case_id=closed.pk, by=alpha.contact, at=after(1.2))

    reply_to_case(case_id=incident.pk, by=alpha.agent, body="A switch died.", at=after(1.5))

    child = children[0]
    assert entries(child)[-1] == "answered_through"
    assert child.messages.get(event__kind="answered_through").body == "A switch died."
    assert child.clocks.get(kind="first_response").state == "met"
    told = OutboxMessage.objects.filter(kind="answered_through")
    assert [row.recipient for row in told] == [alpha.stranger]
    letter = registered("answered_through").render(alpha.stranger, told[0].refs)
    assert "A switch died." in letter.body
    # The incident is another company's case: its number is not for them.
    assert f"-{incident.number}" not in letter.body + letter.subject
    assert entries(closed)[-1] == "closed"
    assert commonality(Q(incident=incident)) == (1, 1)


def test_ms_05_statements_of_an_incident_grow_in_bulk_writes_only(alpha):
    small, _children = hang(alpha, 2)
    large, children = hang(alpha, 12)

    def answer(incident) -> int:
        with CaptureQueriesContext(connection) as taken:
            reply_to_case(case_id=incident.pk, by=alpha.agent, body="News.", at=after(2))
        return len(taken)

    assert answer(large) == answer(small)
    assert all(entries(child)[-1] == "answered_through" for child in children)


def test_ms_05_solving_an_incident_solves_its_cases_where_wanted(alpha):
    incident, children = hang(alpha, 2)

    resolve_case(
        case_id=incident.pk, by=alpha.agent, solution="New.", at=after(2), with_children=True
    )

    statuses = {child.status for child in children_of(incident, alpha.agent)}
    assert (statuses, Case.objects.get(pk=incident.pk).status) == ({"resolved"}, "resolved")
    assert OutboxMessage.objects.filter(kind="resolved").count() == 3
    assert children[0].messages.get(kind="solution").body == "New."


def test_incident_is_joined_and_left_by_ordinary_cases_only(alpha):
    incident, (child, other) = hang(alpha, 2)
    plain = file_case(alpha, severity="3")

    with pytest.raises(IsNoIncident):
        join_incident(case_id=child.pk, incident=plain.number, by=alpha.lead, at=after(2))
    with pytest.raises(IsIncident):
        second = file_case(alpha, severity="3")
        declare_incident(case_id=second.pk, by=alpha.lead, at=after(2))
        join_incident(case_id=second.pk, incident=incident.number, by=alpha.lead, at=after(2))
    with pytest.raises(HasChildren):
        end_incident(case_id=incident.pk, by=alpha.lead, at=after(2))
    with pytest.raises(NotAllowed):
        leave_incident(case_id=child.pk, by=alpha.agent, at=after(2))
    for one in (child, other):
        leave_incident(case_id=one.pk, by=alpha.lead, at=after(3))
    end_incident(case_id=incident.pk, by=alpha.lead, at=after(4))
    assert Case.objects.get(pk=incident.pk).is_incident is False
    assert OutboxMessage.objects.filter(kind="incident_left").count() == 2
