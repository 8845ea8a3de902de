import pytest
from django.core import mail

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox.actions import send_again
from outbox.delivery import deliver_due
from outbox.errors import MessageIsNotAtRest
from outbox.models import OutboxMessage
from tests.outbox.conftest import state_of


def put(twin, row, **changes):
    with tenant(twin.tenant):
        OutboxMessage.objects.filter(pk=row.pk).update(**changes)


@pytest.mark.parametrize("state", ["failed", "ambiguous", "skipped", "held"])
def test_message_that_was_not_sent_goes_out_under_its_old_id(alpha, queue, state):
    row = queue(alpha, alpha.contact)
    put(alpha, row, state=state, why="so", attempts=10, doubts=2)

    with tenant(alpha.tenant):
        again = send_again(message_id=row.pk, by=alpha.manager)
    deliver_due()

    assert (again.state, again.why, again.attempts, again.doubts) == ("queued", "", 0, 0)
    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [row.message_id]
    assert state_of(alpha, row) == ("sent", "")


def test_message_that_waits_or_was_sent_is_left_alone(alpha, queue):
    row = queue(alpha, alpha.contact)

    with tenant(alpha.tenant), pytest.raises(MessageIsNotAtRest):
        send_again(message_id=row.pk, by=alpha.manager)
    deliver_due()
    with tenant(alpha.tenant), pytest.raises(MessageIsNotAtRest):
        send_again(message_id=row.pk, by=alpha.manager)

    assert state_of(alpha, row) == ("sent", "")


@pytest.mark.parametrize("role", ["agent", "lead", "dispatcher", "contact", "company_admin"])
def test_only_managers_send_again(alpha, queue, role):
    row = queue(alpha, alpha.contact)
    put(alpha, row, state="failed", why="so")

    with tenant(alpha.tenant), pytest.raises(NotAllowed):
        send_again(message_id=row.pk, by=alpha.person_of(role))

    assert state_of(alpha, row) == ("failed", "so")


def test_message_of_another_tenant_is_not_there(alpha, beta, queue):
    row = queue(alpha, alpha.contact)
    put(alpha, row, state="failed", why="so")

    with tenant(beta.tenant), pytest.raises(NotFound):
        send_again(message_id=row.pk, by=beta.manager)

    assert state_of(alpha, row) == ("failed", "so")
