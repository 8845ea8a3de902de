"""From when a new version counts, and why it was published."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.zones import moment_of
from sla.engine.walltime import day_of, instant_of_reading

NOW, LATER = "now", "later"


class PublishForm(forms.Form):
    """Publish now, or from a date of the vendor's zone."""

    when = forms.ChoiceField(
        label=gettext_lazy("In effect"),
        choices=[(NOW, gettext_lazy("at once")), (LATER, gettext_lazy("from a date"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("date"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        # At the ends of the calendar a wall time may have no moment in UTC.
        validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(9998, 12, 31))],
    )
    starts_time = forms.TimeField(
        label=gettext_lazy("time"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=gettext_lazy("Empty: from the beginning of that day."),
    )
    note = forms.CharField(
        label=gettext_lazy("note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What this version is about, for the list of versions."),
    )

    def __init__(self, *arguments: Any, zone: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.zone = zone
        self.fields["starts_on"].help_text = _("In %(zone)s.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["effective_at"] = None
        if cleaned.get("when") != LATER or "starts_on" in self.errors:
            return cleaned
        if cleaned["starts_on"] is None:
            self.add_error("starts_on", _("From which date?"))
        else:
            self._find_moment(cleaned)
        return cleaned

    def _find_moment(self, cleaned: dict[str, Any]) -> None:
        """Set `effective_at`, or say that the clocks skip the time that was given."""
        wall = cleaned.get("starts_time")
        if wall is None:
            cleaned["effective_at"] = _first_moment(cleaned["starts_on"], self.zone)
            return
        local = datetime.combine(cleaned["starts_on"], wall)
        cleaned["effective_at"] = moment_of(local, self.zone)
        if cleaned["effective_at"] is None:
            told = _(
                "%(local)s does not exist in %(zone)s: the clocks are put forward then. "
                "Choose a time before or after the gap."
            )
            figures = {"local": date_format(local, "j M Y, H:i"), "zone": self.zone}
            self.add_error("starts_time", told % figures)


def _first_moment(on: date, zone: str) -> datetime:
    """Find the beginning of a day; where the clocks skip midnight, the end of the gap."""
    return datetime.fromtimestamp(instant_of_reading(zone, day_of(on), 0), UTC)
