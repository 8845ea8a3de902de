"""Whether the desk is open for a case. March 2026, Berlin; Monday is the 2nd."""

from datetime import UTC, datetime

import pytest

from sla.engine.calendarparts import CalendarException, CalendarSpec
from sla.engine.parts import Facts
from sla.engine.target import Target
from sla.explain import week_text
from sla.openings import Opening, opening_for
from tests.clocks.policies import OFFICE, hours, policy, row

NAMED = {"name": "Office", "hours": "Mon-Fri 09:00-17:00", "zone": "Europe/Berlin"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}:00+01:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("02T10:00", Opening(True, at("02T17:00"), **NAMED)),
        ("02T17:00", Opening(False, at("03T09:00"), **NAMED)),
        ("06T20:00", Opening(False, at("09T09:00"), **NAMED)),
    ],
    ids=["open", "closing instant", "weekend"],
)
def test_opening_is_that_of_the_hours_of_the_first_response(moment, opening):
    assert opening_for(policy(), Facts(severity="2"), at(moment)) == opening


def test_promise_round_the_clock_is_always_open():
    opening = opening_for(policy(), Facts(severity="1", channel="phone"), at("07T03:00"))

    assert opening == Opening(is_open=True)
    assert opening.is_always


def test_hours_follow_the_channel():
    opening = opening_for(policy(), Facts(severity="1", channel="portal"), at("07T03:00"))

    assert opening == Opening(False, at("09T09:00"), **NAMED)


def test_without_a_promise_there_are_no_hours():
    assert opening_for(policy(), Facts(severity="none"), at("02T10:00")) is None


def test_holiday_closes_and_the_usual_week_is_still_named():
    spec = CalendarSpec(
        code="office",
        name="Office",
        zone="Europe/Berlin",
        weekly=OFFICE.weekly,
        exceptions=(CalendarException(at("03T00:00").date(), at("03T12:00").date()),),
    )

    opening = opening_for(policy(calendars=(spec,)), Facts(severity="2"), at("03T10:00"))

    assert opening == Opening(False, at("04T09:00"), **NAMED)


@pytest.mark.parametrize(
    ("weekly", "text"),
    [
        ({"mon": (("09:00", "12:00"), ("13:00", "17:00"))}, "Mon 09:00-12:00 and 13:00-17:00"),
        (
            {
                "mon": (("08:00", "18:00"),),
                "tue": (("08:00", "18:00"),),
                "sat": (("10:00", "12:00"),),
            },
            "Mon-Tue 08:00-18:00, Sat 10:00-12:00",
        ),
        ({"sun": (("00:00", "24:00"),)}, "Sun all day"),
        ({}, "only on single dates"),
    ],
)
def test_usual_week_in_words(weekly, text):
    spec = CalendarSpec(code="c", name="C", zone="UTC", weekly=tuple(weekly.items()))
    rules = policy(
        calendars=(spec,), targets=(row("first_response", hours("business_time", 1), "c"),)
    )

    assert week_text(rules.calendar("c", Facts())) == text


def test_scheduled_work_is_open_in_its_hours():
    rules = policy(targets=(row("first_response", Target("scheduled")),))

    assert opening_for(rules, Facts(), at("02T10:00")) == Opening(True, at("02T17:00"), **NAMED)
