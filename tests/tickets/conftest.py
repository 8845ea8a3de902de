from collections.abc import Iterator
from datetime import datetime

import pytest

from accounts.tenancy import tenant
from tests.cases import file_case
from tests.packs import publish
from tests.tickets.audits import spoil
from tests.twins import Twin


@pytest.fixture
def metalogix(alpha: Twin, beta: Twin) -> Iterator[datetime]:
    """Be inside alpha, with the Metalogix pack published for both twins."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant) as at:
        yield at


@pytest.fixture
def spoiled(alpha, beta):
    """One case of alpha with two differences, one without, and a clean twin."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant) as at:
            cases = [file_case(twin, severity="3", at=at) for _case in range(2)]
        if twin is alpha:
            case = cases[1]
    with tenant(alpha.tenant):
        spoil("UPDATE tickets_case SET tier = 3 WHERE id = %s", case.pk)
        spoil("UPDATE tickets_storedclock SET counts = false WHERE case_id = %s", case.pk)
    return case
