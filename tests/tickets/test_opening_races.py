"""Many who open cases at once, and what opening one takes. Real connections."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from entitlements import ledger
from entitlements.balances import reconcile, trial_balance
from entitlements.ledger import Reason, lock_points, write_entry
from entitlements.lines import LineWish
from entitlements.models import GateOverride, PointsAccount, PointsEntry, PointsLot
from entitlements.overrides import grant_override
from entitlements.releases import add_release
from tests.tickets.gated import AT, LONG_AGO, buyer, publish_changed
from tickets.drafts import keep_draft
from tickets.errors import FilingRefused
from tickets.models import Case, CaseCounter

# The embedded server gives out 80 to all the processes that test at once, and these race as well.
CONNECTIONS = 20
# Two of them tell endpoints outside, of the case and of its points: also where nobody listens.
MOST_STATEMENTS = 17
NOT_COUNTED = re.compile(r"SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|.*set_config", re.IGNORECASE)


def at_once(job, times):
    """Do a job so many times, as many at once as have connections; count what came of it."""

    def run(number):
        try:
            return job(number)
        except FilingRefused as refused:
            return ",".join(refused.codes)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(times, CONNECTIONS)) as pool:
        return Counter(pool.map(run, range(times), timeout=240))


def opener(here, channel):
    def job(_number):
        with tenant(here.twin.tenant):
            here.open(channel)
        return "opened"

    return job


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_openings_run_into_each_other(alpha, monkeypatch):
    # The race is there: many have read that the points suffice. Only a constraint stops those that
    # come too late, and what they get is no sentence for a customer.
    monkeypatch.setattr(
        ledger, "_locked", lambda company: PointsAccount.objects.filter(company=company).first()
    )
    publish_changed(alpha, "scalix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.buy(100)
    opening = opener(here, "email")

    def open_or_fail(number):
        try:
            return opening(number)
        except IntegrityError:
            return "constraint"

    came_of_it = at_once(open_or_fail, 100)

    assert came_of_it["constraint"] > 0
    with tenant(alpha.tenant):
        assert reconcile(AT) == []


@pytest.mark.django_db(transaction=True)
def test_sc_19_sc_20_hundred_at_once_against_a_balance_for_ten(alpha):
    publish_changed(alpha, "scalix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        # Ten e-mails of ten points, over lots that none of them fits alone.
        for points in (15, 25, 60):
            here.buy(points)

    came_of_it = at_once(opener(here, "email"), 100)

    assert came_of_it == {"opened": 10, "points_short": 90}
    with tenant(alpha.tenant):
        assert here.balance() == 0
        assert Case.objects.count() == PointsEntry.objects.filter(kind="spend").count() == 10
        assert sorted(Case.objects.values_list("number", flat=True)) == list(range(1, 11))
        assert CaseCounter.objects.get().last_number == 10
        assert sum(trial_balance().values()) == 0
        assert reconcile(AT) == []


@pytest.mark.django_db(transaction=True)
def test_dd_33_exception_is_used_once_by_two_at_once(alpha):
    publish_changed(alpha, "datadynamics")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        grant_override(
            company=here.company,
            contact=None,
            codes=["licence_missing"],
            reason="On its way.",
            by=alpha.manager,
            at=AT,
        )

    def job(_number):
        with tenant(alpha.tenant):
            here.open(severity="3", priority="normal")
        return "opened"

    came_of_it = at_once(job, 8)

    assert came_of_it == {"opened": 1, "licence_missing": 7}
    with tenant(alpha.tenant):
        assert GateOverride.objects.get().case_number == Case.objects.get().number


@pytest.mark.django_db(transaction=True)
def test_sc_19_exception_from_points_is_used_once_by_two_at_once(alpha):
    publish_changed(alpha, "scalix")
    with tenant(alpha.tenant):
        here = buyer(alpha)
        grant_override(
            company=here.company,
            contact=None,
            codes=["points_short"],
            reason="On its way.",
            by=alpha.manager,
            at=AT,
        )

    assert at_once(opener(here, "phone"), 8) == {"opened": 1, "points_short": 7}


@pytest.mark.django_db(transaction=True)
def test_dd_16_limit_holds_for_many_at_once(alpha):
    limit = ('code = "standard"\n', 'code = "standard"\ncase_limit = 3\n')
    publish_changed(alpha, "metalogix", limit)
    with tenant(alpha.tenant):
        here = buyer(alpha)
        here.sign("standard")

    def job(_number):
        with tenant(alpha.tenant):
            here.open(severity="3")
        return "opened"

    assert at_once(job, 12) == {"opened": 3, "case_limit_reached": 9}


def many_lots(here, number):
    """Let a company have so many lots of one point each."""
    lots = [
        PointsLot(
            tenant=here.twin.tenant,
            company=here.company,
            source="grant",
            points=1,
            opened_at=LONG_AGO,
        )
        for _lot in range(number)
    ]
    made = PointsLot.objects.bulk_create(lots)
    reason = Reason("grant", "many-lots", None, LONG_AGO, LONG_AGO)
    write_entry(lock_points(here.company), reason, [(lot.pk, 1) for lot in made])


def statements_of(here, **wish):
    """Count what opening one case sends, without savepoints and the entry into the tenant."""
    keep_draft(by=here.filer(wish["channel"]), answers={}, at=AT)
    with CaptureQueriesContext(connection) as captured:
        here.open(**wish)
    sent = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in sent if not NOT_COUNTED.match(sql)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["basic", "premium", "licensed"])
def test_opening_takes_17_statements_at_1_and_at_1000_lots(alpha, kind):
    licensed = ("[[packs]]", "[licence]\nrequired = true\n\n[[packs]]")
    publish_changed(alpha, "scalix", *([licensed] if kind == "licensed" else []))
    with tenant(alpha.tenant):
        here = buyer(alpha)
        product = alpha.product
        if kind != "basic":
            lines = [LineWish("software_subscription", users=5)]
            here.sign("gold", edition="enterprise", lines=lines)
        if kind == "licensed":
            here.license()
        releases = [
            add_release(product=product, version=f"{number}.0", released_on=LONG_AGO.date())
            for number in range(1, 6)
        ]
        here.buy(60)
        here.open("email", product=product, release=releases[-1])  # the policy is parsed once
        few = statements_of(here, channel="phone", product=product, release=releases[-1])
        many_lots(here, 1_000)

        many = statements_of(here, channel="phone", product=product, release=releases[-1])

    assert len(many) == len(few) <= MOST_STATEMENTS, "\n".join(many)
