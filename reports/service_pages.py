"""The vendor's list of companies with their monthly reports."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator

from accounts.models import Company, Person
from accounts.queries import visible_companies
from reports.models import ServiceReport
from reports.service import last_month
from reports.service_mail import companies_switched_off
from reports.service_reading import MonthRow, month_name, month_rows

COMPANIES_A_PAGE = 50
MONTHS_SHOWN = 36


@dataclass(frozen=True, slots=True)
class MonthChoice:
    first_on: date
    name: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company with its report of the month, None where there is none."""

    company: Company
    row: MonthRow | None
    is_off: bool


@dataclass(frozen=True, slots=True)
class CompaniesPage:
    """A page of companies by name; `months` are those that have reports, the newest first."""

    month: date
    month_name: str
    words: str
    months: tuple[MonthChoice, ...]
    rows: tuple[CompanyRow, ...]
    page: Page


def companies_with_reports(
    person: Person, month: date | None, words: str, number: int, at: datetime
) -> CompaniesPage:
    """List companies with their reports of a month, None = the last. Six statements."""
    months = ServiceReport.objects.order_by("-first_on").values_list("first_on", flat=True)
    known = list(months.distinct()[:MONTHS_SHOWN])
    chosen = month or (known[0] if known else last_month(at).first_on)
    companies = visible_companies(person)
    if words:
        companies = companies.filter(name__icontains=words)
    page = Paginator(companies, COMPANIES_A_PAGE).get_page(number)
    shown = [company.pk for company in page]
    reports = ServiceReport.objects.filter(first_on=chosen, company__in=shown)
    rows = {row.report.company_id: row for row in month_rows(reports)}
    off = companies_switched_off(shown)
    return CompaniesPage(
        month=chosen,
        month_name=month_name(chosen),
        words=words,
        months=tuple(MonthChoice(one, month_name(one), one == chosen) for one in known),
        rows=tuple(CompanyRow(one, rows.get(one.pk), one.pk in off) for one in page),
        page=page,
    )
