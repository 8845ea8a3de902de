"""What support generally declines, with a pointer to who can help (SC-15, DD-03)."""

import pytest

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from sla.actions import load_document
from tests.cases import after, file_case
from tests.packs import LONG_AGO, pack_for
from tests.tickets.agreements import balance, entries, mail, scalix, sums_to_zero
from tests.tickets.gated import publish_changed
from tickets.actions.conversation import (
    ask_customer,
    log_agent_call,
    log_customer_call,
    log_work,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.declining import decline_case
from tickets.actions.ending import reopen_case, resolve_case
from tickets.actions.triage import triage_case
from tickets.agreement_errors import CaseWasDeclined, UnknownDeclined
from tickets.errors import CaseIsNotOpen, NothingSaid
from tickets.models import Case

POINTER = "Onsite teams, partners or Scalix Professional Services do this."

LATER = after(2)


@pytest.fixture
def case(alpha):
    with scalix(alpha, points=50):
        yield file_case(alpha, product=alpha.product)


def decline(case, twin, *, code="tuning", body="This is tuning.", by=None, at=LATER):
    return decline_case(case_id=case.pk, code=code, body=body, by=by or twin.agent, at=at)


def test_sc_15_declined_case_is_closed_with_a_pointer_and_its_points_come_back(case, alpha):
    decline(case, alpha)

    stored = Case.objects.get()
    assert (stored.status, stored.declined) == ("closed", "tuning")
    assert entries(case)[-3:] == ["agent_replied", "declined", "closed"]
    assert case.events.get(kind="declined").payload == {"declined": "tuning", "points": 10}
    assert balance(alpha, after(2)) == 50
    assert sums_to_zero(alpha)


def test_sc_15_customer_is_told_who_can_help(case, alpha):
    decline(case, alpha)

    who, subject, words = mail("declined")
    assert who == alpha.contact
    assert "this is not part of the support" in subject
    assert "Performance tuning, general or step by step" in words
    assert POINTER in words
    assert "This is tuning." in words
    assert "10 points" in words


def test_sc_15_after_work_the_case_keeps_its_points(case, alpha):
    log_work(case_id=case.pk, by=alpha.agent, body="Looked at it.", at=after(1))

    decline(case, alpha)

    assert balance(alpha, after(2)) == 40
    assert case.events.get(kind="declined").payload == {"declined": "tuning", "points": 0}


def worked(case, twin):
    log_work(case_id=case.pk, by=twin.agent, body="Looked.", at=after(1))


def answered(case, twin):
    reply_to_case(case_id=case.pk, by=twin.agent, body="Try this.", at=after(1))


def called(case, twin):
    log_agent_call(case_id=case.pk, by=twin.agent, body="Spoke.", at=after(1))


def solved(case, twin):
    resolve_case(case_id=case.pk, by=twin.agent, solution="So.", at=after(1))
    reply_as_customer(case_id=case.pk, by=twin.contact, body="No.", at=after(1))


def asked(case, twin):
    ask_customer(case_id=case.pk, by=twin.agent, question="Which?", at=after(1))


def reviewed(case, twin):
    triage_case(case_id=case.pk, by=twin.agent, owner_id=twin.agent.pk, reason="", at=after(1))


def customer_called(case, twin):
    log_customer_call(case_id=case.pk, by=twin.agent, body="They ask.", at=after(1))


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (worked, 40),
        (answered, 40),
        (called, 40),
        (solved, 40),
        (asked, 50),
        (reviewed, 50),
        (customer_called, 50),
    ],
)
def test_sc_15_points_come_back_before_work_and_not_after(case, alpha, before, left):
    before(case, alpha)

    decline(case, alpha)

    assert balance(alpha, after(2)) == left


def test_sc_15_nothing_comes_back_where_the_policy_says_so(alpha):
    with scalix(alpha, points=50):
        publish_changed(alpha, "scalix", ("declined_refund = true", "declined_refund = false"))
        case = file_case(alpha, product=alpha.product)

        decline(case, alpha)

        assert balance(alpha, after(2)) == 40
        assert case.events.get(kind="declined").payload == {"declined": "tuning", "points": 0}


def test_declining_is_an_answer(case, alpha):
    decline(case, alpha)

    assert case.clocks.get(kind="first_response").state == "met"
    assert not case.clocks.filter(ended_at=None).exists()


def test_dd_03_consulting_is_declined_with_a_pointer_to_sales(alpha):
    text = pack_for("alpha", "datadynamics").replace("required = true", "required = false")
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        case = file_case(alpha, product=alpha.product, severity="3", availability="Ada, 1 2 3")

        decline(case, alpha, code="consulting")

        _who, _subject, words = mail("declined")
        assert "IT consulting" in words
        assert "Please ask Sales." in words


def test_declined_case_is_not_reopened_by_the_customer(case, alpha):
    decline(case, alpha)

    with pytest.raises(CaseWasDeclined):
        reopen_case(
            case_id=case.pk, by=alpha.contact, body="It is.", at=after(3), same_problem=True
        )

    assert Case.objects.get().status == "closed"


def test_sc_15_what_came_back_is_not_opened_again_by_anybody(case, alpha):
    decline(case, alpha)

    with pytest.raises(CaseWasDeclined) as refused:
        reopen_case(case_id=case.pk, by=alpha.lead, body="It is a bug after all.", at=after(4))

    assert "open a new case about it" in str(refused.value)
    assert Case.objects.get().status == "closed"


def test_declined_case_that_kept_its_points_is_reopened_by_the_desk(case, alpha):
    worked(case, alpha)
    decline(case, alpha)

    with pytest.raises(CaseWasDeclined):
        reopen_case(
            case_id=case.pk, by=alpha.contact, body="It is.", at=after(3), same_problem=True
        )
    reopen_case(case_id=case.pk, by=alpha.lead, body="It is a bug after all.", at=after(4))

    stored = Case.objects.get()
    assert (stored.status, stored.declined) == ("open", "")


def test_declined_twice_is_refused(case, alpha):
    decline(case, alpha)

    with pytest.raises(CaseIsNotOpen):
        decline(case, alpha, at=after(3))

    assert entries(case).count("declined") == 1
    assert balance(alpha, after(3)) == 50


@pytest.mark.parametrize(
    ("said", "refusal"),
    [({"code": "weather"}, UnknownDeclined), ({"body": "  "}, NothingSaid)],
)
def test_declining_needs_its_parts(case, alpha, said, refusal):
    with pytest.raises(refusal):
        decline(case, alpha, **said)


@pytest.mark.parametrize("role", ["dispatcher", "account_manager", "company_admin"])
def test_who_may_not_decline(case, alpha, role):
    with pytest.raises(NotAllowed):
        decline(case, alpha, by=alpha.person_of(role))
