"""The pages of the calendars."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, NotFound
from sla.actions import remove_calendar, save_calendar
from sla.errors import PolicyIsFaulty
from sla.forms import calendars as calendar_forms
from sla.pages import Edited, edited
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
                name = form.cleaned_data["name"]
                return self.saved(request, _("Calendar: %(name)s") % {"name": name})
        name = form.initial.get("name")
        return self.page(
            request,
            "calendar",
            _("Calendar: %(name)s") % {"name": name} if name else _("New calendar"),
            revision=revision_of(request, copy),
            form=form,
            table=table,
            trouble=trouble,
            code=code,
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
