"""Calendars, edited in the admin without JavaScript."""

import pytest

from sla.documents import read_rows
from sla.queries import working_copy
from tests.sla.pages import in_alpha, sent_by, text_of, url


@pytest.mark.parametrize("code", ["portal_amer", "portal"])
def test_calendar_sent_back_as_it_came_changes_nothing(manager, code):
    page = manager.get(url("policydraft_calendar", code))

    answer = manager.post(url("policydraft_calendar", code), sent_by(page))

    assert answer.status_code == 302
    overview = manager.get(url("policydraft_changelist"))
    assert "what version 1, the one published last, says" in text_of(overview)


def test_calendar_is_made_changed_and_removed(manager, alpha):
    page = manager.get(url("policydraft_new_calendar"))
    made = sent_by(page) | {
        "code": "night",
        "name": "Night shift",
        "zone": "customer",
        "mon": "22-6, 9:00-12:30",
        "form-0-starts_on": "2026-12-24",
        "form-0-hours": "09:00-12:00",
        "form-0-name": "Christmas Eve",
        "form-1-starts_on": "2026-12-28",
        "form-1-ends_on": "2026-12-31",
    }
    manager.post(url("policydraft_new_calendar"), made)
    overview = text_of(manager.get(url("policydraft_changelist")))
    compared = text_of(manager.get(url("policydraft_publish")))
    page = manager.get(url("policydraft_calendar", "night"))
    manager.post(
        url("policydraft_calendar", "night"),
        sent_by(page) | {"name": "Nights", "mon": "", "form-0-DELETE": "on"},
    )
    changed = in_alpha(alpha, lambda: read_rows(working_copy()).calendars[-1])
    page = manager.get(url("policydraft_calendar", "night"))
    manager.post(url("policydraft_remove", "night"), {"revision": page.context["revision"]})

    assert "the customer's own time zone; Monday 22:00-06:00, 09:00-12:30" in overview
    assert "Calendar not there Night shift" in compared
    assert (changed.row.name, changed.windows) == ("Nights", [])
    assert [str(one.starts_on) for one in changed.exceptions] == ["2026-12-28"]
    assert "there is nothing to publish" in text_of(manager.get(url("policydraft_publish")))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"mon": "nine to five"}, "Write hours like 09:00-17:00"),
        ({"mon": "09:00-09:00"}, "Write hours like 09:00-17:00"),
        ({"zone": "Mars/Base"}, "Select a valid choice."),
        ({"name": ""}, "This field is required."),
        ({"form-0-starts_on": "2026-02-30"}, "Enter a valid date."),
        ({"form-0-hours": "09:00-12:00"}, "This field is required."),
        (
            {"form-0-starts_on": "2026-12-24", "form-0-ends_on": "2026-12-23"},
            "The last day lies before the first.",
        ),
        (
            {
                "form-0-starts_on": "2026-12-24",
                "form-1-starts_on": "2026-12-23",
                "form-1-ends_on": "2026-12-31",
                "form-1-hours": "09:00-12:00",
            },
            "Another row is about 24 Dec 2026 already: keep one of the two.",
        ),
        (
            dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""),
            "“portal” is not open long enough within ten years.",
        ),
    ],
)
def test_faulty_calendar_is_told_and_not_saved(manager, alpha, changes, fault):
    page = manager.get(url("policydraft_calendar", "portal_amer"))

    answer = manager.post(url("policydraft_calendar", "portal_amer"), sent_by(page) | changes)

    assert answer.status_code == 200
    assert fault in text_of(answer)
    assert in_alpha(alpha, lambda: len(read_rows(working_copy()).calendars[1].windows)) == 5


def test_calendar_with_a_short_name_in_use_is_not_made(manager):
    page = manager.get(url("policydraft_new_calendar"))
    data = sent_by(page) | {"code": "portal", "name": "Mine", "zone": "UTC"}

    answer = manager.post(url("policydraft_new_calendar"), data)

    assert "There is a calendar with this short name already." in text_of(answer)


def test_calendar_in_use_is_not_removed(manager, alpha):
    page = manager.get(url("policydraft_calendar", "portal_emea"))

    answer = manager.post(
        url("policydraft_remove", "portal_emea"),
        {"revision": page.context["revision"]},
        follow=True,
    )

    assert "There is no calendar “portal_emea”" in text_of(answer)
    assert in_alpha(alpha, lambda: len(read_rows(working_copy()).calendars)) == 3


def test_region_is_given_another_calendar(manager, alpha):
    page = manager.get(url("policydraft_calendar", "portal"))
    data = sent_by(page) | {"region-EMEA": "portal_amer"}

    manager.post(url("policydraft_calendar", "portal"), data)

    regions = in_alpha(alpha, lambda: read_rows(working_copy()).calendars[0].row.by_region)
    assert regions == "AMER=portal_amer, EMEA=portal_amer"
