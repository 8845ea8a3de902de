"""Levels that one side wants and the other decides; and cases that rise with their incident.

The customer asks for a level and the desk decides (MX-10, DD-09). The desk offers one for a
workaround that was given (MX-13), or because nobody could be reached (DD-40), and the customer
decides. P1 is set by the desk only, and takes the cases that hang on the incident along (MS-05).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from sla.engine.parts import LEVEL_AXES, Level
from sla.engine.past import CHANGES
from sla.engine.policy import Policy
from tickets.actions.conversation import must_be_open, write_message
from tickets.actions.many import lock_with_children, tell_each
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
OFFERS = (Kind.WORKAROUND, Kind.UNREACHABLE)


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

    Nothing moves until then. What the desk offers on the axis meanwhile is off: they want another.
    Locks the case. Raises NotAllowed, ReasonMissing, CaseIsNotOpen, LevelNotOffered,
    LevelRequestWaits.
    """
    timeline = _begin(case_id, reason, by, "ask_for_level")
    offered = levels_to_ask_for(timeline.case, timeline.state().policy, axis)
    if level not in {one.code for one in offered}:
        raise LevelNotOffered(field="level")
    offers = _waiting([timeline.case], axis).exclude(kind=Kind.ASKED)
    offers.update(state=State.WITHDRAWN, decided_by=by, decided_at=at)
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
    if kind not in OFFERS:
        raise ValueError(f"no kind of offer: {kind!r}")
    timeline = _begin(case_id, reason, by, "change_level")
    case = timeline.case
    _known(timeline.state().policy, axis, level)
    if getattr(case, axis) == level:
        raise LevelNotOffered(field="level")
    request = _ask(timeline, kind, axis, level, reason, by=by, at=at)
    if kind == Kind.WORKAROUND and not case.has_workaround:
        case.has_workaround = True
        case.save(update_fields=["has_workaround"])
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


@transaction.atomic
def take_offer_back(*, request_id: int, by: Person, at: datetime) -> Case:
    """Take back a level that the desk offered; the customer is told. Locks the case.

    Raises NotFound, NotAllowed, NoLevelRequestWaits, CaseIsNotOpen.
    """
    request = _found(request_id, OFFERS)
    timeline, request = _deciding(request, by, "change_level")
    request.state, request.decided_by, request.decided_at = State.WITHDRAWN, by, at
    request.save(update_fields=["state", "decided_by", "decided_at"])
    payload = _named(request) | {"state": request.state}
    event = _public(timeline, "level_request_decided", payload, by=by, at=at)
    people = customer_side(timeline.case)
    notify("level_request_decided", people, case=timeline.case, event=event, at=at)
    return timeline.case


def waiting_level_requests(case: Case) -> list[LevelRequest]:
    """List what waits for a decision about the levels of a case, of either side."""
    waiting = case.level_requests.filter(state=State.WAITING)
    return list(waiting.select_related("asked_by").order_by("asked_at", "pk"))


def settle_requests(
    cases: Iterable[Case], changes: Mapping[str, str], *, by: Person, at: datetime
) -> None:
    """Decide what waits about an axis that a change of the desk's own has moved.

    What was asked for and has come true is accepted. All else was about the level before: accepted
    later, it would move the case once more.
    """
    for axis, code in changes.items():
        waiting = _waiting(cases, axis)
        came_true = waiting.filter(level=code, kind=Kind.ASKED)
        came_true.update(state=State.ACCEPTED, decided_by=by, decided_at=at)
        waiting.update(state=State.WITHDRAWN, decided_by=by, decided_at=at)


def raise_children(
    case: Case, changes: Mapping[str, str], policy: Policy, *, by: Person, at: datetime
) -> list[tuple[Timeline, CaseEvent]]:
    """Raise the open cases that hang on an incident along with it (MS-05); nothing is saved yet.

    Those at a level that the new one `promotes`, each with an entry and a promise of its own. They
    are locked before, with the incident (`many.lock_with_children`).
    """
    raised: list[tuple[Timeline, CaseEvent]] = []
    for axis in LEVEL_AXES:
        level = policy.level(axis, changes.get(axis))
        if not case.is_incident or level is None or not level.promotes:
            continue
        below = Case.objects.filter(OPEN, incident=case, **{f"{axis}__in": level.promotes})
        children = list(below.select_for_update(of=("self",), no_key=True).order_by("pk"))
        for timeline in load_timelines(children):
            if timeline.state().policy.level(axis, level.code) is not None:
                event = _risen(timeline, axis, level.code, case, by=by, at=at)
                raised.append((timeline, event))
    return raised


def raise_with(
    timeline: Timeline, incident: Case, policy: Policy, *, by: Person, at: datetime
) -> list[CaseEvent]:
    """Raise a locked case that is hung on an incident to the levels of that one (MS-05).

    As `raise_children` does where the incident rises later. `policy` is that of the incident.
    Nothing is saved yet.
    """
    events = []
    for axis in LEVEL_AXES:
        level = policy.level(axis, getattr(incident, axis))
        known = level and timeline.state().policy.level(axis, level.code)
        if level and known and getattr(timeline.case, axis) in level.promotes:
            events.append(_risen(timeline, axis, level.code, incident, by=by, at=at))
    return events


def tell_raised(events: Sequence[CaseEvent], *, by: Person, at: datetime) -> None:
    """Tell the customers of cases that rose with their incident; they have been saved.

    Why is said in the same words to all: what was typed is about the incident, which may be another
    company's. What waited about those levels is settled. A handful of statements for any number.
    """
    for axis, kind in CHANGES.items():
        risen = [event for event in events if event.kind == kind]
        if risen:
            cases = [event.case for event in risen]
            settle_requests(cases, {axis: risen[0].payload[axis]}, by=by, at=at)
    tell_each("level_changed", events, at=at)


def _risen(
    timeline: Timeline, axis: str, code: str, incident: Case, *, by: Person, at: datetime
) -> CaseEvent:
    payload = {axis: code, "from": getattr(timeline.case, axis), "incident": incident.number}
    timeline.case.last_public_at = max(at, timeline.case.last_public_at)
    return timeline.add(CHANGES[axis], by=by, at=at, payload=payload)


def _answer_offer(request_id: int, *, accept: bool, by: Person, at: datetime) -> Case:
    request = _found(request_id, OFFERS)
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
    # Who accepts may be the incident's customer: to others they are nobody.
    of_desk = request.asked_by if by.is_customer else by
    if accept and before != code:
        changed = timeline.add(CHANGES[axis], by=by, at=at, payload={axis: code, "from": before})
        policy = timeline.state().policy
        raised = raise_children(case, {axis: code}, policy, by=of_desk, at=at)
    case.last_public_at = decided.occurred_at
    save_timelines([timeline, *(one for one, _event in raised)])
    _tell_decided(case, request, decided, changed, by=by, at=at)
    tell_raised([event for _timeline, event in raised], by=of_desk, at=at)
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
    if _waiting([case], axis).exists():
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


def _waiting(cases: Iterable[Case], axis: str) -> QuerySet[LevelRequest]:
    return LevelRequest.objects.filter(case__in=cases, axis=axis, state=State.WAITING)


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
    lock_with_children(request.case_id)
    case = lock_case(request.case_id, by)
    request.refresh_from_db()
    if request.state != State.WAITING:
        raise NoLevelRequestWaits
    must_be_open(case)
    return load_timeline(case), request


def _known(policy: Policy, axis: str, code: str) -> None:
    if axis not in policy.axes or policy.level(axis, code) is None:
        raise UnknownLevel(level=code, field="level")
