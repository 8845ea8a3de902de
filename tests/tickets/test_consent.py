"""Permission for remote access (SP-01): who, when, what, until; withdrawn, or over by itself."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, NotFound
from outbox.models import OutboxMessage
from tests.cases import after, file_case
from tests.tickets.agreements import entries, mail, scalix
from tickets.actions.consenting import (
    give_consent,
    log_consent,
    running_consents,
    withdraw_consent,
)
from tickets.actions.declining import decline_case
from tickets.actions.ending import close_case, resolve_case
from tickets.agreement_errors import (
    ConsentEndsInPast,
    ConsentLastsTooLong,
    NoConsentRuns,
    ScopeMissing,
)
from tickets.errors import CaseIsNotOpen
from tickets.models import RemoteConsent

# 31 days after it is given.
A_MONTH = after(1 + 31 * 24)
SCOPE = "Server mail-1, as administrator"


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def allow(case, alpha, **changes):
    said = {"scope": SCOPE, "until_at": after(8), "by": alpha.contact, "at": after(1)} | changes
    return give_consent(case_id=case.pk, **said)


def test_sp_01_permission_says_who_when_what_and_until(case, alpha):
    given = allow(case, alpha)

    found = RemoteConsent.objects.get()
    assert (found.given_by, found.logged_by, found.scope) == (alpha.contact, None, SCOPE)
    assert (found.given_at, found.until_at) == (after(1), after(8))
    assert running_consents(case, after(2)) == [given]
    who, subject, words = mail_of_desk("consent_given")
    assert who == alpha.agent
    assert "remote access allowed" in subject
    assert SCOPE in words


def mail_of_desk(kind):
    OutboxMessage.objects.filter(kind=kind).exclude(recipient__role="agent").delete()
    return mail(kind)


def test_sp_01_permission_ends_by_itself(case, alpha):
    allow(case, alpha)

    assert running_consents(case, after(8) - timedelta(seconds=1)) != []
    assert running_consents(case, after(8)) == []


def test_sp_01_permission_is_withdrawn(case, alpha):
    given = allow(case, alpha)

    withdraw_consent(case_id=case.pk, consent_id=given.pk, by=alpha.contact, at=after(2))

    found = RemoteConsent.objects.get()
    assert (found.withdrawn_at, found.withdrawn_by) == (after(2), alpha.contact)
    assert running_consents(case, after(2)) == []
    assert entries(case)[-2:] == ["consent_given", "consent_withdrawn"]
    with pytest.raises(NoConsentRuns):
        withdraw_consent(case_id=case.pk, consent_id=given.pk, by=alpha.contact, at=after(3))


def test_sp_01_desk_logs_what_was_said_on_the_phone_and_the_customer_reads_it(case, alpha):
    logged = log_consent(
        case_id=case.pk, scope=SCOPE, until_at=after(8), by=alpha.agent, at=after(1)
    )

    assert (logged.given_by, logged.logged_by) == (alpha.contact, alpha.agent)
    who, subject, words = mail("consent_given")
    assert who == alpha.contact
    assert "you allowed remote access" in subject
    assert SCOPE in words
    assert "If that is not so, withdraw it on the case." in words


def test_permission_given_twice_is_given_once(case, alpha):
    first = allow(case, alpha)

    assert allow(case, alpha) == first
    assert entries(case).count("consent_given") == 1


def test_permission_moves_no_clock(case, alpha):
    before = list(case.clocks.order_by("pk").values())

    given = allow(case, alpha)
    withdraw_consent(case_id=case.pk, consent_id=given.pk, by=alpha.contact, at=after(2))

    assert list(case.clocks.order_by("pk").values()) == before


def test_payload_holds_no_words(case, alpha):
    given = allow(case, alpha)

    event = case.events.get(kind="consent_given")
    assert event.payload == {"consent": given.pk, "until": int(after(8).timestamp())}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scope": "  "}, ScopeMissing),
        ({"until_at": after(1)}, ConsentEndsInPast),
        ({"until_at": A_MONTH + timedelta(seconds=1)}, ConsentLastsTooLong),
    ],
)
def test_permission_needs_its_parts(case, alpha, changes, refusal):
    with pytest.raises(refusal):
        allow(case, alpha, **changes)


def test_permission_is_the_customers_own(case, alpha):
    with pytest.raises(NotAllowed):
        allow(case, alpha, by=alpha.agent)
    with pytest.raises(NotAllowed):
        log_consent(case_id=case.pk, scope=SCOPE, until_at=after(8), by=alpha.contact, at=after(1))
    with pytest.raises(NotFound):
        allow(case, alpha, by=alpha.stranger)


def test_closed_case_takes_no_permission(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(1))

    with pytest.raises(CaseIsNotOpen):
        allow(case, alpha, at=after(2))


def test_sp_01_permission_lasts_a_month_at_most(case, alpha):
    assert allow(case, alpha, until_at=A_MONTH).until_at == A_MONTH
    with pytest.raises(ConsentLastsTooLong) as refused:
        log_consent(
            case_id=case.pk,
            scope=SCOPE,
            until_at=A_MONTH + timedelta(minutes=1),
            by=alpha.agent,
            at=after(1),
        )

    assert refused.value.field == "until"
    assert "31 days at most" in str(refused.value)


def test_permission_that_is_over_is_not_withdrawn(case, alpha):
    given = allow(case, alpha)

    with pytest.raises(NoConsentRuns):
        withdraw_consent(case_id=case.pk, consent_id=given.pk, by=alpha.contact, at=after(8))

    assert RemoteConsent.objects.get().withdrawn_at is None
    assert "consent_withdrawn" not in entries(case)


def test_sp_01_permission_ends_when_the_customer_closes_the_case(case, alpha):
    given = allow(case, alpha)

    close_case(case_id=case.pk, by=alpha.contact, at=after(2))

    given.refresh_from_db()
    assert (given.withdrawn_at, given.withdrawn_by) == (after(2), alpha.contact)
    assert running_consents(case, after(2)) == []
    assert entries(case)[-2:] == ["consent_withdrawn", "closed"]
    assert case.events.get(kind="consent_withdrawn").payload == {"consent": given.pk}


def test_sp_01_permission_ends_when_the_desk_closes_the_case_and_the_customer_is_told(case, alpha):
    given = allow(case, alpha)
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Done.", at=after(2))
    assert running_consents(case, after(2)) == [given]

    close_case(case_id=case.pk, by=alpha.agent, at=after(3))

    given.refresh_from_db()
    assert (given.withdrawn_at, given.withdrawn_by) == (after(3), alpha.agent)
    who, subject, words = mail("consent_withdrawn")
    assert who == alpha.contact
    assert "remote access is no longer allowed" in subject
    assert SCOPE in words


def test_sp_01_permission_ends_when_the_case_is_declined(alpha):
    with scalix(alpha, points=50):
        case = file_case(alpha, product=alpha.product)
        given = allow(case, alpha)

        decline_case(case_id=case.pk, code="tuning", body="Tuning.", by=alpha.agent, at=after(2))

        given.refresh_from_db()
        assert given.withdrawn_at == after(2)
        assert entries(case)[-4:] == ["consent_withdrawn", "agent_replied", "declined", "closed"]
        assert case.clocks.get(kind="first_response").state == "met"


def test_permission_that_was_over_before_stays_as_it_was(case, alpha):
    given = allow(case, alpha)

    close_case(case_id=case.pk, by=alpha.contact, at=after(8))

    given.refresh_from_db()
    assert given.withdrawn_at is None
    assert entries(case)[-1] == "closed"
