"""The monthly reports of a customer's company, for its admins."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import NotFound
from accounts.models import Person
from portal.page import customer_page, show
from reports.service import (
    access_report,
    report_before,
    visible_reports,
    wants_reports,
    wish_for_reports,
)
from reports.service_mail import companies_switched_off, read_stop
from reports.service_reading import month_rows, shown_to

MONTHS_SHOWN = 36


@require_safe
@customer_page
def reports(request: HttpRequest) -> HttpResponse:
    person = _reader(request)
    shown = {
        "rows": month_rows(visible_reports(person)[:MONTHS_SHOWN]),
        "wants": wants_reports(person),
        "is_off": bool(companies_switched_off([person.company_id])),
        "company": person.company,
    }
    return show(request, "portal/reports/list.html", shown)


@require_safe
@customer_page
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    person = _reader(request)
    found = access_report(person, report_id)
    shown = shown_to(
        person,
        found,
        case_url=lambda number: reverse("portal:case", args=[number]),
        why_url=lambda number, key: reverse("portal:why", args=[number, key]),
        before=report_before(found),
    )
    return show(request, "portal/reports/report.html", {"shown": shown, "company": found.company})


@require_POST
@customer_page
def mail(request: HttpRequest) -> HttpResponse:
    person = _reader(request)
    wants = request.POST.get("mail") == "on"
    wish_for_reports(person=person, wants=wants, at=request.at)
    if wants:
        messages.success(request, _("You get the monthly report by mail."))
    else:
        messages.success(request, _("You get the monthly report by mail no more. It stays here."))
    return redirect("portal:reports")


# Mail programs post here by themselves (RFC 8058), without a cookie: the signed address is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person = read_stop(token)
    except NotFound as none:
        raise Http404 from none
    if request.method == "POST":
        wish_for_reports(person=person, wants=False, at=request.at)
    return render(request, "portal/reports/stop.html", {"is_stopped": request.method == "POST"})


def _reader(request: HttpRequest) -> Person:
    """Let those in who may read of all the company's cases. Raises NotFound."""
    if not request.user.may("read_company_cases"):
        raise NotFound
    return request.user
