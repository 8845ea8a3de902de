from datetime import UTC, datetime

import pytest

from accounts.errors import NotAllowed, NotFound
from outbox.models import OutboxMessage
from sla.engine.kinds import EVENTS
from tests.cases import MONDAY, after, file_case
from tickets.actions.conversation import (
    add_note,
    ask_customer,
    log_agent_call,
    log_customer_call,
    log_work,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.meeting import prefer_channel
from tickets.errors import BeforeLastEntry, CaseIsClosed, CaseIsNotOpen, InTheFuture, NothingSaid
from tickets.history import EVENT_NAMES
from tickets.models import Case, InternalNote, Message
from tickets.timeline import Timeline


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def clocks(case):
    return {
        (clock.kind, clock.started_seq): clock.state
        for clock in case.clocks.order_by("started_seq", "kind")
    }


def told(kind):
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_agent_answers_and_the_customer_hears(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Try this.", at=after(1))

    assert clocks(case) == {
        ("first_response", 1): "met",
        ("no_progress", 1): "met",
        ("no_progress", 2): "running",
    }
    assert list(case.messages.values_list("kind", "body")) == [
        ("customer", "cn-alpha-body"),
        ("reply", "Try this."),
    ]
    assert told("agent_replied") == ["cn-alpha-contact"]


def test_customer_answer_starts_the_next_clock_and_the_team_hears(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Try this.", at=after(1))
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="It fails.", at=after(2))

    assert clocks(case)["next_response", 3] == "running"
    assert told("customer_replied") == ["cn-alpha-agent", "cn-alpha-lead"]


def test_question_pauses_and_any_answer_ends_the_pause(case, alpha):
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which build?", at=after(1))
    waiting = Case.objects.get()

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="9.1", at=after(26))

    assert (waiting.status, waiting.next_mark_at, waiting.next_due_at) == ("waiting", None, None)
    assert Case.objects.get().status == "open"
    assert clocks(case)["no_progress", 2] == "running"


def test_note_answers_nobody_and_is_not_a_message(case, alpha):
    before = clocks(case)

    add_note(case_id=case.pk, by=alpha.agent, body="cn-alpha-secret", at=after(1))

    assert clocks(case) == before
    assert not Message.objects.filter(body__contains="secret").exists()
    assert list(InternalNote.objects.values_list("body", "author__name")) == [
        ("cn-alpha-secret", "cn-alpha-agent")
    ]
    assert case.events.get(kind="note_added").audience == "desk"


def test_logged_work_is_a_first_response(case, alpha):
    # MX-16: explicit "work started".
    log_work(case_id=case.pk, by=alpha.agent, body="Reading the log.", at=after(1))

    assert clocks(case)["first_response", 1] == "met"


def test_call_of_the_desk_is_a_first_response(case, alpha):
    log_agent_call(case_id=case.pk, by=alpha.agent, body="Explained.", at=after(1))

    assert clocks(case)["first_response", 1] == "met"


def test_logged_call_of_the_customer_begins_the_phone_promise(metalogix, alpha):
    # MX-07: filed by the portal at 20:00 in Berlin, after hours; called in at 21:00.
    evening = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
    alpha.contract.plan = "premium"
    alpha.contract.save(update_fields=["plan"])
    case = file_case(alpha, severity="1", at=evening)
    promised = case.clocks.get(kind="first_response").due_at

    log_customer_call(
        case_id=case.pk,
        by=alpha.dispatcher,
        body="Mail is down.",
        at=datetime(2026, 3, 2, 20, 30, tzinfo=UTC),
        occurred_at=datetime(2026, 3, 2, 20, 0, tzinfo=UTC),
    )

    case.refresh_from_db()
    assert promised == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert case.clocks.get(kind="first_response").due_at == datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    assert (case.call_owed, case.channel) == (False, "phone")


def test_wished_channel_is_not_the_channel_a_case_came_by(metalogix, alpha):
    # MX-07: who wants to be called back has not called.
    alpha.contract.plan = "premium"
    alpha.contract.save(update_fields=["plan"])
    case = file_case(alpha, severity="1")
    before = clocks(case), case.clocks.get(kind="first_response").due_at

    prefer_channel(case_id=case.pk, channel="phone", by=alpha.contact, at=after(1))

    case.refresh_from_db()
    assert (case.call_owed, case.channel, case.preferred_channel) == (True, "portal", "phone")
    assert (clocks(case), case.clocks.get(kind="first_response").due_at) == before


def test_entry_changes_no_facts_but_those_of_its_kind():
    timeline = Timeline(Case(), {}, [])

    for kind in {*EVENT_NAMES, *EVENTS} - {"case_opened"}:
        allowed = {"customer_called": {"channel"}, "scheduled": {"scheduled_for"}}.get(kind, set())
        for fact in {"plan", "channel", "product", "region", "zone", "scheduled_for"} - allowed:
            with pytest.raises(ValueError, match=f"{kind} does not change {fact}"):
                timeline.add(kind, at=MONDAY, payload={fact: "x"})

    assert timeline.added == []


def test_call_that_nobody_asked_for_changes_no_promise(case, alpha):
    before = case.clocks.get(kind="first_response").due_at

    log_customer_call(case_id=case.pk, by=alpha.dispatcher, body="Any news?", at=after(1))

    case.refresh_from_db()
    assert case.clocks.get(kind="first_response").due_at == before
    assert case.channel == "portal"


def test_answer_to_a_solution_opens_the_case_again(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="It does not help.", at=after(2))

    assert Case.objects.get().status == "open"
    assert clocks(case)["next_response", 3] == "running"


def test_closed_case_takes_no_message(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(CaseIsClosed):
        reply_as_customer(case_id=case.pk, by=alpha.contact, body="One more thing", at=after(2))
    with pytest.raises(CaseIsNotOpen):
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Hello", at=after(2))
    with pytest.raises(CaseIsNotOpen):
        ask_customer(case_id=case.pk, by=alpha.agent, question="Why?", at=after(2))

    assert case.messages.count() == 1


@pytest.mark.parametrize("action", [reply_to_case, add_note, log_work, log_agent_call])
def test_empty_words_are_refused(case, alpha, action):
    with pytest.raises(NothingSaid):
        action(case_id=case.pk, by=alpha.agent, body=" \n", at=after(1))


@pytest.mark.parametrize(
    ("action", "denied"),
    [
        (reply_to_case, ["contact", "dispatcher", "account_manager"]),
        (reply_as_customer, ["agent", "manager"]),
        (add_note, ["contact", "company_admin"]),
        (log_work, ["contact", "dispatcher"]),
        (log_customer_call, ["contact", "account_manager"]),
    ],
)
def test_roles_that_may_not(case, alpha, action, denied):
    for name in denied:
        with pytest.raises(NotAllowed):
            action(case_id=case.pk, by=getattr(alpha, name), body="Hello", at=after(1))

    assert case.events.count() == 1


def test_call_cannot_be_logged_before_the_last_entry(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Try this.", at=after(2))

    with pytest.raises(BeforeLastEntry):
        log_agent_call(
            case_id=case.pk, by=alpha.agent, body="Hi", at=after(3), occurred_at=after(1)
        )


def test_call_cannot_be_logged_ahead(case, alpha):
    with pytest.raises(InTheFuture):
        log_agent_call(
            case_id=case.pk, by=alpha.agent, body="Hi", at=after(3), occurred_at=after(4)
        )


def test_entry_that_waited_for_the_lock_never_comes_before_the_last_one(case, alpha):
    reply_to_case(case_id=case.pk, by=alpha.agent, body="First.", at=after(2))

    reply_to_case(case_id=case.pk, by=alpha.agent_2, body="Began earlier.", at=after(1))

    assert list(case.events.order_by("seq").values_list("occurred_at", flat=True)) == [
        MONDAY,
        after(2),
        after(2),
    ]


def test_owner_hears_in_place_of_the_team(case, alpha):
    case.owner = alpha.agent_2
    case.save(update_fields=["owner"])

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="Any news?", at=after(1))

    assert told("customer_replied") == ["cn-alpha-agent_2"]


@pytest.mark.parametrize("name", ["stranger", "colleague"])
def test_customer_cannot_act_on_a_case_of_others(case, alpha, name):
    with pytest.raises(NotFound):
        reply_as_customer(case_id=case.pk, by=getattr(alpha, name), body="Mine.", at=after(1))
    with pytest.raises(NotFound):
        close_case(case_id=case.pk, by=getattr(alpha, name), at=after(1))

    assert case.events.count() == 1
