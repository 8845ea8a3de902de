"""Whose promises change, and the grid that shows it."""

import pytest

from sla.engine.document import parse_document
from sla.promises import grids, plans_affected, promised_changes
from tests.packs import POLICIES
from tests.sla.everything import EVERYTHING
from tests.sla.test_comparison import without_emea

STANDARD_1 = """when = { plan = ["standard"], severity = ["1"] }
target = { kind = "business_time", hours = 2"""
PACKS = ("metalogix", "scalix", "msp", "datadynamics")


def read(pack, *changes):
    text = (POLICIES / f"{pack}.toml").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return parse_document(text)


def affected(pack, *changes):
    return plans_affected(read(pack), read(pack, *changes))


@pytest.mark.parametrize("pack", PACKS)
def test_same_policy_affects_nobody(pack):
    assert affected(pack) == set()
    assert not [grid for grid in grids(read(pack), read(pack)) if grid.is_changed]


@pytest.mark.parametrize(
    ("pack", "before", "after", "plans"),
    [
        # A target of one plan.
        ("metalogix", STANDARD_1, f"{STANDARD_1}0", {"standard"}),
        ("metalogix", "hours = 8, goal = 4", "hours = 6, goal = 4", {"premium"}),
        # The hours that both plans are served in.
        ("metalogix", 'mon = [["08:00", "19:00"]]', 'mon = [["08:00", "18:00"]]',
         {"standard", "premium"}),
        # A word about it, its source, the order of the queue.
        ("metalogix", 'source = "MX-16"', 'source = "MX-160"', set()),
        ("metalogix", 'name = "Metalogix Support"', 'name = "Support"', set()),
        ("metalogix", 'queue_order = ["severity", "due"]', 'queue_order = ["due"]', set()),
        # A policy without plans: everybody, or nobody.
        ("msp", 'name = "MSP 8x5"\ntime_zone = "America/New_York"',
         'name = "MSP 8x5"\ntime_zone = "customer"', {""}),
        ("msp", 'name = "MSP 8x5"', 'name = "MSP, 8x5"', set()),
    ],
)  # fmt: skip
def test_plans_whose_promises_change_are_named(pack, before, after, plans):
    assert affected(pack, (before, after)) == plans


def test_dropped_plan_is_affected_and_so_is_the_way_back():
    whole = read("scalix")
    text = (POLICIES / "scalix.toml").read_text()
    without = parse_document(text.replace('"bronze"', '"copper"').replace("bronze = ", "copper = "))

    assert plans_affected(whole, without) == {"bronze", "copper"}
    assert plans_affected(without, whole) == {"bronze", "copper"}


def test_new_default_plan_affects_those_who_bought_none():
    named = '[[plans]]\ncode = "standard"\n'

    assert affected("metalogix", (named, f"{named}default = true\n")) == {""}


def test_aim_of_the_desk_is_no_promise():
    texts = [
        text
        for text in (POLICIES / "metalogix.toml").read_text().split("[[targets]]")
        if "promised = false" in text
    ]

    assert texts
    for text in texts:
        silent = text.replace("promised = false", "promised = true")
        assert affected("metalogix", (text, silent)) != set()
        assert affected("metalogix", (text, text.replace("hours = ", "hours = 1"))) == set()


def test_customer_reads_only_the_own_promises():
    before, after = read("metalogix"), read("metalogix", (STANDARD_1, f"{STANDARD_1}0"))

    said = [str(change) for change in promised_changes(before, after, "standard")]

    assert said == [
        "Severity Level 1, first response: 2 business hours, Metalogix portal hours → "
        "20 business hours, Metalogix portal hours"
    ]
    assert promised_changes(before, after, "premium") == ()


def test_customer_reads_which_holiday_is_new():
    before = parse_document(EVERYTHING)
    new = '{ date = 2027-01-02, name = "Second, really" }, { date = 2027-05-03, name = "Fair" }'
    old = '{ date = 2027-01-02, name = "Second, really" }'
    after = parse_document(EVERYTHING.replace(old, new))

    assert plans_affected(before, after) == {"a", "b", "c"}
    said = [str(change) for change in promised_changes(before, after, "a")]
    assert said == ["Own, new: 3 May 2027 (Fair)"]


def test_grid_marks_the_cell_that_changes():
    before, after = read("metalogix"), read("metalogix", (STANDARD_1, f"{STANDARD_1}0"))

    (grid,) = [grid for grid in grids(before, after) if grid.is_changed]

    assert (grid.clock, grid.levels[0]) == ("first_response", "Severity Level 1")
    states = {plan: [cell.state for cell in cells] for plan, cells in grid.rows}
    assert states == {
        "Standard": ["changed", "same", "same", "same"],
        "Premium": ["same", "same", "same", "same"],
    }
    cell = grid.rows[0][1][0]
    assert (cell.sign, cell.word) == ("≠", "changed")
    # The portal keeps its own rule, so a cell says for which channel each line is.
    assert cell.before == ("2 business hours, Metalogix portal hours",)
    assert cell.after == (
        "Phone: 20 business hours, Metalogix portal hours",
        "Web portal: 2 business hours, Metalogix portal hours",
    )


def test_grid_tells_which_region_gets_other_hours():
    before = read("metalogix")
    after = read("metalogix", ('EMEA = "portal_emea"', 'EMEA = "portal_amer"'))

    grid = next(grid for grid in grids(before, after) if grid.is_changed)

    cell = grid.rows[0][1][0]
    europe = "Europe, Middle East and Africa"
    assert cell.before == (
        "Americas and everywhere else: 2 business hours, Metalogix portal hours",
        f"{europe}: 2 business hours, Metalogix portal hours, EMEA",
    )
    assert cell.after == (
        "Americas and everywhere else: 2 business hours, Metalogix portal hours",
        f"{europe}: 2 business hours, Metalogix portal hours, AMER",
    )


def test_grid_tells_what_the_customers_of_a_removed_region_get():
    before = read("metalogix")
    after = parse_document(without_emea((POLICIES / "metalogix.toml").read_text()))

    changed = [grid for grid in grids(before, after) if grid.is_changed]

    assert changed[0].rows[0][1][0].after == (
        "Americas and everywhere else: 2 business hours, Metalogix portal hours",
        "Europe, Middle East and Africa: 2 business hours, Metalogix portal hours, AMER",
    )


def test_grid_tells_new_and_gone_from_changed():
    rule = '[[targets]]\nclock = "resolution"\ntarget = { kind = "elapsed", hours = 9 }\n\n'
    with_rule = read("msp", ("[[targets]]", f"{rule}[[targets]]"))

    new = [grid for grid in grids(read("msp"), with_rule) if grid.is_changed]
    gone = [grid for grid in grids(with_rule, read("msp")) if grid.is_changed]

    assert [{cell.state for _plan, cells in grid.rows for cell in cells} for grid in new] == [
        {"new"}
    ]
    assert [{cell.state for _plan, cells in grid.rows for cell in cells} for grid in gone] == [
        {"gone"}
    ]
    assert [plan for plan, _cells in new[0].rows] == ["Every plan"]
