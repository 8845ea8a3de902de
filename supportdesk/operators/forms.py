"""By how much, or to when, the desk's clock is moved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.errors import DomainError
from accounts.models import Tenant
from supportdesk.operators.clock import next_reading
from tickets.wallclock import read_wall_time

STEPS = (
    (15 * 60, _("+ 15 min")),
    (60 * 60, _("+ 1 h")),
    (4 * 60 * 60, _("+ 4 h")),
    (24 * 60 * 60, _("+ 1 day")),
    (30 * 24 * 60 * 60, _("+ 30 days")),
    (365 * 24 * 60 * 60, _("+ 1 year")),
)


class MoveForm(forms.Form):
    """Move by one of the steps."""

    seconds = forms.TypedChoiceField(choices=STEPS, coerce=int)


class MoveToMoment(forms.Form):
    """Move to a time on a vendor's wall clock, of the day that the form in question asks for."""

    reading = forms.TimeField(
        label=_("at"), initial="09:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    vendor = forms.ChoiceField(label=_("on the clock of"))

    def __init__(self, vendors: Iterable[Tenant], at: datetime, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_{type(self).__name__.lower()}_%s")
        self.at = at
        self.zones = {vendor.slug: vendor.time_zone for vendor in vendors}
        self.fields["vendor"].choices = [
            (vendor.slug, f"{vendor.name} ({vendor.time_zone})") for vendor in vendors
        ]

    def clean(self) -> dict[str, Any]:
        """Work out the `seconds` to move by."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            target = self.target(cleaned, self.zones[cleaned["vendor"]])
        except DomainError as error:
            self.add_error("reading", str(error))
            return cleaned
        if target <= self.at:
            self.add_error("reading", _("It is later than that already."))
            return cleaned
        # A second more would not matter; a second less would be before it.
        return cleaned | {"seconds": max(1, round((target - self.at).total_seconds()))}

    def target(self, cleaned: Mapping[str, Any], zone: str) -> datetime:
        """Find where a valid form leads to. Raises NoSuchLocalTime."""
        raise NotImplementedError


class MoveToForm(MoveToMoment):
    """Move to the next time that a vendor's wall clock shows a weekday and time."""

    weekday = forms.TypedChoiceField(
        label=pgettext_lazy("weekday", "Next"), choices=WEEKDAYS.items(), coerce=int
    )
    field_order = ("weekday", "reading", "vendor")

    def target(self, cleaned: Mapping[str, Any], zone: str) -> datetime:
        return next_reading(
            self.at, zone=zone, weekday=cleaned["weekday"], reading=cleaned["reading"]
        )


class MoveToDateForm(MoveToMoment):
    """Move to a time on a date, by a vendor's calendar."""

    on = forms.DateField(label=_("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    field_order = ("on", "reading", "vendor")

    def target(self, cleaned: Mapping[str, Any], zone: str) -> datetime:
        return read_wall_time(f"{cleaned['on']} {cleaned['reading']:%H:%M}", zone, field="reading")
