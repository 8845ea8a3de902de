"""The ladder and the clocks: steps that never fire, lateness that nobody hears of."""

from collections.abc import Iterator

from sla.engine.kinds import TIER_TIME, WAITING
from sla.engine.lintcare import is_filed
from sla.engine.lintspace import Box, TooManyPieces, joined, meet, minus
from sla.engine.lintsurvey import ERROR, Finding, Survey
from sla.engine.parts import THE_CASE, TIERS, LadderStep
from sla.engine.policy import Policy

_WHEN_LATE = ("due", "after")
_STARTS = ("start", "restart")
# Why a step never fires is another thing where there is no clock with a target.
_NEVER = {THE_CASE: "step_for_nobody", TIER_TIME: "tier_without_budget"}


def lint_ladder(found: Survey) -> Iterator[Finding]:
    """Find steps that can never fire, promises whose breach nobody hears of, and missing tiers."""
    for number, step in enumerate(found.policy.ladder):
        if not _can_fire(found, step):
            params = {"clock": step.clock, "moment": step.at}
            yield Finding(_NEVER.get(step.clock, "step_never_fires"), f"ladder[{number}]", params)
    clocks = (step.clock for step in found.policy.ladder if step.clock not in (THE_CASE, TIER_TIME))
    for clock in dict.fromkeys(clocks):
        yield from _tiers_left_out(found.policy, clock)
    for clock in found.clocks:
        yield from _untold(found, clock)


def lint_kinds(policy: Policy) -> Iterator[Finding]:
    """Find clocks that have targets and that no event starts."""
    for clock in dict.fromkeys(row.clock for row in policy.targets if row.target.kind != "none"):
        effects = policy.kinds[clock].effects.values()
        if not any(effect in _STARTS for effect in effects):
            yield Finding("never_started", f"clocks.{clock}", {"clock": clock}, ERROR)


def _can_fire(found: Survey, step: LadderStep) -> bool:
    if step.clock == THE_CASE:
        return is_filed(found, step.when)
    if step.clock == TIER_TIME:
        named = [tier.tier for tier in found.policy.tiers if tier.budget is not None]
        return any(not step.tiers or tier in step.tiers for tier in named)
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
    first = [step for step in steps if not step.tiers or min(TIERS) in step.tiers]
    told = [found.space.box(step.when) for step in first]
    try:
        boxes = joined(minus(_with_lateness(found, clock, promised=True), told))
    except TooManyPieces:
        return
    if boxes:
        cases = tuple(found.space.describe(box) for box in boxes)
        yield Finding("late_untold", "ladder", {"clock": clock, "cases": cases})


def _hears(step: LadderStep, clock: str) -> bool:
    tells = step.action != "tell_customer"
    return step.clock == clock and step.at in _WHEN_LATE and tells


def _tiers_left_out(policy: Policy, clock: str) -> Iterator[Finding]:
    """Find the first step of a clock beside which some tiers hear nothing of its cases."""
    for number, step in enumerate(policy.ladder):
        missing = tuple(sorted(set(TIERS) - _tiers_beside(policy, step)))
        if _hears(step, clock) and missing:
            params = {"clock": clock, "tiers": missing}
            yield Finding("tier_left_out", f"ladder[{number}].tiers", params)
            return


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
