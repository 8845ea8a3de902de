from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import override_settings

from tests.demo.commands import move_to, said_by

# Desk time only moves forward, so years ahead. What the demo tells depends on the day it is told
# on: the night to a Sunday, and the Friday after Thanksgiving.
MOMENTS = (
    datetime(2030, 3, 10, 3, tzinfo=UTC),
    datetime(2030, 11, 29, 6, tzinfo=UTC),
)


@pytest.fixture(scope="package", params=MOMENTS, ids=lambda at: at.strftime("%a"))
def seeded(request, django_db_setup, django_db_blocker) -> Iterator[str]:
    """Seed the demo once for the whole package, and undo it after. Gives what was said."""
    around_all = transaction.atomic()
    # What lets a test's transaction stand around the durable ones of the tenant entry.
    around_all._from_testcase = True
    with django_db_blocker.unblock(), override_settings(DEMO=True), around_all:
        move_to(request.param)
        yield said_by("seed_demo")
        transaction.set_rollback(True)
