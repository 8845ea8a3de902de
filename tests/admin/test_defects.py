"""Faults in the admin: the most common first, and what becomes of each (DD-24)."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.releases import add_release
from tests.cases import MONDAY
from tests.packs import publish
from tickets.actions.defects import record_defect
from tickets.models import Defect


@pytest.fixture
def fault(alpha):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        add_release(product=alpha.product, version="7.8.1", released_on=date(2036, 9, 30))
        return record_defect(title="Copy stops", product=alpha.product, by=alpha.agent, at=MONDAY)


def test_dd_24_manager_promises_a_release_on_the_page_of_a_fault(alpha, browse, fault):
    manager = browse(alpha.tenant, alpha.manager)
    page = reverse("admin:tickets_defect_decide", args=[fault.pk])
    with tenant(alpha.tenant):
        release = fault.product.releases.get(version="7.8.1")

    listed = manager.get(reverse("admin:tickets_defect_changelist")).content.decode()
    refused = manager.post(page, {"decision": "promise", "release": "", "note": ""})
    done = manager.post(page, {"decision": "promise", "release": release.pk, "note": "Patch."})

    assert "Copy stops" in listed
    assert '<meter class="life-bar"' in listed
    assert "Choose the release" in refused.content.decode()
    assert done.status_code == 302
    with tenant(alpha.tenant):
        stored = Defect.objects.get()
        assert (stored.state, stored.release, stored.note) == ("promised", release, "Patch.")
    assert "That release is out" in manager.get(page).content.decode()
