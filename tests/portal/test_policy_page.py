"""The public page of a vendor's policy: what it tells, and what it keeps to itself."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.brand import Uploaded, save_brand
from accounts.errors import NotFound
from accounts.tenancy import tenant
from outbox.delivery import deliver_due
from portal.policy.history import public_part
from portal.policy.hours import hours_shown
from portal.policy.page import policy_page
from portal.policy.table import response_tables
from sla.actions import load_document
from sla.comparison import differences
from sla.engine.document import parse_document
from sla.models import PolicyVersion, PolicyWithdrawal
from sla.queries import current_policy
from sla.withdrawal import withdraw_version
from tests.packs import LONG_AGO, pack_for, publish
from tests.pictures import png
from tests.portal.pages import file_cases, words

PACKS = ["metalogix", "scalix", "msp", "datadynamics"]
# A Sunday; all of them are closed but for what is always answered.
SUNDAY = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
HEADINGS = [
    "When we answer",
    "What a case costs",
    "What each plan brings",
    "Who may open a case",
    "What the words mean",
    "Hours",
    "How to reach us",
    "How a case moves on",
    "Files and tools",
    "What support is for",
    "What has changed",
]
# What a policy does not have, its page does not speak of.
SILENT = {
    "metalogix": {"What a case costs", "What each plan brings", "Files and tools"},
    "scalix": {"Files and tools"},
    "msp": {
        "What a case costs",
        "What each plan brings",
        "Who may open a case",
        "Files and tools",
    },
    "datadynamics": {"What a case costs", "What each plan brings"},
}


def pack(name: str):
    return parse_document(pack_for(name, name))


def table_of(name: str, clock: str = "first_response") -> dict[str, list[tuple[str, str]]]:
    """Read a response table as rows of target and hours."""
    table = next(table for table in response_tables(pack(name)) if table.clock == clock)
    return {
        row.name: [(promise.target, promise.hours) for _column, promise in row.cells]
        for row in table.rows
    }


def notes_of(name: str, clock: str = "first_response") -> list[tuple[str, str]]:
    table = next(table for table in response_tables(pack(name)) if table.clock == clock)
    return [(note.cases, note.promise.target) for note in table.notes]


def table_notes(name: str) -> dict[str, list[str]]:
    """Read what stands beside the promises of the first response."""
    table = response_tables(pack(name))[0]
    return {row.name: [promise.note for _column, promise in row.cells] for row in table.rows}


def publish_changed(twin, name: str, at: datetime, *, start: datetime, **changes: str) -> int:
    """Publish a pack with texts replaced, from `start`; give the number of the version."""
    text = pack_for(twin.tenant.slug, name)
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after, 1)
    with tenant(twin.tenant):
        return load_document(
            text=text, by=None, at=at, effective_at=start, replace_edits=True
        ).number


def page_at(twin, at: datetime, number: int | None = None):
    with tenant(twin.tenant):
        return policy_page(at=at, number=number, person=None)


@pytest.mark.parametrize("name", PACKS)
def test_ms_02_page_is_open_to_anybody_and_complete(vendor, browse, name):
    world = vendor(name)

    page = browse(world.tenant).get("/policy/")

    assert page.status_code == 200
    text = page.content.decode()
    assert [html.unescape(found) for found in re.findall(r"<h2[^>]*>([^<]+)</h2>", text)] == [
        heading for heading in HEADINGS if heading not in SILENT[name]
    ]
    read = words(page)
    policy = pack(name)
    for part in (*policy.severities, *policy.priorities, *policy.case_types, *policy.plans):
        assert part.name in read
    for phone in policy.phones:
        assert phone.number in read
    for one in policy.declined:
        assert one.name in read
        assert one.pointer in read


@pytest.mark.parametrize("name", PACKS)
def test_page_keeps_the_desks_own_to_itself(vendor, browse, name):
    world = vendor(name)

    text = browse(world.tenant).get("/policy/").content.decode()

    for row in pack(name).targets:
        assert not row.source or row.source not in text
    for hidden in ("template", "own aim", "late figures", "Ana Agent", "carla"):
        assert hidden not in text
    assert "style=" not in text
    assert "<script" not in text
    for reading in pack(name).readings:
        assert html.escape(reading.taken) not in text


def test_mx_16_to_20_plan_by_severity_with_ranges_in_words():
    hours = "Metalogix portal hours"

    assert table_of("metalogix") == {
        "Severity Level 1": [("2 business hours", hours), ("within 2 hours, round the clock", "")],
        "Severity Level 2 (High)": [("8 business hours", hours), ("4 to 8 business hours", hours)],
        "Severity Level 3 (Low)": [("8 business hours", hours), ("4 to 8 business hours", hours)],
        "Severity Level 4 (Enhancement, Feature Request or Annoyance)": [
            ("8 business hours", hours),
            ("4 to 8 business hours", hours),
        ],
    }


def test_mx_07_rule_of_a_channel_is_told_in_the_cell_where_it_differs():
    table = response_tables(pack("metalogix"))[0]
    told = {
        (row.name, column): [(names, own.target) for names, own in promise.by_channel]
        for row in table.rows
        for column, promise in row.cells
        if promise.by_channel
    }

    assert told == {("Severity Level 1", "Premium"): [("Web portal", "2 business hours")]}
    assert notes_of("metalogix") == []


def test_mx_07_rule_of_a_channel_is_read_on_the_page(vendor, browse):
    read = words(browse(vendor("metalogix").tenant).get("/policy/"))

    assert "within 2 hours, round the clock By Web portal: 2 business hours" in read


def test_sp_16_without_levels_the_plans_go_down_the_table():
    table = table_of("scalix")

    assert list(table) == [plan.name for plan in pack("scalix").plans]
    assert table["Basic Technical Support"] == [("4 business hours", "Scalix Basic")]
    assert table["Platinum Premium Support"] == [("within 1 hour, round the clock", "")]


def test_ms_05_to_10_priorities_without_plans():
    assert table_of("msp") == {
        "P1 Global Outage": [("immediately", "")],
        "P2 Isolated Outage": [("within 30 minutes, round the clock", "")],
        "P3 High Priority": [("within 4 hours, round the clock", "")],
        "P4 Normal Priority": [("3 business days", "MSP 8x5")],
        "P5 Low Priority": [("1 week", "MSP 8x5")],
        "P6 Scheduled Task": [("at the agreed time", "MSP 8x5")],
    }


@pytest.mark.parametrize("clock", ["first_response", "next_response"])
def test_dd_21_both_clocks_are_tabled_with_whole_days(clock):
    operating, days = "Data Dynamics operating hours", "Data Dynamics business days"

    assert list(table_of("datadynamics", clock).values()) == [
        [("4 business hours", operating)],
        [("1 business day", days)],
        [("2 to 3 business days", days)],
        [("2 to 3 business days", days)],
    ]


def test_dd_11_dd_21_what_has_no_time_is_said_in_words(vendor, browse):
    assert notes_of("datadynamics") == [
        ("priority Low, Problem", ""),
        ("Question or Feature Request or Request", ""),
    ]
    page = words(browse(vendor("datadynamics").tenant).get("/policy/"))
    assert "Priority Low, Problem : No time is promised" in page
    assert "Question or Feature Request or Request : No time is promised" in page
    assert "(for cases with type Problem)" in page


@pytest.mark.parametrize("name", PACKS)
def test_notes_of_promised_rules_stand_beside_them_and_no_others(vendor, browse, name):
    world = vendor(name)

    read = words(browse(world.tenant).get("/policy/"))

    notes = {row.promised: set() for row in pack(name).targets} | {True: set()}
    for one in pack(name).targets:
        if one.note:
            notes[one.promised].add(one.note)
    assert {note for note in notes[True] if note not in read} == set()
    assert {note for note in notes.get(False, set()) if note in read} == set()


def test_note_stands_in_the_table_and_below_it(vendor, browse):
    metalogix = words(browse(vendor("metalogix").tenant).get("/policy/"))
    msp = table_notes("msp")

    assert "Until the call that severity 1 requires has been logged." in metalogix
    assert msp["P1 Global Outage"] == [
        "Somebody is called to it the moment it is set; no minutes are promised."
    ]
    assert msp["P2 Isolated Outage"] == [""]


def test_internal_aims_have_no_table():
    assert [table.clock for table in response_tables(pack("msp"))] == ["first_response"]
    assert [table.clock for table in response_tables(pack("datadynamics"))] == [
        "first_response",
        "next_response",
    ]


def test_only_hours_that_a_promise_or_a_number_uses_are_shown():
    shown = {name: [spec.code for spec in hours_shown(pack(name))] for name in PACKS}

    assert shown["metalogix"] == ["portal_amer", "portal_emea"]
    assert sorted(shown["scalix"]) == ["basic", "basic_annual"]
    assert shown["msp"] == ["business_8x5"]
    assert sorted(shown["datadynamics"]) == ["business_days", "operating"]


def test_mx_08_hours_are_told_by_region_with_its_countries(vendor, browse):
    page = words(browse(vendor("metalogix").tenant).get("/policy/"))

    assert "Metalogix portal hours, EMEA Time zone: Europe/Berlin. For: Europe" in page
    assert "Germany (DE)" in page


def test_sc_06_hours_in_the_customers_own_zone_say_so(vendor, browse):
    page = words(browse(vendor("scalix").tenant).get("/policy/"))

    assert "Scalix Basic In your own time zone." in page


def test_sc_07_holidays_of_the_next_twelve_months_have_dates(twins, alpha):
    publish(alpha, "scalix")

    days = page_at(alpha, SUNDAY).days_off

    assert [(str(day.day.on), day.day.names, day.hours) for day in days[:3]] == [
        ("2026-11-26", ("Thanksgiving Day",), "closed"),
        ("2026-12-25", ("Christmas Day",), "closed"),
        ("2027-01-01", ("New Year's Day",), "closed"),
    ]
    assert len(days) == 11
    assert days[0].calendars == ("Scalix Basic", "Scalix Basic Annual")


def test_mx_05_ms_03_numbers_are_answered_when_they_say(vendor, browse):
    page = words(browse(vendor("metalogix").tenant).get("/policy/"))

    assert (
        "202-609-9100 Dispatch center, answered at any time Answered at any time · open now" in page
    )


def test_number_that_is_closed_says_when_it_opens_in_the_customers_zone(twins, alpha):
    publish_changed(
        alpha,
        "msp",
        LONG_AGO,
        start=LONG_AGO,
        hours=('hours = "always"', 'hours = "business_8x5"'),
    )

    with tenant(alpha.tenant):
        page = policy_page(at=SUNDAY, person=alpha.contact)

    line = page.lines[0]
    assert (line.state, line.opens_at) == ("opens", datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
    assert page.visitor.zone == "Europe/Berlin"


def test_channels_say_who_may_use_them(vendor, browse):
    page = words(browse(vendor("scalix").tenant).get("/policy/"))

    assert "Phone : for Small Business Edition, Enterprise Edition only" in page
    assert "Online form (counts as E-mail)" in page


def test_mx_26_dd_23_tiers_are_named_and_how_a_case_climbs(vendor, browse):
    page = words(browse(vendor("datadynamics").tenant).get("/policy/"))

    assert "3rd level: software engineering" in page
    assert (
        "When nobody moves your case on, it goes from 1st level: technical support to 2nd level: "
        "senior technical support." in page
    )
    assert "account manager in Sales" in page


def test_sc_18_reopening_and_dd_39_waiting_are_told_in_words(vendor, browse):
    scalix = words(browse(vendor("scalix").tenant).get("/policy/"))
    dynamics = words(browse(vendor("datadynamics").tenant).get("/policy/"))

    assert (
        "A closed case can be opened again for 90 days after it was first closed, to the end of "
        "the last day in your own time zone." in scalix
    )
    assert "Points can be used for 1 year after they were bought" in scalix
    assert (
        "is closed 7 days after our last question, at the same time of day in your own time zone. "
        "We remind you 3 and 6 days after it." in dynamics
    )


def test_dd_01_document_bears_its_date(vendor, browse):
    page = words(browse(vendor("datadynamics").tenant).get("/policy/"))

    assert "Document of 3 January 2017 · Version 1, in effect" in page


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        # DD-02 scope, DD-04 precedence, DD-30 conduct, DD-38 what is asked of the customer
        ("datadynamics", ("covered", "eula", "conduct", "customer", "effort")),
        ("scalix", ("covered", "effort", "customer")),  # SC-14, SC-16
        ("metalogix", ("covered", "effort")),
    ],
)
def test_dd_02_dd_04_dd_30_dd_38_sc_16_texts_stand_on_the_page(vendor, browse, name, texts):
    said = pack(name).texts

    page = words(browse(vendor(name).tenant).get("/policy/"))

    for text in texts:
        parts = getattr(said, text)
        assert parts
        for part in parts if isinstance(parts, tuple) else (parts,):
            assert " ".join(part.split()) in page


def test_dd_04_licence_agreement_is_linked_where_its_address_is_known(twins, alpha, browse):
    address = "https://datadynamics.example/eula"
    publish_changed(
        alpha,
        "datadynamics",
        LONG_AGO,
        start=LONG_AGO,
        link=("\neula = ", f'\neula_url = "{address}"\neula = '),
    )

    page = browse(alpha.tenant).get("/policy/").content.decode()

    assert f'<a href="{address}">Read the licence agreement</a>' in page


def test_sc_15_dd_03_what_is_declined_says_who_helps_instead(vendor, browse):
    page = words(browse(vendor("datadynamics").tenant).get("/policy/"))

    assert "IT consulting Please ask Sales." in page


def test_mx_02_plans_tell_their_benefits(vendor, browse):
    page = words(browse(vendor("metalogix").tenant).get("/policy/"))

    for plan in pack("metalogix").plans:
        assert f"{plan.name} {plan.description}" in page


def test_ms_04_uploaded_flow_chart_stands_on_the_page(twins, alpha, beta, browse):
    publish(alpha, "msp")
    publish(beta, "msp")
    with tenant(alpha.tenant):
        chart = Uploaded(content=png(), alt="cn-alpha-chart: first line, then second line")
        save_brand(by=alpha.manager, name="A", time_zone="Europe/Paris", flow_chart=chart)

    page = browse(alpha.tenant).get("/policy/").content.decode()

    address = re.search(r'<img src="(/brand/flow-chart/[0-9a-f]{64}/)" alt="cn-alpha-chart', page)
    assert address
    assert browse(alpha.tenant).get(address[1]).content == png()
    assert "cn-alpha-chart" not in browse(beta.tenant).get("/policy/").content.decode()


def test_version_that_is_announced_is_told_with_what_changes(twins, alpha):
    publish(alpha, "metalogix")
    start = SUNDAY + timedelta(days=40)
    publish_changed(
        alpha,
        "metalogix",
        SUNDAY,
        start=start,
        promise=("hours = 8, goal = 4 }", "hours = 6, goal = 4 }"),
        aim=('source = "template"', 'source = "aim"'),
    )

    page = page_at(alpha, SUNDAY)

    assert (page.shown.number, page.shown.standing) == (1, "current")
    assert [(told.number, told.begins_at) for told in page.announced] == [(2, start)]
    assert [str(change) for change in page.announced[0].changes] == [
        "Premium, Severity Level 2 (High) or Severity Level 3 (Low) or Severity Level 4 "
        "(Enhancement, Feature Request or Annoyance), first response: "
        "4-8 business hours, Metalogix portal hours → 4-6 business hours, Metalogix portal hours"
    ]
    ahead = page_at(alpha, SUNDAY, 2)
    assert ahead.shown.standing == "announced"
    assert ahead.tables[0].rows[1].cells[1][1].target == "4 to 6 business hours"


def test_change_of_the_desks_own_is_no_change_for_customers():
    before = pack("metalogix")
    text = pack_for("metalogix", "metalogix")
    text = text.replace("seconds = 1800", "seconds = 900", 1)
    text = text.replace('queue_order = ["severity", "due"]', 'queue_order = ["due"]', 1)
    after = parse_document(text)

    assert differences(before, after) != ()
    assert differences(public_part(before), public_part(after)) == ()


def test_page_of_a_version_that_was_replaced_says_so(twins, alpha, browse):
    publish(alpha, "metalogix")
    publish(alpha, "msp")

    old = browse(alpha.tenant).get("/policy/?version=1")
    new = browse(alpha.tenant).get("/policy/")

    assert "You read version 1, which another has replaced." in words(old)
    assert "Severity Level 1" in words(old)
    assert "P1 Global Outage" in words(new)
    assert "Version 2" in words(new)


@pytest.mark.parametrize("asked", ["7", "0", "-1", "x", "", "1" * 40, "٣"])
def test_version_that_there_is_not_is_not_found(twins, alpha, browse, asked):
    publish(alpha, "metalogix")

    assert browse(alpha.tenant).get("/policy/", {"version": asked}).status_code == 404


def test_version_that_never_began_is_not_found(twins, alpha):
    publish(alpha, "metalogix")
    start = SUNDAY + timedelta(days=40)
    changes = {"promise": ("hours = 8, goal = 4 }", "hours = 6, goal = 4 }")}
    publish_changed(alpha, "metalogix", SUNDAY, start=start, **changes)
    changes = {"promise": ("hours = 8, goal = 4 }", "hours = 5, goal = 4 }")}
    publish_changed(alpha, "metalogix", SUNDAY, start=SUNDAY, **changes)

    assert [told.number for told in page_at(alpha, SUNDAY).versions] == [3, 1]


def withdraw_at(twin, number: int, at: datetime) -> None:
    with tenant(twin.tenant):
        withdraw_version(number=number, by=twin.manager, at=at, reason="cn-reason")


def test_version_that_was_withdrawn_before_it_began_is_not_found(twins, alpha):
    publish(alpha, "metalogix")
    changes = {"promise": ("hours = 8, goal = 4 }", "hours = 6, goal = 4 }")}
    publish_changed(alpha, "metalogix", SUNDAY, start=SUNDAY + timedelta(days=40), **changes)
    withdraw_at(alpha, 2, SUNDAY + timedelta(days=1))

    later = SUNDAY + timedelta(days=50)
    assert [told.number for told in page_at(alpha, later).versions] == [1]
    with pytest.raises(NotFound):
        page_at(alpha, later, number=2)


def test_version_that_began_after_all_says_since_when(twins, alpha):
    publish(alpha, "metalogix")
    ends = SUNDAY + timedelta(days=30)
    for hours, start in ((6, SUNDAY + timedelta(days=10)), (5, SUNDAY)):
        changes = {"promise": ("hours = 8, goal = 4 }", f"hours = {hours}, goal = 4 }}")}
        publish_changed(alpha, "metalogix", SUNDAY, start=start, **changes)
    withdraw_at(alpha, 3, ends)

    told = page_at(alpha, ends).versions
    assert [(one.number, one.standing, one.begins_at) for one in told] == [
        (3, "withdrawn", SUNDAY),
        (2, "current", ends),
        (1, "past", None),
    ]


def test_withdrawn_version_says_so_and_does_not_count(twins, alpha, browse):
    publish(alpha, "metalogix")
    publish(alpha, "msp")
    with tenant(alpha.tenant) as at:
        PolicyWithdrawal.objects.create(
            tenant=alpha.tenant,
            version=PolicyVersion.objects.get(number=2),
            withdrawn_at=at,
            withdrawn_by=alpha.manager,
            reason="cn-reason",
        )

    assert page_at(alpha, at).shown.number == 1
    with tenant(alpha.tenant):
        assert current_policy(at).number == 1
    withdrawn = browse(alpha.tenant).get("/policy/?version=2")
    current = browse(alpha.tenant).get("/policy/")

    assert "This version was withdrawn:" in words(withdrawn)
    assert "Severity Level 1" in words(current)
    assert "Version 2" in words(current)
    for page in (withdrawn, current):
        assert "cn-reason" not in page.content.decode()
        assert alpha.manager.name not in page.content.decode()


def test_vendor_without_a_policy_says_so(alpha, browse):
    page = browse(alpha.tenant).get("/policy/")

    assert page.status_code == 404
    assert "There is no support policy here yet" in words(page)


def test_each_vendor_shows_its_own(twins, alpha, beta, browse):
    publish(alpha, "metalogix")
    publish(beta, "msp")

    assert "P1 Global Outage" not in words(browse(alpha.tenant).get("/policy/"))
    assert "P1 Global Outage" in words(browse(beta.tenant).get("/policy/"))
    assert browse(beta.tenant).get("/policy/?version=2").status_code == 404


def test_number_of_statements_does_not_grow_with_the_versions(twins, alpha, browse):
    publish(alpha, "metalogix")
    counts = []
    for hours in (9, 10, 11):
        browse(alpha.tenant).get("/policy/")
        with CaptureQueriesContext(connection) as captured:
            browse(alpha.tenant).get("/policy/")
        counts.append(len(captured))
        changes = {"promise": ("hours = 8, goal = 4 }", f"hours = {hours}, goal = 4 }}")}
        publish_changed(alpha, "metalogix", LONG_AGO, start=LONG_AGO, **changes)

    assert len(set(counts)) == 1


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_takes_as_many_statements(vendor, browse, name):
    world = vendor(name)
    browse(world.tenant).get("/policy/")

    with CaptureQueriesContext(connection) as captured:
        browse(world.tenant).get("/policy/")

    assert len(captured) == 8


def test_page_is_linked_from_where_people_look_for_it(vendor, browse):
    world = vendor("metalogix")
    pages = [
        browse(world.tenant).get("/account/login/"),
        browse(world.tenant, world.contact).get("/"),
        browse(world.tenant, world.contact).get("/cases/"),
    ]

    for page in pages:
        assert '<a href="/policy/">Support policy</a>' in page.content.decode()


def test_mail_to_customers_names_the_page_and_mail_to_the_desk_does_not(vendor, at):
    world = vendor("metalogix")
    file_cases(world, 1, at=at, severity="1", case_type="problem")

    call_command("tick", verbosity=0)
    deliver_due()

    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    address = "What we promise: http://metalogix.localhost:8000/policy/"
    assert address in bodies.pop("carla@acme.test")
    assert bodies
    assert not any(address in body for body in bodies.values())


def test_people_of_the_desk_find_their_way_back(vendor, browse):
    world = vendor("metalogix")

    page = browse(world.tenant, world.agent).get("/policy/").content.decode()

    assert 'href="/desk/"' in page
    assert 'href="/file/"' not in page
