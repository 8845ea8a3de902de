"""Whose promises change from one policy to another, cell by cell: no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.comparison import (
    calendar_differences,
    promise_text,
    target_differences,
)
from sla.differences import Difference
from sla.engine.calendarparts import CalendarSpec
from sla.engine.errors import EngineError
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.parts import AXES, SERVICE, Cell, Facts, TargetRow
from sla.engine.policy import Policy
from sla.offer_promises import terms_changes, terms_differ
from sla.region_comparison import moved_regions, regional_hours, regions_under
from sla.section_comparison import holiday_differences
from sla.words import CLOCK_NAMES, axis_parts, part_name

# A zone that no vendor has, so that hours in the customer's own zone differ from the vendor's.
_ELSEWHERE = "Etc/GMT+12"

WORDS = {
    "same": "",
    "changed": gettext_lazy("changed"),
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("gone"),
}
SIGNS = {"same": "", "changed": "≠", "new": "+", "gone": "−"}


@dataclass(frozen=True, slots=True)
class GridCell:
    """What a plan and a level are promised before and after; several lines where it depends."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def state(self) -> str:
        if self.before == self.after:
            return "same"
        if not self.before:
            return "new"
        return "changed" if self.after else "gone"

    @property
    def word(self) -> str:
        return str(WORDS[self.state])

    @property
    def sign(self) -> str:
        return SIGNS[self.state]


@dataclass(frozen=True, slots=True)
class Grid:
    """One clock: a row for each plan, a column for each level."""

    clock: str
    name: str
    levels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]

    @property
    def labelled(self) -> tuple[tuple[str, tuple[tuple[str, GridCell], ...]], ...]:
        """Give each row's cells with the names of their levels."""
        return tuple(
            (plan, tuple(zip(self.levels, cells, strict=True))) for plan, cells in self.rows
        )

    @property
    def is_changed(self) -> bool:
        return any(cell.state != "same" for _plan, cells in self.rows for cell in cells)


def plans_affected(before: Policy, after: Policy) -> set[str]:
    """Name the plans, as contracts name them, for which anything promised to customers changes.

    Target, hours and holidays count, and the terms: prices, what a plan brings, who may file; the
    desk's own aims do not. "" stands for those who bought none: they have the default plan, or the
    policy sells none. An empty set = nobody is affected.
    """
    codes = {plan.code for policy in (before, after) for plan in policy.plans} | {""}
    return {
        code
        for code in codes
        if _differs(before, after, code)
        or terms_differ(before, after, _plan_of(before, code), _plan_of(after, code))
    }


def promised_changes(before: Policy, after: Policy, plan: str) -> tuple[Difference, ...]:
    """List in words what changes of what a plan's customers are promised; "" as above."""
    one, other = _as_promised(before, plan), _as_promised(after, plan)
    lists = {spec.holidays for spec in other.calendars if spec.holidays}
    found = (
        *target_differences(one, other),
        *calendar_differences(one, other),
        *holiday_differences(one, other, lists),
        *terms_changes(before, after, _plan_of(before, plan), _plan_of(after, plan)),
    )
    return tuple(each for each in found if (each.before, each.after) != (None, None))


def grids(before: Policy | None, after: Policy) -> list[Grid]:
    """Draw every clock that either policy has rules for, plan by level."""
    before = before or after
    clocks = [
        clock
        for clock in DEFAULT_KINDS
        if any(row.clock == clock for policy in (before, after) for row in policy.targets)
    ]
    axes = after.axes or before.axes or ("",)
    return [_grid(before, after, clock, axis) for clock in clocks for axis in axes]


def _differs(before: Policy, after: Policy, plan: str) -> bool:
    clocks = {row.clock for policy in (before, after) for row in policy.targets}
    return any(
        _promised(before, clock, replace(facts, plan=_plan_of(before, plan)))
        != _promised(after, clock, replace(facts, plan=_plan_of(after, plan)))
        for clock in sorted(clocks)
        for facts in _every_case(before, after, clock)
    )


def _plan_of(policy: Policy, named: str) -> str | None:
    """Find the plan of a contract that names one, or none, under a policy."""
    if not policy.plans:
        return None
    return named or next((plan.code for plan in policy.plans if plan.default), None)


def _promised(policy: Policy, clock: str, facts: Facts) -> object:
    """Give what a customer is promised so that two can be compared; None = nothing."""
    if policy.plans and policy.plan(facts.plan) is None:
        return None
    cell = _cell(policy, clock, facts)
    if cell is None or not cell.row.promised:
        return None
    return cell.target, cell.calendar


def _cell(policy: Policy, clock: str, facts: Facts) -> Cell | None:
    try:
        return policy.cell(clock, facts)
    except EngineError:
        # A region that only the other policy knows.
        return None


def _every_case(before: Policy, after: Policy, clock: str) -> Iterator[Facts]:
    """Go through all combinations of facts that a clock's rules and hours can depend on."""
    axes = _axes_named(before, clock) | _axes_named(after, clock) | {"region"}
    chosen = [axis for axis in AXES if axis in axes and axis != "plan"]
    for codes in product(*(_codes(before, after, axis) for axis in chosen)):
        yield Facts(zone=_ELSEWHERE, **dict(zip(chosen, codes, strict=True)))


def _axes_named(policy: Policy, clock: str) -> set[str]:
    rows = [row for row in policy.targets if row.clock == clock]
    if any(row.calendar == SERVICE for row in rows):
        rows += [row for row in policy.targets if row.clock == "first_response"]
    return {axis for row in rows for axis in row.when}


def _codes(before: Policy, after: Policy, axis: str) -> Sequence[str | None]:
    """List the codes of an axis in either policy; None where neither has any."""
    if axis == "product":
        rows = (*before.targets, *after.targets)
        return (None, *dict.fromkeys(code for row in rows for code in row.when.get(axis, ())))
    parts = (*axis_parts(after, axis), *axis_parts(before, axis))
    return tuple(dict.fromkeys(part.code for part in parts)) or (None,)  # type: ignore[attr-defined]


def _as_promised(policy: Policy, plan: str) -> Policy:
    """Leave of a policy what is promised to a plan, as its customers would read it."""
    code = _plan_of(policy, plan)
    rows = [
        replace(row, when={axis: codes for axis, codes in row.when.items() if axis != "plan"})
        for row in sorted(policy.targets, key=lambda row: len(row.when))
        if row.promised and code in row.when.get("plan", (code,))
    ]
    used = tuple(spec for spec in policy.calendars if spec.code in _used_hours(policy, rows))
    return replace(policy, targets=tuple(rows), calendars=used)


def _used_hours(policy: Policy, rows: Sequence[TargetRow]) -> set[str]:
    named = {row.calendar for row in rows if row.calendar}
    return named | {
        code for spec in policy.calendars if spec.code in named for code in _served_by(spec)
    }


def _served_by(spec: CalendarSpec) -> Iterator[str]:
    return (code for _region, code in spec.by_region)


def _grid(before: Policy, after: Policy, clock: str, axis: str) -> Grid:
    plans = _codes(before, after, "plan")
    levels = _codes(before, after, axis) if axis else (None,)
    rows = tuple(
        (
            _name(before, after, "plan", plan) or _("Every plan"),
            tuple(_grid_cell(before, after, clock, plan, axis, level) for level in levels),
        )
        for plan in plans
    )
    names = tuple(
        _name(before, after, axis, level) if axis else _("Every case") for level in levels
    )
    return Grid(clock, str(CLOCK_NAMES[clock]), names, rows)


def _name(before: Policy, after: Policy, axis: str, code: str | None) -> str:
    if code is None:
        return ""
    named = part_name(after, axis, code)
    return part_name(before, axis, code) if named == code else named


def _grid_cell(
    before: Policy, after: Policy, clock: str, plan: str | None, axis: str, level: str | None
) -> GridCell:
    fixed = {"plan": plan} | ({axis: level} if axis else {})
    named = _axes_named(before, clock) | _axes_named(after, clock)
    if _moved(before, after, clock):
        named |= {"region"}
    others = [one for one in AXES if one in named and one not in fixed]
    combinations = [
        dict(zip(others, codes, strict=True))
        for codes in product(*(_codes(before, after, one) for one in others))
    ]
    return GridCell(
        _lines(before, after, clock, fixed, combinations),
        _lines(after, before, clock, fixed, combinations),
    )


def _moved(before: Policy, after: Policy, clock: str) -> frozenset[str]:
    """List the regions whose customers are served in other hours under a clock's rules."""
    rows = [row for policy in (before, after) for row in policy.targets if row.clock == clock]
    calendars = {row.calendar for row in rows if row.calendar}
    return frozenset().union(*(moved_regions(before, after, code) for code in calendars))


def _lines(
    policy: Policy,
    beside: Policy,
    clock: str,
    fixed: dict[str, str | None],
    combinations: list[dict[str, str | None]],
) -> tuple[str, ...]:
    """Say what is aimed at for a plan and a level, once for all other facts that come to it.

    `beside` is the policy that it is compared with.
    """
    found: dict[str, list[dict[str, str | None]]] = {}
    for other in combinations:
        text = _promise_of(policy, beside, clock, fixed | other)
        found.setdefault(text, []).append(other)
    if set(found) == {""}:
        return ()
    return tuple(
        _line(policy, beside, text or _("no target"), cases, combinations)
        for text, cases in sorted(found.items(), key=lambda one: -len(one[1]))
    )


def _promise_of(policy: Policy, beside: Policy, clock: str, facts: dict[str, str | None]) -> str:
    """Say what is aimed at in one case, and in whose hours where its region gets others."""
    region = facts.get("region")
    here = regions_under(policy, region, beside) if region else ()
    row = policy.rule(clock, Facts(**facts | ({"region": here[0]} if here else {})))
    if row is None or row.target.kind == "none":
        return ""
    if not region or not row.calendar or region not in moved_regions(policy, beside, row.calendar):
        return promise_text(row, policy)
    spec = next(spec for spec in policy.calendars if spec.code == row.calendar)
    return promise_text(row, policy, regional_hours(policy, spec, region, beside))


def _line(
    policy: Policy,
    beside: Policy,
    text: str,
    cases: list[dict[str, str | None]],
    combinations: list[dict[str, str | None]],
) -> str:
    """Put before a text for which of the other facts it holds: "Phone: immediately"."""
    named = []
    for axis in combinations[0]:
        here = dict.fromkeys(case[axis] for case in cases)
        if len(here) < len({case[axis] for case in combinations}):
            names = [_name(beside, policy, axis, code) or _("others") for code in here]
            named.append(_(" or ").join(names))
    return f"{', '.join(named)}: {text}" if named else text
