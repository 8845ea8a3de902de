"""What a claim is worth while its message is made, and in which order messages are kept."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from accounts.tenancy import tenant
from outbox.actions import Queued, queue_messages
from outbox.claims import LEASE_SECONDS, Claim, begin_sending, claim_messages, finish
from outbox.clock import real_now
from outbox.models import OutboxMessage
from outbox.outcomes import Outcome, Verdict
from outbox.registry import register
from tests.outbox.conftest import AT, let_pass, now_as_stored, state_of


def claimed(twin) -> Claim:
    (claim,) = claim_messages(tenant_id=twin.tenant.pk, most=10)
    return claim


def test_lease_begins_anew_when_the_message_is_ready_to_leave(alpha, queue):
    row = queue(alpha, alpha.contact)
    claim = claimed(alpha)
    let_pass(alpha, seconds=LEASE_SECONDS - 20)
    old = Claim(claim.tenant_id, claim.message_id, now_as_stored(alpha, row).claimed_until)

    begun = begin_sending(old)

    with tenant(alpha.tenant):
        left = begun.claim.token - real_now()
    assert timedelta(seconds=LEASE_SECONDS - 10) < left <= timedelta(seconds=LEASE_SECONDS)
    assert now_as_stored(alpha, row).claimed_until == begun.claim.token
    assert finish(begun.claim, Outcome(Verdict.SENT)) == "sent"


def test_end_of_the_time_is_no_fault_of_the_message(alpha, queue):
    def out_of_time(person, refs):
        raise SoftTimeLimitExceeded

    register("slow", may_receive=lambda person, refs: True, render=out_of_time)
    row = queue(alpha, alpha.contact, kind="slow")
    claim = claimed(alpha)

    with pytest.raises(SoftTimeLimitExceeded):
        begin_sending(claim)

    assert state_of(alpha, row) == ("queued", "")
    assert now_as_stored(alpha, row).attempts == 0


def test_messages_are_added_in_the_order_of_their_keys(alpha):
    messages = [
        Queued(kind="notice", recipient_id=alpha.contact.pk, refs={"case": 7}, dedupe_key=key)
        for key in ("notice:3", "notice:1", "notice:2")
    ]

    with tenant(alpha.tenant):
        queue_messages(messages=messages, at=AT)

        keys = OutboxMessage.objects.order_by("pk").values_list("dedupe_key", flat=True)
        assert list(keys) == ["notice:1", "notice:2", "notice:3"]
