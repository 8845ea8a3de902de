"""Two cases that have to do with each other, said on both; customers see their own only."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.many import lock_cases
from tickets.errors import NothingChanges
from tickets.life_errors import SameCase
from tickets.models import Case, CaseEvent, CaseLink
from tickets.queries import lock_case
from tickets.ties import find_case
from tickets.timeline import load_timelines, save_timelines


@transaction.atomic
def link_cases(*, case_id: int, other: int, by: Person, at: datetime) -> CaseLink:
    """Link a case with another, by its number; both say so, to the desk. No clock moves.

    Locks both, in the order of their keys. Raises NotAllowed, NoSuchCase, SameCase, NothingChanges.
    """
    first, second = _pair(case_id, other, by)
    link, is_new = CaseLink.objects.get_or_create(
        tenant_id=first.tenant_id,
        case=first,
        other=second,
        defaults={"linked_by": by, "linked_at": at},
    )
    if not is_new:
        raise NothingChanges
    _note("case_linked", first, second, by=by, at=at)
    return link


@transaction.atomic
def unlink_cases(*, case_id: int, other: int, by: Person, at: datetime) -> None:
    """Take a link away again; both say so. Locks both. Raises as `link_cases`."""
    first, second = _pair(case_id, other, by)
    gone, _rows = CaseLink.objects.filter(case=first, other=second).delete()
    if not gone:
        raise NothingChanges
    _note("case_unlinked", first, second, by=by, at=at)


def _pair(case_id: int, number: int, by: Person) -> tuple[Case, Case]:
    """Lock both; the one with the smaller key comes first, as links are kept."""
    if not by.may("link_cases"):
        raise NotAllowed
    other = find_case(number, by, field="other")
    if other.pk == case_id:
        raise SameCase(field="other")
    keys = sorted((case_id, other.pk))
    lock_cases(keys)
    first, second = (lock_case(key, by) for key in keys)
    return first, second


def _note(kind: str, first: Case, second: Case, *, by: Person, at: datetime) -> None:
    timelines = load_timelines([first, second])
    for timeline, other in zip(timelines, (second, first), strict=True):
        audience = CaseEvent.Audience.DESK
        timeline.add(kind, by=by, at=at, payload={"other": other.number}, audience=audience)
    save_timelines(timelines)
