"""The pages of reports: what they say, that their statements do not grow, and who stops a mail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Company
from accounts.tenancy import tenant
from reports.feedback import feedback_page
from reports.misses import look_into_misses
from reports.models import ReportWish, ServiceReport
from reports.service import make_reports
from reports.service_mail import stop_url
from reports.spans import month_of
from tests.packs import publish
from tests.reports.conftest import APRIL_1, MARCH, answered
from tests.reports.monthly import monthly_report
from tickets.actions.ending import resolve_case
from tickets.models import Case

MARCH_31 = datetime(2026, 3, 31, 12, tzinfo=UTC)
OWN_SPAN = "?span=own&from=2026-03-01&to=2026-03-31"
PAGES = (
    "reports",
    "report_list",
    "report_causes",
    "report_load",
    "report_points",
    "report_feedback",
)


@pytest.fixture
def desk(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            answered(twin, late=True)
            look_into_misses(APRIL_1)
    return alpha


def statements(client, path):
    with CaptureQueriesContext(connection) as found:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(found)


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_as_much_for_fifty_cases_as_for_one(desk, browse, page):
    path = reverse(f"desk:{page}") + OWN_SPAN + "&by=agent"
    client = browse(desk.tenant, desk.manager)
    client.get(path)
    for_one = statements(client, path)
    with tenant(desk.tenant):
        for _number in range(12):
            answered(desk, late=True)
        look_into_misses(APRIL_1)

    assert statements(client, path) == for_one


def test_page_of_promises_says_what_the_share_is_of_and_leads_to_the_missed_case(desk, browse):
    client = browse(desk.tenant, desk.lead)
    page = client.get(reverse("desk:reports") + OWN_SPAN).content.decode()
    path = reverse("desk:report_list") + OWN_SPAN + "&clock=first_response&outcome=missed"
    listed = client.get(path).content.decode()

    assert "First response" in page
    assert "decided in this time" in page
    assert ("cn-alpha-subject" in listed, "cn-beta-" in page + listed) == (True, False)


def test_causes_of_the_last_hour_are_worked_out_for_the_page(alpha, browse):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        answered(alpha, late=True)

    path = reverse("desk:report_causes") + OWN_SPAN + "&cause=no_owner"
    page = browse(alpha.tenant, alpha.manager).get(path)

    assert "Nobody owned it" in page.content.decode()
    assert page.context["page"].unknown == 0
    assert page.context["page"].misses[0].cause == "Nobody owned it"


def test_span_that_makes_no_sense_is_told_at_its_field(desk, browse):
    path = reverse("desk:reports") + "?span=own&from=2026-03-31&to=2026-03-01"
    page = browse(desk.tenant, desk.manager).get(path)

    assert page.status_code == 422
    assert "The last day is before the first." in page.content.decode()


@pytest.mark.parametrize(
    ("page", "figure"),
    [
        ("reports", lambda shown: shown["page"].total.missed),
        ("report_list", lambda shown: len(shown["rows"])),
        ("report_causes", lambda shown: shown["page"].total),
        ("report_load", lambda shown: shown["page"].opened.total),
        ("report_feedback", lambda shown: shown["page"].ended),
    ],
)
def test_report_is_of_one_company_where_the_address_says_so(desk, browse, page, figure):
    client = browse(desk.tenant, desk.manager)
    path = reverse(f"desk:{page}") + OWN_SPAN + "&outcome=missed"
    with tenant(desk.tenant):
        resolve_case(case_id=Case.objects.get().pk, solution="x", by=desk.agent, at=MARCH_31)
        Company.objects.create(tenant=desk.tenant, name="Quiet Ltd", time_zone="Europe/Paris")
        own = desk.contact.company.name
    asked = {
        "all": "",
        "own": f"&company={own}",
        "part": "&company=quiet",
        "none": "&company=cn-beta",
    }

    answers = {name: client.get(path + company) for name, company in asked.items()}

    found = {name: figure(answer.context) for name, answer in answers.items()}
    assert (found["own"], found["part"], answers["none"].status_code) == (found["all"], 0, 422)
    assert found["all"] > 0
    assert "company=Quiet+Ltd" in answers["part"].content.decode()


@pytest.mark.parametrize(
    "table", ["promises", "listed", "causes", "load", "hours", "points", "feedback"]
)
def test_table_is_a_file_that_runs_nothing(desk, browse, table):
    with tenant(desk.tenant):
        answered(desk, late=True, subject="=1+1")

    path = reverse("desk:report_table", args=[table]) + OWN_SPAN
    answer = browse(desk.tenant, desk.account_manager).get(path)
    text = b"".join(answer.streaming_content).decode()

    assert answer["Content-Disposition"] == (
        f'attachment; filename="{table}-2026-03-01-2026-03-31.csv"'
    )
    assert len(text.splitlines()) > 1 or table in ("points", "feedback")
    assert ("=1+1" in text, ",=1+1" in text) == (table == "listed", False)
    assert "cn-beta" not in text


def test_customer_reads_the_report_of_the_own_company_with_its_receipts(alpha, beta, browse):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            case = answered(twin, late=True)
            make_reports(APRIL_1)
    with tenant(alpha.tenant):
        report = ServiceReport.objects.get(company=alpha.company)
    client = browse(alpha.tenant, alpha.company_admin)

    listed = client.get(reverse("portal:reports")).content.decode()
    page = client.get(reverse("portal:report", args=[report.pk])).content.decode()

    assert "March 2026" in listed
    assert reverse("portal:why", args=[case.number, "first_response-1"]) in page
    assert "cn-beta" not in listed + page
    colleague = browse(alpha.tenant, alpha.colleague)
    assert colleague.get(reverse("portal:report", args=[report.pk])).status_code == 404


def test_link_of_the_mail_stops_it_without_signing_in_and_opening_it_does_not(alpha, browse):
    with tenant(alpha.tenant):
        path = stop_url(alpha.company_admin).partition(alpha.tenant.slug)[2].partition("/")[2]
    client = browse(alpha.tenant)

    opened = client.get(f"/{path}")
    with tenant(alpha.tenant):
        before = ReportWish.objects.count()
    client.post(f"/{path}")

    assert (opened.status_code, before) == (200, 0)
    with tenant(alpha.tenant):
        assert ReportWish.objects.get().wants is False


def test_manager_looks_at_a_month_beforehand_sends_again_and_switches_off(alpha, browse):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        report = monthly_report(alpha)
    client = browse(alpha.tenant, alpha.manager)
    page = reverse("desk:service_report", args=[report.pk])
    preview = reverse("desk:service_preview", args=[alpha.company.pk])
    switch = reverse("desk:service_switch", args=[alpha.company.pk])

    listed = client.get(reverse("desk:service_reports")).content.decode()
    sent = client.post(page, follow=True).content.decode()
    client.post(switch, {"mail": "off"})
    off = client.get(preview).content.decode()
    refused = client.post(page)

    assert f"{alpha.canary}company" in listed
    assert "The report goes to 1 person again." in sent
    assert f"Switched off by {alpha.manager.name}" in off
    assert refused.status_code == 409
    assert month_of(report.first_on, "UTC").last_on.day == 28


def test_how_many_could_have_said_how_it_was_counts_no_case_that_is_out_of_sight(desk):
    with tenant(desk.tenant):
        seen, hidden = answered(desk), answered(desk)
        ends = {"status": "closed", "closed_at": hidden.opened_at + timedelta(hours=2)}
        Case.objects.filter(pk=seen.pk).update(**ends)
        Case.objects.filter(pk=hidden.pk).update(is_restricted=True, **ends)

        counts = [
            feedback_page(MARCH, person, APRIL_1).ended
            for person in (desk.manager, desk.account_manager)
        ]

    assert counts == [2, 1]


@pytest.mark.parametrize("days", ["from=0001-01-01&to=0001-01-31", "from=9999-12-01&to=9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused(desk, browse, days):
    path = reverse("desk:report_load")

    page = browse(desk.tenant, desk.manager).get(f"{path}?span=own&{days}")

    assert page.status_code == 422
