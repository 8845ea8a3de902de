"""The monthly reports at the desk: read, sent again, looked at beforehand, switched off."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Company
from accounts.once import OnceForm, do_once
from accounts.queries import access_company
from desk.page import show
from desk.views.reports import report_page
from reports.forms import CompaniesForm
from reports.models import ServiceReport
from reports.service import (
    access_report,
    last_switch,
    preview_of,
    report_before,
    send_again,
    switch_reports,
    this_month,
)
from reports.service_mail import receivers_of
from reports.service_pages import companies_with_reports
from reports.service_reading import shown_to


@require_safe
@report_page
def service_reports(request: HttpRequest) -> HttpResponse:
    given = CompaniesForm(request.GET)
    page = companies_with_reports(
        request.user,
        given.given("month"),
        given.given("q") or "",
        given.given("page") or 1,
        request.at,
    )
    shown = {"page": page, "report": "service", "zone": request.tenant.time_zone}
    return show(request, "desk/reports/service.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@report_page
def service_report(request: HttpRequest, report_id: int) -> HttpResponse:
    report = access_report(request.user, report_id)
    form = OnceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        do_once(request, form, partial(_send, request, report))
        return redirect("desk:service_report", report.pk)
    return _page(request, report, form=form, before=report_before(report))


@require_safe
@report_page
def preview(request: HttpRequest, company_id: int) -> HttpResponse:
    company = access_company(request.user, company_id)
    report = preview_of(company, this_month(request.at), request.at)
    return _page(request, report, is_preview=True)


@require_POST
@report_page
def switch(request: HttpRequest, company_id: int) -> HttpResponse:
    is_on = request.POST.get("mail") == "on"
    switch_reports(company_id=company_id, is_on=is_on, by=request.user, at=request.at)
    if is_on:
        messages.success(request, _("The monthly report is mailed to this company again."))
    else:
        messages.success(request, _("The monthly report is not mailed to this company any more."))
    return redirect("desk:service_preview", company_id)


def _send(request: HttpRequest, report: ServiceReport) -> None:
    receivers = send_again(report_id=report.pk, by=request.user, at=request.at)
    told = ngettext(
        "The report goes to %(number)d person again.",
        "The report goes to %(number)d people again.",
        len(receivers),
    )
    messages.success(request, told % {"number": len(receivers)})


def _page(request: HttpRequest, report: ServiceReport, **more: object) -> HttpResponse:
    company: Company = report.company
    before = more.pop("before", None)
    shown = shown_to(
        request.user,
        report,
        case_url=lambda number: reverse("desk:case", args=[number]),
        why_url=lambda number, key: reverse("desk:why", args=[number, key]),
        before=before if isinstance(before, ServiceReport) else None,
    )
    whole = {
        "shown": shown,
        "company": company,
        "switched": last_switch(company),
        "receivers": receivers_of([company.pk])[company.pk],
        "may_send": request.user.may("send_reports"),
        "report": "service",
        "zone": request.tenant.time_zone,
    }
    return show(request, "desk/reports/service_report.html", whole | more)
