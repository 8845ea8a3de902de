"""A manager at the pages of the policy."""

import pytest
from django.db import connection

from tests import packs
from tests.packs import publish
from tests.sla.pages import row_with, sent_by, url


@pytest.fixture
def manager(browse, alpha, beta):
    """The manager of alpha, which follows Metalogix, as beta does."""
    publish(alpha, "metalogix")
    publish(beta, "metalogix")
    return browse(alpha.tenant, alpha.manager)


@pytest.fixture
def high_ids(db, monkeypatch):
    """Have rows numbered beyond any figure of a policy: those of a pack are written anew."""
    monkeypatch.setattr(packs, "_written", {})
    sequence = "nextval(pg_get_serial_sequence('sla_targetrow', 'id'))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({sequence}) FROM generate_series(1, 1000)")


@pytest.fixture
def faster(manager):
    """Have Standard promised four hours in the working copy; give the answer of the page."""
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "4"}
    return manager.post(url("policydraft_targets", "first_response"), data, follow=True)
