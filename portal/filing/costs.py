"""What a case costs, beside what it promises: by every way of reporting it, and on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from entitlements.gate_rules import ChannelCost
from entitlements.maintenance import whom_to_ask
from portal.filing.draft import CHANNEL, Filing

# The bars of prices are drawn on this many units.
BAR_WIDTH = 100


@dataclass(frozen=True)
class Price:
    """What a case costs by channels that cost the same. `after`: what would be left.

    `most` is what all prices of a page are drawn against: the dearest, or what is on hand.
    """

    names: str
    points: int
    balance: int
    missing: int
    is_chosen: bool
    most: int

    @property
    def after(self) -> int:
        return self.balance - self.points

    @property
    def width(self) -> int:
        """Say how wide the price is drawn, of BAR_WIDTH."""
        return self._drawn(self.points)

    @property
    def paid_width(self) -> int:
        """Say how much of that the points on hand are enough for."""
        return self._drawn(min(self.points, self.balance))

    @property
    def balance_at(self) -> int:
        """Say where what is on hand ends."""
        return self._drawn(self.balance)

    def _drawn(self, points: int) -> int:
        return points * BAR_WIDTH // self.most if self.most else 0


def side_costs(filing: Filing) -> dict[str, object]:
    """Prepare the prices of a filing for a page; nothing is there where no case costs points.

    `seller` is whom to ask for more, where there are too few (SC-19).
    """
    return {
        "prices": prices_of(filing.costs),
        "seller": _seller(filing),
        **phone_facts(filing),
    }


def _seller(filing: Filing) -> dict[str, str] | None:
    if all(refusal.code != "points_short" for refusal in filing.weighed.refusals):
        return None
    name, address = whom_to_ask(filing.by.company, filing.policy)
    return {"name": name, "address": address}


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
    most = max((max(cost.points, cost.balance) for cost in costs), default=0)
    return [
        Price(
            names=", ".join(one.channel.name for one in alike),
            points=points,
            balance=alike[0].balance,
            missing=alike[0].missing,
            is_chosen=any(one.channel.code == CHANNEL for one in alike),
            most=most,
        )
        for points, alike in sorted(by_points.items())
    ]
