"""What a calendar's page draws and answers."""

import re

import pytest

from tests.packs import publish
from tests.sla.test_admin import text_of, url


@pytest.fixture
def manager(browse, alpha, beta):
    publish(alpha, "scalix")
    publish(beta, "metalogix")
    return browse(alpha.tenant, alpha.manager)


def test_week_and_year_are_drawn_with_the_same_in_words(manager):
    page = manager.get(url("policydraft_calendar", "basic"))

    drawn = re.findall(r'class="week__open".*?<title>(.*?)</title>', page.content.decode())
    assert drawn == [f"{day} 09:00-17:00" for day in
                     ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]  # fmt: skip
    assert page.content.decode().count('<rect class="year__day') in (365, 366)
    assert "Thanksgiving Day" in text_of(page)


def test_bench_answers_on_the_clock_of_the_calendar(manager):
    asked = {"amount": "4", "unit": "business_time hours", "after": "2026-11-25T15:30"}

    page = text_of(manager.get(url("policydraft_calendar", "basic"), asked))

    # 26 November 2026 is Thanksgiving; the vendor's zone stands in for the customer's.
    assert "4 business hours after Wed 25 Nov 2026, 15:30 PST: Fri 27 Nov 2026, 11:30 PST." in page
    assert "nothing counts (closed: evening, holiday (Thanksgiving Day))." in page
    assert "Customers have this on their own clocks" in page


def test_bench_that_was_not_asked_says_nothing(manager):
    page = manager.get(url("policydraft_calendar", "basic"))

    assert page.context["tried"] is None
    assert page.context["bench"].errors == {}


def test_calendar_of_regions_has_no_week_of_its_own(browse, alpha, beta):
    publish(beta, "metalogix")
    manager = browse(beta.tenant, beta.manager)

    page = manager.get(url("policydraft_calendar", "portal"))

    assert 'class="week"' not in page.content.decode()


def test_new_calendar_is_preset_to_the_zone_of_the_policy(manager):
    page = manager.get(url("policydraft_new_calendar"))

    assert page.context["form"]["zone"].value() == "America/Los_Angeles"
