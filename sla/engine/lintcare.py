"""Raising, repeating, waiting, SWAT and escalations at a customer's wish: what leads to nothing."""

from collections.abc import Iterator, Mapping

from sla.engine.checks import levels_key
from sla.engine.kinds import TIER_TIME
from sla.engine.lintspace import TooManyPieces, filed, meet
from sla.engine.lintsurvey import NOTICE, Finding, Survey
from sla.engine.parts import THE_CASE, LadderStep, Level
from sla.engine.policy import Policy


def lint_care(found: Survey) -> Iterator[Finding]:
    """Find what is said of cases that are raised, repeated, waited for, or asked for more on."""
    policy = found.policy
    for axis in policy.axes:
        for number, level in enumerate(policy.levels(axis)):
            if level.paging:
                yield from _paging(found, level, f"{levels_key(axis)}[{number}].paging")
    for number, step in enumerate(policy.ladder):
        if step.repeat_seconds is not None and not step.urgent:
            yield Finding("repeat_not_urgent", f"ladder[{number}].urgent")
    yield from _budgets(policy)
    yield from _owed(policy)
    if policy.swat.when and not is_filed(found, policy.swat.when):
        yield Finding("swat_for_nobody", "swat.when")


def _paging(found: Survey, level: Level, path: str) -> Iterator[Finding]:
    """Find a level that pages nobody when a case is raised to it (MS-05), or has no updates."""
    params = {"axis": level.axis, "level": level.code}
    pages = (step for step in found.policy.ladder if step.action == "page")
    if not any(step.clock == THE_CASE and _is_for(step, level) for step in pages):
        yield Finding("raised_unpaged", path, params)
    updates = found.of("update_cadence")
    if not updates.is_partial and not any(
        level.code in found.space.on(box, level.axis)
        for answer in updates.answers
        if answer.row.target.kind != "none"
        for box in answer.cases
    ):
        yield Finding("paged_without_updates", path, params, NOTICE)


def _is_for(step: LadderStep, level: Level) -> bool:
    return level.axis not in step.when or level.code in step.when[level.axis]


def _budgets(policy: Policy) -> Iterator[Finding]:
    """Find tiers whose own time runs out without anybody hearing of it."""
    hearing = [step for step in policy.ladder if step.clock == TIER_TIME]
    for number, tier in enumerate(policy.tiers):
        heard = any(not step.tiers or tier.tier in step.tiers for step in hearing)
        if tier.budget is not None and not heard:
            yield Finding("budget_unheard", f"tiers[{number}].budget", {}, NOTICE)


def _owed(policy: Policy) -> Iterator[Finding]:
    """Find an escalation that is owed no answer (DD-25), and a closing that nobody is warned of."""
    answers = (row for row in policy.targets if row.clock == "escalation_answer")
    if policy.escalation.open and not any(row.target.kind != "none" for row in answers):
        yield Finding("escalation_unanswered", "escalation.open")
    if policy.waiting.close_after is not None and not policy.waiting.warn_days:
        yield Finding("closed_unwarned", "waiting.warn_days")


def is_filed(found: Survey, when: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether any case can be filed that a condition admits."""
    own = found.space.box(when)
    try:
        return any(meet(case, own) for case in filed(found.policy, found.space))
    except TooManyPieces:
        return True
