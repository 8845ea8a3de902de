import pytest
from django.db import IntegrityError, connection, transaction

from accounts.tenancy import TenancyError, tenant
from outbox.actions import Queued, queue_messages
from outbox.models import OutboxMessage
from tests.outbox.conftest import AT


def queued(key: str, recipient_id: int | None = None, **changes: object) -> Queued:
    facts = {"kind": "notice", "refs": {"case": 7}, "urgent": False}
    return Queued(recipient_id=recipient_id, dedupe_key=key, **{**facts, **changes})


def keys() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("dedupe_key", flat=True))


def test_queued_message_waits_with_an_id_of_its_own(alpha, settings, queue):
    settings.BASE_HOST = "desk.example"

    row = queue(alpha, alpha.contact, refs={"case": 7, "step": "P1.warn"}, urgent=True)
    other = queue(alpha, alpha.agent)

    assert (row.kind, row.recipient_id) == ("notice", alpha.contact.pk)
    assert row.refs == {"case": 7, "step": "P1.warn"}
    assert (row.state, row.why, row.attempts, row.urgent) == ("queued", "", 0, True)
    assert (row.queued_at, row.claimed_until, row.sent_at) == (AT, None, None)
    assert row.message_id.endswith("@desk.example>")
    assert row.message_id != other.message_id


def test_same_dedupe_key_is_queued_once(entered, alpha):
    queue_messages(messages=[queued("a"), queued("b"), queued("a")], at=AT)
    first = OutboxMessage.objects.get(dedupe_key="a")

    queue_messages(messages=[queued("a"), queued("c")], at=AT)

    assert keys() == ["a", "b", "c"]
    assert OutboxMessage.objects.get(dedupe_key="a").message_id == first.message_id


def test_same_dedupe_key_in_another_tenant_is_another_message(alpha, beta, queue):
    queue(alpha, alpha.contact, dedupe_key="same")
    queue(beta, beta.contact, dedupe_key="same")

    with tenant(alpha.tenant):
        assert [row.recipient_id for row in OutboxMessage.objects.all()] == [alpha.contact.pk]
    with tenant(beta.tenant):
        assert [row.recipient_id for row in OutboxMessage.objects.all()] == [beta.contact.pk]


def test_message_goes_with_the_transaction_that_queued_it(entered):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_messages(messages=[queued("gone")], at=AT)
        _ = 1 / 0

    assert keys() == []


def test_recipient_of_another_tenant_is_refused_by_the_database(alpha, beta):
    with pytest.raises(IntegrityError), tenant(alpha.tenant):
        queue_messages(messages=[queued("a", recipient_id=beta.contact.pk)], at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_queueing_needs_a_tenant(db):
    with pytest.raises(TenancyError):
        queue_messages(messages=[queued("a")], at=AT)


@pytest.mark.parametrize(
    "refs",
    [{"who": "Ann Smith"}, {"to": "ann@acme.test"}, {"text": ""}, {"text": "line\n"}, {"ä": "ä"}],
)
def test_refs_hold_neither_names_nor_text(refs):
    with pytest.raises(ValueError, match="refs hold ids and codes only"):
        queued("a", refs=refs)


@pytest.mark.parametrize("changes", [{"kind": ""}, {"dedupe_key": ""}])
def test_message_needs_kind_and_key(changes):
    with pytest.raises(ValueError, match="needs a kind"):
        Queued(**{"kind": "notice", "recipient_id": 1, "refs": {}, "dedupe_key": "a", **changes})


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "lost"}, "message_state_is_known"),
        ({"state": "failed"}, "message_unsent_says_why"),
        ({"state": "sent"}, "message_sent_has_moment"),
        ({"sent_at": AT}, "message_sent_has_moment"),
        ({"state": "sending"}, "message_sending_is_claimed"),
        ({"state": "skipped", "why": "so", "claimed_until": AT}, "message_at_rest_is_unclaimed"),
        ({"dedupe_key": ""}, "message_has_dedupe_key"),
    ],
)
def test_database_refuses_what_must_never_be(alpha, queue, changes, constraint):
    row = queue(alpha, alpha.contact)

    with pytest.raises(IntegrityError, match=constraint), tenant(alpha.tenant):
        OutboxMessage.objects.filter(pk=row.pk).update(**changes)


def test_without_a_tenant_the_database_shows_no_message(alpha, queue):
    queue(alpha, alpha.contact)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_outboxmessage")
        assert cursor.fetchone() == (0,)
