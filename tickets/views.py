"""Saved views: a filter of the desk's queue under a name, own or shared, with its count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from sla.engine.policy import Policy
from sla.queries import current_policy
from tickets.canned import check_title, may_change
from tickets.counting import figures_of
from tickets.filters import Address, address_of
from tickets.queue import queue_filters
from tickets.teamwork_errors import TextTooLong, TitleTaken, TooManyViews
from tickets.teamwork_models import SavedView

MOST_VIEWS = 15
LONGEST_NAME = 60
LONGEST_QUERY = SavedView._meta.get_field("query").max_length


@dataclass(frozen=True)
class CountedView:
    """A saved view with the number of cases in it, as `tickets.counting` counts."""

    view: SavedView
    count: int


def views_for(person: Person, at: datetime, policy: Policy | None = None) -> list[CountedView]:
    """List the saved views that a person has, each counted, all in one statement; 15 at most."""
    views = list(_usable(person).order_by("position", "name", "pk")[:MOST_VIEWS])
    counts = _counts(person, views, at, policy) if views else {}
    return [CountedView(view, counts[f"view_{view.pk}"]) for view in views]


@transaction.atomic
def save_view(
    *, name: str, address: Address, is_shared: bool, by: Person, at: datetime
) -> SavedView:
    """Keep what the queue shows under a name, after those there are.

    Raises NotAllowed, NotFound for a view that the queue does not have, TextTooLong, TitleTaken,
    TooManyViews.
    """
    owner_id = None if is_shared else by.pk
    if not may_change(by, owner_id):
        raise NotAllowed
    if address.view not in queue_filters(by, at):
        raise NotFound
    title = check_title(name)
    if len(title) > LONGEST_NAME:
        raise TextTooLong(field="title", most=LONGEST_NAME)
    if len(address.query) > LONGEST_QUERY:
        raise TextTooLong(
            _("It is narrowed by too much to be kept: leave out some values."), field="title"
        )
    if SavedView.objects.filter(owner=owner_id, name=title).exists():
        raise TitleTaken(field="title", name=title)
    if _usable(by).count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    last = _usable(by).aggregate(last=Max("position"))["last"] or 0
    return SavedView.objects.create(
        tenant_id=current_tenant_id(),
        owner_id=owner_id,
        name=title,
        query=address.query,
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


def _counts(
    person: Person, views: Iterable[SavedView], at: datetime, policy: Policy | None
) -> dict[str, int]:
    addresses = {f"view_{saved.pk}": address_of(saved.query) for saved in views}
    policy = policy or current_policy(at).policy
    return figures_of(person, addresses, at, policy).counts


def _usable(person: Person) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=None) | Q(owner=person))
