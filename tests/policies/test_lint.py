"""The linter names what was spoiled in a policy in which it finds nothing, and only that."""

import pytest

from sla.engine.lint import ERROR, NOTICE, WARNING, Finding
from tests.policies.tidy import TIDY, TODAY, findings, spoiled

FIRST = {"clock": "first_response"}
WEEK = "".join(
    f'{day} = [["00:00", "24:00"]]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)
WEEKDAYS = "weekly = { mon = " + '[["09:00", "17:00"]] }\n'
PHONES = '[[phones]]\nnumber = "111"\nlabel = "By day"\nhours = "office"\n'
CONTACT = (
    '[contact]\nsupport_email = "help@acme.example"\nportal = "https://help.acme.example"\n'
    'renewal_email = "sales@acme.example"\n'
)
WORST = 'definition = "All is down."\n'
BAD = 'name = "Bad"\ndefinition = "Some is down."\n'
HALF_AN_HOUR = '{ kind = "elapsed", minutes = 30 }'
OFFICE = 'time_zone = "Europe/Berlin"\nholidays = "own"'
QUESTION = '{ plan = ["tin"], case_type = ["question"] }'
PROBLEM = '{ plan = ["tin"], case_type = ["problem"] }'
GOLD_2 = '{ kind = "business_time", hours = 4, goal = 2 }'
TIN = '{ kind = "business_time", hours = 8 }\ncalendar = "office"'
TOLD = 'action = "notify"\nroles = ["lead"]\n'


def row(when: str, target: str = '{ kind = "elapsed", hours = 1 }', clock: str = FIRST["clock"]):
    """Add a rule at the end."""
    text = f'\n[[targets]]\nclock = "{clock}"\nwhen = {when}\ntarget = {target}\nsource = "A-9"\n'
    return "", text


def step(code: str, clock: str, at: str, more: str = "", acts: str = TOLD):
    """Add a step at the end of the ladder."""
    return "", f'\n[[ladder]]\ncode = "{code}"\nclock = "{clock}"\nat = "{at}"\n{acts}{more}\n'


def at(path: str, code: str, severity: str = WARNING, /, **params: object) -> Finding:
    return Finding(code, path, params, severity)


def test_nothing_is_found_in_a_tidy_policy() -> None:
    assert findings(TIDY) == ()


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        (
            [("policy_date = 2026-01-01\n", ""), ('summary = "We answer."\n', "")],
            [
                at("policy_date", "no_policy_date", NOTICE),
                at("summary", "no_summary", NOTICE),
            ],
        ),
        ([(PHONES, "")], [at("phones", "no_phone")]),
        ([(PHONES, ""), ('code = "phone"\nname = "Phone"', 'code = "portal"\nname = "P"')], []),
        (
            [('hours = "office"\n', "")],
            [at("phones[0].hours", "phone_without_hours", number="111")],
        ),
        (
            [(CONTACT, "")],
            [
                at("contact.support_email", "no_support_email"),
                at("contact.portal", "no_portal"),
                at("contact.renewal_email", "no_renewal_email"),
            ],
        ),
        (
            [(WORST, ""), ('definition = "How is it done?"\n', "")],
            [
                at("severities[0].definition", "no_definition", NOTICE, name="Worst"),
                at("case_types[1].definition", "no_definition", NOTICE, name="Question"),
            ],
        ),
        ([('source = "A-2"\n', "")], [at("targets[1].source", "no_source", NOTICE, **FIRST)]),
        ([('source = "A-2"\n', "promised = false\n")], []),
    ],
)
def test_blanks_are_found(replacements: list[tuple[str, str]], found: list[Finding]) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        (
            [
                (
                    "",
                    '\n[[readings]]\ncode = "a"\nsays = "A."\nagainst = "B."\ntaken = "C."\n'
                    'sources = ["A-1"]\n\n[[readings]]\ncode = "b"\nsays = "A."\n'
                    'against = "B."\ntaken = "A."\nsettled = true\n',
                )
            ],
            [
                at(
                    "readings[0]",
                    "reading_open",
                    says="A.",
                    against="B.",
                    taken="C.",
                    sources=("A-1",),
                )
            ],
        ),
        (
            [('hours = "office"', 'hours = "always"')],
            [
                at(
                    "phones[0].hours",
                    "answered_yet_closed",
                    number="111",
                    cases=(
                        {"plan": ("gold",), "severity": ("2",)},
                        {"plan": ("tin",), "case_type": ("problem",)},
                    ),
                )
            ],
        ),
        (
            [('hours = "office"', 'hours = "always"\nregions = ["AWAY"]'), (GOLD_2, HALF_AN_HOUR)]
            + [('calendar = "office"\nsource = "A-2"', 'source = "A-2"')],
            [
                at(
                    "phones[0].hours",
                    "answered_yet_closed",
                    number="111",
                    cases=({"plan": ("tin",), "case_type": ("problem",), "region": ("AWAY",)},),
                )
            ],
        ),
        (
            [
                (WORST, f'{WORST}call = "required"\n'),
                row(
                    '{ plan = ["gold"], severity = ["1"], channel = ["email"] }',
                    '{ kind = "elapsed", hours = 2 }',
                ),
            ],
            [
                at(
                    "severities[0].call",
                    "call_changes_promise",
                    axis="severity",
                    level="1",
                    cases={"plan": ("gold",)},
                )
            ],
        ),
        ([(WORST, f'{WORST}call = "required"\n')], []),
        (
            [(WORST, f"{WORST}availability_required = true\n")],
            [
                at(
                    "severities[0].availability_required",
                    "urgent_no_sooner",
                    axis="severity",
                    level="1",
                    milder="2",
                )
            ],
        ),
        (
            [
                (WORST, f"{WORST}paging = true\n"),
                (PROBLEM, '{ plan = ["tin"], case_type = ["problem"], severity = ["2"] }'),
                row('{ plan = ["tin"], case_type = ["problem"], severity = ["1"] }'),
                step("page", "case", "opened", acts=TOLD.replace("notify", "page")),
            ],
            [
                at(
                    "severities[0].paging",
                    "paged_without_updates",
                    NOTICE,
                    axis="severity",
                    level="1",
                )
            ],
        ),
        (
            [
                (GOLD_2, '{ kind = "business_days", days = 1 }'),
                (TIN, '{ kind = "business_time", hours = 50 }\ncalendar = "whole"'),
                ("", f'[calendars.whole]\nname = "W"\ntime_zone = "UTC"\nholidays = "own"\n{""}'),
                ("", f"[calendars.whole.weekly]\n{WEEK}"),
            ],
            [at("targets[1].target", "days_in_a_whole_week", other="targets[2]", **FIRST)],
        ),
    ],
)
def test_contradictions_are_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        # Whole kinds of cases, not one by one.
        (
            [(QUESTION, '{ plan = ["tin"], case_type = ["question"], severity = ["1"] }')],
            [
                at(
                    "targets",
                    "uncovered",
                    cases={"plan": ("tin",), "severity": ("2",), "case_type": ("question",)},
                    **FIRST,
                )
            ],
        ),
        (
            [
                (
                    QUESTION,
                    '{ plan = ["tin"], case_type = ["question"], region = ["AWAY"], '
                    'product = ["anvil"] }',
                )
            ],
            [
                at(
                    "targets",
                    "uncovered",
                    cases={"plan": ("tin",), "case_type": ("question",), "region": ("HOME",)},
                    **FIRST,
                ),
                at(
                    "targets",
                    "uncovered",
                    cases={
                        "plan": ("tin",),
                        "case_type": ("question",),
                        "region": ("AWAY",),
                        "product": ("",),
                    },
                    **FIRST,
                ),
            ],
        ),
        # What nobody can file needs no rule.
        (
            [
                ('name = "Phone"', 'name = "Phone"\nplans = ["gold"]'),
                ('name = "E-mail"', 'name = "E-mail"\nplans = ["gold"]'),
            ],
            [
                at("targets[2]", "row_for_nobody", **FIRST),
                at("targets[3]", "row_for_nobody", **FIRST),
            ],
        ),
        # A clock that nothing is promised for may leave cases out.
        (
            [row('{ plan = ["gold"] }', clock="no_progress"), ('"A-9"', '"A-9"\npromised = false')],
            [],
        ),
        (
            [(f'source = "A-{n}"', f'source = "A-{n}"\npromised = false') for n in range(1, 5)],
            [at("targets", "no_first_response", ERROR)],
        ),
        (
            [
                row('{ severity = ["1"] }'),
                row('{ severity = ["1"], plan = ["tin"], channel = ["phone", "email"] }'),
            ],
            [
                at(
                    "targets[4]",
                    "unreachable",
                    others=("targets[0]", "targets[2]", "targets[3]", "targets[5]"),
                    **FIRST,
                )
            ],
        ),
        (
            [
                (WORST, f'{WORST}call = "refused"\n'),
                row('{ severity = ["1"], channel = ["email"], plan = ["tin"] }'),
            ],
            [at("targets[4]", "row_for_nobody", **FIRST)],
        ),
        (
            [
                (BAD, f'{BAD}\n[[severities]]\ncode = "3"\nname = "Dull"\ndefinition = "Dull."\n'),
                (PROBLEM, '{ plan = ["tin"], severity = ["1", "2"], case_type = ["problem"] }'),
                (QUESTION, '{ plan = ["tin"], severity = ["1", "2"], case_type = ["question"] }'),
            ],
            [
                at("severities[2]", "level_without_rules", NOTICE, axis="severity", level="3"),
                at("targets", "uncovered", cases={"severity": ("3",)}, **FIRST),
            ],
        ),
    ],
)
def test_cases_and_rules_without_each_other_are_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        (
            [("goal = 2", "goal = 4")],
            [at("targets[1].target", "goal_is_commitment", NOTICE, **FIRST)],
        ),
        (
            [('{ plan = ["gold"], severity = ["2"] }', '{ plan = ["gold"] }')],
            [at("targets[1].target", "range_for_several", cases={"severity": ("1", "2")}, **FIRST)],
        ),
        (
            [(f"target = {HALF_AN_HOUR}", 'target = { kind = "immediate" }\ncounts_late = false')],
            [at("targets[0].target", "immediate_without_figure", **FIRST)],
        ),
        # 4 hours of an eight-hour day are more than 3 of them.
        (
            [("hours = 8 }", "hours = 3 }")],
            [
                at(
                    "targets[1]",
                    "dearer_slower",
                    other="targets[2]",
                    axis="plan",
                    code="gold",
                    than="tin",
                    seconds=76114,
                    than_seconds=72514,
                    **FIRST,
                )
            ],
        ),
        # 60 hours round the clock are more than 4 business hours, and more than 8.
        (
            [(HALF_AN_HOUR, '{ kind = "elapsed", hours = 60 }')],
            [
                at(
                    "targets[0]",
                    "dearer_slower",
                    other="targets[2]",
                    axis="plan",
                    code="gold",
                    than="tin",
                    seconds=216000,
                    than_seconds=106971,
                    **FIRST,
                ),
                at(
                    "targets[0]",
                    "worse_slower",
                    other="targets[1]",
                    axis="severity",
                    code="1",
                    than="2",
                    seconds=216000,
                    than_seconds=76114,
                    **FIRST,
                ),
            ],
        ),
        # Nothing promised is slower than anything.
        (
            [
                (GOLD_2, '{ kind = "none" }'),
                ('calendar = "office"\nsource = "A-2"', 'source = "A"'),
            ],
            [
                at(
                    "targets[1]",
                    "dearer_slower",
                    other="targets[2]",
                    axis="plan",
                    code="gold",
                    than="tin",
                    seconds=None,
                    than_seconds=106971,
                    **FIRST,
                )
            ],
        ),
        # An agreed time is neither sooner nor later.
        ([(f"target = {HALF_AN_HOUR}", 'target = { kind = "scheduled" }')], []),
    ],
)
def test_targets_that_promise_oddly_are_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        (
            [("", '\n[calendars.shut]\nname = "Shut"\ntime_zone = "UTC"\n')],
            [
                at("calendars.shut", "calendar_not_used", NOTICE),
                at("calendars.shut", "calendar_without_hours", ERROR),
            ],
        ),
        (
            [(OFFICE, 'time_zone = "Europe/Berlin"')],
            [
                at("holidays.own", "holidays_not_used", NOTICE),
                at("calendars.office", "calendar_without_holidays"),
            ],
        ),
        # Closed dates of its own are holidays as well.
        (
            [(OFFICE, f"{OFFICE}\nexceptions = [{{ date = 2026-11-22, intervals = [] }}]")],
            [],
        ),
        (
            [
                (
                    OFFICE,
                    f"{OFFICE}\nexceptions = [{{ date = 2026-11-21, intervals = [] }}, "
                    "{ date = 2025-01-01, intervals = [] }]",
                )
            ],
            [
                at(
                    "calendars.office.exceptions",
                    "exceptions_past",
                    NOTICE,
                    last=TODAY.replace(day=21),
                )
            ],
        ),
        (
            [('[[holidays.own.days]]\nname = "First of May"\nmonth = 5\nday = 1\n', "")],
            [at("holidays.own", "holidays_empty")],
        ),
        (
            [("day = 1\n", "day = 1\nto_year = 2026\n")],
            [at("holidays.own", "no_holidays_next_year", year=2027)],
        ),
        ([("day = 1\n", "day = 1\nto_year = 2027\n")], []),
        (
            [('name = "Own"\n', 'name = "Own"\ndates = [{ date = 2026-12-24, name = "Eve" }]\n')],
            [
                at(
                    "holidays.own.dates",
                    "own_dates_end",
                    NOTICE,
                    year=2027,
                    last=TODAY.replace(month=12, day=24),
                )
            ],
        ),
        # A calendar is in use where it serves a region of one that is.
        (
            [
                (TIN, TIN.replace("office", "both")),
                ("", '\n[calendars.both]\nname = "Both"\n'),
                ("", 'by_region = { HOME = "office", AWAY = "west" }\n'),
                ("", '[calendars.west]\nname = "West"\ntime_zone = "UTC"\n'),
                ("", f'holidays = "own"\n{WEEKDAYS}'),
                ("", '[calendars.more]\nname = "More"\ntime_zone = "UTC"\n'),
                ("", f'holidays = "own"\n{WEEKDAYS}'),
            ],
            [at("calendars.more", "calendar_not_used", NOTICE)],
        ),
    ],
)
def test_calendars_that_are_not_ready_are_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


@pytest.mark.parametrize(
    ("replacements", "found"),
    [
        (
            [
                row("{}", clock="resolution"),
                (
                    "",
                    '\n[clocks.resolution]\ncase_opened = "none"\nreopened = "none"\n'
                    'unmerged = "none"\n',
                ),
                step("x", "resolution", "opened"),
                step("y", "resolution", "due"),
            ],
            [
                at("clocks.resolution", "never_started", ERROR, clock="resolution"),
                at("ladder[1]", "step_never_fires", clock="resolution", moment="opened"),
                at("ladder[2]", "step_never_fires", clock="resolution", moment="due"),
            ],
        ),
        (
            [
                step("x", "resolution", "due"),
                step("y", "first_response", "due", f"when = {QUESTION}"),
                step("z", "waiting_on_customer", "due"),
                step("o", "first_response", "opened", f"when = {QUESTION}"),
            ],
            [
                at("ladder[1]", "step_never_fires", clock="resolution", moment="due"),
                at("ladder[2]", "step_never_fires", clock="first_response", moment="due"),
                at("ladder[3]", "step_never_fires", clock="waiting_on_customer", moment="due"),
            ],
        ),
        (
            [
                step("z", "waiting_on_customer", "due"),
                ("", "[waiting]\nclose_after = { days = 7 }\nwarn_days = [6]"),
            ],
            [],
        ),
        (
            [(TOLD, f'{TOLD}when = {{ plan = ["gold"] }}\n')],
            [
                at(
                    "ladder",
                    "late_untold",
                    cases=({"plan": ("tin",), "case_type": ("problem",)},),
                    **FIRST,
                )
            ],
        ),
        (
            [(TOLD, f"{TOLD}tiers = [1, 2]\n")],
            [at("ladder[0].tiers", "tier_left_out", tiers=(3,), **FIRST)],
        ),
        # The second tier is told of some of the cases only, the third of none.
        (
            [
                (TOLD, 'action = "hand_over"\ntiers = [1]\n'),
                step("two", "first_response", "due", 'tiers = [2]\nwhen = { plan = ["gold"] }'),
            ],
            [at("ladder[0].tiers", "tier_left_out", tiers=(2, 3), **FIRST)],
        ),
        (
            [
                (TOLD, 'action = "hand_over"\ntiers = [1, 2]\n'),
                step("top", "first_response", "due", "tiers = [3]"),
            ],
            [],
        ),
    ],
)
def test_steps_and_clocks_that_do_nothing_are_found(
    replacements: list[tuple[str, str]], found: list[Finding]
) -> None:
    assert findings(spoiled(*replacements)) == tuple(found)


def test_rules_beyond_what_anybody_reads_are_not_weighed() -> None:
    products = [f'"p{number}"' for number in range(301)]
    rows = [row(f"{{ product = [{product}] }}") for product in products]

    found = findings(spoiled(*rows))

    assert found == (at("targets", "too_many_rules", NOTICE, most=300, **FIRST),)


def test_more_kinds_of_cases_than_anybody_reads_are_counted() -> None:
    # Each region leaves another edition out, so that no two of them can be said at once.
    letters = "ABCDEFGHIJKL"
    regions = "".join(f'[regions.{one}]\nname = "{one}"\n' for one in letters)
    editions = "".join(f'[[editions]]\ncode = "{one}"\nname = "{one}"\n' for one in letters)
    rows = [
        row(f'{{ region = ["{one}"], edition = [{others}] }}', clock="resolution")
        for one in letters
        for others in [", ".join(f'"{other}"' for other in letters if other != one)]
    ]
    told = step("told", "resolution", "due")

    found = findings(spoiled(("", f"\n{regions}\n{editions}"), *rows, told))

    assert [finding.code for finding in found] == ["uncovered"] * 8 + ["more_uncovered"]
    # Twelve regions with the edition they leave out, and the two that no rule names.
    assert found[-1].params == {"clock": "resolution", "count": 13 - 8}
