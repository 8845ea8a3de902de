"""Plans and what comes with them: what cannot be had, what a dearer one lacks, what nobody uses."""

from collections.abc import Iterator

from sla.engine.lintsurvey import ERROR, NOTICE, Finding
from sla.engine.offer import Benefit, Topic
from sla.engine.parts import Plan
from sla.engine.policy import Policy

MONTHS = 12


def lint_plans(policy: Policy) -> Iterator[Finding]:
    """Find plans that need what is not open to them, and dearer ones that bring less."""
    for number, plan in enumerate(policy.plans):
        for code in plan.requires:
            missing = tuple(sorted(_editions_of(policy, plan) - _open_to(policy, code)))
            if missing:
                params = {"subscription": code, "cases": {"edition": missing}}
                yield Finding("subscription_not_open", f"plans[{number}].requires", params, ERROR)
        yield from _fewer_points(policy, number, plan)
    for number, benefit in enumerate(policy.benefits):
        yield from _benefit(policy, benefit, f"benefits[{number}]")


def lint_names(policy: Policy) -> Iterator[Finding]:
    """Find subscriptions that nothing names, news for nobody, and licences that end unannounced."""
    used = {code for plan in policy.plans for code in plan.requires}
    used |= {code for topic in policy.topics for code in topic.subscriptions or ()}
    for number, subscription in enumerate(policy.subscriptions):
        if subscription.code not in used:
            yield Finding("subscription_not_used", f"subscriptions[{number}]", {}, NOTICE)
    for number, topic in enumerate(policy.topics):
        if _is_for_nobody(policy, topic):
            yield Finding("topic_for_nobody", f"topics[{number}].plans", {"name": topic.name})
    if policy.licence.required and not policy.notices.licence_days:
        yield Finding("licence_without_notices", "notices")


def _editions_of(policy: Policy, plan: Plan) -> set[str]:
    return set(plan.editions or (edition.code for edition in policy.editions))


def _open_to(policy: Policy, code: str) -> set[str]:
    subscription = policy.subscription(code)
    editions = subscription.editions if subscription else None
    return set(editions or (edition.code for edition in policy.editions))


def _is_for_nobody(policy: Policy, topic: Topic) -> bool:
    """Tell whether all that a topic comes with is plans that nobody can have."""
    if topic.plans is None or topic.subscriptions:
        return False
    return not any(_can_be_had(policy, policy.plan(code)) for code in topic.plans)


def _can_be_had(policy: Policy, plan: Plan | None) -> bool:
    if plan is None or not policy.editions:
        return plan is not None
    editions = _editions_of(policy, plan)
    return bool(editions.intersection(*(_open_to(policy, code) for code in plan.requires)))


def _cheaper(policy: Policy, plan: Plan) -> list[Plan]:
    """List the plans of the same family that cost less: plans are listed from the cheapest."""
    before = policy.plans[: policy.plans.index(plan)]
    return [other for other in before if plan.family and other.family == plan.family]


def _fewer_points(policy: Policy, number: int, plan: Plan) -> Iterator[Finding]:
    best = max(_cheaper(policy, plan), key=lambda one: one.included_points or 0, default=None)
    if best is not None and (best.included_points or 0) > (plan.included_points or 0):
        params = {
            "axis": "plan",
            "code": plan.code,
            "than": best.code,
            "points": plan.included_points or 0,
            "than_points": best.included_points,
        }
        yield Finding("dearer_fewer_points", f"plans[{number}].included_points", params)


def _benefit(policy: Policy, benefit: Benefit, path: str) -> Iterator[Finding]:
    if benefit.kind == "unlock":
        yield from _no_ratio(policy, benefit, path)
    for plan in policy.plans:
        had = benefit.number(plan.code)
        params = {"axis": "plan", "code": plan.code, "name": benefit.name, "number": had}
        if benefit.kind == "deliveries" and had and MONTHS % had:
            yield Finding("deliveries_uneven", f"{path}.plans", params, NOTICE)
        best = max(_cheaper(policy, plan), key=lambda one: benefit.number(one.code), default=None)
        if best is not None and benefit.number(best.code) > had:
            more = {"than": best.code, "than_number": benefit.number(best.code)}
            yield Finding("dearer_brings_less", f"{path}.plans", params | more)


def _no_ratio(policy: Policy, benefit: Benefit, path: str) -> Iterator[Finding]:
    """Find a limit that some plans lift and that nothing says (SP-11)."""
    without = [plan for plan in policy.plans if not benefit.number(plan.code)]
    if without and policy.editions and not benefit.editions:
        yield Finding("limit_not_said", f"{path}.editions", {"name": benefit.name}, NOTICE)
