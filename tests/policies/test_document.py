"""The canonical text is a fixed point, self-contained, and fits into JSON on the way."""

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.calendarparts import CalendarException
from sla.engine.document import canonical_text, checksum, document_of, parse_document, text_of
from sla.engine.kinds import DEFAULT_KINDS, KindRow
from sla.engine.toml import Lines, write_toml
from tests.policies.documents import DOCUMENT, changed
from tests.policies.packs import VENDORS, pack_text

TEXTS = [*(pack_text(vendor) for vendor in VENDORS), DOCUMENT]


@pytest.mark.parametrize("text", TEXTS)
def test_the_canonical_text_says_the_same_and_is_a_fixed_point(text: str) -> None:
    policy = parse_document(text)

    canonical = canonical_text(policy)

    assert parse_document(canonical) == policy
    assert canonical_text(parse_document(canonical)) == canonical
    assert canonical.startswith("schema = 1\nvendor = ")


@pytest.mark.parametrize("text", TEXTS)
def test_plain_tables_survive_a_jsonb_column(text: str) -> None:
    # jsonb keeps neither the order of keys nor anything but JSON.
    stored = json.loads(json.dumps(document_of(text), sort_keys=True))

    assert canonical_text(parse_document(text_of(stored))) == canonical_text(parse_document(text))
    assert text_of(document_of(text)) == canonical_text(parse_document(text))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_frozen_document_does_not_lean_on_the_defaults_of_the_code(vendor: str) -> None:
    tables = document_of(pack_text(vendor))

    assert set(tables["clocks"]) == set(DEFAULT_KINDS)
    assert {table["defaults"] for table in tables["clocks"].values()} == {False}


def test_a_policy_gives_only_the_cells_in_which_it_differs() -> None:
    text = f"""{DOCUMENT}
[clocks.first_response]
agent_called = "none"
workaround_given = "meet"
pauses = false
"""

    kinds = parse_document(text).kinds

    default = DEFAULT_KINDS["first_response"]
    effects = {**default.effects, "workaround_given": "meet"}
    del effects["agent_called"]
    assert kinds["first_response"] == KindRow(effects, pauses=False, unless=default.unless)
    assert kinds["next_response"] == DEFAULT_KINDS["next_response"]


def test_a_kind_may_start_from_nothing() -> None:
    text = f'{DOCUMENT}\n[clocks.resolution]\ndefaults = false\ncase_opened = "start"\n'

    policy = parse_document(text)

    assert policy.kinds["resolution"] == KindRow({"case_opened": "start"}, pauses=True, unless=())
    assert parse_document(canonical_text(policy)) == policy


def test_dates_are_read_from_toml_and_from_text() -> None:
    exceptions = (
        'time_zone = "customer"\nexceptions = [\n'
        '{ date = 2026-12-24, intervals = [["09:00", "12:00"]], name = "Eve" },\n'
        '{ from = "2026-12-27", to = 2026-12-31, intervals = [] },\n]'
    )
    policy = parse_document(changed(('time_zone = "customer"', exceptions)))

    far = next(spec for spec in policy.calendars if spec.code == "far")

    assert [(str(one.first), str(one.last), one.name) for one in far.exceptions] == [
        ("2026-12-24", "2026-12-24", "Eve"),
        ("2026-12-27", "2026-12-31", ""),
    ]
    assert isinstance(far.exceptions[0], CalendarException)
    assert far.exceptions[0].intervals == (("09:00", "12:00"),)
    assert parse_document(canonical_text(policy)) == policy


def test_amounts_are_written_in_the_largest_whole_unit() -> None:
    text = changed(
        ("minutes = 30 }", "seconds = 5400, goal = 3600 }"),
        ("hours = 8 }", "minutes = 120, goal = 60 }"),
    )

    canonical = canonical_text(parse_document(text))

    assert 'target = { kind = "elapsed", minutes = 90, goal = 60 }' in canonical
    assert 'target = { kind = "business_time", hours = 2, goal = 1 }' in canonical


def test_settings_of_another_kind_are_harmless_where_they_say_the_default() -> None:
    rules = 'day_rule = "same_time", outside = "next_opening", back = "service_time" }'

    policy = parse_document(changed(("hours = 8 }", f"hours = 8, {rules}")))

    assert policy == parse_document(DOCUMENT)


def test_order_of_keyed_tables_and_axes_says_nothing() -> None:
    turned = changed(
        ('plan = ["gold"], severity = ["1"]', 'severity = ["1"], plan = ["gold"]'),
        ('HOME = "office", AWAY = "far"', 'AWAY = "far", HOME = "office"'),
    )

    assert checksum(canonical_text(parse_document(turned))) == checksum(
        canonical_text(parse_document(DOCUMENT))
    )


def test_every_change_changes_the_checksum() -> None:
    before = checksum(canonical_text(parse_document(DOCUMENT)))
    after = checksum(canonical_text(parse_document(changed(("hours = 8", "hours = 9")))))

    assert before != after
    assert checksum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_text_of_leaves_unknown_keys_for_the_reader_to_find() -> None:
    assert text_of({"colour": "red", "vendor": "a", "schema": 1, "name": None}) == (
        'schema = 1\nvendor = "a"\ncolour = "red"\n'
    )


@pytest.mark.parametrize("value", [1.5, object(), {1, 2}])
def test_the_writer_refuses_what_no_policy_holds(value: object) -> None:
    with pytest.raises(ValueError, match="not a value of a policy"):
        write_toml({"a": value})


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES = st.one_of(ANY_TEXT, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.dates())
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=8
)


@settings(max_examples=60)
@given(st.dictionaries(ANY_TEXT, VALUES, max_size=6))
def test_whatever_is_written_is_read_back(tables: dict) -> None:
    assert tomllib.loads(write_toml(tables)) == tables


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_names_survive_the_round_trip(name: str) -> None:
    tables = document_of(DOCUMENT) | {"name": f"x{name}"}

    policy = parse_document(text_of(tables))

    assert policy.name == f"x{name}"
    assert parse_document(canonical_text(policy)) == policy


LINED = '''
# a comment with [brackets] and "quotes"
a = 1
"b c" = [
  "]", # no end ]
  { d = "}" },
]
[t]
long = """
[not.a.table]
e = 1 \\""" still
"""
raw = \'\'\'
f = 2 \'\'\'
g.h = 3
[[rows]]
i = 1
  [[rows]]
  i = 2
  [rows.sub]
  j = 3
[[rows.deep]]
k = 4
[[rows.deep]]
k = 5
[ "quoted.key" . x ]
l = """a""""
m = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a", 3),
        ("b c", 4),
        ("b c[1].d", 4),
        ("t", 8),
        ("t.long", 9),
        ("t.e", 8),
        ("t.raw", 13),
        ("t.g.h", 15),
        ("rows[0]", 16),
        ("rows[0].i", 17),
        ("rows[1]", 18),
        ("rows[1].i", 19),
        ("rows[1].i.nothing[3]", 19),
        ("rows[1].sub.j", 21),
        ("rows[1].deep[0].k", 23),
        ("rows[1].deep[1].k", 25),
        ("quoted.key.x", 26),
        ("quoted.key.x.l", 27),
        ("quoted.key.x.m", 28),
        ("nowhere", None),
        ("rows", 16),
        ("rows[7].i", 16),
        ("", None),
    ],
)
def test_lines_are_found_in_any_toml(path: str, line: int | None) -> None:
    tomllib.loads(LINED)

    assert Lines(LINED).of(path) == line


@settings(max_examples=60)
@given(st.dictionaries(ANY_TEXT, VALUES, max_size=6))
def test_lines_are_found_whatever_is_written(tables: dict) -> None:
    text = write_toml(tables)

    lines = Lines(text)

    assert all(lines.of(key) is not None for key in tables if key.isidentifier() and key.isascii())
