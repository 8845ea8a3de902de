"""Pages: a few words to somebody's address for pages, which is a gateway to a phone.

They are mail to the gateway, by the same server, unless PAGE_BACKEND names another carrier: any
mail backend of Django's, such as one that speaks to a provider of text messages. An error of its
counts as one of the mail server; it never holds up the mail.
"""

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Person

PAGE = "page"
MAIL = "mail"
# What a gateway passes on: most cut a text there.
LONGEST_PAGE = 300
CHANNEL_HEADER = "X-Supportdesk-Channel"


def address_of(person: Person, channel: str) -> str:
    """Find where a message goes; a page to who has no address for pages any more goes by mail."""
    return (person.pager if channel == PAGE else "") or person.email


def page_carrier() -> BaseEmailBackend | None:
    """Give the carrier of pages; None where the mail server is it."""
    backend = getattr(settings, "PAGE_BACKEND", "")
    return get_connection(backend) if backend else None
