"""Whatever comes in, one answer goes out: nothing ends the run."""

import json
from io import BytesIO
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.batch import lines
from sla.batch.answers import METRICS, answer_line, answers
from sla.engine.calendar import parse_instant
from tests.sla.lines import VENDORS
from tests.sla.test_batch import BETWEEN, BY_CALENDAR, DATADYNAMICS, METALOGIX, MSP, SCALIX

CODES = {
    "never_open", "bad_interval", "bad_time_zone", "no_offset", "negative_duration", "bad_pause",
    "scheduled_in_past", "phone_required", "channel_not_entitled", "unsupported", "bad_request",
    "unknown_policy",
}  # fmt: skip
BASES = (SCALIX, METALOGIX, MSP, DATADYNAMICS, BY_CALENDAR, BETWEEN)
MOMENTS = (
    "waiting_since", "closed_at", "purchased_at", "opened_at", "scheduled_for", "a", "b",
)  # fmt: skip
FIELDS = sorted({name for base in BASES for name in base} | set(MOMENTS) | {"metric"})
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["UTC", "09:00", "24:00", "mon", "2026-03-29T02:30:00+01:00", "due"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
# Around what the desk can mean: the years of the engine's ends, and gaps and folds of wall time.
MOMENT = st.builds(
    lambda moment, offset: f"{moment:%Y-%m-%dT%H:%M:%S}{offset}",
    st.datetimes(),
    st.sampled_from(["Z", "+05:30", "-12:00", "+14:00", "+00:00:01", ""]),
)
TIME = st.sampled_from(["00:00", "01:30", "09:00", "12:00:30", "17:00", "22:00", "24:00", "9"])
CALENDAR = st.fixed_dictionaries(
    {
        "time_zone": st.sampled_from(["UTC", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo", "X"]),
        "weekly": st.dictionaries(
            st.sampled_from(["mon", "tue", "sun", "fun"]),
            st.lists(st.lists(TIME, min_size=2, max_size=2), max_size=3),
            max_size=3,
        ),
    },
    optional={
        "exceptions": st.lists(
            st.fixed_dictionaries(
                {"date": st.dates().map(str), "intervals": st.just([["10:00", "12:00"]])}
            ),
            max_size=3,
        )
    },
)
TARGET = st.fixed_dictionaries(
    {"kind": st.sampled_from(["elapsed", "business_time", "business_days", "weeks", "immediate"])},
    optional=dict.fromkeys(("seconds", "days", "weeks"), st.integers(-2, 10**12)),
)
PAUSES = st.lists(
    st.fixed_dictionaries({"from": MOMENT, "to": st.none() | MOMENT}), min_size=1, max_size=3
)


def check(answer):
    """One line of JSON that says either how it is or why not."""
    found = json.loads(answer)
    assert "\n" not in answer
    if not found["ok"]:
        assert set(found) == {"id", "ok", "error"}
        assert found["error"]["code"] in CODES
        assert found["error"]["message"]
        return
    intervals = found.get("explanation", [])
    for before, after in pairwise(intervals):
        assert before["to"] == after["from"]
    if intervals:
        counted = sum(interval["counted_seconds"] for interval in intervals)
        assert (intervals[-1]["to"], counted) == (found["due_at"], found["need_seconds"])
        assert parse_instant(intervals[0]["from"]) <= parse_instant(found["due_at"])


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(line):
    check(answer_line(line, VENDORS))


@given(JSON)
def test_any_json_is_answered(value):
    check(answer_line(json.dumps(value).encode(), VENDORS))


@settings(max_examples=400)
@given(st.sampled_from(BASES), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_any_value_in_any_field_is_answered(base, changes):
    check(answer_line(json.dumps(base | changes).encode(), VENDORS))


@settings(max_examples=400)
@given(
    st.sampled_from(BASES),
    st.dictionaries(st.sampled_from(MOMENTS), MOMENT, max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "calendar": CALENDAR,
            "target": TARGET,
            "pauses": PAUSES,
            "metric": st.sampled_from(METRICS),
        },
    ),
)
def test_any_moment_hours_and_pauses_are_answered(base, moments, changes):
    check(answer_line(json.dumps(base | moments | changes).encode(), VENDORS))


def test_line_too_long_is_answered_and_the_next_one_too(monkeypatch, db):
    monkeypatch.setattr(lines, "MOST_BYTES", 100)
    long = b'{"id": "' + b"x" * 1000 + b'"}'
    whole = b"\n".join([b"1", long, b'{"id": 3}', long, long])

    found = [json.loads(answer) for answer in answers(BytesIO(whole))]

    assert [answer["id"] for answer in found] == [None, None, 3, None, None]
    assert found[1]["error"]["message"] == "The line is longer than 100 bytes."


def test_line_of_just_the_longest_length_is_read(monkeypatch):
    monkeypatch.setattr(lines, "MOST_BYTES", 10)

    read = list(lines.lines(BytesIO(b"123456789\n1234567890\n123456789")))

    assert read == [b"123456789\n", None, b"123456789"]


def test_lines_are_answered_as_they_come():
    class Dripping:
        """Gives one line, then fails: an answer must be out before more is asked for."""

        def __init__(self):
            self.given = [b"{}\n"]

        def readline(self, most):
            return self.given.pop()

    assert json.loads(next(answers(Dripping())))["ok"] is False


def test_mark_of_byte_order_and_blanks_do_not_matter():
    line = b"\xef\xbb\xbf  " + json.dumps(BETWEEN).encode() + b" \r\n"

    assert json.loads(answer_line(line, VENDORS))["seconds"] == 27000


def test_answer_is_ascii_whatever_it_names():
    line = json.dumps(SCALIX | {"id": "ключ \udc80", "plan": "план"}, ensure_ascii=True).encode()

    assert answer_line(line, VENDORS).isascii()
