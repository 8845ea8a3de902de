"""The receipt as the customer reads it: in the case, before filing, and on a page of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from sla.actions import load_document
from tests.packs import POLICIES
from tests.portal.pages import file_cases, words
from tickets.actions.conversation import reply_to_case
from tickets.actions.triage import change_severity
from tickets.reading import case_state, clock_views

# A Friday of summer 2083, 15:00 in New York and 14:00 in Chicago.
FRIDAY = datetime(2083, 6, 4, 19, 0, tzinfo=UTC)
FIRST = "first_response-1"


@pytest.fixture
def world(vendor, set_desk_time):
    set_desk_time(FRIDAY + timedelta(hours=2))
    return vendor("datadynamics")


def file_one(world, severity="2"):
    (case,) = file_cases(world, 1, at=FRIDAY, severity=severity, priority="normal")
    return case


def why(browse, world, case, key=FIRST, person=None):
    return browse(world.tenant, person or world.contact).get(f"/cases/{case.number}/why/{key}/")


def test_receipt_has_a_page_of_its_own(world, browse):
    case = file_one(world)

    response = why(browse, world, case)

    page = words(response)
    assert "Why this time? First response" in page
    assert "1 business day" in page
    assert "Version 1 of the support policy" in page
    assert "in effect from" not in page  # it is the first one, in effect since ever
    assert "Rule:" in page
    assert "Of the rules that fit it names the most of the case." in page
    assert "DD-21" not in page  # the clauses are the desk's


def test_receipt_says_from_when_a_later_version_is_in_effect(world, browse):
    text = (POLICIES / "datadynamics.toml").read_text().replace('source = "DD-21"', "")
    with tenant(world.tenant):
        load_document(text=text, by=None, at=FRIDAY - timedelta(days=4))
    case = file_one(world)

    page = words(why(browse, world, case))

    assert "Version 2 of the support policy in effect from Mon 31 May 2083, 15:00 EDT" in page


def test_page_of_the_case_leads_to_it(world, browse):
    case = file_one(world)

    page = browse(world.tenant, world.contact).get(f"/cases/{case.number}/").content.decode()

    assert f'href="/cases/{case.number}/why/{FIRST}/"' in page


def test_bar_is_drawn_on_the_server_and_says_what_it_shows(world, browse):
    response = why(browse, world, file_one(world))

    page, bar = response.content.decode(), response.context["receipt"].bar
    assert page.count('class="bar-of-time__stretch is-') == len(bar.segments) + len(bar.kinds)
    assert bar.counted_seconds == response.context["receipt"].counted_seconds
    assert "<title id=" in page
    assert "style=" not in page.split("bar-of-time__drawing")[1].split("</svg>")[0]
    assert "open: this time counts" in page
    assert "closed: evening, night, weekend" in page


def test_policys_clock_stands_beside_the_readers_where_they_differ(world, browse):
    response = why(browse, world, file_one(world))

    receipt = response.context["receipt"]
    assert (receipt.zone, receipt.beside_zone) == ("America/New_York", "America/Chicago")
    assert receipt.sentences[0].startswith(
        "Fri 4 Jun 15:00 to Sat 5 Jun 01:00 [Fri 4 Jun 14:00 to Sat 5 Jun 00:00 CDT]: 10 h count"
    )
    assert "Fri 4 Jun 2083, 14:00 CDT" in words(response)


def test_one_clock_is_enough_where_they_agree(vendor, browse, set_desk_time):
    set_desk_time(FRIDAY + timedelta(hours=2))
    world = vendor("metalogix")
    (case,) = file_cases(world, 1, at=FRIDAY, severity="2")

    assert why(browse, world, case).context["receipt"].beside_zone == ""


def test_change_tells_both_promises_the_rule_and_the_reason(world, browse):
    case = file_one(world)
    with tenant(world.tenant):
        change_severity(
            case_id=case.pk,
            severity="3",
            reason="There is a workaround.",
            by=world.agent,
            at=FRIDAY + timedelta(hours=1),
        )

    (change,) = why(browse, world, case).context["receipt"].changes

    assert change.before == datetime(2083, 6, 7, 19, 0, tzinfo=UTC)
    assert change.after == datetime(2083, 6, 9, 20, 0, tzinfo=UTC)
    assert change.reason == "There is a workaround."
    assert change.because == "From the change on at least one whole target is left."


def test_answered_promise_is_explained_by_what_the_case_was_then(world, browse):
    case = file_one(world)
    with tenant(world.tenant):
        reply_to_case(
            case_id=case.pk, body="Try this.", by=world.agent, at=FRIDAY + timedelta(hours=1)
        )
        change_severity(
            case_id=case.pk,
            severity="3",
            reason="There is a workaround.",
            by=world.agent,
            at=FRIDAY + timedelta(hours=2),
        )

    receipt = why(browse, world, case).context["receipt"]

    assert "Severity Level 2" in receipt.rule.cases
    assert all("this case has Severity Level 3" not in rule.why for rule in receipt.near_misses)


def test_desks_own_aims_are_not_there(world, browse):
    case = file_one(world)
    with tenant(world.tenant):
        kinds = {
            view.key: view.clock.is_promised
            for view in clock_views(case_state(case), FRIDAY, for_customer=False)
        }

    answers = {key: why(browse, world, case, key).status_code for key in kinds}

    assert False in kinds.values()
    assert answers == {key: 200 if promised else 404 for key, promised in kinds.items()}


def test_customer_is_told_of_promised_rules_only(world, browse):
    receipt = why(browse, world, file_one(world)).context["receipt"]

    assert receipt.near_misses
    assert all("the desk's own aim" not in rule.promise for rule in receipt.near_misses)


@pytest.mark.parametrize("key", ["first_response-2", "no-such-clock", "first_response"])
def test_clock_that_there_is_not_is_not_found(world, browse, key):
    assert why(browse, world, file_one(world), key).status_code == 404


def test_colleagues_case_is_not_found(world, browse):
    assert why(browse, world, file_one(world), person=world.colleague).status_code == 404
