"""The pages of the lists of holidays."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, NotFound
from sla.engine.calendar import Calendar
from sla.engine.calendarparts import CalendarSpec, HolidayList
from sla.errors import PolicyIsFaulty
from sla.forms import holidays as holiday_forms
from sla.holidays import add_country, remove_holidays, save_holidays
from sla.pages import Edited, edited
from sla.pictures import special_dates
from sla.policy_admin.base import DraftPages, revision_of


class HolidayPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("holidays/", self.holidays, "new_holidays"),
            self.named_path("holidays/<slug:code>/", self.holidays, "holidays"),
            self.named_path(
                "holidays/<slug:code>/country/", require_POST(self.add_country), "add_country"
            ),
            self.named_path(
                "holidays/<slug:code>/remove/", require_POST(self.remove_list), "remove_holidays"
            ),
        ]

    def holidays(self, request: HttpRequest, code: str | None = None) -> HttpResponse:
        copy = edited()
        known = _list_of(copy, code) if code else None
        form, rules, dates = _forms(request, copy, known)
        trouble: list[str] = []
        if request.method == "POST" and all(one.is_valid() for one in (form, rules, dates)):
            saved_as = code or form.cleaned_data["code"]
            trouble = _save(request, copy, saved_as, form, rules, dates)
            if not trouble and not _has_errors(form, rules, dates):
                told = _("Holidays: %(name)s") % {"name": form.cleaned_data["name"]}
                self.log_saved(request, told)
                return redirect("admin:sla_policydraft_holidays", saved_as)
        country = holiday_forms.CountryForm() if known else None
        return self._list_page(request, copy, known, form, rules, dates, trouble, country)

    def add_country(self, request: HttpRequest, code: str) -> HttpResponse:
        copy = edited()
        known = _list_of(copy, code)
        country = holiday_forms.CountryForm(request.POST)
        if not country.is_valid():
            form, rules, dates = _forms(request, copy, known, is_sent=False)
            return self._list_page(request, copy, known, form, rules, dates, [], country)
        try:
            added = add_country(
                by=request.user,
                at=request.at,
                revision=revision_of(request, copy),
                code=code,
                **country.cleaned_data,
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            told = ngettext("%(number)d date was added.", "%(number)d dates were added.", added)
            self.log_change(request, copy.draft, _("Holidays: %(name)s") % {"name": known.name})
            messages.success(request, told % {"number": added})
        return redirect("admin:sla_policydraft_holidays", code)

    def remove_list(self, request: HttpRequest, code: str) -> HttpResponse:
        revision = revision_of(request, edited())
        try:
            remove_holidays(by=request.user, at=request.at, revision=revision, code=code)
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("admin:sla_policydraft_holidays", code)
        return self.saved(request, _("Holidays removed: %(code)s") % {"code": code})

    def _list_page(
        self,
        request: HttpRequest,
        copy: Edited,
        known: HolidayList | None,
        form: Any,
        rules: Any,
        dates: Any,
        trouble: list[str],
        country: Any,
    ) -> HttpResponse:
        title = _("New list of holidays")
        if known:
            title = _("Holidays: %(name)s") % {"name": known.name}
        return self.page(
            request,
            "holidays",
            title,
            revision=revision_of(request, copy),
            form=form,
            rules=rules,
            dates=dates,
            trouble=trouble,
            country=country,
            code=known.code if known else None,
            ahead=_ahead(known, request) if known else [],
            used_by=_calendars_with(copy, known),
        )


def _calendars_with(copy: Edited, known: HolidayList | None) -> list[CalendarSpec]:
    return [spec for spec in copy.policy.calendars if known and spec.holidays == known.code]


def _list_of(copy: Edited, code: str) -> HolidayList:
    found = next((one for one in copy.policy.holidays if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _forms(
    request: HttpRequest, copy: Edited, known: HolidayList | None, *, is_sent: bool = True
) -> tuple[Any, Any, Any]:
    sent = (request.POST or None) if is_sent else None
    taken = None if known else [one.code for one in copy.policy.holidays]
    form = holiday_forms.HolidayListForm(
        sent, initial=holiday_forms.initial_of(known) if known else {}, taken=taken
    )
    rules = holiday_forms.RuleTable(
        sent, initial=holiday_forms.rules_of(known) if known else [], prefix="rules"
    )
    dates = holiday_forms.OwnDateTable(
        sent, initial=holiday_forms.dates_of(known) if known else [], prefix="dates"
    )
    return form, rules, dates


def _save(
    request: HttpRequest, copy: Edited, code: str, form: Any, rules: Any, dates: Any
) -> list[str]:
    """Save a valid list; give back what stands against it and belongs to no field."""
    table = {
        "name": form.cleaned_data["name"],
        "observed": form.cleaned_data["observed"],
        "dates": dates.tables(),
        "days": rules.tables(),
    }
    revision = revision_of(request, copy)
    try:
        save_holidays(by=request.user, at=request.at, revision=revision, code=code, table=table)
    except PolicyIsFaulty as error:
        return holiday_forms.show(form, rules, dates, error.faults, code)
    except DomainError as error:
        return [str(error)]
    return []


def _has_errors(form: Any, rules: Any, dates: Any) -> bool:
    return bool(form.errors or rules.total_error_count() or dates.total_error_count())


def _ahead(known: HolidayList, request: HttpRequest) -> list[Any]:
    """List the dates of the next twelve months that the list closes."""
    always = ((0, 86_400),)
    calendar = Calendar(request.tenant.time_zone, (always,) * 7, holidays=known.as_set())
    return special_dates(calendar, request.at.date())
