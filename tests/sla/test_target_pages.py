"""Rules of targets, edited in the admin without JavaScript."""

import pytest

from accounts.tenancy import tenant
from sla.pages import edited
from tests.sla.pages import in_alpha, row_with, sent_by, text_of, url
from tests.sla.working import target


def test_rule_shows_the_axes_it_names_and_folds_the_others(manager):
    table = manager.get(url("policydraft_targets", "first_response")).context["table"]
    form = next(form for form in table if form["source"].value() == "MX-20")

    assert [field.name for field in form.named_axes()] == ["plan", "severity"]
    assert [field.name for field in form.other_axes()] == [
        "case_type",
        "channel",
        "region",
        "product",
    ]


def test_way_of_counting_is_asked_only_of_units_that_have_several(manager, alpha):
    address = url("policydraft_targets", "first_response")
    page = manager.get(address)
    prefix = row_with(page, "MX-20")
    assert "Counted" not in text_of(page)

    days = {f"{prefix}-unit": "business_days days", f"{prefix}-amount": "2"}
    manager.post(address, sent_by(page) | days)
    form = next(
        form for form in manager.get(address).context["table"] if form["source"].value() == "MX-20"
    )

    assert [str(name) for _code, name in form.fields["reading"].choices] == [
        "to the same time of day",
        "on to the next opening",
        "to the end of the day",
    ]


def test_table_sent_back_as_it_came_changes_nothing(manager, alpha):
    for clock in ("first_response", "no_progress", "resolution"):
        page = manager.get(url("policydraft_targets", clock))

        answer = manager.post(url("policydraft_targets", clock), sent_by(page))

        assert answer.status_code == 302, text_of(answer)
    overview = manager.get(url("policydraft_changelist"))
    assert "what version 1, the one published last, says" in text_of(overview)


def test_rules_are_added_and_removed(manager, alpha):
    page = manager.get(url("policydraft_targets", "resolution"))
    added = sent_by(page) | {
        "form-0-amount": "3",
        "form-0-unit": "business_days days",
        "form-0-goal": "2",
        "form-0-plan": ["premium"],
        "form-0-severity": ["1", "2"],
        "form-0-calendar": "portal",
        "form-0-reading": "day_rule end_of_day",
        "form-0-source": "Own",
    }
    del added["form-0-counts_late"]
    manager.post(url("policydraft_targets", "resolution"), added)
    row = in_alpha(alpha, lambda: target("Own", "resolution"))
    page = manager.get(url("policydraft_targets", "resolution"))
    removed = sent_by(page) | {"form-0-DELETE": "on"}

    manager.post(url("policydraft_targets", "resolution"), removed)

    assert (row.plan, row.severity, row.channel) == ("premium", "1, 2", "")
    assert (row.kind, row.amount, row.goal, row.day_rule) == ("business_days", 3, 2, "end_of_day")
    assert (row.promised, row.counts_late) == (True, False)
    overview = manager.get(url("policydraft_changelist"))
    assert "what version 1, the one published last, says" in text_of(overview)


def test_preset_unit_and_hours_of_a_new_rule_go_together(manager, alpha):
    page = manager.get(url("policydraft_targets", "resolution"))

    manager.post(url("policydraft_targets", "resolution"), sent_by(page) | {"form-0-amount": "3"})

    row = in_alpha(alpha, lambda: target("", "resolution"))
    assert (row.kind, row.amount, row.calendar) == ("business_time", 3 * 3600, "portal")


@pytest.mark.parametrize(
    ("field", "value", "at", "fault"),
    [
        ("amount", "", "amount", "How many? Give a number."),
        ("amount", "0", "amount", "Ensure this value is greater than or equal to 1."),
        ("amount", "four", "amount", "Enter a whole number."),
        ("amount", "99999999", "amount", "99999999 has to lie between 1 and 87600."),
        ("goal", "9", "goal", "The goal cannot be later than the commitment."),
        ("unit", "none", "amount", "No number belongs to “nothing is promised”."),
        ("unit", "fortnights", "unit", "Select a valid choice."),
        ("reading", "day_rule end_of_day", "reading", "This does not go with the unit."),
        (
            "calendar",
            "",
            "calendar",
            "Opening hours are needed for this: choose some instead of “round the clock”.",
        ),
        (
            "unit",
            "elapsed hours",
            "calendar",
            "This runs without opening hours: choose “round the clock”.",
        ),
        ("calendar", "service", "calendar", "The first response sets the service hours"),
        ("plan", ["standard", "premium"], "__all__", "says something else for the same cases"),
    ],
)
def test_fault_is_told_at_its_field_and_nothing_is_lost(manager, alpha, field, value, at, fault):
    page = manager.get(url("policydraft_targets", "first_response"))
    prefix = row_with(page, "MX-20")
    data = sent_by(page) | {f"{prefix}-note": "typed in", f"{prefix}-{field}": value}

    answer = manager.post(url("policydraft_targets", "first_response"), data)

    form = next(form for form in answer.context["table"] if form.prefix == prefix)
    assert fault in " ".join(form.errors[at])
    assert fault in text_of(answer)
    assert form["note"].value() == "typed in"
    assert in_alpha(alpha, lambda: target("MX-20").note) == ""


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(manager, alpha):
    page = manager.get(url("policydraft_targets", "first_response"))
    first = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "4"}
    second = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "6"}
    manager.post(url("policydraft_targets", "first_response"), first)

    answer = manager.post(url("policydraft_targets", "first_response"), second)

    assert "Somebody else changed or published the working copy" in text_of(answer)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 4 * 3600


def test_rule_names_products_by_the_codes_on_offer(manager, alpha, beta):
    page = manager.get(url("policydraft_targets", "resolution"))
    with tenant(alpha.tenant):
        code = alpha.product.code
    named = {"form-0-amount": "3", "form-0-product": f"{code}, anvil", "form-0-source": "Own"}

    manager.post(url("policydraft_targets", "resolution"), sent_by(page) | named)
    again = manager.get(url("policydraft_targets", "resolution"))

    assert f'<option value="{code}">{alpha.product.name}</option>' in page.content.decode()
    assert beta.product.name not in page.content.decode()
    assert in_alpha(alpha, lambda: target("Own", "resolution").product) == f"{code}, anvil"
    assert again.context["table"][0]["product"].value() == f"{code}, anvil"


def test_hundred_rules_of_one_clock_are_saved_through_their_page(manager, alpha):
    address = url("policydraft_targets", "first_response")
    page = manager.get(address)
    data = sent_by(page)
    first = int(data["form-TOTAL_FORMS"]) - 2
    source = row_with(page, "MX-20")
    one = {key: value for key, value in data.items() if key.startswith(f"{source}-")}
    for number in range(first, 100):
        data |= {key.replace(source, f"form-{number}", 1): one[key] for key in one}
        data |= {f"form-{number}-product": f"p{number}", f"form-{number}-source": f"Own {number}"}
    data["form-TOTAL_FORMS"] = "100"

    answer = manager.post(address, data)

    assert answer.status_code == 302, text_of(answer)
    again = manager.get(address)
    assert len(again.context["table"].initial_forms) == 100
    assert manager.post(address, sent_by(again)).status_code == 302


def test_rules_are_folded_under_the_numbers_of_the_document(manager, alpha):
    page = manager.get(url("policydraft_targets", "next_response"))
    policy = in_alpha(alpha, lambda: edited().policy)

    numbers = [n for n, row in enumerate(policy.targets, 1) if row.clock == "next_response"]
    assert [card.number for card in page.context["cards"]] == [*numbers, 0, 0]
    assert f'id="target-{numbers[0]}"' in page.content.decode()
    assert [card.is_open for card in page.context["cards"]] == [False] * (len(numbers) + 2)


def test_rule_with_a_fault_is_unfolded_and_says_what_it_is_for(manager, alpha):
    address = url("policydraft_targets", "first_response")
    page = manager.get(address)
    prefix = row_with(page, "MX-20")

    answer = manager.post(address, sent_by(page) | {f"{prefix}-amount": ""})

    opened = [card for card in answer.context["cards"] if card.is_open]
    assert [card.form.prefix for card in opened] == [prefix]
    assert f"{opened[0].number}. Standard, Severity" in text_of(answer)
