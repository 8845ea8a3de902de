"""Audits in tests: spoiling what is stored, and having it found."""

from django.db import connection

from accounts.tenancy import tenant
from jobs.models import Job
from jobs.working import work_due
from tests.twins import Twin
from tickets.auditing import start_audit


def spoil(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def audited(twin: Twin) -> Job:
    """Order an audit and work it off."""
    with tenant(twin.tenant) as at:
        start_audit(by=None, at=at)
    work_due()
    with tenant(twin.tenant):
        return Job.objects.select_related("tenant").filter(kind="audit_clocks").latest("id")
