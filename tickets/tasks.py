"""Celery's share of the cases: the nightly audit is ordered here, the jobs' workers do it."""

from celery import shared_task

from accounts.queries import vendors
from accounts.tenancy import tenant
from tickets.auditing import start_nightly_audit


@shared_task
def audit_clocks() -> None:
    """Order tonight's audit of every vendor's open cases, unless it has been. Idempotent."""
    for vendor in vendors():
        with tenant(vendor) as at:
            start_nightly_audit(at=at)
