"""Until when points live, in the customer's zone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from entitlements.expiry import grace_end, points_end
from sla.engine.offer import Points
from sla.engine.span import Span
from tests.policies.packs import pack

AUCKLAND, KOLKATA, BERLIN = "Pacific/Auckland", "Asia/Kolkata", "Europe/Berlin"


def utc(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("bought", "zone", "over"),
    [
        # The end of the anniversary day, by the customer's own calendar: it is the 1st of March
        # in Auckland and Kolkata already, the 28th of February in Berlin still.
        ("2026-02-28 20:00", AUCKLAND, "2027-03-01 11:00"),
        ("2026-02-28 20:00", KOLKATA, "2027-03-01 18:30"),
        ("2026-02-28 20:00", BERLIN, "2027-02-28 23:00"),
        # 29 February -> the end of 28 February.
        ("2024-02-28 22:00", AUCKLAND, "2025-02-28 11:00"),
        ("2024-02-29 09:00", KOLKATA, "2025-02-28 18:30"),
        ("2027-02-28 09:00", KOLKATA, "2028-02-28 18:30"),
        # Bought in winter time, over in winter time: Berlin's clocks have moved twice.
        ("2026-10-25 00:30", BERLIN, "2027-10-25 22:00"),
        ("2026-03-28 12:00", BERLIN, "2027-03-28 22:00"),
    ],
)
def test_sc_05_points_end_with_the_anniversary_day_in_the_customers_zone(bought, zone, over):
    assert points_end(pack("scalix"), utc(bought), zone) == utc(over)


def test_sc_05_the_vendors_zone_counts_where_its_policy_says_so():
    life = Span(1, "years", "end_of_day", zone="vendor")
    policy = replace(pack("scalix"), time_zone=KOLKATA, points=Points(life=life))

    assert points_end(policy, utc("2026-02-28 20:00"), BERLIN) == utc("2027-03-01 18:30")


def test_points_without_an_end_never_end():
    policy = replace(pack("scalix"), points=Points())

    assert points_end(policy, utc("2026-02-28 20:00"), AUCKLAND) is None


def test_sc_21_grace_ends_after_90_days_in_the_customers_zone():
    assert grace_end(pack("scalix"), utc("2026-03-10 20:00"), AUCKLAND) == utc("2026-06-09 12:00")
