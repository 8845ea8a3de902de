"""Absence and silence: notes of being away, warnings, the closing, attempts to reach somebody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from accounts.zones import moment_text
from escalation.roster import read_roster
from escalation.steps import fire_due_steps
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import MONDAY, after, file_case, reopen_as_agreed
from tests.entitled import entitle
from tests.packs import publish
from tests.tickets.agreements import entries, mail
from tickets import absence
from tickets.actions.autoclosing import close_unanswered, warn_waiting
from tickets.actions.away import end_away, note_away
from tickets.actions.consenting import give_consent
from tickets.actions.conversation import ask_customer, reply_as_customer
from tickets.actions.unreachable import log_attempt
from tickets.errors import NothingChanges
from tickets.life_errors import AwayInPast, AwayTooLong, NoLowerLevel, NotAway
from tickets.models import Case, CaseQuestion, LevelRequest, RemoteConsent
from tickets.timeline import load_timeline, save_timelines


@pytest.fixture
def case(alpha):
    """A case of Data Dynamics: closed a week after a question (DD-39)."""
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        entitle(alpha.company)
        yield file_case(
            alpha,
            product=alpha.product,
            severity="2",
            priority="high",
            case_type="problem",
            availability="by phone",
        )


def ask(case, alpha, at=MONDAY):
    return ask_customer(case_id=case.pk, by=alpha.agent, question="Which build?", at=at)


def closes_at(case) -> datetime | None:
    clocks = load_timeline(Case.objects.get()).state().open_clocks
    due = next(clock.due_at for clock in clocks if clock.kind == "waiting_on_customer")
    return datetime.fromtimestamp(due, UTC)


def test_dd_39_away_note_moves_the_closing_to_the_end_of_its_last_day(case, alpha):
    # Acceptance example 10: a question on Monday 10:00 in Berlin, away to Friday the 20th.
    ask(case, alpha)
    before = closes_at(case)

    note_away(case_id=case.pk, last_day=date(2026, 3, 20), by=alpha.contact, at=after(2))

    assert before == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert closes_at(case) == datetime(2026, 3, 20, 23, 0, tzinfo=UTC)
    assert Case.objects.get().away_until == date(2026, 3, 20)
    rows = OutboxMessage.objects.filter(kind="away_noted")
    assert rows.exists()
    assert not any(row.recipient.is_customer for row in rows)


def test_dd_39_any_answer_ends_the_absence(case, alpha):
    note_away(case_id=case.pk, last_day=date(2026, 3, 20), by=alpha.contact, at=after(1))

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="Back already.", at=after(50))

    assert Case.objects.get().away_until is None
    assert entries(case)[-2:] == ["away_ended", "customer_replied"]
    with pytest.raises(NotAway):
        end_away(case_id=case.pk, by=alpha.contact, at=after(51))


def test_dd_39_desk_notes_an_absence_for_the_customer_who_hears(case, alpha):
    note_away(case_id=case.pk, last_day=date(2026, 3, 20), by=alpha.agent, at=after(1))

    recipient, _subject, body = mail("away_noted")
    assert recipient == alpha.contact
    assert "20" in body
    end_away(case_id=case.pk, by=alpha.agent, at=after(2))
    assert Case.objects.get().away_until is None


def test_absence_that_is_noted_already_is_not_told_again(case, alpha):
    note_away(case_id=case.pk, last_day=date(2026, 3, 20), by=alpha.contact, at=after(1))

    with pytest.raises(NothingChanges):
        note_away(case_id=case.pk, last_day=date(2026, 3, 20), by=alpha.contact, at=after(2))

    assert entries(case).count("away_noted") == 1


@pytest.mark.parametrize(
    ("day", "refusal"), [(date(2026, 3, 1), AwayInPast), (date(2026, 7, 1), AwayTooLong)]
)
def test_absence_has_a_last_day_that_is_to_come_and_near(case, alpha, day, refusal):
    with pytest.raises(refusal):
        note_away(case_id=case.pk, last_day=day, by=alpha.contact, at=after(1))

    assert Case.objects.get().away_until is None


def test_dd_39_warning_says_the_date_and_how_to_keep_it_open(case, alpha):
    ask(case, alpha)
    timeline = load_timeline(Case.objects.get())
    closes = MONDAY + timedelta(days=7)

    event = warn_waiting(timeline, at=after(72), closes_at=closes)
    save_timelines([timeline])

    refs = {"case": case.pk, "event": event.pk}
    letter = registered("waiting_warned").render(alpha.contact, refs)
    assert "9 Mar" in letter.body
    assert "Which build?" in letter.body
    assert "answer on the case" in letter.body
    assert registered("waiting_warned").may_receive(alpha.contact, refs) is True
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="42.", at=after(80))
    # What is not to come any more is not told.
    assert registered("waiting_warned").may_receive(alpha.contact, refs) is not True


def test_dd_39_case_that_is_not_answered_is_closed_with_all_that_waits(case, alpha):
    give_consent(case_id=case.pk, scope="db1", until_at=after(400), by=alpha.contact, at=after(1))
    ask(case, alpha, at=after(2))
    timeline = load_timeline(Case.objects.get())
    at = after(24 * 8)

    close_unanswered(timeline, at=at)
    save_timelines([timeline])

    stored = Case.objects.get()
    assert (stored.status, stored.closed_at, stored.first_closed_at) == ("closed", at, at)
    assert list(stored.clocks.filter(ended_at=None)) == []
    assert (CaseQuestion.objects.get().state, CaseQuestion.objects.get().ended_by) == (
        "lapsed",
        None,
    )
    assert RemoteConsent.objects.get().withdrawn_at == at
    closed = stored.events.get(kind="closed")
    assert (closed.caused_by, closed.payload) == ("policy", {"because": "unanswered"})
    reopen_as_agreed(case, alpha, at=at + timedelta(days=1))
    assert Case.objects.get().status == "open"


def test_dd_40_attempt_is_logged_told_and_a_lower_priority_offered(case, alpha):
    attempt = log_attempt(
        case_id=case.pk,
        way="phone",
        body="Nobody at the front desk.",
        by=alpha.agent,
        at=after(2),
        occurred_at=after(1.5),
        offers_lower=True,
    )

    offer = LevelRequest.objects.get()
    assert (attempt.way, attempt.tried_at) == ("phone", after(1.5))
    assert (offer.kind, offer.axis, offer.level) == ("unreachable", "priority", "normal")
    # Nothing moves until the customer takes it.
    assert Case.objects.get().priority == "high"
    recipient, _subject, body = mail("attempt_logged")
    assert recipient == alpha.contact
    assert "by phone" in body
    assert "Nobody at the front desk." not in body


def test_dd_40_only_what_the_policy_lowers_is_offered(case, alpha):
    Case.objects.update(priority="normal")

    with pytest.raises(NoLowerLevel):
        log_attempt(
            case_id=case.pk, way="email", body="?", by=alpha.agent, at=after(1), offers_lower=True
        )


def test_dd_39_every_face_names_the_closing_that_a_late_warning_has_put_off(case, alpha):
    ask(case, alpha)
    # The first of two warnings comes on the ninth day; the second and the end wait a day each.
    timeline = load_timeline(Case.objects.get())
    fired = fire_due_steps(timeline, read_roster(after(24 * 9)), at=after(24 * 9))
    save_timelines([timeline])
    state = load_timeline(Case.objects.get()).state()
    warned = dict(fired.letters)["waiting_warned"]

    letter = registered("waiting_warned").render(
        alpha.contact, {"case": case.pk, "event": warned.pk}
    )

    # By the clock the case was to be closed two days before.
    assert closes_at(case) < after(24 * 9)
    assert absence.closes_at(state) == after(24 * 11) + timedelta(seconds=1)
    assert moment_text(after(24 * 11), "Europe/Berlin") in letter.body
