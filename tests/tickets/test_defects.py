"""Faults that a release mends: promised, shipped, told once to everybody who waits (DD-24)."""

from datetime import date, timedelta

import pytest
from django.db.models import Q

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from entitlements.models import Release
from entitlements.releases import add_release
from jobs.models import Job
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import MONDAY, after, file_case
from tests.entitled import entitle
from tests.packs import publish
from tests.tickets.agreements import entries
from tickets import fixing
from tickets.actions import defects as acting
from tickets.actions.conversation import reply_to_case
from tickets.actions.defects import promise_fix, record_defect, ship_fix, tie_defect
from tickets.actions.ending import resolve_case
from tickets.errors import NothingChanges
from tickets.fixing import ship_released
from tickets.life_errors import DefectIsOver, NotOutYet, OtherProduct, ProductMissing, TitleMissing
from tickets.models import Case, Defect
from tickets.ties import commonality


@pytest.fixture
def fault(alpha):
    """A fault of the product with three cases of two companies on it."""
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        for company in (alpha.company, alpha.other_company):
            entitle(company)
        defect = record_defect(title="Copy stops", product=alpha.product, by=alpha.agent, at=MONDAY)
        stranger = {"company": alpha.other_company, "contact": alpha.stranger}
        for facts in ({}, {}, stranger):
            case = file_case(
                alpha,
                product=alpha.product,
                severity="2",
                priority="normal",
                case_type="problem",
                **facts,
            )
            tie_defect(case_id=case.pk, defect_id=defect.pk, by=alpha.agent, at=MONDAY)
        yield defect


def release(alpha, version="7.8.1", released_on=date(2026, 4, 1), product=None) -> Release:
    return add_release(product=product or alpha.product, version=version, released_on=released_on)


def promise(fault, alpha, **changes):
    return promise_fix(
        defect_id=fault.pk,
        release_id=release(alpha, **changes).pk,
        note="As a service pack.",
        by=alpha.agent,
        at=after(1),
    )


def test_dd_24_release_that_is_out_is_told_at_once_and_never_promised(fault, alpha):
    defect = promise(fault, alpha, version="7.6.0", released_on=date(2015, 3, 1))

    assert defect.state == Defect.State.SHIPPED
    assert (len(told("fix_promised")), len(told("fix_shipped"))) == (0, 3)


def told(kind) -> list[str]:
    rows = OutboxMessage.objects.filter(kind=kind).order_by("pk")
    return sorted(row.recipient.name for row in rows)


def test_dd_24_commonality_counts_open_cases_and_companies(fault, alpha):
    before = commonality(Q(defect=fault))
    solved = Case.objects.get(company=alpha.other_company)
    resolve_case(case_id=solved.pk, by=alpha.agent, solution="So.", at=after(1))

    assert before == (3, 2)
    assert commonality(Q(defect=fault)) == (2, 1)


def test_dd_24_promise_names_release_and_the_policys_words(fault, alpha):
    promise(fault, alpha)

    fault.refresh_from_db()
    assert (fault.state, fault.release.version) == ("promised", "7.8.1")
    assert told("fix_promised") == sorted([alpha.contact.name] * 2 + [alpha.stranger.name])
    assert {entries(case)[-1] for case in Case.objects.all()} == {"fix_promised"}
    row = OutboxMessage.objects.filter(kind="fix_promised").first()
    body = registered("fix_promised").render(row.recipient, row.refs).body
    assert "7.8.1" in body
    assert "As a service pack." in body
    assert "the next service pack where there is one" in body


def test_dd_24_shipping_tells_every_open_case_once(fault, alpha):
    with pytest.raises(NotOutYet):
        ship_fix(defect_id=fault.pk, by=alpha.agent, at=after(1))
    promise(fault, alpha)
    solved = Case.objects.get(company=alpha.other_company)
    resolve_case(case_id=solved.pk, by=alpha.agent, solution="So.", at=after(2))

    ship_fix(defect_id=fault.pk, by=alpha.agent, at=after(3))

    assert told("fix_shipped") == [alpha.contact.name] * 2
    with pytest.raises(DefectIsOver):
        ship_fix(defect_id=fault.pk, by=alpha.agent, at=after(4))
    with pytest.raises(DefectIsOver):
        tie_defect(
            case_id=file_case(alpha, product=alpha.product, severity="2").pk,
            defect_id=fault.pk,
            by=alpha.agent,
            at=after(4),
        )


def test_dd_24_day_of_the_release_ships_the_fix(fault, alpha):
    promise(fault, alpha)

    early = ship_released(MONDAY + timedelta(days=29))
    due = ship_released(MONDAY + timedelta(days=30))

    assert (early, due, ship_released(MONDAY + timedelta(days=31))) == (0, 1, 0)
    assert len(told("fix_shipped")) == 3


def test_dd_24_many_are_told_by_a_job_and_each_once(fault, alpha, monkeypatch):
    monkeypatch.setattr(acting, "AT_ONCE", 2)
    monkeypatch.setattr(fixing, "CASES_PER_PART", 2)

    promise(fault, alpha)

    job = Job.objects.get(kind="defect_notice")
    parts = fixing.plan(job, after(2))
    results = [fixing.work(job, part.params, after(2)) for part in (*parts, parts[0])]
    assert [part.items for part in parts] == [2, 1]
    assert fixing.finish(job, results, after(2)) == {"told": 3}
    assert len(told("fix_promised")) == 3


def test_dd_24_promise_that_is_made_again_is_told_again(fault, alpha):
    first, second = release(alpha), release(alpha, version="7.9")

    def promise_again(hour, release):
        promise_fix(
            defect_id=fault.pk, release_id=release.pk, note="", by=alpha.agent, at=after(hour)
        )

    for hour, chosen in enumerate((first, second, first), start=1):
        promise_again(hour, chosen)
    acting.give_up_fix(defect_id=fault.pk, note="", by=alpha.agent, at=after(4))
    promise_again(5, first)
    with pytest.raises(NothingChanges):
        promise_again(6, first)

    said = ["fix_promised"] * 3 + ["fix_dropped", "fix_promised"]
    assert [entries(case)[-5:] for case in Case.objects.all()] == [said] * 3


def test_dd_24_what_cannot_be_recorded_or_promised(fault, alpha):
    with pytest.raises(TitleMissing):
        record_defect(title=" ", product=alpha.product, by=alpha.agent, at=MONDAY)
    with pytest.raises(ProductMissing):
        record_defect(title="x", product=None, by=alpha.agent, at=MONDAY)
    with pytest.raises(NotAllowed):
        record_defect(title="x", product=alpha.product, by=alpha.dispatcher, at=MONDAY)
    case = Case.objects.first()
    with pytest.raises(NothingChanges):
        tie_defect(case_id=case.pk, defect_id=fault.pk, by=alpha.agent, at=after(1))
    other = type(alpha.product)(tenant_id=alpha.tenant.pk, code="other", name="Other")
    other.save()
    with pytest.raises(OtherProduct):
        promise(fault, alpha, product=other)
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Hm.", at=after(2))
    assert Defect.objects.get().state == "confirmed"
