"""How support and customer come together on a case: the meeting link, the preferred channel."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from tickets.actions.conversation import must_be_open
from tickets.audience import customer_side, desk_side
from tickets.errors import NothingChanges
from tickets.file_errors import LinkNotSafe, UnknownChannel
from tickets.files import CHANNELS
from tickets.models import Case
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import load_timeline, save_timelines

LINK_LENGTH = Case._meta.get_field("meeting_link").max_length or 200


@transaction.atomic
def set_meeting_link(*, case_id: int, link: str, by: Person, at: datetime) -> Case:
    """Put the address of a meeting on a case, or take it off with "" (DD-36).

    Both sides see it and the customer is told. Moves no clock. Locks the case. Raises NotAllowed,
    LinkNotSafe, CaseIsNotOpen, NothingChanges.
    """
    if not by.may("reply_as_agent"):
        raise NotAllowed
    link = link.strip()
    if link:
        check_link(link, field="link")
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.meeting_link == link:
        raise NothingChanges
    timeline = load_timeline(case)
    event = timeline.add("meeting_set", by=by, at=at, payload={"is_set": bool(link)})
    case.last_public_at = event.occurred_at
    save_timelines([timeline])
    case.meeting_link = link
    case.save(update_fields=["meeting_link"])
    notify("meeting_set", customer_side(case), case=case, event=event, at=at)
    return case


@transaction.atomic
def prefer_channel(
    *, case_id: int, channel: str, by: Person, at: datetime, for_all: bool = False
) -> Case:
    """Say how a case is to be answered: by portal, e-mail or phone; "" for any (DD-29).

    The customer says so, or the desk logs it for them. With `for_all` it holds for every case of
    its contact; only they themselves, or the desk, can say that. The other side is told only
    where that is the desk. Moves no clock. Locks the case. Raises NotAllowed, UnknownChannel,
    NothingChanges.
    """
    if not (by.may("reply_as_customer") or by.may("log_call")):
        raise NotAllowed
    if channel and channel not in CHANNELS:
        raise UnknownChannel(field="channel")
    case = lock_case(case_id, by)
    if for_all and by.is_customer and by.pk != case.contact_id:
        raise NotAllowed
    is_so_for_all = not for_all or case.contact.preferred_channel == channel
    if case.preferred_channel == channel and is_so_for_all:
        raise NothingChanges
    timeline = load_timeline(case)
    payload = {"preferred": channel, "for_all": for_all}
    event = timeline.add("channel_preferred", by=by, at=at, payload=payload)
    save_timelines([timeline])
    case.preferred_channel = channel
    case.save(update_fields=["preferred_channel"])
    if for_all:
        Person.objects.filter(pk=case.contact_id).update(preferred_channel=channel)
    if by.is_customer:
        notify("channel_preferred", desk_side(case), case=case, event=event, at=at)
    return case


def check_link(link: str, *, field: str) -> None:
    """Refuse an address that is not one of the safe web. Raises LinkNotSafe."""
    try:
        parts = urlsplit(link)
        is_safe = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_safe = False
    if not is_safe or len(link) > LINK_LENGTH or any(one.isspace() for one in link):
        raise LinkNotSafe(field=field)
