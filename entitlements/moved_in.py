"""Points that a contract brings along from another system: what is left of them on that day."""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from entitlements.included import give_included
from entitlements.ledger import (
    Kind,
    Reason,
    add_points,
    entry_of,
    lock_points,
    write_entry,
)
from entitlements.models import Contract, PointsEntry, PointsLot
from entitlements.queries import today_of
from sla.drafting import check_may
from sla.engine.policy import Policy

# How the reason of such an entry begins.
MOVED_IN = "moved-in-"


@transaction.atomic
def bring_points(
    *,
    contract: Contract,
    points: int,
    expires_at: datetime | None,
    source: str,
    policy: Policy,
    by: Person | None,
    at: datetime,
) -> PointsEntry | None:
    """Let a new contract have so many points left, of all that it brought its company elsewhere.

    What the plan includes for the term that runs is given first. Of that, what was used elsewhere
    is entered as over: a correction takes two managers, an import is confirmed by one. What there
    is beyond it is added as bought, until `expires_at` (None = never). `source` names the system
    that they come from; it and the contract are the reason, of which a repeat gives the first
    entry. None where nothing is to be moved. Locks the company's points. Raises NotAllowed,
    ValueError (less than none, over before it begins).
    """
    check_may(by, "sell_points")
    if points < 0:
        raise ValueError(f"no points: {points}")
    account = lock_points(contract.company)
    key = f"{MOVED_IN}{source}-{contract.pk}"
    first = entry_of(contract.company, key)
    if first is not None:
        return first
    included = give_included([(contract, today_of(contract.company, at))], policy, at)
    beyond = points - sum(lot.points for lot in included)
    if beyond > 0:
        add_points(
            company=contract.company,
            points=beyond,
            source=PointsLot.Source.PURCHASE,
            reason_key=key,
            by=by,
            at=at,
            expires_at=expires_at,
            contract=contract,
            reference=source,
        )
    elif beyond < 0:
        account.refresh_from_db()
        reason = Reason(Kind.EXPIRY, key, by, at, at)
        return write_entry(account, reason, _used(included, -beyond))
    return entry_of(contract.company, key)


def _used(lots: list[PointsLot], points: int) -> list[tuple[int, int]]:
    """Take so many points off lots that were given just now, which have as many."""
    moves = []
    for lot in lots:
        part = min(lot.points, points)
        points -= part
        if part:
            moves.append((lot.pk, -part))
    return moves
