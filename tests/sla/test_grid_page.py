"""The grid of targets, edited in the admin without JavaScript."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.tenancy import tenant
from tests.packs import publish
from tests.sla.pages import in_alpha, text_of, url
from tests.sla.working import target, targets

FIRST_RESPONSE = ("policydraft_grid", "first_response")


def sent_by(page):
    """Fill in the grid as a browser would send it unchanged."""
    fields = [field for form in page.context["form"].forms.values() for field in form]
    data = {field.html_name: "" if (said := field.value()) is None else said for field in fields}
    return data | {"revision": str(page.context["revision"])}


def send(manager, changes, query=""):
    page = manager.get(url(*FIRST_RESPONSE) + query)
    return manager.post(url(*FIRST_RESPONSE) + query, sent_by(page) | changes)


def cell(page, prefix):
    return next(form for form in page.context["form"].forms.values() if form.prefix == prefix)


def hours_by_source():
    rows = [row for row in targets() if row.clock == "first_response"]
    return sorted((row.plan, row.severity, row.channel, row.amount // 3600) for row in rows)


BEFORE = [
    ("premium", "1", "", 2),
    ("premium", "2, 3, 4", "", 8),
    ("standard", "1", "", 2),
    ("standard", "2, 3, 4", "", 8),
    ("standard, premium", "1", "portal", 2),
]


def test_grid_tells_in_words_what_is_promised_and_what_refines_it(manager):
    page = manager.get(url(*FIRST_RESPONSE))
    said = text_of(page)

    assert "Severity Level 2 (High) 4-8 business hours, Metalogix portal hours" in said
    assert "Severity Level 1 Within 2 hours, round the clock" in said
    assert "Web portal : 2 business hours, Metalogix portal hours" in said


def test_empty_grid_says_that_nothing_is_promised(manager):
    said = text_of(manager.get(url("policydraft_grid", "resolution")))

    assert said.count("Nothing is promised") == 8


def test_grid_sent_back_as_it_came_changes_nothing(manager):
    answer = send(manager, {})

    assert answer.status_code == 302
    assert "there is nothing to publish" in text_of(manager.get(url("policydraft_publish")))


def test_changed_cell_divides_its_rule_and_keeps_where_it_comes_from(manager, alpha, beta):
    send(manager, {"cell-0-1-amount": "4"})

    with tenant(beta.tenant):
        theirs = hours_by_source()
    assert in_alpha(alpha, hours_by_source) == sorted(
        [*BEFORE[:3], ("standard", "2", "", 4), ("standard", "3, 4", "", 8), BEFORE[4]]
    )
    assert theirs == BEFORE
    assert in_alpha(alpha, lambda: target("MX-20").source) == "MX-20"
    log = in_alpha(alpha, lambda: LogEntry.objects.latest("id").get_change_message())
    assert "Standard, Severity Level 2 (High), first response" in log


def test_cell_is_emptied_and_filled_again(manager, alpha):
    send(manager, {"cell-1-3-unit": "none", "cell-1-3-amount": "", "cell-1-3-goal": "",
                   "cell-1-3-calendar": ""})  # fmt: skip
    emptied = in_alpha(alpha, hours_by_source)
    send(manager, {"cell-1-3-unit": "business_time hours", "cell-1-3-amount": "6",
                   "cell-1-3-calendar": "portal"})  # fmt: skip

    assert ("premium", "2, 3", "", 8) in emptied
    assert not [row for row in emptied if row[:2] == ("premium", "4")]
    assert ("premium", "4", "", 6) in in_alpha(alpha, hours_by_source)


@pytest.mark.parametrize(
    ("button", "filled"),
    [
        ("down cell-0-1", ["cell-1-1"]),
        ("right cell-0-1", ["cell-0-2", "cell-0-3"]),
    ],
)
def test_cell_is_used_for_others_and_nothing_is_saved_yet(manager, alpha, button, filled):
    page = send(manager, {"cell-0-1-amount": "5", "fill": button})

    amounts = {
        prefix: form["amount"].value()
        for form in page.context["form"].forms.values()
        if str(form["amount"].value()) == "5" and (prefix := form.prefix)
    }
    assert sorted(amounts) == sorted(["cell-0-1", *filled])
    assert "Filled in, but not saved yet." in text_of(page)
    assert in_alpha(alpha, hours_by_source) == BEFORE


def test_filled_cells_stay_one_rule(manager, alpha):
    page = send(manager, {"cell-0-1-amount": "5", "fill": "right cell-0-1"})

    manager.post(url(*FIRST_RESPONSE), sent_by(page))

    assert ("standard", "2, 3, 4", "", 5) in in_alpha(alpha, hours_by_source)


def test_enter_saves_rather_than_fills(manager):
    shown = manager.get(url(*FIRST_RESPONSE)).content.decode()
    form = shown[shown.index('name="revision"') :]

    assert form.index('type="submit" class="grid-first"') < form.index('name="fill"')


@pytest.mark.parametrize(
    ("changes", "field", "fault"),
    [
        ({"amount": ""}, "amount", "How many? Give a number."),
        ({"amount": "0"}, "amount", "greater than or equal to 1"),
        ({"amount": "99999999"}, "amount", "has to lie between 1 and 87600"),
        ({"goal": "9"}, "goal", "The goal cannot be later than the commitment."),
        ({"unit": "none"}, "amount", "No number belongs to “nothing is promised”."),
        ({"unit": "fortnights"}, "unit", "Select a valid choice."),
        ({"calendar": ""}, "calendar", "choose some instead of “round the clock”"),
        ({"unit": "elapsed hours"}, "calendar", "choose “round the clock”"),
        ({"calendar": "service"}, "calendar", "The first response sets the service hours"),
    ],
)
def test_fault_is_told_at_its_cell(manager, alpha, changes, field, fault):
    page = send(manager, {f"cell-0-1-{name}": value for name, value in changes.items()})

    assert fault in " ".join(cell(page, "cell-0-1").errors[field])
    assert fault in text_of(page)
    assert in_alpha(alpha, hours_by_source) == BEFORE


def test_immediate_never_counts_as_late(manager, alpha):
    send(manager, {"cell-0-0-unit": "immediate", "cell-0-0-amount": ""})

    row = in_alpha(alpha, lambda: next(row for row in targets() if row.kind == "immediate"))
    assert (row.plan, row.severity, row.counts_late) == ("standard", "1", False)


def test_grid_of_one_channel_changes_that_channel_only(manager, alpha):
    send(manager, {"cell-0-1-0-amount": "3"}, query="?channel=portal")

    assert in_alpha(alpha, hours_by_source) == sorted([*BEFORE, ("standard", "2", "portal", 3)])


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(manager, alpha):
    late = sent_by(manager.get(url(*FIRST_RESPONSE))) | {"cell-0-1-amount": "6"}
    send(manager, {"cell-0-2-amount": "4"})

    answer = manager.post(url(*FIRST_RESPONSE), late)

    assert "Somebody else changed or published the working copy" in text_of(answer)
    assert cell(answer, "cell-0-1")["amount"].value() == "6"
    assert ("standard", "3", "", 4) in in_alpha(alpha, hours_by_source)


def test_clock_whose_rules_all_name_a_type_opens_on_the_preset_one(browse, alpha, beta):
    publish(beta, "datadynamics")
    manager = browse(beta.tenant, beta.manager)

    page = manager.get(url(*FIRST_RESPONSE))
    any_type = manager.get(url(*FIRST_RESPONSE) + "?case_type=")

    assert page.context["form"].grid.narrowed == ("case_type",)
    assert "4 business hours" in text_of(page)
    assert any_type.context["form"].grid.narrowed == ()
