import pytest

from sla.engine.calendar import parse_calendar, parse_instant
from sla.engine.document import parse_document
from sla.engine.holidays import Holiday, HolidaySet
from sla.engine.parts import Facts, Refusal
from sla.engine.receipt import Interval, receipt
from sla.engine.target import Target, promise
from sla.explain import (
    calendar_text,
    receipt_lines,
    receipt_sentences,
    refusal_text,
    span_text,
    target_text,
    wall_time_text,
    why_text,
)
from tests.packs import POLICIES

HOUR = 3600
OFFICE = parse_calendar(
    {
        "time_zone": "Europe/Berlin",
        "weekly": {
            day: [["09:00", "12:00"], ["13:00", "17:30"]]
            for day in ("mon", "tue", "wed", "thu", "fri")
        },
        "exceptions": [{"date": "2026-12-24", "intervals": [], "name": "Christmas Eve"}],
        "holidays": HolidaySet((Holiday("Christmas Day", 12, day=25),), "actual"),
    }
)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Target("business_time", 4 * HOUR), "4 business hours"),
        (Target("business_time", HOUR), "1 business hour"),
        (Target("business_time", 8 * HOUR, 4 * HOUR), "4-8 business hours"),
        (Target("business_time", 5400), "90 business minutes"),
        (Target("business_time", 60), "1 business minute"),
        (Target("business_time", 2 * HOUR, 1800), "30-120 business minutes"),
        (Target("business_time", 61), "61 business seconds"),
        (Target("elapsed", 1800), "within 30 minutes, round the clock"),
        (Target("elapsed", HOUR), "within 1 hour, round the clock"),
        (Target("elapsed", 4 * HOUR, 2 * HOUR), "within 2-4 hours, round the clock"),
        (Target("elapsed", 1), "within 1 second, round the clock"),
        (Target("business_days", 1), "1 business day"),
        (Target("business_days", 3, 2), "2-3 business days"),
        (
            Target("business_days", 3, day_rule="end_of_day"),
            "3 business days, to the end of the day",
        ),
        (
            Target("business_days", 3, day_rule="next_opening"),
            "3 business days, to the next opening",
        ),
        (Target("weeks", 1), "1 week"),
        (Target("weeks", 2, back="exact"), "2 weeks, round the clock"),
        (Target("next_business_day"), "next business day"),
        (Target("immediate"), "immediately"),
        (Target("scheduled"), "at the agreed time"),
        (Target("none"), "no target"),
    ],
)
def test_target_is_said_in_words(target, text):
    assert target_text(target) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (
            Interval(0, 1, 1, "open", window=(4, 9 * HOUR, 17 * HOUR), zone="Asia/Kolkata"),
            "open Fri 09:00-17:00 Asia/Kolkata",
        ),
        (
            Interval(0, 1, 1, "open", window=(0, 0, 24 * HOUR), zone="UTC"),
            "open Mon 00:00-24:00 UTC",
        ),
        (Interval(0, 1, 1, "open"), "round the clock"),
        (Interval(0, 1, 0, "waiting"), "waiting on the customer"),
        (Interval(0, 1, 0, "scheduled"), "until the agreed time"),
        (Interval(0, 1, 0, "closed", ("evening", "weekend")), "closed: evening, weekend"),
        (Interval(0, 1, 0, "closed", ("before_hours",)), "closed: before opening"),
        (Interval(0, 1, 0, "closed", ("between",)), "closed: between shifts"),
        (
            Interval(0, 1, 0, "closed", ("evening", "holiday"), ("Thanksgiving Day",)),
            "closed: evening, holiday (Thanksgiving Day)",
        ),
        (
            Interval(0, 1, 0, "closed", ("exception",), ("100% off", "Stocktaking")),
            "closed: special hours (100% off, Stocktaking)",
        ),
    ],
)
def test_interval_says_why(interval, text):
    assert why_text(interval) == text


def test_receipt_over_christmas_reads_as_it_happened():
    opened_at = parse_instant("2026-12-23T16:30:00+01:00")
    target = Target("business_time", 2 * HOUR)
    promised = promise(OFFICE, target, opened_at)
    intervals = receipt(OFFICE, target, promised, opened_at)

    assert receipt_sentences(intervals, "Europe/Berlin") == (
        "Wed 23 Dec 16:30 to Wed 23 Dec 17:30: 1 h count (open Wed 13:00-17:30 Europe/Berlin).",
        "Wed 23 Dec 17:30 to Mon 28 Dec 09:00: nothing counts (closed: evening, special hours, "
        "holiday, weekend (Christmas Eve, Christmas Day)).",
        "Mon 28 Dec 09:00 to Mon 28 Dec 10:00: 1 h count (open Mon 09:00-12:00 Europe/Berlin).",
    )
    assert [line.counted_seconds for line in receipt_lines(intervals)] == [HOUR, 0, HOUR]


def test_calendar_is_named_with_the_zone_it_is_read_in():
    scalix = parse_document((POLICIES / "scalix.toml").read_text())
    basic = scalix.cell("first_response", Facts(plan="basic", zone="Asia/Kolkata"))
    gold = scalix.cell("first_response", Facts(plan="gold", zone="Asia/Kolkata"))

    assert calendar_text(basic) == "Scalix Basic, Asia/Kolkata"
    assert calendar_text(gold) == "round the clock"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (5400, "1 h 30 min")]
    + [(90_061, "25 h 1 min 1 s")],
)
def test_length_of_time_is_said_in_hours_and_minutes(seconds, text):
    assert span_text(seconds) == text


@pytest.mark.parametrize(
    ("second", "text"), [(0, "00:00"), (34_230, "09:30:30"), (86_400, "24:00"), (90_000, "01:00")]
)
def test_second_of_a_day_is_said_as_wall_time(second, text):
    assert wall_time_text(second) == text


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (Refusal("plan_needed", {}), "A plan is needed: standard, premium."),
        (
            Refusal("unknown_plan", {"plan": "gold"}),
            "There is no plan “gold”. Choose from: standard, premium.",
        ),
        (
            Refusal("level_needed", {"axis": "severity"}),
            "A severity is needed: 1, 2, 3, 4.",
        ),
        (
            Refusal("unknown_level", {"axis": "priority", "level": "P1"}),
            "There is no priority “P1”. Choose from: none.",
        ),
        (
            Refusal("level_not_for_customers", {"axis": "severity", "level": "1"}),
            "Only the desk sets the severity “Severity Level 1”.",
        ),
        (
            Refusal("unknown_case_type", {"case_type": "joke"}),
            "There is no type “joke”. Choose from: problem, question, feature_request, request.",
        ),
        (
            Refusal("unknown_region", {"region": "APAC"}),
            "There is no region “APAC”. Choose from: AMER, EMEA.",
        ),
        (
            Refusal("unknown_channel", {"channel": "fax"}),
            "There is no channel “fax”. Choose from: phone, portal.",
        ),
        (
            Refusal("channel_not_entitled", {"channel": "email"}),
            "Cases by e-mail are not part of this support. Open: Phone, Web portal.",
        ),
        (
            Refusal(
                "phone_required",
                {"axis": "severity", "level": "1", "phones": ("202-609-9100",)},
            ),
            "Cases of severity “Severity Level 1” have to be reported by phone: 202-609-9100.",
        ),
    ],
)
def test_refusal_names_what_would_be_accepted(refusal, text):
    metalogix = parse_document((POLICIES / "metalogix.toml").read_text())

    assert refusal_text(refusal, metalogix) == text
