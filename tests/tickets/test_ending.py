from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.cases import MONDAY, after, file_case, reopen_as_agreed
from tests.packs import LONG_AGO, pack_for, publish
from tests.tickets.agreements import mail
from tickets.actions.conversation import add_note, reply_as_customer
from tickets.actions.ending import close_case, reopen_case, resolve_case
from tickets.agreement_errors import SameProblemNeeded
from tickets.errors import CaseIsClosed, CaseIsNotSolved, CaseIsOpen, ReopenWindowOver
from tickets.models import Case


@pytest.fixture
def case(alpha):
    """A Scalix case: reopened up to 90 days after the first closure (SC-18)."""
    publish(alpha, "scalix")
    alpha.contract.plan = "basic"
    with tenant(alpha.tenant):
        alpha.contract.save(update_fields=["plan"])
        yield file_case(alpha, product=alpha.product)


def test_solution_ends_every_clock(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))

    stored = Case.objects.get()
    assert {clock.state for clock in case.clocks.all()} == {"met", "cancelled"}
    assert (stored.status, stored.next_due_at, stored.next_mark_at) == ("resolved", None, None)
    assert OutboxMessage.objects.get(kind="resolved").recipient == alpha.contact


def test_desk_closes_only_what_is_solved(case, alpha):
    with pytest.raises(CaseIsNotSolved):
        close_case(case_id=case.pk, by=alpha.agent, at=after(1))

    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))
    close_case(case_id=case.pk, by=alpha.agent, at=after(2))

    stored = Case.objects.get()
    assert (stored.status, stored.closed_at, stored.first_closed_at) == (
        "closed",
        after(2),
        after(2),
    )


def test_customer_closes_at_any_time_and_the_desk_hears(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    assert Case.objects.get().status == "closed"
    assert OutboxMessage.objects.filter(kind="closed").count() == 2


def test_parting_words_belong_to_the_closing(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))

    close_case(case_id=case.pk, by=alpha.contact, body=" It works, thanks! ", at=after(2))

    assert list(case.events.order_by("seq").values_list("kind", flat=True)) == [
        "case_opened",
        "resolved",
        "closed",
    ]
    said = case.messages.get(event__kind="closed")
    assert (said.kind, said.body, said.author) == ("customer", "It works, thanks!", alpha.contact)
    row = OutboxMessage.objects.filter(kind="closed").first()
    assert "It works, thanks!" in registered("closed").render(alpha.agent, row.refs).body


def test_moments_of_the_end_are_those_of_the_entries(case, alpha):
    # The later to get the lock may be the earlier to have begun: its entry comes after the last.
    add_note(case_id=case.pk, by=alpha.agent, body="Odd.", at=after(2))
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))
    solved = Case.objects.get().resolved_at
    add_note(case_id=case.pk, by=alpha.agent, body="Odd.", at=after(5))
    close_case(case_id=case.pk, by=alpha.agent, at=after(4))

    stored = Case.objects.get()
    assert solved == after(2)
    assert (stored.closed_at, stored.first_closed_at) == (after(5), after(5))


def test_closed_twice_is_refused(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(CaseIsClosed):
        close_case(case_id=case.pk, by=alpha.contact, at=after(2))


def test_reopened_case_owes_a_reply(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    reopen_as_agreed(case, alpha, at=after(24))

    stored = Case.objects.get()
    assert (stored.status, stored.closed_at, stored.first_closed_at) == ("open", None, after(1))
    # Four business hours of 9-17 in Berlin from Tuesday 10:00.
    assert stored.next_due_at == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)


def test_window_counts_from_the_first_closure(case, alpha):
    # Acceptance example 7: closed, reopened, closed again; the ninety days run from the first.
    close_case(case_id=case.pk, by=alpha.contact, at=MONDAY)
    reopen_as_agreed(case, alpha, at=MONDAY + timedelta(days=20))
    close_case(case_id=case.pk, by=alpha.contact, at=MONDAY + timedelta(days=59))

    # The 90th day after Monday 2 March is Sunday 31 May, to its end in Berlin.
    last = datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC)
    with pytest.raises(ReopenWindowOver) as refused:
        reopen_case(
            case_id=case.pk,
            by=alpha.contact,
            body="Again.",
            at=last + timedelta(seconds=1),
            same_problem=True,
        )
    reopen_as_agreed(case, alpha, at=last)

    assert str(refused.value) == (
        "This case ended on 2026-03-02 and could be reopened until 2026-05-31. "
        "File a new case and name this one."
    )
    assert Case.objects.get().status == "open"


def test_window_over_is_told_by_the_day_it_counts_from(alpha):
    text = pack_for(alpha.tenant.slug, "scalix")
    text = text.replace('counted_from = "first_close"', 'counted_from = "last_close"')
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        type(alpha.contract).objects.filter(company=alpha.company).update(plan="basic")
        case = file_case(alpha, product=alpha.product)
        close_case(case_id=case.pk, by=alpha.contact, at=MONDAY)
        day_60 = MONDAY + timedelta(days=60)
        reopen_as_agreed(case, alpha, at=day_60)
        close_case(case_id=case.pk, by=alpha.contact, at=day_60)

        with pytest.raises(ReopenWindowOver) as refused:
            reopen_case(
                case_id=case.pk,
                by=alpha.contact,
                body="Again.",
                at=day_60 + timedelta(days=92),
                same_problem=True,
            )

        assert "This case ended on 2026-05-01 and could be" in str(refused.value)
        again = day_60 + timedelta(days=89)
        reopen_as_agreed(case, alpha, at=again)
        assert Case.objects.get().status == "open"


def test_sc_18_solution_nobody_closed_can_be_answered_for_as_long_from_itself(case, alpha):
    # Decision 0017: closed before, so that window is over; this solution counts for itself.
    close_case(case_id=case.pk, by=alpha.contact, at=MONDAY)
    reopen_as_agreed(case, alpha, at=after(24))
    solved_at = MONDAY + timedelta(days=100)
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=solved_at)

    for act in (reply_as_customer, reopen_case):
        with pytest.raises(ReopenWindowOver):
            act(case_id=case.pk, by=alpha.contact, body="No.", at=solved_at + timedelta(days=91))
    reply_as_customer(
        case_id=case.pk, by=alpha.contact, body="No.", at=solved_at + timedelta(days=89)
    )

    stored = Case.objects.get()
    assert (stored.status, stored.resolved_at) == ("open", None)


def test_reply_to_a_solution_takes_it_back(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="No.", at=after(2))

    stored = Case.objects.get()
    assert (stored.status, stored.resolved_at, stored.last_public_at) == ("open", None, after(2))


def test_open_case_cannot_be_reopened(case, alpha):
    with pytest.raises(CaseIsOpen):
        reopen_case(case_id=case.pk, by=alpha.contact, body="Again.", at=after(1))


@pytest.mark.parametrize("name", ["dispatcher", "account_manager"])
def test_who_may_not_end_a_case(case, alpha, name):
    with pytest.raises(NotAllowed):
        resolve_case(case_id=case.pk, by=getattr(alpha, name), solution="x", at=after(1))
    with pytest.raises(NotAllowed):
        close_case(case_id=case.pk, by=getattr(alpha, name), at=after(1))


def test_sc_18_customer_confirms_that_it_is_exactly_the_problem_as_reported(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(SameProblemNeeded) as refused:
        reopen_case(case_id=case.pk, by=alpha.contact, body="It is back.", at=after(2))
    reopen_as_agreed(case, alpha, at=after(3))

    asked, reopened = case.events.filter(kind__startswith="reopen").order_by("seq")
    assert refused.value.field == "same_problem"
    assert (asked.kind, reopened.kind) == ("reopen_asked", "reopened")
    assert reopened.payload == {"same_problem": True, "asked_seq": asked.seq}


def test_sc_18_desk_opens_a_closed_case_without_confirming_for_the_customer(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    reopen_case(case_id=case.pk, by=alpha.agent, body="Our fault.", at=after(2))

    assert case.events.get(kind="reopened").payload == {}


def test_sc_18_solution_that_is_none_asks_for_no_confirmation(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))

    reopen_case(case_id=case.pk, by=alpha.contact, body="No.", at=after(2))

    assert case.events.get(kind="reopened").payload == {}


def test_sc_14_who_wants_to_hear_is_told_when_the_desk_closes(case, alpha):
    Case.objects.update(keep_informed=True)
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))
    close_case(case_id=case.pk, by=alpha.agent, at=after(2))

    who, subject, words = mail("closed")
    assert who == alpha.contact
    assert "your case is closed" in subject
    assert "you wanted to hear what becomes of your case" in words
    assert OutboxMessage.objects.get(kind="resolved").recipient == alpha.contact


def test_closing_by_the_desk_is_not_told_to_who_did_not_ask(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Update.", at=after(1))
    close_case(case_id=case.pk, by=alpha.agent, at=after(2))

    assert not OutboxMessage.objects.filter(kind="closed").exists()
