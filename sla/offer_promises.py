"""Whose terms change from one policy to another: prices, what a plan brings, who may file.

Beside `sla.promises`, which looks at times and hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeVar

from sla.differences import Difference
from sla.engine.offer import Benefit, Price, ReleaseRule
from sla.engine.parts import AXES, Channel, Facts
from sla.engine.policy import Policy
from sla.section_comparison import section_differences
from sla.words import axis_parts

# The sections that a customer's terms are in, but for targets, hours and holidays.
_TERMS = (
    "plans",
    "prices",
    "packs",
    "benefits",
    "channels",
    "supported_releases",
    "licence",
    "points",
)
_RULED = ("prices", "supported_releases")

Ruled = TypeVar("Ruled", Price, ReleaseRule)


def terms_differ(before: Policy, after: Policy, one: str | None, other: str | None) -> bool:
    """Tell whether other terms hold for a contract: `one` is its plan before, `other` after."""
    if _plain_terms(before, one) != _plain_terms(after, other):
        return True
    return any(
        _answers(before, replace(facts, plan=one)) != _answers(after, replace(facts, plan=other))
        for facts in _every_case(before, after)
    )


def terms_changes(
    before: Policy, after: Policy, one: str | None, other: str | None
) -> Iterator[Difference]:
    """Say in words what changes of these terms, as the plan's customers would read it."""
    return section_differences(_terms_of(before, one), _terms_of(after, other), _TERMS)


def _plain_terms(policy: Policy, code: str | None) -> tuple[object, ...]:
    """Give the terms that no rule decides, so that two policies can be compared."""
    plan = policy.plan(code)
    return (
        plan and (plan.included_points, plan.case_limit, plan.case_limit_per),
        plan and (plan.editions, plan.requires, plan.on_lapse, plan.lapses_to),
        sorted((one.code, one.kind, one.number(code)) for one in _benefits(policy, code)),
        (policy.licence.required, policy.licence.grace_days),
        policy.has_points and replace(policy.points, source=""),
        policy.has_points and tuple(one.points for one in policy.packs),
    )


def _benefits(policy: Policy, code: str | None) -> list[Benefit]:
    return [one for one in policy.benefits if one.number(code)]


def _answers(policy: Policy, facts: Facts) -> tuple[object, ...]:
    """Say of one case whether it can be filed so, what it costs, and for which releases."""
    offered = next((one for one in policy.channels if one.code == facts.channel), None)
    price, rule = policy.price(facts), policy.release_rule(facts)
    return (
        not policy.channels or bool(offered and offered.admits(facts.plan, facts.edition)),
        price.points if price else 0,
        rule and (rule.unit, rule.back),
    )


def _every_case(before: Policy, after: Policy) -> Iterator[Facts]:
    """Go through all combinations of facts that prices, releases and channels can depend on."""
    rules = [
        rule for policy in (before, after) for name in _RULED for rule in getattr(policy, name)
    ]
    axes = {axis for rule in rules for axis in rule.when} | {"channel", "edition"}
    chosen = [axis for axis in AXES if axis in axes and axis != "plan"]
    for codes in product(*(_codes(before, after, axis, rules) for axis in chosen)):
        yield Facts(**dict(zip(chosen, codes, strict=True)))


def _codes(
    before: Policy, after: Policy, axis: str, rules: Sequence[Price | ReleaseRule]
) -> Sequence[str | None]:
    """List the codes of an axis in either policy; those that no rule names are as good as one."""
    if axis == "channel":
        parts: Sequence = (*after.channels, *before.channels)
    elif axis == "edition":
        parts = (*after.editions, *before.editions)
    elif axis == "product":
        named = (code for rule in rules for code in rule.when.get(axis, ()))
        return (None, *dict.fromkeys(named))
    else:
        parts = (*axis_parts(after, axis), *axis_parts(before, axis))
    return tuple(dict.fromkeys(part.code for part in parts)) or (None,)


def _terms_of(policy: Policy, code: str | None) -> Policy:
    """Leave of a policy the terms of one plan, without sources."""
    plan = policy.plan(code)
    return replace(
        policy,
        plans=(replace(plan, description="", default=False),) if plan else (),
        packs=policy.packs if policy.has_points else (),
        benefits=tuple(_of_plan(one, code) for one in _benefits(policy, code)),
        channels=tuple(_for_everybody(one) for one in policy.channels if one.admits(code, None)),
        licence=replace(policy.licence, source=""),
        points=replace(policy.points, source=""),
        prices=_rules_of(policy.prices, code),
        supported_releases=_rules_of(policy.supported_releases, code),
    )


def _of_plan(benefit: Benefit, code: str | None) -> Benefit:
    own = ((code or "", benefit.number(code)),)
    return replace(benefit, plans=own, editions=(), source="", description="")


def _for_everybody(channel: Channel) -> Channel:
    return replace(channel, plans=None, note="")


def _rules_of(rules: tuple[Ruled, ...], code: str | None) -> tuple[Ruled, ...]:
    """Give the rules for a plan as if there were no other; of two for a case the last counts."""
    return tuple(
        replace(
            rule,
            when={axis: codes for axis, codes in rule.when.items() if axis != "plan"},
            source="",
        )
        for rule in sorted(rules, key=lambda rule: len(rule.when))
        if code in rule.when.get("plan", (code,))
    )
