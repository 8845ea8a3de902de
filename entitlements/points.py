"""Points in lots: what is taken from which, and where it goes back to. Pure: no Django.

Moments are aware datetimes. A lot is over from its `expires_at` on; None lasts for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class ShortOf(Exception):
    """There are not enough points; `missing` says how many more it would take."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(missing)


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that were got together and end together."""

    id: int
    remaining: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Where points go back to: `lots` as (lot's id, points), `grace` of lots that are over."""

    lots: tuple[tuple[int, int], ...]
    grace: int


def is_usable(lot: Lot, at: datetime) -> bool:
    """Tell whether points of the lot can be spent at a moment."""
    return lot.remaining > 0 and not is_over(lot.expires_at, at)


def is_over(expires_at: datetime | None, at: datetime) -> bool:
    """Tell whether a lot has ended at a moment: from its end on, not before (SC-05)."""
    return expires_at is not None and expires_at <= at


def take(lots: Iterable[Lot], points: int, at: datetime) -> tuple[tuple[int, int], ...]:
    """Choose what to take from which lot, as (lot's id, points) in the order of taking.

    What ends first is taken first (SC-05), what never ends last; of two that end together the
    lower id. One debit may span lots (SC-04). Raises ShortOf, ValueError when points < 1.
    """
    if points < 1:
        raise ValueError(f"nothing to take: {points}")
    taken, missing = [], points
    usable = [lot for lot in lots if is_usable(lot, at)]
    for lot in sorted(
        usable, key=lambda lot: (lot.expires_at is None, lot.expires_at or at, lot.id)
    ):
        part = min(lot.remaining, missing)
        taken.append((lot.id, part))
        missing -= part
        if not missing:
            return tuple(taken)
    raise ShortOf(missing)


def give_back(spent: Iterable[tuple[int, int, datetime | None]], at: datetime) -> GivenBack:
    """Tell where spent points go back to: their own lots, or what is over to a grace lot (SC-21).

    `spent` as (lot's id, points, the lot's end).
    """
    lots, grace = [], 0
    for lot_id, points, expires_at in spent:
        if is_over(expires_at, at):
            grace += points
        else:
            lots.append((lot_id, points))
    return GivenBack(lots=tuple(lots), grace=grace)
