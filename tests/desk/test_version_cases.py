"""The cases of a version, while nothing is in effect yet."""

from datetime import timedelta

from django.urls import reverse

from accounts.tenancy import tenant
from sla.actions import load_document
from tests.cases import file_case
from tests.desk.conftest import MONDAY, text_of
from tests.packs import pack_for, publish
from tests.tickets.retargets import publish_hours
from tickets.actions.retargeting import retarget_case


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


def test_open_case_that_was_retargeted_onto_a_version_is_listed(alpha, browse):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        before = file_case(alpha, severity="3", at=at)
        version = publish_hours(alpha, 4, at=at)
        file_case(alpha, severity="3", at=at)
        retarget_case(case_id=before.pk, version=version, base="change", by=None, at=at)
    client = browse(alpha.tenant, alpha.manager)

    page = text_of(client.get(reverse("admin:policy_version_cases", args=[2])))

    assert "2 open cases follow it." in page
    assert page.count("version 2") == 2
    assert page.count("version 2<br>opened under another") == 1
    assert page.index("TW-1") < page.index("opened under another") < page.index("TW-2")
