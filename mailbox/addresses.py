"""Whose mail an address takes: the vendor by its domain, the mailbox by what stands before it.

Known before anything of the mail is looked at; nothing that is written in a mail can change it.
"""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Tenant
from accounts.tenancy import current_tenant_id
from mailbox.models import Mailbox
from outbox.reply_addresses import REPLY

SUPPORT, ESCALATION = "support", "escalation"
# What every vendor has without doing anything for it.
STANDING = {SUPPORT: Mailbox.Purpose.CASES, ESCALATION: Mailbox.Purpose.ESCALATION}
LONGEST_ADDRESS = 320


@dataclass(frozen=True, slots=True)
class Route:
    """A vendor's mailbox that an address names. A reply address has the vendor's first mailbox."""

    tenant_id: int
    code: str


def route_of(address: str) -> Route | None:
    """Find whose mail an address takes; None for one that nobody here has. Outside of a tenant.

    That its mailbox is there and receives is asked inside: `mailbox_of`.
    """
    local, _at, domain = address.strip().lower().rpartition("@")
    slug, _dot, rest = domain.partition(".")
    if not local or len(address) > LONGEST_ADDRESS or rest != settings.MAIL_IN_DOMAIN:
        return None
    vendor = Tenant.objects.filter(slug=slug, is_operators=False).values_list("pk", flat=True)
    tenant_id = vendor.first()
    if not rest or tenant_id is None:
        return None
    name = local.partition("+")[0]
    return Route(tenant_id, SUPPORT if name == REPLY else name)


def is_answer(address: str) -> bool:
    """Tell whether an address is of those that our own messages ask answers to."""
    return address.strip().lower().startswith(f"{REPLY}+")


def mailbox_of(code: str, *, even_closed: bool = False) -> Mailbox | None:
    """Find the mailbox of a code that receives; the standing ones are made when first needed.

    `even_closed`: also one that receives nothing but answers.
    """
    found = Mailbox.objects.filter(code=code).first()
    if found is not None:
        return found if found.is_active or even_closed else None
    if code not in STANDING:
        return None
    made, _is_new = Mailbox.objects.get_or_create(
        tenant_id=current_tenant_id(),
        code=code,
        defaults={"purpose": STANDING[code], "authentication": usual_authentication()},
    )
    return made


def standing_mailboxes() -> None:
    """Make what every vendor has."""
    for code in STANDING:
        mailbox_of(code)


def usual_authentication() -> str:
    """Say whose mail a new mailbox believes: in a demonstration nobody signs mail."""
    kinds = Mailbox.Authentication
    return kinds.CLAIMED if settings.DEMO else kinds.REQUIRED
