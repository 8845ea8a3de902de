"""What is sold, and to whom, in one line for each part."""

from collections.abc import Callable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.engine.policy import Policy
from sla.offer_words import (
    cases_of_price,
    cost_text,
    days_text,
    grant_text,
    pack_text,
    points_text,
    release_sentence,
)
from sla.sentences import calendar_span_text
from sla.words import listed_text


def _plans(policy: Policy) -> str:
    families: dict[str, list[str]] = {}
    for plan in policy.plans:
        families.setdefault(plan.family, []).append(plan.name)
    return listed_text(
        (
            f"{family}: {listed_text(names)}" if family else listed_text(names)
            for family, names in families.items()
        ),
        "; ",
    )


def _subscriptions(policy: Policy) -> str:
    return listed_text(one.name for one in policy.subscriptions)


def _prices(policy: Policy) -> str:
    if not policy.prices:
        return _("Every case is free of charge.")
    said = (f"{cases_of_price(one.when, policy)}: {cost_text(one)}" for one in policy.prices)
    return capfirst(listed_text(said, "; "))


def _packs(policy: Policy) -> str:
    return listed_text(pack_text(one) for one in policy.packs)


def _grants(policy: Policy) -> str:
    return listed_text((f"{one.name}: {grant_text(one, policy)}" for one in policy.grants), "; ")


def _points(policy: Policy) -> str:
    if not policy.prices and not policy.packs and not policy.grants:
        return _("There are none.")
    span = policy.points.life
    life = calendar_span_text(span) if span else _("They never expire")
    backs = {
        _("a bug"): policy.points.bug_credit,
        _("a case that is declined"): policy.points.declined_refund,
    }
    back = _(" and ").join(what for what, does in backs.items() if does)
    if not back:
        return life
    return _("%(life)s; they come back for %(cases)s") % {"life": life, "cases": back}


def _benefits(policy: Policy) -> str:
    return listed_text(_benefit(one.name, len(one.plans)) for one in policy.benefits)


def _benefit(name: str, plans: int) -> str:
    said = ngettext("%(name)s (%(number)d plan)", "%(name)s (%(number)d plans)", plans)
    return said % {"name": name, "number": plans}


def _topics(policy: Policy) -> str:
    return listed_text(one.name for one in policy.topics)


def _supported_releases(policy: Policy) -> str:
    if not policy.supported_releases:
        return _("Every release that has no date of its own.")
    said = (release_sentence(one, policy) for one in policy.supported_releases)
    return capfirst(listed_text(said, "; "))


def _licence(policy: Policy) -> str:
    if not policy.licence.required:
        return _("None is needed to open a case.")
    days = policy.licence.grace_days
    if not days:
        return _("A verified one is needed, without days of grace.")
    return ngettext(
        "A verified one is needed, with %(number)d day of grace.",
        "A verified one is needed, with %(number)d days of grace.",
        days,
    ) % {"number": days}


def _notices(policy: Policy) -> str:
    told = policy.notices
    named = {
        _("support of a release"): told.support_end_days,
        _("licences"): told.licence_days,
        _("contracts"): told.contract_days,
        _("points"): told.points_days,
        _("deliveries"): told.delivery_days,
    }
    said = [f"{what}: {days_text(days)}" for what, days in named.items() if days]
    if told.low_points is not None:
        said.append(_("told at %(points)s") % {"points": points_text(told.low_points)})
    return capfirst(listed_text(said, "; "))


def _registration(policy: Policy) -> str:
    if policy.registration.open:
        return _("Anybody may ask for one; somebody decides.")
    return _("Nobody may ask for one themselves.")


OFFER_SUMMARIES: Mapping[str, Callable[[Policy], str]] = {
    "plans": _plans,
    "subscriptions": _subscriptions,
    "prices": _prices,
    "packs": _packs,
    "grants": _grants,
    "points": _points,
    "benefits": _benefits,
    "topics": _topics,
    "supported_releases": _supported_releases,
    "licence": _licence,
    "notices": _notices,
    "registration": _registration,
}
