"""What reports call things: clocks, dimensions, causes, outcomes, and the rows of a dimension."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company, Person, Team
from entitlements.holdings import policy_at
from entitlements.models import Product
from reports.causes import HAND_OVER, NO_OWNER, OUTAGE, WAITING
from sla.engine.policy import Policy
from sla.words import part_name
from tickets.reading import CLOCK_NAMES

DIMENSION_NAMES = {
    "plan": gettext_lazy("Plan"),
    "severity": gettext_lazy("Severity"),
    "priority": gettext_lazy("Priority"),
    "tier": gettext_lazy("Tier"),
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "product": gettext_lazy("Product"),
    "company": gettext_lazy("Company"),
}
BY_NAMES = {
    "plan": gettext_lazy("By plan"),
    "severity": gettext_lazy("By severity"),
    "priority": gettext_lazy("By priority"),
    "tier": gettext_lazy("By tier"),
    "team": gettext_lazy("By team"),
    "agent": gettext_lazy("By agent"),
    "product": gettext_lazy("By product"),
    "company": gettext_lazy("By company"),
}
# What a row is called that has no value there.
WITHOUT = {
    "plan": gettext_lazy("without a plan"),
    "severity": gettext_lazy("without a severity"),
    "priority": gettext_lazy("without a priority"),
    "tier": gettext_lazy("without a tier"),
    "team": gettext_lazy("with no team"),
    "agent": gettext_lazy("owned by nobody"),
    "product": gettext_lazy("without a product"),
    "company": gettext_lazy("without a company"),
}
OUTCOME_NAMES = {
    "kept": gettext_lazy("Kept"),
    "missed": gettext_lazy("Missed"),
    "running": gettext_lazy("Still running"),
    "dropped": gettext_lazy("Ended without a verdict"),
}
CAUSE_NAMES = {
    WAITING: gettext_lazy("Waiting for the customer"),
    NO_OWNER: gettext_lazy("Nobody owned it"),
    HAND_OVER: gettext_lazy("Handed over, not taken"),
    OUTAGE: gettext_lazy("Nothing watched the clocks"),
    "tier_1": gettext_lazy("Held by Level 1"),
    "tier_2": gettext_lazy("Held by Level 2"),
    "tier_3": gettext_lazy("Held by Level 3"),
}
CAUSES_TOLD = {
    WAITING: gettext_lazy("Most of the time the desk waited for an answer; little was left after."),
    NO_OWNER: gettext_lazy("Most of the time the case had no owner."),
    HAND_OVER: gettext_lazy("Most of the time the case had been moved and nobody had taken it."),
    OUTAGE: gettext_lazy("Most of the time no clock was watched, so nobody was warned."),
    "tier_1": gettext_lazy("Most of the time somebody of Level 1 had the case."),
    "tier_2": gettext_lazy("Most of the time somebody of Level 2 had the case."),
    "tier_3": gettext_lazy("Most of the time somebody of Level 3 had the case."),
}
AXES = ("plan", "severity", "priority")
NAMED_ROWS: Mapping[str, type[Any]] = {
    "team": Team,
    "agent": Person,
    "product": Product,
    "company": Company,
}


def clock_name(kind: str) -> str:
    """Name a clock as cases do."""
    return str(CLOCK_NAMES.get(kind, kind))


def value_names(by: str, values: Iterable[str], at: datetime) -> dict[str, str]:
    """Name the values of a dimension; in one statement at most."""
    known = {value for value in values if value}
    named = {"": str(WITHOUT[by])}
    if by in AXES:
        policy = policy_at(at)
        return named | {value: part_name(policy, by, value) if policy else value for value in known}
    if by == "tier":
        return named | {value: _("Level %(tier)s") % {"tier": value} for value in known}
    rows = NAMED_ROWS[by].objects.in_bulk([int(value) for value in known])
    gone = _("no longer there")
    return named | {value: rows[int(value)].name if int(value) in rows else gone for value in known}


def channel_name(policy: Policy | None, code: str) -> str:
    """Name a channel as the policy does."""
    channel = policy.channel(code) if policy else None
    return channel.name if channel else code


def plan_name(policy: Policy | None, code: str) -> str:
    """Name a plan as the policy does; say where there is none."""
    return part_name(policy, "plan", code) if policy and code else code or str(WITHOUT["plan"])


def in_order(by: str, policy: Policy | None) -> Callable[[str], tuple[int, str]]:
    """Give the order of the values of a dimension: that of the policy, tiers upwards."""
    places: Mapping[str, int] = {}
    if policy is not None and by in ("severity", "priority"):
        places = {level.code: place for place, level in enumerate(policy.levels(by))}
    elif policy is not None and by == "plan":
        places = {plan.code: place for place, plan in enumerate(policy.plans)}
    return lambda value: (places.get(value, len(places)) if value else len(places) + 1, value)
