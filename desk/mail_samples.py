"""What a text of a message looks like: filled with the newest message of its kind that fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import roles
from accounts.errors import DomainError
from accounts.models import Person
from outbox.html_letters import html_letter
from outbox.letters import header_line
from outbox.models import OutboxMessage
from outbox.reasons import with_reason
from outbox.registry import Refs, Rendered, registered
from outbox.text_models import MailText
from outbox.texts import About, filled
from tickets.models import CaseEvent

# Of messages whose rows have gone meanwhile so many are tried.
MOST_TRIED = 5
# Signed links and keys of passwords: whoever has one may act by it.
SECRET = re.compile(r"(https?://\S*?/)[A-Za-z0-9_:.=-]{16,}")
# No entry was found to show this by.
GONE = (DomainError, ObjectDoesNotExist, KeyError)


@dataclass(frozen=True)
class Sample:
    """A message that could be: to whom, in the given words, and when the one it is made of was.

    `queued_at` None: there was no such message yet, so that placeholders stand for themselves.
    """

    person: Person
    rendered: Rendered
    queued_at: datetime | None
    language: str = settings.LANGUAGE_CODE


@dataclass(frozen=True)
class Shown:
    """A subject and a body as they would arrive, without the secrets of the real message."""

    subject: str
    body: str


def sample_of(kind: str, about: About, side: str, language: str, by: Person) -> Sample:
    """Write the newest message of a kind to a side that can still be written, in a language.

    Else one about the newest entry of that name; else one in which placeholders stand for
    themselves. Nothing is sent, and nothing is asked about who may have it.
    """
    for person, refs, at in (*_messages(kind, side), *_entries(kind, about, side)):
        rendered = _rendered(kind, person, refs, language)
        if rendered is not None:
            return Sample(person, rendered, at, language)
    return Sample(by, _blank(about), None, language)


def shown_with(sample: Sample, subject: str, body: str) -> Shown:
    """Fill a text with a sample."""
    return _shown(sample, filled(subject, body, sample.person, sample.rendered))


def shown_as_given(sample: Sample) -> Shown:
    """Show a sample in the given words."""
    return _shown(sample, sample.rendered)


def shown_in_html(sample: Sample, shown: Shown) -> str:
    """Write what is shown as it arrives in HTML."""
    with translation.override(sample.language):
        return html_letter(sample.person.tenant, shown.subject, shown.body)


def without_secrets(body: str) -> str:
    """Leave out of a text the addresses by which whoever has them may act."""
    instead = _("(a secret link)")
    return SECRET.sub(rf"\1{instead}", body)


def _shown(sample: Sample, rendered: Rendered) -> Shown:
    with translation.override(sample.language):
        whole = with_reason(sample.person, rendered)
    return Shown(header_line(whole.subject), without_secrets(whole.body).strip("\n"))


def _messages(kind: str, side: str) -> Iterator[tuple[Person, Refs, datetime]]:
    found = OutboxMessage.objects.filter(kind=kind, recipient__isnull=False)
    customers = roles.CUSTOMERS
    if side == MailText.Side.CUSTOMER:
        found = found.filter(recipient__role__in=customers)
    else:
        found = found.exclude(recipient__role__in=customers)
    newest = found.select_related("recipient__tenant", "recipient__company").order_by("-pk")
    for message in newest[:MOST_TRIED]:
        yield message.recipient, message.refs, message.queued_at


def _entries(kind: str, about: About, side: str) -> Iterator[tuple[Person, Refs, datetime]]:
    """Find the newest entry of a case that is called as the message is."""
    if "number" not in about.placeholders:
        return
    events = CaseEvent.objects.filter(kind=kind)
    if side == MailText.Side.CUSTOMER:
        events = events.filter(audience=CaseEvent.Audience.PUBLIC)
    people = ("case__contact__tenant", "case__contact__company", "case__owner__tenant")
    for event in events.select_related(*people).order_by("-pk")[:MOST_TRIED]:
        to_customer = side == MailText.Side.CUSTOMER
        person = event.case.contact if to_customer else event.case.owner
        if person is not None:
            yield person, {"case": event.case_id, "event": event.pk}, event.occurred_at


def _rendered(kind: str, person: Person, refs: Refs, language: str) -> Rendered | None:
    known = registered(kind)
    if known is None:
        return None
    try:
        with transaction.atomic(), translation.override(language):
            return known.render(person, refs)
    except GONE:
        return None


def _blank(about: About) -> Rendered:
    """Make a message in which each placeholder says what would stand there."""
    values = {name: f"[{meaning}]" for name, meaning in about.placeholders.items()}
    body = f"…\n\n[{about.all_placeholders['text']}]\n\n-- \n[{_('the given signature')}]\n"
    return Rendered(f"[{about.all_placeholders['subject']}]", body, {}, values)
