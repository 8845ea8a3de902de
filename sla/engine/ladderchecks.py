"""What must hold for the steps of a policy's ladder, and what they ask of its other sections."""

from collections.abc import Iterator

from sla.engine.checks import check_codes, levels_key
from sla.engine.kinds import TIER_TIME, WAITING
from sla.engine.parts import LEVEL_AXES, THE_CASE, TIERS, LadderStep, Level
from sla.engine.policy import Policy
from sla.engine.shape import Place
from sla.engine.steps import CLOSING, WARNING_CODE

# The one of these moments that a case has, beside what comes after it.
CASE_MOMENTS = ("opened", "after")
# What somebody can take notice of.
REPEATED = ("notify", "page")
MISSED_AT = ("due", "after")
# Nothing is promised to the customer by these, so nothing of theirs can be missed.
UNPROMISED = frozenset({THE_CASE, WAITING, TIER_TIME, "no_progress"})


def check_ladder(policy: Policy, root: Place) -> None:
    """Note every fault of the steps, and every level that pages where no step does."""
    for number, step in enumerate(policy.ladder):
        _check_step(policy, step, root.key("ladder").index(number))
    for number, role in _swat_roles(policy.escalation.roles):
        _check_swat(policy, role, root.key("escalation").key("roles").index(number))
    _check_paging(policy, root)


def _check_step(policy: Policy, step: LadderStep, place: Place) -> None:
    check_codes(policy, step.when, place.key("when"))
    _check_code(step, place.key("code"))
    _check_moment(step, place)
    _check_repeats(step, place)
    _check_action(policy, step, place)
    for number, role in _swat_roles(step.roles):
        _check_swat(policy, role, place.key("roles").index(number))


def _check_code(step: LadderStep, place: Place) -> None:
    """Note a code that the steps while waiting have."""
    if step.code == CLOSING.code or step.code.startswith(WARNING_CODE):
        place.fault("reserved_code", name=step.code)


def _check_moment(step: LadderStep, place: Place) -> None:
    """Note an amount too few or too many: before takes one of two, after takes seconds."""
    if step.clock == THE_CASE and step.at and step.at not in CASE_MOMENTS:
        place.key("at").fault("not_on_the_case", at=step.at, allowed=CASE_MOMENTS)
    given = [key for key in ("share_percent", "seconds") if getattr(step, key) is not None]
    allowed = {"before": ("share_percent", "seconds"), "after": ("seconds",)}.get(step.at, ())
    for key in given:
        if step.at and key not in allowed:
            place.key(key).fault("not_of_this_kind", key=key, allowed=allowed)
    if allowed and not given:
        place.fault("amount_needed", units=allowed)
    if step.at == "before" and len(given) > 1:
        place.fault("two_amounts", units=tuple(given))


def _check_repeats(step: LadderStep, place: Place) -> None:
    """Note a repetition without end or without interval, and one of what is done only once."""
    if step.repeat_seconds is None and step.repeat_times is None:
        return
    for key in ("repeat_seconds", "repeat_times"):
        if getattr(step, key) is None:
            place.key(key).fault("missing_key", key=key)
    if step.action and step.action not in REPEATED:
        key = "repeat_times" if step.repeat_seconds is None else "repeat_seconds"
        place.key(key).fault("not_repeated", action=step.action, allowed=REPEATED)


def _check_action(policy: Policy, step: LadderStep, place: Place) -> None:
    if step.action == "hand_over":
        above = [tier for tier in step.tiers if tier == max(TIERS)]
        if not step.tiers or above:
            place.key("tiers").fault("nowhere_to_hand_over", highest=max(TIERS) - 1)
    elif step.action == "swat":
        _check_swat(policy, step.action, place.key("action"))
    elif step.action == "tell_customer":
        if step.clock in UNPROMISED or step.at not in ("", *MISSED_AT):
            place.key("action").fault("nothing_missed", clock=step.clock, at=step.at)
    elif not step.roles:
        place.key("roles").fault("missing_key", key="roles")


def _swat_roles(roles: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return ((number, role) for number, role in enumerate(roles) if role == "swat")


def _check_swat(policy: Policy, named: str, place: Place) -> None:
    """Note that the SWAT team is named where there is none."""
    if named == "swat" and not policy.swat.name:
        place.fault("swat_needed")


def _check_paging(policy: Policy, root: Place) -> None:
    """Note a level that pages where no step of the ladder does."""
    pages = [step for step in policy.ladder if step.action == "page"]
    for axis in LEVEL_AXES:
        for number, level in enumerate(policy.levels(axis)):
            if level.paging and not any(_is_for(step, level) for step in pages):
                place = root.key(levels_key(axis)).index(number).key("paging")
                place.fault("no_step_pages", axis=axis, level=level.code)


def _is_for(step: LadderStep, level: Level) -> bool:
    return level.axis not in step.when or level.code in step.when[level.axis]
