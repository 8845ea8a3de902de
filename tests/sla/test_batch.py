"""The batch by its paper: the examples, each vendor, each error."""

import pytest

from sla.engine.document import parse_document
from tests.packs import POLICIES
from tests.sla.lines import PackVendors, answer, code_of

SCALIX = {
    "id": "example-1",
    "op": "due",
    "metric": "response",
    "vendor": "scalix",
    "plan": "basic",
    "severity": None,
    "priority": None,
    "case_type": "problem",
    "channel": "email",
    "region": None,
    "edition": None,
    "customer": {"time_zone": "Asia/Kolkata", "country": "IN"},
    "opened_at": "2026-06-12T15:00:00+05:30",
    "scheduled_for": None,
    "pauses": [{"from": "2026-06-12T15:30:00+05:30", "to": "2026-06-12T16:00:00+05:30"}],
}
METALOGIX = SCALIX | {
    "id": 2,
    "vendor": "metalogix",
    "plan": "standard",
    "severity": 1,
    "channel": "phone",
    "region": "AMER",
    "customer": {"time_zone": "America/New_York", "country": "US"},
    "opened_at": "2026-06-12T20:30:00-04:00",
    "pauses": [],
}
MSP = METALOGIX | {
    "vendor": "msp",
    "plan": None,
    "severity": None,
    "priority": "P4",
    "region": None,
    "customer": None,
    "opened_at": "2026-06-10T15:00:00-04:00",
}
DATADYNAMICS = MSP | {
    "vendor": "datadynamics",
    "severity": 2,
    "priority": "normal",
    "opened_at": "2026-11-25T14:00:00-06:00",
}
BERLIN = {
    "time_zone": "Europe/Berlin",
    "weekly": {"mon": [["09:00", "12:00"], ["13:00", "17:30"]]},
    "exceptions": [
        {"date": "2026-12-25", "intervals": []},
        {"from": "2026-12-28", "to": "2026-12-31", "intervals": [["10:00", "12:00"]]},
    ],
}
BY_CALENDAR = {
    "id": "example-2",
    "op": "due",
    "calendar": BERLIN,
    "target": {"kind": "business_time", "seconds": 7200},
    "opened_at": "2026-06-09T11:00:00+02:00",
    "scheduled_for": None,
    "pauses": [],
}
BETWEEN = {
    "id": "example-3",
    "op": "between",
    "calendar": BERLIN,
    "a": "2026-06-09T11:00:00+02:00",
    "b": "2026-06-16T11:00:00+02:00",
    "pauses": [],
}


def test_first_example_is_answered_as_the_paper_says():
    assert answer(SCALIX) == {
        "id": "example-1",
        "ok": True,
        "due_at": "2026-06-15T06:00:00Z",
        "due_from": None,
        "starts_at": "2026-06-12T09:30:00Z",
        "state": "running",
        "need_seconds": 14400,
        "target": "4 business hours",
        "calendar": "Scalix Basic, Asia/Kolkata",
        "explanation": [
            {
                "from": "2026-06-12T09:30:00Z",
                "to": "2026-06-12T10:00:00Z",
                "counted_seconds": 1800,
                "why": "open Fri 09:00-17:00 Asia/Kolkata",
            },
            {
                "from": "2026-06-12T10:00:00Z",
                "to": "2026-06-12T10:30:00Z",
                "counted_seconds": 0,
                "why": "waiting on the customer",
            },
            {
                "from": "2026-06-12T10:30:00Z",
                "to": "2026-06-12T11:30:00Z",
                "counted_seconds": 3600,
                "why": "open Fri 09:00-17:00 Asia/Kolkata",
            },
            {
                "from": "2026-06-12T11:30:00Z",
                "to": "2026-06-15T03:30:00Z",
                "counted_seconds": 0,
                "why": "closed: evening, weekend",
            },
            {
                "from": "2026-06-15T03:30:00Z",
                "to": "2026-06-15T06:00:00Z",
                "counted_seconds": 9000,
                "why": "open Mon 09:00-17:00 Asia/Kolkata",
            },
        ],
    }


def test_second_example_goes_by_its_calendar():
    assert answer(BY_CALENDAR) == {
        "id": "example-2",
        "ok": True,
        "due_at": "2026-06-15T09:00:00Z",
        "due_from": None,
        "starts_at": "2026-06-15T07:00:00Z",
        "state": "running",
        "need_seconds": 7200,
        "target": "2 business hours",
        "calendar": "Europe/Berlin",
        "explanation": [
            {
                "from": "2026-06-09T09:00:00Z",
                "to": "2026-06-15T07:00:00Z",
                "counted_seconds": 0,
                "why": "closed: weekend",
            },
            {
                "from": "2026-06-15T07:00:00Z",
                "to": "2026-06-15T09:00:00Z",
                "counted_seconds": 7200,
                "why": "open Mon 09:00-12:00 Europe/Berlin",
            },
        ],
    }


def test_third_example_counts_the_seconds_between():
    assert answer(BETWEEN) == {"id": "example-3", "ok": True, "seconds": 27000}
    paused = {"from": "2026-06-15T09:00:00+02:00", "to": "2026-06-15T10:00:00+02:00"}
    assert answer(BETWEEN | {"pauses": [paused]})["seconds"] == 23400


@pytest.mark.parametrize(
    ("line", "due_from", "due_at"),
    [
        # requirements.md, acceptance examples 1, 2, 4, 8, 9.
        (METALOGIX, None, "2026-06-15T12:30:00Z"),
        (METALOGIX | {"severity": "1"}, None, "2026-06-15T12:30:00Z"),
        (METALOGIX | {"plan": "premium"}, None, "2026-06-13T02:30:00Z"),
        (METALOGIX | {"plan": "premium", "customer": None}, None, "2026-06-13T02:30:00Z"),
        (
            METALOGIX
            | {"plan": "premium", "severity": 3, "region": "EMEA"}
            | {"opened_at": "2026-06-11T17:00:00+02:00"},
            "2026-06-12T08:00:00Z",
            "2026-06-12T12:00:00Z",
        ),
        (
            METALOGIX
            | {"plan": "premium", "severity": 3, "region": None, "customer": {"country": "DE"}}
            | {"opened_at": "2026-06-11T17:00:00+02:00"},
            "2026-06-12T08:00:00Z",
            "2026-06-12T12:00:00Z",
        ),
        (
            SCALIX
            | {"customer": {"time_zone": "Pacific/Auckland", "country": "NZ"}, "pauses": []}
            | {"opened_at": "2026-06-12T16:30:00+12:00"},
            None,
            "2026-06-15T00:30:00Z",
        ),
        (SCALIX | {"channel": "portal"}, None, "2026-06-15T06:00:00Z"),
        (SCALIX | {"plan": "gold", "pauses": []}, None, "2026-06-12T11:30:00Z"),
        (MSP, None, "2026-06-15T19:00:00Z"),
        (MSP | {"priority": "P5"}, None, "2026-06-17T19:00:00Z"),
        (MSP | {"priority": "P1"}, None, "2026-06-10T19:00:00Z"),
        (
            MSP | {"priority": "P6", "scheduled_for": "2026-06-14T10:00:00-04:00"},
            None,
            "2026-06-15T13:00:00Z",
        ),
        (DATADYNAMICS, None, "2026-11-27T20:00:00Z"),
        (DATADYNAMICS | {"priority": None}, None, "2026-11-27T20:00:00Z"),
        (DATADYNAMICS | {"severity": 3}, "2026-11-30T20:00:00Z", "2026-12-01T20:00:00Z"),
    ],
)
def test_promise_is_that_of_the_vendors_policy(line, due_from, due_at):
    found = answer(line)

    assert (found["due_from"], found["due_at"]) == (due_from, due_at)
    counted = sum(interval["counted_seconds"] for interval in found["explanation"])
    assert counted == found["need_seconds"]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (MSP | {"priority": "P6"}, "awaiting_schedule"),
        (DATADYNAMICS | {"priority": "low"}, "no_target"),
        (DATADYNAMICS | {"case_type": "question"}, "no_target"),
        (DATADYNAMICS | {"case_type": "request", "severity": None}, "no_target"),
        (SCALIX | {"pauses": [{"from": "2026-06-12T15:30:00+05:30", "to": None}]}, "paused"),
    ],
)
def test_without_a_due_time_the_state_says_why(line, state):
    found = answer(line)

    assert (found["ok"], found["due_at"], found["state"], found["explanation"]) == (
        True,
        None,
        state,
        [],
    )


def test_no_target_names_no_calendar():
    found = answer(DATADYNAMICS | {"priority": "low"})

    assert (found["target"], found["calendar"], found["need_seconds"]) == ("no target", None, None)


@pytest.mark.parametrize(
    ("metric", "since", "due_at"),
    [
        ("auto_close", {"waiting_since": "2026-06-09T10:00:00-05:00"}, "2026-06-16T15:00:00Z"),
        ("reopen_until", {"closed_at": "2026-01-01T14:00:00Z"}, "2026-04-02T05:00:00Z"),
        ("points_expire", {"purchased_at": "2024-02-29T12:00:00Z"}, "2025-03-01T06:00:00Z"),
    ],
)
def test_other_metrics_answer_with_the_end_alone(metric, since, due_at):
    vendor = "datadynamics" if metric == "auto_close" else "scalix"
    customer = {"time_zone": "America/Chicago", "country": "US"}
    line = {"id": 1, "op": "due", "metric": metric, "vendor": vendor, "customer": customer}

    assert answer(line | since) == {"id": 1, "ok": True, "due_at": due_at, "explanation": []}


@pytest.mark.parametrize(
    ("target", "due_at"),
    [
        ({"kind": "elapsed", "seconds": 90}, "2026-06-09T09:01:30Z"),
        ({"kind": "immediate"}, "2026-06-09T09:00:00Z"),
        ({"kind": "scheduled"}, "2026-06-20T10:00:00Z"),
    ],
)
def test_some_targets_need_no_calendar(target, due_at):
    line = BY_CALENDAR | {"calendar": None, "target": target}

    found = answer(line | {"scheduled_for": "2026-06-20T10:00:00Z"})

    assert (found["due_at"], found["calendar"]) == (due_at, "round the clock")


@pytest.mark.parametrize(
    ("target", "due_at"),
    [
        ({"kind": "business_time", "seconds": 0}, "2026-06-15T07:00:00Z"),
        # A whole day served from its opening is due at the closing before the second date's.
        ({"kind": "business_days", "days": 2}, "2026-06-22T15:30:00Z"),
        ({"kind": "weeks", "weeks": 1}, "2026-06-15T15:30:00Z"),
        ({"kind": "next_business_day"}, "2026-06-15T15:30:00Z"),
        ({"kind": "immediate"}, "2026-06-15T07:00:00Z"),
        ({"kind": "scheduled"}, "2026-06-22T07:00:00Z"),
    ],
)
def test_every_kind_of_target_goes_by_a_calendar(target, due_at):
    found = answer(BY_CALENDAR | {"target": target, "scheduled_for": "2026-06-20T10:00:00Z"})

    assert (found["due_at"], found["calendar"]) == (due_at, "Europe/Berlin")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("never_open", BY_CALENDAR | {"calendar": {"time_zone": "UTC", "weekly": {}}}),
        (
            "bad_interval",
            BY_CALENDAR
            | {"calendar": {"time_zone": "UTC", "weekly": {"mon": [["09:00", "09:00"]]}}},
        ),
        ("bad_interval", BETWEEN | {"calendar": {"time_zone": "UTC", "weekly": {"mon": "9-5"}}}),
        ("bad_time_zone", BY_CALENDAR | {"calendar": {"time_zone": "Mars/Base", "weekly": {}}}),
        ("bad_time_zone", SCALIX | {"customer": {"time_zone": "Bombay", "country": "IN"}}),
        ("no_offset", SCALIX | {"opened_at": "2026-06-12T15:00:00"}),
        ("no_offset", BETWEEN | {"a": "2026-06-12"}),
        ("no_offset", BY_CALENDAR | {"pauses": [{"from": "2026-06-12T15:00:00", "to": None}]}),
        ("negative_duration", BY_CALENDAR | {"target": {"kind": "elapsed", "seconds": -1}}),
        ("negative_duration", BY_CALENDAR | {"target": {"kind": "weeks", "weeks": -1}}),
        (
            "bad_pause",
            SCALIX | {"pauses": [{"from": "2026-06-12T15:30:00Z", "to": "2026-06-12T15:00:00Z"}]},
        ),
        (
            "scheduled_in_past",
            MSP | {"priority": "P6", "scheduled_for": "2026-06-10T14:59:59-04:00"},
        ),
        ("channel_not_entitled", SCALIX | {"channel": "phone", "edition": "community"}),
        ("channel_not_entitled", METALOGIX | {"channel": "email"}),
        ("unsupported", DATADYNAMICS | {"metric": "points_expire"}),
        ("unsupported", METALOGIX | {"metric": "reopen_until", "closed_at": "2026-06-10T14:00Z"}),
        ("unknown_policy", SCALIX | {"vendor": "nobody"}),
        ("unknown_policy", SCALIX | {"vendor": "Sca\x00lix; DROP TABLE"}),
        ("unknown_policy", SCALIX | {"vendor": ""}),
        ("bad_request", b""),
        ("bad_request", b"null"),
        ("bad_request", b"[]"),
        ("bad_request", b"{"),
        ("bad_request", b'{"id": NaN}'),
        ("bad_request", b'{"id": 1e999}'),
        ("bad_request", b"\xff\xfe{}"),
        ("bad_request", b"[" * 200_000),
        ("bad_request", {}),
        ("bad_request", {"op": "due"}),
        ("bad_request", {"op": ["due"]}),
        ("bad_request", SCALIX | {"op": "undo"}),
        ("bad_request", SCALIX | {"metric": "resolution"}),
        ("bad_request", SCALIX | {"metric": None}),
        ("bad_request", SCALIX | {"vendor": 7}),
        ("bad_request", SCALIX | {"plan": "tin"}),
        ("bad_request", SCALIX | {"plan": None}),
        ("bad_request", SCALIX | {"plan": ["basic"]}),
        ("bad_request", SCALIX | {"severity": 1}),
        ("bad_request", SCALIX | {"case_type": "joke"}),
        ("bad_request", SCALIX | {"channel": "fax"}),
        ("bad_request", SCALIX | {"channel": None}),
        ("bad_request", SCALIX | {"edition": "pirate"}),
        ("bad_request", SCALIX | {"customer": None}),
        ("bad_request", SCALIX | {"customer": "IN"}),
        ("bad_request", SCALIX | {"customer": {"time_zone": 5.5}}),
        ("bad_request", SCALIX | {"customer": {"time_zone": "Asia/Kolkata", "country": "India"}}),
        ("bad_request", SCALIX | {"opened_at": None}),
        ("bad_request", SCALIX | {"opened_at": 1_781_257_800}),
        ("bad_request", SCALIX | {"opened_at": "yesterday"}),
        ("bad_request", SCALIX | {"opened_at": "0001-01-01T00:00:00Z"}),
        ("bad_request", SCALIX | {"scheduled_for": "soon"}),
        ("bad_request", SCALIX | {"pauses": {}}),
        ("bad_request", SCALIX | {"pauses": [None]}),
        ("bad_request", SCALIX | {"pauses": [{"to": None}]}),
        ("bad_request", METALOGIX | {"severity": 9}),
        ("bad_request", METALOGIX | {"severity": True}),
        ("bad_request", METALOGIX | {"severity": 1.0}),
        ("bad_request", METALOGIX | {"severity": None}),
        ("bad_request", METALOGIX | {"priority": "P1"}),
        ("bad_request", METALOGIX | {"region": "APAC"}),
        ("bad_request", METALOGIX | {"region": None, "customer": None}),
        ("bad_request", METALOGIX | {"severity": 9, "channel": "email"}),
        ("bad_request", MSP | {"priority": None}),
        ("bad_request", MSP | {"plan": "basic"}),
        ("bad_request", DATADYNAMICS | {"severity": None}),
        ("bad_request", DATADYNAMICS | {"case_type": None}),
        ("bad_request", BY_CALENDAR | {"calendar": None}),
        ("bad_request", BY_CALENDAR | {"calendar": "Europe/Berlin"}),
        ("bad_request", BY_CALENDAR | {"target": {"kind": "business_time"}}),
        ("bad_request", BY_CALENDAR | {"target": {"kind": "business_time", "seconds": "7200"}}),
        ("bad_request", BY_CALENDAR | {"target": {"kind": "elapsed", "seconds": 1.5}}),
        ("bad_request", BY_CALENDAR | {"target": {"kind": "eventually"}}),
        ("bad_request", BY_CALENDAR | {"target": {"kind": None}}),
        ("bad_request", BY_CALENDAR | {"target": 7200}),
        ("bad_request", BETWEEN | {"calendar": None}),
        ("bad_request", BETWEEN | {"b": None}),
    ],
)
def test_bad_line_is_answered_with_its_code(code, line):
    assert code_of(line) == code


def test_unreadable_line_has_no_id():
    assert answer(b'{"id": "x"')["id"] is None
    assert answer({"id": {"deep": 1}, "op": "due"})["id"] is None


@pytest.mark.parametrize("name", ["a", "", 0, -1.5, True, None, "\ud800", "x" * 10_000])
def test_id_comes_back_as_it_was(name):
    assert answer({"id": name, "op": "no"})["id"] == name


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            SCALIX | {"plan": "tin"},
            "There is no plan “tin”. Choose from: points, basic, basic_annual, bronze, silver, "
            "gold, platinum.",
        ),
        (METALOGIX | {"severity": 9}, "There is no severity “9”. Choose from: 1, 2, 3, 4."),
        (MSP | {"priority": None}, "A priority is needed: P1, P2, P3, P4, P5, P6."),
        (
            DATADYNAMICS | {"case_type": None},
            "A case_type is needed: problem, question, feature_request, request.",
        ),
        (SCALIX | {"customer": {}}, "customer.time_zone is missing."),
        (
            SCALIX | {"metric": "resolution"},
            "metric has to be one of response, auto_close, reopen_until, points_expire, "
            "not resolution.",
        ),
        (
            SCALIX | {"opened_at": "yesterday"},
            "opened_at has to be a moment like 2026-06-12T15:00:00+05:30: yesterday.",
        ),
        (
            SCALIX | {"channel": "x" * 100},
            f"There is no channel “{'x' * 100}”. Choose from: email, portal, phone.",
        ),
    ],
)
def test_message_names_what_would_be_accepted(line, message):
    assert answer(line)["error"]["message"] == message


def test_severity_that_has_to_be_phoned_in_is_refused_by_portal():
    text = (POLICIES / "metalogix.toml").read_text()
    changed = text.replace('call = "required"', 'call = "refused"')
    vendors = PackVendors(metalogix=parse_document(changed))

    assert code_of(METALOGIX | {"channel": "portal"}, vendors) == "phone_required"
    assert answer(METALOGIX, vendors)["ok"]


def test_fields_that_are_not_needed_may_be_left_out():
    needed = ("op", "metric", "vendor", "plan", "severity", "channel", "region", "opened_at")
    line = {name: METALOGIX[name] for name in needed}

    assert answer(line)["due_at"] == "2026-06-15T12:30:00Z"
