"""The targets of one clock as a grid of plans and levels.

Pure. A cell is what is promised to a plan at a level where nothing else is told apart; the rule
that says so names no axis but the grid's own. Rules that name more (channels, regions, types) are
"finer": they win for some of the cell's cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from sla.engine.checks import codes_of
from sla.engine.parts import AXES, LEVEL_AXES, TargetRow
from sla.engine.policy import Policy
from sla.engine.target import Target

# One code for each axis of a grid, in the grid's order.
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a cell says."""

    target: Target
    calendar: str | None = None
    counts_late: bool = True
    promised: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one clock: each combination of the codes of `axes`.

    `narrowed`: those of the axes that only say which cases are looked at; they have one code.
    """

    clock: str
    axes: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    narrowed: tuple[str, ...] = ()

    @property
    def down(self) -> str | None:
        """Name the axis of the rows; None where there is one row for all."""
        return "plan" if "plan" in self.axes else None

    @property
    def across(self) -> str | None:
        """Name the axis of the columns; None where there is one for all."""
        shown = [axis for axis in self.axes if axis in LEVEL_AXES and axis not in self.narrowed]
        return shown[0] if shown else None

    def cells(self) -> Iterator[Key]:
        """Yield the cells, row by row."""
        return product(*self.codes)


@dataclass(frozen=True, slots=True)
class GridCell:
    """The rule that wins in a cell, None where there is none, and the finer ones within it."""

    row: TargetRow | None
    finer: tuple[TargetRow, ...] = ()


def grid_of(policy: Policy, clock: str, narrowed: Mapping[str, str] = MappingProxyType({})) -> Grid:
    """Lay out the grid of a clock: plans down, severities across, or priorities without those.

    `narrowed`: axis -> code, for a look at some of the cases only; see `narrowing_axes`.
    """
    codes: dict[str, tuple[str, ...]] = {}
    if policy.plans:
        codes["plan"] = tuple(plan.code for plan in policy.plans)
    for axis in [axis for axis in LEVEL_AXES if policy.levels(axis)][:1]:
        codes[axis] = tuple(level.code for level in policy.levels(axis))
    codes |= {axis: (code,) for axis, code in narrowed.items() if axis not in codes}
    return Grid(clock, tuple(codes), tuple(codes.values()), tuple(narrowed))


def narrowing_axes(policy: Policy) -> tuple[str, ...]:
    """List the axes, neither down nor across, by which a grid can be narrowed."""
    shown = grid_of(policy, "").axes
    return tuple(
        axis for axis in AXES if axis not in (*shown, "product") and codes_of(policy, axis)
    )


def telling_axes(policy: Policy, clock: str) -> tuple[str, ...]:
    """List the axes that every rule of a clock names: without them its grid would be empty."""
    rows = [row for row in policy.targets if row.clock == clock]
    named = narrowing_axes(policy) if rows else ()
    return tuple(axis for axis in named if all(axis in row.when for row in rows))


def read_grid(rows: Sequence[TargetRow], grid: Grid) -> dict[Key, GridCell]:
    """Find the rule that wins in each cell, and the finer ones that win over it for some cases."""
    own = [row for row in rows if row.clock == grid.clock]
    return {key: _cell(own, grid, key) for key in grid.cells()}


def promise_of(row: TargetRow | None) -> Promise | None:
    """Give what a rule promises; None for no rule and for one that says there is no target."""
    if row is None or row.target.kind == "none":
        return None
    return Promise(row.target, row.calendar, row.counts_late, row.promised)


def _cell(rows: Sequence[TargetRow], grid: Grid, key: Key) -> GridCell:
    codes = dict(zip(grid.axes, key, strict=True))
    here = [
        row
        for row in rows
        if all(codes[axis] in row.when[axis] for axis in row.when if axis in codes)
    ]
    plain = [row for row in here if set(row.when) <= set(codes)]
    winner = max(plain, key=lambda row: len(row.when), default=None)
    least = len(winner.when) if winner else -1
    finer = (row for row in here if row not in plain and len(row.when) > least)
    return GridCell(winner, tuple(finer))
