"""The head of a line of the timeline: what happened, who did it, when. A page has a hundred."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.zones import moment_text
from tickets.history import Entry, entry_title
from tickets.markup import filled
from tickets.models import CaseEvent
from tickets.templatetags.desk_look import icon
from tickets.templatetags.desk_time import time_element

INSIDE = '<span class="badge is-inside">{}{}</span>'
NEW = '<span class="badge is-accent">{}</span>'
PLAIN = "<span>{}</span>"


class Heads:
    """Draws the heads of one page; what they have in common is translated and drawn once."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._inside = filled(INSIDE, icon("lock"), _("INTERNAL"))
        self._new = filled(NEW, _("new"))
        self._by_policy = filled(PLAIN, _("by the policy"))
        self._logged = _("logged")
        self._titles: dict[str, str] = {}
        self._people: dict[str, SafeString] = {}

    def title(self, event: CaseEvent) -> str:
        """Name what happened."""
        if event.kind not in self._titles:
            self._titles[event.kind] = entry_title(event)
        return self._titles[event.kind]

    def of(self, entry: Entry, *, is_new: bool) -> SafeString:
        """Draw the head of one line, with moments on the wall clock of the reader."""
        event = entry.event
        return filled(
            "{}{}<strong>{}</strong>{}<span>{}</span>{}",
            self._new if is_new else "",
            self._inside if entry.internal else "",
            self.title(event),
            self._who(event),
            time_element(event.occurred_at, moment_text(event.occurred_at, self.zone)),
            self._when_logged(event) if is_logged_later(event) else "",
        )

    def _who(self, event: CaseEvent) -> SafeString | str:
        who = event.by.name if event.by else ""
        if not who:
            return self._by_policy if event.caused_by == CaseEvent.Cause.POLICY else ""
        if who not in self._people:
            self._people[who] = filled(PLAIN, who)
        return self._people[who]

    def _when_logged(self, event: CaseEvent) -> SafeString:
        written = time_element(event.recorded_at, moment_text(event.recorded_at, self.zone))
        return filled("<span>{} {}</span>", self._logged, written)


def is_logged_later(event: CaseEvent) -> bool:
    """Tell whether somebody wrote down afterwards what had happened before."""
    return event.recorded_at > event.occurred_at and event.by is not None
