"""The monthly report of a company: made once, kept as it was, mailed, sent again, switched off.

It is made on the first day of the next month on the vendor's calendar. The figures are frozen with
their checksum, so that customer and vendor read the same ones later.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import NotAllowed, NotFound
from accounts.models import Company, Person, Tenant
from accounts.queries import access_company
from accounts.tenancy import current_tenant_id
from reports.errors import NobodyToSendTo
from reports.models import ReportSwitch, ReportWish, ServiceReport
from reports.service_figures import Figures, checksum_of, contracts_of, figures_of, has_news
from reports.service_mail import queue_reports, receivers_of
from reports.spans import ONE_DAY, Span, month_of


@transaction.atomic
def make_reports(at: datetime) -> list[ServiceReport]:
    """Make the reports of the last month that are not made yet, and have them mailed.

    Of every company that had a contract then, or on whose cases something happened. Harmless to
    repeat. The statements do not grow with companies or cases.
    """
    month = last_month(at)
    made = ServiceReport.objects.filter(first_on=month.first_on).values("company")
    missing = Company.objects.exclude(pk__in=made).select_related("tenant")
    companies = {one.pk: one for one in missing.order_by("pk")}
    if not companies:
        return []
    figures = figures_of(month, companies, at)
    covered = set(contracts_of(month, companies).values_list("company", flat=True))
    fresh = [
        report_of(companies[pk], month, figures[pk], at)
        for pk in companies
        if pk in covered or has_news(figures[pk])
    ]
    ServiceReport.objects.bulk_create(fresh, ignore_conflicts=True)
    reports = list(ServiceReport.objects.filter(first_on=month.first_on, made_at=at))
    queue_reports([one for one in reports if has_news(one.figures)], at=at)
    return reports


@transaction.atomic
def send_again(*, report_id: int, by: Person, at: datetime) -> list[Person]:
    """Mail a report once more to all who may have it; return who that is.

    Raises NotAllowed, NotFound, NobodyToSendTo.
    """
    if not by.may("send_reports"):
        raise NotAllowed
    report = access_report(by, report_id)
    receivers = receivers_of([report.company_id])[report.company_id]
    if not receivers:
        raise NobodyToSendTo
    queue_reports([report], at=at, again=True)
    return receivers


@transaction.atomic
def switch_reports(*, company_id: int, is_on: bool, by: Person, at: datetime) -> None:
    """Switch the mail of a company's monthly reports off or on; the reports are made all the same.

    A switch to what holds already is left out. Raises NotAllowed, NotFound.
    """
    if not by.may("send_reports"):
        raise NotAllowed
    company = access_company(by, company_id)
    last = ReportSwitch.objects.filter(company=company).order_by("-pk").first()
    if (last is None or last.is_on) != is_on:
        ReportSwitch.objects.create(
            tenant_id=current_tenant_id(),
            company=company,
            is_on=is_on,
            switched_by=by,
            switched_at=at,
        )


@transaction.atomic
def wish_for_reports(*, person: Person, wants: bool, at: datetime) -> None:
    """Keep whether somebody wants the monthly report by mail. Harmless to repeat."""
    ReportWish.objects.update_or_create(
        tenant_id=current_tenant_id(), person=person, defaults={"wants": wants, "said_at": at}
    )


def wants_reports(person: Person) -> bool:
    """Tell whether somebody wants the monthly report by mail: yes, unless they said no."""
    return not ReportWish.objects.filter(person=person, wants=False).exists()


def visible_reports(person: Person) -> QuerySet[ServiceReport]:
    """Select the monthly reports that somebody may read, the newest first.

    They tell of all cases of a company: a contact, who sees their own alone, reads none.
    """
    reports = ServiceReport.objects.select_related("company__tenant").order_by(
        "-first_on", "company__name", "pk"
    )
    if person.may("see_reports"):
        return reports
    if person.company_id is not None and person.may("read_company_cases"):
        return reports.filter(company=person.company_id)
    return reports.none()


def access_report(person: Person, report_id: int) -> ServiceReport:
    """Find a report that somebody may read. Raises NotFound."""
    report = visible_reports(person).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    return report


def report_before(report: ServiceReport) -> ServiceReport | None:
    """Find the report of the month before, to compare with."""
    before = (report.first_on - ONE_DAY).replace(day=1)
    return ServiceReport.objects.filter(company=report.company_id, first_on=before).first()


def last_switch(company: Company) -> ReportSwitch | None:
    """Find who switched the mail to a company last, and how; None where nobody ever did."""
    switches = ReportSwitch.objects.filter(company=company).select_related("switched_by")
    return switches.order_by("-pk").first()


def last_month(at: datetime) -> Span:
    """Give the month before that of `at`, on the vendor's calendar."""
    this = this_month(at)
    return month_of((this.first_on - ONE_DAY).replace(day=1), this.zone)


def this_month(at: datetime) -> Span:
    """Give the month of `at`, on the vendor's calendar."""
    zone = Tenant.objects.values_list("time_zone", flat=True).get(pk=current_tenant_id())
    return month_of(at.astimezone(ZoneInfo(zone)).date().replace(day=1), zone)


def preview_of(company: Company, month: Span, at: datetime) -> ServiceReport:
    """Work out a report as it would be made now; nothing is kept."""
    return report_of(company, month, figures_of(month, {company.pk: company}, at)[company.pk], at)


def report_of(company: Company, month: Span, figures: Figures, at: datetime) -> ServiceReport:
    """Make the row, unsaved, of a company's month."""
    return ServiceReport(
        tenant_id=current_tenant_id(),
        company=company,
        first_on=month.first_on,
        made_at=at,
        figures=figures,
        checksum=checksum_of(figures),
    )


def is_as_made(report: ServiceReport) -> bool:
    """Tell whether the figures still are those that the report was made with."""
    return checksum_of(report.figures) == report.checksum
