"""What changes in what a policy sells: prices case by case, benefits plan by plan."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sla.differences import Difference
from sla.engine.offer import Benefit, Price, ReleaseRule, Topic
from sla.engine.policy import Policy
from sla.offer_words import (
    audience_text,
    benefit_text,
    cases_of_price,
    cost_text,
    figure_text,
    releases_text,
)
from sla.rule_comparison import Changed, When, changed_rules
from sla.words import part_name, when_text

# Takes what the part is called, the part of both policies, and both policies.
Tell = Callable[..., Iterator[Difference]]


def price_differences(_title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    """List for which cases the price changes: "Price by phone: 30 points → 40 points"."""
    for changed in _changed(before.prices, after.prices, _of_price):
        policy = after if changed.after else before
        what = _("Price %(cases)s") % {"cases": _for_cases(changed.when, policy)}
        was, becomes = changed.before, changed.after
        if (was and was.points) != (becomes and becomes.points):
            yield Difference(what, was and cost_text(was), becomes and cost_text(becomes))
        elif was and becomes:
            yield from _words_beside(what, was, becomes)


def release_differences(title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    """List for which cases other releases are supported."""
    for changed in _changed(before.supported_releases, after.supported_releases, _of_releases):
        policy = after if changed.after else before
        cases = when_text(changed.when, policy)
        what = f"{title}, {cases}" if changed.when else title
        was, becomes = changed.before, changed.after
        texts = [releases_text(rule) if rule else None for rule in (was, becomes)]
        if texts[0] != texts[1]:
            yield Difference(what, *texts)
        elif was and becomes:
            yield from _words_beside(what, was, becomes)


def benefit_named(benefit: Benefit, policy: Policy) -> str:
    """Say a benefit with what each plan has of it: "Training (Gold: 4 in each term)"."""
    had = ", ".join(
        f"{part_name(policy, 'plan', code)}: {benefit_text(benefit, number)}"
        for code, number in benefit.plans
        if number
    )
    return f"{benefit.name} ({had})" if had else benefit.name


def _changed(before: tuple, after: tuple, said: Callable[[Any], object]) -> Iterator[Changed]:
    return changed_rules(before, after, kind=lambda _row: "", said=said)


def _of_price(price: Price) -> object:
    return price.points, price.source, price.note


def _of_releases(rule: ReleaseRule) -> object:
    return rule.unit, rule.back, rule.source, rule.note


def _for_cases(when: When, policy: Policy) -> str:
    cases = cases_of_price(when, policy)
    return cases if set(when) == {"channel"} else _("for %(cases)s") % {"cases": cases}


def _words_beside(
    what: str, one: Price | ReleaseRule, other: Price | ReleaseRule
) -> Iterator[Difference]:
    if one.note != other.note:
        told = _("%(what)s, note") % {"what": what}
        yield Difference(told, one.note or None, other.note or None)
    if one.source != other.source:
        yield Difference(_("%(what)s, source") % {"what": what})


def _figures(
    what: str, one: Benefit, other: Benefit, before: Policy, after: Policy
) -> Iterator[Difference]:
    """Tell what each plan has of a benefit, and the ratio of each edition."""
    for code in dict.fromkeys([*dict(other.plans), *dict(one.plans)]):
        was, becomes = benefit_text(one, one.number(code)), benefit_text(other, other.number(code))
        if was != becomes:
            yield Difference(f"{what}, {_named(before, after, 'plan', code)}", was, becomes)
    old, new = dict(one.editions), dict(other.editions)
    for code in dict.fromkeys([*new, *old]):
        if old.get(code) != new.get(code):
            ratio = _("for each, with %(edition)s") % {
                "edition": _named(before, after, "edition", code)
            }
            texts = (figure_text(one[code]) if code in one else None for one in (old, new))
            yield Difference(f"{what}, {ratio}", *texts)


def _audience(
    what: str, one: Topic, other: Topic, before: Policy, after: Policy
) -> Iterator[Difference]:
    was, becomes = audience_text(one, before), audience_text(other, after)
    if was != becomes:
        yield Difference(_("%(what)s, for whom") % {"what": what}, was, becomes)


def _named(before: Policy, after: Policy, axis: str, code: str) -> str:
    named = part_name(after, axis, code)
    return part_name(before, axis, code) if named == code else named


# Sections that are told in ways of their own.
OFFER_WAYS = {"prices": price_differences, "supported_releases": release_differences}
# Fields of a part that are told together, and how.
TOGETHER: Mapping[type, tuple[tuple[str, ...], Tell]] = {
    Benefit: (("plans", "editions"), _figures),
    Topic: (("plans", "subscriptions"), _audience),
}
