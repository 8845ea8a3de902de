"""Forms that were drawn before the case moved on, and buttons that are pressed twice."""

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from escalation.tick import fire_due
from outbox.models import OutboxMessage
from tests.desk.conftest import MONDAY, text_of
from tests.desk.test_acts import errors_of, messages_of
from tickets.actions.triage import assign_case, change_severity, schedule_case
from tickets.models import Case, CaseEvent

MOVED = "Not done: what you were going to change was changed since you opened the case."


@pytest.fixture
def opened(desk, case):
    """Open the page of the case, and give what its form of an act holds; answers replace that."""

    def form_of(code, person=None, **answers):
        form = desk.form(case, code, person)
        held = {name: form[name].value() for name in form.fields} | answers
        return {f"{code}-{name}": value for name, value in held.items() if value is not None}

    return form_of


@pytest.fixture
def press(desk, case):
    def send(code, data, person=None):
        return desk.client(person).post(reverse(f"desk:{code}", args=[case.number]), data)

    return send


def kinds(desk, case):
    with tenant(desk.twin.tenant):
        events = CaseEvent.objects.filter(case=case).order_by("seq")
        return list(events.values_list("kind", flat=True))[1:]


def told(desk, kind):
    with tenant(desk.twin.tenant):
        rows = OutboxMessage.objects.filter(kind=kind).order_by("pk")
        return [row.recipient for row in rows.select_related("recipient")]


def inside(desk, action, case, **facts):
    with tenant(desk.twin.tenant):
        action(case_id=case.pk, by=desk.twin.lead, at=MONDAY, **facts)


ANSWERS = {
    "reply": {"body": "Words."},
    "ask": {"body": "Words."},
    "solve": {"body": "Words."},
    "call": {"body": "Words.", "caller": "desk"},
    "note": {"body": "Words."},
    "work": {"body": "Words."},
    "take": {},
    "triage": {"severity": "2", "reason": "Words."},
    "severity": {"level": "2", "reason": "Words."},
    "type": {"level": "question", "reason": "Words."},
    "escalate": {"done": "Words.", "needed": "A."},
}


@pytest.mark.parametrize("code", ANSWERS)
def test_button_pressed_twice_does_it_once(desk, case, opened, press, code):
    data = opened(code, **ANSWERS[code])

    once = (press(code, data), kinds(desk, case))[1]
    answer = press(code, data)

    assert messages_of(answer)[-1].startswith("Done already")
    assert kinds(desk, case) == once
    assert len(once) == 1


def test_assignment_and_hand_over_pressed_twice_are_done_once(desk, case, opened, press):
    given = opened("assign", owner=desk.twin.agent_2.pk)
    handed = opened("hand-over", team=desk.twin.team_3.pk, done="Words.", needed="A.")
    for code, data in (("assign", given), ("assign", given), ("hand-over", handed)):
        press(code, data)

    answer = press("hand-over", handed)

    assert messages_of(answer)[-1].startswith("Done already")
    assert kinds(desk, case) == ["assigned", "handed_over"]


def test_closing_and_reopening_pressed_twice_are_done_once(desk, case, opened, press):
    press("solve", opened("solve", body="Restart it."))
    closing = opened("close")
    press("close", closing)
    reopening = opened("reopen", body="It came back.")

    answers = [press("close", closing), press("reopen", reopening), press("reopen", reopening)]

    assert [messages_of(answers[each])[-1][:12] for each in (0, 2)] == ["Done already"] * 2
    assert kinds(desk, case) == ["resolved", "closed", "reopened"]


def test_slot_agreed_twice_is_told_once(open_desk):
    desk = open_desk("msp")
    case = desk.file(priority="P6")
    data = {"scheduled_for": "2030-03-05T16:00", "zone": "Europe/Berlin", "seen": case.last_seq}

    for _press in range(2):
        desk.act(case, "schedule", **data)

    assert len(told(desk, "scheduled")) == 1


@pytest.mark.parametrize(("first", "second"), [("work", "note"), ("reply", "note")])
def test_same_words_in_another_act_are_another_act(desk, case, opened, press, first, second):
    data = opened(second, body="Words.")
    press(first, opened(first, body="Words."))

    answer = press(second, data)

    assert not messages_of(answer)[-1].startswith("Done already")
    assert len(kinds(desk, case)) == 2


def test_reply_in_the_words_of_a_note_is_sent(desk, case, opened, press):
    data = opened("reply", body="Words.")
    press("note", opened("note", body="Words."))

    page = press("reply", data)
    press("reply", data | {"reply-seen": page.context["form"]["seen"].value()})

    assert page.status_code == 422
    assert kinds(desk, case) == ["note_added", "agent_replied"]


def test_same_words_to_another_team_are_another_hand_over(desk, case, opened, press):
    first = opened("hand-over", team=desk.twin.team_2.pk, done="Words.", needed="A.")
    second = opened("hand-over", team=desk.twin.team_3.pk, done="Words.", needed="A.")
    press("hand-over", first)

    page = press("hand-over", second)

    assert page.status_code == 422
    assert desk.reread(case).team == desk.twin.team_2


def test_call_of_the_other_side_in_the_same_words_is_another_call(desk, case, opened, press):
    data = opened("call", caller="desk", body="Words.")
    press("call", data)
    press("call", data | {"call-caller": "customer"})

    assert kinds(desk, case) == ["agent_called", "customer_called"]


def test_escalation_is_for_the_level_that_its_page_named(desk, case, opened, press):
    data = opened("escalate", done="Beyond us.", needed="A.")
    with tenant(desk.twin.tenant):
        due_at = Case.objects.get(pk=case.pk).clocks.get(kind="no_progress").due_at
        fire_due([case.pk], at=due_at.replace(hour=due_at.hour + 1))

    page = press("escalate", data)

    assert page.status_code == 422
    assert errors_of(page, "escalate")["__all__"][0].startswith(MOVED)
    assert "Escalate to Level 3" in text_of(page)
    assert desk.reread(case).tier == 2

    press("escalate", data | {"escalate-drawn": page.context["form"]["drawn"].value()})

    assert desk.reread(case).tier == 3


def test_case_is_not_taken_from_who_was_faster(desk, case, opened, press):
    data = opened("take", desk.twin.lead)
    press("take", opened("take"))

    page = press("take", data, desk.twin.lead)

    assert errors_of(page, "take")["__all__"][0].startswith(MOVED)
    assert desk.reread(case).owner == desk.twin.agent

    held = {f"take-{name}": page.context["form"][name].value() for name in ("seen", "drawn")}
    press("take", held, desk.twin.lead)

    assert desk.reread(case).owner == desk.twin.lead
    assert told(desk, "unassigned") == [desk.twin.agent]


def test_stale_assignment_is_refused(desk, case, opened, press):
    data = opened("assign", owner=desk.twin.agent_3.pk)
    inside(desk, assign_case, case, owner_id=desk.twin.agent_2.pk)

    page = press("assign", data)

    assert errors_of(page, "assign")["__all__"][0].startswith(MOVED)
    assert desk.reread(case).owner == desk.twin.agent_2


def test_stale_level_is_refused(desk, case, opened, press):
    data = opened("severity", level="2", reason="Slow.")
    inside(desk, change_severity, case, severity="1", reason="Down.")

    page = press("severity", data)

    assert errors_of(page, "severity")["__all__"][0].startswith(MOVED)
    assert desk.reread(case).severity == "1"


def test_stale_triage_leaves_what_its_writer_did_not_touch(desk, case, opened, press):
    data = opened("triage", owner=desk.twin.agent.pk)
    inside(desk, change_severity, case, severity="1", reason="Down.")

    answer = press("triage", data)

    assert answer.status_code == 302
    assert (desk.reread(case).severity, desk.reread(case).owner) == ("1", desk.twin.agent)


def test_stale_triage_of_the_same_level_is_refused_and_shown_as_it_is(desk, case, opened, press):
    data = opened("triage", case_type="question", severity="2", reason="Slow.")
    inside(desk, change_severity, case, severity="1", reason="Down.")

    page = press("triage", data)

    assert errors_of(page, "triage")["__all__"][0].startswith(MOVED)
    assert (desk.reread(case).severity, desk.reread(case).case_type) == ("1", "problem")


def test_refused_triage_shows_as_they_are_the_fields_that_were_not_touched(
    desk, case, opened, press
):
    data = opened("triage", case_type="question", reason="")
    inside(desk, change_severity, case, severity="1", reason="Down.")

    page = press("triage", data)
    form = page.context["form"]
    held = {f"triage-{name}": form[name].value() for name in ("seen", "drawn", "severity")}
    press("triage", data | held | {"triage-reason": "They only ask."})

    assert list(errors_of(page, "triage")) == ["reason"]
    reviewed = desk.reread(case)
    assert (reviewed.severity, reviewed.case_type) == ("1", "question")


def test_stale_slot_is_refused(open_desk):
    desk = open_desk("msp")
    case = desk.file(priority="P6")
    form = desk.form(case, "schedule")
    with tenant(desk.twin.tenant):
        schedule_case(
            case_id=case.pk,
            scheduled_for=MONDAY.replace(day=7, hour=16),
            by=desk.twin.lead,
            at=MONDAY,
        )

    refused = desk.act(
        case,
        "schedule",
        seen=form["seen"].value(),
        drawn=form["drawn"].value(),
        scheduled_for="2030-03-05T16:00",
        zone="Europe/Berlin",
    )

    assert errors_of(refused, "schedule")["__all__"][0].startswith(MOVED)
