import signal

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError

from accounts import loops
from outbox.management.commands import deliver


@pytest.fixture
def keep_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_command_delivers_once_and_counts(alpha, queue, capsys):
    queue(alpha, alpha.contact)
    queue(alpha, alpha.caller)

    call_command("deliver")

    assert [sent.to for sent in mail.outbox] == [["contact@acme.test"]]
    assert capsys.readouterr().out == "1 Sent, 1 Not sent on purpose\n"


def test_command_says_when_nothing_was_due(db, capsys):
    call_command("deliver")

    assert capsys.readouterr().out == "Nothing was due.\n"


def test_loop_outlives_the_database_and_ends_on_term(
    alpha, queue, monkeypatch, keep_signals, capsys
):
    queue(alpha, alpha.contact)
    works = deliver.deliver_due
    rounds = []

    def deliver_due():
        rounds.append(len(mail.outbox))
        if len(rounds) == 1:
            raise OperationalError("the server closed the connection\n")
        if len(rounds) == 3:
            signal.raise_signal(signal.SIGTERM)
        return works()

    monkeypatch.setattr(deliver, "deliver_due", deliver_due)
    monkeypatch.setattr(deliver, "REST_SECONDS", 0.01)
    monkeypatch.setattr(loops.connection, "close", lambda: None)

    call_command("deliver", loop=True)

    assert rounds == [0, 0, 1]
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("1 Sent\n", "the server closed the connection\n")
