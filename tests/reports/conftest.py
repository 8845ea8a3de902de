"""Cases of a known fate at two look-alike vendors; the first answer is owed within 8 office hours.

Everything happens in March 2026; the 2nd is a Monday. Office hours of the policy: see
`policies/metalogix.toml`.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from reports.spans import Span
from tests.cases import MONDAY, file_case
from tests.packs import publish
from tests.twins import Twin
from tickets.actions.conversation import reply_to_case
from tickets.models import Case, StoredClock

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), "Europe/Paris")
APRIL_1 = datetime(2026, 4, 1, 12, tzinfo=UTC)


def answered(twin: Twin, *, late: bool = False, at: datetime = MONDAY, **changes) -> Case:
    """File a case and answer it: an hour later, or an hour after it was due."""
    case = file_case(twin, at=at, **({"severity": "3"} | changes))
    due_at = StoredClock.objects.get(case=case, kind="first_response").due_at
    answer_at = (due_at if late else at) + timedelta(hours=1)
    reply_to_case(case_id=case.pk, by=twin.agent, body="Try this.", at=answer_at)
    return case


@pytest.fixture
def policies(alpha: Twin, beta: Twin) -> None:
    """Publish the same policy at both vendors, and let things happen at the other one."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(beta.tenant):
        answered(beta, late=True)


@pytest.fixture
def reported(policies, alpha: Twin):
    """Be inside alpha under the policy; nothing has happened there yet."""
    with tenant(alpha.tenant):
        yield alpha
