"""What a customer agrees to on the page of a case: permission, a split, money for a bug."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements.models import MoneyRefund
from portal import agreements
from sla.engine.parts import Refusal
from tests.portal.pages import all_cases, fill_in, send, words
from tests.portal.scalix import FRIDAY, open_scalix
from tickets.actions.crediting import credit_bug
from tickets.actions.declining import decline_case
from tickets.actions.splitting import propose_split, withdraw_split
from tickets.models import RemoteConsent, SplitProposal

UNTIL = "2083-06-04T18:00"


@pytest.fixture
def desk(db, browse, set_desk_time, monkeypatch):
    """A customer with 40 points left, who has one case."""
    found = open_scalix(browse, set_desk_time, monkeypatch, points=50)
    fill_in(found.client, "scalix")
    send(found.client)
    return found


def the_page(desk):
    return words(desk.client.get("/cases/1/"))


def case_of(desk):
    return all_cases(desk.world)[0]


def propose(desk):
    with tenant(desk.world.tenant):
        return propose_split(
            case_id=case_of_id(desk),
            subject="Calendar is empty",
            body="That is another problem.",
            by=desk.world.agent,
            at=FRIDAY,
        )


def case_of_id(desk):
    return case_of(desk).pk


def decide(desk, proposal, decision, points=10):
    said = {"proposal": proposal.pk, "points": points, "decision": decision}
    return desk.client.post("/cases/1/split/", said)


def test_sp_01_customer_allows_remote_access_and_withdraws_it(desk):
    given = desk.client.post("/cases/1/consent/", {"scope": "Server mail-1", "until": UNTIL})
    page = the_page(desk)
    with tenant(desk.world.tenant):
        consent = RemoteConsent.objects.get()
    desk.client.post("/cases/1/consent/withdraw/", {"consent": consent.pk})

    assert given.status_code == 302
    # 18:00 on the clock of New York.
    assert consent.until_at == datetime(2083, 6, 4, 22, 0, tzinfo=UTC)
    assert "Allowed Server mail-1" in page
    assert "Allowed Server mail-1" not in the_page(desk)
    assert "Remote access no longer allowed" in the_page(desk)


def test_sp_01_permission_is_over_by_itself(desk, set_desk_time):
    desk.client.post("/cases/1/consent/", {"scope": "Server mail-1", "until": UNTIL})

    set_desk_time(FRIDAY + timedelta(hours=9))

    assert "Allowed Server mail-1" not in the_page(desk)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"scope": "", "until": UNTIL}, "Say what may be accessed"),
        ({"scope": "Server", "until": "2083-06-04T09:00"}, "has to end later than now"),
        ({"scope": "Server", "until": "tomorrow"}, "Give a date and a time"),
    ],
)
def test_permission_that_cannot_be_is_shown_again(desk, said, told):
    refused = desk.client.post("/cases/1/consent/", said)

    assert refused.status_code == 422
    assert told in words(refused)


def test_permission_pressed_twice_is_given_once(desk):
    for _press in range(2):
        desk.client.post("/cases/1/consent/", {"scope": "Server mail-1", "until": UNTIL})

    with tenant(desk.world.tenant):
        assert RemoteConsent.objects.count() == 1


def test_sc_13_customer_reads_the_cost_and_accepts(desk):
    proposal = propose(desk)

    page = the_page(desk)
    accepted = decide(desk, proposal, "accept")

    assert "Calendar is empty That is another problem. It costs 10 points: 40 → 30 ." in page
    assert "Open it for 10 points" in page
    assert accepted["Location"] == "/cases/2/filed/"
    assert desk.balance() == 30
    assert "Split off SX-2" in the_page(desk)
    assert "Split off from SX-1" in words(desk.client.get("/cases/2/"))


def test_sc_13_button_pressed_twice_opens_one_case(desk):
    proposal = propose(desk)

    decide(desk, proposal, "accept")
    again = decide(desk, proposal, "accept")

    assert again["Location"] == "/cases/2/"
    assert len(all_cases(desk.world)) == 2
    assert desk.balance() == 30


def test_sc_13_customer_turns_it_down(desk):
    proposal = propose(desk)

    declined = decide(desk, proposal, "decline")

    assert declined["Location"] == "/cases/1/"
    assert desk.balance() == 40
    assert "Proposal of a case of its own turned down" in the_page(desk)


def test_sc_13_nothing_dearer_is_accepted_than_was_read(desk):
    proposal = propose(desk)

    refused = decide(desk, proposal, "accept", points=5)

    assert refused.status_code == 422
    assert "it costs 10 points now" in words(refused)
    assert len(all_cases(desk.world)) == 1


def test_withdrawn_proposal_is_told(desk):
    proposal = propose(desk)
    with tenant(desk.world.tenant):
        withdraw_split(
            case_id=case_of_id(desk), proposal_id=proposal.pk, by=desk.world.agent, at=FRIDAY
        )

    late = decide(desk, proposal, "accept")

    assert late["Location"] == "/cases/1/"
    assert "this proposal has been decided or withdrawn" in the_page(desk)
    assert len(all_cases(desk.world)) == 1


def test_split_that_cannot_be_paid_says_so_and_can_be_turned_down(desk):
    with tenant(desk.world.tenant):
        from_here = SplitProposal.objects.count()
    proposal = propose(desk)
    for _case in range(4):
        fill_in(desk.client, "scalix")
        send(desk.client)

    page = the_page(desk)

    assert from_here == 0
    assert desk.balance() == 0
    assert "It cannot be opened yet:" in page
    assert "10 more points needed" in page
    assert decide(desk, proposal, "decline").status_code == 302


def test_sc_13_who_may_not_file_is_told_before_the_button(desk):
    with tenant(desk.world.tenant):
        desk.world.contact.may_file = False
        desk.world.contact.save(update_fields=["may_file"])
    proposal = propose(desk)

    page = the_page(desk)
    refused = decide(desk, proposal, "accept")

    assert page.count("may not file cases.") == 1
    assert "Open it for 10 points" not in page
    assert refused.status_code == 422
    assert len(all_cases(desk.world)) == 1


def test_sc_13_words_of_the_new_case_stand_there_as_from_support(desk):
    decide(desk, propose(desk), "accept")

    (first, *_more) = desk.client.get("/cases/2/").context["page"].lines
    assert (first.body, first.who, first.is_mine) == (
        "That is another problem.",
        desk.world.agent.name,
        False,
    )


def test_sc_13_what_is_said_beside_a_new_case_is_said_beside_a_split(desk, monkeypatch):
    propose(desk)
    weighed_as = agreements.weigh_split

    def with_notice(*about, **who):
        notice = Refusal("contact_may_not_file", {"name": "Ada"})
        return replace(weighed_as(*about, **who), notices=(notice,))

    monkeypatch.setattr(agreements, "weigh_split", with_notice)

    page = the_page(desk)
    assert "Ada may not file cases." in page
    assert "Open it for 10 points" in page


def test_sp_01_permission_of_more_than_a_month_is_refused_at_its_field(desk):
    said = {"scope": "Server", "until": "2083-07-06T18:00"}
    refused = desk.client.post("/cases/1/consent/", said)

    assert refused.status_code == 422
    assert list(refused.context["consent_form"].errors) == ["until"]
    assert "A permission lasts 31 days at most." in words(refused)


def test_sc_18_closed_case_is_opened_again_with_a_tick_or_a_new_one_about_it(desk):
    desk.client.post("/cases/1/close/")

    page = the_page(desk)
    refused = desk.client.post("/cases/1/reopen/", {"reason": "It is back."})
    opened = desk.client.post("/cases/1/reopen/", {"reason": "It is back.", "same_problem": "on"})

    assert "It is exactly the problem as first reported" in page
    assert "Is it not exactly that problem? Then a new case can be opened about it" in page
    assert "It costs 10 points (on hand: 40)." in page
    assert refused.status_code == 422
    assert "Confirm that it is exactly the problem as first reported." in words(refused)
    assert "It is back." in words(refused)
    assert opened.status_code == 302
    assert desk.balance() == 40


def test_sc_18_another_problem_within_the_window_begins_a_linked_case(desk):
    desk.client.post("/cases/1/close/")

    begun = desk.client.post("/cases/1/follow/", {"reason": "Something like it."})
    fill_in(desk.client, "scalix")
    send(desk.client)

    assert begun["Location"] == "/file/"
    assert desk.balance() == 30
    assert "New case about SX-1" in words(desk.client.get("/cases/2/"))


def credit(desk):
    with tenant(desk.world.tenant):
        desk.manager.refresh_from_db()
        credit_bug(case_id=case_of_id(desk), by=desk.manager, reason="Bug.", at=FRIDAY)


def test_sc_21_customer_chooses_between_points_and_money(desk):
    credit(desk)

    page = the_page(desk)
    chosen = desk.client.post("/cases/1/money/")

    assert "10 points came back to you. You can use them at once" in page
    assert "I would rather have the money" in page
    assert chosen.status_code == 302
    assert desk.balance() == 40
    with tenant(desk.world.tenant):
        assert MoneyRefund.objects.get().points == 10
    assert "You chose money instead of the points" in the_page(desk)
    assert "I would rather have the money" not in the_page(desk)


def test_sc_21_money_asked_for_twice_is_one_refund(desk):
    credit(desk)

    desk.client.post("/cases/1/money/")
    again = desk.client.post("/cases/1/money/", follow=True)

    assert again.redirect_chain == [("/cases/1/", 302)]
    assert "You have asked for money already; it was not asked for again." in words(again)
    with tenant(desk.world.tenant):
        assert MoneyRefund.objects.count() == 1


def test_sc_15_declined_case_says_who_can_help_and_is_not_reopened(desk):
    with tenant(desk.world.tenant):
        decline_case(
            case_id=case_of_id(desk),
            code="tuning",
            body="This is tuning.",
            by=desk.world.agent,
            at=FRIDAY,
        )

    page = the_page(desk)
    reopened = desk.client.post("/cases/1/reopen/", {"reason": "But.", "same_problem": "on"})

    assert "Onsite teams, partners or Scalix Professional Services do this." in page
    assert "What the case cost came back: 10 points." in page
    assert "Not solved after all?" not in page
    assert "A new case can be opened about it; both are linked. It costs 10 points" in page
    assert "open a new case about it" in words(reopened)
    assert reopened.status_code == 422
    assert desk.balance() == 50


def test_sc_03_call_about_a_case_costs_nothing_more(desk):
    assert "A call about SX-1 costs nothing more: name the number." in the_page(desk)


def test_sc_12_cost_of_the_case_stands_on_its_page(desk):
    desk.client.post("/cases/1/reply/", {"body": "And another thing."})

    assert "Cost 10 points" in the_page(desk)
    assert desk.balance() == 40


def test_colleague_sees_and_agrees_to_nothing(desk, browse):
    proposal = propose(desk)
    colleague = browse(desk.world.tenant, desk.world.colleague)

    answers = [
        colleague.post("/cases/1/consent/", {"scope": "S", "until": UNTIL}),
        colleague.post("/cases/1/split/", {"proposal": proposal.pk, "points": 10}),
        colleague.post("/cases/1/money/"),
        colleague.post("/cases/1/follow/", {"reason": "R"}),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_agreements_that_never_were_cost_no_statement(desk):
    with CaptureQueriesContext(connection) as read:
        desk.client.get("/cases/1/")

    tables = ("remoteconsent", "splitproposal", "entitlements_points", "moneyrefund", "offspring")
    assert [sql["sql"] for sql in read if any(table in sql["sql"] for table in tables)] == []


def test_sc_11_number_is_the_handle_until_it_is_solved(desk):
    replied = desk.client.post("/cases/1/reply/", {"body": "Still the same."})

    page = the_page(desk)
    assert replied["Location"] == "/cases/1/"
    assert "SX-1" in page
    assert "Still the same." in page
    assert [case.number for case in all_cases(desk.world)] == [1]
