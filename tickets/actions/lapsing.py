"""What waits or runs on a case ends with it: a proposal to split, permissions (SC-13, SP-01)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Person
from tickets.actions.consenting import running_consents
from tickets.actions.splitting import waiting_split
from tickets.audience import customer_side, desk_side
from tickets.models import CaseEvent, LevelRequest, SplitProposal
from tickets.notices import notify
from tickets.timeline import Timeline

# What other apps run on a case: appends what ends it to a locked timeline, unsaved.
Ending = Callable[[Timeline, Person | None, datetime], CaseEvent | None]
_endings: list[Ending] = []


def register_ending(ending: Ending) -> None:
    """Say how something that runs on a case ends with it; from `AppConfig.ready`, once."""
    _endings.append(ending)


def end_with_case(timeline: Timeline, *, by: Person | None, at: datetime) -> list[CaseEvent]:
    """End what other apps run on a locked case that is over; the caller saves the entries.

    What is said about the end of the case tells of it; no letter of its own does.
    """
    entries = (ending(timeline, by, at) for ending in _endings)
    return [entry for entry in entries if entry is not None]


def end_agreements(timeline: Timeline, *, by: Person | None, at: datetime) -> list[CaseEvent]:
    """Withdraw the proposal that waits on a locked case, and end all that runs on it.

    For whoever closes or declines the case; None is the policy. Gives the entries, which the caller
    saves and then tells with `tell_lapsed`.
    """
    end_with_case(timeline, by=by, at=at)
    ended = []
    split = waiting_split(timeline.case)
    if split is not None:
        split.state = SplitProposal.State.WITHDRAWN
        split.decided_by, split.decided_at = by, at
        split.save(update_fields=["state", "decided_by", "decided_at"])
        ended.append(_add(timeline, "split_withdrawn", {"split": split.pk}, by=by, at=at))
    for consent in running_consents(timeline.case, at):
        consent.withdrawn_at, consent.withdrawn_by = at, by
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        payload = {"consent": consent.pk}
        ended.append(_add(timeline, "consent_withdrawn", payload, by=by, at=at))
    _withdraw_levels(timeline, by=by, at=at)
    return ended


def _withdraw_levels(timeline: Timeline, *, by: Person | None, at: datetime) -> None:
    """Withdraw what waits about the levels of a case; the word of its end tells of it."""
    state = LevelRequest.State.WITHDRAWN
    for request in timeline.case.level_requests.filter(state=LevelRequest.State.WAITING):
        payload = {
            "request": request.pk,
            "axis": request.axis,
            "level": request.level,
            "kind": str(request.kind),
            "state": str(state),
        }
        _add(timeline, "level_request_decided", payload, by=by, at=at)
        request.state, request.decided_by, request.decided_at = state, by, at
        request.save(update_fields=["state", "decided_by", "decided_at"])


def _add(
    timeline: Timeline, kind: str, payload: Mapping[str, Any], *, by: Person | None, at: datetime
) -> CaseEvent:
    cause = CaseEvent.Cause.PERSON if by else CaseEvent.Cause.POLICY
    return timeline.add(kind, by=by, at=at, payload=payload, caused_by=cause)


def tell_lapsed(
    timeline: Timeline, ended: Sequence[CaseEvent], *, by: Person, at: datetime
) -> None:
    """Tell the customer what the desk ended with the case, or the desk what the customer did."""
    if not ended:
        return
    people = desk_side(timeline.case) if by.is_customer else customer_side(timeline.case)
    for event in ended:
        notify(event.kind, people, case=timeline.case, event=event, at=at)
