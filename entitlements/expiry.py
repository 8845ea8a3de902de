"""Until when points live. Pure but for the moments' form: policies in, moments out."""

from datetime import UTC, datetime

from sla.engine.policy import Policy
from sla.engine.span import Span, span_end


def points_end(policy: Policy, bought_at: datetime, zone: str) -> datetime | None:
    """Find the first moment at which points got at `bought_at` are over; None = never (SC-05).

    `zone` is the customer's IANA zone; it counts where the policy says that it does, else the
    vendor's. A year to the end of the day is over at 24:00 of the anniversary, 29 February's on
    28 February.
    """
    return None if policy.points.life is None else _end(policy, policy.points.life, bought_at, zone)


def grace_end(policy: Policy, at: datetime, zone: str) -> datetime:
    """Find until when points live that come back at `at` after their lot has expired (SC-21)."""
    return _end(policy, policy.points.grace_life, at, zone)


def _end(policy: Policy, span: Span, start: datetime, zone: str) -> datetime:
    in_zone = zone if span.zone == "customer" else policy.time_zone
    return datetime.fromtimestamp(span_end(span, in_zone, int(start.timestamp())), UTC)
