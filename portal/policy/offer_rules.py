"""What of the terms of a policy the page tells in sentences: points, releases, licences, plans."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.policy.words import length_text, points_text
from sla.engine.parts import Plan
from sla.engine.policy import Policy
from sla.offer_words import (
    audience_text,
    lapse_text,
    names_text,
    releases_text,
    subscription_name,
)
from sla.words import when_text


def points_rules(policy: Policy) -> Iterator[str]:
    """Say how points are spent, how long they can be used, and when they come back."""
    points = policy.points
    yield _("Points are taken when a case is opened, however much is said on it later.")
    if points.life is not None:
        yield points_text(points.life, policy.time_zone)
    if any(plan.included_points for plan in policy.plans) and points.included == "term":
        yield _("Points that come with a plan can be used to the end of its term.")
    if points.bug_credit:
        yield _bug_text(money=points.money_refund)
    if points.declined_refund:
        yield _("When we decline a case before work on it, its points come back.")
    if points.bug_credit or points.declined_refund:
        grace = length_text(points.grace_life)
        told = _("Points that come back after they have expired can be used for %(span)s.")
        yield told % {"span": grace}


def release_rules(policy: Policy) -> Iterator[str]:
    """Say for which releases a case can be opened (SC-17, SP-02, DD-32)."""
    for rule in policy.supported_releases:
        said = capfirst(releases_text(rule))
        if rule.when:
            said = f"{when_text(rule.when, policy)}: {releases_text(rule)}"
        yield f"{said}. {rule.note}" if rule.note else f"{said}."
    if policy.supported_releases:
        yield _("A date that we have given for the end of support of a release goes before this.")


def licence_rules(policy: Policy) -> Iterator[str]:
    """Say whether a licence is needed to open a case, and for how long after its end (DD-33)."""
    if not policy.licence.required:
        return
    yield _("You need a licence that we have verified and that has not ended.")
    days = policy.licence.grace_days
    if days:
        told = ngettext(
            "For %(number)d day after its end you can still open cases.",
            "For %(number)d days after its end you can still open cases.",
            days,
        )
        yield told % {"number": days}


def plan_rules(plan: Plan, policy: Policy) -> Iterator[str]:
    """Say which editions a plan is open to, and what it needs (SP-04, SP-12)."""
    if plan.default:
        yield _("Everybody has this plan who has bought no other.")
    if plan.editions:
        yield _("For %(editions)s.") % {"editions": names_text(policy, "edition", plan.editions)}
    if plan.requires:
        sold = ", ".join(subscription_name(policy, code) for code in plan.requires)
        told = _("Only with: %(subscriptions)s. When that has ended, %(then)s.")
        yield told % {"subscriptions": sold, "then": lapse_text(plan, policy)}


def news_of(policy: Policy) -> Iterator[tuple[str, str]]:
    """List the news that contacts may have, each with what it is and for whom (SC-01, DD-31)."""
    for topic in policy.topics:
        said = [topic.description] if topic.description else []
        if topic.plans is not None or topic.subscriptions is not None:
            said.append(_("With %(what)s.") % {"what": audience_text(topic, policy)})
        yield topic.name, " ".join(said)


def _bug_text(*, money: bool) -> str:
    if money:
        return _("When a case proves to be a bug of ours, its points come back, or their price.")
    return _("When a case proves to be a bug of ours, its points come back.")
