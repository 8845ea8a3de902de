"""What contracts do because time has passed: terms begin, deliveries come due, people are told."""

from entitlements.daily import register_daily
from entitlements.deliveries import PLANNING, plan_all_deliveries
from entitlements.included import give_all_included
from entitlements.renewals import tell_of_deliveries, tell_of_ends


def register_contract_daily() -> None:
    """Have the terms of all contracts looked after."""
    register_daily("included_points", give_all_included)
    register_daily(PLANNING, plan_all_deliveries)
    register_daily("ends", tell_of_ends)
    register_daily("delivery_reminders", tell_of_deliveries)
