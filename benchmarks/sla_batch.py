"""Time `manage.py sla_batch` on a file of 10,000 mixed lines, the start of Python included.

    python benchmarks/sla_batch.py [--lines N] [--keep FILE]

The four policies have to be loaded (`manage.py load_policy policies/*.toml`). The same seed gives
the same file, so that figures can be compared.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, str(REPOSITORY / "manage.py"), "sla_batch")
SEED = 20260612
BUDGET_SECONDS = 5.0

ZONES = (
    ("Asia/Kolkata", "IN"), ("America/New_York", "US"), ("Europe/Berlin", "DE"),
    ("Pacific/Auckland", "NZ"), ("America/Los_Angeles", "US"), ("Australia/Lord_Howe", "AU"),
    ("Asia/Kathmandu", "NP"), ("America/Sao_Paulo", "BR"), ("Europe/London", "GB"),
    ("Africa/Cairo", "EG"), ("Asia/Tokyo", "JP"), ("America/St_Johns", "CA"),
)  # fmt: skip
TYPES = ("problem", "question", "feature_request", "request")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = (
    [["09:00", "17:00"]],
    [["08:00", "12:00"], ["13:00", "18:30"]],
    [["22:00", "06:00"]],
    [["00:00", "24:00"]],
)
TARGETS = (
    {"kind": "elapsed", "seconds": 7200},
    {"kind": "business_time", "seconds": 28_800},
    {"kind": "business_time", "seconds": 1_440_000},
    {"kind": "business_days", "days": 3},
    {"kind": "weeks", "weeks": 1},
    {"kind": "next_business_day"},
    {"kind": "immediate"},
    {"kind": "scheduled"},
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="write the lines there as well")
    options = parser.parse_args()
    text = "".join(json.dumps(line) + "\n" for line in mixed_lines(options.lines))
    if options.keep:
        options.keep.write_text(text)
    with tempfile.TemporaryFile() as given:
        given.write(text.encode())
        given.seek(0)
        started = time.perf_counter()
        done = subprocess.run(COMMAND, stdin=given, stdout=subprocess.PIPE, check=True)
        seconds = time.perf_counter() - started
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    answered = sum(answer["ok"] for answer in answers)
    print(f"{len(answers)} answers ({answered} ok) in {seconds:.2f} s, start included")
    print(f"{len(text) / 1e6:.1f} MB in, {len(done.stdout) / 1e6:.1f} MB out")
    return 0 if len(answers) == options.lines and seconds < BUDGET_SECONDS else 1


def mixed_lines(number: int) -> Iterator[dict[str, Any]]:
    """Make lines of every vendor, operation and kind of target, some of them wrong."""
    dice = random.Random(SEED)
    kinds: tuple[Callable[[random.Random], dict[str, Any]], ...] = (
        by_policy, by_policy, by_policy, by_policy, by_policy, by_calendar, by_calendar, between,
        span, wrong,
    )  # fmt: skip
    for count in range(number):
        yield {"id": f"line-{count}"} | dice.choice(kinds)(dice)


def by_policy(dice: random.Random) -> dict[str, Any]:
    zone, country = dice.choice(ZONES)
    opened_at = moment(dice)
    return {
        "op": "due",
        "metric": "response",
        "case_type": dice.choice(TYPES),
        "region": None,
        "customer": {"time_zone": zone, "country": country},
        "opened_at": opened_at.isoformat(),
        "pauses": pauses(dice, opened_at),
        **dice.choice((metalogix, scalix, msp, datadynamics))(dice, opened_at),
    }


def metalogix(dice: random.Random, opened_at: datetime) -> dict[str, Any]:
    return {
        "vendor": "metalogix",
        "plan": dice.choice(("standard", "premium")),
        "severity": dice.randint(1, 4),
        "priority": None,
        "channel": dice.choice(("phone", "portal")),
    }


def scalix(dice: random.Random, opened_at: datetime) -> dict[str, Any]:
    plans = ("points", "basic", "basic_annual", "bronze", "silver", "gold", "platinum")
    return {
        "vendor": "scalix",
        "plan": dice.choice(plans),
        "severity": None,
        "priority": None,
        "channel": dice.choice(("phone", "portal", "email")),
    }


def msp(dice: random.Random, opened_at: datetime) -> dict[str, Any]:
    slot = (opened_at + timedelta(days=dice.randint(1, 20))).isoformat()
    return {
        "vendor": "msp",
        "plan": None,
        "severity": None,
        "priority": f"P{dice.randint(1, 6)}",
        "channel": dice.choice(("phone", "portal", "email")),
        "scheduled_for": dice.choice((slot, None)),
    }


def datadynamics(dice: random.Random, opened_at: datetime) -> dict[str, Any]:
    return {
        "vendor": "datadynamics",
        "plan": None,
        "severity": dice.randint(1, 4),
        "priority": dice.choice(("high", "normal", "low")),
        "channel": dice.choice(("phone", "portal", "email")),
    }


def by_calendar(dice: random.Random) -> dict[str, Any]:
    opened_at = moment(dice)
    return {
        "op": "due",
        "calendar": calendar(dice),
        "target": dice.choice(TARGETS),
        "opened_at": opened_at.isoformat(),
        "scheduled_for": (opened_at + timedelta(days=2)).isoformat(),
        "pauses": pauses(dice, opened_at),
    }


def between(dice: random.Random) -> dict[str, Any]:
    a = moment(dice)
    b = a + timedelta(seconds=dice.randint(0, 60 * 86_400))
    return {
        "op": "between",
        "calendar": calendar(dice),
        "a": a.isoformat(),
        "b": b.isoformat(),
        "pauses": pauses(dice, a),
    }


def span(dice: random.Random) -> dict[str, Any]:
    zone, country = dice.choice(ZONES)
    metric, since = dice.choice(
        (
            ("auto_close", "waiting_since"),
            ("reopen_until", "closed_at"),
            ("points_expire", "purchased_at"),
        )
    )
    return {
        "op": "due",
        "metric": metric,
        "vendor": "scalix",
        "customer": {"time_zone": zone, "country": country},
        since: moment(dice).isoformat(),
    }


def wrong(dice: random.Random) -> dict[str, Any]:
    line = by_policy(dice)
    return line | dice.choice(
        ({"vendor": "nobody"}, {"opened_at": "2026-06-12T15:00:00"}, {"channel": 5}, {"op": "dew"})
    )


def calendar(dice: random.Random) -> dict[str, Any]:
    # More than a thousand different ones, so that no cache of calendars holds them all.
    zone, _ = dice.choice(ZONES)
    closed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=dice.randint(0, 9))
    return {
        "time_zone": zone,
        "weekly": dict.fromkeys(WEEKDAYS[: dice.choice((5, 6, 7))], dice.choice(HOURS)),
        "exceptions": [{"date": f"{closed:%Y-%m-%d}", "intervals": []}],
    }


def pauses(dice: random.Random, opened_at: datetime) -> list[dict[str, str | None]]:
    if dice.random() < 0.6:
        return []
    start = opened_at + timedelta(seconds=dice.randint(0, 86_400))
    end = start + timedelta(seconds=dice.randint(0, 2 * 86_400))
    ends = None if dice.random() < 0.1 else end.isoformat()
    return [{"from": start.isoformat(), "to": ends}]


def moment(dice: random.Random) -> datetime:
    year = datetime(2026, 1, 1, tzinfo=UTC)
    return year + timedelta(seconds=dice.randint(0, 365 * 86_400))


if __name__ == "__main__":
    sys.exit(main())
