"""The rows of the queue as HTML: the template of a row is rendered once, and filled in for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.zones import moment_text
from desk.addresses import case_address
from desk.queue import Group, Queue
from desk.queue_rows import Listed, Row
from desk.words import LOOKS
from tickets.models import Case
from tickets.templatetags.desk_look import icon
from tickets.templatetags.desk_time import distance_text, time_element, unbroken


@dataclass(frozen=True)
class Pen:
    """Draws the rows of one page; `shape` is a row with a name in braces for each text of it.

    Whatever is put into the shape is escaped here or was drawn here. Moments are told as of `at`,
    on the wall clock of `zone`, in the language that is active.
    """

    shape: str
    at: datetime
    zone: str
    prefix: str
    language: str | None = field(default_factory=get_language)
    nobody: str = field(default_factory=lambda: escape(_("nobody yet")))
    no_level: str = field(default_factory=lambda: f'<span class="soft">{escape(_("none"))}</span>')
    statuses: dict[str, str] = field(
        default_factory=lambda: {code: escape(str(label)) for code, label in Case.Status.choices}
    )

    def drawn(self, rows: Iterable[Row]) -> SafeString:
        """Draw rows one after the other."""
        return mark_safe("".join(self.shape.format_map(self._texts(row)) for row in rows))

    def _texts(self, row: Row) -> dict[str, object]:
        case = row.case
        return {
            "mark": ' class="is-unread"' if row.is_unread else "",
            "prefix": self.prefix,
            "number": case.number,
            "href": case_address("case", case.number),
            "due": self._due(row),
            "unread": unread_sign(self.language) if row.is_unread else "",
            "subject": escape(case.subject),
            "signs": case_signs(case, self.language),
            "here": escape(case.here),
            "tags": _spans("tag tag--small", case.tag_names),
            "levels": _spans("queue__part", row.levels) or self.no_level,
            "customer": _pair(case.company, row.plan),
            "product": _pair(case.product, case.release) if case.product else "",
            "status": self.statuses[case.status],
            "place": escape(row.place),
            "owner": escape(case.owner) if case.owner else self.nobody,
            "opened": self._distance(case.opened_at),
            "told": self._distance(case.last_public_at),
        }

    def _due(self, row: Row) -> str:
        badge = state_badge(row.state, row.state_name)
        far = f" · {self._distance(row.due_at)}" if row.due_at else ""
        clock = f'<span class="queue__clock">{escape(row.clock)}{far}</span>' if row.clock else ""
        due = due_text(row.due_at, self.zone, self.language) if row.due_at else ""
        return f"{badge}{clock}{due}"

    def _distance(self, value: datetime | None) -> str:
        return escape(unbroken(distance_text(value, self.at))) if value else ""


def draw_groups(
    found: Queue, *, at: datetime, zone: str, prefix: str, may_change: bool
) -> list[tuple[Group, SafeString]]:
    """Draw the rows of a page of the queue, group after group, in the language that is active.

    The template of a row knows `may_change` (the rows can be ticked), `has_levels`, `is_mixed`.
    """
    page = {
        "may_change": may_change,
        "has_levels": bool(found.levels_title),
        "is_mixed": found.is_mixed,
    }
    pen = Pen(render_to_string("desk/queue/_row.html", page), at, zone, escape(prefix))
    return [(group, pen.drawn(group.rows)) for group in found.groups]


@lru_cache
def state_badge(state: str, name: str) -> str:
    """Draw the badge of a state, under the name that it has in some language."""
    look = LOOKS[state]
    return f'<span class="badge {look.tone}">{icon(look.icon)}{escape(name)}</span>'


@lru_cache(maxsize=4096)
def due_text(value: datetime, zone: str, language: str | None) -> str:
    """Write a moment on the wall clock of a zone, as `clock_time` does. `language` is active."""
    return f'<span class="soft small">{time_element(value, moment_text(value, zone))}</span>'


def case_signs(case: Listed, language: str | None) -> str:
    """Draw what has to be known of a case before it is opened. `language` is active."""
    restricted = restricted_badge(language) if case.is_restricted else ""
    return restricted + call_badge(language) if case.call_owed else restricted


@lru_cache
def restricted_badge(language: str | None) -> str:
    said = escape(_("Restricted"))
    return f'<span class="badge">{icon("lock")}{said}</span>'


@lru_cache
def call_badge(language: str | None) -> str:
    said = escape(_("Call owed"))
    return f'<span class="badge is-warn">{icon("phone")}{said}</span>'


@lru_cache
def unread_sign(language: str | None) -> str:
    title, said = escape(_("The customer wrote since you last looked")), escape(_("Unread:"))
    return (
        f'<span class="unread" title="{title}"><span class="visually-hidden">{said} </span></span>'
    )


def _spans(kind: str, words: Iterable[str]) -> str:
    return "".join(f'<span class="{kind}">{escape(word)}</span>' for word in words)


def _pair(name: str, beside: str | None) -> str:
    less = f'<span class="queue__part soft small">{escape(beside)}</span>' if beside else ""
    return f'<span class="queue__part">{escape(name)}</span>{less}'
