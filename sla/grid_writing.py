"""Changed cells of a grid as rules of a policy.

Pure. As few rules as possible change, and each attempt is proved: what all rules say together must
differ in the changed cells only. Finer rules go on deciding what they decided before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from sla.engine.parts import AXES, TargetRow
from sla.engine.policy import Policy
from sla.engine.rowchecks import check_rows
from sla.engine.shape import Place
from sla.engine.target import Target
from sla.grid import Grid, GridCell, Key, Promise, promise_of, read_grid

# One code, or None for any other, for each axis that some rule tells apart.
Fact = tuple[str | None, ...]
Box = dict[str, tuple[str, ...]]
Rows = Sequence[TargetRow]
Changes = Mapping[Key, Promise | None]
Wanted = Mapping[Fact, TargetRow | None]

NOTHING = Target("none")
# Each of them may need a rule of its own: beyond this a save would keep its reader waiting.
MOST_COMBINATIONS = 3_000


class Unwritable(ValueError):
    """No set of rules was found that changes these cells and nothing else."""


class TooManyCombinations(Unwritable):
    """The rules tell too many kinds of cases apart to look for such a set."""


def write_grid(policy: Policy, grid: Grid, changes: Changes) -> tuple[TargetRow, ...]:
    """Give all rules of the policy with the changed cells saying what is asked, and no other.

    None: nothing is promised. Equal neighbours stay one rule; sources and notes stay with what
    they were said of. Raises Unwritable, and TooManyCombinations at once instead of a long search.
    """
    cells = read_grid(policy.targets, grid)
    real = {key: one for key, one in changes.items() if promise_of(cells[key].row) != one}
    if not real:
        return policy.targets
    own = [row for row in policy.targets if row.clock == grid.clock]
    space = _Space.of(own, grid)
    if space.size() > MOST_COMBINATIONS:
        raise TooManyCombinations(grid.clock, space.size())
    wanted = _wanted(own, grid, space, cells, real)
    for attempt in (_edited(own, grid, cells, real), _spelled_out(own, grid, space, wanted, real)):
        for rows in (_pruned(own, attempt, space, wanted), attempt):
            joined = _joined(rows, grid, own)
            if _Standing(space, joined).says(wanted) and not _is_ambiguous(policy, joined):
                return _merged(policy.targets, grid.clock, joined)
    raise Unwritable(grid.clock, tuple(real))


def _merged(rows: tuple[TargetRow, ...], clock: str, edited: Rows) -> tuple[TargetRow, ...]:
    """Put one clock's rules where its first one stood."""
    clocks = [row.clock for row in rows]
    first = clocks.index(clock) if clock in clocks else len(rows)
    after = (row for row in rows[first:] if row.clock != clock)
    return (*rows[:first], *edited, *after)


# What rules say together.


@dataclass(frozen=True, slots=True)
class _Space:
    """Every combination that the rules tell apart; codes that they never do are one class."""

    axes: tuple[str, ...]
    classes: tuple[tuple[tuple[str, ...] | None, ...], ...]

    @classmethod
    def of(cls, rows: Rows, grid: Grid) -> "_Space":
        named = {axis for row in rows for axis in row.when}
        axes = tuple(axis for axis in AXES if axis in named or axis in grid.axes)
        return cls(axes, tuple(_classes(rows, grid, axis) for axis in axes))

    def size(self) -> int:
        """Count the combinations."""
        return prod(len(known) for known in self.classes)

    def facts(self) -> Iterator[Fact]:
        return product(*(self._firsts(known) for known in self.classes))

    def touched(self, row: TargetRow) -> Iterator[Fact]:
        """Yield the combinations that a rule fits; the first code stands for those alike."""
        fitting = (
            [code for code in self._firsts(known) if axis not in row.when or code in row.when[axis]]
            for axis, known in zip(self.axes, self.classes, strict=True)
        )
        return product(*fitting)

    @staticmethod
    def _firsts(known: tuple[tuple[str, ...] | None, ...]) -> list[str | None]:
        return [None if one is None else one[0] for one in known]

    def alike(self, axis: str, code: str) -> tuple[str, ...]:
        """List the codes that the rules treat as they do this one."""
        known = self.classes[self.axes.index(axis)]
        return next(one for one in known if one is not None and code in one)

    def key_of(self, grid: Grid, fact: Fact) -> tuple[str | None, ...]:
        return tuple(fact[self.axes.index(axis)] for axis in grid.axes)


class _Standing:
    """The rules that fit each combination, while rules are dropped one by one."""

    def __init__(self, space: _Space, rows: Rows) -> None:
        self._space = space
        self._fitting: dict[Fact, list[TargetRow]] = {fact: [] for fact in space.facts()}
        for row in rows:
            for fact in space.touched(row):
                self._fitting[fact].append(row)

    def winners(self, fact: Fact, without: TargetRow | None = None) -> list[TargetRow]:
        """List the rules that name the most; two of them contradict each other."""
        fitting = [row for row in self._fitting[fact] if row is not without]
        most = max((len(row.when) for row in fitting), default=0)
        return [row for row in fitting if len(row.when) == most]

    def says(self, wanted: Wanted, without: TargetRow | None = None) -> bool:
        """Tell whether it comes to what is wanted; of a rule left out only its cases are asked."""
        facts = wanted if without is None else self._space.touched(without)
        return all(self._agrees(self.winners(fact, without), wanted[fact]) for fact in facts)

    def drop(self, row: TargetRow) -> None:
        for fact in self._space.touched(row):
            self._fitting[fact] = [one for one in self._fitting[fact] if one is not row]

    @staticmethod
    def _agrees(said: Rows, row: TargetRow | None) -> bool:
        return len(said) < 2 and promise_of(said[0] if said else None) == promise_of(row)


def _classes(rows: Rows, grid: Grid, axis: str) -> tuple[tuple[str, ...] | None, ...]:
    """Group the codes of an axis; None is any other, but every case has a plan and a level."""
    shown = grid.codes[grid.axes.index(axis)] if axis in grid.axes else ()
    named = dict.fromkeys(code for row in rows for code in row.when.get(axis, ()))
    known: dict[object, list[str]] = {}
    for code in dict.fromkeys((*shown, *named)):
        alike = code if code in shown else tuple(code in row.when.get(axis, ()) for row in rows)
        known.setdefault(alike, []).append(code)
    classes = tuple(tuple(codes) for codes in known.values())
    return classes if axis in (grid.down, grid.across) else (None, *classes)


def _wanted(
    rows: Rows, grid: Grid, space: _Space, cells: Mapping[Key, GridCell], changes: Changes
) -> dict[Fact, TargetRow | None]:
    """Give each combination the rule it is to follow, as if every one had a rule of its own."""
    wanted: dict[Fact, TargetRow | None] = {}
    standing = _Standing(space, rows)
    for fact in space.facts():
        row = next(iter(standing.winners(fact)), None)
        key = space.key_of(grid, fact)
        if key in changes and row is cells[key].row:  # type: ignore[index]
            row = _promising(row, grid.clock, changes[key])  # type: ignore[index]
        wanted[fact] = row
    return wanted


def _is_ambiguous(policy: Policy, rows: Rows) -> bool:
    place = Place("targets", [])
    check_rows(replace(policy, targets=tuple(rows)), place)
    return any(code == "ambiguous" for _path, code, _figures in place.found)


def _promising(row: TargetRow | None, clock: str, promise: Promise | None) -> TargetRow:
    """Give a rule with another promise; without a rule, a new one for any case."""
    row = row or TargetRow(clock, {}, NOTHING)
    if promise is None:
        return replace(row, target=NOTHING, calendar=None, counts_late=True)
    return replace(
        row,
        target=promise.target,
        calendar=promise.calendar,
        counts_late=promise.counts_late,
        promised=promise.promised,
    )


# The first attempt: change, divide and add single rules.


def _edited(
    rows: Rows, grid: Grid, cells: Mapping[Key, GridCell], changes: Changes
) -> list[TargetRow]:
    edited: list[TargetRow] = []
    for row in (*rows, None):
        groups: dict[Promise | None, list[Key]] = {}
        for key, promise in changes.items():
            if cells[key].row is row:
                groups.setdefault(promise, []).append(key)
        if groups:
            edited += _divided(row, grid, cells, groups)
        elif row is not None:
            edited.append(row)
    return edited


def _divided(
    row: TargetRow | None,
    grid: Grid,
    cells: Mapping[Key, GridCell],
    groups: Mapping[Promise | None, list[Key]],
) -> Iterator[TargetRow]:
    """Yield what becomes of a rule of which some cells say something else now.

    Where all of them do, the rule itself follows most of them.
    """
    changed = [key for keys in groups.values() for key in keys]
    left = dict(groups)
    if row is not None and not _rest(row, grid, cells, changed):
        promise = max(groups, key=lambda one: len(groups[one]))
        left.pop(promise)
        row = _promising(row, grid.clock, promise)
    moved = [key for keys in left.values() for key in keys]
    if row is not None:
        yield from _without(row, grid, moved) if set(row.when) == set(grid.axes) else (row,)
    for promise, keys in left.items():
        said = _promising(row, grid.clock, promise)
        singles = [dict(zip(grid.axes, ((code,) for code in key), strict=True)) for key in keys]
        yield from _joined([replace(said, when=box) for box in singles], grid)


def _rest(
    row: TargetRow, grid: Grid, cells: Mapping[Key, GridCell], changed: Sequence[Key]
) -> bool:
    """Tell whether a rule still decides something as it did: in a cell, or out of the grid."""
    if any(cell.row is row and key not in changed for key, cell in cells.items()):
        return True
    for axis, shown in zip(grid.axes, grid.codes, strict=True):
        elsewhere = set(row.when.get(axis, ())) - set(shown)
        if elsewhere or (axis in grid.narrowed and axis not in row.when):
            return True
    return False


def _without(row: TargetRow, grid: Grid, keys: Iterable[Key]) -> list[TargetRow]:
    """Take cells out of a rule that names all axes of the grid; what is left may need several."""
    boxes = [dict(row.when)]
    for key in keys:
        codes = dict(zip(grid.axes, key, strict=True))
        boxes = [part for box in boxes for part in _minus(box, codes)]
    if boxes == [row.when]:
        return [row]
    return _joined([replace(row, when=box) for box in boxes], grid)


def _minus(box: Box, codes: Mapping[str, str]) -> Iterator[Box]:
    """Yield what is left of a box without the part that has all of `codes`."""
    if any(code not in box[axis] for axis, code in codes.items()):
        yield box
        return
    inner = dict(box)
    for axis, code in codes.items():
        others = tuple(one for one in inner[axis] if one != code)
        if others:
            yield {**inner, axis: others}
        inner[axis] = (code,)


# The second attempt: a rule for every combination within the changed cells.


def _spelled_out(
    rows: Rows,
    grid: Grid,
    space: _Space,
    wanted: Wanted,
    changes: Changes,
) -> list[TargetRow]:
    kept: list[TargetRow] = []
    for row in rows:
        names_all = set(grid.axes) <= set(row.when)
        kept += _without(row, grid, changes) if names_all else [row]
    for fact, row in wanted.items():
        if space.key_of(grid, fact) in changes:
            named = zip(space.axes, fact, strict=True)
            box = {axis: space.alike(axis, code) for axis, code in named if code is not None}
            kept.append(replace(row or TargetRow(grid.clock, {}, NOTHING), when=box))
    return kept


# Tidying up: as few rules as say the same.


def _pruned(before: Rows, rows: Rows, space: _Space, wanted: Wanted) -> Rows:
    """Drop new rules as long as the rest still says what is wanted, the most exact ones first."""
    standing = _Standing(space, rows)
    if not standing.says(wanted):
        return rows
    old = {id(row) for row in before}
    fresh = [row for row in rows if id(row) not in old]
    dropped: set[int] = set()
    for row in sorted(fresh, key=lambda row: -len(row.when)):
        if standing.says(wanted, without=row):
            standing.drop(row)
            dropped.add(id(row))
    return [row for row in rows if id(row) not in dropped]


def _joined(rows: Rows, grid: Grid, before: Rows = ()) -> list[TargetRow]:
    """Join rules that say the same of neighbouring cells, until none do; two old ones stay two."""
    alike: dict[object, dict[int, TargetRow]] = {}
    for place, row in enumerate(rows):
        said = (replace(row, when={}), frozenset(row.when))
        alike.setdefault(said, {})[place] = row
    old = {id(row) for row in before}
    for group in alike.values():
        _join_alike(group, grid, old)
    return [row for _place, row in sorted(_flat(alike.values()), key=lambda pair: pair[0])]


def _flat(groups: Iterable[Mapping[int, TargetRow]]) -> Iterator[tuple[int, TargetRow]]:
    for group in groups:
        yield from group.items()


def _join_alike(group: dict[int, TargetRow], grid: Grid, old: set[int]) -> None:
    """Join what differs by the codes of one axis alone; the earlier of two takes in the later.

    What was joined is looked at again beside those before it, so that the order of the rules
    alone decides.
    """
    waiting = list(group)
    while waiting:
        place = waiting[0]
        if place not in group or (other := _partner(group, place, old)) is None:
            waiting.pop(0)
            continue
        first, second = sorted((place, other))
        group[first] = _one_of(group[first], group.pop(second), grid)
        waiting.insert(0, first)


def _partner(group: Mapping[int, TargetRow], place: int, old: set[int]) -> int | None:
    row = group[place]
    for other, known in group.items():
        both_old = id(row) in old and id(known) in old
        if other != place and not both_old and _difference(row, known) is not None:
            return other
    return None


def _one_of(row: TargetRow, later: TargetRow, grid: Grid) -> TargetRow:
    axis = _difference(row, later)
    assert axis is not None
    codes = _in_order(grid, axis, (*row.when[axis], *later.when[axis]))
    return replace(row, when={**row.when, axis: codes})


def _difference(one: TargetRow, other: TargetRow) -> str | None:
    """Name the one axis by whose codes alone two rules of the same axes differ."""
    axes = [axis for axis in one.when if set(one.when[axis]) != set(other.when[axis])]
    return axes[0] if len(axes) == 1 else None


def _in_order(grid: Grid, axis: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Put codes into the order of the policy; those that the grid does not show come last."""
    known = grid.codes[grid.axes.index(axis)] if axis in grid.axes else ()
    given = tuple(dict.fromkeys(codes))
    return (*(one for one in known if one in given), *(one for one in given if one not in known))
