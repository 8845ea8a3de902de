"""Changed cells of a grid as rules of a policy.

Pure. As few rules as possible change, and each attempt is proved: what all rules say together must
differ in the changed cells only. Finer rules go on deciding what they decided before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

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

NOTHING = Target("none")


class Unwritable(ValueError):
    """No set of rules was found that changes these cells and nothing else."""


def write_grid(policy: Policy, grid: Grid, changes: Changes) -> tuple[TargetRow, ...]:
    """Give all rules of the policy with the changed cells saying what is asked, and no other.

    None: nothing is promised. Equal neighbours stay one rule; sources and notes stay with what
    they were said of. Raises Unwritable.
    """
    cells = read_grid(policy.targets, grid)
    real = {key: one for key, one in changes.items() if promise_of(cells[key].row) != one}
    if not real:
        return policy.targets
    own = [row for row in policy.targets if row.clock == grid.clock]
    space = _Space.of(own, grid)
    wanted = _wanted(own, grid, space, cells, real)

    def says(rows: Rows) -> bool:
        return _says(rows, space, wanted)

    for attempt in (_edited(own, grid, cells, real), _spelled_out(own, grid, space, wanted, real)):
        for rows in (_pruned(own, attempt, says), attempt):
            joined = _joined(rows, grid, own)
            if says(joined) and not _is_ambiguous(policy, joined):
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

    def facts(self) -> Iterator[Fact]:
        firsts = [[None if one is None else one[0] for one in known] for known in self.classes]
        return product(*firsts)

    def alike(self, axis: str, code: str) -> tuple[str, ...]:
        """List the codes that the rules treat as they do this one."""
        known = self.classes[self.axes.index(axis)]
        return next(one for one in known if one is not None and code in one)

    def key_of(self, grid: Grid, fact: Fact) -> tuple[str | None, ...]:
        return tuple(fact[self.axes.index(axis)] for axis in grid.axes)

    def winners(self, rows: Rows, fact: Fact) -> list[TargetRow]:
        """List the rules that name the most; two of them contradict each other."""
        known = dict(zip(self.axes, fact, strict=True))
        fitting = [row for row in rows if all(known[axis] in row.when[axis] for axis in row.when)]
        most = max((len(row.when) for row in fitting), default=0)
        return [row for row in fitting if len(row.when) == most]


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
    for fact in space.facts():
        row = next(iter(space.winners(rows, fact)), None)
        key = space.key_of(grid, fact)
        if key in changes and row is cells[key].row:  # type: ignore[index]
            row = _promising(row, grid.clock, changes[key])  # type: ignore[index]
        wanted[fact] = row
    return wanted


def _says(rows: Rows, space: _Space, wanted: Mapping[Fact, TargetRow | None]) -> bool:
    for fact, row in wanted.items():
        said = space.winners(rows, fact)
        if len(said) > 1 or promise_of(said[0] if said else None) != promise_of(row):
            return False
    return True


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
    wanted: Mapping[Fact, TargetRow | None],
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


def _pruned(before: Rows, rows: Rows, holds: Callable[[Rows], bool]) -> Rows:
    """Drop new rules as long as the rest still says what is wanted, the most exact ones first."""
    if not holds(rows):
        return rows
    fresh = [row for row in rows if not any(row is old for old in before)]
    for row in sorted(fresh, key=lambda row: -len(row.when)):
        fewer = [one for one in rows if one is not row]
        rows = fewer if holds(fewer) else rows
    return rows


def _joined(rows: Rows, grid: Grid, before: Rows = ()) -> list[TargetRow]:
    """Join rules that say the same of neighbouring cells, until none do; two old ones stay two."""
    joined = list(rows)
    while (pair := _neighbours(joined, before)) is not None:
        first, second, axis = pair
        codes = (*joined[first].when[axis], *joined.pop(second).when[axis])
        when = {**joined[first].when, axis: _in_order(grid, axis, codes)}
        joined[first] = replace(joined[first], when=when)
    return joined


def _neighbours(rows: Rows, before: Rows) -> tuple[int, int, str] | None:
    for (first, one), (second, other) in combinations(enumerate(rows), 2):
        axis = _difference(one, other)
        if axis is not None and not all(any(row is old for old in before) for row in (one, other)):
            return first, second, axis
    return None


def _difference(one: TargetRow, other: TargetRow) -> str | None:
    """Name the one axis by whose codes alone two rules differ."""
    alike = replace(other, when={}) == replace(one, when={})
    if not alike or one.when.keys() != other.when.keys():
        return None
    axes = [axis for axis in one.when if set(one.when[axis]) != set(other.when[axis])]
    return axes[0] if len(axes) == 1 else None


def _in_order(grid: Grid, axis: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Put codes into the order of the policy; those that the grid does not show come last."""
    known = grid.codes[grid.axes.index(axis)] if axis in grid.axes else ()
    given = tuple(dict.fromkeys(codes))
    return (*(one for one in known if one in given), *(one for one in given if one not in known))
