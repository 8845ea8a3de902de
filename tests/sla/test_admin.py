"""Editing and publishing the policy in the admin, without JavaScript."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse

from accounts.tenancy import desk_now, tenant
from sla.documents import read_rows
from sla.models import PolicyVersion
from sla.queries import current_policy, working_copy
from tests.packs import publish
from tests.sla.working import numbers, target

NOT_MANAGERS = ("contact", "company_admin", "agent", "lead", "dispatcher", "account_manager")


def url(name, *arguments):
    return reverse(f"admin:sla_{name}", args=arguments)


PAGES = [
    ("policydraft_changelist",),
    ("policydraft_targets", "first_response"),
    ("policydraft_new_calendar",),
    ("policydraft_calendar", "portal_amer"),
    ("policydraft_calendar", "portal"),
    ("policydraft_publish",),
    ("policyversion_changelist",),
    ("policyversion_text", 1),
]
POSTS = [("policydraft_remove", "portal_amer"), ("policydraft_undo",)]


@pytest.fixture
def manager(browse, alpha, beta):
    """The manager of alpha, which follows Metalogix, as beta does."""
    publish(alpha, "metalogix")
    publish(beta, "metalogix")
    return browse(alpha.tenant, alpha.manager)


def text_of(page):
    """Give what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def sent_by(page):
    """Fill in the main form of a page as a browser would send it unchanged."""
    context = page.context
    data = {"revision": str(context["revision"])}
    forms = [context["form"]] if "form" in context else []
    if "table" in context:
        forms += [context["table"].management_form, *context["table"].forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            data[field.html_name] = "on" if value is True else value
    return data


def row_with(page, source):
    """Find the prefix of the row of the targets' table that has this source."""
    return next(form.prefix for form in page.context["table"] if form["source"].value() == source)


def in_alpha(alpha, read):
    with tenant(alpha.tenant):
        return read()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "-".join(map(str, page)))
def test_every_page_shows_own_things_only(manager, beta, page):
    answer = manager.get(url(*page))

    assert answer.status_code == 200
    assert beta.canary not in answer.content.decode()


@pytest.mark.parametrize("role", NOT_MANAGERS)
def test_there_is_nothing_here_for_anybody_else(manager, browse, alpha, role):
    client = browse(alpha.tenant, alpha.person_of(role))

    asked = [client.get(url(*page)) for page in [*PAGES, *POSTS]]
    sent = [client.post(url(*page), {"revision": "2"}) for page in [*PAGES, *POSTS]]

    assert {answer.status_code for answer in [*asked, *sent]} == {404}
    assert in_alpha(alpha, numbers) == [1]


@pytest.mark.parametrize("page", POSTS, ids=lambda page: page[0])
def test_getting_changes_nothing(manager, page):
    assert manager.get(url(*page)).status_code == 405


@pytest.mark.parametrize(
    "page",
    [
        ("policydraft_targets", "waiting_on_customer"),
        ("policydraft_targets", "nonsense"),
        ("policydraft_calendar", "nowhere"),
        ("policyversion_text", 2),
    ],
    ids=lambda page: str(page[1]),
)
def test_what_is_not_there_is_not_found(manager, page):
    assert manager.get(url(*page)).status_code == 404


@pytest.mark.parametrize("page", ["policydraft_changelist", "policydraft_publish"])
def test_without_a_policy_the_pages_say_what_to_do(browse, alpha, page):
    answer = browse(alpha.tenant, alpha.manager).get(url(page))

    assert answer.status_code == 200
    assert "load_policy" in text_of(answer)


def test_overview_tells_the_rules_in_words(manager):
    said = text_of(manager.get(url("policydraft_changelist")))

    assert "First response Edit First response within 2 hours, round the clock, 2 business" in said
    assert "Resolution Edit Resolution Nothing is promised, and this clock" in said
    assert "Europe/Berlin; Monday 08:00-19:00" in said
    assert "what version 1, the one published last, says" in said


@pytest.fixture
def high_ids(db):
    """Have rows numbered beyond any figure of a policy."""
    sequence = "nextval(pg_get_serial_sequence('sla_targetrow', 'id'))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({sequence}) FROM generate_series(1, 1000)")


@pytest.mark.parametrize("page", PAGES[:-1], ids=lambda page: "-".join(map(str, page)))
def test_pages_show_no_ids_of_rows_and_no_json(high_ids, manager, alpha, page):
    ids = in_alpha(alpha, lambda: [row.pk for row in read_rows(working_copy()).targets])

    shown = manager.get(url(*page)).content.decode()

    assert not any(f'value="{pk}"' in shown or f"/{pk}/" in shown for pk in ids)
    assert "{&quot;" not in shown


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


@pytest.mark.parametrize("code", ["portal_amer", "portal"])
def test_calendar_sent_back_as_it_came_changes_nothing(manager, code):
    page = manager.get(url("policydraft_calendar", code))

    answer = manager.post(url("policydraft_calendar", code), sent_by(page))

    assert answer.status_code == 302
    overview = manager.get(url("policydraft_changelist"))
    assert "what version 1, the one published last, says" in text_of(overview)


@pytest.fixture
def faster(manager):
    """Have Standard promised four hours in the working copy; give the answer of the page."""
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "4"}
    return manager.post(url("policydraft_targets", "first_response"), data, follow=True)


def published(manager, **changes):
    page = manager.get(url("policydraft_publish"))
    return manager.post(url("policydraft_publish"), sent_by(page) | changes, follow=True)


def current_number(twin):
    with tenant(twin.tenant):
        return current_policy(desk_now()).number


def test_saved_target_is_not_promised_before_it_is_published(manager, alpha, faster):
    assert "Saved in the working copy." in text_of(faster)
    assert "The working copy has changes that are not published." in text_of(faster)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 4 * 3600
    assert current_number(alpha) == 1


def test_changed_target_is_compared_and_published(manager, alpha, beta, faster):
    compared = text_of(manager.get(url("policydraft_publish")))
    answer = published(manager, note="Faster")

    assert "8 business hours, Metalogix portal hours 4 business hours" in compared
    assert "Version 2 is published." in text_of(answer)
    assert (current_number(alpha), current_number(beta)) == (2, 1)
    assert in_alpha(alpha, LogEntry.objects.filter(user=alpha.manager).count) == 2


def test_published_version_shows_its_text_and_what_changed(manager, faster):
    published(manager, note="Faster")

    said = text_of(manager.get(url("policyversion_text", 2)))

    assert "8 business hours, Metalogix portal hours 4 business hours" in said
    assert 'vendor = "alpha"' in said
    assert "Faster" in said


def test_version_is_published_from_a_date_of_the_vendors_zone(manager, alpha, faster):
    published(manager, when="later", starts_on="2999-07-01", starts_time="08:30")

    with tenant(alpha.tenant):
        version = PolicyVersion.objects.get(number=2)
    # 08:30 of a summer's day in Paris.
    assert version.effective_at == datetime(2999, 7, 1, 6, 30, tzinfo=UTC)
    assert current_number(alpha) == 1
    page = manager.get(url("policydraft_publish"))
    assert "there is nothing to publish" in text_of(page)
    listed = text_of(manager.get(url("policyversion_changelist")))
    assert "Version 2 Mon 1 Jul 2999, 08:30 CEST" in listed
    assert "Version 1 the beginning" in listed


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"when": "later"}, "From which date?"),
        ({"when": "later", "starts_on": "soon"}, "Enter a valid date."),
        ({"when": "later", "starts_on": "2001-01-01"}, "cannot take effect before"),
        ({"when": "later", "starts_on": "9999-12-31"}, "less than or equal to 9998-12-31"),
        ({"when": "never"}, "Select a valid choice."),
        ({"revision": "1"}, "Somebody else changed or published the working copy"),
        ({"revision": "x"}, "Somebody else changed or published the working copy"),
    ],
)
def test_publishing_that_cannot_be_is_told_why(manager, alpha, faster, changes, fault):
    answer = published(manager, **changes)

    assert fault in text_of(answer)
    assert in_alpha(alpha, numbers) == [1]


def test_nothing_is_published_twice(manager, alpha, faster):
    page = sent_by(manager.get(url("policydraft_publish")))
    manager.post(url("policydraft_publish"), page)

    again = manager.post(url("policydraft_publish"), page)

    assert "there is nothing to publish" in text_of(again)
    assert in_alpha(alpha, numbers) == [1, 2]


def test_version_that_has_not_begun_is_pointed_out(manager, alpha, faster):
    published(manager, when="later", starts_on="2999-07-01")
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": "2"}
    manager.post(url("policydraft_targets", "first_response"), data)

    assert "Version 2 is to begin on" in text_of(manager.get(url("policydraft_publish")))


def test_time_that_the_clocks_skip_is_refused_in_words(manager, alpha, faster):
    skipped = published(manager, when="later", starts_on="2999-03-31", starts_time="02:30")

    assert (
        "31 Mar 2999, 02:30 does not exist in Europe/Paris: the clocks are put forward then."
        in text_of(skipped)
    )
    assert in_alpha(alpha, numbers) == [1]


def with_amount(manager, amount):
    page = manager.get(url("policydraft_targets", "first_response"))
    data = sent_by(page) | {f"{row_with(page, 'MX-20')}-amount": amount}
    manager.post(url("policydraft_targets", "first_response"), data)


def test_copy_is_compared_with_what_is_in_effect_and_with_what_waits(manager, faster):
    published(manager, when="later", starts_on="2999-07-01")
    waiting = text_of(manager.get(url("policydraft_publish")))
    with_amount(manager, "2")

    said = text_of(manager.get(url("policydraft_publish")))

    in_effect, _heading, waits = said.partition("Compared with version 2, which was published last")
    assert "Version 2 is to begin on Mon 1 Jul 2999, 00:00 CEST." in waiting
    assert "Compared with version 1, which is in effect for customers now" in in_effect
    assert "8 business hours, Metalogix portal hours 2 business hours" in in_effect
    assert "4 business hours, Metalogix portal hours 2 business hours" in waits


def test_version_that_was_replaced_before_it_began_says_so(manager, faster):
    published(manager, when="later", starts_on="2999-07-01")
    with_amount(manager, "2")
    published(manager)
    with_amount(manager, "3")

    listed = text_of(manager.get(url("policyversion_changelist")))
    replaced = text_of(manager.get(url("policyversion_text", 2)))
    after = text_of(manager.get(url("policyversion_text", 3)))
    page = text_of(manager.get(url("policydraft_publish")))

    assert "Version 2 never in effect: replaced by version 3" in listed
    assert "never in effect: replaced by version 3" in replaced
    assert "What changes, compared with version 1" in after
    assert "8 business hours, Metalogix portal hours 2 business hours" in after
    assert "is to begin on" not in page


def test_changes_are_undone(manager, alpha, faster):
    page = manager.get(url("policydraft_publish"))

    answer = manager.post(url("policydraft_undo"), sent_by(page), follow=True)

    assert "The working copy says what the version published last says." in text_of(answer)
    assert in_alpha(alpha, lambda: target("MX-20").amount) == 8 * 3600


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


def test_calendar_is_made_changed_and_removed(manager, alpha):
    page = manager.get(url("policydraft_new_calendar"))
    made = sent_by(page) | {
        "code": "night",
        "name": "Night shift",
        "zone": "customer",
        "mon": "22-6, 9:00-12:30",
        "form-0-starts_on": "2026-12-24",
        "form-0-hours": "09:00-12:00",
        "form-0-name": "Christmas Eve",
        "form-1-starts_on": "2026-12-28",
        "form-1-ends_on": "2026-12-31",
    }
    manager.post(url("policydraft_new_calendar"), made)
    overview = text_of(manager.get(url("policydraft_changelist")))
    compared = text_of(manager.get(url("policydraft_publish")))
    page = manager.get(url("policydraft_calendar", "night"))
    manager.post(
        url("policydraft_calendar", "night"),
        sent_by(page) | {"name": "Nights", "mon": "", "form-0-DELETE": "on"},
    )
    changed = in_alpha(alpha, lambda: read_rows(working_copy()).calendars[-1])
    page = manager.get(url("policydraft_calendar", "night"))
    manager.post(url("policydraft_remove", "night"), {"revision": page.context["revision"]})

    assert "the customer's own time zone; Monday 22:00-06:00, 09:00-12:30" in overview
    assert "Calendar not there Night shift" in compared
    assert (changed.row.name, changed.windows) == ("Nights", [])
    assert [str(one.starts_on) for one in changed.exceptions] == ["2026-12-28"]
    assert "there is nothing to publish" in text_of(manager.get(url("policydraft_publish")))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"mon": "nine to five"}, "Write hours like 09:00-17:00"),
        ({"mon": "09:00-09:00"}, "Write hours like 09:00-17:00"),
        ({"zone": "Mars/Base"}, "Select a valid choice."),
        ({"name": ""}, "This field is required."),
        ({"form-0-starts_on": "2026-02-30"}, "Enter a valid date."),
        ({"form-0-hours": "09:00-12:00"}, "This field is required."),
        (
            {"form-0-starts_on": "2026-12-24", "form-0-ends_on": "2026-12-23"},
            "The last day lies before the first.",
        ),
        (
            {
                "form-0-starts_on": "2026-12-24",
                "form-1-starts_on": "2026-12-23",
                "form-1-ends_on": "2026-12-31",
                "form-1-hours": "09:00-12:00",
            },
            "Another row is about 24 Dec 2026 already: keep one of the two.",
        ),
        (
            dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""),
            "“portal” is not open long enough within ten years.",
        ),
    ],
)
def test_faulty_calendar_is_told_and_not_saved(manager, alpha, changes, fault):
    page = manager.get(url("policydraft_calendar", "portal_amer"))

    answer = manager.post(url("policydraft_calendar", "portal_amer"), sent_by(page) | changes)

    assert answer.status_code == 200
    assert fault in text_of(answer)
    assert in_alpha(alpha, lambda: len(read_rows(working_copy()).calendars[1].windows)) == 5


def test_calendar_with_a_short_name_in_use_is_not_made(manager):
    page = manager.get(url("policydraft_new_calendar"))
    data = sent_by(page) | {"code": "portal", "name": "Mine", "zone": "UTC"}

    answer = manager.post(url("policydraft_new_calendar"), data)

    assert "There is a calendar with this short name already." in text_of(answer)


def test_calendar_in_use_is_not_removed(manager, alpha):
    page = manager.get(url("policydraft_calendar", "portal_emea"))

    answer = manager.post(
        url("policydraft_remove", "portal_emea"),
        {"revision": page.context["revision"]},
        follow=True,
    )

    assert "There is no calendar “portal_emea”" in text_of(answer)
    assert in_alpha(alpha, lambda: len(read_rows(working_copy()).calendars)) == 3


def test_region_is_given_another_calendar(manager, alpha):
    page = manager.get(url("policydraft_calendar", "portal"))
    data = sent_by(page) | {"region-EMEA": "portal_amer"}

    manager.post(url("policydraft_calendar", "portal"), data)

    regions = in_alpha(alpha, lambda: read_rows(working_copy()).calendars[0].row.by_region)
    assert regions == "AMER=portal_amer, EMEA=portal_amer"
