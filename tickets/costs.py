"""What a weighed case would cost by other channels, without weighing it again."""

from datetime import datetime

from accounts.models import Company
from entitlements.balances import balance_at
from entitlements.gate_rules import ChannelCost, channel_costs
from tickets.filing import Weighed


def costs_beside(weighed: Weighed, company: Company, at: datetime) -> list[ChannelCost]:
    """Price a weighed case by every channel that its plan and edition may use (SC-02, SC-03).

    In the order of the policy, the dearer and the cheaper; `missing` says how many more points are
    needed. From what was read already: no statement, one where the case itself is free. Empty where
    no case costs points.
    """
    policy = weighed.published.policy
    if not policy.has_points:
        return []
    balance = weighed.cost.balance if weighed.cost else balance_at(company, at)
    return channel_costs(policy, weighed.facts, balance)
