"""What must hold for the targets of a policy: known codes, fitting hours, no two rules at once."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Protocol

from sla.engine.calendar import Calendar, Instant
from sla.engine.checks import check_codes
from sla.engine.errors import EngineError
from sla.engine.kinds import TIER_TIME, WAITING
from sla.engine.parts import AXES, SERVICE, Facts, TargetRow
from sla.engine.policy import NEED_HOURS, Policy
from sla.engine.shape import Place
from sla.engine.target import promise


class Ruling(Protocol):
    """A row of rules of which the one that names the most axes counts."""

    @property
    def when(self) -> Mapping[str, tuple[str, ...]]: ...


# A calendar of dated openings only is tried from here: Monday, 5 January 2026, midnight UTC.
TRIED_FROM: Instant = 1_767_571_200


def check_rows(policy: Policy, place: Place) -> None:
    """Note every fault of the target rows and between them."""
    for number, row in enumerate(policy.targets):
        _check_row(policy, row, place.index(number))
    by_clock: dict[str, list[tuple[int, TargetRow]]] = {}
    for number, row in enumerate(policy.targets):
        by_clock.setdefault(row.clock, []).append((number, row))
    for rows in by_clock.values():
        check_ambiguity(rows, place)


def check_ambiguity(rows: Sequence[tuple[int, Ruling]], place: Place) -> None:
    """Note each pair of rows that name as many axes and can both match; `place` is their list's.

    A row that names more axes and covers all that both match settles it between them.
    """
    for (first, one), (second, other) in combinations(rows, 2):
        if len(one.when) != len(other.when):
            continue
        shared = _overlap(one, other)
        if shared is not None and not any(_settles(row, shared, one) for _, row in rows):
            place.index(second).key("when").fault(
                "ambiguous", other=f"{place.path}[{first}]", facts=_described(shared)
            )


def _check_row(policy: Policy, row: TargetRow, place: Place) -> None:
    check_codes(policy, row.when, place.key("when"))
    known = {spec.code for spec in policy.calendars}
    if row.clock == WAITING:
        place.key("clock").fault("clock_has_span", clock=row.clock)
    elif row.clock == TIER_TIME:
        place.key("clock").fault("clock_has_budget", clock=row.clock)
    if row.calendar not in (None, SERVICE) and row.calendar not in known:
        place.key("calendar").fault(
            "unknown_code", kind="calendar", name=row.calendar, known=tuple(sorted(known))
        )
    elif row.calendar == SERVICE and row.clock == "first_response":
        place.key("calendar").fault("service_of_itself")
    else:
        _check_hours(policy, row, place)
    if row.target.kind == "immediate" and row.counts_late:
        place.key("counts_late").fault("immediate_counts_late")


def _check_hours(policy: Policy, row: TargetRow, place: Place) -> None:
    if row.calendar is None:
        if row.target.kind in NEED_HOURS:
            place.key("calendar").fault("calendar_needed", kind=row.target.kind)
        return
    if row.target.kind in ("elapsed", "none"):
        place.key("calendar").fault("calendar_not_used", kind=row.target.kind)
    elif row.calendar != SERVICE and not _is_faulty(policy, row.calendar, place):
        _check_reachable(policy, row, place)


def _is_faulty(policy: Policy, code: str, place: Place) -> bool:
    """Tell whether a calendar, or one that it stands for, has faults of its own."""
    faulty = {path.split(".")[1] for path, _, _ in place.found if path.startswith("calendars.")}
    spec = next(spec for spec in policy.calendars if spec.code == code)
    return not faulty.isdisjoint({code, *dict(spec.by_region).values()})


def _check_reachable(policy: Policy, row: TargetRow, place: Place) -> None:
    regions: list[str | None] = [part.code for part in policy.regions]
    for region in regions or [None]:
        code = _calendar_fault(policy, row, region)
        if code is not None:
            place.key("target").fault(code, calendar=row.calendar, region=region)
            return


def _calendar_fault(policy: Policy, row: TargetRow, region: str | None) -> str | None:
    """Try a target on its calendar; give the code of what it ends in, None when it is met."""
    assert row.calendar is not None
    try:
        calendar: Calendar = policy.calendar(row.calendar, Facts(region=region, zone="UTC"))
    except EngineError:
        return None  # noted where the calendar is written
    try:
        promise(calendar, row.target, TRIED_FROM, scheduled_for=TRIED_FROM)
    except EngineError as error:
        return error.code
    return None


def _overlap(one: Ruling, other: Ruling) -> dict[str, set[str]] | None:
    """Compute the codes for which both rows match; None when there are none."""
    shared: dict[str, set[str]] = {}
    for axis in AXES:
        if axis in one.when and axis in other.when:
            shared[axis] = set(one.when[axis]) & set(other.when[axis])
        elif axis in one.when or axis in other.when:
            shared[axis] = set(one.when.get(axis) or other.when[axis])
        if axis in shared and not shared[axis]:
            return None
    return shared


def _settles(row: Ruling, shared: dict[str, set[str]], one: Ruling) -> bool:
    if len(row.when) <= len(one.when):
        return False
    return all(shared.get(axis, {""}) <= set(codes) for axis, codes in row.when.items())


def _described(shared: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {axis: tuple(sorted(codes)) for axis, codes in shared.items()}
