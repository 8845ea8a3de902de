"""Writing an e-mail at the moment that it leaves: only now is it decided who gets what."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.languages import spoken
from accounts.models import Person, Tenant
from outbox.answer_marks import mark
from outbox.html_letters import html_letter
from outbox.models import OutboxMessage
from outbox.paging import CHANNEL_HEADER, LONGEST_PAGE, MAIL, PAGE, address_of
from outbox.reasons import with_reason
from outbox.registry import Kind, Rendered, registered
from outbox.reply_addresses import NOTHING, Answered, reply_address, takes_mail
from outbox.texts import BREAKS, in_own_words

# What a kind may set. Sender, recipients and the rest belong to the outbox.
HEADERS_OF_KINDS = frozenset(
    {"In-Reply-To", "References", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"}
)
# RFC 3834, and Exchange's own: no machine shall answer, so that two desks never talk to each other.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# Which of our vendors wrote it: mail that comes back to one is never answered.
LOOP_HEADER = "X-Supportdesk-Loop"
LONGEST_SUBJECT = 250


class MayNotLeave(DomainError):
    """The message is not sent, for the reason given."""

    code = "message_may_not_leave"
    message = _("The recipient may not have this message.")


class DeskEmail(EmailMultiAlternatives):
    """An e-mail that knows its tenant, and whether it is a page; backends of ours need it.

    `html`: the same in HTML; "" leaves it plain. `joined`: see `Rendered`.
    """

    def __init__(
        self,
        *,
        tenant_id: int,
        channel: str = "mail",
        html: str = "",
        joined: Mapping[int, str] | None = None,
        **parts: Any,
    ) -> None:
        super().__init__(**parts)
        self.joined = joined or {}
        self.html = html
        if html:
            self.attach_alternative(html, "text/html")
        self.tenant_id = tenant_id
        self.channel = channel


def write_email(message: OutboxMessage, *, at: datetime) -> DeskEmail:
    """Decide whether the message may leave, and write it. `at` is its Date, desk time.

    Inside the tenant. Raises MayNotLeave, or the DomainError of the kind's own functions, with the
    reason; ValueError when the kind made something that is no e-mail.
    """
    person = recipient_of(message)
    with translation.override(spoken(person.language)):
        rendered = worded(message, person)
        to = address_of(person, message.channel)
        email = compose(message, rendered, vendor=message.tenant, to=to, at=at)
    email.message()  # what cannot be put into an e-mail shall fail here, not at the server
    return email


def worded(message: OutboxMessage, person: Person) -> Rendered:
    """Decide whether a message may leave, and word it as it would, in the language that is spoken.

    Raises as `write_email` does.
    """
    kind = registered(message.kind)
    if kind is None:
        raise MayNotLeave(_("Nothing knows how to write “%(kind)s”."), kind=message.kind)
    rendered = _ask(kind, person, message.refs)
    if message.channel != MAIL:  # a page is too short for more words
        return rendered
    own = with_reason(person, in_own_words(message.kind, person, rendered))
    return with_way_back(message, person, own)


def with_way_back(message: OutboxMessage, person: Person, rendered: Rendered) -> Rendered:
    """Let a message that takes answers be answered by mail: where to, and above which line."""
    if not rendered.answers or not takes_mail() or "Reply-To" in rendered.headers:
        return rendered
    answered = Answered(message.pk, person.pk, rendered.answers)
    address = reply_address(message.tenant, answered)
    above = mark(get_language() or "", rendered.answers, is_customer=person.is_customer)
    return replace(
        rendered,
        body=f"{above}\n\n{rendered.body}",
        headers={**rendered.headers, "Reply-To": address},
    )


def bounce_address(message: OutboxMessage) -> str | None:
    """Make the address to which servers say that a message could not be delivered."""
    if not takes_mail() or message.recipient_id is None or message.channel == PAGE:
        return None
    return reply_address(message.tenant, Answered(message.pk, message.recipient_id, NOTHING))


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
    subject = header_line(rendered.subject)[:LONGEST_SUBJECT]
    is_mail = message.channel == MAIL
    return DeskEmail(
        tenant_id=message.tenant_id,
        channel=message.channel,
        html=html_letter(vendor, subject, rendered.body) if is_mail else "",
        joined=rendered.joined,
        subject=subject,
        body=rendered.body[:LONGEST_PAGE] if message.channel == PAGE else rendered.body,
        # What stands on the envelope; the one in the letter is the vendor's.
        from_email=bounce_address(message) or sender(vendor),
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers=_own_headers(message, at) | headers | {"From": sender(vendor)},
    )


def sender(vendor: Tenant) -> str:
    """Write the From line: the vendor's name over the installation's address."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((header_line(vendor.name), address))


def loop_id(vendor: Tenant) -> str:
    """Name a vendor of this installation as mail that it sends does."""
    return f"{vendor.slug}.{settings.BASE_HOST}"


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
    own[LOOP_HEADER] = loop_id(message.tenant)
    return own | ({CHANNEL_HEADER: PAGE} if message.channel == PAGE else {})
