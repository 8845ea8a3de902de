"""Changing many cases from the queue: ticking, looking, doing, undoing; and what one is told."""

import re

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.ending import resolve_case
from tickets.models import Case

MANY = "desk:many"


@pytest.fixture
def three(desk):
    return [desk.file(subject=f"case {number}") for number in (1, 2, 3)]


def choose(desk, **fields):
    return desk.client().post(reverse(MANY), {"case": [1, 2, 3]} | fields)


def test_queue_offers_to_change_what_is_ticked_and_all_that_match(desk, three):
    queue = text_of(desk.client().get(reverse("desk:queue"), {"severity": "3"}))

    assert len(re.findall(r'name="case" value="\d" form="many"', queue)) == 3
    assert "Change all 3 cases of this list" in queue
    asked = desk.client().get(reverse(MANY), {"query": "view=open&severity=3", "all": "1"})
    assert "Change 3 cases" in text_of(asked)
    none = desk.client().get(reverse(MANY), {"query": "view=open"}, follow=True)
    assert "No case is chosen" in text_of(none)
    assert 'name="case"' not in text_of(
        desk.client(desk.twin.account_manager).get(reverse("desk:queue"))
    )


def test_nothing_changes_before_it_was_looked_at_and_then_it_can_be_undone(desk, three):
    with tenant(desk.twin.tenant):
        resolve_case(case_id=three[2].pk, by=desk.twin.lead, solution="So.", at=MONDAY)

    page = choose(desk, owner="me", add_tags="hot, later").url
    preview = text_of(desk.client().get(page))

    assert "Change 2 cases" in preview
    assert "This case is solved or closed. Reopen it first." in preview
    assert "No customer is e-mailed." in preview
    assert desk.reread(three[0]).owner is None
    report = text_of(desk.client().post(page, {"do": "change"}, follow=True))
    assert "2 cases were changed." in report
    assert "1 case was left as it is, and nothing of it was changed." in report
    assert desk.reread(three[0]).owner == desk.twin.agent
    undone = text_of(desk.client().post(page, {"do": "undo"}, follow=True))
    assert "2 cases are as they were before." in undone
    assert desk.reread(three[0]).owner is None
    assert desk.client(desk.twin.lead).get(page).status_code == 404


def test_what_was_looked_at_is_changed_with_all_that_was_chosen(desk, three):
    page = choose(desk, case=[1, 3], owner="none", says="reply", words="We look.").url
    link = re.search(r'href="([^"]+)">Change it</a>', text_of(desk.client().get(page)))[1]

    form = text_of(desk.client().get(link))

    assert re.findall(r'name="case" value="(\d)"', form) == ["1", "3"]
    assert '<option value="none" selected>' in form
    assert '<option value="reply" selected>' in form
    assert "We look.</textarea>" in form
    assert desk.client(desk.twin.lead).get(link).status_code == 404
    desk.client().post(page, {"do": "change"})
    again = desk.client().get(link, follow=True)  # it is done: nothing is left to change
    assert "No case is chosen" in text_of(again)


def test_report_says_nothing_of_a_case_that_is_closed_to_one_since(desk, three):
    page = choose(desk, add_tags="hot").url
    desk.client().post(page, {"do": "change"})
    with tenant(desk.twin.tenant):
        Case.objects.filter(pk=three[1].pk).update(is_restricted=True, team=None, owner=None)

    report = text_of(desk.client().get(page))

    assert ("case 1" in report, "case 2" in report) == (True, False)


def test_preview_says_who_is_e_mailed_and_that_it_cannot_be_taken_back(desk, three):
    sent = {"severity": "2", "reason": "It is worse.", "says": "reply", "words": "Dear {contact}!"}

    preview = text_of(desk.client().get(choose(desk, **sent).url))

    assert "1 person is e-mailed." in preview
    assert "What customers are told cannot be taken back." in preview
    assert "Names in braces become what they are on each case." in preview


def test_form_says_what_is_missing_and_keeps_what_was_typed(desk, three):
    empty = choose(desk)
    silent = choose(desk, severity="2", add_tags="hot")

    assert (empty.status_code, silent.status_code) == (422, 422)
    assert "Choose at least one change" in text_of(empty)
    assert "Give the reason" in text_of(silent)
    assert 'value="hot"' in text_of(silent)


def test_long_work_shows_how_far_it_is_and_can_be_stopped(desk, three, monkeypatch):
    monkeypatch.setattr("tickets.actions.bulk.AT_ONCE", 2)
    page = choose(desk, owner="me").url

    under_way = desk.client().post(page, {"do": "change"}, follow=True)

    assert (under_way["Refresh"], "0 of 3 cases" in text_of(under_way)) == ("2", True)
    stopped = desk.client().post(page, {"do": "stop"}, follow=True)
    assert "It was stopped." in text_of(stopped)
    assert "Refresh" not in stopped
