"""Celery's share of the cases: held answers, and the order for the nightly audit."""

from celery import shared_task

from accounts.queries import vendors
from accounts.tenancy import tenant
from tickets import held_answers
from tickets.auditing import start_nightly_audit


@shared_task
def audit_clocks() -> None:
    """Order tonight's audit of every vendor's open cases, unless it has been. Idempotent."""
    for vendor in vendors():
        with tenant(vendor) as at:
            start_nightly_audit(at=at)


@shared_task
def send_held_answers() -> None:
    """Send the answers whose time to be undone is over. Any number may run at once."""
    held_answers.send_held_answers()
