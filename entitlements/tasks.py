"""Celery's share of the daily work: beat looks often, the rows say whether an hour is over."""

from celery import shared_task

from accounts.pulses import KEEP, say
from entitlements.daily import keep_due


@shared_task(name="entitlements.tasks.keep")
def keep() -> None:
    """Do the daily work of the vendors whose turn it is. Idempotent."""
    keep_due()
    say(KEEP)
