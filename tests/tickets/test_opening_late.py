"""Calls that are logged later: dates of the call, points and exceptions of the logging."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from entitlements.models import GateOverride, PointsEntry
from entitlements.overrides import grant_override
from entitlements.releases import add_release
from tests.tickets.gated import AT, Buyer, buyer, publish_changed
from tickets.actions.opening import LOGGED_WITHIN, open_case
from tickets.errors import FilingRefused, LoggedTooLate
from tickets.filing import weigh
from tickets.models import Case

HOUR = timedelta(hours=1)
# The call came in on Monday at 10:00 of Berlin, and is logged the next morning.
CALLED = AT
LOGGED = AT + timedelta(days=1)


@pytest.fixture
def under(alpha):
    entered = []

    def publish(pack) -> Buyer:
        publish_changed(alpha, pack)
        entered.append(tenant(alpha.tenant))
        entered[0].__enter__()
        return buyer(alpha)

    yield publish
    for one in entered:
        one.__exit__(None, None, None)


def log(here: Buyer, *, at: datetime = LOGGED, called: datetime = CALLED, **facts) -> Case:
    return open_case(
        wish=here.wish("phone", **facts),
        subject="Import hangs",
        body="They called.",
        by=here.twin.agent,
        at=at,
        occurred_at=called,
    )


def refused_codes(here: Buyer, **facts) -> list[str]:
    wish = here.wish("phone", **facts)
    found = weigh(wish, by=here.twin.agent, at=LOGGED, occurred_at=CALLED).refusals
    try:
        log(here, **facts)
    except FilingRefused as refused:
        assert refused.codes == [refusal.code for refusal in found]
        return refused.codes
    assert found == ()
    return []


def except_from_points(here: Buyer, at: datetime, days: int = 14) -> GateOverride:
    return grant_override(
        company=here.company,
        contact=None,
        codes=["points_short"],
        reason="A good customer.",
        days=days,
        by=here.twin.manager,
        at=at,
    )


def test_sc_19_pack_bought_since_the_call_pays_for_it(under):
    scalix = under("scalix")
    scalix.buy(30, at=CALLED + HOUR)

    case = log(scalix)

    entry = PointsEntry.objects.get(kind="spend")
    assert (entry.points, entry.occurred_at, entry.recorded_at) == (-30, LOGGED, LOGGED)
    assert (case.opened_at, scalix.balance(LOGGED)) == (CALLED, 0)


def test_sc_05_points_that_ended_since_the_call_do_not_pay_for_it(under):
    scalix = under("scalix")
    scalix.buy(30, until=LOGGED)

    assert refused_codes(scalix) == ["points_short"]
    assert scalix.balance(CALLED) == 30


def test_sc_20_points_that_end_after_the_logging_pay_for_it(under):
    scalix = under("scalix")
    scalix.buy(30, until=LOGGED + HOUR)

    assert refused_codes(scalix) == []


@pytest.mark.parametrize(
    ("granted", "days", "refused"),
    [
        (CALLED + HOUR, 14, []),
        (LOGGED, 1, []),
        (CALLED - HOUR, 1, ["points_short"]),
        (LOGGED + HOUR, 1, ["points_short"]),
    ],
    ids=["since the call", "now", "over by now", "to come"],
)
def test_dd_33_exception_counts_as_of_the_logging(under, granted, days, refused):
    scalix = under("scalix")
    except_from_points(scalix, granted, days)

    assert refused_codes(scalix) == refused
    assert GateOverride.objects.get().used_at == (None if refused else LOGGED)


@pytest.mark.parametrize(
    ("ends_on", "refused"), [(date(2026, 3, 2), []), (date(2026, 3, 1), ["no_contract"])]
)
def test_contract_counts_as_of_the_call(under, ends_on, refused):
    metalogix = under("metalogix")
    metalogix.sign("standard", ends_on=ends_on, at=AT)

    assert refused_codes(metalogix, severity="3") == refused


def test_dd_32_dd_33_licence_and_release_count_as_of_the_call(under):
    dynamics = under("datadynamics")
    product = dynamics.twin.product
    dynamics.license(valid_until=date(2026, 3, 2))
    release = add_release(
        product=product,
        version="1.0",
        released_on=date(2020, 1, 1),
        support_end="day",
        support_ends_on=date(2026, 3, 2),
    )
    facts = {"product": product, "release": release, "severity": "3", "priority": "normal"}

    assert refused_codes(dynamics, **facts) == []
    with pytest.raises(FilingRefused) as refused:
        log(dynamics, called=LOGGED, **facts)
    assert refused.value.codes == ["licence_expired", "release_unsupported"]


def test_dd_16_limit_counts_as_of_the_call(alpha):
    limit = ('code = "standard"\n', 'code = "standard"\ncase_limit = 1\ncase_limit_per = "month"\n')
    publish_changed(alpha, "metalogix", limit)
    last = datetime(2026, 2, 28, 22, 0, tzinfo=UTC)
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.sign("standard", at=AT)
        here.open(severity="3", at=last)

        with pytest.raises(FilingRefused):
            log(here, called=last + HOUR / 2, severity="3")
        assert log(here, called=last + 2 * HOUR, severity="3").number == 2


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_call_is_logged_within_seven_days(under, late):
    metalogix = under("metalogix")
    metalogix.sign("standard", at=AT)
    at = CALLED + timedelta(days=7) + late

    if not late:
        case = log(metalogix, at=at, severity="3")
        assert case.opened_at == CALLED
        return
    with pytest.raises(LoggedTooLate) as refused:
        log(metalogix, at=at, severity="3")
    assert (refused.value.field, LOGGED_WITHIN) == ("occurred_at", timedelta(days=7))
    assert str(refused.value).startswith("That is more than 7 days ago: too late to log it")
