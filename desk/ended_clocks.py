"""The clocks of a case that have ended, as its page lists them: many, and all folded away."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.zones import moment_text
from desk.shown_clocks import ShownClock
from tickets.markup import filled, joined
from tickets.reading import ClockView
from tickets.templatetags.desk_look import icon
from tickets.templatetags.desk_time import time_element

LINE = '<li><a href="{}" data-part>{}</a> <span class="badge {}">{}{}</span> {}</li>\n'


def ended_list(clocks: Iterable[ShownClock], zone: str) -> SafeString:
    """Draw one line for each clock of a case, in their order."""
    return joined(LINE, _parts(clocks, Endings(zone)))


def _parts(clocks: Iterable[ShownClock], endings: "Endings") -> Iterator[tuple[str, ...]]:
    for clock in clocks:
        view, look = clock.view, clock.look
        yield clock.why, view.name, look.tone, icon(look.icon), clock.state_name, endings.of(view)


class Endings:
    """Says when clocks ended, on one wall clock; its words are translated once."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._after, self._ended, self._due = _("after %(took)s"), _("Ended"), _("due")

    def of(self, view: ClockView) -> SafeString | str:
        """Say when a clock ended, and when it was due where that was promised."""
        if view.ended_at is None:
            return ""
        ended = self._written(view.ended_at)
        if view.state == "answered":
            return filled("{}, {}", self._after % {"took": view.took}, ended)
        if view.due_at is None:
            return filled("{} {}", self._ended, ended)
        due = self._written(view.due_at)
        return filled("{} {}, {} {}", self._ended, ended, self._due, due)

    def _written(self, at: datetime) -> SafeString:
        return time_element(at, moment_text(at, self.zone))
