"""Where calendar spans end: DD-39 (a week), SC-18 (90 days), SC-05 (a year)."""

from datetime import date

import pytest

from sla.engine.document import parse_document
from sla.engine.errors import EngineError
from sla.engine.parts import Facts
from sla.engine.span import Span, end_of_date, span_end
from tests.engine.wall import shown, wall
from tests.policies.packs import VENDORS, pack, pack_text

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
AUCKLAND = "Pacific/Auckland"
KOLKATA = "Asia/Kolkata"


def end(vendor: str, name: str, zone: str, start: str) -> str | None:
    policy = pack(vendor)
    span = policy.spans[name]
    chosen = policy.span_zone(span, Facts(zone=zone))
    return shown(zone, span_end(span, chosen, wall(zone, start)))


@pytest.mark.parametrize(
    ("zone", "asked", "closed"),
    [
        ("America/Chicago", "Tue 2026-06-09 10:00", "Tue 2026-06-16 10:00"),
        (KOLKATA, "Tue 2026-06-09 10:00", "Tue 2026-06-16 10:00"),
        (BERLIN, "Wed 2026-03-25 10:00", "Wed 2026-04-01 10:00"),
        (NEW_YORK, "Fri 2026-10-30 10:00", "Fri 2026-11-06 10:00"),
        # 02:30 is skipped on 29 March: the end of the gap.
        (BERLIN, "Sun 2026-03-22 02:30", "Sun 2026-03-29 03:00"),
        # 02:30 is read twice on 25 October: the first time.
        (BERLIN, "Sun 2026-10-18 02:30", "Sun 2026-10-25 02:30"),
    ],
)
def test_dd_39_waiting_ends_a_week_later_on_the_same_wall_clock(
    zone: str, asked: str, closed: str
) -> None:
    assert end("datadynamics", "waiting.close_after", zone, asked) == closed


def test_dd_39_the_first_of_two_equal_readings_counts() -> None:
    span = pack("datadynamics").spans["waiting.close_after"]

    closed = span_end(span, BERLIN, wall(BERLIN, "Sun 2026-10-18 02:30"))

    assert closed == wall(BERLIN, "Sun 2026-10-25 02:30", fold=0)


def test_dd_39_warnings_come_on_days_three_and_six_at_the_same_time() -> None:
    waiting = pack("datadynamics").waiting
    asked = wall(BERLIN, "Thu 2026-03-26 10:00")

    warned = [shown(BERLIN, span_end(span, BERLIN, asked)) for span in waiting.warnings()]

    assert warned == ["Sun 2026-03-29 10:00", "Wed 2026-04-01 10:00"]


@pytest.mark.parametrize(
    ("zone", "closed", "until"),
    [
        (NEW_YORK, "Thu 2026-01-01 09:00", "Thu 2026-04-02 00:00"),
        (AUCKLAND, "Thu 2026-01-01 23:59", "Thu 2026-04-02 00:00"),
        (KOLKATA, "Mon 2026-06-15 00:00", "Mon 2026-09-14 00:00"),
        # Midnight of 6 September is skipped in Santiago: the day ends where the gap ends.
        ("America/Santiago", "Sun 2026-06-07 12:00", "Sun 2026-09-06 01:00"),
    ],
)
def test_sc_18_reopening_lasts_to_the_end_of_the_ninetieth_day(
    zone: str, closed: str, until: str
) -> None:
    assert end("scalix", "reopen.window", zone, closed) == until
    assert pack("scalix").reopen.counted_from == "first_close"


@pytest.mark.parametrize(
    ("zone", "bought", "until"),
    [
        (NEW_YORK, "Mon 2026-06-15 09:00", "Wed 2027-06-16 00:00"),
        (AUCKLAND, "Mon 2026-06-15 00:00", "Wed 2027-06-16 00:00"),
        (NEW_YORK, "Tue 2028-02-29 12:00", "Thu 2029-03-01 00:00"),
        (AUCKLAND, "Tue 2028-02-29 12:00", "Thu 2029-03-01 00:00"),
        (BERLIN, "Sun 2027-02-28 12:00", "Tue 2028-02-29 00:00"),
        (KOLKATA, "Thu 2026-12-31 23:59", "Sat 2028-01-01 00:00"),
    ],
)
def test_sc_05_points_live_to_the_end_of_the_same_date_next_year(
    zone: str, bought: str, until: str
) -> None:
    assert end("scalix", "points.life", zone, bought) == until


def test_sc_05_one_purchase_ends_at_another_instant_in_another_zone() -> None:
    # Noon of 29 February in Auckland is still 28 February in New York.
    bought = wall(AUCKLAND, "Tue 2028-02-29 12:00")
    span = pack("scalix").spans["points.life"]

    assert shown(NEW_YORK, span_end(span, NEW_YORK, bought)) == "Thu 2029-03-01 00:00"
    assert shown(AUCKLAND, span_end(span, AUCKLAND, bought)) == "Thu 2029-03-01 00:00"


@pytest.mark.parametrize(
    ("span", "start", "until"),
    [
        (
            Span(1, "years", "end_of_day", leap_day="march_1"),
            "Tue 2028-02-29 12:00",
            "Fri 2029-03-02 00:00",
        ),
        (Span(1, "years", leap_day="march_1"), "Tue 2028-02-29 12:00", "Thu 2029-03-01 12:00"),
        (Span(1, "years"), "Tue 2028-02-29 12:00", "Wed 2029-02-28 12:00"),
        (Span(4, "years"), "Tue 2028-02-29 12:00", "Sun 2032-02-29 12:00"),
        (Span(1, "years", "elapsed"), "Tue 2028-02-29 12:00", "Wed 2029-02-28 12:00"),
        (Span(90, "days", "same_time"), "Thu 2026-01-01 09:00", "Wed 2026-04-01 09:00"),
        # Berlin moves its clocks within these days: real time shows.
        (Span(90, "days", "elapsed"), "Thu 2026-01-01 09:00", "Wed 2026-04-01 10:00"),
        (Span(604_800, "seconds", "elapsed"), "Wed 2026-03-25 10:00", "Wed 2026-04-01 11:00"),
    ],
)
def test_the_other_readings_are_data(span: Span, start: str, until: str) -> None:
    assert shown(BERLIN, span_end(span, BERLIN, wall(BERLIN, start))) == until


def test_a_span_may_follow_the_vendor_s_wall_clock() -> None:
    text = pack_text("datadynamics").replace('zone = "customer" }', 'zone = "vendor" }')
    policy = parse_document(text)

    span = policy.spans["waiting.close_after"]

    assert policy.span_zone(span, Facts(zone=AUCKLAND)) == "America/Chicago"
    assert pack("datadynamics").span_zone(Span(7), Facts(zone=AUCKLAND)) == AUCKLAND
    assert pack("datadynamics").span_zone(Span(7), Facts()) == "America/Chicago"


def test_packs_name_the_spans_that_they_set() -> None:
    assert {name: sorted(pack(name).spans) for name in VENDORS} == {
        "metalogix": [],
        "scalix": ["points.grace", "points.life", "reopen.window"],
        "msp": [],
        "datadynamics": ["waiting.close_after"],
    }


@pytest.mark.parametrize(
    ("zone", "end_at"),
    [
        (BERLIN, "Sun 2026-03-29 00:00"),
        (AUCKLAND, "Sun 2026-03-29 00:00"),
    ],
)
def test_an_away_note_lasts_to_the_end_of_its_last_day(zone: str, end_at: str) -> None:
    assert shown(zone, end_of_date(date(2026, 3, 28), zone)) == end_at


def test_a_date_that_its_zone_skipped_ends_where_the_next_one_begins() -> None:
    apia = "Pacific/Apia"

    assert end_of_date(date(2011, 12, 30), apia) == wall(apia, "Sat 2011-12-31 00:00")


def test_a_span_past_the_calendar_is_an_error() -> None:
    with pytest.raises(EngineError) as error:
        span_end(Span(9000, "years"), BERLIN, wall(BERLIN, "Mon 2026-06-15 09:00"))

    assert error.value.code == "bad_request"
