"""Who is answered sooner: plans and levels compared by what they wait on average.

Targets of different kinds have one common measure: the time from opening to due time, on the
calendars of the case, for openings spread over one week.
"""

from collections.abc import Iterator
from functools import lru_cache

from sla.engine.calendar import SECONDS_PER_DAY, SECONDS_PER_HOUR, Calendar, Instant
from sla.engine.checks import levels_key
from sla.engine.errors import EngineError
from sla.engine.lintspace import Box, meet
from sla.engine.lintsurvey import NOTICE, Answer, Finding, Survey
from sla.engine.parts import Level
from sla.engine.target import Target, promise

# Monday, 5 January 2026, midnight UTC: a week like any other.
_FIRST_OPENING: Instant = 1_767_571_200
_OPENINGS = range(_FIRST_OPENING, _FIRST_OPENING + 7 * SECONDS_PER_DAY, 3 * SECONDS_PER_HOUR)
# Waits this close together come from where in the week the openings lie.
_TOLERANCE_SECONDS = SECONDS_PER_HOUR // 4

NEVER = float("inf")


def lint_speed(found: Survey) -> Iterator[Finding]:
    """Find dearer plans and worse levels that wait longer, and urgent levels that gain nothing."""
    for clock in found.clocks:
        yield from _plans(found, clock)
        for axis in found.policy.axes:
            yield from _levels(found, clock, axis)
    for axis in found.policy.axes:
        yield from _no_shorter(found, axis)


def lint_amounts(found: Survey) -> Iterator[Finding]:
    """Find targets that name no figure, or one that can be read in two ways."""
    for number, row in enumerate(found.policy.targets):
        path, target = f"targets[{number}].target", row.target
        if target.kind == "immediate" and row.promised:
            yield Finding("immediate_without_figure", path, {"clock": row.clock})
        if target.goal is not None and target.goal == target.amount:
            yield Finding("goal_is_commitment", path, {"clock": row.clock}, NOTICE)
        elif target.goal is not None and row.promised:
            levels = {
                axis: row.when.get(axis, codes) for axis, codes in _level_codes(found).items()
            }
            several = {axis: codes for axis, codes in levels.items() if len(codes) > 1}
            # One level alone says which cases are meant, whatever else is open.
            if several and len(several) == len(levels):
                yield Finding("range_for_several", path, {"clock": row.clock, "cases": several})


def wait(calendar: Calendar | None, target: Target) -> float | None:
    """Compute the average seconds from opening to due time; None where that says nothing."""
    if target.kind == "scheduled":
        return None
    return NEVER if target.kind == "none" else _wait(calendar, target)


@lru_cache(maxsize=4096)
def _wait(calendar: Calendar | None, target: Target) -> float | None:
    waits = []
    for opened_at in _OPENINGS:
        try:
            due_at = promise(calendar, target, opened_at).due_at
        except EngineError:
            return None
        waits.append((due_at or opened_at) - opened_at)
    return sum(waits) / len(waits)


def _level_codes(found: Survey) -> dict[str, tuple[str, ...]]:
    policy = found.policy
    return {axis: tuple(level.code for level in policy.levels(axis)) for axis in policy.axes}


def _plans(found: Survey, clock: str) -> Iterator[Finding]:
    """Compare plans: each costs more than those before it."""
    dearest_first = tuple(plan.code for plan in reversed(found.policy.plans))
    for params in _inversions(found, clock, "plan", dearest_first):
        yield Finding("dearer_slower", f"targets[{params['number']}]", _shown(params))


def _levels(found: Survey, clock: str, axis: str) -> Iterator[Finding]:
    """Compare levels: each is worse than those after it."""
    worst_first = tuple(level.code for level in found.policy.levels(axis))
    for params in _inversions(found, clock, axis, worst_first):
        yield Finding("worse_slower", f"targets[{params['number']}]", _shown(params))


def _shown(params: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if name != "number"}


def _inversions(
    found: Survey, clock: str, axis: str, best_first: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    """Yield, for each row that waits longer than one for lesser cases, the worst of these."""
    if axis not in found.space.axes:
        return
    rows = found.of(clock).promised
    for better in rows:
        pairs = [
            (gap, pair)
            for lesser in rows
            if lesser is not better
            for gap, pair in _slower(found, axis, best_first, better, lesser)
        ]
        if pairs:
            yield max(pairs, key=lambda pair: pair[0])[1]


def _slower(
    found: Survey, axis: str, best_first: tuple[str, ...], better: Answer, lesser: Answer
) -> Iterator[tuple[float, dict[str, object]]]:
    """Yield where cases that differ on `axis` only wait longer under the better row."""
    space = found.space
    if meet(space.without(better.admits, axis), space.without(lesser.admits, axis)) is None:
        return
    for one in better.cases:
        for other in lesser.cases:
            both = meet(space.without(one, axis), space.without(other, axis))
            high = min(space.on(one, axis), key=best_first.index)
            low = max(space.on(other, axis), key=best_first.index)
            if both is None or best_first.index(high) >= best_first.index(low):
                continue
            for long, short in _waits(found, better.row.clock, both, axis, high, low):
                if long > short + _TOLERANCE_SECONDS:
                    params = {"number": better.number, "other": f"targets[{lesser.number}]"}
                    named = {"clock": better.row.clock, "axis": axis, "code": high, "than": low}
                    figures = {"seconds": _whole(long), "than_seconds": _whole(short)}
                    yield long - short, params | named | figures


def _waits(
    found: Survey, clock: str, box: Box, axis: str, one: str, other: str
) -> Iterator[tuple[float, float]]:
    """Yield how long two codes wait, on one case of a box for each region; not where unknown."""
    for region in found.space.on(box, "region") or (None,):
        chosen = {"region": region} if region else {}
        waits = []
        for code in (one, other):
            facts = found.space.facts(box, **chosen, **{axis: code})
            cell = found.policy.cell(clock, facts)
            waits.append(NEVER if cell is None else wait(cell.calendar, cell.target))
        long, short = waits
        if long is not None and short is not None:
            yield long, short


def _whole(seconds: float) -> int | None:
    """Round a wait; None = for ever."""
    return None if seconds == NEVER else round(seconds)


def _no_shorter(found: Survey, axis: str) -> Iterator[Finding]:
    """Find levels that page, or want somebody at hand, and are answered no sooner (DD-10)."""
    levels = found.policy.levels(axis)
    for number, (level, milder) in enumerate(zip(levels, levels[1:], strict=False)):
        key = _urgency(level)
        if key and _is_no_shorter(found, axis, level.code, milder.code):
            path = f"{levels_key(axis)}[{number}].{key}"
            params = {"axis": axis, "level": level.code, "milder": milder.code}
            yield Finding("urgent_no_sooner", path, params)


def _urgency(level: Level) -> str | None:
    flags = ("paging", "availability_required")
    return next((flag for flag in flags if getattr(level, flag)), None)


def _is_no_shorter(found: Survey, axis: str, code: str, milder: str) -> bool:
    rows = found.of("first_response").promised
    boxes = [box for answer in rows for box in answer.cases if code in found.space.on(box, axis)]
    return any(
        short != NEVER and long + _TOLERANCE_SECONDS >= short
        for box in boxes
        for long, short in _waits(found, "first_response", box, axis, code, milder)
    )
