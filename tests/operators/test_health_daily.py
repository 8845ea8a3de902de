"""The daily work on the operators' health page: when, and which tasks failed."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from accounts.tenancy import current_tenant_id
from entitlements import daily
from entitlements.daily import DailyState, keep_due, register_daily
from supportdesk.operators.health import daily_is_old

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def daily_of(page):
    """Give what the page says of the daily work, without its tags."""
    section = re.search(r'aria-labelledby="daily">(.*?)</section>', page, re.DOTALL)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


def test_health_page_names_what_failed_of_the_daily_work(
    alpha, beta, operators, operator, browse, monkeypatch
):
    def fail_in_beta(at):
        assert current_tenant_id() != beta.tenant.pk, "cn-secret"

    monkeypatch.setattr(daily, "_tasks", {})
    register_daily("touchy", fail_in_beta)
    client = browse(operators, operator)
    before = daily_of(client.get("/health/").content.decode())
    keep_due()

    page = client.get("/health/").content.decode()

    assert "cn-alpha-vendor not yet -" in before
    assert re.search(r"cn-alpha-vendor .* UTC · now none", daily_of(page))
    assert re.search(r"cn-beta-vendor .* UTC · now touchy", daily_of(page))
    assert "cn-secret" not in page


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, False),
        (DailyState(NOON - timedelta(hours=3), ()), False),
        (DailyState(NOON - timedelta(hours=3, seconds=1), ()), True),
        (DailyState(None, ("touchy",)), True),
    ],
)
def test_daily_work_is_old_after_three_hours(last, expected):
    assert daily_is_old(last, NOON) is expected
