"""What costs or gives points happens once, also when two do it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.errors import DomainError
from accounts.tenancy import tenant
from entitlements.models import MoneyRefund
from tests.cases import after, file_case
from tests.tickets.agreements import balance, entries, scalix, sums_to_zero
from tickets.actions.consenting import give_consent
from tickets.actions.crediting import ask_for_money, credit_bug
from tickets.actions.declining import decline_case
from tickets.actions.splitting import accept_split, decline_split, propose_split
from tickets.models import Case, RemoteConsent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(alpha):
    with scalix(alpha, points=50):
        return file_case(alpha, product=alpha.product)


def at_once(twin, *acts):
    """Do the acts at the same moment, each on its own connection; give codes of refusals or ""."""
    together = Barrier(len(acts))

    def run(act):
        try:
            together.wait(timeout=10)
            with tenant(twin.tenant):
                act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
        return sorted(future.result(timeout=30) for future in futures)


def propose(case, twin):
    with tenant(twin.tenant):
        return propose_split(
            case_id=case.pk, subject="Calendar", body="Another.", by=twin.agent, at=after(1)
        )


def test_split_accepted_twice_at_once_is_charged_once(case, alpha):
    proposal = propose(case, alpha)
    about = {"case_id": case.pk, "proposal_id": proposal.pk, "at": after(2)}

    def accept():
        accept_split(points_shown=10, by=alpha.contact, **about)

    assert at_once(alpha, accept, accept) == ["", "no_split_waits"]
    with tenant(alpha.tenant):
        assert Case.objects.count() == 2
        assert balance(alpha, after(2)) == 30
        assert sums_to_zero(alpha)


def test_split_accepted_and_declined_at_once_is_one_of_both(case, alpha):
    proposal = propose(case, alpha)
    about = {"case_id": case.pk, "proposal_id": proposal.pk, "at": after(2)}

    refusals = at_once(
        alpha,
        lambda: accept_split(points_shown=10, by=alpha.contact, **about),
        lambda: decline_split(by=alpha.company_admin, **about),
    )

    assert refusals == ["", "no_split_waits"]
    with tenant(alpha.tenant):
        opened = Case.objects.count() - 1
        assert balance(alpha, after(2)) == 40 - 10 * opened


def test_bug_credited_twice_at_once_comes_back_once(case, alpha):
    def credit():
        credit_bug(case_id=case.pk, by=alpha.lead, reason="Bug.", at=after(2))

    assert at_once(alpha, credit, credit) == ["", "no_points_to_credit"]
    with tenant(alpha.tenant):
        assert balance(alpha, after(2)) == 50
        assert entries(case).count("points_credited") == 1


def test_money_asked_for_twice_at_once_is_one_refund(case, alpha):
    with tenant(alpha.tenant):
        credit_bug(case_id=case.pk, by=alpha.lead, reason="Bug.", at=after(2))

    def ask():
        ask_for_money(case_id=case.pk, by=alpha.contact, at=after(3))

    assert at_once(alpha, ask, ask) == ["", "no_money_refund"]
    with tenant(alpha.tenant):
        assert MoneyRefund.objects.count() == 1
        assert balance(alpha, after(3)) == 40


def test_case_declined_and_credited_at_once_gives_the_points_back_once(case, alpha):
    refusals = at_once(
        alpha,
        lambda: decline_case(
            case_id=case.pk, code="tuning", body="Tuning.", by=alpha.agent, at=after(2)
        ),
        lambda: credit_bug(case_id=case.pk, by=alpha.lead, reason="Bug.", at=after(2)),
    )

    assert refusals in (["", ""], ["", "no_points_to_credit"])
    with tenant(alpha.tenant):
        assert balance(alpha, after(2)) == 50
        assert sums_to_zero(alpha)


def test_case_declined_twice_at_once_is_declined_once(case, alpha):
    def decline():
        decline_case(case_id=case.pk, code="tuning", body="Tuning.", by=alpha.agent, at=after(2))

    assert at_once(alpha, decline, decline) == ["", "case_is_not_open"]
    with tenant(alpha.tenant):
        assert entries(case).count("declined") == 1


def test_permission_given_twice_at_once_is_given_once(case, alpha):
    def give():
        give_consent(
            case_id=case.pk, scope="Server", until_at=after(9), by=alpha.contact, at=after(2)
        )

    assert at_once(alpha, give, give) == ["", ""]
    with tenant(alpha.tenant):
        assert RemoteConsent.objects.count() == 1
