"""Saved views: a filter of the desk's queue under a name, own or shared, with its count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.canned import check_title, may_change
from tickets.queries import queue_filters, visible_cases
from tickets.teamwork_errors import TextTooLong, TitleTaken, TooManyViews
from tickets.teamwork_models import CaseTag, SavedView

MOST_VIEWS = 15
LONGEST_NAME = 60
# What the queue can be narrowed by, beside its view: levels by code, the others by key.
LEVELS = ("severity", "priority", "case_type")
KEYS = ("team", "owner", "product", "company", "contact")
NOBODY = "none"


@dataclass(frozen=True)
class CountedView:
    """A saved view with the number of cases in it."""

    view: SavedView
    count: int


def read_filters(asked: Mapping[str, str]) -> dict[str, str]:
    """Take from an address what the queue can be narrowed by; what cannot be is left out."""
    found = {name: asked.get(name, "").strip()[:40] for name in ("tag", *LEVELS, *KEYS)}
    return {name: value for name, value in found.items() if value and _is_sound(name, value)}


def narrowed_by(filters: Mapping[str, str]) -> Q:
    """Make a condition on cases of filters that `read_filters` gave."""
    condition = Q()
    for name, value in filters.items():
        if name == "tag":
            tagged = CaseTag.objects.filter(case=OuterRef("pk"), tag__name=value)
            condition &= Q(Exists(tagged))
        elif value == NOBODY:
            condition &= Q(**{f"{name}__isnull": True})
        else:
            condition &= Q(**{name: value})
    return condition


def views_for(person: Person, at: datetime) -> list[CountedView]:
    """List the saved views that a person has, each counted, all in one statement; 15 at most."""
    views = list(_usable(person).order_by("position", "name", "pk")[:MOST_VIEWS])
    counts = _counts(person, views, at) if views else {}
    return [CountedView(view, counts[f"view_{view.pk}"]) for view in views]


def filters_of(query: str) -> tuple[str, dict[str, str]]:
    """Split the address of a view into the queue's view and what narrows it."""
    asked = dict(parse_qsl(query))
    return asked.get("view", "open"), read_filters(asked)


def query_of(view: str, filters: Mapping[str, str]) -> str:
    """Write the address of a view, always in the same order."""
    return urlencode({"view": view, **dict(sorted(filters.items()))})


@transaction.atomic
def save_view(
    *,
    name: str,
    view: str,
    filters: Mapping[str, str],
    is_shared: bool,
    by: Person,
    at: datetime,
) -> SavedView:
    """Keep a filter of the queue under a name, after those there are.

    Raises NotAllowed, NotFound for a view that the queue does not have, TitleTaken, TooManyViews.
    """
    owner_id = None if is_shared else by.pk
    if not may_change(by, owner_id):
        raise NotAllowed
    if view not in queue_filters(by, at):
        raise NotFound
    title = check_title(name)
    if len(title) > LONGEST_NAME:
        raise TextTooLong(field="title", most=LONGEST_NAME)
    if SavedView.objects.filter(owner=owner_id, name=title).exists():
        raise TitleTaken(field="title", name=title)
    if _usable(by).count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    last = _usable(by).aggregate(last=Max("position"))["last"] or 0
    return SavedView.objects.create(
        tenant_id=current_tenant_id(),
        owner_id=owner_id,
        name=title,
        query=query_of(view, filters),
        position=last + 1,
    )


@transaction.atomic
def delete_view(*, view_id: int, by: Person) -> None:
    """Throw a view away. Raises NotAllowed, NotFound."""
    _changeable(view_id, by).delete()


@transaction.atomic
def move_view(*, view_id: int, up: bool, by: Person) -> None:
    """Move a view one place up or down among those that its owner has. Raises NotAllowed, NotFound.

    Positions are written anew, so that no two have the same.
    """
    moved = _changeable(view_id, by)
    beside = list(SavedView.objects.filter(owner=moved.owner_id).order_by("position", "name", "pk"))
    place = beside.index(moved)
    other = max(0, min(len(beside) - 1, place + (-1 if up else 1)))
    beside.insert(other, beside.pop(place))
    for position, view in enumerate(beside, start=1):
        view.position = position
    SavedView.objects.bulk_update(beside, ["position"])


def _changeable(view_id: int, by: Person) -> SavedView:
    view = _usable(by).select_for_update(of=("self",)).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    if not may_change(by, view.owner_id):
        raise NotAllowed
    return view


def _counts(person: Person, views: Iterable[SavedView], at: datetime) -> dict[str, int]:
    known = queue_filters(person, at)
    counts = {}
    for saved in views:
        view, filters = filters_of(saved.query)
        condition = known.get(view, Q(pk=None)) & narrowed_by(filters)
        counts[f"view_{saved.pk}"] = Count("pk", filter=condition)
    return visible_cases(person).aggregate(**counts)


def _is_sound(name: str, value: str) -> bool:
    if name in KEYS:
        return value == NOBODY or (value.isascii() and value.isdecimal() and len(value) < 18)
    return True


def _usable(person: Person) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=None) | Q(owner=person))
