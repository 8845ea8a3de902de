"""What a policy lets nobody file, or no customer.

Codes: plan_needed, unknown_plan (plan) | level_needed (axis), unknown_level (axis, level),
level_not_for_customers (axis, level) | unknown_case_type (case_type) | unknown_region (region) |
unknown_edition (edition) | unknown_channel (channel), channel_not_entitled (channel; plan or
edition where that is the reason), phone_required (axis, level, phones).
"""

from collections.abc import Iterator
from typing import Any

from sla.engine.parts import CHANNELS, LEVEL_AXES, Channel, Facts, Refusal
from sla.engine.policy import Policy


def check_filing(policy: Policy, facts: Facts, *, by_customer: bool) -> list[Refusal]:
    """List every reason why a case with these facts cannot be filed; empty = it can.

    Without a channel, nothing is said about channels; without an edition, none is held against
    the case. Types, regions and editions are looked at
    where the policy tells them apart.
    """
    settled = policy.settle(facts)
    refusals = [*_plan(policy, facts)]
    for axis in LEVEL_AXES:
        refusals += _level(policy, settled, axis, by_customer)
    refusals += _names(policy, settled)
    refusals += _channel(policy, facts)
    return refusals


def _plan(policy: Policy, facts: Facts) -> Iterator[Refusal]:
    if facts.plan is None and policy.plans:
        yield Refusal("plan_needed", {})
    elif facts.plan is not None and policy.plan(facts.plan) is None:
        yield Refusal("unknown_plan", {"plan": facts.plan})


def _level(policy: Policy, settled: Facts, axis: str, by_customer: bool) -> Iterator[Refusal]:
    code = getattr(settled, axis)
    if code is None:
        if axis in policy.axes:
            yield Refusal("level_needed", {"axis": axis})
        return
    level = policy.level(axis, code)
    named = {"axis": axis, "level": code}
    if level is None or axis not in policy.axes:
        yield Refusal("unknown_level", named)
        return
    if by_customer and not level.customer_may_set:
        yield Refusal("level_not_for_customers", named)
    if level.call == "refused" and settled.channel not in ("phone", None):
        numbers = tuple(phone.number for phone in policy.phones_for(settled.region))
        yield Refusal("phone_required", named | {"phones": numbers})


def _names(policy: Policy, settled: Facts) -> Iterator[Refusal]:
    known: dict[str, tuple[Any, ...]] = {
        "case_type": policy.case_types,
        "region": policy.regions,
        "edition": policy.editions,
    }
    for name, parts in known.items():
        code = getattr(settled, name)
        if code is not None and parts and code not in {part.code for part in parts}:
            yield Refusal(f"unknown_{name}", {name: code})


def admits(policy: Policy, code: str, facts: Facts) -> bool:
    """Tell whether a plan and an edition may use a channel, by itself and as what it counts as."""
    passed = channels_passed(policy, code)
    return bool(passed) and all(one.admits(facts.plan, facts.edition) for one in passed)


def channels_passed(policy: Policy, code: str) -> tuple[Channel, ...]:
    """List the channels that must admit a case by this one: itself and the one it counts as.

    None where it is not offered.
    """
    own = next((channel for channel in policy.channels if channel.code == code), None)
    counted = policy.channel(code)
    return tuple(
        dict.fromkeys(one for one in (own, counted) if own is not None and one is not None)
    )


def _channel(policy: Policy, facts: Facts) -> Iterator[Refusal]:
    if facts.channel is None:
        return
    if facts.channel not in CHANNELS:
        yield Refusal("unknown_channel", {"channel": facts.channel})
        return
    passed = channels_passed(policy, facts.channel)
    named = {"channel": facts.channel}
    if not passed:
        yield Refusal("channel_not_entitled", named)
    elif any(one.plans is not None and facts.plan not in one.plans for one in passed):
        yield Refusal("channel_not_entitled", named | {"plan": facts.plan})
    elif facts.edition and not all(one.admits(None, facts.edition) for one in passed):
        yield Refusal("channel_not_entitled", named | {"edition": facts.edition})
