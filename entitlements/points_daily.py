"""What the ledger does because time has passed: enter expiries, and check that the sums hold."""

from datetime import datetime

from entitlements.balances import LedgerIsFaulty, reconcile
from entitlements.daily import register_daily
from entitlements.ledger import expire_lots


def register_points_daily() -> None:
    # In this order: what has expired is entered before anybody asks whether it was.
    register_daily("points_expiry", lambda at: expire_lots(at=at))
    register_daily("points_reconcile", sound_the_alarm)


def sound_the_alarm(at: datetime) -> None:
    """Reconcile the ledger. Raises LedgerIsFaulty, which the daily work logs and counts."""
    faults = reconcile(at)
    if faults:
        raise LedgerIsFaulty(faults)
