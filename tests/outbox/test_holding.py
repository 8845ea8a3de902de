"""What waits for its recipient's hours, and pages, which go another way."""

from datetime import UTC, datetime, timedelta

from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Person
from accounts.tenancy import tenant
from outbox.claims import claim_messages
from outbox.delivery import deliver_due, hold_all
from outbox.models import OutboxMessage
from outbox.queries import backlog, tenants_due, tenants_waiting
from tests.outbox.conftest import let_pass, now_as_stored

# Literal moments of desk time, long gone and far ahead.
GONE, AHEAD = datetime(2026, 1, 2, tzinfo=UTC), datetime(2126, 1, 2, tzinfo=UTC)


class Pager(EmailBackend):
    """A carrier of pages that keeps them apart from the mail."""

    paged: list = []

    def send_messages(self, messages):
        self.paged.extend(messages)
        return len(messages)


def test_held_message_is_not_due_before_its_hour(alpha, queue):
    row = queue(alpha, alpha.lead, hold_until=AHEAD)
    let_pass(alpha, seconds=3600)

    assert (tenants_due(), tenants_waiting()) == ([], [alpha.tenant.pk])
    assert claim_messages(tenant_id=alpha.tenant.pk, most=10) == []
    # It waits on purpose, so it is not late.
    assert (backlog().waiting, backlog().oldest_due_at) == (1, None)

    with tenant(alpha.tenant):
        OutboxMessage.objects.update(hold_until=GONE)
    assert tenants_due() == [alpha.tenant.pk]
    assert deliver_due() == {"sent": 1}
    assert now_as_stored(alpha, row).state == "sent"


def test_message_is_late_from_the_end_of_its_hold(alpha, queue):
    with tenant(alpha.tenant) as at:
        held_until = at - timedelta(minutes=5)
    queue(alpha, alpha.lead, hold_until=held_until)
    let_pass(alpha, seconds=12 * 3600)

    assert 290 <= backlog().late_seconds <= 330


def test_muted_outbox_holds_back_what_waits_for_its_hour_too(alpha, queue):
    queue(alpha, alpha.lead, hold_until=AHEAD)

    assert hold_all() == 1


def test_page_goes_to_the_pager_by_its_own_carrier(alpha, queue, settings):
    settings.PAGE_BACKEND = f"{__name__}.Pager"
    Pager.paged.clear()
    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.lead.pk).update(pager="1234@pager.test")
    queue(alpha, alpha.lead, channel="page")
    queue(alpha, alpha.agent, channel="page", dedupe_key="no-pager")

    deliver_due()

    assert [(one.to, one.extra_headers["X-Supportdesk-Channel"]) for one in Pager.paged] == [
        (["1234@pager.test"], "page"),
        (["agent@desk.test"], "page"),
    ]
    assert mail.outbox == []


def test_page_is_mail_to_the_gateway_where_no_carrier_is_set(alpha, queue):
    with tenant(alpha.tenant):
        Person.objects.filter(pk=alpha.lead.pk).update(pager="1234@pager.test")
    queue(alpha, alpha.lead, channel="page")

    deliver_due()

    assert [one.to for one in mail.outbox] == [["1234@pager.test"]]
