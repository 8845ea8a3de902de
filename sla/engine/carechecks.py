"""What must hold for levels in each other's place, for grades, SWAT and budgets of tiers."""

from sla.engine.checks import check_codes, check_known, codes_of, levels_key
from sla.engine.parts import LEVEL_AXES, Level
from sla.engine.policy import Policy
from sla.engine.shape import Place

# A budget is so much of the time in which the case is served; nothing else can be added up.
BUDGET_KINDS = ("elapsed", "business_time", "business_days")


def check_care(policy: Policy, root: Place) -> None:
    """Note every contradiction in what a policy says of its levels and the desk's people."""
    for axis in LEVEL_AXES:
        place = root.key(levels_key(axis))
        for number, level in enumerate(policy.levels(axis)):
            _check_level(policy, level, place.index(number))
    _check_swat(policy, root.key("swat"))
    for number, tier in enumerate(policy.tiers):
        if tier.budget is not None and tier.budget.kind not in BUDGET_KINDS:
            place = root.key("tiers").index(number).key("budget").key("kind")
            place.fault("bad_choice", value=tier.budget.kind, choices=BUDGET_KINDS)


def _check_level(policy: Policy, level: Level, place: Place) -> None:
    for key in ("otherwise", "workaround_to", "unreachable_to"):
        other = getattr(level, key)
        _check_other(policy, level, (other,) if other else (), place.key(key))
    _check_other(policy, level, level.promotes, place.key("promotes"))
    _check_environments(policy, level, place)
    _check_preset(policy, level, place.key("sets_priority"))


def _check_other(policy: Policy, level: Level, codes: tuple[str, ...], place: Place) -> None:
    """Note levels that are not there, and a level in its own place."""
    check_known(level.axis, codes, codes_of(policy, level.axis), place)
    if level.code and level.code in codes:
        place.fault("level_of_itself", level=level.code)


def _check_environments(policy: Policy, level: Level, place: Place) -> None:
    """Note a level for some environments that leaves the others without one (MX-11)."""
    other = policy.level(level.axis, level.otherwise)
    if level.environments and level.otherwise is None:
        place.key("environments").fault("otherwise_needed", level=level.code)
    elif level.otherwise is not None and not level.environments:
        place.key("otherwise").fault("otherwise_not_used", level=level.code)
    elif other is not None and other.environments and other.code != level.code:
        known = tuple(sorted(one.code for one in policy.levels(level.axis) if not one.environments))
        place.key("otherwise").fault("otherwise_in_turn", name=other.code, known=known)


def _check_preset(policy: Policy, level: Level, place: Place) -> None:
    """Note a priority that is preset by another priority, or that is not there (DD-09)."""
    if level.sets_priority is None:
        return
    if level.axis != "severity":
        place.fault("only_for_severities", key="sets_priority")
    elif "priority" not in policy.axes:
        place.fault("axis_not_in_use", axis="priority")
    else:
        check_known("priority", (level.sets_priority,), codes_of(policy, "priority"), place)


def _check_swat(policy: Policy, place: Place) -> None:
    check_codes(policy, policy.swat.when, place.key("when"))
    grades = [grade.code for grade in policy.grades]
    check_known("grade", policy.swat.grades, grades, place.key("grades"))
