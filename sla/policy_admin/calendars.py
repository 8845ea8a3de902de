"""The pages of the calendars."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, NotFound
from sla.actions import remove_calendar, save_calendar
from sla.engine.calendar import Calendar
from sla.engine.calendarparts import CUSTOMER_ZONE
from sla.engine.parts import Facts
from sla.errors import PolicyIsFaulty
from sla.forms import calendars as calendar_forms
from sla.forms.bench import BenchForm, Tried, tried
from sla.pages import Edited, edited
from sla.pictures import days_of_month, hour_marks, months_ahead, special_dates, week_rows
from sla.policy_admin.base import DraftPages, revision_of


class CalendarPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("calendars/", self.calendar, "new_calendar"),
            self.named_path("calendars/<slug:code>/", self.calendar, "calendar"),
            self.named_path("calendars/<slug:code>/remove/", require_POST(self.remove), "remove"),
        ]

    def calendar(self, request: HttpRequest, code: str | None = None) -> HttpResponse:
        copy = edited()
        form, table = _calendar_forms(request, copy, code)
        trouble: list[str] = []
        if request.method == "POST" and form.is_valid() and table.is_valid():
            trouble = _save_calendar(request, copy, code, form, table)
            if not trouble and form.is_valid():
                self.log_saved(request, _("Calendar: %(name)s") % form.cleaned_data)
                saved_as = code or form.cleaned_data["code"]
                return redirect("admin:sla_policydraft_calendar", saved_as)
        name = form.initial.get("name")
        return self.page(
            request,
            "calendar",
            _("Calendar: %(name)s") % {"name": name} if name else _("New calendar"),
            revision=revision_of(request, copy),
            form=form,
            table=table,
            trouble=trouble,
            is_faulty=bool(trouble or form.errors or table.total_error_count()),
            code=code,
            lists=copy.policy.holidays,
            **_pictures(request, copy, code),
        )

    def remove(self, request: HttpRequest, code: str) -> HttpResponse:
        revision = revision_of(request, edited())
        try:
            remove_calendar(by=request.user, at=request.at, revision=revision, code=code)
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("admin:sla_policydraft_calendar", code)
        return self.saved(request, _("Calendar removed: %(code)s") % {"code": code})


def _pictures(request: HttpRequest, copy: Edited, code: str | None) -> dict[str, Any]:
    """Draw what the calendar says as it was saved last, and answer what the bench is asked."""
    spec = next((one for one in copy.policy.calendars if one.code == code), None)
    if spec is None or spec.by_region:
        return {}
    calendar = copy.policy.calendar(spec.code, Facts())
    today = request.at.astimezone(ZoneInfo(calendar.zone)).date()
    bench = BenchForm(request.GET, zone=calendar.zone, at=request.at)
    return {
        "week": week_rows(calendar),
        "hours": hour_marks(),
        "days_of_month": days_of_month(),
        "months": months_ahead(calendar, today),
        "ahead": special_dates(calendar, today),
        "zone": calendar.zone,
        "is_customers": spec.zone == CUSTOMER_ZONE,
        "bench": bench,
        "tried": _tried(calendar, bench),
    }


def _tried(calendar: Calendar, bench: BenchForm) -> Tried | None:
    if not bench.is_valid():
        return None
    return tried(calendar, bench.target(), bench.cleaned_data["after"])


def _calendar_forms(request: HttpRequest, copy: Edited, code: str | None) -> tuple[Any, Any]:
    """Give the form of a calendar and the table of its exceptions. Raises NotFound."""
    known = copy.calendar_rows(code) if code else None
    if code and known is None:
        raise NotFound
    sent = request.POST or None
    initial = calendar_forms.initial_of(known) if known else {}
    exceptions = calendar_forms.exceptions_of(known) if known else []
    table = calendar_forms.ExceptionTable(sent, initial=exceptions)
    if known and known.row.by_region:
        return calendar_forms.RegionsForm(sent, initial=initial, policy=copy.policy), table
    form = calendar_forms.CalendarForm(sent, initial=initial, policy=copy.policy, is_new=not known)
    return form, table


def _save_calendar(
    request: HttpRequest, copy: Edited, code: str | None, form: Any, table: Any
) -> list[str]:
    """Save a valid calendar; give back what stands against it and belongs to no field."""
    code = code or form.cleaned_data["code"]
    calendar = form.rows(code, calendar_forms.exception_rows(table))
    revision = revision_of(request, copy)
    try:
        save_calendar(by=request.user, at=request.at, revision=revision, calendar=calendar)
    except PolicyIsFaulty as error:
        calendar_forms.show(form, error.faults, code)
    except DomainError as error:
        return [str(error)]
    return []
