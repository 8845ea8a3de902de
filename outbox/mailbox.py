"""The mail server of the demonstration: what is sent lands on a page instead of in the world."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.tenancy import current_tenant_id, tenant
from outbox.letters import DeskEmail
from outbox.models import DeliveredMail


class MailboxBackend(BaseEmailBackend):
    """`EMAIL_BACKEND` of the demonstration: one `DeliveredMail` for each recipient.

    An e-mail of the outbox names its tenant; any other, such as a password reset, belongs to the
    one that is entered.
    """

    in_doubt = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            deliver(email)
        return len(email_messages)


def deliver(email: EmailMessage) -> None:
    """Put an e-mail into its recipients' mailboxes. Raises TenancyError if it has no tenant."""
    tenant_id = email.tenant_id if isinstance(email, DeskEmail) else current_tenant_id()
    html = email.html if isinstance(email, DeskEmail) else ""
    headers = {name: str(value) for name, value in email.message().items()}
    with tenant(tenant_id) as at:
        DeliveredMail.objects.bulk_create(
            DeliveredMail(
                tenant_id=tenant_id,
                to_address=parseaddr(recipient)[1].lower(),
                subject=str(email.subject),
                body=str(email.body),
                html=html,
                headers=headers,
                message_id=headers["Message-ID"],
                delivered_at=at,
            )
            for recipient in email.recipients()
        )
