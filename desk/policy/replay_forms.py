"""What is to be replayed: which past cases, under which policy."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.parts import Plan
from sla.engine.walltime import day_of, instant_of_reading
from sla.models import PolicyVersion

DAYS_30, QUARTER, YEAR, DATES = "days_30", "quarter", "year", "dates"
WORKING_COPY = "working_copy"
_MONTHS_A_QUARTER = 3
# At the ends of the calendar a wall time may have no moment in UTC.
_SANE = (MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


class ReplayForm(forms.Form):
    """A span of days in the vendor's zone, both ends included, and the policy to replay under."""

    span = forms.ChoiceField(
        label=gettext_lazy("Cases opened in"), widget=forms.RadioSelect, initial=QUARTER
    )
    first = forms.DateField(
        label=gettext_lazy("first day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=_SANE,
    )
    last = forms.DateField(
        label=gettext_lazy("last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=_SANE,
    )
    under = forms.ChoiceField(
        label=gettext_lazy("Under"), widget=forms.RadioSelect, initial=WORKING_COPY
    )
    plan = forms.ChoiceField(label=gettext_lazy("plan"), required=False)

    def __init__(
        self,
        *arguments: Any,
        zone: str,
        at: datetime,
        versions: Iterable[PolicyVersion],
        plans: Iterable[Plan],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.zone = zone
        self.spans = spans(at.astimezone(ZoneInfo(zone)).date())
        self.fields["span"].choices = [
            *((code, _span_label(code, *days)) for code, days in self.spans.items()),
            (DATES, _("days of your own choice")),
        ]
        self.fields["under"].choices = [
            (WORKING_COPY, _("the working copy, as it is now")),
            *((str(version.number), str(version)) for version in versions),
        ]
        self.fields["plan"].choices = [
            ("", _("all plans")),
            *((plan.code, plan.name) for plan in plans),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("span") == DATES:
            self._check_dates(cleaned)
        return cleaned

    def ordered(self) -> dict[str, Any]:
        """Give what was chosen, as `start_replay` takes it, of a valid form."""
        chosen = self.cleaned_data
        first, last = self.spans.get(chosen["span"]) or (chosen["first"], chosen["last"])
        under = chosen["under"]
        return {
            "since": _midnight(first, self.zone),
            "until": _midnight(last + timedelta(days=1), self.zone),
            "version": None if under == WORKING_COPY else int(under),
            "plan": chosen["plan"],
        }

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        for name in ("first", "last"):
            if name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, _("Which day?"))
        if self.errors:
            return
        if cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("This is before the first day."))


def spans(today: date) -> dict[str, tuple[date, date]]:
    """Name the spans to choose from, as first and last day: the quarter is the one before."""
    this_quarter = today.replace(month=today.month - (today.month - 1) % _MONTHS_A_QUARTER, day=1)
    last = this_quarter - timedelta(days=1)
    first = last.replace(month=last.month - _MONTHS_A_QUARTER + 1, day=1)
    return {
        DAYS_30: (today - timedelta(days=29), today),
        QUARTER: (first, last),
        YEAR: (today - timedelta(days=364), today),
    }


def days_text(first: date, last: date) -> str:
    """Say a span of days: "1 July to 30 September 2026"."""
    days = {"first": date_format(first, "j F Y"), "last": date_format(last, "j F Y")}
    if first.year == last.year:
        days["first"] = date_format(first, "j F")
    return _("%(first)s to %(last)s") % days


def _span_label(code: str, first: date, last: date) -> str:
    names = {
        DAYS_30: _("the last 30 days"),
        QUARTER: _("the last quarter"),
        YEAR: _("the last year"),
    }
    return _("%(span)s, %(days)s") % {"span": names[code], "days": days_text(first, last)}


def _midnight(on: date, zone: str) -> datetime:
    return datetime.fromtimestamp(instant_of_reading(zone, day_of(on), 0), UTC)
