"""From when a new version counts, and why it was published."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
            starts = cleaned.get("starts_time") or time()
            cleaned["effective_at"] = _moment(cleaned["starts_on"], starts, self.zone)
        return cleaned


def _moment(on: date, wall: time, zone: str) -> datetime:
    """Find the instant of a wall time; of a skipped one the end of the gap."""
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    return datetime.fromtimestamp(instant_of_reading(zone, day_of(on), second), UTC)
