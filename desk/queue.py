"""The queue as a page shows it: rows in the policy's order, the views with their counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from desk.queue_rows import Listed, Row, RowWriter, group_title, read_listed
from desk.together import note_company
from desk.words import NOTHING_IN, VIEW_NAMES, levels_title
from sla.engine.policy import Policy
from sla.queries import current_policy
from sla.summaries import queue_order_text
from tickets.counting import figures_of
from tickets.filters import NOT, TEXT, Address, narrowed_by, values_of
from tickets.looks import unread_among
from tickets.models import Case, CaseEvent
from tickets.queries import besides, closed_to
from tickets.queue import (
    GROUPS,
    MOST_COUNTED,
    count_groups,
    keys_in_order,
    queue,
)

ROWS_A_PAGE = 50
# Views whose cases are not all in one status.
MIXED_VIEWS = ("mine", "dispatch", "to_decide", "to_acknowledge", "all")
# Beside the codes of the views.
FOUND = "found"


@dataclass(frozen=True)
class View:
    """A view of the queue, to choose from; `count` is told to MOST_COUNTED."""

    code: str
    name: str
    count: int

    @property
    def told(self) -> str:
        return count_text(self.count)


@dataclass(frozen=True)
class Group:
    """Rows that are alike; the only one has no title where nothing is grouped.

    `count` is how many there are of it on all pages.
    """

    title: str
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Page:
    """Which page of a list it is; `pages` is 0 where nobody has counted them all."""

    number: int
    pages: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1


@dataclass(frozen=True)
class Queue:
    """One page of one view. `levels_title` names the policy's axes; empty where it has none.

    `count` is how many cases the list has on all pages, to MOST_COUNTED; `order` says by what it is
    sorted; `known` is the last entry of any case when it was read.
    """

    address: Address
    view: View
    views: tuple[View, ...]
    groups: tuple[Group, ...]
    page: Page
    count: int
    nothing: str
    levels_title: str
    order: str
    known: int
    policy: Policy

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def to_acknowledge(self) -> int:
        return next(view.count for view in self.views if view.code == "to_acknowledge")

    @property
    def is_mixed(self) -> bool:
        return self.view.code in MIXED_VIEWS

    @property
    def told(self) -> str:
        return cases_text(self.count)

    @property
    def is_countable(self) -> bool:
        return self.count <= MOST_COUNTED


def count_text(count: int) -> str:
    """Write a count of `tickets.counting`: beyond what is counted it is only said to be more."""
    if count > MOST_COUNTED:
        return _("%(number)s+") % {"number": number_format(MOST_COUNTED, force_grouping=True)}
    return number_format(count, force_grouping=True)


def cases_text(count: int) -> str:
    """Say how many cases a list has."""
    if count > MOST_COUNTED:
        return _("More than %(number)s cases") % {
            "number": number_format(MOST_COUNTED, force_grouping=True)
        }
    words = ngettext("%(number)s case", "%(number)s cases", count)
    return words % {"number": number_format(count, force_grouping=True)}


def read_queue(person: Person, address: Address, page: str, at: datetime) -> Queue:
    """Read a page of the queue; the same number of statements for one row and for fifty.

    The counts of the views are of all their cases, whatever the list is narrowed by. `page` is what
    the address says: the last page for a number too high, the first for anything that is no number.
    Raises NotFound for a view that there is not, NoPolicy.
    """
    policy = current_policy(at).policy
    closed = closed_to(person)
    seen = besides(closed)
    cases = listed(person, address, at, policy, seen)
    # Before the rows are read: what comes meanwhile is told of once more, and not kept quiet.
    addresses = {view: Address(view) for view in VIEW_NAMES}
    narrowed = {FOUND: address} if address.filters else {}
    figures = figures_of(person, addresses | narrowed, at, policy, closed)
    counts = figures.counts
    found = counts[FOUND if narrowed else address.view]
    views = tuple(View(code, str(VIEW_NAMES[code]), counts[code]) for code in VIEW_NAMES)
    keys, place = _page_of(partial(_keys, cases, address, policy), page, found)
    shown = read_listed(seen, keys)
    note_company(shown, person)
    return Queue(
        address=address,
        view=next(view for view in views if view.code == address.view),
        views=views,
        groups=_grouped(cases, shown, address.group, policy, person, at),
        page=place,
        count=found,
        nothing=_nothing(address),
        levels_title=levels_title(policy),
        order=queue_order_text(policy),
        known=figures.last_entry,
        policy=policy,
    )


def listed(
    person: Person,
    address: Address,
    at: datetime,
    policy: Policy | None = None,
    seen: QuerySet[Case] | None = None,
) -> QuerySet[Case]:
    """List the cases that an address of the queue names, in their order. Raises as `queue`."""
    cases = queue(person, address.view, at, group=address.group, policy=policy, seen=seen)
    return cases.filter(narrowed_by(address.filters, person)) if address.filters else cases


def news_of(person: Person, address: Address, known: int, at: datetime) -> tuple[int, int]:
    """Count the new cases of a list, and the others that somebody else has changed, since `known`.

    One statement, which reads little: only cases with entries after `known` are looked at.
    """
    later = CaseEvent.objects.filter(pk__gt=known).exclude(by=person)
    changed = listed(person, address, at).filter(pk__in=later.values("case")).order_by()
    opened = Exists(later.filter(case=OuterRef("pk"), seq=1))
    figures = changed.aggregate(new=Count("pk", filter=Q(opened)), all=Count("pk"))
    return figures["new"], figures["all"] - figures["new"]


def news_text(new: int, changed: int) -> str:
    """Say what is new in a list; empty where nothing is."""
    fresh = ngettext("%(number)d new case", "%(number)d new cases", new) % {"number": new}
    other = ngettext("%(number)d changed case", "%(number)d changed cases", changed)
    other %= {"number": changed}
    if new and changed:
        return _("%(new)s, %(changed)s") % {"new": fresh, "changed": other}
    return fresh if new else other if changed else ""


def _keys(
    cases: QuerySet[Case], address: Address, policy: Policy, first: int, most: int
) -> list[int]:
    """Read the keys of a stretch; what has the most cases is not put in order as a whole.

    Words are looked up once, and what has them are few.
    """
    if address.view == "all" and TEXT not in address.filters:
        unwanted = {
            name.removeprefix(NOT): values_of(name, value)
            for name, value in address.filters.items()
            if name.startswith(NOT)
        }
        stretch = {"first": first, "most": most, "without": unwanted}
        return keys_in_order(cases, policy, address.group, **stretch)
    return list(cases.values_list("pk", flat=True)[first : first + most])


def _page_of(keys: Callable[[int, int], list[int]], asked: str, count: int) -> tuple[list, Page]:
    pages = max(1, -(-count // ROWS_A_PAGE)) if count <= MOST_COUNTED else 0
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    number = max(1, min(number, pages) if pages else number)
    found = keys((number - 1) * ROWS_A_PAGE, ROWS_A_PAGE + 1)
    if not found and number > 1:
        return _page_of(keys, "1", count)
    return found[:ROWS_A_PAGE], Page(number, pages, has_next=len(found) > ROWS_A_PAGE)


def _grouped(
    cases: QuerySet[Case],
    shown: Sequence[Listed],
    group: str,
    policy: Policy,
    person: Person,
    at: datetime,
) -> tuple[Group, ...]:
    # What was closed long ago is nobody's news.
    told = [case.pk for case in shown if case.status != Case.Status.CLOSED]
    unread = unread_among(told, person)
    writer = RowWriter(policy, at)
    rows = [writer.row(case, is_unread=case.pk in unread) for case in shown]
    if not rows:
        return ()
    if not group:
        return (Group("", len(rows), tuple(rows)),)
    counts, column = count_groups(cases, group), GROUPS[group]
    return tuple(
        Group(group_title(alike[0].case, group, policy), counts.get(key, len(alike)), alike)
        for key, alike in (
            (key, tuple(found))
            for key, found in groupby(rows, lambda row: getattr(row.case, column))
        )
    )


def _nothing(address: Address) -> str:
    if address.filters:
        return _("No case of this view is like that. Take away what it is narrowed by.")
    return str(NOTHING_IN[address.view])
