"""What a case costs, beside what it promises: by every way of reporting it, and on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from entitlements.gate_rules import ChannelCost
from portal.filing.draft import CHANNEL, Filing


@dataclass(frozen=True)
class Price:
    """What a case costs by channels that cost the same. `after`: what would be left."""

    names: str
    points: int
    balance: int
    missing: int
    is_chosen: bool

    @property
    def after(self) -> int:
        return self.balance - self.points


def side_costs(filing: Filing) -> dict[str, object]:
    """Prepare the prices of a filing for a page; nothing is there where no case costs points."""
    prices = prices_of(filing.costs)
    dearest = max((price.points for price in prices), default=0)
    scale = max(dearest, prices[0].balance if prices else 0)
    return {"prices": prices, "scale": scale, **phone_facts(filing)}


def phone_facts(filing: Filing) -> dict[str, object]:
    """Prepare what is said beside the phone number: what a call costs, or that it is not open."""
    return {"phone_cost": filing.phone_cost, "is_phone_closed": filing.is_phone_closed}


def form_price(filing: Filing) -> Price | None:
    """Find what the form costs, where a call costs points: the form may go where a call cannot."""
    if filing.phone_cost is None:
        return None
    return next((price for price in prices_of(filing.costs) if price.is_chosen), None)


def prices_of(costs: Sequence[ChannelCost]) -> list[Price]:
    """Put channels that cost the same together, the cheapest first."""
    by_points: dict[int, list[ChannelCost]] = {}
    for cost in costs:
        by_points.setdefault(cost.points, []).append(cost)
    return [
        Price(
            names=", ".join(one.channel.name for one in alike),
            points=points,
            balance=alike[0].balance,
            missing=alike[0].missing,
            is_chosen=any(one.channel.code == CHANNEL for one in alike),
        )
        for points, alike in sorted(by_points.items())
    ]
