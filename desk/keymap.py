"""The keys of the desk, as the sheet tells them; they are in static/js/keys.js and the pages.

A page gives a key to a link, a button or a field by `data-key`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """One key, or keys one after the other, and what it does. `is_single`: it can be turned off."""

    keys: tuple[str | Promise, ...]
    what: str | Promise
    is_single: bool = True


@dataclass(frozen=True)
class Part:
    """Keys that belong together."""

    title: str | Promise
    keys: tuple[Key, ...]


SHEET: tuple[Part, ...] = (
    Part(
        _("Everywhere"),
        (
            Key(
                (_("Ctrl"), "K"), _("Palette: go to a case, a view, a page, or do something"), False
            ),
            Key(("?",), _("This sheet")),
            Key(("/",), _("Search")),
            Key(("G", "Q"), _("Go to the queue")),
            Key(("G", "N"), _("New case for a caller")),
            Key(("G", "A"), _("Escalations to acknowledge")),
            Key(("G", "H"), _("Articles")),
            Key(("Esc",), _("Close what is open"), False),
        ),
    ),
    Part(
        _("In a list"),
        (
            Key(("J",), _("Next case")),
            Key(("K",), _("The case before it")),
            Key((_("Enter"),), _("Open the case"), False),
            Key(("X",), _("Select the case")),
        ),
    ),
    Part(
        _("On a case"),
        (
            Key(("R",), _("Reply to the customer")),
            Key(("I",), _("Internal note")),
            Key(("A",), _("Assign")),
            Key(("E",), _("Escalate or hand over")),
            Key(("S",), _("Change the status")),
            Key(("V",), _("Change the severity")),
            Key((".",), _("Copy the number")),
        ),
    ),
    Part(
        _("While you write"),
        (
            Key(("::",), _("Put in a text for reuse"), False),
            Key(("??",), _("Put in an article that has the words after it"), False),
            Key(("@@",), _("Tell a colleague, in a note"), False),
            Key((_("Ctrl"), _("Enter")), _("Send, or add the note"), False),
        ),
    ),
)
