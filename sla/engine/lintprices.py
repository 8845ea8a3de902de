"""Prices and points: channels without a price, prices of nothing, packs that buy nothing."""

from collections.abc import Iterator

from sla.engine.lintspace import TooManyPieces, filed, joined
from sla.engine.lintsurvey import Coverage, Finding, Survey, cover
from sla.engine.offer import Price, ReleaseRule
from sla.engine.policy import Policy

# Kinds of cases that are named one by one.
MOST_NAMED = 8


def lint_prices(found: Survey) -> Iterator[Finding]:
    """Find prices that never count, channels that have none, and points that buy nothing."""
    policy = found.policy
    coverage = _covered_by(found, policy.prices)
    yield from _for_nobody("prices", coverage)
    if policy.has_points and not coverage.is_partial:
        yield from _channels_without_price(found, coverage)
    yield from _packs(policy, coverage)
    for number, plan in enumerate(policy.plans):
        if plan.included_points and not policy.has_points:
            path = f"plans[{number}].included_points"
            yield Finding("included_without_price", path, {"points": plan.included_points})


def lint_releases(found: Survey) -> Iterator[Finding]:
    """Find cases that no rule says the supported releases for, where there are rules for others."""
    rules = found.policy.supported_releases
    coverage = _covered_by(found, rules)
    yield from _for_nobody("supported_releases", coverage)
    if rules and coverage.uncovered:
        for box in joined(coverage.uncovered)[:MOST_NAMED]:
            params = {"cases": found.space.describe(box)}
            yield Finding("releases_uncovered", "supported_releases", params)


def _covered_by(found: Survey, rows: tuple[Price, ...] | tuple[ReleaseRule, ...]) -> Coverage:
    try:
        cases = filed(found.policy, found.space)
    except TooManyPieces:
        return Coverage(is_partial=True)
    return cover(found.space, cases, list(enumerate(rows)))


def _for_nobody(section: str, coverage: Coverage) -> Iterator[Finding]:
    for answer in coverage.answers:
        if not answer.cases:
            yield Finding("rule_for_nobody", f"{section}[{answer.number}]")


def _channels_without_price(found: Survey, coverage: Coverage) -> Iterator[Finding]:
    space = found.space
    priced = {
        code
        for answer in coverage.answers
        for box in answer.cases
        for code in space.on(box, "channel")
    }
    open_ones = {code for box in coverage.uncovered for code in space.on(box, "channel")}
    for number, channel in enumerate(found.policy.channels):
        if channel.code in open_ones - priced:
            params = {"axis": "channel", "code": channel.code}
            yield Finding("channel_without_price", f"channels[{number}]", params)


def _packs(policy: Policy, coverage: Coverage) -> Iterator[Finding]:
    if policy.packs and not policy.has_points:
        yield Finding("packs_without_price", "packs")
    if policy.has_points and not policy.packs:
        yield Finding("points_without_pack", "packs")
    reached = [answer.row for answer in coverage.answers if answer.cases]
    dearest = max((price.points for price in reached), default=0)
    largest = max((pack.points for pack in policy.packs), default=dearest)
    if largest < dearest:
        yield Finding("pack_too_small", "packs", {"points": largest, "price": dearest})
