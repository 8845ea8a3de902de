"""At least three hundred mails that are sent by nobody's friend, each with what must become of it.

None of them is a copy of a real one. `hostile_mails` gives them in a fixed order.
"""

from collections.abc import Iterator

from tests.mailbox.hostile_html import html_mails
from tests.mailbox.hostile_machines import machine_mails
from tests.mailbox.hostile_senders import sender_mails
from tests.mailbox.hostile_shapes import shape_mails
from tests.mailbox.hostile_words import word_mails
from tests.mailbox.making import Claims, Hostile

__all__ = ["Claims", "Hostile", "hostile_mails"]


def hostile_mails() -> Iterator[Hostile]:
    """Give the mails with their claims; names are unique and stay the same."""
    for made in (sender_mails, shape_mails, word_mails, html_mails, machine_mails):
        for name, raw, claims in made():
            yield Hostile(name, raw, claims)
