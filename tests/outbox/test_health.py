import pytest

from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from outbox.queries import Backlog, backlog, messages_for_a_person, oldest_unsent, tenants_due
from tests.outbox.conftest import let_pass, now_as_stored

NOTHING = Backlog(waiting=0, oldest_due_at=None, late_seconds=0, failed=0, ambiguous=0, held=0)


def put(twin, row, **changes):
    with tenant(twin.tenant):
        OutboxMessage.objects.filter(pk=row.pk).update(**changes)


def test_empty_outbox_has_no_backlog(db):
    assert backlog() == NOTHING
    assert oldest_unsent() is None


def test_backlog_counts_all_tenants(alpha, beta, queue):
    old = queue(alpha, alpha.contact)
    let_pass(alpha, seconds=90)
    queue(beta, beta.contact)
    for who, state in [
        (beta.agent, "failed"),
        (beta.lead, "ambiguous"),
        (beta.manager, "held"),
        (beta.dispatcher, "skipped"),
    ]:
        put(beta, queue(beta, who), state=state, why="so")

    found = backlog()

    assert (found.waiting, found.failed, found.ambiguous, found.held) == (2, 1, 1, 1)
    assert found.oldest_due_at == now_as_stored(alpha, old).due_at == oldest_unsent()
    assert found.late_seconds in (90, 91, 92)


def test_message_between_two_tries_is_waiting_but_not_late(alpha, queue):
    queue(alpha, alpha.contact)
    let_pass(alpha, seconds=-300)

    assert backlog() == Backlog(
        waiting=1, oldest_due_at=None, late_seconds=0, failed=0, ambiguous=0, held=0
    )


def test_sent_message_leaves_the_backlog(alpha, queue):
    queue(alpha, alpha.contact)
    deliver_due()

    assert backlog() == NOTHING


def test_tenants_with_due_messages_are_listed_in_changing_order(alpha, beta, queue):
    queue(alpha, alpha.contact)
    queue(beta, beta.contact)

    orders = {tuple(tenants_due()) for _look in range(60)}

    pks = (alpha.tenant.pk, beta.tenant.pk)
    assert orders == {pks, pks[::-1]}


@pytest.mark.parametrize("state", ["failed", "ambiguous", "held"])
def test_what_only_a_person_can_settle_is_listed_in_its_tenant(alpha, beta, queue, state):
    row = queue(alpha, alpha.contact)
    put(alpha, row, state=state, why="so")
    queue(alpha, alpha.agent)

    with tenant(alpha.tenant):
        assert list(messages_for_a_person()) == [row]
    with tenant(beta.tenant):
        assert list(messages_for_a_person()) == []
