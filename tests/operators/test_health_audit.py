"""The audit of the clocks on the operators' health page: figures, no case and no person."""

import re
from html import unescape

import pytest

from accounts.tenancy import tenant
from tests.cases import file_case
from tests.packs import publish
from tests.tickets.audits import audited, spoil

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
