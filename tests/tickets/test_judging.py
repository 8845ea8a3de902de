"""Which level counts: what one axis presets on the other, and which offer is taken."""

import pytest

from accounts.models import Company, Person
from sla.engine.parts import Level
from tests.clocks.policies import policy
from tickets.filing import Wish, judged_level

TWO_AXES = policy(
    axes=("severity", "priority"),
    severities=(
        Level("1", "1", "severity", sets_priority="high", workaround_to="2"),
        Level("2", "2", "severity"),
    ),
    priorities=(
        Level("high", "high", "priority", workaround_to="normal"),
        Level("normal", "normal", "priority", default=True),
    ),
)


def counts(axis, **wished):
    wish = Wish(company=Company(), contact=Person(), channel="portal", **wished)
    return judged_level(wish, TWO_AXES, axis).counts.code


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ({"severity": "1"}, "high"),
        ({"severity": "2"}, "normal"),
        ({"severity": "2", "priority": "high"}, "high"),
        ({"severity": "1", "priority": "normal"}, "normal"),
        # The level that counts presets it, not the one that was left for a workaround.
        ({"severity": "1", "has_workaround": True, "takes_offer": True}, "normal"),
    ],
)
def test_dd_09_severity_presets_the_priority_that_nobody_chose(wished, expected):
    assert counts("priority", **wished) == expected


def test_mx_13_the_one_offer_that_is_shown_is_taken():
    known = {"priority": "high", "has_workaround": True, "takes_offer": True}

    assert [counts(axis, severity="1", **known) for axis in TWO_AXES.axes] == ["2", "high"]
    assert [counts(axis, severity="2", **known) for axis in TWO_AXES.axes] == ["2", "normal"]
