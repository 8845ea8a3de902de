"""What entries of a timeline say at the desk, in whole sentences."""

import pytest

from desk.words import event_text
from sla.engine.offer import Pack
from sla.offer_words import pack_text
from tests.policies.packs import pack
from tickets.models import CaseEvent

METALOGIX = pack("metalogix")


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        (
            "triaged",
            {"severity": "3", "from": {"severity": "2"}, "estimate_at": 1_772_460_000},
            "Severity: from Severity Level 2 (High) to Severity Level 3 (Low). "
            "Support begins about Mon 2 Mar 2026, 14:00 UTC.",
        ),
        ("triaged", {"has_workaround": False}, "No workaround is known."),
        # Where nothing is charged nothing is said of points.
        ("split_proposed", {"split": 1, "points": 0}, ""),
        ("split_proposed", {"split": 1, "points": 3}, "3 points"),
    ],
)
def test_entry_says_in_whole_sentences_what_it_did(kind, payload, said):
    event = CaseEvent(kind=kind, payload=payload)

    assert event_text(event, METALOGIX, {}, "UTC") == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("1,000 points", "1,000 points"),
        ("Large pack", "Large pack (1,000 points)"),
        ("Pack of 10,000", "Pack of 10,000 (1,000 points)"),
    ],
)
def test_pack_names_its_points_once(name, said):
    assert pack_text(Pack("large", name, points=1000)) == said
