"""Telling people of the desk what the policy does: one message for each and a set of cases.

A notice joins the message that waits for its recipient, until that leaves. What is urgent leaves at
once, the rest in the recipient's own hours. What still applies is asked when it leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.bulk import insert_rows, insert_values
from accounts.models import Tenant
from accounts.tenancy import current_tenant_id
from escalation.models import Notice, NoticeBatch
from escalation.roster import Roster
from escalation.workhours import hours_of, next_working
from outbox.actions import Queued, queue_messages
from outbox.models import OutboxMessage
from outbox.paging import MAIL, PAGE
from tickets.models import CaseEvent

MAILED = "notices"
PAGED = "notices_paged"


@dataclass(frozen=True)
class Told:
    """One entry that people of the desk are told about; its rows are written once it has a key.

    `kind`: step_fired | handed_over.
    """

    kind: str
    people: tuple[int, ...]
    event: CaseEvent
    urgent: bool = False
    page: bool = False


@dataclass(frozen=True)
class _Way:
    """How something goes to one person: what has the same way is one message."""

    person: int
    urgent: bool
    page: bool


def tell(
    told: Iterable[Told], roster: Roster, *, at: datetime, unwatched_since: datetime | None = None
) -> None:
    """Write the notices of a set and queue a message for each recipient that has none waiting.

    `unwatched_since`: since when nothing had watched the clocks before, desk time; None = it did.
    Locks the messages that are joined, so that they do not leave half-written; does not wait.
    """
    ways: dict[_Way, list[Told]] = {}
    for one in told:
        for person in one.people:
            ways.setdefault(_way(one, person, roster), []).append(one)
    if not ways:
        return
    batches = _waiting(ways)
    fresh = _new_batches([way for way in ways if way not in batches], roster, at, unwatched_since)
    batches |= {way: batch.pk for way, batch in fresh.items()}
    notices = [_notice(batches[way], way, one, at) for way in ways for one in ways[way]]
    insert_values(Notice, notices)
    queue_messages(messages=[_queued(way, batch) for way, batch in fresh.items()], at=at)


def _way(told: Told, person: int, roster: Roster) -> _Way:
    """Choose the way: a page to who has no pager is urgent mail."""
    page = told.page and roster.reach[person].has_pager
    return _Way(person, told.urgent or told.page, page)


def _waiting(ways: Iterable[_Way]) -> dict[_Way, int]:
    """Find the batches that have not begun to leave, with their messages locked."""
    rows = OutboxMessage.objects.filter(
        recipient__in={way.person for way in ways},
        state=OutboxMessage.State.QUEUED,
        kind__in=(MAILED, PAGED),
        attempts=0,
        doubts=0,
    )
    locked = rows.select_for_update(skip_locked=True, no_key=True).order_by("pk")
    return {
        _Way(message.recipient_id, message.urgent, message.kind == PAGED): message.refs["batch"]
        for message in locked
        if message.recipient_id is not None
    }


def _new_batches(
    ways: Sequence[_Way], roster: Roster, at: datetime, unwatched_since: datetime | None
) -> dict[_Way, NoticeBatch]:
    leaves = _leaving([way.person for way in ways if not way.urgent], roster, at)
    tenant_id = current_tenant_id()
    batches = {
        way: NoticeBatch(
            tenant_id=tenant_id,
            person_id=way.person,
            is_urgent=way.urgent,
            is_page=way.page,
            made_at=at,
            leaves_at=at if way.urgent else leaves.get(way.person, at),
            unwatched_since=unwatched_since,
        )
        for way in ways
    }
    insert_rows(list(batches.values()))
    return batches


def _leaving(people: Sequence[int], roster: Roster, at: datetime) -> Mapping[int, datetime]:
    """Find when what is not urgent may leave to people; who has no hours is not in it."""
    hours = hours_of(people) if people else {}
    if not hours:
        return {}
    vendors = Tenant.objects.values_list("time_zone", flat=True).get(pk=current_tenant_id())
    return {
        person: next_working(own, roster.reach[person].time_zone or vendors, at)
        for person, own in hours.items()
    }


def _notice(batch_id: int, way: _Way, told: Told, at: datetime) -> dict[str, Any]:
    return {
        "tenant_id": told.event.tenant_id,
        "batch_id": batch_id,
        "case_id": told.event.case_id,
        "event_id": told.event.pk,
        "person_id": way.person,
        "kind": told.kind,
        "noticed_at": at,
    }


def _queued(way: _Way, batch: NoticeBatch) -> Queued:
    return Queued(
        kind=PAGED if way.page else MAILED,
        recipient_id=way.person,
        refs={"batch": batch.pk},
        dedupe_key=f"notices:{batch.pk}",
        urgent=way.urgent,
        channel=PAGE if way.page else MAIL,
        hold_until=batch.leaves_at if batch.leaves_at > batch.made_at else None,
    )
