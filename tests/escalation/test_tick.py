"""What one case, or one vendor, may do to a tick: nothing to the others."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, connection, transaction

from accounts.errors import NotFound
from accounts.tenancy import tenant
from escalation import tick as ticking
from escalation.promises_missed import MISSED
from escalation.tick import Ticked, fire_due, tick, tick_cases
from outbox.clock import real_now
from outbox.letters import MayNotLeave, write_email
from outbox.models import OutboxMessage
from tests.cases import after, file_case
from tests.packs import publish
from tickets.actions.conversation import add_note
from tickets.actions.holding import send_held
from tickets.models import Case
from tickets.teamwork_models import HeldAnswer
from tickets.timeline import load_timelines


@pytest.fixture
def failing(monkeypatch):
    """Make the timelines of one case fail to load, with errors in turn."""

    def fail(case, *errors):
        turns = list(errors)

        def load(cases):
            if case.pk in [one.pk for one in cases]:
                raise turns.pop(0) if len(turns) > 1 else turns[0]
            return load_timelines(cases)

        monkeypatch.setattr(ticking, "load_timelines", load)

    return fail


UNFORESEEN = [OverflowError("x"), AttributeError("x"), AssertionError("x"), NotFound()]


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_fault_of_one_case_leaves_the_others_their_steps(metalogix, alpha, failing, error):
    bad, good = file_case(alpha, severity="2"), file_case(alpha, severity="2")
    failing(bad, error)

    done = tick_cases(alpha.tenant.pk, [bad.pk, good.pk])

    assert (done.cases, done.failed) == (1, 1)
    bad.refresh_from_db()
    assert bad.set_aside_why.startswith(type(error).__name__)
    assert good.events.filter(kind="step_fired").exists()


def test_fault_of_one_vendor_leaves_the_others_their_steps(alpha, beta, failing):
    cases = []
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            cases.append(file_case(twin, severity="2"))
    failing(cases[0], AttributeError("x"))

    done = tick()

    assert (done.cases, done.failed) == (1, 1)


@pytest.mark.parametrize(
    "errors",
    [[SoftTimeLimitExceeded()], [DatabaseError("deadlock"), SoftTimeLimitExceeded()]],
    ids=["in-the-set", "one-by-one"],
)
def test_end_of_the_time_sets_no_case_aside(metalogix, alpha, failing, errors):
    case = file_case(alpha, severity="2")
    failing(case, *errors)

    with pytest.raises(SoftTimeLimitExceeded):
        tick_cases(alpha.tenant.pk, [case.pk])

    case.refresh_from_db()
    assert (case.set_aside_until, case.set_aside_why) == (None, "")


def test_case_that_was_set_aside_rests_for_ten_minutes(metalogix, alpha):
    case = file_case(alpha, severity="2")
    rested_at = after(7) + timedelta(minutes=10)
    Case.objects.filter(pk=case.pk).update(set_aside_until=rested_at, set_aside_why="KeyError: x")

    resting = fire_due([case.pk], at=rested_at - timedelta(seconds=1))
    awake = fire_due([case.pk], at=rested_at)

    assert (resting, awake) == (Ticked(), Ticked(cases=1, steps=1))
    case.refresh_from_db()
    assert (case.set_aside_until, case.set_aside_why) == (None, "")


def test_failing_case_is_set_aside_for_ten_minutes(metalogix, alpha, failing):
    case = file_case(alpha, severity="2")
    failing(case, KeyError("x"))
    with tenant(alpha.tenant) as at:
        tick_cases(alpha.tenant.pk, [case.pk])
        case.refresh_from_db()

        assert case.set_aside_until == at + timedelta(minutes=10)


def fault_of_the_database(sqlstate):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{sqlstate}'; END $$")
    except DatabaseError as error:
        return error


@pytest.mark.parametrize(
    ("sqlstate", "is_set_aside"),
    # A deadlock, a server that is killed; a statement that takes too long will do so again.
    [("40P01", False), ("57P01", False), ("57014", True)],
)
def test_fault_of_the_database_sets_no_case_aside(
    metalogix, alpha, failing, sqlstate, is_set_aside
):
    case = file_case(alpha, severity="2")
    failing(case, fault_of_the_database(sqlstate))

    done = tick_cases(alpha.tenant.pk, [case.pk])

    case.refresh_from_db()
    assert (done, case.set_aside_until is not None) == (Ticked(failed=is_set_aside), is_set_aside)


def test_lost_connection_sets_no_case_aside(metalogix, alpha, failing):
    case = file_case(alpha, severity="2")
    failing(case, InterfaceError("connection already closed"))

    assert tick_cases(alpha.tenant.pk, [case.pk]) == Ticked()


def hold(case, alpha, *, send_in, state="held"):
    """Press "send" four seconds before the answer is due; `send_in` seconds of real time."""
    return HeldAnswer.objects.create(
        tenant=alpha.tenant,
        case=case,
        person=alpha.agent,
        act="reply",
        answers={"typed": {}, "words": {"body": "Here."}},
        seen_seq=99,
        pressed_at=case.next_due_at - timedelta(seconds=4),
        send_at=real_now() + timedelta(seconds=send_in),
        state=state,
    )


def test_answer_that_is_held_over_the_due_time_leaves_no_breach(metalogix, alpha):
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=after(6))
    held, late = hold(case, alpha, send_in=-50), case.next_due_at + timedelta(seconds=6)

    waiting = fire_due([case.pk], at=late)
    sent = send_held(held_id=held.pk, at=late)

    assert (waiting, sent, fire_due([case.pk], at=late)) == (Ticked(), "sent", Ticked())
    assert case.clocks.get(kind="first_response").state == "met"


@pytest.mark.parametrize(("send_in", "state"), [(-61, "held"), (5, "taken_back")])
def test_answer_that_never_goes_keeps_no_step_back(metalogix, alpha, send_in, state):
    case = file_case(alpha, severity="2")
    hold(case, alpha, send_in=send_in, state=state)

    assert fire_due([case.pk], at=after(6)).steps == 1


def test_letter_of_a_missed_promise_stays_where_it_was_kept_after_all(metalogix, alpha):
    case = file_case(alpha, severity="2")
    held, late = hold(case, alpha, send_in=-61), case.next_due_at + timedelta(seconds=6)
    fire_due([case.pk], at=late)
    letter = OutboxMessage.objects.get(kind=MISSED)
    assert write_email(letter, at=late).to == [alpha.contact.email]

    send_held(held_id=held.pk, at=late)

    with pytest.raises(MayNotLeave, match="kept"):
        write_email(letter, at=late)


def test_entry_of_the_policy_is_no_news_that_excuses_a_delay(metalogix, alpha):
    # The warning at 15:00 was fired on time; the breach of 18:00 comes an hour late.
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=after(6))
    fire_due([case.pk], at=after(9.5))

    breach = case.events.get(step="first_response_breach")
    assert breach.payload["late_seconds"] == 5399


def test_late_news_excuse_a_delay(metalogix, alpha):
    case = file_case(alpha, severity="2")
    add_note(case_id=case.pk, by=alpha.agent, body="Odd.", at=after(9.4))

    fire_due([case.pk], at=after(9.5))

    breach = case.events.get(step="first_response_breach")
    assert breach.payload["late_seconds"] == 360
