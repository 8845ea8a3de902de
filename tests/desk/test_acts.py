"""What is done on a case from its page: each form, and what each refuses."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.conversation import reply_as_customer
from tickets.models import Case


def errors_of(page, code):
    panels = page.context["panels"].values()
    form = next(panel.form for group in panels for panel in group if panel.act.code == code)
    return {field: list(messages) for field, messages in form.errors.items()}


def messages_of(answer):
    return [str(message) for message in answer.wsgi_request._messages]


def test_reply_reaches_the_customer_and_answers_the_case(desk, case):
    answer = desk.act(case, "reply", body="  We look into it.\n")

    assert answer.url == reverse("desk:case", args=[case.number]) + "#told"
    assert messages_of(answer) == [f"Sent to {desk.twin.contact.name}."]
    assert desk.said(case)[1:] == [("reply", "We look into it.")]
    first = desk.page(case).context["scene"].ended_clocks[0]
    assert (first.view.kind, first.view.state) == ("first_response", "met")


@pytest.mark.parametrize(("body", "nudges"), [("We look into it.", 1), ("", 0)])
def test_what_is_done_is_delivered_once_it_is_committed(
    desk, case, django_capture_on_commit_callbacks, body, nudges
):
    with django_capture_on_commit_callbacks() as callbacks:
        desk.act(case, "reply", body=body)

    assert [each.__module__ for each in callbacks].count("outbox.tasks") == nudges


def test_question_stops_the_clocks(desk, case):
    desk.act(case, "ask", body="Which version?")

    assert desk.reread(case).status == Case.Status.WAITING
    assert desk.said(case)[1:] == [("question", "Which version?")]


def test_solution_ends_the_case_and_closing_follows(desk, case):
    desk.act(case, "solve", body="Restart it.")
    solved = desk.reread(case).status
    desk.act(case, "close")

    assert (solved, desk.reread(case).status) == (Case.Status.RESOLVED, Case.Status.CLOSED)


def test_reopening_is_said_to_the_customer(desk, case):
    desk.act(case, "solve", body="Restart it.")

    desk.act(case, "reopen", body="It came back.")

    assert desk.reread(case).status == Case.Status.OPEN
    assert desk.said(case)[-1] == ("reply", "It came back.")


def test_note_and_work_stay_inside(desk, case):
    desk.act(case, "note", body="Odd customer.")
    desk.act(case, "work", body="Read the logs.")

    assert desk.notes(case) == ["Odd customer.", "Read the logs."]
    assert len(desk.said(case)) == 1


@pytest.mark.parametrize("code", ["reply", "ask", "solve", "note", "work"])
def test_nothing_written_is_refused_at_the_field(desk, case, code):
    page = desk.act(case, code, body="  ")

    assert page.status_code == 422
    assert errors_of(page, code) == {
        "body": ["Write something first: an empty message helps nobody."]
    }
    assert "There is a problem" in text_of(page)
    assert f'href="#id_{code}-body"' in text_of(page)


def test_call_of_the_customer_begins_the_phone_promise(desk):
    case = desk.file(severity="1")
    assert case.call_owed

    desk.act(case, "call", caller="customer", occurred_at="2030-03-04T10:00", body="They called.")

    assert not desk.reread(case).call_owed
    assert desk.said(case)[-1] == ("call", "They called.")


def test_call_is_logged_at_the_time_that_the_agents_clock_showed(desk):
    case = desk.file(at=MONDAY - timedelta(hours=2))

    desk.act(case, "call", caller="desk", occurred_at="2030-03-04T09:15", body="We called.")

    with tenant(desk.twin.tenant):
        event = case.events.get(kind="agent_called")
    assert event.occurred_at == datetime(2030, 3, 4, 8, 15, tzinfo=UTC)
    assert event.recorded_at == MONDAY


@pytest.mark.parametrize(
    ("occurred_at", "message"),
    [
        ("2030-03-04T11:00", "That moment has not come yet."),
        ("2030-03-04T08:00", "The case already has an entry"),
        ("2030-03-31T02:30", "31 Mar 2030, 02:30 does not exist in Europe/Paris"),
        ("yesterday", "Give a date and a time"),
        ("3026-03-04T09:15", "That moment has not come yet."),
        ("9999-12-31T23:30", "That moment has not come yet."),
        ("0001-01-01T00:00", "Give a date and a time"),
    ],
)
def test_call_at_an_impossible_time_is_refused_with_all_that_was_typed(
    desk, case, occurred_at, message
):
    page = desk.act(case, "call", caller="desk", occurred_at=occurred_at, body="What they said.")

    assert page.status_code == 422
    assert errors_of(page, "call")["occurred_at"][0].startswith(message)
    assert "What they said." in text_of(page)
    assert len(desk.said(case)) == 1


def test_triage_does_all_of_a_review_at_once(desk, case):
    owner = desk.twin.agent_2

    desk.act(
        case, "triage", case_type="question", severity="2", owner=owner.pk, reason="Known one."
    )

    reviewed = desk.reread(case)
    assert (reviewed.case_type, reviewed.severity, reviewed.owner) == ("question", "2", owner)
    assert desk.reasons(case) == ["Known one."]


def test_triage_leaves_what_was_not_touched(desk, case):
    desk.act(case, "triage", case_type=case.case_type, severity=case.severity, owner="", reason="")

    assert desk.reread(case).severity == case.severity
    with tenant(desk.twin.tenant):
        assert list(case.events.values_list("kind", flat=True)) == ["case_opened", "triaged"]


def test_change_of_level_needs_a_reason(desk, case):
    page = desk.act(case, "severity", level="2", reason="")

    assert list(errors_of(page, "severity")) == ["reason"]
    assert desk.reread(case).severity == "3"


def test_same_level_again_changes_nothing_and_says_so(desk, case):
    page = desk.act(case, "severity", level="3", reason="Because.")

    assert page.status_code == 422
    assert errors_of(page, "severity") == {"__all__": ["It already is so: nothing was changed."]}


def test_level_that_the_policy_does_not_have_is_refused(desk, case):
    page = desk.act(case, "severity", level="P1", reason="Because.")

    assert list(errors_of(page, "severity")) == ["level"]


def test_type_is_changed_with_a_reason(desk, case):
    desk.act(case, "type", level="question", reason="They only ask.")

    assert desk.reread(case).case_type == "question"
    assert desk.reasons(case) == ["They only ask."]


def test_case_is_taken_given_and_put_back(desk, case):
    owners = []
    desk.act(case, "take")
    owners.append(desk.reread(case).owner)
    desk.act(case, "assign", owner=desk.twin.agent_3.pk)
    owners.append(desk.reread(case).owner)
    desk.act(case, "assign", owner="")
    owners.append(desk.reread(case).owner)

    assert owners == [desk.twin.agent, desk.twin.agent_3, None]


@pytest.mark.parametrize("name", ["dispatcher", "account_manager", "contact"])
def test_nobody_owns_a_case_who_cannot_answer_it(desk, case, name):
    page = desk.act(case, "assign", owner=getattr(desk.twin, name).pk)

    assert list(errors_of(page, "assign")) == ["owner"]
    assert desk.reread(case).owner is None


def test_mx_27_hand_over_asks_for_two_notes_and_keeps_what_was_chosen(desk, case):
    page = desk.act(case, "hand-over", team=desk.twin.team_3.pk, done="Logs read.", needed="")

    assert list(errors_of(page, "hand-over")) == ["needed"]
    assert f'value="{desk.twin.team_3.pk}" selected' in text_of(page)

    notes = {"done": "Logs read.", "needed": "A developer."}
    desk.act(case, "hand-over", team=desk.twin.team_3.pk, **notes)

    handed = desk.reread(case)
    assert (handed.tier, handed.team) == (3, desk.twin.team_3)


def test_escalation_climbs_by_one_level_and_ends_at_the_third(desk, case):
    for _step in range(2):
        desk.act(case, "escalate", done="Beyond us.", needed="Help.")
    page = desk.act(case, "escalate", done="Beyond everybody.", needed="Help.")

    assert desk.reread(case).tier == 3
    assert errors_of(page, "escalate") == {
        "__all__": ["The case is at Level 3 already: there is no higher one."]
    }
    assert "Beyond everybody." in text_of(page)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("reply", "dispatcher"),
        ("ask", "account_manager"),
        ("solve", "dispatcher"),
        ("work", "dispatcher"),
        ("triage", "account_manager"),
        ("severity", "account_manager"),
        ("assign", "account_manager"),
        ("hand-over", "account_manager"),
        ("call", "account_manager"),
        ("close", "dispatcher"),
        ("reopen", "account_manager"),
    ],
)
def test_what_the_role_may_not_do_is_refused_though_asked_for(desk, case, code, name):
    fields = {"body": "Words.", "note": "Words.", "reason": "Words.", "level": "2", "owner": ""}

    page = desk.act(case, code, getattr(desk.twin, name), caller="customer", **fields)

    assert page.status_code == 403
    assert "Your role does not allow this." in text_of(page)
    assert len(desk.said(case)) == 1


def test_act_on_a_case_that_has_ended_keeps_what_was_typed(desk, case):
    desk.act(case, "solve", body="Restart it.")

    page = desk.act(case, "reply", body="A long and careful answer.")

    assert page.status_code == 422
    assert errors_of(page, "reply") == {
        "__all__": ["This case is solved or closed. Reopen it first."]
    }
    assert "A long and careful answer." in text_of(page)


def test_what_was_sent_without_a_session_is_said_to_be_unsent_after_signing_in(desk, case, browse):
    page = reverse("desk:reply", args=[case.number])
    sent = browse(desk.twin.tenant).post(page, {"reply-body": "A long answer."})
    way_back = parse_qs(urlsplit(sent.url).query)["next"][0]

    answer = desk.client().get(way_back, follow=True)

    assert answer.redirect_chain == [(reverse("desk:case", args=[case.number]), 302)]
    assert "Not sent: you were signed out while you wrote." in text_of(answer)
    assert len(desk.said(case)) == 1


def test_who_called_is_not_guessed(desk, case):
    page = desk.act(case, "call", occurred_at="", body="We called.")

    assert errors_of(page, "call") == {"caller": ["Say who called: only a call of ours answers."]}
    assert 'value="customer"' in text_of(page)
    assert 'value="customer" checked' not in text_of(desk.asked(case, "call"))


def test_who_cannot_answer_logs_calls_of_the_customer_only(desk, case):
    page = text_of(desk.asked(case, "call", desk.twin.dispatcher))

    assert 'name="call-caller" value="customer"' in page
    assert 'name="call-caller" value="desk"' not in page


def customer_writes(desk, case, body="One more thing."):
    with tenant(desk.twin.tenant):
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body=body, at=MONDAY)


def test_reply_waits_when_the_customer_wrote_meanwhile(desk, case):
    seen = case.last_seq
    customer_writes(desk, case)

    page = desk.act(case, "reply", seen=seen, body="My answer.")

    assert page.status_code == 422
    assert [line.entry.message.body for line in page.context["news"]] == ["One more thing."]
    assert "New since you opened the case" in text_of(page)
    assert "My answer." in text_of(page)
    assert len(desk.said(case)) == 2

    form = page.context["form"]
    desk.act(case, "reply", seen=form["seen"].value(), body="My answer.")

    assert desk.said(case)[-1] == ("reply", "My answer.")


def test_note_does_not_wait_for_anything(desk, case):
    seen = case.last_seq
    customer_writes(desk, case)

    desk.act(case, "note", seen=seen, body="My note.")

    assert desk.notes(case) == ["My note."]


@pytest.mark.parametrize("code", ["reply", "note"])
def test_button_pressed_twice_says_it_once(desk, case, code):
    for _press in range(2):
        answer = desk.act(case, code, seen=case.last_seq, body="My words.")

    assert answer.status_code == 302
    assert messages_of(answer)[-1].startswith("Done already")
    assert len([body for _kind, body in desk.said(case) if body == "My words."]) == (
        1 if code == "reply" else 0
    )
    assert desk.notes(case) == ([] if code == "reply" else ["My words."])


@pytest.fixture
def scheduled(open_desk):
    """A case that is worked at an agreed time; its contact lives in Berlin, the desk in Paris."""
    desk = open_desk("msp")
    return desk, desk.file(priority="P6")


def test_agreed_time_is_read_on_the_clock_that_was_chosen(scheduled):
    desk, case = scheduled

    desk.act(case, "schedule", scheduled_for="2030-03-05T16:00", zone="Europe/Berlin")

    assert desk.reread(case).scheduled_for == datetime(2030, 3, 5, 15, 0, tzinfo=UTC)


def test_agreed_time_outside_the_hours_is_told_before_it_is_saved(scheduled):
    desk, case = scheduled
    sent = {"scheduled_for": "2030-03-09T12:00", "zone": "Europe/Berlin"}

    page = desk.act(case, "schedule", **sent)

    told = page.context["form"]["told"].value()
    assert page.status_code == 422
    assert "work would start at Mon 11 Mar 2030, 14:00 CET" in text_of(page)
    assert desk.reread(case).scheduled_for is None

    desk.act(case, "schedule", told=told, **sent)

    assert desk.reread(case).scheduled_for == datetime(2030, 3, 9, 11, 0, tzinfo=UTC)
    assert desk.reread(case).next_due_at == datetime(2030, 3, 11, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("2030-03-31T02:30", "31 Mar 2030, 02:30 does not exist in Europe/Berlin"),
        ("", "Give a date and a time"),
        ("2030-03-04T09:00", "A case cannot be scheduled before it was opened."),
        ("3026-03-05T10:00", "This is too far ahead"),
        ("9999-12-31T23:30", "This is too far ahead"),
    ],
)
def test_impossible_agreed_time_is_refused_in_words(scheduled, when, message):
    desk, case = scheduled

    page = desk.act(case, "schedule", scheduled_for=when, zone="Europe/Berlin")

    assert page.status_code == 422
    assert [text for texts in errors_of(page, "schedule").values() for text in texts][0].startswith(
        message
    )
    assert desk.reread(case).scheduled_for is None


def test_case_without_a_slot_offers_none(desk, case):
    panels = desk.page(case).context["panels"]

    assert "schedule" not in [panel.act.code for panel in panels["sort"]]
