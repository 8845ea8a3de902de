"""The customer's plan in short, for the start page: hours, points, and what ends next."""

from dataclasses import dataclass, replace

from entitlements.balances import balance_at
from entitlements.bought import bought_by
from entitlements.endings import CONTRACT, LICENCE, POINTS, RELEASE, Ending
from portal.filing.draft import Filing
from portal.outlook import open_levels
from sla.engine.errors import EngineError
from sla.openings import Opening, opening_for


@dataclass(frozen=True)
class PlanCard:
    """What a company has, in short.

    `plans` are the names of what runs, none where the vendor has no plans. `openings` are the
    hours of what is reported by the form, the most pressing first. `points` is None where no case
    costs any. `ends` are the next of each kind, the nearest first.
    """

    plans: tuple[str, ...]
    openings: tuple[Opening, ...]
    points: int | None
    points_end: Ending | None
    ends: tuple[Ending, ...]


def plan_card(filing: Filing) -> PlanCard:
    """Put the card together, of what a filing without answers has read already, and some more."""
    company = filing.by.company
    bought = bought_by(company, filing.policy, filing.at, with_benefits=False)
    ends: dict[str, Ending] = {}
    for one in bought.endings:
        ends.setdefault(one.kind, one)
    return PlanCard(
        plans=tuple(dict.fromkeys(one.plan.name for one in bought.running if one.plan)),
        openings=_openings(filing),
        points=_points(filing),
        points_end=ends.get(POINTS) if filing.by.may("see_points") else None,
        ends=tuple(one for kind, one in ends.items() if kind in (CONTRACT, LICENCE, RELEASE)),
    )


def _points(filing: Filing) -> int | None:
    if not filing.policy.has_points or not filing.by.may("see_points"):
        return None
    if filing.costs:
        return filing.costs[0].balance
    return balance_at(filing.by.company, filing.at)


def _openings(filing: Filing) -> tuple[Opening, ...]:
    """List the hours in which somebody works on a case of each level; no statement."""
    facts = filing.weighed.facts
    chosen = (
        {level.axis: level.code for level in levels}
        for levels in open_levels(filing.policy, filing.wish, filing.by)
    )
    try:
        found = [opening_for(filing.policy, replace(facts, **one), filing.at) for one in chosen]
    except EngineError:
        return ()
    return tuple(dict.fromkeys(opening for opening in found if opening is not None))
