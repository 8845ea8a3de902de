"""By how much, or to when, the desk's clock is moved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.models import Tenant
from supportdesk.operators.clock import next_reading

STEPS = (
    (15 * 60, _("+ 15 min")),
    (60 * 60, _("+ 1 h")),
    (4 * 60 * 60, _("+ 4 h")),
    (24 * 60 * 60, _("+ 1 day")),
)


class MoveForm(forms.Form):
    """Move by one of the steps."""

    seconds = forms.TypedChoiceField(choices=STEPS, coerce=int)


class MoveToForm(forms.Form):
    """Move to the next time that a vendor's wall clock shows a weekday and time."""

    weekday = forms.TypedChoiceField(label=_("Next"), choices=WEEKDAYS.items(), coerce=int)
    reading = forms.TimeField(
        label=_("at"), initial="09:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    vendor = forms.ChoiceField(label=_("on the clock of"))

    def __init__(self, vendors: Iterable[Tenant], at: datetime, data: Any = None) -> None:
        super().__init__(data)
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
            target = next_reading(
                self.at,
                zone=self.zones[cleaned["vendor"]],
                weekday=cleaned["weekday"],
                reading=cleaned["reading"],
            )
        except DomainError as error:
            self.add_error("reading", str(error))
            return cleaned
        # A second more would not matter; a second less would be before it.
        return cleaned | {"seconds": max(1, round((target - self.at).total_seconds()))}
