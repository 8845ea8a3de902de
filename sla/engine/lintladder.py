"""The ladder and the clocks: steps that never fire, lateness that nobody hears of."""

from collections.abc import Iterator

from sla.engine.kinds import WAITING
from sla.engine.lintspace import Box, TooManyPieces, joined, meet, minus
from sla.engine.lintsurvey import ERROR, Finding, Survey
from sla.engine.parts import TIERS, LadderStep
from sla.engine.policy import Policy

_WHEN_LATE = ("due", "after")
_STARTS = ("start", "restart")


def lint_ladder(found: Survey) -> Iterator[Finding]:
    """Find steps that can never fire, promises whose breach nobody hears of, and missing tiers."""
    for number, step in enumerate(found.policy.ladder):
        if not _can_fire(found, step):
            params = {"clock": step.clock, "moment": step.at}
            yield Finding("step_never_fires", f"ladder[{number}]", params)
        if step.action == "hand_over":
            yield from _tiers_left_out(found, number, step)
    for clock in found.clocks:
        yield from _untold(found, clock)


def lint_kinds(policy: Policy) -> Iterator[Finding]:
    """Find clocks that have targets and that no event starts."""
    for clock in dict.fromkeys(row.clock for row in policy.targets if row.target.kind != "none"):
        effects = policy.kinds[clock].effects.values()
        if not any(effect in _STARTS for effect in effects):
            yield Finding("never_started", f"clocks.{clock}", {"clock": clock}, ERROR)


def _can_fire(found: Survey, step: LadderStep) -> bool:
    effects = found.policy.kinds[step.clock].effects.values()
    if not any(effect in _STARTS for effect in effects):
        return False
    if step.clock == WAITING:
        return step.at == "opened" or found.policy.waiting.close_after is not None
    if step.at == "opened" or found.of(step.clock).is_partial:
        return True
    own = found.space.box(step.when)
    return any(meet(box, own) for box in _with_lateness(found, step.clock))


def _with_lateness(found: Survey, clock: str, *, promised: bool = False) -> list[Box]:
    """List the cases in which a clock has a due time that can be missed."""
    coverage = found.of(clock)
    answers = coverage.promised if promised else coverage.answers
    return [
        box
        for answer in answers
        if answer.row.counts_late and answer.row.target.kind != "none"
        for box in answer.cases
    ]


def _untold(found: Survey, clock: str) -> Iterator[Finding]:
    """Find promised cases that run late without anybody being told."""
    steps = [step for step in found.policy.ladder if _hears(step, clock)]
    told = [
        found.space.box(step.when)
        for step in steps
        if not step.tiers or _all_tiers_hear(found.policy, step)
    ]
    try:
        left = minus(_with_lateness(found, clock, promised=True), told)
    except TooManyPieces:
        return
    for box in joined(left):
        yield Finding("late_untold", "ladder", {"clock": clock, "cases": found.space.describe(box)})


def _hears(step: LadderStep, clock: str) -> bool:
    return step.clock == clock and step.at in _WHEN_LATE


def _all_tiers_hear(policy: Policy, step: LadderStep) -> bool:
    return set(TIERS) <= _tiers_beside(policy, step)


def _tiers_left_out(found: Survey, number: int, step: LadderStep) -> Iterator[Finding]:
    """Find tiers in which nothing happens where another tier hands the case over."""
    missing = tuple(sorted(set(TIERS) - _tiers_beside(found.policy, step)))
    if missing:
        params = {"clock": step.clock, "tiers": missing}
        yield Finding("tier_left_out", f"ladder[{number}].tiers", params)


def _tiers_beside(policy: Policy, step: LadderStep) -> set[int]:
    """List the tiers in which a late clock of the cases of a step sets something off."""
    return {
        tier
        for other in policy.ladder
        if _hears(other, step.clock) and _is_as_wide(other, step)
        for tier in other.tiers or TIERS
    }


def _is_as_wide(other: LadderStep, step: LadderStep) -> bool:
    """Tell whether a step is for all the cases of another."""
    return all(
        set(step.when.get(axis, ())) <= set(codes) and axis in step.when
        for axis, codes in other.when.items()
    )
