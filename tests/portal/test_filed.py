"""The page after filing: the number, what happens next, and the call that is owed."""

from datetime import UTC, datetime

from accounts.tenancy import tenant
from entitlements.models import Contract
from tests.portal.pages import file_cases, words

# 12:00 in New York.
SATURDAY = datetime(2083, 6, 12, 16, 0, tzinfo=UTC)


def test_mx_07_confirmation_has_the_number_to_call_and_both_promises(vendor, browse, set_desk_time):
    set_desk_time(SATURDAY)
    world = vendor("metalogix")
    with tenant(world.tenant):
        Contract.objects.update(plan="premium")
    (case,) = file_cases(world, 1, at=SATURDAY, severity="1", environment="production")

    page = words(browse(world.tenant, world.contact).get(f"/cases/{case.number}/filed/"))

    number = f"{world.tenant.case_prefix}-{case.number}"
    assert f"Its number: {number}" in page
    assert "Please call now 202-609-9100" in page
    assert f"Say “{number}” first, and the call is joined to this case" in page
    assert "Until your call is logged answered by Mon 14 Jun 2083, 09:00 EDT" in page
    assert "If you call now answered by Sat 12 Jun 2083, 14:00 EDT" in page
    assert "A mail with the number and the promise goes to carla@acme.test." in page
