"""The life of a case on the customer's page: asked, disputed, away, merged, mended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from entitlements.models import Product
from entitlements.releases import add_release
from tests.portal.pages import all_cases, file_cases, words
from tickets.actions.conversation import ask_customer, reply_as_customer
from tickets.actions.defects import promise_fix, record_defect, ship_fix, tie_defect
from tickets.actions.linking import link_cases
from tickets.actions.merging import merge_cases
from tickets.models import Case

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)  # 10:00 in New York
HOUR = timedelta(hours=1)


@pytest.fixture
def filed(vendor, browse, set_desk_time):
    """Two cases of Data Dynamics, of the contact and a colleague; the first is waiting at noon."""
    set_desk_time(MONDAY + 2 * HOUR)
    world = vendor("datadynamics")
    facts = {"severity": "2", "priority": "normal", "case_type": "problem"}
    (world.case,) = file_cases(world, 1, at=MONDAY, **facts)
    (world.other,) = file_cases(world, 1, at=MONDAY, contact=world.colleague, **facts)
    world.page = f"/cases/{world.case.number}/"
    world.client = browse(world.tenant, world.contact)
    with tenant(world.tenant):
        ask_customer(
            case_id=world.case.pk,
            by=world.agent,
            question="Which step stopped?",
            items=("log file", "screen shot"),
            why="Only the log tells.",
            at=MONDAY + HOUR,
        )
    return world


def reread(world) -> Case:
    return next(case for case in all_cases(world) if case.pk == world.case.pk)


def test_dd_28_question_says_what_why_and_until_when(filed):
    page = words(filed.client.get(filed.page))

    for told in (
        "Which step stopped?",
        "log file screen shot",
        "Why we need it: Only the log tells.",
        "Never send a password",
        "Without an answer the case is closed at",
        "Mon 14 Jun",
        "When the clock stood still since",
    ):
        assert told in page


def test_dd_28_all_that_is_asked_stands_there_and_one_answer_ends_it(filed):
    with tenant(filed.tenant):
        ask_customer(
            case_id=filed.case.pk,
            by=filed.agent,
            question="And which browser?",
            at=MONDAY + 2 * HOUR,
        )

    response = filed.client.get(filed.page)

    page = words(response)
    top = page[: page.index("History")]
    assert "Our 2 questions to you" in top
    assert top.index("Which step stopped?") < top.index("And which browser?")
    assert "Why we need it: Only the log tells." in top
    open_ones = [line.title for line in response.context["page"].lines if line.is_open_question]
    assert len(open_ones) == 2
    seen = response.context["page"].seen
    filed.client.post(f"{filed.page}reply/", {"seen": seen, "body": "The third, in Firefox."})
    assert filed.client.get(filed.page).context["page"].questions == []


def test_dd_28_this_is_not_waiting_on_me(filed):
    page = filed.client.get(filed.page)
    seen = page.context["page"].seen

    sent = filed.client.post(f"{filed.page}dispute/", {"seen": seen, "body": "You have it."})

    after = words(filed.client.get(filed.page))
    assert sent.status_code == 302
    assert reread(filed).status == "open"
    assert "You said: this is not waiting on me" in after
    # What was asked stays on the case.
    assert "log file; screen shot. Why we need it: Only the log tells." in after
    assert "from Mon 7 Jun" in after[after.index("When the clock stood still") :]


def test_dd_39_away_is_noted_seen_and_ended(filed):
    refused = filed.client.post(f"{filed.page}away/", {"last_day": "2083-06-01"})
    noted = filed.client.post(f"{filed.page}away/", {"last_day": "2083-06-25"})

    page = words(filed.client.get(filed.page))
    assert (refused.status_code, noted.status_code) == (422, 302)
    assert "You are away up to and including 25 Jun 2083" in page
    # A day after the last warning, which the absence puts off to its end.
    assert "closed at Sun 27 Jun 2083, 00:00 EDT" in page
    filed.client.post(f"{filed.page}back/")
    assert reread(filed).away_until is None


def test_links_and_merges_show_a_customer_their_own_only(filed, browse):
    with tenant(filed.tenant):
        link_cases(
            case_id=filed.case.pk, other=filed.other.number, by=filed.agent, at=MONDAY + 2 * HOUR
        )
    alone = words(filed.client.get(filed.page))
    admin = words(browse(filed.tenant, filed.admin).get(filed.page))
    with tenant(filed.tenant):
        merge_cases(
            case_id=filed.case.pk, into=filed.other.number, by=filed.agent, at=MONDAY + 2 * HOUR
        )

    page = words(filed.client.get(filed.page))
    seen = filed.client.get(filed.page).context["page"].seen
    filed.client.post(f"{filed.page}reply/", {"seen": seen, "body": "One more log."})

    assert "Your other cases" not in alone
    assert "Your other cases" in admin
    assert "Whatever you write here is led there." in page
    assert "One more log." in words(filed.client.get(f"/cases/{filed.other.number}/"))


def test_dd_24_customer_reads_which_release_has_the_fix(filed):
    with tenant(filed.tenant):
        product, by = Product.objects.get(), filed.agent
        fault = record_defect(title="Copy stops", product=product, by=by, at=MONDAY)
        tie_defect(case_id=filed.case.pk, defect_id=fault.pk, by=by, at=MONDAY + HOUR)
        release = add_release(product=product, version="7.8.1", released_on=date(2083, 9, 30))
        promise_fix(defect_id=fault.pk, release_id=release.pk, note="", by=by, at=MONDAY + 2 * HOUR)
    promised = words(filed.client.get(filed.page))
    with tenant(filed.tenant):
        reply_as_customer(
            case_id=filed.case.pk, by=filed.contact, body="Fine.", at=MONDAY + 2 * HOUR
        )
        ship_fix(defect_id=fault.pk, by=by, at=MONDAY + 2 * HOUR)

    assert "Your fix is in 7.8.1" in promised
    assert "the next service pack" in promised
    assert "Your fix is out, in 7.8.1" in words(filed.client.get(filed.page))
