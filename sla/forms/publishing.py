"""From when a new version counts, what it does to open cases, and what is said about it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.zones import moment_of
from sla.engine.walltime import day_of, instant_of_reading
from sla.models import OpenCases
from sla.publishing import Terms

# Next Monday is sent as its date: it is the one that was shown, whenever it is sent.
NOW, LATER = "now", "later"

OPEN_CASES = [
    (
        OpenCases.KEEP,
        gettext_lazy("They keep the promises they have. Only what is opened from then on is new."),
    ),
    (
        OpenCases.FROM_CHANGE,
        gettext_lazy(
            "They get the new promises, counted from the beginning of the version. Their clocks "
            "are set anew then; a verdict once given stays."
        ),
    ),
    (
        OpenCases.FROM_OPENING,
        gettext_lazy(
            "They get the new promises, counted from their opening. Where the new promise is "
            "shorter, some may be late at once."
        ),
    ),
]


class PublishForm(forms.Form):
    """Publish now, next Monday, or from a date of the vendor's zone.

    Of a policy with findings that are errors (`is_broken`) it asks whether that is meant.
    """

    when = forms.ChoiceField(label=gettext_lazy("In effect"), widget=forms.RadioSelect, initial=NOW)
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
    open_cases = forms.ChoiceField(
        label=gettext_lazy("Cases that are open then"),
        choices=OPEN_CASES,
        widget=forms.RadioSelect,
        initial=OpenCases.KEEP,
    )
    note = forms.CharField(
        label=gettext_lazy("note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What this version is about, for the list of versions."),
    )
    customer_note = forms.CharField(
        label=gettext_lazy("note to customers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "In your words, by mail to the contacts whose promises change. What changes and from "
            "when is added to it. Empty: nobody is written to."
        ),
    )

    meant = forms.BooleanField(
        label=gettext_lazy("I mean it: publish it although this cannot work"),
        error_messages={"required": gettext_lazy("Say that you mean it, or mend it first.")},
    )

    def __init__(
        self, *arguments: Any, zone: str, at: datetime, is_broken: bool, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        if not is_broken:
            del self.fields["meant"]
        self.zone = zone
        self.monday = _next_monday(at, zone)
        self._offer_beginnings()
        self.fields["starts_on"].help_text = _("In %(zone)s.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["effective_at"] = None
        if cleaned.get("when") == self.monday.isoformat():
            cleaned["effective_at"] = _first_moment(self.monday, self.zone)
        if cleaned.get("when") != LATER or "starts_on" in self.errors:
            return cleaned
        if cleaned["starts_on"] is None:
            self.add_error("starts_on", _("From which date?"))
        else:
            self._find_moment(cleaned)
        return cleaned

    def terms(self) -> Terms:
        """Give what was chosen, of a valid form."""
        names = ("effective_at", "open_cases", "note", "customer_note")
        return Terms(**{name: self.cleaned_data[name] for name in names})

    def _offer_beginnings(self) -> None:
        when = self.fields["when"]
        monday = {"date": date_format(self.monday, "j F Y")}
        when.choices = [
            (NOW, _("at once")),
            (self.monday.isoformat(), _("from next Monday, %(date)s, 00:00") % monday),
            (LATER, _("from another date")),
        ]
        passed = _date_of(self.data.get(self.add_prefix("when"), ""))
        if passed is not None and passed < self.monday:
            told = _("Monday, %(date)s, 00:00 has passed since this page was shown: choose again.")
            figures = {"date": date_format(passed, "j F Y")}
            when.error_messages["invalid_choice"] = told % figures

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


def _next_monday(at: datetime, zone: str) -> date:
    today = at.astimezone(ZoneInfo(zone)).date()
    return today + timedelta(days=7 - today.weekday())


def _date_of(sent: str) -> date | None:
    try:
        return date.fromisoformat(sent)
    except ValueError:
        return None


def _first_moment(on: date, zone: str) -> datetime:
    """Find the beginning of a day; where the clocks skip midnight, the end of the gap."""
    return datetime.fromtimestamp(instant_of_reading(zone, day_of(on), 0), UTC)


class ReasonForm(forms.Form):
    """Why something is declined."""

    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=200, widget=forms.Textarea({"rows": 2})
    )


class WithdrawForm(ReasonForm):
    """Why a version is withdrawn, and what its customers are told beside that."""

    customer_note = forms.CharField(
        label=gettext_lazy("note to customers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "In your words, for those who were told of this version by mail. That it is withdrawn "
            "and what holds instead is written to them in any case. The reason above is for the "
            "managers only."
        ),
    )
