"""What a case has cost comes back when it is a bug: as points, or as money (SC-21, SP-03)."""

from datetime import UTC, datetime

import pytest

from accounts.errors import NotAllowed, NotFound
from entitlements.balances import spent_on_case
from entitlements.ledger import add_points, spend_points
from entitlements.models import MoneyRefund, PointsLine, PointsLot
from entitlements.refunds import decline_money_refund
from tests.cases import after, file_case
from tests.tickets.agreements import balance, entries, mail, scalix, sell_points, sums_to_zero
from tests.tickets.gated import publish_changed
from tickets.actions.crediting import ask_for_money, credit_bug, may_have_money
from tickets.agreement_errors import (
    CreditIsSpent,
    NoBugCredit,
    NoMoneyRefund,
    NoPointsToCredit,
)
from tickets.timeline import load_timeline

FIRST_OF_FEBRUARY = datetime(2026, 2, 1, 15, 0, tzinfo=UTC)
TENTH_OF_MARCH = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)

JANUARY = datetime(2026, 1, 5, tzinfo=UTC)
TENTH_OF_FEBRUARY = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
LATER = after(2)


@pytest.fixture
def case(alpha):
    with scalix(alpha, points=50):
        yield file_case(alpha, product=alpha.product)


def credit(case, twin, *, by=None, at=LATER):
    return credit_bug(case_id=case.pk, by=by or twin.lead, reason="Bug 4711.", at=at)


def for_money(case, at):
    return may_have_money(case, load_timeline(case).state().policy, at)


def test_sc_21_points_of_a_bug_come_back(case, alpha):
    assert balance(alpha, after(1)) == 40

    credit(case, alpha)

    assert balance(alpha, after(2)) == 50
    assert sums_to_zero(alpha)
    assert case.events.get(kind="points_credited").payload == {"points": 10}
    assert case.notes.get().body == "Bug 4711."


def test_sc_21_who_settles_refunds_hears_of_one_at_once(case, alpha):
    credit(case, alpha)

    ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))

    assert mail("points_refund_asked")[0] == alpha.manager


def test_sc_21_points_go_back_to_their_lot_and_those_of_an_expired_one_to_a_grace_lot(alpha):
    # Acceptance example 5.
    march, september = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    with scalix(alpha, points=0):
        sell_points(alpha, 20, at=datetime(2026, 1, 5, tzinfo=UTC), until=march)
        kept = sell_points(alpha, 50, at=datetime(2026, 1, 5, tzinfo=UTC), until=september)
        case = file_case(
            alpha, product=alpha.product, channel="phone", by=alpha.agent, at=FIRST_OF_FEBRUARY
        )
        kept.refresh_from_db()
        assert kept.remaining == 40

        credit(case, alpha, at=TENTH_OF_MARCH)

        kept.refresh_from_db()
        grace = PointsLot.objects.get(source="grace")
        assert (kept.remaining, grace.points) == (50, 20)
        assert grace.expires_at > TENTH_OF_MARCH
        assert sums_to_zero(alpha)


def test_sp_03_charged_first_and_credited_later(case, alpha):
    assert spent_on_case(alpha.company, case.number) == 10

    credit(case, alpha)

    assert spent_on_case(alpha.company, case.number) == 0


def test_sc_21_customer_reads_of_points_and_of_money(case, alpha):
    credit(case, alpha)

    who, subject, words = mail("bug_credited")
    assert who == alpha.contact
    assert "it was a bug: your points are back" in subject
    assert "10 points" in words
    assert "If you would rather have the charge back as money" in words


def test_sc_21_customer_chooses_money(case, alpha):
    credit(case, alpha)

    ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))

    refund = MoneyRefund.objects.get()
    assert (refund.points, refund.case_number, refund.state) == (10, case.number, "asked")
    assert balance(alpha, after(3)) == 40
    assert sums_to_zero(alpha)
    assert entries(case)[-2:] == ["points_credited", "money_asked"]


def test_money_is_asked_for_once(case, alpha):
    credit(case, alpha)
    ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))

    with pytest.raises(NoMoneyRefund):
        ask_for_money(case_id=case.pk, by=alpha.contact, at=after(4))

    assert MoneyRefund.objects.count() == 1
    assert for_money(case, after(4)) == 0


def test_declined_money_gives_the_points_back(case, alpha):
    credit(case, alpha)
    ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))

    decline_money_refund(
        refund_id=MoneyRefund.objects.get().pk,
        answer="Paid by credit note.",
        by=alpha.manager,
        at=after(4),
        grace_until=after(2_000),
    )

    assert balance(alpha, after(4)) == 50
    assert sums_to_zero(alpha)


def test_spent_points_are_no_money_any_more(case, alpha):
    credit(case, alpha)
    spend_points(
        company=alpha.company,
        points=45,
        reason_key="another",
        case_number=99,
        by=None,
        at=after(3),
    )

    assert for_money(case, after(4)) == 0
    with pytest.raises(CreditIsSpent):
        ask_for_money(case_id=case.pk, by=alpha.contact, at=after(4))
    assert not MoneyRefund.objects.exists()


def grant(twin, points, *, until, source="grant"):
    return add_points(
        company=twin.company,
        points=points,
        source=source,
        reason_key=f"{source}-{points}",
        by=None,
        at=JANUARY,
        expires_at=until,
    )


@pytest.mark.parametrize("source", ["grant", "included"])
def test_sc_21_points_that_nobody_paid_for_are_no_money(alpha, source):
    with scalix(alpha, points=0):
        grant(alpha, 50, until=MAY, source=source)
        case = file_case(alpha, product=alpha.product, at=FIRST_OF_FEBRUARY)
        credit(case, alpha, at=TENTH_OF_MARCH)

        assert balance(alpha, TENTH_OF_MARCH) == 50
        assert for_money(case, TENTH_OF_MARCH) == 0
        assert "money" not in mail("bug_credited")[2]
        with pytest.raises(NoMoneyRefund):
            ask_for_money(case_id=case.pk, by=alpha.contact, at=TENTH_OF_MARCH)


def mixed_case(twin, *, bought_until):
    """File a case that takes 50 points: 20 granted ones, which end first, and 30 bought ones."""
    grant(twin, 20, until=MARCH)
    sell_points(twin, 50, at=JANUARY, until=bought_until)
    case = file_case(
        twin, product=twin.product, channel="phone", by=twin.agent, at=FIRST_OF_FEBRUARY
    )
    spend_points(
        company=twin.company,
        points=20,
        reason_key="more",
        case_number=case.number,
        by=None,
        at=FIRST_OF_FEBRUARY,
    )
    return case


def test_sc_21_money_is_for_the_bought_share_and_taken_from_its_own_lot(alpha):
    with scalix(alpha, points=0):
        case = mixed_case(alpha, bought_until=MAY)
        credit(case, alpha, at=TENTH_OF_FEBRUARY)
        assert for_money(case, TENTH_OF_FEBRUARY) == 30
        assert "for 30 points that were bought" in mail("bug_credited")[2]

        ask_for_money(case_id=case.pk, by=alpha.contact, at=TENTH_OF_FEBRUARY)

        left = dict(PointsLot.objects.values_list("source", "remaining"))
        assert left == {"grant": 20, "purchase": 20}
        assert MoneyRefund.objects.get().points == 30
        assert case.events.get(kind="money_asked").payload == {"points": 30}
        assert sums_to_zero(alpha)


def test_sc_21_money_is_taken_from_the_grace_lot_that_holds_what_was_bought(alpha):
    with scalix(alpha, points=0):
        case = mixed_case(alpha, bought_until=MARCH)
        sell_points(alpha, 110, at=FIRST_OF_FEBRUARY, until=MAY)
        credit(case, alpha, at=TENTH_OF_MARCH)
        assert for_money(case, TENTH_OF_MARCH) == 30

        ask_for_money(case_id=case.pk, by=alpha.contact, at=TENTH_OF_MARCH)

        line = PointsLine.objects.get(entry__reason_key__contains="recharge", account="lot")
        assert (line.lot.source, line.points, line.lot.remaining) == ("grace", -30, 20)
        assert MoneyRefund.objects.get().points == 30
        assert sums_to_zero(alpha)


def test_sc_21_no_money_for_bought_points_that_expired_after_they_came_back(alpha):
    with scalix(alpha, points=0):
        case = mixed_case(alpha, bought_until=MARCH)
        sell_points(alpha, 110, at=FIRST_OF_FEBRUARY, until=MAY)
        credit(case, alpha, at=TENTH_OF_FEBRUARY)

        assert for_money(case, TENTH_OF_MARCH) == 0
        with pytest.raises(CreditIsSpent):
            ask_for_money(case_id=case.pk, by=alpha.contact, at=TENTH_OF_MARCH)
        assert not MoneyRefund.objects.exists()


def test_sc_21_no_money_where_the_policy_pays_none(alpha):
    with scalix(alpha, points=50):
        publish_changed(alpha, "scalix", ("money_refund = true", "money_refund = false"))
        case = file_case(alpha, product=alpha.product)
        credit(case, alpha)

        assert balance(alpha, after(2)) == 50
        assert for_money(case, after(3)) == 0
        with pytest.raises(NoMoneyRefund):
            ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))


def test_sc_21_nothing_comes_back_where_the_policy_credits_no_bug(alpha):
    with scalix(alpha, points=50):
        publish_changed(
            alpha,
            "scalix",
            ("bug_credit = true", "bug_credit = false"),
            ("money_refund = true", "money_refund = false"),
        )
        case = file_case(alpha, product=alpha.product)

        with pytest.raises(NoBugCredit):
            credit(case, alpha)

        assert balance(alpha, after(2)) == 40


def test_points_come_back_once(case, alpha):
    credit(case, alpha)

    with pytest.raises(NoPointsToCredit):
        credit(case, alpha, at=after(3))

    assert balance(alpha, after(3)) == 50
    assert entries(case).count("points_credited") == 1


def test_credit_moves_no_clock(case, alpha):
    before = list(case.clocks.order_by("pk").values())

    credit(case, alpha)

    assert list(case.clocks.order_by("pk").values()) == before


@pytest.mark.parametrize("role", ["agent", "dispatcher", "account_manager", "company_admin"])
def test_only_leads_and_managers_credit(case, alpha, role):
    with pytest.raises(NotAllowed):
        credit(case, alpha, by=alpha.person_of(role))


def test_money_is_the_choice_of_the_customer_alone(case, alpha):
    credit(case, alpha)

    with pytest.raises(NotAllowed):
        ask_for_money(case_id=case.pk, by=alpha.lead, at=after(3))
    with pytest.raises(NotFound):
        ask_for_money(case_id=case.pk, by=alpha.stranger, at=after(3))
