"""One change of many cases: planned, done as a whole or not at all on each, and undone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, NotFound
from jobs.actions import cancel_job
from jobs.models import Job
from outbox.clock import real_now
from outbox.models import OutboxMessage
from tests.cases import after, file_case
from tickets.actions.bulk import do_bulk, undo_bulk
from tickets.actions.conversation import reply_as_customer
from tickets.actions.ending import resolve_case
from tickets.actions.tagging import add_tag
from tickets.actions.triage import assign_case
from tickets.bulk import access_bulk, plan_bulk, prepare
from tickets.bulk_errors import (
    ClosesOnly,
    NothingChosen,
    NothingToDo,
    TeamNoteMissing,
    UndoIsOver,
)
from tickets.bulk_work import finish, plan, work
from tickets.errors import NothingSaid
from tickets.level_errors import ReasonMissing
from tickets.models import Case, Message
from tickets.tags import tags_on_cases


@pytest.fixture
def cases(metalogix, alpha):
    return [file_case(alpha, severity="3") for _case in range(3)]


def prepared(alpha, cases, by=None, **what):
    texts = {name: what.pop(name) for name in ("words", "reason", "note") if name in what}
    keys = [case.pk for case in cases]
    who = {"by": by or alpha.lead, "at": after(1)}
    return prepare(case_ids=keys, changes=what, **texts, **who)


def done(bulk, by):
    return do_bulk(bulk_id=bulk.pk, by=by, at=after(2))


def states(bulk):
    return list(bulk.rows.order_by("case__number").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({}, NothingToDo),
        ({"add_tags": [" ", ""]}, NothingToDo),
        ({"severity": "2"}, ReasonMissing),
        ({"says": "reply"}, NothingSaid),
        ({"says": "close", "owner": None}, ClosesOnly),
        ({"team": "team_2"}, TeamNoteMissing),
        ({"team": 987_654, "note": "x"}, NotFound),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_is_looked_at(cases, alpha, what, error):
    if what.get("team") == "team_2":
        what = {"team": alpha.team_2.pk}

    with pytest.raises(error):
        prepared(alpha, cases, **what)


def test_only_who_may_change_many_and_may_do_each_of_it_prepares_a_change(cases, alpha):
    with pytest.raises(NotAllowed):
        prepared(alpha, cases, by=alpha.account_manager, add_tags=["hot"])
    with pytest.raises(NotAllowed):
        prepared(alpha, cases, by=alpha.dispatcher, says="reply", words="Hello.")
    with pytest.raises(NothingChosen):
        prepared(alpha, [], add_tags=["hot"])
    own = prepared(alpha, cases, by=alpha.dispatcher, add_tags=["hot"])

    with pytest.raises(NotFound):
        access_bulk(alpha.lead, own.pk)


def test_plan_says_what_changes_what_is_so_and_what_is_refused(cases, alpha):
    first, second, third = cases
    assign_case(case_id=second.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(0.5))
    resolve_case(case_id=third.pk, by=alpha.agent, solution="So.", at=after(0.5))
    bulk = prepared(alpha, cases, owner=alpha.agent.pk, severity="2", reason="It is worse.")

    plans = plan_bulk(bulk, by=alpha.lead)

    assert [plan.case.number for plan in plans] == [1, 2, 3]
    assert [plan.todo for plan in plans] == [("owner", "severity"), ("severity",), ()]
    assert [plan.told for plan in plans] == [(alpha.contact.pk,), (alpha.contact.pk,), ()]
    assert plans[2].why == "This case is solved or closed. Reopen it first."
    first.refresh_from_db()
    assert (first.owner_id, first.severity) == (None, "3")


def test_many_cases_are_planned_with_as_many_statements_as_one(cases, alpha):
    def statements(chosen):
        said = {"says": "reply", "words": "By {promise}, {contact}."}
        bulk = prepared(alpha, chosen, severity="2", reason="So.", add_tags=["hot"], **said)
        with CaptureQueriesContext(connection) as captured:
            plan_bulk(bulk, by=alpha.lead)
        return len(captured)

    one = statements(cases[:1])

    assert statements(cases + [file_case(alpha) for _more in range(9)]) == one


def test_each_case_is_changed_as_a_whole_or_not_at_all(cases, alpha):
    first, second, third = cases
    resolve_case(case_id=second.pk, by=alpha.agent, solution="So.", at=after(0.5))
    bulk = prepared(
        alpha,
        cases,
        owner=alpha.agent.pk,
        severity="2",
        reason="It is worse.",
        add_tags=["Hot ", "later"],
        says="reply",
        words="Dear {contact}, we look into {number}.",
    )

    bulk = done(bulk, alpha.lead)

    assert (bulk.state, states(bulk)) == ("done", ["done", "refused", "done"])
    changed = {case.number: case for case in Case.objects.all()}
    assert [(changed[n].owner_id, changed[n].severity) for n in (1, 2, 3)] == [
        (alpha.agent.pk, "2"),
        (None, "3"),
        (alpha.agent.pk, "2"),
    ]
    assert tags_on_cases([first.pk, second.pk]) == {first.pk: ["hot", "later"]}
    replies = Message.objects.filter(kind="reply").order_by("case").values_list("body", flat=True)
    assert list(replies) == [
        f"Dear {alpha.contact.name}, we look into TW-{number}." for number in (1, 3)
    ]
    assert done(bulk, alpha.lead).done_at == bulk.done_at
    assert Message.objects.filter(kind="reply").count() == 2


def test_nothing_is_said_on_a_case_on_which_somebody_wrote_meanwhile(cases, alpha):
    bulk = prepared(alpha, cases[:2], says="solve", words="Restart it.")
    reply_as_customer(case_id=cases[0].pk, by=alpha.contact, body="It runs now.", at=after(1.5))

    bulk = done(bulk, alpha.lead)

    assert states(bulk) == ["refused", "done"]
    assert "Somebody wrote on it" in bulk.rows.order_by("case").first().why


def test_solved_cases_are_closed_and_others_say_why_not(cases, alpha):
    resolve_case(case_id=cases[0].pk, by=alpha.agent, solution="So.", at=after(0.5))
    bulk = done(prepared(alpha, cases[:2], says="close"), alpha.lead)

    assert states(bulk) == ["done", "refused"]
    assert Case.objects.get(pk=cases[0].pk).status == "closed"


def test_owner_team_and_tags_go_back_but_for_what_was_changed_since(cases, alpha):
    first, second, _third = cases
    add_tag(case_id=first.pk, name="old", by=alpha.agent)
    assign_case(case_id=first.pk, owner_id=alpha.agent.pk, by=alpha.lead, at=after(0.5))
    changes = {"team": alpha.team_2.pk, "owner": alpha.lead.pk, "note": "Look at the logs."}
    bulk = prepared(alpha, cases[:2], add_tags=["new"], remove_tags=["old"], **changes)
    bulk = done(bulk, alpha.lead)
    moved = Case.objects.get(pk=first.pk)
    assert (moved.tier, moved.team_id, moved.owner_id) == (2, alpha.team_2.pk, alpha.lead.pk)
    assert first.notes.get().body == "Look at the logs."
    assign_case(case_id=second.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(2))

    undo_bulk(bulk_id=bulk.pk, by=alpha.lead, at=after(2))

    assert states(bulk) == ["undone", "kept"]
    back = Case.objects.get(pk=first.pk)
    assert (back.tier, back.team_id, back.owner_id) == (1, alpha.team.pk, alpha.agent.pk)
    assert tags_on_cases([first.pk]) == {first.pk: ["old"]}
    assert Case.objects.get(pk=second.pk).owner_id == alpha.agent_2.pk


def test_what_was_said_or_is_long_ago_is_not_undone(cases, alpha):
    said = done(prepared(alpha, cases[:1], says="reply", words="Hello."), alpha.lead)
    late = done(prepared(alpha, cases[1:], owner=alpha.agent.pk), alpha.lead)
    late.undo_until = real_now() - timedelta(seconds=1)
    late.save(update_fields=["undo_until"])

    for bulk in (said, late):
        with pytest.raises(UndoIsOver):
            undo_bulk(bulk_id=bulk.pk, by=alpha.lead, at=after(2))


def test_more_than_can_be_waited_for_is_long_work_in_parts(cases, alpha, monkeypatch):
    monkeypatch.setattr("tickets.actions.bulk.AT_ONCE", 2)
    monkeypatch.setattr("tickets.bulk_work.CASES_PER_PART", 2)
    bulk = done(prepared(alpha, cases, owner=alpha.agent.pk), alpha.lead)
    assert (bulk.state, states(bulk)) == ("running", ["waiting"] * 3)
    job = Job.objects.get(kind="change_many")

    parts = plan(job, after(2))
    results = [work(job, part.params, after(2)) for part in parts]
    job.result = finish(job, results, after(2))

    assert [part.items for part in parts] == [2, 1]
    assert job.result == {"cases": 3, "refused": 0}
    bulk.refresh_from_db()
    assert (bulk.state, states(bulk)) == ("done", ["done"] * 3)
    assert OutboxMessage.objects.filter(kind="assigned", recipient=alpha.agent).count() == 3
    assert cancel_job(job_id=job.pk, by=alpha.lead, at=after(2)).state == "cancelled"


def test_change_that_is_pressed_again_is_done_once_and_undone_once(cases, alpha):
    bulk = prepared(alpha, cases, add_tags=["hot"])

    first = done(bulk, alpha.lead)
    again = done(bulk, alpha.lead)
    undo_bulk(bulk_id=bulk.pk, by=alpha.lead, at=after(3))
    last = done(bulk, alpha.lead)

    assert (again.state, again.undo_until) == ("done", first.undo_until)
    assert (last.state, states(bulk)) == ("undone", ["undone"] * 3)
