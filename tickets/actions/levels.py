"""Levels that one side wants and the other decides; and cases that rise with their incident.

The customer asks for a level and the desk decides (MX-10, DD-09). The desk offers one for a
workaround that was given (MX-13), or because nobody could be reached (DD-40), and the customer
decides. P1 is set by the desk only, and takes the cases that hang on the incident along (MS-05).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from sla.engine.parts import LEVEL_AXES, Level
from sla.engine.past import CHANGES
from sla.engine.policy import Policy
from tickets.actions.conversation import must_be_open, write_message
from tickets.audience import customer_side, desk_side
from tickets.errors import UnknownLevel
from tickets.level_errors import (
    LevelNotOffered,
    LevelRequestWaits,
    NoLevelRequestWaits,
    ReasonMissing,
)
from tickets.models import Case, CaseEvent, LevelRequest, Message
from tickets.notices import notify
from tickets.queries import OPEN, lock_case
from tickets.timeline import Timeline, load_timeline, load_timelines, save_timelines

Kind = LevelRequest.Kind
State = LevelRequest.State


def levels_to_ask_for(case: Case, policy: Policy, axis: str) -> tuple[Level, ...]:
    """List the levels of an axis that the customer may ask for on a case.

    Those that they could have chosen themselves, but the one that it has: what the desk alone sets
    is never offered (MS-05), nor what is for other environments than that of the case (MX-11).
    """
    if axis not in policy.axes:
        return ()
    held = getattr(case, axis)
    return tuple(
        level
        for level in policy.levels(axis)
        if level.customer_may_set and level.code != held and is_for(level, case.environment)
    )


def is_for(level: Level, environment: str) -> bool:
    """Tell whether a level can be had in an environment; one that nobody named is no obstacle."""
    return not environment or not level.environments or environment in level.environments


@transaction.atomic
def request_level(
    *, case_id: int, axis: str, level: str, reason: str, by: Person, at: datetime
) -> LevelRequest:
    """Ask for another level of a case, as its customer (MX-10, DD-09); the desk decides.

    Nothing moves until then. Locks the case. Raises NotAllowed, ReasonMissing, CaseIsNotOpen,
    LevelNotOffered, LevelRequestWaits.
    """
    timeline = _begin(case_id, reason, by, "ask_for_level")
    offered = levels_to_ask_for(timeline.case, timeline.state().policy, axis)
    if level not in {one.code for one in offered}:
        raise LevelNotOffered(field="level")
    request = _ask(timeline, Kind.ASKED, axis, level, reason, by=by, at=at)
    event = _public(timeline, "level_requested", _named(request), by=by, at=at)
    write_message(timeline.case, event, Message.Kind.CUSTOMER, reason, by=by)
    notify("level_requested", desk_side(timeline.case), case=timeline.case, event=event, at=at)
    return request


@transaction.atomic
def offer_level(
    *, case_id: int, axis: str, level: str, kind: str, reason: str, by: Person, at: datetime
) -> LevelRequest:
    """Offer the customer another level, for a workaround (MX-13) or for silence (DD-40).

    `kind` is "workaround" or "unreachable". Nothing moves until they accept. Locks the case. Raises
    NotAllowed, ReasonMissing, CaseIsNotOpen, UnknownLevel, LevelNotOffered (it is so already),
    LevelRequestWaits.
    """
    if kind not in (Kind.WORKAROUND, Kind.UNREACHABLE):
        raise ValueError(f"no kind of offer: {kind!r}")
    timeline = _begin(case_id, reason, by, "change_level")
    case = timeline.case
    _known(timeline.state().policy, axis, level)
    if getattr(case, axis) == level:
        raise LevelNotOffered(field="level")
    request = _ask(timeline, kind, axis, level, reason, by=by, at=at)
    event = _public(timeline, "level_offered", _named(request), by=by, at=at)
    write_message(case, event, Message.Kind.REASON, reason, by=by)
    notify("level_offered", customer_side(case), case=case, event=event, at=at)
    return request


@transaction.atomic
def decide_level_request(
    *, request_id: int, accept: bool, answer: str, by: Person, at: datetime
) -> Case:
    """Give the customer the level that they asked for, or say why not (MX-10).

    Accepting changes the level at once, by the policy's retarget rule, and takes children along as
    any raise does (MS-05); both sides keep the answer. Locks the case. Raises NotFound, NotAllowed,
    NoLevelRequestWaits, CaseIsNotOpen, ReasonMissing (a no has its reason).
    """
    if not accept and not answer.strip():
        raise ReasonMissing(field="answer")
    request = _found(request_id, (Kind.ASKED,))
    timeline, request = _deciding(request, by, "change_level")
    return _decide(timeline, request, accept, answer, by=by, at=at)


@transaction.atomic
def accept_offer(*, request_id: int, by: Person, at: datetime) -> Case:
    """Take the level that the desk offered, as the customer. Locks the case.

    Raises NotFound, NotAllowed, NoLevelRequestWaits, CaseIsNotOpen.
    """
    return _answer_offer(request_id, accept=True, by=by, at=at)


@transaction.atomic
def decline_offer(*, request_id: int, by: Person, at: datetime) -> Case:
    """Keep the level as it is, whatever the desk offered; otherwise as `accept_offer`."""
    return _answer_offer(request_id, accept=False, by=by, at=at)


def waiting_level_requests(case: Case) -> list[LevelRequest]:
    """List what waits for a decision about the levels of a case, of either side."""
    waiting = case.level_requests.filter(state=State.WAITING)
    return list(waiting.select_related("asked_by").order_by("asked_at", "pk"))


def settle_requests(case: Case, changes: Mapping[str, str], *, by: Person, at: datetime) -> None:
    """Take as accepted what was asked for and has come true by a change of the desk's own."""
    for axis, code in changes.items():
        waiting = LevelRequest.objects.filter(case=case, axis=axis, level=code, state=State.WAITING)
        waiting.update(state=State.ACCEPTED, decided_by=by, decided_at=at)


def raise_children(
    case: Case, changes: Mapping[str, str], policy: Policy, *, by: Person, at: datetime
) -> list[tuple[Timeline, CaseEvent]]:
    """Raise the open cases that hang on an incident along with it (MS-05); nothing is saved yet.

    Those at a level that the new one `promotes`, each with an entry and a promise of its own. Locks
    them, in the order of their numbers; the incident is locked before.
    """
    raised: list[tuple[Timeline, CaseEvent]] = []
    for axis in LEVEL_AXES:
        level = policy.level(axis, changes.get(axis))
        if not case.is_incident or level is None or not level.promotes:
            continue
        below = Case.objects.filter(OPEN, incident=case, **{f"{axis}__in": level.promotes})
        children = list(below.select_for_update(of=("self",), no_key=True).order_by("number"))
        for timeline in load_timelines(children):
            if timeline.state().policy.level(axis, level.code) is not None:
                event = _risen(timeline, axis, level.code, case, by=by, at=at)
                raised.append((timeline, event))
    return raised


def tell_raised(
    raised: Sequence[tuple[Timeline, CaseEvent]], reason: str, *, by: Person, at: datetime
) -> None:
    """Tell both sides of cases that rose with their incident; they have been saved."""
    for timeline, event in raised:
        write_message(timeline.case, event, Message.Kind.REASON, reason, by=by)
        people = customer_side(timeline.case)
        notify("level_changed", people, case=timeline.case, event=event, at=at)


def _risen(
    timeline: Timeline, axis: str, code: str, incident: Case, *, by: Person, at: datetime
) -> CaseEvent:
    payload = {axis: code, "from": getattr(timeline.case, axis), "incident": incident.number}
    timeline.case.last_public_at = max(at, timeline.case.last_public_at)
    return timeline.add(CHANGES[axis], by=by, at=at, payload=payload)


def _answer_offer(request_id: int, *, accept: bool, by: Person, at: datetime) -> Case:
    request = _found(request_id, (Kind.WORKAROUND, Kind.UNREACHABLE))
    timeline, request = _deciding(request, by, "ask_for_level")
    return _decide(timeline, request, accept, "", by=by, at=at)


def _decide(
    timeline: Timeline,
    request: LevelRequest,
    accept: bool,
    answer: str,
    *,
    by: Person,
    at: datetime,
) -> Case:
    case, axis, code = timeline.case, request.axis, request.level
    request.state = State.ACCEPTED if accept else State.DECLINED
    request.answer, request.decided_by, request.decided_at = answer.strip(), by, at
    request.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    before = getattr(case, axis)
    decided = timeline.add(
        "level_request_decided", by=by, at=at, payload=_named(request) | {"state": request.state}
    )
    raised: list[tuple[Timeline, CaseEvent]] = []
    changed = None
    if accept and before != code:
        changed = timeline.add(CHANGES[axis], by=by, at=at, payload={axis: code, "from": before})
        raised = raise_children(case, {axis: code}, timeline.state().policy, by=by, at=at)
    case.last_public_at = decided.occurred_at
    save_timelines([timeline, *(one for one, _event in raised)])
    _tell_decided(case, request, decided, changed, by=by, at=at)
    tell_raised(raised, answer or request.reason, by=by, at=at)
    return case


def _tell_decided(
    case: Case,
    request: LevelRequest,
    decided: CaseEvent,
    changed: CaseEvent | None,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Keep why, at the change where there is one, and tell the side that waited."""
    if changed is not None:
        why = request.answer or request.reason
        write_message(case, changed, Message.Kind.REASON, why, by=by)
        notify("level_changed", customer_side(case), case=case, event=changed, at=at)
    elif request.answer:
        write_message(case, decided, Message.Kind.REASON, request.answer, by=by)
    if request.kind != Kind.ASKED:
        notify("level_request_decided", desk_side(case), case=case, event=decided, at=at)
    elif changed is None:
        notify("level_request_decided", customer_side(case), case=case, event=decided, at=at)


def _begin(case_id: int, reason: str, by: Person, act: str) -> Timeline:
    if not by.may(act):
        raise NotAllowed
    if not reason.strip():
        raise ReasonMissing(field="reason")
    case = lock_case(case_id, by)
    must_be_open(case)
    return load_timeline(case)


def _ask(
    timeline: Timeline, kind: str, axis: str, level: str, reason: str, *, by: Person, at: datetime
) -> LevelRequest:
    case = timeline.case
    if LevelRequest.objects.filter(case=case, axis=axis, state=State.WAITING).exists():
        raise LevelRequestWaits
    return LevelRequest.objects.create(
        tenant_id=case.tenant_id,
        case=case,
        kind=kind,
        axis=axis,
        level=level,
        reason=reason.strip(),
        asked_by=by,
        asked_at=at,
    )


def _public(
    timeline: Timeline, kind: str, payload: dict[str, Any], *, by: Person, at: datetime
) -> CaseEvent:
    event = timeline.add(kind, by=by, at=at, payload=payload)
    timeline.case.last_public_at = event.occurred_at
    save_timelines([timeline])
    return event


def _named(request: LevelRequest) -> dict[str, Any]:
    return {
        "request": request.pk,
        "axis": request.axis,
        "level": request.level,
        "kind": str(request.kind),
    }


def _found(request_id: int, kinds: Sequence[str]) -> LevelRequest:
    found = LevelRequest.objects.filter(pk=request_id, kind__in=kinds).first()
    if found is None:
        raise NotFound
    return found


def _deciding(request: LevelRequest, by: Person, act: str) -> tuple[Timeline, LevelRequest]:
    """Lock the case, and read the request once more: somebody else may have been faster."""
    if not by.may(act):
        raise NotAllowed
    case = lock_case(request.case_id, by)
    request.refresh_from_db()
    if request.state != State.WAITING:
        raise NoLevelRequestWaits
    must_be_open(case)
    return load_timeline(case), request


def _known(policy: Policy, axis: str, code: str) -> None:
    if axis not in policy.axes or policy.level(axis, code) is None:
        raise UnknownLevel(level=code, field="level")
