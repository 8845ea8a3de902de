"""Kinds that the tests own, and a mail server that misbehaves on demand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from accounts.models import Person
from accounts.tenancy import tenant
from outbox import registry
from outbox.actions import Queued, queue_messages
from outbox.models import OutboxMessage
from outbox.registry import Rendered, register
from tests.outbox.smtp_server import FakeSmtp
from tests.twins import Twin

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests' kinds be the only ones, so that nothing depends on the apps above."""
    monkeypatch.setattr(registry, "_kinds", {})
    register("notice", may_receive=lambda person, refs: True, render=render_notice)


def render_notice(person: Person, refs: registry.Refs) -> Rendered:
    return Rendered(subject=f"Notice {refs['case']}", body=f"Dear {person.name}.", reason="")


@pytest.fixture
def queue() -> Callable[..., OutboxMessage]:
    """Queue one message in its recipient's tenant and return its row."""

    def one(twin: Twin, recipient: Person | None, **changes: object) -> OutboxMessage:
        recipient_id = recipient.pk if recipient else None
        facts = {"kind": "notice", "refs": {"case": 7}, "dedupe_key": f"notice:{recipient_id}"}
        message = Queued(recipient_id=recipient_id, **{**facts, **changes})
        with tenant(twin.tenant):
            queue_messages(messages=[message], at=AT)
            return OutboxMessage.objects.get(dedupe_key=message.dedupe_key)

    return one


@pytest.fixture
def mail_server(settings) -> Iterator[FakeSmtp]:
    server = FakeSmtp()
    server.start()
    settings.EMAIL_BACKEND = "outbox.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "support@desk.example"
    yield server
    server.stop()


def now_as_stored(twin: Twin, message: OutboxMessage) -> OutboxMessage:
    with tenant(twin.tenant):
        return OutboxMessage.objects.select_related("recipient").get(pk=message.pk)


def state_of(twin: Twin, message: OutboxMessage) -> tuple[str, str]:
    stored = now_as_stored(twin, message)
    return stored.state, stored.why


def let_pass(twin: Twin, *, seconds: int) -> None:
    """Let real time pass for the tenant's messages: all their moments move into the past."""
    span = timedelta(seconds=seconds)
    with tenant(twin.tenant):
        OutboxMessage.objects.update(
            due_at=F("due_at") - span,
            claimed_until=F("claimed_until") - span,
            recorded_at=F("recorded_at") - span,
        )


def seconds_until_due(twin: Twin, message: OutboxMessage, *, since: datetime) -> int:
    return round((now_as_stored(twin, message).due_at - since).total_seconds())
