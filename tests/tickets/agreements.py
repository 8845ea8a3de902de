"""A company with points under the Scalix pack, and what its cases and lots look like."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from accounts.tenancy import tenant
from entitlements.balances import balance_at, trial_balance
from entitlements.ledger import add_points
from entitlements.models import PointsLot
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import MONDAY
from tests.packs import publish
from tests.twins import Twin
from tickets.models import Case

FAR = datetime(2031, 3, 1, tzinfo=UTC)


def sell_points(twin: Twin, points: int = 50, *, at: datetime, until: datetime = FAR) -> PointsLot:
    """Let the company buy points, in the tenant that is entered."""
    return add_points(
        company=twin.company,
        points=points,
        source="purchase",
        reason_key=f"order-{points}-{until:%Y%m%d}",
        by=None,
        at=at,
        expires_at=until,
    )


@contextmanager
def scalix(twin: Twin, points: int = 50) -> Iterator[None]:
    """Be inside a vendor under the Scalix pack whose customer has bought points."""
    publish(twin, "scalix")
    with tenant(twin.tenant):
        twin.contract.plan = "basic"
        twin.contract.save(update_fields=["plan"])
        if points:
            sell_points(twin, points, at=MONDAY)
        yield


def balance(twin: Twin, at: datetime) -> int:
    return balance_at(twin.company, at)


def sums_to_zero(twin: Twin) -> bool:
    return sum(trial_balance(twin.company).values()) == 0


def entries(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def mail(kind: str):
    """Write the one message of a kind as it would leave: who gets it, subject and words."""
    message = OutboxMessage.objects.select_related("recipient").get(kind=kind)
    written = registered(kind).render(message.recipient, message.refs)
    return message.recipient, written.subject, written.body
