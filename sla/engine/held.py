"""How long each tier and team held a case, so that blame is split fairly.

Pure: a timeline in, spans out. Moments are epoch seconds in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sla.engine.aims import Aim, Pauses, settle
from sla.engine.calendar import ALWAYS, Calendar, open_seconds_between
from sla.engine.clock import Fold
from sla.engine.parts import Facts
from sla.engine.past import Event
from sla.engine.policy import Policy
from sla.engine.target import service_calendar


@dataclass(frozen=True, slots=True)
class Held:
    """A span in which one tier, and one team of it, had the case.

    `team_id` None = not said by then. `until_at` None = they have it still. `service_seconds`: the
    time in which the case is answered (round the clock where no answer is promised) without what
    the customer was waited for; that is `waiting_seconds`, in the same hours. `budget_seconds`: how
    much of it the policy gives this tier, None = no matter how much.
    """

    tier: int
    team_id: int | None
    from_at: int
    until_at: int | None
    service_seconds: int
    waiting_seconds: int
    budget_seconds: int | None

    @property
    def over_seconds(self) -> int:
        """Count by how much the budget is overdrawn; 0 where it is not, or there is none."""
        if self.budget_seconds is None:
            return 0
        return max(self.service_seconds - self.budget_seconds, 0)


def time_held(policies: Mapping[int, Policy], events: Iterable[Event], at: int) -> tuple[Held, ...]:
    """List who held a case and how long, oldest first, as of `at`.

    A hand-over, another team, and the end and reopening of a case begin a new span. What passes
    while other facts hold is counted in the hours of those facts. A span without length is left out
    unless it is the last. Raises EngineError as the fold.
    """
    stream = iter(events)
    opening = next(stream)
    fold = Fold(policies, opening)
    moments = [_Moment.of(fold, opening, None)]
    for event in stream:
        fold.take(event)
        moments.append(_Moment.of(fold, event, moments[-1]))
    ends = [*(moment.at for moment in moments[1:]), at]
    spans: list[list[_Piece]] = []
    for moment, end in zip(moments, ends, strict=True):
        if moment.begins:
            spans.append([])
        if moment.is_open:
            spans[-1].append((moment, max(end, moment.at)))
    until = at if moments[-1].is_open else None
    return tuple(_held(spans, tuple(fold.waits), until))


@dataclass(frozen=True, slots=True)
class _Moment:
    """How a case stands after one event; `begins`: with it somebody else holds it, or again.

    `budget_seconds` is asked for where somebody begins to hold it.
    """

    at: int
    tier: int
    team_id: int | None
    came_from: int | None
    policy: Policy
    facts: Facts
    calendar: Calendar
    budget_seconds: int | None
    is_open: bool
    begins: bool

    @classmethod
    def of(cls, fold: Fold, event: Event, before: "_Moment | None") -> "_Moment":
        """Read what follows from the fold and its last event."""
        team_id = _team_after(event, before.team_id if before else None)
        is_open = fold.stages[-1].is_open
        is_new = before is None or not before.is_open or event.kind == "handed_over"
        moved = before is not None and before.team_id not in (None, team_id)
        begins = is_open and (is_new or moved)
        return cls(
            at=event.at if before is None else max(event.at, before.at),
            tier=fold.tier,
            team_id=team_id,
            came_from=event.payload.get("from_team"),
            policy=fold.policy,
            facts=fold.facts,
            calendar=_hours(fold, before),
            budget_seconds=_budget(fold, event.at) if begins else None,
            is_open=is_open,
            begins=begins,
        )


_Piece = tuple[_Moment, int]


def _held(spans: list[list[_Piece]], waits: Pauses, until: int | None) -> Iterator[Held]:
    for number, pieces in enumerate(spans):
        first, last = pieces[0][0], pieces[-1]
        is_last = number == len(spans) - 1
        if first.at == last[1] and not is_last:
            continue
        left = None if is_last else spans[number + 1][0][0].came_from
        service = sum(
            open_seconds_between(moment.calendar, moment.at, end, waits) for moment, end in pieces
        )
        passed = sum(
            open_seconds_between(moment.calendar, moment.at, end) for moment, end in pieces
        )
        yield Held(
            tier=first.tier,
            team_id=last[0].team_id if last[0].team_id is not None else left,
            from_at=first.at,
            until_at=None if is_last and until is not None else last[1],
            service_seconds=service,
            waiting_seconds=passed - service,
            budget_seconds=first.budget_seconds,
        )


def _team_after(event: Event, team_id: int | None) -> int | None:
    """Say whose the case is after an event: it is handed over, or given to a team."""
    if event.kind == "handed_over":
        return event.payload.get("to_team")
    return event.payload.get("team", team_id)


def _hours(fold: Fold, before: _Moment | None) -> Calendar:
    """Find the hours in which a case is answered: those of before, where nothing else holds."""
    if before is not None and before.policy is fold.policy and before.facts is fold.facts:
        return before.calendar
    cell = fold.policy.cell("first_response", fold.facts)
    return ALWAYS if cell is None else service_calendar(cell.calendar, cell.target)


def _budget(fold: Fold, at: int) -> int | None:
    cell = fold.policy.tier_cell(fold.tier, fold.facts)
    return None if cell is None else settle(Aim(cell, at)).promise.need_seconds
