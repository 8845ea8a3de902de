"""A case that nobody touches climbs to the third tier in its own service time, in every pack."""

import pytest

from sla.engine.clock import Event, read
from sla.engine.ladder import marks
from tests.engine.wall import shown, wall
from tests.policies.packs import pack


def climb(vendor: str, opened: str, zone: str, **facts: str) -> list[tuple[str | None, str, int]]:
    """Let a case lie and act on each hand-over; list (moment, action, tier before)."""
    payload = {"policy_version": 1, "zone": zone, **facts}
    events = [Event(1, "case_opened", wall(zone, opened), payload)]
    climbed = []
    while len(climbed) < 5:
        state = read({1: pack(vendor)}, events)
        found = [mark for mark in marks(state) if mark.clock == "no_progress"]
        if not found:
            return climbed
        climbed.append((shown(zone, found[0].at), found[0].step.action, state.tier))
        if found[0].step.action != "hand_over":
            return climbed
        payload = {"to_tier": state.tier + 1}
        events.append(Event(len(events) + 1, "handed_over", found[0].at, payload, "policy"))
    return climbed


@pytest.mark.parametrize(
    ("vendor", "zone", "facts", "climbed"),
    [
        (
            "metalogix",
            "America/New_York",
            {"plan": "standard", "severity": "2", "channel": "portal", "country": "US"},
            ["Mon 2026-06-15 10:00:01", "Mon 2026-06-15 18:00:02", "Tue 2026-06-16 12:00:03"],
        ),
        (
            "metalogix",
            "America/New_York",
            {"plan": "premium", "severity": "1", "channel": "phone", "country": "US"},
            ["Fri 2026-06-12 18:00:01", "Fri 2026-06-12 20:00:02", "Fri 2026-06-12 22:00:03"],
        ),
        (
            "scalix",
            "Pacific/Auckland",
            {"plan": "basic", "channel": "email", "case_type": "problem"},
            ["Mon 2026-06-15 16:00:01", "Tue 2026-06-16 16:00:02", "Wed 2026-06-17 16:00:03"],
        ),
        (
            "msp",
            "America/New_York",
            {"priority": "P4", "channel": "email", "case_type": "problem"},
            ["Wed 2026-06-17 16:00:01", "Mon 2026-06-22 16:00:02", "Thu 2026-06-25 16:00:03"],
        ),
        (
            "datadynamics",
            "America/Chicago",
            {"severity": "2", "priority": "normal", "case_type": "problem", "channel": "portal"},
            ["Mon 2026-06-15 16:00:01", "Tue 2026-06-16 16:00:02", "Wed 2026-06-17 16:00:03"],
        ),
        (
            "datadynamics",
            "America/Chicago",
            {"severity": "4", "priority": "normal", "case_type": "question", "channel": "portal"},
            # Friday the 19th is Juneteenth.
            ["Wed 2026-06-17 16:00:01", "Tue 2026-06-23 16:00:02", "Fri 2026-06-26 16:00:03"],
        ),
    ],
)
def test_an_untouched_case_climbs_to_the_third_tier_and_then_to_the_lead(
    vendor: str, zone: str, facts: dict[str, str], climbed: list[str]
) -> None:
    first, second, third = climbed

    found = climb(vendor, "Fri 2026-06-12 16:00", zone, **facts)

    assert found == [(first, "hand_over", 1), (second, "hand_over", 2), (third, "notify", 3)]


@pytest.mark.parametrize(
    ("vendor", "facts"),
    [
        ("metalogix", {"plan": "standard", "severity": "4", "channel": "portal"}),
        ("msp", {"priority": "P6", "channel": "email", "case_type": "request"}),
        ("datadynamics", {"severity": "1", "priority": "low", "case_type": "problem"}),
        ("datadynamics", {"severity": "4", "priority": "low", "case_type": "question"}),
        ("datadynamics", {"severity": "4", "priority": "high", "case_type": "feature_request"}),
    ],
)
def test_what_waits_by_its_nature_does_not_climb(vendor: str, facts: dict[str, str]) -> None:
    assert climb(vendor, "Fri 2026-06-12 16:00", "America/New_York", **facts) == []
