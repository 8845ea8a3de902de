"""What the linter finds is shown to a manager, with the way to where it is mended."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from sla.actions import load_document
from sla.engine.document import parse_document
from sla.findings import findings_of
from sla.policy_admin.lint import groups
from tests.packs import LONG_AGO, pack_for, publish
from tests.policies.test_lint_offer import selling
from tests.policies.tidy import TIDY, TODAY, spoiled

CHECK = "/admin/sla/policydraft/check/"
NOT_MANAGERS = ("contact", "company_admin", "agent", "lead", "dispatcher", "account_manager")


def text_of(part):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", part))).strip()


def findings_on(page):
    """List the findings of a page: (what it is about, where its link leads or None)."""
    parts = re.findall(r'<li class="lint-finding">(.*?)</li>', page.content.decode(), re.DOTALL)
    return [
        (
            text_of(re.search(r"<h3>(.*?)</h3>", part, re.DOTALL)[1]),
            (re.search(r'href="/admin/sla/policydraft/([^"]+)"', part) or [None, None])[1],
        )
        for part in parts
    ]


def load(twin, text):
    with tenant(twin.tenant):
        load_document(text=text.replace('"acme"', f'"{twin.tenant.slug}"', 1), by=None, at=LONG_AGO)


def test_findings_of_the_working_copy_lead_to_their_forms(browse, alpha):
    publish(alpha, "metalogix")

    page = browse(alpha.tenant, alpha.manager).get(CHECK)

    assert findings_on(page) == [
        ("Dispatch center, answered at any time, 202-609-9100", "sections/phones/"),
        ("Contact, support address", "sections/contact/"),
        ("Two readings of clauses MX-05, MX-04", "sections/readings/"),
        ("Two readings of clause MX-07", "sections/readings/"),
        ("Two readings of clause MX-19", "sections/readings/"),
        ("Severity Level 1", "sections/severities/"),
        ("Metalogix portal hours, AMER", "calendars/portal_amer/"),
        ("Metalogix portal hours, EMEA", "calendars/portal_emea/"),
        (
            "4. First response: Premium, Severity Level 2 (High) or Severity Level 3 (Low) or "
            "Severity Level 4 (Enhancement, Feature Request or Annoyance)",
            "targets/first_response/#target-4",
        ),
        ("Date of the document", "sections/general/"),
    ]
    assert "Phone support round the clock is for Premium customers" in page.content.decode()


def test_links_lead_to_pages_that_are_there(browse, alpha):
    load(alpha, pack_for("alpha", "metalogix"))
    manager = browse(alpha.tenant, alpha.manager)

    ways = {way for _about, way in findings_on(manager.get(CHECK)) if way}

    assert {manager.get(f"/admin/sla/policydraft/{way}").status_code for way in ways} == {200}


def test_policy_without_findings_says_so(browse, alpha):
    load(alpha, TIDY.replace('time_zone = "Europe/Berlin"\ncase', 'time_zone = "UTC"\ncase'))

    page = browse(alpha.tenant, alpha.manager).get(CHECK)

    assert findings_on(page) == []
    assert "Nothing found: every case has a rule" in page.content.decode()


@pytest.mark.parametrize("role", NOT_MANAGERS)
def test_page_is_for_managers(browse, alpha, role):
    publish(alpha, "metalogix")

    assert browse(alpha.tenant, alpha.person_of(role)).get(CHECK).status_code == 404


def test_vendor_without_a_policy_is_told(browse, alpha):
    page = browse(alpha.tenant, alpha.manager).get(CHECK)

    assert page.status_code == 200
    assert findings_on(page) == []


def test_gravest_come_first_and_each_knows_its_page():
    policy = parse_document(
        spoiled(
            ("goal = 2", "goal = 4"),
            ("", '\n[calendars.shut]\nname = "Shut for good"\ntime_zone = "UTC"\n'),
            ('[[holidays.own.days]]\nname = "First of May"\nmonth = 5\nday = 1\n', ""),
            ('case_type = ["question"]', 'case_type = ["question"], severity = ["1"]'),
        )
    )

    found = groups(policy, findings_of(policy, TODAY))

    assert [
        (group.severity, [(line.about, line.page, line.argument) for line in group.lines])
        for group in found
    ] == [
        ("error", [("Shut for good", "admin:sla_policydraft_calendar", "shut")]),
        (
            "warning",
            [
                ("Own", "admin:sla_policydraft_holidays", "own"),
                ("Targets", "admin:sla_policydraft_targets", "first_response"),
            ],
        ),
        (
            "notice",
            [
                ("Shut for good", "admin:sla_policydraft_calendar", "shut"),
                (
                    "2. First response: Gold, Bad",
                    "admin:sla_policydraft_targets",
                    "first_response",
                ),
            ],
        ),
    ]


def test_address_of_the_page():
    assert reverse("admin:sla_policydraft_lint") == CHECK


def test_overview_counts_what_the_check_found(browse, alpha):
    publish(alpha, "metalogix")

    page = text_of(
        browse(alpha.tenant, alpha.manager).get("/admin/sla/policydraft/").content.decode()
    )

    assert re.search(r"The check of the policy: This deserves a look \(\d+\), This is good", page)


def test_findings_in_what_is_sold_are_named_and_lead_to_their_forms(browse, alpha):
    text = selling(
        ("points = 50", "points = 20"),
        ("included_points = 200", "included_points = 50"),
        ("silver = 1, best = 2 }", "silver = 3, best = 2 }"),
        ('points = 30\n', 'points = 30\n\n[[prices]]\npoints = 5\n'),
        ("unit = ", 'when = { plan = ["tin", "gold", "best"] }\nunit = '),
        ("licence_days = [30]", ""),
    )  # fmt: skip
    load(alpha, text)

    page = browse(alpha.tenant, alpha.manager).get(CHECK)

    assert findings_on(page) == [
        ("Best", "sections/plans/"),
        ("Any case: 5 points", "sections/prices/"),
        ("Packs of points", "sections/packs/"),
        ("Training", "sections/benefits/"),
        ("Supported releases", "sections/supported_releases/"),
        ("Notices before something ends", "sections/notices/"),
    ]
