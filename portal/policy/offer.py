"""What a case costs and what each plan brings, drawn so that it can be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.policy.offer_rules import points_rules
from sla.engine.offer import Benefit, Grant, Pack, Price
from sla.engine.parts import Plan
from sla.engine.policy import Policy
from sla.offer_words import (
    benefit_text,
    cases_of_price,
    cost_text,
    figure_text,
    grant_text,
    limit_text,
    names_text,
    pack_text,
)

# The width of a bar that is as long as any.
FULL = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """What a case costs that comes by some channels; `width` of its bar, 0 to FULL."""

    channels: str
    points: str
    width: int
    note: str


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack, named with its points, and how many cases it is good for by each of the costs."""

    pack: Pack
    name: str
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices by channel, those for certain cases, packs, what is given, and the rules of points."""

    by_channel: tuple[Cost, ...]
    others: tuple[tuple[str, str, str], ...]
    packs: tuple[PackRow, ...]
    columns: tuple[str, ...]
    grants: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a plan has of one thing: in words, drawn where it is a number, or as a mark."""

    column: str
    text: str
    width: int | None = None
    is_had: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """Plans of one family, each with what it brings; no `name` = they have none in common."""

    name: str
    plans: tuple[tuple[Plan, tuple[Brought, ...]], ...]


@dataclass(frozen=True, slots=True)
class Included:
    """What plans bring beside times: a column for each thing, a row for each plan."""

    columns: tuple[str, ...]
    families: tuple[Family, ...]
    notes: tuple[tuple[str, str], ...]


def costs_of(policy: Policy) -> Costs | None:
    """Describe what cases cost; None where nothing does."""
    if not policy.has_points:
        return None
    usual = _by_channel(policy)
    longest = max((price.points for price, _names in usual), default=0)
    plain = {id(price) for price, _names in usual}
    paid = [(price, names) for price, names in usual if price.points]
    return Costs(
        by_channel=tuple(
            Cost(names, cost_text(price), _width(price.points, longest), price.note)
            for price, names in usual
        ),
        others=tuple(
            (cases_of_price(price.when, policy), cost_text(price), price.note)
            for price in policy.prices
            if id(price) not in plain
        ),
        packs=tuple(_pack(pack, paid) for pack in policy.packs),
        columns=tuple(_("Cases by %(channels)s") % {"channels": names} for _p, names in paid),
        grants=tuple((one.name, _grant(one, policy)) for one in policy.grants),
        rules=tuple(points_rules(policy)),
    )


def included_by(policy: Policy) -> Included | None:
    """Describe what plans bring; None where none brings anything."""
    things = [*_plain_things(policy), *(_Benefit(one, policy) for one in policy.benefits)]
    if not policy.plans or not things:
        return None
    families: dict[str, list[Plan]] = {}
    for plan in policy.plans:
        families.setdefault(plan.family, []).append(plan)
    return Included(
        columns=tuple(thing.column for thing in things),
        families=tuple(
            Family(name, tuple((plan, tuple(one.of(plan) for one in things)) for plan in plans))
            for name, plans in families.items()
        ),
        notes=tuple(_notes(policy)),
    )


def _by_channel(policy: Policy) -> list[tuple[Price, str]]:
    """List the usual price of each channel; channels of one price together."""
    found: dict[int, tuple[Price, list[str]]] = {}
    for channel in policy.channels:
        price = _usual_price(policy, channel.counts_as or channel.code)
        if price is not None:
            found.setdefault(id(price), (price, []))[1].append(channel.name)
    return [(price, _(" or ").join(names)) for price, names in found.values()]


def _usual_price(policy: Policy, channel: str) -> Price | None:
    """Find the price that a channel has for any case: of those that ask for nothing else."""
    plain = (one for one in policy.prices if set(one.when) <= {"channel"})
    mine = [one for one in plain if channel in one.when.get("channel", (channel,))]
    return max(mine, key=lambda one: len(one.when), default=None)


def _pack(pack: Pack, paid: Sequence[tuple[Price, str]]) -> PackRow:
    cases = tuple(
        (_("Cases by %(channels)s") % {"channels": names}, figure_text(pack.points // price.points))
        for price, names in paid
    )
    return PackRow(pack, pack_text(pack), cases)


def _grant(grant: Grant, policy: Policy) -> str:
    if grant.points is not None:
        return grant_text(grant, policy)
    told = _("As many as are agreed when you buy.")
    if not grant.editions:
        return told
    named = names_text(policy, "edition", grant.editions)
    return _("As many as are agreed when you buy: %(editions)s.") % {"editions": named}


def _width(number: int, most: int) -> int:
    return round(number * FULL / most) if most else 0


class _Points:
    """The points that come with a plan."""

    def __init__(self, policy: Policy) -> None:
        self.column = _("Points in each term")
        self.most = max(plan.included_points or 0 for plan in policy.plans)

    def of(self, plan: Plan) -> Brought:
        points = plan.included_points or 0
        text = figure_text(points) if points else _("none")
        return Brought(self.column, text, _width(points, self.most), bool(points))


class _Limit:
    """How many cases a plan has."""

    def __init__(self) -> None:
        self.column = _("Cases")

    def of(self, plan: Plan) -> Brought:
        return Brought(self.column, limit_text(plan))


class _Benefit:
    """What a plan has of a benefit."""

    def __init__(self, benefit: Benefit, policy: Policy) -> None:
        self.column, self.benefit = benefit.name, benefit
        self.most = max((benefit.number(plan.code) for plan in policy.plans), default=0)

    def of(self, plan: Plan) -> Brought:
        number = self.benefit.number(plan.code)
        drawn = None if self.benefit.kind == "unlock" else _width(number, self.most)
        return Brought(self.column, benefit_text(self.benefit, number), drawn, bool(number))


def _plain_things(policy: Policy) -> Iterable[_Points | _Limit]:
    if any(plan.included_points for plan in policy.plans):
        yield _Points(policy)
    if any(plan.case_limit for plan in policy.plans):
        yield _Limit()


def _notes(policy: Policy) -> Iterable[tuple[str, str]]:
    """Explain the benefits, and what those have of one who do not have it without limit."""
    for benefit in policy.benefits:
        said = [benefit.description] if benefit.description else []
        for edition, number in benefit.editions:
            ratio = _("The other plans have %(number)s for each (%(edition)s).")
            named = names_text(policy, "edition", [edition])
            said.append(ratio % {"number": figure_text(number), "edition": named})
        if said:
            yield benefit.name, " ".join(said)
