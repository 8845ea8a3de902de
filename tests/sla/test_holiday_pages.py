"""Lists of holidays in the admin: yearly rules, own dates, those of a country."""

import tomllib
from datetime import UTC, date, datetime

import pytest

from accounts.tenancy import tenant
from sla.models import PolicyDraft
from sla.queries import working_copy
from tests.packs import publish
from tests.sla.test_admin import in_alpha, text_of, url

# Real time is later than this; the pages look a year ahead of the desk's.
CODE = "us_federal"


@pytest.fixture
def manager(browse, alpha, beta):
    publish(alpha, "scalix")
    publish(beta, "scalix")
    return browse(alpha.tenant, alpha.manager)


def sent_by(page):
    """Fill in the main form of a list's page as a browser would send it unchanged."""
    context = page.context
    data = {"revision": str(context["revision"])}
    parts = [context["form"]]
    for table in (context["rules"], context["dates"]):
        parts += [table.management_form, *table.forms]
    for form in parts:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = str(value)
    return data


def holidays_of(alpha):
    return in_alpha(alpha, lambda: tomllib.loads(working_copy().sections)["holidays"])


def test_list_sent_back_as_it_came_changes_nothing(manager, alpha):
    before = holidays_of(alpha)

    page = manager.get(url("policydraft_holidays", CODE))
    answer = manager.post(url("policydraft_holidays", CODE), sent_by(page), follow=True)

    assert holidays_of(alpha) == before
    assert "says what the version published last says" in text_of(answer)


def test_holidays_and_dates_are_added_and_removed(manager, alpha):
    page = manager.get(url("policydraft_holidays", CODE))
    added = len(page.context["rules"].initial_forms)
    manager.post(
        url("policydraft_holidays", CODE),
        sent_by(page)
        | {
            "rules-0-DELETE": "on",
            f"rules-{added}-name": "Founder's Day",
            f"rules-{added}-month": "5",
            f"rules-{added}-nth": "2",
            f"rules-{added}-weekday": "fri",
            f"rules-{added}-from_year": "2027",
            "dates-0-date": "2027-07-05",
            "dates-0-name": "Bridge",
            "observed": "actual",
        },
    )

    found = holidays_of(alpha)[CODE]
    assert found["observed"] == "actual"
    assert found["dates"] == [{"date": "2027-07-05", "name": "Bridge"}]
    assert found["days"][0]["name"] == "Birthday of Martin Luther King, Jr."
    assert found["days"][-1] == {
        "name": "Founder's Day",
        "month": 5,
        "weekday": "fri",
        "nth": 2,
        "from_year": 2027,
    }


def test_new_list_says_when_a_countrys_holidays_can_be_taken_over(manager):
    told = "then the public holidays of a country can be taken over here"

    assert told in text_of(manager.get(url("policydraft_new_holidays")))
    assert told not in text_of(manager.get(url("policydraft_holidays", CODE)))


def test_new_list_is_made_named_on_a_calendar_and_kept_while_it_is_used(manager, alpha):
    page = manager.get(url("policydraft_new_holidays"))
    manager.post(
        url("policydraft_new_holidays"),
        sent_by(page) | {"code": "house", "name": "House", "dates-0-date": "2027-01-02",
                         "dates-0-name": "Stocktaking"},
    )  # fmt: skip
    own = text_of(manager.get(url("policydraft_holidays", "house")))
    manager.post(
        url("policydraft_remove_holidays", CODE),
        {"revision": str(in_alpha(alpha, lambda: working_copy().revision))},
    )
    used = text_of(manager.get(url("policydraft_holidays", CODE)))
    manager.post(
        url("policydraft_remove_holidays", "house"),
        {"revision": str(in_alpha(alpha, lambda: working_copy().revision))},
    )

    assert "No calendar uses this list yet" in own
    assert "Calendar “basic”" in used
    assert "There is no list of holidays “us_federal”" in used
    assert list(holidays_of(alpha)) == [CODE]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "This field is required."),
        ({"rules-0-day": "", "rules-0-nth": "", "rules-0-weekday": ""}, "either a day of"),
        ({"rules-0-day": "1", "rules-0-nth": "1", "rules-0-weekday": "mon"}, "either a day of"),
        ({"rules-0-month": "2", "rules-0-day": "30"}, "There is no such date."),
        ({"rules-0-from_year": "2028", "rules-0-to_year": "2027"}, "end lies before"),
        ({"dates-0-date": "2027-02-30", "dates-0-name": "Never"}, "Enter a valid date."),
        ({"dates-0-date": "2027-02-03"}, "This field is required."),
    ],
)
def test_fault_is_told_at_its_field_and_nothing_is_lost(manager, alpha, changes, fault):
    before = holidays_of(alpha)
    page = manager.get(url("policydraft_holidays", CODE))
    sent = sent_by(page) | {"rules-1-name": "Typed already"} | changes

    answer = manager.post(url("policydraft_holidays", CODE), sent)

    assert fault in text_of(answer)
    assert "Typed already" in answer.content.decode()
    assert holidays_of(alpha) == before


def test_short_name_in_use_is_not_taken_twice(manager, alpha):
    page = manager.get(url("policydraft_new_holidays"))

    answer = manager.post(
        url("policydraft_new_holidays"), sent_by(page) | {"code": CODE, "name": "Mine"}
    )

    assert "There is a list with this short name already." in text_of(answer)


def test_list_that_somebody_else_changed_is_not_overwritten(manager, alpha):
    page = manager.get(url("policydraft_holidays", CODE))
    with tenant(alpha.tenant):
        PolicyDraft.objects.update(revision=99)
    before = holidays_of(alpha)

    answer = manager.post(url("policydraft_holidays", CODE), sent_by(page) | {"name": "Mine"})

    assert "Somebody else changed" in text_of(answer)
    assert holidays_of(alpha) == before


def test_holidays_of_a_country_are_copied_once(manager, alpha, set_desk_time):
    set_desk_time(datetime(2031, 3, 3, 9, 0, tzinfo=UTC))
    page = manager.get(url("policydraft_holidays", CODE))
    sent = {"revision": page.context["revision"], "country": "DE", "subdivision": "by", "years": 1}

    answer = manager.post(url("policydraft_add_country", CODE), sent, follow=True)
    found = holidays_of(alpha)[CODE]["dates"]
    again = manager.post(
        url("policydraft_add_country", CODE),
        sent | {"revision": answer.context["revision"]},
        follow=True,
    )

    assert "24 dates were added." in text_of(answer)
    assert {"date": "2031-06-12", "name": "Corpus Christi"} in found
    assert found[0] == {"date": "2031-01-01", "name": "New Year's Day"}
    assert date.fromisoformat(found[-1]["date"]).year == 2032
    assert "0 dates were added." in text_of(again)
    assert holidays_of(alpha)[CODE]["dates"] == found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"subdivision": "XX"}, "There are: BB, BE"),
        ({"country": ""}, "This field is required."),
        ({"country": "QQ"}, "Select a valid choice."),
        ({"years": "99"}, "less than or equal to 5"),
    ],
)
def test_country_that_is_not_known_is_told(manager, alpha, changes, fault):
    before = holidays_of(alpha)
    page = manager.get(url("policydraft_holidays", CODE))
    sent = {"revision": page.context["revision"], "country": "DE", "years": "2"}

    answer = manager.post(url("policydraft_add_country", CODE), sent | changes)

    assert fault in text_of(answer)
    assert holidays_of(alpha) == before


def test_six_hundred_dates_are_saved_through_their_page(manager, alpha):
    data = sent_by(manager.get(url("policydraft_holidays", CODE)))
    first = date(2030, 1, 1).toordinal()
    for number in range(600):
        on = date.fromordinal(first + number).isoformat()
        data |= {f"dates-{number}-date": on, f"dates-{number}-name": f"Day {number}"}
    data["dates-TOTAL_FORMS"] = "600"

    manager.post(url("policydraft_holidays", CODE), data)
    again = manager.get(url("policydraft_holidays", CODE))
    answer = manager.post(url("policydraft_holidays", CODE), sent_by(again))

    assert answer.status_code == 302
    assert len(holidays_of(alpha)[CODE]["dates"]) == 600
