from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.tenancy import tenant
from outbox.actions import FROM_BEFORE_RESTORE
from outbox.claims import begin_sending, claim_messages, finish
from outbox.clock import real_now
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from outbox.outcomes import SENT
from tests.outbox.conftest import let_pass, now_as_stored, state_of

MUTED = "This system is muted: nothing leaves it."


@pytest.fixture
def muted(settings):
    settings.OUTBOX_MUTED = True
    return settings


def shift(twin, row, **changes):
    with tenant(twin.tenant):
        OutboxMessage.objects.filter(pk=row.pk).update(**changes)


def release(*, restored_at) -> str:
    call_command("release_outbox", restored_at=restored_at.isoformat())


def restored_now(twin):
    with tenant(twin.tenant):
        return real_now()


def test_muted_outbox_holds_everything_back(alpha, beta, queue, muted):
    due = queue(alpha, alpha.contact)
    between_tries = queue(alpha, alpha.agent)
    shift(alpha, between_tries, due_at=F("due_at") + timedelta(days=1), why="451", attempts=3)
    other = queue(beta, beta.contact)
    begun = queue(beta, beta.agent)
    claim_messages(tenant_id=beta.tenant.pk, most=1)
    begin_sending(*claim_messages(tenant_id=beta.tenant.pk, most=1))

    assert deliver_due() == {"held": 4}
    assert deliver_due() == {}

    assert mail.outbox == []
    for twin, row in [(alpha, due), (alpha, between_tries), (beta, other), (beta, begun)]:
        assert state_of(twin, row) == ("held", MUTED)


def test_what_was_held_does_not_leave_when_the_switch_is_turned_back(alpha, queue, muted):
    row = queue(alpha, alpha.contact)
    deliver_due()
    muted.OUTBOX_MUTED = False

    assert deliver_due() == {}
    let_pass(alpha, seconds=30 * 86_400)
    assert deliver_due() == {}

    assert state_of(alpha, row) == ("held", MUTED)


def test_message_on_its_way_when_the_switch_is_turned_is_sent_all_the_same(alpha, queue, muted):
    row = queue(alpha, alpha.contact)
    begun = begin_sending(*claim_messages(tenant_id=alpha.tenant.pk, most=1))
    deliver_due()

    assert finish(begun.claim, SENT) == "sent"

    assert state_of(alpha, row) == ("sent", "")


def test_release_sends_only_what_is_younger_than_the_restored_system(alpha, beta, queue, muted):
    old = queue(alpha, alpha.contact)
    let_pass(alpha, seconds=3600)
    restored_at = restored_now(alpha)
    new = queue(alpha, alpha.agent)
    other = queue(beta, beta.contact)
    deliver_due()
    muted.OUTBOX_MUTED = False

    release(restored_at=restored_at)
    deliver_due()

    assert state_of(alpha, old) == ("skipped", FROM_BEFORE_RESTORE)
    assert state_of(alpha, new) == ("sent", "")
    assert state_of(beta, other) == ("sent", "")
    assert sorted(sent.to[0] for sent in mail.outbox) == ["agent@desk.test", "contact@acme.test"]


def test_release_tells_what_it_did(alpha, queue, muted, capsys):
    queue(alpha, alpha.contact)
    deliver_due()
    muted.OUTBOX_MUTED = False

    release(restored_at=restored_now(alpha))

    assert capsys.readouterr().out == "alpha: 0 queued, 1 skipped\n"


def test_release_is_refused_while_muted(alpha, queue, muted):
    row = queue(alpha, alpha.contact)
    deliver_due()

    with pytest.raises(CommandError, match="The outbox is muted"):
        release(restored_at=restored_now(alpha))

    assert now_as_stored(alpha, row).state == "held"


@pytest.mark.parametrize("text", ["yesterday", "2026-03-02T09:00:00", ""])
def test_release_wants_a_moment_with_its_zone(db, text):
    with pytest.raises(CommandError, match="restored-at"):
        call_command("release_outbox", f"--restored-at={text}")
