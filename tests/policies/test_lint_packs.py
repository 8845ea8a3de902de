"""In the four packs the linter names the vendors' own contradictions and blanks, with lines."""

import pytest

from sla.engine.lint import lint
from sla.engine.toml import Lines
from sla.findings import findings_of
from tests.policies.packs import VENDORS, pack, pack_text
from tests.policies.tidy import TODAY

FOUND = {
    "metalogix": [
        ("policy_date", "no_policy_date", None),
        ("phones[0].hours", "answered_yet_closed", 'hours = "always"'),
        ("contact.support_email", "no_support_email", "[contact]"),
        ("readings[0]", "reading_open", "phone_at_any_time"),
        ("readings[1]", "reading_open", "severity_1_by_phone"),
        ("readings[2]", "reading_open", "four_to_eight_hours"),
        ("severities[0].call", "call_changes_promise", 'call = "required"'),
        ("calendars.portal_amer", "calendar_without_holidays", "[calendars.portal_amer]"),
        ("calendars.portal_emea", "calendar_without_holidays", "[calendars.portal_emea]"),
        (
            "targets[3].target",
            "range_for_several",
            'target = { kind = "business_time", hours = 8, goal = 4 }',
        ),
    ],
    "scalix": [
        ("policy_date", "no_policy_date", None),
        ("phones[0].hours", "phone_without_hours", "[[phones]]"),
        ("contact.support_email", "no_support_email", None),
        ("contact.portal", "no_portal", None),
        ("contact.renewal_email", "no_renewal_email", None),
        ("readings[0]", "reading_open", "supported_releases"),
        ("benefits[0].editions", "limit_not_said", "[[benefits]]"),
    ],
    "msp": [
        ("policy_date", "no_policy_date", None),
        ("phones[0].hours", "answered_yet_closed", 'hours = "always"'),
        ("phones[1].hours", "answered_yet_closed", 'hours = "always"'),
        ("contact.support_email", "no_support_email", None),
        ("contact.portal", "no_portal", None),
        ("contact.renewal_email", "no_renewal_email", None),
        ("priorities[0].paging", "paged_without_updates", "paging = true"),
        ("calendars.business_8x5", "calendar_without_holidays", "[calendars.business_8x5]"),
        ("targets[0].target", "immediate_without_figure", 'target = { kind = "immediate" }'),
    ],
    "datadynamics": [
        ("contact.support_email", "no_support_email", None),
        ("contact.portal", "no_portal", None),
        ("contact.renewal_email", "no_renewal_email", None),
        ("readings[0]", "reading_open", "high_priority_immediate"),
        ("readings[1]", "reading_open", "business_days_all_week"),
        ("readings[2]", "reading_open", "swat_severities"),
        ("readings[3]", "reading_open", "supported_versions"),
        ("priorities[0].paging", "urgent_no_sooner", "paging = true"),
        (
            "targets[1].target",
            "days_in_a_whole_week",
            'target = { kind = "business_days", days = 1, day_rule = "same_time" }',
        ),
        (
            "targets[7].target",
            "days_in_a_whole_week",
            'target = { kind = "business_days", days = 1, day_rule = "same_time" }',
        ),
    ],
}


def text_at(vendor: str, path: str) -> str | None:
    """Give the line of the file that a path leads to; of a reading the code below it."""
    text = pack_text(vendor)
    line = Lines(text).of(path)
    if line is None:
        return None
    shown = text.split("\n")[line - 1]
    if shown == "[[readings]]":
        return text.split("\n")[line].split('"')[1]
    return shown


@pytest.mark.parametrize("vendor", VENDORS)
def test_pack_is_found_as_contradictory_as_its_vendors_text(vendor: str) -> None:
    found = lint(pack(vendor), TODAY)

    assert [
        (finding.path, finding.code, text_at(vendor, finding.path)) for finding in found
    ] == FOUND[vendor]


def test_all_eight_contradictions_are_named_with_their_clauses() -> None:
    named = [
        finding.params["sources"]
        for vendor in VENDORS
        for finding in lint(pack(vendor), TODAY)
        if finding.code == "reading_open"
    ]

    assert named == [
        ("DD-10", "DD-21"),
        ("DD-20", "DD-21"),
        ("DD-26",),
        ("DD-32",),
        ("MX-05", "MX-04"),
        ("MX-07",),
        ("MX-19",),
        ("SC-17", "SP-02"),
    ]


def test_finding_is_told_with_place_reason_and_what_to_do() -> None:
    found = {told.path: told for told in findings_of(pack("msp"), TODAY)}

    told = found["phones[0].hours"]
    assert (told.severity, told.sentence, told.advice) == (
        "warning",
        "phone 1, hours: 1-855-760-1700 is always answered, yet the first response to cases by "
        "phone is counted in opening hours for: P4 Normal Priority or P5 Low Priority or P6 "
        "Scheduled Task.",
        "Serve them round the clock, or say when the number is answered.",
    )
