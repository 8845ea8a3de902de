"""The response table: what is promised to whom, per clock, plan by level."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sla.engine.parts import LEVEL_AXES, SERVICE, Facts, Level, Plan, TargetRow
from sla.engine.policy import Policy
from sla.explain import target_text
from sla.words import AXIS_NAMES, CLOCK_NAMES, axis_parts, part_name

_RANGE = re.compile(r"(\d+)-(\d+)")
# What the table is drawn over; rules that ask for more than these are told below it.
_TABLED = ("plan", *LEVEL_AXES, "case_type")

Part = Level | Plan | None
Parts = tuple[Plan, ...] | tuple[None]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a cell or a note says; no `target` = nothing is promised.

    `hours` names the calendar, `calendar` is its code, both "" round the clock. `note` is what the
    vendor says beside it. `by_channel` has what channels promise otherwise: names, and promise.
    """

    target: str = ""
    hours: str = ""
    calendar: str = ""
    note: str = ""
    by_channel: tuple[tuple[str, "Promise"], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The rules of one cell of the table: for every channel, and those of single channels."""

    rule: TargetRow | None
    by_channel: tuple[tuple[str, TargetRow], ...]

    @property
    def rules(self) -> list[TargetRow]:
        own = [rule for _channel, rule in self.by_channel]
        return [self.rule, *own] if self.rule else own


@dataclass(frozen=True, slots=True)
class Row:
    """One level, or the only row of a policy without levels, with a cell for each column."""

    name: str
    cells: tuple[tuple[str, Promise], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A rule that the table does not show: whom it is for, and what it promises."""

    cases: str
    promise: Promise


@dataclass(frozen=True, slots=True)
class Table:
    """One promised clock. `given` says for which cases the table is, "" = for all."""

    clock: str
    name: str
    axis: str
    given: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


def promised_rows(policy: Policy) -> tuple[TargetRow, ...]:
    """List the rules that customers are told, clock by clock."""
    return tuple(row for row in policy.targets if row.promised)


def response_tables(policy: Policy) -> tuple[Table, ...]:
    """Draw one table for every clock that promises something, in the order of the clocks."""
    told = {row.clock for row in promised_rows(policy) if row.target.kind != "none"}
    return tuple(_table(policy, clock) for clock in CLOCK_NAMES if clock in told)


def promise_of(row: TargetRow | None, policy: Policy) -> Promise:
    """Say what a rule promises, and in which hours."""
    if row is None or not row.promised:
        return Promise()
    if row.target.kind == "none":
        return Promise(note=row.note)
    target = _RANGE.sub(lambda found: _range(*found.groups()), target_text(row.target))
    if row.calendar is None:
        return Promise(target, note=row.note)
    if row.calendar == SERVICE:
        return Promise(target, _("the hours of the first response"), note=row.note)
    names = {spec.code: spec.name for spec in policy.calendars}
    return Promise(target, names[row.calendar], row.calendar, row.note)


def _range(lower: str, upper: str) -> str:
    return pgettext("range", "%(lower)s to %(upper)s") % {"lower": lower, "upper": upper}


def _table(policy: Policy, clock: str) -> Table:
    rules = [row for row in promised_rows(policy) if row.clock == clock]
    named = {axis for row in rules for axis in row.when}
    axis = next((axis for axis in policy.axes if axis in named), "")
    given = _usual(policy, named - {axis, "plan"})
    plans: Parts = policy.plans if "plan" in named and policy.plans else (None,)
    down, across = (policy.levels(axis), plans) if axis else (plans, (None,))
    drawn = [
        [_cell(policy, clock, _facts(given, part, other)) for other in across] for part in down
    ]
    shown = [rule for line in drawn for cell in line for rule in cell.rules]
    asked = {one for rule in shown for one in rule.when}
    hidden = (row for row in rules if row not in shown)
    columns = tuple(_name(part, _("Time")) for part in across)
    return Table(
        clock=clock,
        name=str(CLOCK_NAMES[clock]),
        axis=str(AXIS_NAMES[axis or "plan"]) if down != (None,) else "",
        given=_given_text({one: given[one] for one in given if one in asked}, policy),
        columns=columns,
        rows=tuple(
            _row(part, columns, line, policy) for part, line in zip(down, drawn, strict=True)
        ),
        notes=tuple(Note(_cases(row, policy), promise_of(row, policy)) for row in hidden),
    )


def _row(part: Part, columns: Sequence[str], cells: Sequence[Cell], policy: Policy) -> Row:
    told = zip(columns, (_promise_in(cell, policy) for cell in cells), strict=True)
    return Row(_name(part, _("Every case")), tuple(told))


def _promise_in(cell: Cell, policy: Policy) -> Promise:
    """Say what a cell promises, and which channels promise something else."""
    usual = promise_of(cell.rule, policy)
    names: dict[Promise, list[str]] = {}
    for code, rule in cell.by_channel:
        names.setdefault(promise_of(rule, policy), []).append(part_name(policy, "channel", code))
    return replace(
        usual, by_channel=tuple((_(" or ").join(some), own) for own, some in names.items())
    )


def _name(part: Part, otherwise: str) -> str:
    return part.name if part else otherwise


def _given_text(given: dict[str, str], policy: Policy) -> str:
    named = [f"{AXIS_NAMES[axis]} {part_name(policy, axis, code)}" for axis, code in given.items()]
    return ", ".join(named)


def _usual(policy: Policy, axes: set[str]) -> dict[str, str]:
    """Choose what the table is given for: the usual type, and the usual other level."""
    usual = {}
    for axis in (*LEVEL_AXES, "case_type"):
        parts: Sequence = axis_parts(policy, axis) if axis in axes else ()
        default = next((part for part in parts if part.default), parts[0] if parts else None)
        if default is not None:
            usual[axis] = default.code
    return usual


def _facts(given: dict[str, str], *parts: Part) -> Facts:
    """Put the facts of a cell together: those of the table, and its row's and column's parts."""
    of_parts = {
        part.axis if isinstance(part, Level) else "plan": part.code for part in parts if part
    }
    return Facts(**given, **of_parts)


def _cell(policy: Policy, clock: str, facts: Facts) -> Cell:
    """Find the rules for a cell: none that asks for an edition, product or region.

    A policy's default region is nobody's region here: rules for regions are told as notes.
    """
    usual = _rule(policy, clock, facts, _TABLED)
    found = (
        (code, _rule(policy, clock, replace(facts, channel=code), (*_TABLED, "channel")))
        for code in _channels(policy, facts.plan)
    )
    otherwise = _bare(usual, policy)
    own = ((code, rule) for code, rule in found if rule and _bare(rule, policy) != otherwise)
    return Cell(usual, tuple(own))


def _bare(rule: TargetRow | None, policy: Policy) -> Promise:
    """Say what a rule promises, without the vendor's own words beside it."""
    return replace(promise_of(rule, policy), note="")


def _channels(policy: Policy, plan: str | None) -> Iterator[str]:
    """List the channels that a plan has, without those that count as another."""
    for channel in policy.channels:
        is_had = plan is None or not channel.plans or plan in channel.plans
        if channel.counts_as is None and is_had:
            yield channel.code


def _rule(policy: Policy, clock: str, facts: Facts, axes: Collection[str]) -> TargetRow | None:
    """Find the rule that counts among those that ask for nothing beside `axes`."""
    plain = (one.row for one in policy.candidates(clock, facts) if not one.fails)
    return next((row for row in plain if set(row.when) <= set(axes)), None)


def _cases(row: TargetRow, policy: Policy) -> str:
    """Say whom a rule is for, without the axes of which it names all there is."""
    return ", ".join(_axes(row, policy)) or _("Every case")


def _axes(row: TargetRow, policy: Policy) -> Iterator[str]:
    for axis, codes in row.when.items():
        known = {part.code for part in axis_parts(policy, axis)}  # type: ignore[attr-defined]
        if not known or not known <= set(codes):
            names = _(" or ").join(part_name(policy, axis, code) for code in codes)
            # Where there are two kinds of levels, "Low" alone could be either.
            is_told = axis in LEVEL_AXES and len(policy.axes) > 1
            yield f"{AXIS_NAMES[axis]} {names}" if is_told else names
