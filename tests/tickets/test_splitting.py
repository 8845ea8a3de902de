"""A problem that can be divided becomes a case of its own, with the customer's consent (SC-13)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, NotFound
from entitlements.balances import spent_on_case
from entitlements.models import PointsEntry
from tests.cases import after, file_case
from tests.tickets.agreements import balance, entries, mail, scalix, sums_to_zero
from tickets.actions.declining import decline_case
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.splitting import (
    accept_split,
    decline_split,
    propose_split,
    waive_split,
    withdraw_split,
)
from tickets.agreement_errors import NoSplitWaits, SplitCostsMore, SplitWaits
from tickets.drafts import draft_of, keep_draft
from tickets.errors import CaseIsClosed, FilingRefused
from tickets.models import Case, CaseDraft, SplitProposal

LATER = after(2)
SOON = after(1)


@pytest.fixture
def case(alpha):
    with scalix(alpha, points=50):
        yield file_case(alpha, product=alpha.product)


def propose(case, twin, *, by=None, at=SOON):
    return propose_split(
        case_id=case.pk,
        subject="Calendar is empty",
        body="The calendar is another problem than the mail.",
        by=by or twin.agent,
        at=at,
    )


def accept(case, proposal, twin, *, shown=10, by=None, at=LATER):
    return accept_split(
        case_id=case.pk,
        proposal_id=proposal.pk,
        points_shown=shown,
        by=by or twin.contact,
        at=at,
    )


def test_sc_13_customer_sees_the_cost_and_accepts(case, alpha):
    proposal = propose(case, alpha)
    assert proposal.points == 10
    assert balance(alpha, after(1)) == 40

    new = accept(case, proposal, alpha)

    assert balance(alpha, after(2)) == 30
    assert spent_on_case(alpha.company, new.number) == 10
    assert sums_to_zero(alpha)
    assert (new.origin, new.origin_kind, new.subject) == (case, "split", "Calendar is empty")
    assert (new.contact, new.product) == (case.contact, case.product)
    assert case.events.get(kind="case_split").payload == {"split": proposal.pk, "case": new.number}
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.new_case) == (
        "accepted",
        alpha.contact,
        new,
    )


def test_dd_06_split_of_a_restricted_case_is_seen_by_those_it_concerns_only(case, alpha):
    Case.objects.update(is_restricted=True, environment="test", affected="some")

    new = accept(case, propose(case, alpha), alpha)

    assert (new.is_restricted, new.environment, new.affected) == (True, "test", "some")


def test_sc_13_customer_is_asked_by_mail_with_the_cost(case, alpha):
    propose(case, alpha)

    who, subject, words = mail("split_proposed")
    assert who == alpha.contact
    assert "we propose a case of its own" in subject
    assert "The calendar is another problem than the mail." in words
    assert "It would cost 10 points." in words


def test_sc_13_customer_declines_and_pays_nothing(case, alpha):
    proposal = propose(case, alpha)

    decline_split(case_id=case.pk, proposal_id=proposal.pk, by=alpha.contact, at=after(2))

    assert balance(alpha, after(2)) == 40
    assert Case.objects.count() == 1
    assert entries(case)[-1] == "split_declined"


def test_sc_13_manager_waives_the_cost(case, alpha):
    proposal = propose(case, alpha)

    new = waive_split(
        case_id=case.pk,
        proposal_id=proposal.pk,
        reason="Ours to find out.",
        by=alpha.manager,
        at=after(2),
    )

    assert balance(alpha, after(2)) == 40
    assert spent_on_case(alpha.company, new.number) == 0
    proposal.refresh_from_db()
    assert (proposal.state, proposal.waived_by, proposal.new_case) == (
        "accepted",
        alpha.manager,
        new,
    )
    assert case.notes.get().body == "Ours to find out."


def test_sc_13_split_goes_through_the_same_gate(alpha):
    with scalix(alpha, points=10):
        case = file_case(alpha, product=alpha.product)
        proposal = propose(case, alpha)

        with pytest.raises(FilingRefused) as refused:
            accept(case, proposal, alpha)

        assert refused.value.codes == ["points_short"]
        proposal.refresh_from_db()
        assert proposal.state == "waiting"
        assert Case.objects.count() == 1


def test_nothing_dearer_is_opened_than_was_shown(case, alpha):
    proposal = propose(case, alpha)

    with pytest.raises(SplitCostsMore) as refused:
        accept(case, proposal, alpha, shown=5)

    assert "it costs 10 points now" in str(refused.value)
    assert balance(alpha, after(2)) == 40


def test_accepted_twice_opens_once(case, alpha):
    proposal = propose(case, alpha)
    accept(case, proposal, alpha)

    with pytest.raises(NoSplitWaits):
        accept(case, proposal, alpha, at=after(3))

    assert Case.objects.count() == 2
    assert balance(alpha, after(3)) == 30


def test_one_proposal_waits_at_a_time(case, alpha):
    proposal = propose(case, alpha)

    with pytest.raises(SplitWaits):
        propose(case, alpha)
    with pytest.raises(IntegrityError), transaction.atomic():
        SplitProposal.objects.create(
            tenant_id=case.tenant_id,
            case=case,
            proposed_by=alpha.agent,
            proposed_at=after(1),
            subject="S",
            body="B",
            points=1,
        )

    withdraw_split(case_id=case.pk, proposal_id=proposal.pk, by=alpha.agent, at=after(2))
    assert propose(case, alpha, at=after(3)).state == "waiting"


def test_withdrawn_proposal_cannot_be_accepted(case, alpha):
    proposal = propose(case, alpha)
    withdraw_split(case_id=case.pk, proposal_id=proposal.pk, by=alpha.agent, at=after(2))

    with pytest.raises(NoSplitWaits):
        accept(case, proposal, alpha, at=after(3))


def test_customers_draft_stays(case, alpha):
    keep_draft(by=alpha.contact, answers={"subject": "Something else"}, at=after(1))

    accept(case, propose(case, alpha), alpha)

    assert draft_of(alpha.contact).answers == {"subject": "Something else"}
    assert CaseDraft.objects.count() == 1


def test_proposal_of_somebody_who_left_can_be_accepted(case, alpha):
    proposal = propose(case, alpha)
    alpha.agent.is_active = False
    alpha.agent.save(update_fields=["is_active"])

    new = accept(case, proposal, alpha)

    assert new.events.get(seq=1).by == alpha.contact


def test_sc_13_whoever_accepts_opens_the_case_and_is_charged(case, alpha):
    new = accept(case, propose(case, alpha), alpha, by=alpha.company_admin)

    opened = new.events.get(seq=1)
    spent = PointsEntry.objects.get(kind="spend", case_number=new.number)
    assert (opened.by, spent.by, new.contact) == (
        alpha.company_admin,
        alpha.company_admin,
        alpha.contact,
    )


def test_sc_13_words_of_the_new_case_are_those_of_who_proposed_it(case, alpha):
    new = accept(case, propose(case, alpha), alpha)

    message = new.messages.get()
    assert (message.author, message.kind, message.body) == (
        alpha.agent,
        "reply",
        "The calendar is another problem than the mail.",
    )


def test_words_of_who_proposed_meet_no_clock_of_the_new_case(case, alpha):
    new = accept(case, propose(case, alpha), alpha)

    assert [clock.state for clock in new.clocks.filter(kind="first_response")] == ["running"]


@pytest.mark.parametrize("accepting", ["contact", "company_admin"])
def test_sc_13_who_may_not_file_does_not_accept(case, alpha, accepting):
    proposal = propose(case, alpha)
    person = alpha.person_of(accepting)
    person.may_file = False
    person.save(update_fields=["may_file"])

    with pytest.raises(FilingRefused) as refused:
        accept(case, proposal, alpha, by=person)

    assert refused.value.codes == ["contact_may_not_file"]
    assert Case.objects.count() == 1
    assert balance(alpha, after(2)) == 40
    assert (
        decline_split(case_id=case.pk, proposal_id=proposal.pk, by=person, at=after(2)).state
        == "declined"
    )


def test_another_proposal_than_the_one_that_was_read_is_not_accepted(case, alpha):
    read = propose(case, alpha)
    withdraw_split(case_id=case.pk, proposal_id=read.pk, by=alpha.agent, at=after(2))
    propose(case, alpha, at=after(3))

    with pytest.raises(NoSplitWaits):
        accept(case, read, alpha, at=after(4))

    assert Case.objects.count() == 1
    assert SplitProposal.objects.get(state="waiting").pk != read.pk


def close(case, twin):
    close_case(case_id=case.pk, by=twin.contact, at=after(2))


def close_solved(case, twin):
    resolve_case(case_id=case.pk, by=twin.agent, solution="Done.", at=after(2))
    close_case(case_id=case.pk, by=twin.agent, at=after(2))


def decline(case, twin):
    decline_case(case_id=case.pk, code="tuning", body="Tuning.", by=twin.agent, at=after(2))


@pytest.mark.parametrize("end", [close, close_solved, decline])
def test_sc_13_proposal_ends_with_its_case(case, alpha, end):
    proposal = propose(case, alpha)

    end(case, alpha)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_at) == ("withdrawn", after(2))
    assert case.events.get(kind="split_withdrawn").payload == {"split": proposal.pk}
    assert entries(case)[-1] == "closed"
    with pytest.raises(NoSplitWaits):
        accept(case, proposal, alpha, at=after(3))


def test_withdrawn_by_closing_is_told_to_the_customer(case, alpha):
    propose(case, alpha)

    close_solved(case, alpha)

    who, subject, _words = mail("split_withdrawn")
    assert who == alpha.contact
    assert "nothing to decide any more" in subject


def test_proposal_on_a_closed_case_opens_nothing(case, alpha):
    # As it may have been left from before proposals ended with their case.
    proposal = propose(case, alpha)
    close(case, alpha)
    SplitProposal.objects.update(state="waiting", decided_by=None, decided_at=None)

    with pytest.raises(CaseIsClosed):
        accept(case, proposal, alpha, at=after(3))
    with pytest.raises(CaseIsClosed):
        waive_split(
            case_id=case.pk, proposal_id=proposal.pk, reason="Why.", by=alpha.manager, at=after(3)
        )

    assert Case.objects.count() == 1


def test_proposal_on_a_solved_case_waits_on(case, alpha):
    proposal = propose(case, alpha)
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Done.", at=after(2))

    assert accept(case, proposal, alpha, at=after(3)).origin == case


def test_proposal_moves_no_clock(case, alpha):
    before = list(case.clocks.order_by("pk").values())

    accept(case, propose(case, alpha), alpha)

    assert list(case.clocks.order_by("pk").values()) == before


def test_payload_holds_no_words(case, alpha):
    proposal = propose(case, alpha)

    event = case.events.get(kind="split_proposed")
    assert event.payload == {"split": proposal.pk, "points": 10}


@pytest.mark.parametrize("role", ["dispatcher", "account_manager", "contact"])
def test_who_may_not_propose(case, alpha, role):
    with pytest.raises(NotAllowed):
        propose(case, alpha, by=alpha.person_of(role))


def test_whose_it_is_to_agree_and_to_waive(case, alpha):
    proposal = propose(case, alpha)
    waiver = {"case_id": case.pk, "proposal_id": proposal.pk, "reason": "Why.", "at": after(2)}

    with pytest.raises(NotAllowed):
        accept(case, proposal, alpha, by=alpha.agent)
    with pytest.raises(NotFound):
        accept(case, proposal, alpha, by=alpha.stranger)
    with pytest.raises(NotAllowed):
        waive_split(by=alpha.lead, **waiver)
