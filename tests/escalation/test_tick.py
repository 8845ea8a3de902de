"""What one case, or one vendor, may do to a tick: nothing to the others."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError

from accounts.errors import NotFound
from accounts.tenancy import tenant
from escalation import tick as ticking
from escalation.tick import Ticked, fire_due, tick, tick_cases
from tests.cases import after, file_case
from tests.packs import publish
from tickets.actions.conversation import add_note
from tickets.models import Case
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
