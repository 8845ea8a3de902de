"""A monthly report that a look-alike vendor keeps, whatever happened in it. Inside its tenant."""

from datetime import UTC, datetime

from reports.models import ServiceReport
from reports.service import preview_of
from reports.spans import month_of
from tests.twins import Twin

MADE_AT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def monthly_report(twin: Twin, *, at: datetime = MADE_AT) -> ServiceReport:
    """Keep the report of February for the company of a twin."""
    month = month_of(datetime(2026, 2, 1, tzinfo=UTC).date(), twin.tenant.time_zone)
    report = preview_of(twin.company, month, at)
    report.save()
    return report
