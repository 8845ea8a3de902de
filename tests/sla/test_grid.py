"""The grid of targets: read from rules and written back, changing what was changed and no more."""

from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.document import canonical_text, parse_document
from sla.engine.parts import AXES, CaseType, Channel, Facts, Level, Plan, TargetRow
from sla.engine.policy import Policy
from sla.engine.rowchecks import check_rows
from sla.engine.shape import Place
from sla.engine.target import Target
from sla.grid import Promise, grid_of, narrowing_axes, promise_of, read_grid, telling_axes
from sla.grid_writing import (
    MOST_COMBINATIONS,
    TooManyCombinations,
    Unwritable,
    _Standing,
    write_grid,
)
from tests.packs import POLICIES

PACKS = ("metalogix", "scalix", "msp", "datadynamics")
CLOCKS = ("first_response", "next_response", "no_progress", "resolution")
MUST_HAVE = ("plan", "severity", "priority", "region")
TWO_HOURS = Promise(Target("elapsed", 7200))


@cache
def pack(name):
    return parse_document((POLICIES / f"{name}.toml").read_text())


def codes(policy, axis):
    """List what a case may have on an axis; it must have a plan and levels, and has a region."""
    parts = {
        "plan": policy.plans,
        "severity": policy.severities,
        "priority": policy.priorities,
        "case_type": policy.case_types,
        "channel": [channel for channel in policy.channels if channel.counts_as is None],
        "region": policy.regions,
        "edition": policy.editions,
        "product": (),
    }[axis]
    found = tuple(part.code for part in parts)
    return found if axis in MUST_HAVE and found else (None, *found)


def told_apart(policy, grid):
    """List every combination that could matter; the places are those of the axes."""
    named = {axis for row in policy.targets for axis in row.when} | set(grid.axes)
    return list(product(*(codes(policy, axis) if axis in named else (None,) for axis in AXES)))


def rules(policy, grid, facts):
    """Map every combination to the rule that counts for it."""
    return {
        fact: policy.rule(grid.clock, Facts(**dict(zip(AXES, fact, strict=True)))) for fact in facts
    }


def promises(policy, grid, facts):
    return {fact: promise_of(row) for fact, row in rules(policy, grid, facts).items()}


def expected(policy, grid, facts, key, promise):
    """Say what all rules should come to once one cell is changed."""
    winner = read_grid(policy.targets, grid)[key].row
    fixed = dict(zip(grid.axes, key, strict=True))
    wanted = {}
    for fact, row in rules(policy, grid, facts).items():
        is_here = all(fact[AXES.index(axis)] == code for axis, code in fixed.items())
        wanted[fact] = promise if is_here and row is winner else promise_of(row)
    return wanted


def is_sound(policy):
    place = Place("targets", [])
    check_rows(policy, place)
    return not [code for _path, code, _figures in place.found if code == "ambiguous"]


def views(policy):
    """List the ways of narrowing a grid: not at all, and by each code of one axis."""
    singles = [
        {axis: code} for axis in narrowing_axes(policy) for code in codes(policy, axis) if code
    ]
    return [{}, *singles]


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("name", PACKS)
def test_grid_written_as_it_was_read_is_the_same_policy(name, clock):
    policy = pack(name)

    for narrowed in views(policy):
        grid = grid_of(policy, clock, narrowed)
        cells = read_grid(policy.targets, grid)
        same = {key: promise_of(cell.row) for key, cell in cells.items()}

        assert write_grid(policy, grid, same) == policy.targets


@pytest.mark.parametrize("promise", [TWO_HOURS, None], ids=["promised", "emptied"])
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("name", PACKS)
def test_changed_cell_changes_its_own_cases_only(name, clock, promise):
    policy = pack(name)
    for narrowed in views(policy):
        grid = grid_of(policy, clock, narrowed)
        facts = told_apart(policy, grid)
        for key in grid.cells():
            changed = replace(policy, targets=write_grid(policy, grid, {key: promise}))

            assert promises(changed, grid, facts) == expected(policy, grid, facts, key, promise)
            assert is_sound(changed)
            assert parse_document(canonical_text(changed)) == changed


LEVELS = tuple(Level(code, code, "severity") for code in "123")
CODES = {
    "plan": ("a", "b"),
    "severity": ("1", "2", "3"),
    "case_type": ("x", "y"),
    "channel": ("phone", "portal"),
}
SMALL = Policy(
    vendor="alpha",
    name="Small",
    time_zone="UTC",
    case_prefix="AL",
    axes=("severity",),
    plans=tuple(Plan(code, code) for code in CODES["plan"]),
    severities=LEVELS,
    case_types=tuple(CaseType(code, code) for code in CODES["case_type"]),
    channels=tuple(Channel(code, code) for code in CODES["channel"]),
)


@st.composite
def whens(draw):
    axes = draw(st.sets(st.sampled_from(sorted(CODES)), max_size=3))
    return {
        axis: tuple(draw(st.lists(st.sampled_from(CODES[axis]), min_size=1, unique=True)))
        for axis in AXES
        if axis in axes
    }


@st.composite
def policies(draw):
    """Draw rules without faults: each that would be ambiguous beside the others is left out."""
    policy = SMALL
    for hours, when in enumerate(draw(st.lists(whens(), max_size=6)), 1):
        target = Target("elapsed", hours * 3600) if hours != 2 else Target("none")
        row = TargetRow("first_response", when, target, source=f"S-{hours}")
        larger = replace(policy, targets=(*policy.targets, row))
        policy = larger if is_sound(larger) else policy
    return policy


@settings(max_examples=100, deadline=None)
@given(policies(), st.data())
def test_any_rules_let_single_cells_be_changed(policy, data):
    narrowed = data.draw(st.sampled_from([{}, {"case_type": "x"}]))
    grid = grid_of(policy, "first_response", narrowed)
    key = data.draw(st.sampled_from(list(grid.cells())))
    promise = data.draw(st.sampled_from([Promise(Target("elapsed", 90)), None]))
    facts = told_apart(policy, grid)

    try:
        changed = replace(policy, targets=write_grid(policy, grid, {key: promise}))
    except Unwritable:
        # Finer rules may lie so that every way to say it contradicts one of them.
        assert read_grid(policy.targets, grid)[key].finer
        return

    assert promises(changed, grid, facts) == expected(policy, grid, facts, key, promise)
    assert is_sound(changed)


def rule(hours, source="S", **when):
    named = {axis: tuple(codes) for axis, codes in when.items()}
    return TargetRow("first_response", named, Target("elapsed", hours * 3600), source=source)


def hours(figure):
    return Promise(Target("elapsed", figure * 3600))


WHOLE = rule(8, plan="a", severity="123")


@pytest.mark.parametrize(
    ("rows", "changes", "after"),
    [
        pytest.param(
            [WHOLE],
            {("a", "2"): hours(4)},
            [rule(8, plan="a", severity="13"), rule(4, plan="a", severity="2")],
            id="one of three neighbours differs now",
        ),
        pytest.param(
            [WHOLE],
            {("a", code): hours(4) for code in "123"},
            [rule(4, plan="a", severity="123")],
            id="all three change: still one rule",
        ),
        pytest.param(
            [rule(8, plan="a", severity="13"), rule(4, plan="a", severity="2")],
            {("a", "2"): hours(8)},
            [WHOLE],
            id="neighbours that are equal again are joined",
        ),
        pytest.param(
            [rule(8, plan="a", severity="13"), rule(4, "T", plan="a", severity="2")],
            {("a", "2"): hours(8)},
            [rule(8, plan="a", severity="13"), rule(8, "T", plan="a", severity="2")],
            id="another source keeps a rule of its own",
        ),
        pytest.param(
            [rule(8)],
            {("a", "1"): hours(2)},
            [rule(8), rule(2, plan="a", severity="1")],
            id="a rule for any case is overruled in one cell",
        ),
        pytest.param(
            [rule(8, severity="1")],
            {("a", "1"): hours(2), ("b", "1"): hours(2)},
            [rule(2, severity="1")],
            id="a rule for all plans follows when all plans change",
        ),
        pytest.param(
            [WHOLE],
            {("a", "3"): None},
            [rule(8, plan="a", severity="12")],
            id="an emptied cell leaves the rule",
        ),
        pytest.param(
            [rule(8)],
            {("a", "3"): None},
            [rule(8), replace(rule(0, plan="a", severity="3"), target=Target("none"))],
            id="an emptied cell under a general rule says so",
        ),
        pytest.param(
            [],
            {("a", "1"): hours(2), ("a", "2"): hours(2), ("b", "1"): hours(2)},
            [rule(2, "", plan="a", severity="12"), rule(2, "", plan="b", severity="1")],
            id="filled cells become as few rules as they fit in",
        ),
        pytest.param(
            [rule(8, severity="1"), rule(1, "P", severity="1", channel=["portal"])],
            {("a", "1"): hours(2)},
            [
                rule(8, severity="1"),
                rule(1, "P", severity="1", channel=["portal"]),
                rule(2, plan="a", severity="1"),
                rule(1, "P", plan="a", severity="1", channel=["portal"]),
            ],
            id="a finer rule goes on winning",
        ),
    ],
)
def test_rules_after_a_change(rows, changes, after):
    policy = replace(SMALL, targets=tuple(rows))

    assert write_grid(policy, grid_of(policy, "first_response"), changes) == tuple(after)


@pytest.mark.parametrize(
    ("rows", "after"),
    [
        pytest.param(
            [rule(1, plan="b")],
            [
                rule(1, plan="b"),
                rule(4, plan="b", severity="123", case_type="x"),
                rule(4, "", plan="a", severity="123", case_type="x"),
            ],
            id="a rule for any type",
        ),
        pytest.param(
            [rule(1, plan="ab", severity="23", case_type="xy")],
            [
                rule(1, plan="ab", severity="23", case_type="y"),
                rule(4, plan="ab", severity="23", case_type="x"),
                rule(4, "", plan="ab", severity="1", case_type="x"),
            ],
            id="a rule for both types",
        ),
        pytest.param(
            [rule(8, case_type="xy"), rule(1, severity="123", case_type="y")],
            [
                rule(8, case_type="xy"),
                rule(4, plan="ab", severity="123", case_type="x"),
                rule(1, severity="123", case_type="y"),
            ],
            id="a rule that another one overrules for the other type",
        ),
    ],
)
def test_rule_keeps_what_it_says_of_types_that_are_not_looked_at(rows, after):
    policy = replace(SMALL, targets=tuple(rows))
    grid = grid_of(policy, "first_response", {"case_type": "x"})

    written = write_grid(policy, grid, dict.fromkeys(grid.cells(), hours(4)))

    assert written == tuple(after)


def test_cell_whose_every_rule_would_contradict_a_finer_one_is_refused():
    finer = replace(rule(0, plan="b", severity="123", case_type="x"), target=Target("none"))
    policy = replace(SMALL, targets=(rule(3, severity="312", case_type="xy"), finer))

    with pytest.raises(Unwritable):
        write_grid(policy, grid_of(policy, "first_response"), {("b", "3"): hours(1)})


def with_products(number):
    """Make rules that tell so many products apart, and two channels by type."""
    products = [rule(n, product=[f"p{n}"]) for n in range(1, number + 1)]
    crossed = [
        rule(20, channel=["phone"], case_type="x"),
        rule(30, channel=["portal"], case_type="y"),
    ]
    return replace(SMALL, targets=(rule(40), *products, *crossed))


def test_filled_grid_beside_rules_for_products_asks_few_combinations(monkeypatch):
    asked = []
    winners = _Standing.winners

    def counted(self, fact, without=None):
        asked.append(fact)
        return winners(self, fact, without)

    monkeypatch.setattr(_Standing, "winners", counted)
    policy = with_products(5)
    grid = grid_of(policy, "first_response")

    # A rule for a plan and a level contradicts those for a channel and a type: all are looked for.
    with pytest.raises(Unwritable):
        write_grid(policy, grid, {key: hours(n) for n, key in enumerate(grid.cells(), 50)})

    combinations = 2 * 3 * 3 * 3 * 6
    assert combinations < len(asked) < 10 * combinations


def test_more_combinations_than_can_be_looked_through_are_refused_at_once(monkeypatch):
    policy = with_products(100)
    grid = grid_of(policy, "first_response")
    monkeypatch.setattr(_Standing, "__init__", None)

    with pytest.raises(TooManyCombinations) as refused:
        write_grid(policy, grid, {("a", "1"): hours(2)})

    assert refused.value.args == ("first_response", 2 * 3 * 3 * 3 * 101)
    assert refused.value.args[1] > MOST_COMBINATIONS


def test_rules_of_other_clocks_keep_their_places():
    other = replace(WHOLE, clock="next_response")
    last = replace(WHOLE, clock="resolution")
    policy = replace(SMALL, targets=(other, WHOLE, last))

    after = write_grid(policy, grid_of(policy, "first_response"), {("b", "1"): hours(2)})

    assert after == (other, WHOLE, rule(2, "", plan="b", severity="1"), last)


def test_cell_names_the_finer_rules():
    portal = rule(1, plan="a", severity="1", channel=["portal"])
    unheard = rule(3, channel=["portal"])
    policy = replace(SMALL, targets=(unheard, WHOLE, portal))

    cells = read_grid(policy.targets, grid_of(policy, "first_response"))

    assert (cells[("a", "1")].row, cells[("a", "1")].finer) == (WHOLE, (portal,))
    assert (cells[("b", "1")].row, cells[("b", "1")].finer) == (None, (unheard,))


def test_clock_whose_rules_all_name_a_type_is_looked_at_by_type():
    policy = pack("datadynamics")

    assert telling_axes(policy, "first_response") == ("case_type",)
    assert telling_axes(policy, "resolution") == ()
