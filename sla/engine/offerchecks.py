"""What must hold between what a policy sells: known codes, one price at a time, no circles."""

from sla.engine.checks import check_codes, check_known
from sla.engine.parts import Plan
from sla.engine.policy import Policy
from sla.engine.rowchecks import check_ambiguity
from sla.engine.shape import Place


def check_offer(policy: Policy, root: Place) -> None:
    """Note every contradiction in prices, plans, subscriptions, benefits and news."""
    for number, plan in enumerate(policy.plans):
        _check_plan(policy, plan, root.key("plans").index(number))
    for key in ("prices", "supported_releases"):
        rows = tuple(enumerate(getattr(policy, key)))
        for number, row in rows:
            check_codes(policy, row.when, root.key(key).index(number).key("when"))
        check_ambiguity(rows, root.key(key))
    _check_names(policy, root)


def _check_plan(policy: Policy, plan: Plan, place: Place) -> None:
    sold = {subscription.code for subscription in policy.subscriptions}
    check_known("edition", plan.editions or (), _editions(policy), place.key("editions"))
    check_known("subscription", plan.requires, sold, place.key("requires"))
    if plan.on_lapse == "downgrade" and plan.lapses_to is None:
        place.key("lapses_to").fault("missing_key", key="lapses_to")
    if plan.lapses_to is None:
        return
    others = _plans(policy) - {plan.code}
    check_known("plan", (plan.lapses_to,), others, place.key("lapses_to"))
    if plan.on_lapse != "downgrade":
        place.key("lapses_to").fault("not_of_this_kind", key="lapses_to", allowed=())
    then = policy.plan(plan.lapses_to)
    if then is not None and then.requires:
        # What it lapses to must not lapse itself: nothing would say what holds then.
        place.key("lapses_to").fault("lapses_to_lapsing", plan=plan.lapses_to)


def _check_names(policy: Policy, root: Place) -> None:
    """Note every code of a plan, edition or subscription that is not there."""
    sold = {subscription.code for subscription in policy.subscriptions}
    known = {"plans": _plans(policy), "editions": _editions(policy), "subscriptions": sold}
    for section in ("subscriptions", "grants", "benefits", "topics"):
        for number, part in enumerate(getattr(policy, section)):
            place = root.key(section).index(number)
            for key, codes in known.items():
                check_known(key[:-1], dict.fromkeys(_codes(part, key)), codes, place.key(key))


def _codes(part: object, key: str) -> list[str]:
    held = getattr(part, key, None) or ()
    return [one[0] if isinstance(one, tuple) else one for one in held]


def _plans(policy: Policy) -> set[str]:
    return {plan.code for plan in policy.plans}


def _editions(policy: Policy) -> set[str]:
    return {edition.code for edition in policy.editions}
