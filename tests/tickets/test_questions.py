"""What a case waits for: asked with a checklist and why, answered, disputed, taken back."""

from datetime import timedelta

import pytest

from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.tickets.agreements import entries, mail
from tickets.actions.conversation import ask_customer, log_customer_call, reply_as_customer
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.questioning import dispute_question, withdraw_question
from tickets.life_errors import AsksForSecret, NoQuestionWaits
from tickets.models import Case, CaseQuestion
from tickets.timeline import load_timeline

pytestmark = pytest.mark.usefixtures("metalogix")


@pytest.fixture
def case(alpha, metalogix):
    return file_case(alpha, severity="3")


def ask(case, alpha, question="Which version is it?", **more):
    return ask_customer(
        case_id=case.pk, by=alpha.agent, question=question, at=more.pop("at", after(1)), **more
    )


def running(case) -> set[str]:
    return {clock.kind for clock in load_timeline(Case.objects.get()).state().open_clocks}


def stands_still(case) -> bool:
    pauses = load_timeline(Case.objects.get()).state().pauses
    return bool(pauses) and pauses[-1][1] is None


def test_dd_34_question_has_its_lines_and_dd_28_says_why(case, alpha):
    items = ("log file of the agent", " ", "screen shot")

    ask(case, alpha, items=items, why="Only the log tells which step failed.")

    question = CaseQuestion.objects.get()
    assert [item.words for item in question.items.order_by("position")] == [
        "log file of the agent",
        "screen shot",
    ]
    assert stands_still(case)
    assert (question.state, question.asked_by, question.asked_at) == ("open", alpha.agent, after(1))
    recipient, _subject, body = mail("question_asked")
    assert recipient == alpha.contact
    assert "- log file of the agent" in body
    assert "Only the log tells which step failed." in body


@pytest.mark.parametrize(
    "words",
    [
        "Please send us the password of the service account.",
        "Wie lautet das Passwort?",
        "Bitte das Kennwort schicken",
        "What is your PIN?",
        "Send the secret key, please",
        "We need your API key.",
        "Send us the password of the page.",
        "And your password, please",
        "There is no log yet; tell us the password",
        "Können Sie uns die Zugangsdaten geben?",
        "Teilen Sie uns bitte das Kennwort mit.",
        "Nennen Sie uns Ihre PIN",
    ],
)
def test_dd_34_nobody_is_asked_for_a_secret(case, alpha, words):
    with pytest.raises(AsksForSecret) as refused:
        ask(case, alpha, words)
    with pytest.raises(AsksForSecret):
        ask(case, alpha, items=(words,))

    assert "type it in themselves" in str(refused.value)
    assert Case.objects.get().status == "open"


@pytest.mark.parametrize(
    "words",
    [
        "Which account do you use? Never send us its password.",
        "Did the password reset mail arrive?",
        "Is the spinning wheel pinned to the top?",
        "Please send a screen shot of the password prompt.",
        "Did the user change the password?",
        "Please don't send the password.",
        "Haben Sie das Kennwort richtig eingegeben?",
        "Schicken Sie uns kein Passwort.",
    ],
)
def test_dd_34_talk_of_a_secret_is_not_asking_for_it(case, alpha, words):
    ask(case, alpha, words)

    assert Case.objects.get().status == "waiting"


def test_dd_34_line_of_what_is_needed_is_a_request_and_a_tick_confirms_that_it_is_none(case, alpha):
    with pytest.raises(AsksForSecret) as refused:
        ask(case, alpha, items=("PIN of the connector",))
    ask(case, alpha, items=("PIN of the connector",), no_secret=True)
    ask(case, alpha, "And the log?", at=after(2))

    asked = case.events.filter(kind="question_asked").order_by("seq")
    assert refused.value.field == "own"
    assert [event.payload for event in asked] == [{"no_secret": True}, {}]


@pytest.mark.parametrize("answer", ["reply", "call"])
def test_dd_39_any_answer_of_the_customer_ends_what_waits(case, alpha, answer):
    ask(case, alpha)
    ask(case, alpha, "And which browser?", at=after(2))

    if answer == "reply":
        reply_as_customer(case_id=case.pk, by=alpha.contact, body="Hm.", at=after(3))
    else:
        log_customer_call(case_id=case.pk, by=alpha.dispatcher, body="Called.", at=after(3))

    states = CaseQuestion.objects.values_list("state", "ended_at")
    assert list(states) == [("answered", after(3)), ("answered", after(3))]
    assert (Case.objects.get().status, stands_still(case)) == ("open", False)


def test_dd_28_customer_disputes_and_the_clocks_run_again(case, alpha):
    ask(case, alpha)

    dispute_question(case_id=case.pk, by=alpha.contact, body="You have it all.", at=after(2))

    assert CaseQuestion.objects.get().state == "disputed"
    assert (Case.objects.get().status, stands_still(case)) == ("open", False)
    assert "next_response" in running(case)
    told = OutboxMessage.objects.filter(kind="question_disputed")
    assert told.count() > 0
    assert not any(row.recipient.is_customer for row in told)
    with pytest.raises(NoQuestionWaits):
        dispute_question(case_id=case.pk, by=alpha.contact, at=after(3))


def test_desk_takes_its_question_back_and_the_customer_hears(case, alpha):
    ask(case, alpha)

    withdraw_question(case_id=case.pk, by=alpha.agent, body="Found it.", at=after(2))

    recipient, _subject, body = mail("question_withdrawn")
    assert (CaseQuestion.objects.get().state, recipient) == ("withdrawn", alpha.contact)
    assert "Found it." in body
    assert (Case.objects.get().status, stands_still(case)) == ("open", False)


@pytest.mark.parametrize("end", ["solve", "close"])
def test_question_does_not_outlive_its_case(case, alpha, end):
    ask(case, alpha)

    if end == "solve":
        resolve_case(case_id=case.pk, by=alpha.agent, solution="So.", at=MONDAY + timedelta(days=1))
    else:
        close_case(case_id=case.pk, by=alpha.contact, at=MONDAY + timedelta(days=1))

    assert CaseQuestion.objects.get().state == "withdrawn"
    assert entries(case)[-1] in ("resolved", "closed")
