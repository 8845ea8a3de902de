from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.tenancy import desk_now, tenant
from supportdesk.operators.clock import next_reading
from tickets.errors import NoSuchLocalTime

AT = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)  # a Friday, 10:00 in New York
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("weekday", "reading", "moment"),
    [
        (4, time(20, 30), datetime(2026, 3, 7, 1, 30, tzinfo=UTC)),
        (4, time(10, 0), datetime(2026, 3, 13, 14, 0, tzinfo=UTC)),  # a week on, in summer time
        (0, time(9, 0), datetime(2026, 3, 9, 13, 0, tzinfo=UTC)),
        (3, time(9, 0), datetime(2026, 3, 12, 13, 0, tzinfo=UTC)),
    ],
)
def test_next_reading_is_the_first_after_now(weekday, reading, moment):
    assert next_reading(AT, zone=NEW_YORK, weekday=weekday, reading=reading) == moment


def test_next_reading_that_the_clocks_skip_is_refused():
    with pytest.raises(NoSuchLocalTime):
        next_reading(AT, zone=NEW_YORK, weekday=6, reading=time(2, 30))


def now(operators):
    with tenant(operators):
        return desk_now()


@pytest.mark.parametrize("seconds", [900, 3600, 14400, 86400, 2592000, 31536000])
def test_operator_moves_desk_time_and_is_told(demo, operators, operator, browse, seconds):
    before = now(operators)

    response = browse(operators, operator).post(
        "/desk-time/move/", {"seconds": seconds}, follow=True
    )

    assert response.redirect_chain == [("/desk-time/", 302)]
    assert "Desk time moved forward by" in response.content.decode()
    assert (now(operators) - before).total_seconds() == seconds


def test_operator_moves_desk_time_to_a_vendors_evening(demo, alpha, operators, operator, browse):
    answers = {"weekday": 4, "reading": "20:30", "vendor": "alpha"}

    browse(operators, operator).post("/desk-time/move-to/", answers)

    local = now(operators).astimezone(ZoneInfo(alpha.tenant.time_zone))
    assert (local.weekday(), local.hour, local.minute) == (4, 20, 30)


def test_operator_moves_desk_time_to_a_date_of_a_vendor(demo, alpha, operators, operator, browse):
    zone = ZoneInfo(alpha.tenant.time_zone)
    on = (now(operators) + timedelta(days=200)).astimezone(zone).date()
    answers = {"on": on.isoformat(), "reading": "20:30", "vendor": "alpha"}

    browse(operators, operator).post("/desk-time/move-to-date/", answers)

    local = now(operators).astimezone(zone)
    assert (local.date(), local.hour, local.minute) == (on, 20, 30)


def test_date_that_is_over_or_too_far_moves_nothing(demo, alpha, operators, operator, browse):
    before = now(operators)
    client = browse(operators, operator)
    pages = []

    for days in (-3, 400):
        on = (before + timedelta(days=days)).date()
        answers = {"on": on.isoformat(), "reading": "09:00", "vendor": "alpha"}
        response = client.post("/desk-time/move-to-date/", answers)
        pages.append((response.status_code, response.content.decode()))

    assert [status for status, _page in pages] == [422, 422]
    assert "It is later than that already." in pages[0][1]
    assert "at most 366 days at a time" in pages[1][1]
    assert now(operators) == before


def test_daily_work_is_looked_for_within_seconds_of_a_jump(settings):
    looks = settings.CELERY_BEAT_SCHEDULE["keep"]

    assert (looks["task"], looks["schedule"]) == ("entitlements.tasks.keep", 3.0)


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/desk-time/move/", {}),
        ("/desk-time/move-to-date/", {"on": "", "reading": "09:00", "vendor": "alpha"}),
        ("/desk-time/move/", {"seconds": "-900"}),
        ("/desk-time/move/", {"seconds": "1"}),
        ("/desk-time/move-to/", {"weekday": 4, "reading": "", "vendor": "alpha"}),
        ("/desk-time/move-to/", {"weekday": 9, "reading": "09:00", "vendor": "alpha"}),
        ("/desk-time/move-to/", {"weekday": 4, "reading": "09:00", "vendor": "nobody"}),
    ],
)
def test_what_is_no_move_changes_nothing(demo, alpha, operators, operator, browse, path, answers):
    before = now(operators)

    response = browse(operators, operator).post(path, answers)

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert now(operators) == before


def test_desk_time_stands_outside_of_a_demonstration(settings, operators, operator, browse):
    settings.DEMO = False
    before = now(operators)

    response = browse(operators, operator).post("/desk-time/move/", {"seconds": 900})

    assert response.status_code == 422
    assert "Desk time can only be moved in a demonstration." in response.content.decode()
    assert now(operators) == before


def test_a_look_moves_nothing(demo, operators, operator, browse):
    client = browse(operators, operator)

    assert client.get("/desk-time/").status_code == 200
    assert client.get("/desk-time/move/").status_code == 405
    assert client.get("/desk-time/move-to/").status_code == 405
    assert client.get("/desk-time/move-to-date/").status_code == 405


@pytest.mark.parametrize("path", ["/desk-time/", "/health/"])
def test_visitor_is_asked_to_sign_in(demo, operators, browse, path):
    response = browse(operators).get(path)

    assert response.status_code == 302
    assert response["Location"] == f"/account/login/?next={path}"


def test_visitor_moves_nothing(demo, operators, browse):
    before = now(operators)

    response = browse(operators).post("/desk-time/move/", {"seconds": 900})

    assert response["Location"].startswith("/account/login/")
    assert now(operators) == before
