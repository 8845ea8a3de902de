"""Who is answered sooner: plans and levels compared by what they wait on average.

Targets of different kinds have one common measure: the time from opening to due time, on the
calendars of the case, for openings spread over one week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sla.engine.calendar import SECONDS_PER_DAY, SECONDS_PER_HOUR, Calendar, Instant
from sla.engine.checks import levels_key
from sla.engine.errors import EngineError
from sla.engine.lintspace import Box, meet
from sla.engine.lintsurvey import NOTICE, Answer, Finding, Survey
from sla.engine.parts import SERVICE, Facts, Level
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
    for number, params in _inversions(found, clock, "plan", best_is_last=True):
        yield Finding("dearer_slower", f"targets[{number}]", params)


def _levels(found: Survey, clock: str, axis: str) -> Iterator[Finding]:
    """Compare levels: each is worse than those after it."""
    for number, params in _inversions(found, clock, axis, best_is_last=False):
        yield Finding("worse_slower", f"targets[{number}]", params)


@dataclass(frozen=True, slots=True)
class _Side:
    """A row as one side of a comparison on one axis.

    `fastest` and `slowest` bound what its cases wait; `pieces` are its cases, with every code of
    the axis, beside the codes of the axis that they have.
    """

    answer: Answer
    fastest: float
    slowest: float
    pieces: tuple[tuple[Box, int], ...]


def _inversions(
    found: Survey, clock: str, axis: str, *, best_is_last: bool
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield each row that waits longer than one for lesser cases: its number, and the fastest."""
    if axis not in found.space.axes:
        return
    sides = [side for answer in found.of(clock).promised if (side := _side(found, axis, answer))]
    fastest_first = sorted(sides, key=lambda side: side.fastest)
    for better in sides:
        for lesser in fastest_first:
            if lesser.fastest + _TOLERANCE_SECONDS >= better.slowest:
                break
            params = next(_slower(found, axis, better, lesser, best_is_last), None)
            if params is not None:
                yield better.answer.number, params
                break


def _side(found: Survey, axis: str, answer: Answer) -> _Side | None:
    """Measure a row; None where nothing can be said of what its cases wait."""
    row, number = answer.row, found.space.axes.index(axis)
    waits: list[float | None] = [0, NEVER]
    # Whose hours these are depends on the case: it is weighed case by case.
    if row.calendar != SERVICE:
        regions = found.space.on(found.space.whole, "region") or (None,)
        calendars = [_calendar(found, row.calendar, region) for region in regions]
        waits = [wait(calendar, row.target) for calendar in calendars]
    known = [seconds for seconds in waits if seconds is not None]
    if not known:
        return None
    pieces = tuple((found.space.without(box, axis), box[number]) for box in answer.cases)
    return _Side(answer, min(known), max(known), pieces)


def _calendar(found: Survey, code: str | None, region: str | None) -> Calendar | None:
    return None if code is None else found.policy.calendar(code, Facts(region=region))


def _slower(
    found: Survey, axis: str, better: _Side, lesser: _Side, best_is_last: bool
) -> Iterator[dict[str, object]]:
    """Yield where cases that differ on `axis` only wait longer under the better row."""
    codes = found.space.codes[found.space.axes.index(axis)]
    for one, bits in better.pieces:
        for other, other_bits in lesser.pieces:
            high, low = (_last(bits), _first(other_bits))
            if not best_is_last:
                high, low = (_last(other_bits), _first(bits))
            if high <= low or (both := meet(one, other)) is None:
                continue
            best, least = (high, low) if best_is_last else (low, high)
            named = {"axis": axis, "code": codes[best], "than": codes[least]}
            clock = better.answer.row.clock
            for long, short in _waits(found, clock, both, axis, codes[best], codes[least]):
                if long > short + _TOLERANCE_SECONDS:
                    rows = {"clock": clock, "other": f"targets[{lesser.answer.number}]"}
                    yield rows | named | {"seconds": _whole(long), "than_seconds": _whole(short)}


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _last(bits: int) -> int:
    return bits.bit_length() - 1


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
