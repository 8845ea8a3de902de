"""What is open when support ends goes on; what is new is not taken (DD-32, acceptance 11)."""

from datetime import timedelta

import pytest

from accounts.tenancy import tenant
from tests.cases import file_case
from tests.entitlements.lifecycle.storage import (
    DAY_AFTER,
    LAST_DAY,
    add_table,
    license_to,
    publish_then,
)
from tickets.actions.conversation import reply_as_customer, reply_to_case
from tickets.actions.ending import reopen_case, resolve_case
from tickets.errors import FilingRefused


def _file(twin, release, at):
    return file_case(
        twin,
        at=at,
        product=twin.product,
        release=release,
        case_type="problem",
        severity="2",
        priority="normal",
    )


def test_dd_32_case_opened_on_the_last_day_goes_on(alpha):
    publish_then(alpha)
    with tenant(alpha.tenant):
        release = add_table(alpha.product)["7.7.0"]
        license_to(alpha)
        case = _file(alpha, release, LAST_DAY)

        hour = timedelta(hours=1)
        steps = [
            reply_to_case(case_id=case.pk, by=alpha.agent, body="Try this.", at=DAY_AFTER),
            reply_as_customer(
                case_id=case.pk, by=alpha.contact, body="No better.", at=DAY_AFTER + hour
            ),
            resolve_case(
                case_id=case.pk, by=alpha.agent, solution="This is it.", at=DAY_AFTER + 2 * hour
            ),
            reopen_case(
                case_id=case.pk, by=alpha.contact, body="Not yet.", at=DAY_AFTER + 3 * hour
            ),
        ]

        assert [step.status for step in steps] == ["open", "open", "resolved", "open"]


def test_dd_32_new_case_is_refused_on_the_day_after(alpha):
    publish_then(alpha)
    with tenant(alpha.tenant):
        release = add_table(alpha.product)["7.7.0"]
        license_to(alpha)

        with pytest.raises(FilingRefused) as refused:
            _file(alpha, release, DAY_AFTER)

    assert refused.value.codes == ["release_unsupported"]
