"""What a policy sells and grants, in words: points, prices, benefits, releases, news."""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sla.engine.offer import Benefit, Grant, Pack, Price, ReleaseRule, Topic
from sla.engine.parts import Plan
from sla.engine.policy import Policy
from sla.words import part_name, when_text

BENEFIT_KINDS = {
    "seats": gettext_lazy("a number for each term"),
    "deliveries": gettext_lazy("deliveries due over the term"),
    "unlock": gettext_lazy("without limit"),
}
TOPICS_ABOUT = {
    "news": gettext_lazy("news that somebody writes"),
    "releases": gettext_lazy("new releases"),
    "updates": gettext_lazy("service packs, patches and fixes"),
    "support_end": gettext_lazy("the end of support of a release"),
}
RELEASE_UNITS = {
    "release": gettext_lazy("releases"),
    "major": gettext_lazy("major releases"),
}
INCLUDED_LIFE = {
    "term": gettext_lazy("to the end of their term"),
    "life": gettext_lazy("as long as bought ones"),
}
MAIL_RULE_NAMES = {
    "confirm_cost": gettext_lazy("opens it; one that costs points, when its sender has agreed"),
    "open": gettext_lazy("opens it at once, whatever it costs"),
    "form": gettext_lazy("is answered with the way to the form"),
}
ON_LAPSE = {
    "keep": gettext_lazy("the plan is kept to its end"),
    "downgrade": gettext_lazy("another plan counts"),
}
LIMIT_SPANS = {"term": gettext_lazy("term"), "month": gettext_lazy("month")}
# How often something comes that comes so many times a year.
_CADENCES = {
    1: gettext_lazy("once a year"),
    2: gettext_lazy("every six months"),
    3: gettext_lazy("every four months"),
    4: gettext_lazy("every three months"),
    6: gettext_lazy("every two months"),
    12: gettext_lazy("every month"),
}


def figure_text(number: int) -> str:
    """Write a number as people read it: "1,500"."""
    return number_format(number, force_grouping=True)


def points_text(points: int) -> str:
    """Say a number of points: "1 point", "1,500 points"."""
    said = ngettext("%(number)s point", "%(number)s points", points)
    return said % {"number": figure_text(points)}


def cost_text(price: Price | None) -> str:
    """Say what a case costs."""
    return points_text(price.points) if price and price.points else _("free of charge")


def cases_of_price(when: Mapping[str, tuple[str, ...]], policy: Policy) -> str:
    """Say what a price is for: "by phone", "Gold, Phone", "any case"."""
    if set(when) != {"channel"}:
        return when_text(when, policy)
    names = (part_name(policy, "channel", code) for code in when["channel"])
    return _("by %(channels)s") % {"channels": _(" or ").join(names)}


def releases_text(rule: ReleaseRule) -> str:
    """Say which releases a rule supports: "the current major release and the two before it"."""
    figures = {"number": apnumber(rule.back)}
    if rule.unit == "major":
        if not rule.back:
            return _("the current major release only")
        return (
            ngettext(
                "the current major release and the one before it",
                "the current major release and the %(number)s before it",
                rule.back,
            )
            % figures
        )
    if not rule.back:
        return _("the current release only")
    return (
        ngettext(
            "the current release and the one before it",
            "the current release and the %(number)s before it",
            rule.back,
        )
        % figures
    )


def release_sentence(rule: ReleaseRule, policy: Policy) -> str:
    """Say a rule with whom it is for: "Gold: the current release only"."""
    said = releases_text(rule)
    return f"{when_text(rule.when, policy)}: {said}" if rule.when else said


def benefit_text(benefit: Benefit, number: int) -> str:
    """Say how much of a benefit a plan has: "4 in each term", "every month", "none"."""
    if not number:
        return _("none")
    if benefit.kind == "unlock":
        return _("included")
    if benefit.kind == "deliveries":
        times = _("%(number)s times a year") % {"number": figure_text(number)}
        return str(_CADENCES.get(number, times))
    return _("%(number)s in each term") % {"number": figure_text(number)}


def grant_text(grant: Grant, policy: Policy) -> str:
    """Say how many points a grant gives, and for which editions."""
    amount = _("asked for when they are granted")
    said = amount if grant.points is None else points_text(grant.points)
    return f"{said} ({names_text(policy, 'edition', grant.editions)})" if grant.editions else said


def pack_text(pack: Pack) -> str:
    """Name a pack with its points, once where they are its name."""
    digits = re.sub(r"\D", "", pack.name)
    is_named = digits == str(pack.points)
    return pack.name if is_named else f"{pack.name} ({points_text(pack.points)})"


def limit_text(plan: Plan) -> str:
    """Say how many cases a plan has: "20 cases in each month", or that there is no limit."""
    if plan.case_limit is None:
        return _("no limit")
    each = {
        "term": ngettext(
            "%(number)s case in each term", "%(number)s cases in each term", plan.case_limit
        ),
        "month": ngettext(
            "%(number)s case in each month", "%(number)s cases in each month", plan.case_limit
        ),
    }[plan.case_limit_per]
    return each % {"number": figure_text(plan.case_limit)}


def lapse_text(plan: Plan, policy: Policy) -> str:
    """Say what becomes of a plan when a subscription that it needs has ended (SP-12)."""
    if plan.lapses_to is None:
        return str(ON_LAPSE["keep"])
    then = part_name(policy, "plan", plan.lapses_to)
    return _("the plan “%(plan)s” counts") % {"plan": then}


def audience_text(topic: Topic, policy: Policy) -> str:
    """Say who may have news: anybody, or who has one of some plans or subscriptions."""
    if topic.plans is None and topic.subscriptions is None:
        return _("anybody")
    plans = [part_name(policy, "plan", code) for code in topic.plans or ()]
    sold = [subscription_name(policy, code) for code in topic.subscriptions or ()]
    return _(" or ").join([*plans, *sold])


def subscription_name(policy: Policy, code: str) -> str:
    """Name a subscription; the code itself where the policy has none."""
    known = policy.subscription(code)
    return known.name if known else code


def names_text(policy: Policy, axis: str, codes: Iterable[str]) -> str:
    """Name codes of an axis, with commas between them."""
    return ", ".join(part_name(policy, axis, code) for code in codes)


def days_text(days: Sequence[int]) -> str:
    """Say how many days before something people are told: "90 and 30 days before"."""
    if not days:
        return _("never")
    figures = _(" and ").join(str(day) for day in days)
    said = ngettext("%(days)s day before", "%(days)s days before", max(days))
    return said % {"days": figures}
