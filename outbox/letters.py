"""Writing an e-mail at the moment that it leaves: only now is it decided who gets what."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.languages import spoken
from accounts.models import Person, Tenant
from outbox.models import OutboxMessage
from outbox.paging import CHANNEL_HEADER, LONGEST_PAGE, MAIL, PAGE, address_of
from outbox.registry import Kind, Rendered, registered
from outbox.texts import BREAKS, in_own_words

# What a kind may set. Sender, recipients and the rest belong to the outbox.
HEADERS_OF_KINDS = frozenset(
    {"In-Reply-To", "References", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"}
)
# RFC 3834, and Exchange's own: no machine shall answer, so that two desks never talk to each other.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
LONGEST_SUBJECT = 250


class MayNotLeave(DomainError):
    """The message is not sent, for the reason given."""

    code = "message_may_not_leave"
    message = _("The recipient may not have this message.")


class DeskEmail(EmailMessage):
    """An e-mail that knows its tenant, and whether it is a page; backends of ours need it."""

    def __init__(self, *, tenant_id: int, channel: str = "mail", **parts: Any) -> None:
        super().__init__(**parts)
        self.tenant_id = tenant_id
        self.channel = channel


def write_email(message: OutboxMessage, *, at: datetime) -> DeskEmail:
    """Decide whether the message may leave, and write it. `at` is its Date, desk time.

    Inside the tenant. Raises MayNotLeave, or the DomainError of the kind's own functions, with the
    reason; ValueError when the kind made something that is no e-mail.
    """
    person = recipient_of(message)
    kind = registered(message.kind)
    if kind is None:
        raise MayNotLeave(_("Nothing knows how to write “%(kind)s”."), kind=message.kind)
    with translation.override(spoken(person.language)):
        rendered = _ask(kind, person, message.refs)
        if message.channel == MAIL:  # a page is too short for more words
            rendered = in_own_words(message.kind, person, rendered)
    to = address_of(person, message.channel)
    email = compose(message, rendered, vendor=message.tenant, to=to, at=at)
    email.message()  # what cannot be put into an e-mail shall fail here, not at the server
    return email


def recipient_of(message: OutboxMessage) -> Person:
    """Find whom the message goes to. Raises MayNotLeave when it cannot reach anybody."""
    person = message.recipient
    if person is None:
        raise MayNotLeave(_("The message has no recipient."))
    if not person.is_active:
        raise MayNotLeave(_("The recipient is no longer active."))
    address = address_of(person, message.channel)
    if not address:
        raise MayNotLeave(_("The recipient has no e-mail address."))
    try:
        validate_email(address)
    except ValidationError as error:
        raise MayNotLeave(_("The recipient's e-mail address cannot be right.")) from error
    return person


def compose(
    message: OutboxMessage, rendered: Rendered, *, vendor: Tenant, to: str, at: datetime
) -> DeskEmail:
    """Put the e-mail together. Raises ValueError on a header that a kind may not set."""
    foreign = set(rendered.headers) - HEADERS_OF_KINDS
    if foreign:
        raise ValueError(f"a kind may not set {', '.join(sorted(foreign))}")
    headers = {name: header_line(value) for name, value in rendered.headers.items()}
    reply_to = headers.pop("Reply-To", None)
    return DeskEmail(
        tenant_id=message.tenant_id,
        channel=message.channel,
        subject=header_line(rendered.subject)[:LONGEST_SUBJECT],
        body=rendered.body[:LONGEST_PAGE] if message.channel == PAGE else rendered.body,
        from_email=sender(vendor),
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers=_own_headers(message, at) | headers,
    )


def sender(vendor: Tenant) -> str:
    """Write the From line: the vendor's name over the installation's address."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((header_line(vendor.name), address))


def header_line(text: str) -> str:
    """Make one line of a text, so that nothing in it can end the header that it is put into."""
    cleaned = "".join(" " if unicodedata.category(sign) in BREAKS else sign for sign in text)
    return " ".join(cleaned.split())


def _ask(kind: Kind, person: Person, refs: Mapping[str, int | str]) -> Rendered:
    answer = kind.may_receive(person, refs)
    if answer is not True:
        raise MayNotLeave(answer if isinstance(answer, str | Promise) else None)
    return kind.render(person, refs)


def _own_headers(message: OutboxMessage, at: datetime) -> dict[str, str]:
    own = {"Message-ID": message.message_id, "Date": format_datetime(at), **AUTOMATIC}
    return own | ({CHANNEL_HEADER: PAGE} if message.channel == PAGE else {})
