"""The palette: what somebody of the desk can go to, found by a few letters."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from desk.words import VIEW_NAMES
from tickets.models import Case
from tickets.queries import OPEN, visible_cases
from tickets.search import search
from tickets.teamwork_models import SavedView

MOST_OF_A_KIND = 6
LONGEST_ASKED = 100


def _everybody(person: Person) -> bool:
    return True


def _may(act: str) -> Callable[[Person], bool]:
    return lambda person: person.may(act)


# Name, address, and who has it. The keys of the sheet lead to the same places.
PAGES: tuple[tuple[str | Promise, str, Callable[[Person], bool]], ...] = (
    (gettext_lazy("Queue"), "desk:queue", _everybody),
    (gettext_lazy("New case for a caller"), "desk:new", _may("open_for_caller")),
    (gettext_lazy("Escalations to acknowledge"), "desk:acknowledge", _everybody),
    (gettext_lazy("Articles"), "desk:help", _everybody),
    (gettext_lazy("Reports"), "desk:reports", _may("see_reports")),
    (gettext_lazy("Texts for reuse and macros"), "desk:texts", _everybody),
    (gettext_lazy("Duty and absences"), "desk:duty", _everybody),
    (gettext_lazy("Search"), "desk:search", _everybody),
    (gettext_lazy("Keys of the desk"), "desk:keys", _everybody),
    (gettext_lazy("Your settings"), "desk:settings", _everybody),
    (gettext_lazy("Admin"), "admin:index", _may("use_admin")),
    (gettext_lazy("Support policy"), "portal:policy", _everybody),
)


@dataclass(frozen=True)
class Entry:
    """Somewhere to go. `note` says more about it, in a few words."""

    name: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class Found:
    """The entries of one kind, under what they are called."""

    title: str
    entries: tuple[Entry, ...]


def find(person: Person, text: str, at: datetime) -> list[Found]:
    """Find where a few letters could lead: cases, customers, views and pages.

    Without letters: the cases of whoever asks, and all views and pages.
    """
    asked = " ".join(text.split())[:LONGEST_ASKED]
    cases, customers = _searched(person, asked) if asked else (_own(person), ())
    kinds = (
        (_("Cases") if asked else _("Your cases"), cases),
        (_("Customers"), customers),
        (_("Views"), _named(_views(person), asked)),
        (_("Pages"), _named(_pages(person), asked)),
    )
    return [Found(title, tuple(entries)) for title, entries in kinds if entries]


def as_json(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Give what was found as values of JSON."""
    return [asdict(kind) for kind in found]


def _searched(person: Person, asked: str) -> tuple[list[Entry], list[Entry]]:
    found = search(person, asked)
    cases = [_case(hit.case, person) for hit in found.hits[:MOST_OF_A_KIND]]
    companies = [
        Entry(one.name, _queue(view="all", company=one.pk), _("all cases of the company"))
        for one in found.companies
    ]
    people = [
        Entry(one.name, _queue(view="all", contact=one.pk), one.company.name)
        for one in found.people
    ]
    return cases, [*companies, *people][:MOST_OF_A_KIND]


def _own(person: Person) -> list[Entry]:
    mine = visible_cases(person).filter(OPEN, owner=person).select_related("company")
    return [_case(case, person) for case in mine.order_by("next_due_at", "pk")[:MOST_OF_A_KIND]]


def _case(case: Case, person: Person) -> Entry:
    number = f"{person.tenant.case_prefix}-{case.number}"
    address = reverse("desk:case", args=[case.number])
    return Entry(f"{number} {case.subject}", address, case.company.name)


def _views(person: Person) -> Iterator[Entry]:
    for code, name in VIEW_NAMES.items():
        yield Entry(str(name), _queue(view=code))
    saved = SavedView.objects.filter(Q(owner=None) | Q(owner=person))
    for view in saved.order_by("position", "name", "pk"):
        yield Entry(view.name, f"{reverse('desk:queue')}?{view.query}", _("saved view"))


def _pages(person: Person) -> Iterator[Entry]:
    for name, address, is_theirs in PAGES:
        if is_theirs(person):
            yield Entry(str(name), reverse(address))


def _named(entries: Iterable[Entry], asked: str) -> list[Entry]:
    words = asked.casefold().split()
    return [one for one in entries if all(word in one.name.casefold() for word in words)]


def _queue(**filters: object) -> str:
    return f"{reverse('desk:queue')}?{urlencode(filters)}"
