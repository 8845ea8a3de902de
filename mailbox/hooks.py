"""The address at which a provider brings the mail of one mailbox: a secret of its own."""

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.errors import NotFound
from accounts.places import site_url
from mailbox.models import Mailbox

SALT = "mailbox.hooks"


def hook_url(mailbox: Mailbox) -> str:
    """Write the address that a provider is given; "" for a mailbox that no provider serves."""
    if not mailbox.hook_provider:
        return ""
    args = [mailbox.pk, _secret(mailbox)]
    return site_url(mailbox.tenant, reverse("mail:hook", args=args))


def hooked(mailbox_id: int, secret: str) -> Mailbox:
    """Find the mailbox of such an address. Raises NotFound for any other, and one put away."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id, is_active=True).first()
    known = _secret(mailbox) if mailbox is not None else "-"
    if mailbox is None or not constant_time_compare(known, secret) or not mailbox.hook_provider:
        raise NotFound
    return mailbox


def _secret(mailbox: Mailbox) -> str:
    value = f"{mailbox.tenant_id}:{mailbox.pk}:{mailbox.hook_serial}:{mailbox.hook_provider}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:48]
