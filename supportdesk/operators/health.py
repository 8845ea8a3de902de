"""How the whole installation is: its clock, what is late, what differs, what was not sent."""

from dataclasses import dataclass

from accounts.models import DeskTime, Tenant
from accounts.queries import vendors
from escalation.queries import Backlog as TickBacklog
from escalation.queries import tick_backlog
from outbox.queries import Backlog, backlog
from tickets.audit import AuditOutcome, audit_outcomes


@dataclass(frozen=True)
class VendorHealth:
    """What the tick still has to do at one vendor, and its last audit; None before the first."""

    vendor: Tenant
    tick: TickBacklog
    audit: AuditOutcome | None


@dataclass(frozen=True)
class Health:
    """The figures of the health page; `offset_seconds` is how far desk time is ahead."""

    offset_seconds: int
    outbox: Backlog
    vendors: list[VendorHealth]


def health() -> Health:
    """Read the figures, in the operators' tenant; they name no case and no person."""
    waiting, audits = tick_backlog(), audit_outcomes()
    return Health(
        offset_seconds=DeskTime.objects.get().offset_seconds,
        outbox=backlog(),
        vendors=[
            VendorHealth(vendor, waiting[vendor.pk], audits.get(vendor.pk)) for vendor in vendors()
        ],
    )
