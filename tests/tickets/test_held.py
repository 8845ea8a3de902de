"""Answers that are held back for some seconds: sent once, in time, or a draft again."""

from datetime import timedelta

import pytest

from escalation.tick import fire_due
from outbox.clock import real_now
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import after, file_case
from tickets.actions.conversation import add_note, log_customer_call, reply_as_customer
from tickets.actions.ending import resolve_case
from tickets.actions.holding import hold_answer, send_held, take_back
from tickets.errors import CaseIsNotOpen, NothingSaid
from tickets.models import ActDraft, Case, HeldAnswer
from tickets.teamwork import keep_act_draft
from tickets.teamwork_errors import AnswerWaits, TooLateToUndo


@pytest.fixture
def case(metalogix, alpha, settings):
    settings.UNDO_SEND_SECONDS = 10
    return file_case(alpha, severity="2")


def hold(case, by, *, body="We look into it.", act="reply", at, seen=None):
    name = "question" if act == "ask" else "solution" if act == "solve" else "body"
    return hold_answer(
        case_id=case.pk,
        act=act,
        typed={"body": body},
        words={name: body},
        seen=case.last_seq if seen is None else seen,
        by=by,
        at=at,
    )


def kinds(case):
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def test_held_answer_is_no_entry_until_it_is_sent(case, alpha):
    held = hold(case, alpha.agent, at=after(1))

    assert kinds(case) == ["case_opened"]
    assert timedelta(seconds=5) < held.send_at - real_now() <= timedelta(seconds=10)

    assert send_held(held_id=held.pk, at=after(1.01)) == "sent"
    assert send_held(held_id=held.pk, at=after(1.02)) == ""
    assert kinds(case) == ["case_opened", "agent_replied"]
    assert list(case.messages.values_list("body", flat=True))[-1] == "We look into it."
    assert HeldAnswer.objects.get().answers == {}


def test_answer_counts_from_the_press_though_the_breach_fired_while_it_was_held(case, alpha):
    # First response is due at 18:00, eight service hours after Monday 10:00 (MX-16).
    held = hold(case, alpha.agent, at=after(8) - timedelta(seconds=4))
    # The tick waits for it a minute, and no longer.
    HeldAnswer.objects.update(send_at=real_now() - timedelta(seconds=61))
    fire_due([case.pk], at=after(8) + timedelta(seconds=2))

    assert send_held(held_id=held.pk, at=after(8) + timedelta(seconds=7)) == "sent"

    assert "step_fired" in kinds(case)
    clock = case.clocks.get(kind="first_response")
    assert (clock.state, clock.ended_at) == ("met", after(8) - timedelta(seconds=4))


@pytest.mark.parametrize(
    ("act", "message", "status"),
    [("ask", "question", "waiting"), ("solve", "solution", "resolved")],
)
def test_question_and_solution_are_held_as_well(case, alpha, act, message, status):
    held = hold(case, alpha.agent, act=act, body="Which version is it?", at=after(1))

    send_held(held_id=held.pk, at=after(1.01))

    assert case.messages.order_by("pk").last().kind == message
    assert Case.objects.get().status == status


def test_taken_back_it_is_a_draft_and_is_never_sent(case, alpha):
    held = hold(case, alpha.agent, at=after(1))

    take_back(held_id=held.pk, by=alpha.agent, at=after(1))

    assert send_held(held_id=held.pk, at=after(2)) == ""
    assert kinds(case) == ["case_opened"]
    draft = ActDraft.objects.get()
    assert (draft.person, draft.act, draft.answers) == (
        alpha.agent,
        "reply",
        {"body": "We look into it."},
    )


def test_what_was_sent_cannot_be_taken_back(case, alpha):
    held = hold(case, alpha.agent, at=after(1))
    send_held(held_id=held.pk, at=after(1.01))

    with pytest.raises(TooLateToUndo):
        take_back(held_id=held.pk, by=alpha.agent, at=after(1.02))


def _customer_writes(case, alpha):
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="It is worse.", at=after(1))


def _colleague_solves(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.lead, solution="Restart it.", at=after(1))


@pytest.mark.parametrize("happens", [_customer_writes, _colleague_solves])
def test_news_make_it_a_draft_again_and_its_writer_is_told_why(case, alpha, happens):
    held = hold(case, alpha.agent, at=after(1))
    happens(case, alpha)
    before = kinds(case)
    keep_act_draft(
        case=case, act="reply", by=alpha.agent, answers={"body": "And more."}, at=after(1)
    )

    assert send_held(held_id=held.pk, at=after(1.01)) == "refused"

    assert kinds(case) == before
    assert ActDraft.objects.get().answers == {"body": "We look into it.\n\nAnd more."}
    told = OutboxMessage.objects.get(kind="answer_refused")
    letter = registered("answer_refused").render(alpha.agent, told.refs)
    assert told.recipient == alpha.agent
    assert "was not sent" in letter.body
    assert "It is worse" not in letter.body


def test_own_note_in_between_refuses_nothing(case, alpha):
    held = hold(case, alpha.agent, at=after(1))
    add_note(case_id=case.pk, by=alpha.agent, body="To watch.", at=after(1.001))

    assert send_held(held_id=held.pk, at=after(1.01)) == "sent"


def test_what_would_be_refused_is_refused_when_pressed(case, alpha):
    with pytest.raises(NothingSaid):
        hold(case, alpha.agent, body=" ", at=after(1))
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Restart it.", at=after(1))
    with pytest.raises(CaseIsNotOpen):
        hold(case, alpha.agent, at=after(1))

    assert HeldAnswer.objects.count() == 0
    assert kinds(case) == ["case_opened", "resolved"]


def test_pressed_twice_it_is_held_once_and_a_second_one_waits(case, alpha):
    first = hold(case, alpha.agent, at=after(1))

    assert hold(case, alpha.agent, at=after(1)) == first
    with pytest.raises(AnswerWaits):
        hold(case, alpha.agent, body="Something else.", at=after(1))
    assert HeldAnswer.objects.count() == 1


def test_late_call_of_a_colleague_is_news_too(case, alpha):
    held = hold(case, alpha.agent, at=after(1))
    log_customer_call(
        case_id=case.pk, by=alpha.lead, body="They rang.", at=after(1.5), occurred_at=after(0.5)
    )

    assert send_held(held_id=held.pk, at=after(1.6)) == "refused"
