"""What is left of prepaid points, contract by contract, as an import reads it."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.queries import whereabouts
from entitlements.balances import usable_lots
from entitlements.models import Contract, PointsLot
from entitlements.queries import contracts_on, today_of

INCLUDED = PointsLot.Source.INCLUDED
# A lot is over at a moment, the midnight after its last day.
INSTANT = timedelta(seconds=1)


def points_left(contract: Contract, at: datetime) -> dict[str, Any]:
    """Say what is left of the points of a contract that runs at `at`, and the last day of them.

    What belongs to no contract that runs is with the company's first. Where lots end on different
    days it is the last: nobody loses by moving. Nothing is said of a company without any points.
    """
    company = contract.company
    running = list(contracts_on(company, today_of(company, at)).order_by("pk"))
    keys = [one.pk for one in running]
    if contract.pk not in keys or not company.points_lots.exists():
        return {}
    own = {contract.pk} if contract.pk != keys[0] else None
    lots = [
        lot
        for lot in usable_lots(company, at)
        if (lot.contract_id in own if own else lot.contract_id not in keys[1:])
    ]
    ends = [_last_day(contract, lot.expires_at) for lot in lots if lot.source != INCLUDED]
    known = [day for day in ends if day is not None]
    last = str(max(known)) if known and len(known) == len(ends) else ""
    return {"points_remaining": sum(lot.remaining for lot in lots), "points_end_on": last}


def _last_day(contract: Contract, expires_at: datetime | None) -> date | None:
    if expires_at is None:
        return None
    return whereabouts(company=contract.company).date_at(expires_at - INSTANT)
