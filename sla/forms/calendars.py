"""A calendar as a person edits it: hours of each weekday, dated exceptions, zone and holidays."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.documents import CalendarRows, intervals_of, intervals_text
from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import CUSTOMER_ZONE
from sla.engine.daytimes import parse_spans
from sla.engine.document import Fault
from sla.engine.errors import EngineError
from sla.engine.policy import Policy
from sla.faults import fault_sentence, fault_text
from sla.models import CalendarException, CalendarRow, CalendarWindow
from sla.words import weekday_name

_SHORT_TIME = re.compile("([0-9]{1,2})(?::([0-9]{2}))?", re.ASCII)


class HoursField(forms.CharField):
    """Opening hours as people write them: "09:00-12:00, 13:00-17:00"; empty is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 400} | options)

    def clean(self, value: str) -> str:
        intervals = [
            [_padded(end) for end in interval] for interval in intervals_of(super().clean(value))
        ]
        try:
            parse_spans(intervals)
        except EngineError as error:
            raise forms.ValidationError(
                _("Write hours like 09:00-17:00, with commas between several; up to 24:00.")
            ) from error
        return intervals_text(intervals)


def _padded(time: str) -> str:
    """Complete what people shorten: "9" and "9:30" are 09:00 and 09:30."""
    short = _SHORT_TIME.fullmatch(time)
    return f"{short[1]:0>2}:{short[2] or '00'}" if short else time


class CalendarForm(forms.Form):
    """A calendar with hours of its own."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        label=gettext_lazy("short name"),
        help_text=gettext_lazy("In files. Letters, digits, hyphens and underscores."),
        error_messages={
            "invalid": gettext_lazy("Use letters, digits, hyphens and underscores only.")
        },
    )
    name = forms.CharField(label=gettext_lazy("name"), max_length=4000)
    zone = forms.ChoiceField(label=gettext_lazy("time zone"))
    holidays = forms.ChoiceField(label=gettext_lazy("holidays"), required=False)

    def __init__(self, *arguments: Any, policy: Policy, is_new: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.taken = {spec.code for spec in policy.calendars} if is_new else set()
        if not is_new:
            del self.fields["code"]
        self.fields["zone"].choices = zone_choices(self.initial.get("zone") or policy.time_zone)
        self.fields["zone"].initial = policy.time_zone
        self.fields["holidays"].choices = [
            ("", _("none")),
            *((one.code, one.name) for one in policy.holidays),
        ]
        for day in WEEKDAYS:
            self.fields[day] = HoursField(label=weekday_name(day))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code in self.taken:
            raise forms.ValidationError(_("There is a calendar with this short name already."))
        return code

    def weekday_fields(self) -> list[forms.BoundField]:
        return [self[day] for day in WEEKDAYS]

    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in WEEKDAYS]

    def rows(self, code: str, exceptions: list[CalendarException]) -> CalendarRows:
        """Give the valid form's rows, unsaved."""
        data = self.cleaned_data
        windows = [
            CalendarWindow(weekday=weekday, opens=opens, closes=closes)
            for weekday, day in enumerate(WEEKDAYS)
            for opens, closes in intervals_of(data[day])
        ]
        row = CalendarRow(
            code=code, name=data["name"], zone=data["zone"], holidays=data["holidays"]
        )
        return CalendarRows(row, windows, exceptions)


class RegionsForm(forms.Form):
    """A calendar that stands for another one in each region."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=4000)

    def __init__(self, *arguments: Any, policy: Policy, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own_hours = [(spec.code, spec.name) for spec in policy.calendars if not spec.by_region]
        self.regions = [region.code for region in policy.regions]
        for region in policy.regions:
            self.fields[f"region-{region.code}"] = forms.ChoiceField(
                label=region.name, choices=own_hours
            )

    def weekday_fields(self) -> list[forms.BoundField]:
        return []

    def other_fields(self) -> list[forms.BoundField]:
        return list(self)

    def rows(self, code: str, exceptions: list[CalendarException]) -> CalendarRows:
        """Give the valid form's rows, unsaved."""
        pairs = [f"{region}={self.cleaned_data[f'region-{region}']}" for region in self.regions]
        name = self.cleaned_data["name"]
        return CalendarRows(CalendarRow(code=code, name=name, by_region=", ".join(pairs)))


class ExceptionForm(forms.Form):
    """Dates with hours of their own."""

    starts_on = forms.DateField(
        label=gettext_lazy("first day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Empty: one day."),
    )
    hours = HoursField(label=gettext_lazy("hours"), help_text=gettext_lazy("Empty: closed."))
    name = forms.CharField(label=gettext_lazy("name"), required=False, max_length=4000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return cleaned

    def row(self) -> CalendarException:
        """Give the valid form's row, unsaved."""
        data = self.cleaned_data
        first: date = data["starts_on"]
        return CalendarException(
            starts_on=first,
            ends_on=data["ends_on"] or first,
            intervals=data["hours"],
            name=data["name"],
        )


class BaseExceptionTable(BaseFormSet):
    """The dates of one calendar with hours of their own."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("remove these dates")

    def clean(self) -> None:
        """Refuse dates that two rows name: nobody would see which of them counts."""
        taken: list[CalendarException] = []
        for form in self.forms:
            if form.errors or not form.cleaned_data or form in self.deleted_forms:
                continue
            row = form.row()
            both = next((one for one in taken if _meet(one, row)), None)
            if both is not None:
                told = _("Another row is about %(dates)s already: keep one of the two.")
                form.add_error("starts_on", told % {"dates": _dates_text(both)})
            taken.append(row)


def _meet(one: CalendarException, other: CalendarException) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _dates_text(dates: CalendarException) -> str:
    days = dict.fromkeys((dates.starts_on, dates.ends_on))
    return " - ".join(date_format(day, "j M Y") for day in days)


ExceptionTable = formset_factory(
    ExceptionForm, formset=BaseExceptionTable, extra=2, can_delete=True
)


def exception_rows(table: Any) -> list[CalendarException]:
    """Give the rows of a valid table, unsaved; unused and deleted ones do not count."""
    return [
        form.row() for form in table.forms if form.cleaned_data and form not in table.deleted_forms
    ]


def initial_of(calendar: CalendarRows) -> dict[str, Any]:
    """Say a calendar as the form's fields do."""
    row = calendar.row
    hours: dict[str, list[tuple[str, str]]] = {day: [] for day in WEEKDAYS}
    for window in calendar.windows:
        hours[WEEKDAYS[window.weekday]].append((window.opens, window.closes))
    regions = dict(pair.split("=") for pair in row.by_region.split(", ") if pair)
    return (
        {"code": row.code, "name": row.name, "zone": row.zone, "holidays": row.holidays}
        | {day: intervals_text(intervals) for day, intervals in hours.items()}
        | {f"region-{region}": code for region, code in regions.items()}
    )


def exceptions_of(calendar: CalendarRows) -> list[dict[str, Any]]:
    """Say a calendar's exceptions as the table's fields do."""
    return [
        {
            "starts_on": one.starts_on,
            "ends_on": None if one.ends_on == one.starts_on else one.ends_on,
            "hours": one.intervals,
            "name": one.name,
        }
        for one in calendar.exceptions
    ]


def show(form: forms.Form, faults: Iterable[Fault], code: str) -> None:
    """Put the faults of a calendar at the fields they are about, others above the form."""
    for fault in faults:
        keys = fault.path.removeprefix(f"calendars.{code}.").split(".")
        name = {"time_zone": "zone", "weekly": keys[-1].partition("[")[0]}.get(keys[0], keys[0])
        is_here = name in form.fields
        form.add_error(
            name if is_here else None, (fault_text if is_here else fault_sentence)(fault)
        )


def zone_choices(current: str | None) -> list[tuple[str, str]]:
    """List the zones a calendar can follow, the customer's own first; the current one is there."""
    found = {name for name in available_timezones() if "/" in name} | {"UTC"}
    places = sorted(found | ({current} if current else set()) - {CUSTOMER_ZONE})
    return [(CUSTOMER_ZONE, _("the customer's own time zone")), *((name, name) for name in places)]
