"""Where the acts of a case stand on its page: at hand, in the composer, or in the list of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk.act import Panel
from tickets.markup import joined

# What one reaches for most, and the key that leads there; of some the first that there is.
AT_HAND: tuple[tuple[str, tuple[str, ...], str | Promise], ...] = (
    ("a", ("assign",), _("Assign")),
    ("v", ("severity", "priority", "type"), _("Severity")),
    ("e", ("escalate", "hand-over", "log-escalation"), _("Escalate")),
)
# What changes the status of a case.
STATUS = (
    "ask",
    "solve",
    "withdraw-question",
    "close",
    "approve-reopen",
    "decline-reopen",
    "reopen",
    "decline",
    "merge",
    "undo-merge",
)
# Buttons of their own at the top of the page.
AT_THE_TOP = ("take", "acknowledge-steps", "subject")
NAMES: Mapping[str, str | Promise] = {
    "answer": _("To the customer"),
    "inside": _("For the desk only"),
    "sort": _("Manage the case"),
    "escalate": _("Hand over and escalate"),
    "agree": _("Agreed with the customer"),
    "files": _("Files and tools"),
    "tie": _("Tied to other cases"),
    "end": _("Closing and opening again"),
}
NAMES_OF_AXES: Mapping[str, str | Promise] = {
    "severity": _("Severity"),
    "priority": _("Priority"),
    "type": _("Type"),
}


@dataclass(frozen=True)
class AtHand:
    """A way to an act at the top of the page, with its key."""

    panel: Panel
    key: str
    name: str


@dataclass(frozen=True)
class Group:
    """The acts of one kind in the list of all."""

    code: str
    name: str
    panels: tuple[Panel, ...]

    @property
    def ways(self) -> SafeString:
        """Draw the way to each."""
        ways = ((panel.url, panel.code, panel.title) for panel in self.panels)
        return joined('<li><a href="{}" data-act="{}">{}</a></li>', ways)


@dataclass(frozen=True)
class Layout:
    """The acts of a page, by group, as the template shows them."""

    panels: Mapping[str, list[Panel]]

    @cached_property
    def by_code(self) -> dict[str, Panel]:
        return {panel.code: panel for group in self.panels.values() for panel in group}

    @cached_property
    def composer(self) -> list[Panel]:
        """List what is written on the page itself: to the customer, and a note for the desk."""
        return [panel for panel in self.by_code.values() if panel.is_composed]

    @property
    def returned(self) -> list[Panel]:
        """List the forms that came back and have no place of their own on the page."""
        sent = [panel for panel in self.by_code.values() if panel.sent is not None]
        return [panel for panel in sent if not panel.is_composed]

    @property
    def at_hand(self) -> list[AtHand]:
        """List what has a key and a button at the top."""
        found = []
        for key, codes, name in AT_HAND:
            panel = next((self.by_code[code] for code in codes if code in self.by_code), None)
            if panel is not None:
                found.append(AtHand(panel, key, str(NAMES_OF_AXES.get(panel.code, name))))
        return found

    @property
    def statuses(self) -> list[Panel]:
        return [self.by_code[code] for code in STATUS if code in self.by_code]

    @property
    def take(self) -> Panel | None:
        return self.by_code.get("take")

    @property
    def triage(self) -> Panel | None:
        return self.by_code.get("triage")

    @property
    def subject(self) -> Panel | None:
        return self.by_code.get("subject")

    @cached_property
    def menu(self) -> list[Group]:
        """List all acts that are not written on the page itself, by group."""
        groups = []
        for code, name in NAMES.items():
            rest = [panel for panel in self.panels.get(code, []) if not _is_elsewhere(panel)]
            if rest:
                groups.append(Group(code, str(name), tuple(rest)))
        return groups


def _is_elsewhere(panel: Panel) -> bool:
    return panel.is_composed or panel.code in AT_THE_TOP
