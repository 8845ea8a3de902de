"""The audit of the clocks on the operators' health page: figures, no case and no person."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from accounts.tenancy import tenant
from jobs.models import Job
from supportdesk.operators.health import audit_fault
from tests.cases import file_case
from tests.packs import publish
from tests.tickets.audits import audited, spoil
from tickets.audit import AuditOutcome, AuditState
from tickets.auditing import start_audit

pytestmark = pytest.mark.django_db


def audit_of(page):
    """Give what the page says of the audit, without its tags."""
    section = re.search(r'aria-labelledby="audit">(.*?)</section>', page, re.DOTALL)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


def test_health_page_tells_the_last_audit_of_each_vendor(alpha, beta, operators, operator, browse):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant) as at:
            case = file_case(twin, at=at)
            if twin is alpha:
                spoil("UPDATE tickets_case SET tier = 3 WHERE id = %s", case.pk)
    client = browse(operators, operator)
    before = audit_of(client.get("/health/").content.decode())
    for twin in (alpha, beta):
        audited(twin)

    page = client.get("/health/").content.decode()

    assert "cn-alpha-vendor not yet" in before
    told = audit_of(page)
    assert re.search(r"cn-alpha-vendor .* UTC .*2 clocks of 1 cases 1", told)
    assert re.search(r"cn-beta-vendor .* UTC .*2 clocks of 1 cases none", told)
    for hidden in (case.subject, "TW-1", "tier"):
        assert hidden not in page


NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def ago(hours):
    return NOON - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("last", "newest", "fault"),
    [
        (None, None, ""),
        (26, ("done", 26), ""),
        (26.1, ("done", 26.1), "old"),
        (2, ("failed", 1), "failed"),
        (None, ("failed", 1), "failed"),
        (2, ("running", 1), ""),
        (2, ("running", 1.1), "stuck"),
        (None, ("waiting", 1.1), "stuck"),
        # After a leap of desk time the next one is on its way, unless it hangs.
        (27, ("waiting", 0.1), ""),
        (27, ("waiting", 1.1), "stuck"),
        (None, ("cancelled", 27), "old"),
        (2, ("cancelled", 1), ""),
    ],
)
def test_audit_that_does_not_do_its_work_has_a_fault(last, newest, fault):
    outcome = None if last is None else AuditOutcome(ago(last), 1, 1, 0, 0)
    state = None if newest is None else AuditState(newest[0], ago(newest[1]))

    assert audit_fault(outcome, state, NOON) == fault


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"state": "failed", "why": "No.", "finished_at": NOON}, "the newest one failed"),
        ({"state": "running"}, "the newest one does not come to its end"),
    ],
)
def test_health_page_warns_of_an_audit_that_failed_or_hangs(
    alpha, operators, operator, browse, set_desk_time, values, told
):
    publish(alpha, "metalogix")
    audited(alpha)
    with tenant(alpha.tenant) as at:
        job = start_audit(by=None, at=at)
        Job.objects.filter(pk=job.pk).update(**values)
    client = browse(operators, operator)
    at_first = audit_of(client.get("/health/").content.decode())
    set_desk_time(at + timedelta(hours=2))

    page = audit_of(client.get("/health/").content.decode())

    assert (told in at_first) is (values["state"] == "failed")
    assert told in page


def test_health_page_warns_of_an_audit_that_is_too_long_ago(
    alpha, operators, operator, browse, set_desk_time
):
    publish(alpha, "metalogix")
    job = audited(alpha)
    set_desk_time(job.finished_at + timedelta(hours=27))
    client = browse(operators, operator)

    assert "more than 26 hours ago" in audit_of(client.get("/health/").content.decode())
