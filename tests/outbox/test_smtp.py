import smtplib

import pytest

from accounts.tenancy import tenant
from outbox.claims import real_now
from outbox.delivery import deliver_due
from outbox.outcomes import RETRY_AFTER_SECONDS
from outbox.smtp import SmtpBackend, WatchedSMTP, WatchedSMTPOverTLS
from tests.outbox import smtp_server
from tests.outbox.conftest import let_pass, now_as_stored, seconds_until_due, state_of

CONTACT = "contact@acme.test"


def test_server_gets_what_was_written(alpha, queue, mail_server):
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"sent": 1}

    (letter,) = mail_server.taken
    ((sender, recipient),) = mail_server.envelopes
    assert (sender.startswith("reply+"), recipient) == (True, CONTACT)
    assert (letter["Message-ID"], letter["To"]) == (row.message_id, CONTACT)
    assert letter.get_body(("plain",)).get_content() == "Dear cn-alpha-contact."


def test_one_connection_serves_all_tenants_of_a_pass(alpha, beta, queue, mail_server):
    for twin in (alpha, beta):
        queue(twin, twin.contact)
        queue(twin, twin.agent)

    assert deliver_due() == {"sent": 4}

    assert mail_server.connections == 1


def test_nothing_due_opens_no_connection(alpha, mail_server):
    assert deliver_due() == {}

    assert mail_server.connections == 0


def test_refusal_for_good_is_never_tried_again(alpha, queue, mail_server):
    mail_server.behaviours[CONTACT] = ["550 no such user"]
    row = queue(alpha, alpha.contact)
    other = queue(alpha, alpha.agent)

    assert deliver_due() == {"failed": 1, "sent": 1}
    let_pass(alpha, seconds=30 * 86_400)
    assert deliver_due() == {}

    assert state_of(alpha, row) == ("failed", "Refused for good: 550 no such user")
    assert state_of(alpha, other) == ("sent", "")
    assert mail_server.attempts[CONTACT] == 1


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("451 later", "Refused for now: 451 later"),
        ("421 go away", "Refused for now: 421 go away"),
        ("data 452 full", "Refused for now: 452 full"),
        (smtp_server.DROP_AT_RCPT, "The server was lost: Connection unexpectedly closed"),
    ],
)
def test_refusal_for_now_is_tried_again_later(alpha, queue, mail_server, behaviour, why):
    mail_server.behaviours[CONTACT] = [behaviour]
    row = queue(alpha, alpha.contact)
    queue(alpha, alpha.agent)
    with tenant(alpha.tenant):
        began = real_now()

    assert deliver_due() == {"queued": 1, "sent": 1}
    assert state_of(alpha, row) == ("queued", why)
    assert 30 <= seconds_until_due(alpha, row, since=began) < 40
    assert deliver_due() == {}
    let_pass(alpha, seconds=31)
    assert deliver_due() == {"sent": 1}

    assert state_of(alpha, row) == ("sent", "")
    assert now_as_stored(alpha, row).doubts == 0
    assert [letter["To"] for letter in mail_server.taken] == ["agent@desk.test", CONTACT]


def test_tries_come_further_and_further_apart_and_end(alpha, queue, mail_server):
    tries = len(RETRY_AFTER_SECONDS) + 1
    mail_server.behaviours[CONTACT] = ["451 later"] * (tries + 5)
    row = queue(alpha, alpha.contact)

    for seconds in RETRY_AFTER_SECONDS:
        assert deliver_due() == {"queued": 1}
        let_pass(alpha, seconds=seconds - 10)
        assert deliver_due() == {}
        let_pass(alpha, seconds=10)
    assert deliver_due() == {"failed": 1}
    let_pass(alpha, seconds=30 * 86_400)
    assert deliver_due() == {}

    assert state_of(alpha, row) == ("failed", "Refused for now: 451 later")
    assert (mail_server.attempts[CONTACT], now_as_stored(alpha, row).attempts) == (tries, tries)


DOUBTS = [
    smtp_server.DROP_AFTER_DATA,
    smtp_server.HANG_AFTER_DATA,
    smtp_server.LOSE_AFTER_DATA,
    smtp_server.GARBLE_AFTER_DATA,
]


@pytest.mark.parametrize("behaviour", DOUBTS)
def test_silence_after_data_is_tried_once_more_with_the_same_id(
    alpha, queue, mail_server, settings, behaviour
):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.behaviours[CONTACT] = [behaviour]
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"queued": 1}
    assert now_as_stored(alpha, row).doubts == 1
    let_pass(alpha, seconds=290)
    assert deliver_due() == {}
    let_pass(alpha, seconds=10)
    assert deliver_due() == {"sent": 1}

    copies = 1 if behaviour == smtp_server.LOSE_AFTER_DATA else 2
    assert [letter["Message-ID"] for letter in mail_server.taken] == [row.message_id] * copies


@pytest.mark.parametrize("behaviour", DOUBTS)
def test_second_silence_is_shown_to_a_person(alpha, queue, mail_server, settings, behaviour):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.behaviours[CONTACT] = [behaviour, behaviour]
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"queued": 1}
    let_pass(alpha, seconds=300)
    assert deliver_due() == {"ambiguous": 1}
    let_pass(alpha, seconds=30 * 86_400)
    assert deliver_due() == {}

    state, why = state_of(alpha, row)
    assert state == "ambiguous"
    assert why.startswith("The server took the text and never answered: ")
    assert mail_server.attempts[CONTACT] == 2


def test_refusal_after_a_doubt_is_still_a_doubt(alpha, queue, mail_server):
    mail_server.behaviours[CONTACT] = [smtp_server.DROP_AFTER_DATA, "550 seen that"]
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"queued": 1}
    let_pass(alpha, seconds=300)
    assert deliver_due() == {"ambiguous": 1}

    assert state_of(alpha, row) == ("ambiguous", "Refused for good: 550 seen that")


def test_server_that_is_gone_costs_no_attempt(alpha, beta, queue, mail_server):
    mail_server.stop()
    rows = [(twin, queue(twin, who)) for twin in (alpha, beta) for who in (twin.contact, twin.lead)]

    for _hour in range(3):
        assert deliver_due() == {}
        for twin in (alpha, beta):
            let_pass(twin, seconds=3600)

    for twin, row in rows:
        stored = now_as_stored(twin, row)
        assert (stored.state, stored.attempts, stored.claimed_until) == ("queued", 0, None)
    whys = {state_of(twin, row)[1] for twin, row in rows} - {""}
    assert whys == {"The mail server cannot be reached: [Errno 111] Connection refused"}


def test_delivery_goes_on_when_the_server_is_back(alpha, queue, mail_server, settings):
    settings.EMAIL_PORT = 1
    row = queue(alpha, alpha.contact)
    assert deliver_due() == {}

    settings.EMAIL_PORT = mail_server.port
    assert deliver_due() == {}
    let_pass(alpha, seconds=30)
    assert deliver_due() == {"sent": 1}

    assert (state_of(alpha, row), now_as_stored(alpha, row).attempts) == (("sent", ""), 1)


def test_wrong_password_costs_no_attempt(alpha, queue, mail_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "wrong"
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {}

    state, why = state_of(alpha, row)
    assert (state, now_as_stored(alpha, row).attempts) == ("queued", 0)
    assert why == (
        "The mail server cannot be reached: SMTP AUTH extension not supported by server."
    )


def test_djangos_own_backend_takes_every_lost_connection_for_a_doubt(
    alpha, queue, mail_server, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mail_server.behaviours[CONTACT] = [smtp_server.DROP_AT_RCPT]
    row = queue(alpha, alpha.contact)

    assert deliver_due() == {"queued": 1}

    assert now_as_stored(alpha, row).doubts == 1


def test_connection_over_tls_is_watched_too():
    backend = SmtpBackend(use_ssl=True, use_tls=False)

    assert backend.connection_class.__mro__[:3] == (
        WatchedSMTPOverTLS,
        WatchedSMTP,
        smtplib.SMTP_SSL,
    )
    assert not backend.in_doubt


def test_pass_ends_when_its_time_is_over_and_gives_back_the_rest(
    alpha, queue, mail_server, settings
):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.behaviours[CONTACT] = [smtp_server.HANG_AFTER_DATA]
    queue(alpha, alpha.contact)
    rest = queue(alpha, alpha.agent)

    assert deliver_due(pass_seconds=0.2) == {"queued": 1}
    left = now_as_stored(alpha, rest)
    assert (left.state, left.why, left.claimed_until) == ("queued", "", None)
    assert deliver_due() == {"sent": 1}

    assert state_of(alpha, rest) == ("sent", "")
