"""Celery's share of the cases: beat orders the nightly audit, the workers of the jobs do it."""

from celery import shared_task

from accounts.queries import vendors
from accounts.tenancy import tenant
from tickets.auditing import start_audit


@shared_task
def audit_clocks() -> None:
    """Order an audit of every vendor's open cases. Idempotent while one is under way."""
    for vendor in vendors():
        with tenant(vendor) as at:
            start_audit(by=None, at=at)
