"""The cases of a version, while nothing is in effect yet."""

from datetime import timedelta

from django.urls import reverse

from accounts.tenancy import tenant
from sla.actions import load_document
from tests.desk.conftest import MONDAY, text_of
from tests.packs import pack_for


def test_cases_of_a_first_version_that_begins_later_are_listed(alpha, browse, set_desk_time):
    with tenant(alpha.tenant):
        text = pack_for("alpha", "metalogix")
        load_document(
            text=text, by=alpha.manager, at=MONDAY, effective_at=MONDAY + timedelta(days=9)
        )
    set_desk_time(MONDAY)

    page = browse(alpha.tenant, alpha.manager).get(reverse("admin:policy_version_cases", args=[1]))

    assert page.status_code == 200
    assert "Cases of Version 1" in text_of(page)
