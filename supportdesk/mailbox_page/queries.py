"""What a reader of the demonstration's mailbox may see."""

from accounts.errors import NotFound
from outbox.models import DeliveredMail


def delivered_mail(mail_id: int) -> DeliveredMail:
    """Find one delivered e-mail of the tenant that is entered. Raises NotFound."""
    found = DeliveredMail.objects.filter(pk=mail_id).first()
    if found is None:
        raise NotFound
    return found
