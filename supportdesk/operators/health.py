"""How the whole installation is: its clock, what is late, what differs, what was not sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import DeskTime, Tenant
from accounts.pulses import Pulse, pulses
from accounts.queries import vendors
from entitlements.daily import DailyState, daily_states
from escalation.queries import Backlog as TickBacklog
from escalation.queries import tick_backlog
from jobs.models import Job
from outbox.queries import Backlog, backlog
from tickets.audit import AuditOutcome, AuditState, audit_outcomes, audit_states
from tickets.overdue import overdue_answers

# The nightly audit is ordered once a day and is done within minutes.
OLD_AFTER = timedelta(hours=26)
STUCK_AFTER = timedelta(hours=1)
# The daily work is begun about once an hour.
DAILY_IS_OLD_AFTER = timedelta(hours=3)


@dataclass(frozen=True)
class VendorHealth:
    """What the tick still has to do at one vendor, its last audit and its last daily work.

    None before the first. `audit_fault`: "failed", "stuck" or "old" where the audit does not do its
    work, else "". `daily_is_old`: nobody has done the daily work for hours.
    """

    vendor: Tenant
    tick: TickBacklog
    audit: AuditOutcome | None
    audit_fault: str = ""
    daily: DailyState | None = None
    daily_is_old: bool = False


@dataclass(frozen=True)
class Health:
    """The figures of the health page; `offset_seconds` is how far desk time is ahead.

    `overdue_answers` are those that agents pressed and that nobody has sent in their time.
    `has_scanner`: files are looked through before anybody can have them.
    """

    offset_seconds: int
    parts: list[Pulse]
    outbox: Backlog
    overdue_answers: int
    has_scanner: bool
    vendors: list[VendorHealth]


def health(at: datetime) -> Health:
    """Read the figures as of `at`, in the operators' tenant; they name no case and no person."""
    waiting, audits, states = tick_backlog(), audit_outcomes(), audit_states()
    daily = daily_states()
    return Health(
        offset_seconds=DeskTime.objects.get().offset_seconds,
        parts=sorted(pulses().values(), key=lambda pulse: pulse.name),
        outbox=backlog(),
        overdue_answers=overdue_answers(),
        has_scanner=bool(settings.ATTACHMENT_SCANNER),
        vendors=[
            VendorHealth(
                vendor,
                waiting[vendor.pk],
                audits.get(vendor.pk),
                audit_fault(audits.get(vendor.pk), states.get(vendor.pk), at),
                daily.get(vendor.pk),
                daily_is_old(daily.get(vendor.pk), at),
            )
            for vendor in vendors()
        ],
    )


def audit_fault(last: AuditOutcome | None, newest: AuditState | None, at: datetime) -> str:
    """Name what is wrong with a vendor's audit as of `at`: "failed", "stuck", "old" or ""."""
    if newest is None:
        return ""
    if newest.state == Job.State.FAILED:
        return "failed"
    if newest.state in Job.ACTIVE and at - newest.requested_at > STUCK_AFTER:
        return "stuck"
    if newest.state in Job.ACTIVE:
        return ""
    began = last.audited_at if last else newest.requested_at
    return "old" if at - began > OLD_AFTER else ""


def daily_is_old(last: DailyState | None, at: datetime) -> bool:
    """Tell whether a vendor's daily work was begun too long before `at`; not before the first."""
    return last is not None and (last.ran_at is None or at - last.ran_at > DAILY_IS_OLD_AFTER)
