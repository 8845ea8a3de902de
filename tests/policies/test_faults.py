"""A document with mistakes is refused with all of them, each at its place."""

import json
import re
from pathlib import Path

import pytest

import sla.engine
from sla.engine.document import Fault, PolicyFaults, frozen_policy, parse_document
from sla.faults import fault_text
from tests.policies.documents import (
    DOCUMENT,
    KNOWN_AT_TOP,
    TEN_MISTAKES,
    brief,
    changed,
    faults,
)


def test_a_file_with_ten_mistakes_reports_ten_with_their_places() -> None:
    assert faults(TEN_MISTAKES) == (
        Fault(
            "colour",
            "unknown_key",
            {"key": "colour", "known": KNOWN_AT_TOP},
            7,
            'colour = "red"',
        ),
        Fault(
            "plans[0].name",
            "wrong_type",
            {"expected": "text", "found": "integer"},
            11,
            "name = 7",
        ),
        Fault("plans[1].code", "repeated", {"value": "gold"}, 14, 'code = "gold"'),
        Fault(
            "severities[0].call",
            "bad_choice",
            {"value": "maybe", "choices": ("none", "required", "refused")},
            20,
            'call = "maybe"',
        ),
        Fault(
            "calendars.office.time_zone",
            "bad_time_zone",
            {"value": "Europe/Nowhere"},
            24,
            'time_zone = "Europe/Nowhere"',
        ),
        Fault(
            "calendars.office.weekly.mon[0]",
            "bad_interval",
            {"value": "['09:00', '09:00']"},
            25,
            'weekly = { mon = [["09:00", "09:00"]] }',
        ),
        Fault(
            "targets[0].when.plan",
            "unknown_code",
            {"kind": "plan", "name": "silver", "known": ("gold",)},
            33,
            'when = { plan = ["silver"] }',
        ),
        Fault(
            "targets[1].target",
            "amount_needed",
            {"units": ("hours", "minutes", "seconds")},
            39,
            'target = { kind = "business_time" }',
        ),
        Fault(
            "targets[2].target",
            "never_open",
            {"calendar": "shut", "region": None},
            44,
            'target = { kind = "business_time", hours = 2 }',
        ),
        Fault(
            "targets[3].calendar",
            "unknown_code",
            {"kind": "calendar", "name": "weekend", "known": ("office", "shut")},
            50,
            'calendar = "weekend"',
        ),
    )


def test_the_document_of_these_tests_is_right() -> None:
    assert faults(DOCUMENT) == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("schema = 1\n", "", (None, "schema", "missing_key")),
        ("schema = 1", "schema = 2", (1, "schema", "unsupported_schema")),
        ("schema = 1", "schema = true", (1, "schema", "unsupported_schema")),
        ('vendor = "acme"', 'vendor = "Acme Inc"', (2, "vendor", "bad_code")),
        ('name = "Acme support"', 'name = " "', (3, "name", "empty_text")),
        ('name = "Acme support"', 'name = "\\u0000"', (3, "name", "bad_text")),
        ('name = "Acme support"', "name = 1.5", (3, "name", "wrong_type")),
        ('time_zone = "Europe/Berlin"\ncase', "case", (None, "time_zone", "missing_key")),
        ('"AC"', '"ac"', (5, "case_prefix", "bad_code")),
        ('"AC"', '"AC1"', (5, "case_prefix", "bad_code")),
        ('"AC"', '"ABCDEFGHI"', (5, "case_prefix", "bad_code")),
        ('"AC"', '"AC"\npolicy_date = "2017-13-01"', (6, "policy_date", "bad_date")),
        ('["severity"]', '["severity", "colour"]', (6, "axes[1]", "bad_choice")),
        ('["severity"]', '["severity", "severity"]', (6, "axes[1]", "repeated")),
        ('["severity"]', '["severity", "priority"]', (None, "priorities", "levels_needed")),
        ('"severity"]', '"severity"]\nqueue_order = []', (7, "queue_order", "too_few")),
        (
            '"severity"]',
            '"severity"]\nqueue_order = ["priority"]',
            (7, "queue_order[0]", "axis_not_in_use"),
        ),
        ('default_region = "HOME"\n', "", (None, "default_region", "missing_key")),
        (
            'default_region = "HOME"',
            'default_region = "OUT"',
            (7, "default_region", "unknown_code"),
        ),
        ('code = "tin"', 'code = "tin cup"', (14, "plans[1].code", "bad_code")),
        ('name = "Tin"', 'name = "Tin"\ndefault = "yes"', (16, "plans[1].default", "wrong_type")),
        ('code = "email"', 'code = "fax"', (30, "channels[1].code", "bad_choice")),
        (
            'name = "Phone"',
            'name = "Phone"\nplans = ["gold", "silver"]',
            (28, "channels[0].plans", "unknown_code"),
        ),
        ('name = "Phone"', 'name = "Phone"\nplans = []', (28, "channels[0].plans", "too_few")),
        (
            'name = "E-mail"',
            'name = "E-mail"\ncounts_as = "portal"',
            (32, "channels[1].counts_as", "unknown_code"),
        ),
        (
            'name = "E-mail"',
            'name = "E-mail"\ncounts_as = "email"',
            (32, "channels[1].counts_as", "counts_in_turn"),
        ),
        ('["US", "CA"]', '["US", "Canada"]', (38, "regions.AWAY.countries[1]", "bad_code")),
        (
            'name = "Home"',
            'name = "Home"\ncountries = ["US"]',
            (35, "regions.HOME.countries", "country_in_two_regions"),
        ),
        ("day = 1", "day = 1\nnth = 2", (43, "holidays.own.days[0]", "day_or_weekday")),
        ("day = 1", 'weekday = "mon"\nnth = 0', (43, "holidays.own.days[0]", "day_or_weekday")),
        ("month = 5\nday = 1", "month = 2\nday = 30", (43, "holidays.own.days[0]", "no_such_date")),
        ("month = 5", "month = 13", (45, "holidays.own.days[0].month", "out_of_range")),
        (
            "day = 1",
            "day = 1\nfrom_year = 2030\nto_year = 2020",
            (43, "holidays.own.days[0]", "range_backwards"),
        ),
        (
            'holidays = "own"',
            'holidays = "other"',
            (51, "calendars.office.holidays", "unknown_code"),
        ),
        (
            '["22:00", "06:00"]',
            '["25:00", "06:00"]',
            (62, "calendars.far.weekly.mon[0]", "bad_interval"),
        ),
        ('["22:00", "06:00"]', '"22:00"', (62, "calendars.far.weekly.mon[0]", "wrong_type")),
        (
            "[calendars.far.weekly]\nmon",
            "[calendars.far.weekly]\nmonday",
            (62, "calendars.far.weekly.monday", "unknown_key"),
        ),
        (
            'time_zone = "customer"',
            'time_zone = "customer"\nexceptions = [{ from = 2026-12-24, intervals = [] }]',
            (60, "calendars.far.exceptions[0]", "date_or_range"),
        ),
        (
            'time_zone = "customer"',
            'time_zone = "customer"\n'
            "exceptions = [{ from = 2026-12-24, to = 2026-12-20, intervals = [] }]",
            (60, "calendars.far.exceptions[0]", "range_backwards"),
        ),
        (
            'name = "Both"',
            'name = "Both"\ntime_zone = "UTC"',
            (66, "calendars.both.time_zone", "hours_beside_regions"),
        ),
        (
            ', AWAY = "far" }',
            " }",
            (66, "calendars.both.by_region", "region_without_calendar"),
        ),
        (
            'AWAY = "far" }',
            'AWAY = "both" }',
            (66, "calendars.both.by_region.AWAY", "regions_in_turn"),
        ),
        (
            'AWAY = "far" }',
            'AWAY = "none" }',
            (66, "calendars.both.by_region.AWAY", "unknown_code"),
        ),
        (
            'severity = ["1"] }',
            'colour = ["1"] }',
            (70, "targets[0].when.colour", "unknown_key"),
        ),
        ('severity = ["1"] }', "severity = [] }", (70, "targets[0].when.severity", "too_few")),
        (
            "minutes = 30 }",
            "minutes = 30, hours = 1 }",
            (71, "targets[0].target", "two_amounts"),
        ),
        ("minutes = 30 }", "days = 1 }", (71, "targets[0].target.days", "not_of_this_kind")),
        ("minutes = 30 }", "minutes = 0 }", (71, "targets[0].target.minutes", "out_of_range")),
        (
            "minutes = 30 }",
            "minutes = 30, goal = 31 }",
            (71, "targets[0].target.goal", "goal_above_amount"),
        ),
        (
            '"elapsed", minutes = 30 }',
            '"immediate" }',
            (68, "targets[0].counts_late", "immediate_counts_late"),
        ),
        (
            "minutes = 30 }\n",
            'minutes = 30 }\ncalendar = "office"\n',
            (72, "targets[0].calendar", "calendar_not_used"),
        ),
        ('calendar = "both"\n', "", (73, "targets[1].calendar", "calendar_needed")),
        (
            'calendar = "both"',
            'calendar = "service"',
            (76, "targets[1].calendar", "service_of_itself"),
        ),
        (
            'hours = 8 }\ncalendar = "both"',
            'hours = 8, outside = "exact" }\ncalendar = "both"',
            (75, "targets[1].target.outside", "not_of_this_kind"),
        ),
        ("hours = 8 }", "hours = 87_600 }", (75, "targets[1].target", "never_open")),
        ("tiers = [1, 2]", "tiers = [1, 3]", (83, "ladder[0].tiers", "nowhere_to_hand_over")),
        ("tiers = [1, 2]", "tiers = [1, 4]", (83, "ladder[0].tiers[1]", "out_of_range")),
        ('"hand_over"', '"notify"', (78, "ladder[0].roles", "missing_key")),
        ('at = "due"', 'at = "before"', (78, "ladder[0]", "amount_needed")),
        ('at = "due"', 'at = "due"\nseconds = 5', (82, "ladder[0].seconds", "not_of_this_kind")),
        (
            'name = "Worst"',
            'name = "Worst"\npaging = true',
            (20, "severities[0].paging", "no_step_pages"),
        ),
    ],
)
def test_each_mistake_is_found_at_its_place(
    old: str, new: str, found: tuple[int | None, str, str]
) -> None:
    assert brief(changed((old, new))) == [found]


@pytest.mark.parametrize("call", ["required", "refused"])
def test_level_that_is_called_in_needs_the_phone(call: str) -> None:
    called = ('name = "Worst"', f'name = "Worst"\ncall = "{call}"')
    phone = ('[[channels]]\ncode = "phone"\nname = "Phone"\n\n', "")

    assert brief(changed(called)) == []
    assert brief(changed(called, phone)) == [(20, "severities[0].call", "call_without_phone")]


@pytest.mark.parametrize(
    ("section", "found"),
    [
        ("[waiting]\nwarn_days = [3]", (86, "waiting.close_after", "missing_key")),
        (
            "[waiting]\nclose_after = { days = 7 }\nwarn_days = [6, 3]",
            (88, "waiting.warn_days", "not_in_order"),
        ),
        (
            "[waiting]\nclose_after = { days = 7 }\nwarn_days = [7]",
            (88, "waiting.warn_days", "warned_after_closing"),
        ),
        (
            '[reopen]\nwindow = { seconds = 60, rule = "end_of_day" }',
            (87, "reopen.window.rule", "bad_choice"),
        ),
        (
            '[points]\nlife = { days = 365, leap_day = "march_1" }',
            (87, "points.life.leap_day", "not_of_this_kind"),
        ),
        ('[points]\nlife = { rule = "elapsed" }', (87, "points.life", "amount_needed")),
        ("[clocks.siesta]", (86, "clocks.siesta", "unknown_code")),
        (
            '[clocks.first_response]\nresolved = "win"',
            (87, "clocks.first_response.resolved", "bad_choice"),
        ),
        ('[retarget]\nfloor = "some"', (87, "retarget.floor", "bad_choice")),
        (
            '[[targets]]\nclock = "waiting_on_customer"\ntarget = { kind = "none" }',
            (87, "targets[2].clock", "clock_has_span"),
        ),
        (
            '[calendars.service]\nname = "Service"\ntime_zone = "UTC"',
            (86, "calendars.service", "reserved_code"),
        ),
        (
            '[[severities]]\ncode = "3"\nname = "Odd"\ndefault = true\n'
            '[[severities]]\ncode = "4"\nname = "Even"\ndefault = true',
            (93, "severities[3].default", "second_default"),
        ),
    ],
)
def test_each_mistake_in_a_section_of_its_own(
    section: str, found: tuple[int | None, str, str]
) -> None:
    assert brief(f"{DOCUMENT}\n\n{section}\n") == [found]


def test_text_that_is_not_toml_is_one_fault_with_its_line() -> None:
    text = changed(('code = "tin"', 'code = "tin'))

    assert faults(text) == (
        Fault(
            "",
            "toml_syntax",
            {"detail": "Illegal character '\\n'", "column": 12},
            14,
            'code = "tin',
        ),
    )


@pytest.mark.parametrize(
    "text", ["[", "a = [", '"""', "a = 1\na = 2", "\x00", "=" * 50, "[[" * 9000]
)
def test_rubbish_is_refused_not_crashed_on(text: str) -> None:
    assert [fault.code for fault in faults(text)] == ["toml_syntax"]


def test_an_endless_document_is_refused() -> None:
    assert [fault.code for fault in faults("#" * 500_001)] == ["too_long"]
    assert [fault.code for fault in faults("a = " + "[" * 100_000)] == ["too_deep"]


def test_an_empty_document_says_what_is_needed() -> None:
    assert brief("") == [
        (None, "schema", "missing_key"),
        (None, "vendor", "missing_key"),
        (None, "name", "missing_key"),
        (None, "time_zone", "missing_key"),
        (None, "case_prefix", "missing_key"),
    ]


@pytest.mark.parametrize(
    "key", ["plans", "regions", "calendars", "targets", "clocks", "waiting", "retarget"]
)
def test_a_section_of_the_wrong_type_is_told(key: str) -> None:
    needed = 'vendor = "a"\nname = "A"\ntime_zone = "UTC"\ncase_prefix = "A"'
    text = f'schema = 1\n{key} = "all"\n{needed}'

    assert brief(text) == [(2, key, "wrong_type")]


def test_every_fault_has_a_sentence() -> None:
    folder = Path(sla.engine.__path__[0])
    modules = ("shape", "forms", "hours", "sections", "checks", "rowchecks", "document")
    source = "".join((folder / f"{module}.py").read_text() for module in modules)
    named = re.findall(r'(?:fault\(|Fault\("", |return )\s*"([a-z_]+)"', source)
    codes = {*named, "never_open"}  # that one is the engine's own

    assert {fault.code for fault in faults(TEN_MISTAKES)} <= codes
    assert [code for code in sorted(codes) if not _has_sentence(code)] == []


def _has_sentence(code: str) -> bool:
    try:
        fault_text(Fault("", code))
    except KeyError as missing:
        return missing.args != (code,)
    return True


def test_crlf_is_read_like_lf() -> None:
    assert parse_document(DOCUMENT.replace("\n", "\r\n")) == parse_document(DOCUMENT)
    assert brief(changed(('"AC"', '"ac"')).replace("\n", "\r\n")) == [
        (5, "case_prefix", "bad_code")
    ]


def test_channels_that_count_as_each_other_are_refused_both() -> None:
    text = changed(
        ('name = "Phone"', 'name = "Phone"\ncounts_as = "email"'),
        ('name = "E-mail"', 'name = "E-mail"\ncounts_as = "phone"'),
    )

    assert brief(text) == [
        (28, "channels[0].counts_as", "counts_in_turn"),
        (33, "channels[1].counts_as", "counts_in_turn"),
    ]


@pytest.mark.parametrize(
    ("clocks", "circles"),
    [
        ({"first_response": ["first_response"]}, [("first_response", ("first_response",))]),
        # The table has it that the next response waits for the first.
        (
            {"first_response": ["next_response"]},
            [("first_response", ("first_response", "next_response"))],
        ),
        (
            {
                "first_response": ["no_progress"],
                "no_progress": ["resolution", "workaround"],
                "workaround": ["next_response"],
            },
            [("first_response", ("first_response", "no_progress", "workaround", "next_response"))],
        ),
        (
            {"workaround": ["resolution"], "resolution": ["workaround"], "no_progress": []},
            [("workaround", ("workaround", "resolution"))],
        ),
        ({"no_progress": ["first_response", "next_response"]}, []),
    ],
)
def test_clocks_that_wait_for_each_other_are_refused(
    clocks: dict[str, list[str]], circles: list[tuple[str, tuple[str, ...]]]
) -> None:
    tables = [f"[clocks.{clock}]\nunless = {json.dumps(to)}\n" for clock, to in clocks.items()]

    found = faults(DOCUMENT + "\n" + "\n".join(tables))

    assert [(fault.path, fault.code, fault.params) for fault in found] == [
        (f"clocks.{clock}.unless", "waits_in_a_circle", {"clocks": circle})
        for clock, circle in circles
    ]


def test_what_was_published_stays_readable_under_stricter_checks() -> None:
    was_fine = DOCUMENT.replace(
        "[[plans]]", '[[phones]]\nnumber = "-"\nlabel = "Desk"\n\n[[plans]]', 1
    )

    with pytest.raises(PolicyFaults):
        parse_document(was_fine)
    assert frozen_policy(was_fine).phones[0].number == "-"


def test_published_text_that_is_damaged_is_not_read() -> None:
    with pytest.raises(PolicyFaults):
        frozen_policy(DOCUMENT.replace("name =", "nom =", 1))
