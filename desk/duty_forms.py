"""The forms of the duty page: a shift, a weekly pattern, an absence, handing cases on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, Team
from accounts.numbers import number_in
from desk.forms import MomentInput
from desk.words import place_text
from escalation.duty import MOST_WEEKS
from escalation.models import Absence
from tickets.wallclock import read_wall_time

ALL_TEAMS = ("", gettext_lazy("all teams"))
NOBODY = ("", gettext_lazy("nobody"))
THEIR_TEAMS = ("", gettext_lazy("each case to its team"))
WEEKDAYS = [
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]
EVERY = [
    (1, gettext_lazy("every week")),
    (2, gettext_lazy("every second week")),
    (3, gettext_lazy("every third week")),
    (4, gettext_lazy("every fourth week")),
]
NOT_A_DAY = gettext_lazy("Give a date, like 2026-03-09.")
NOT_A_TIME = gettext_lazy("Give a time, like 18:00.")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeOfDayInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _person(label: object, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, **options)


def _day(label: object) -> forms.DateField:
    missing = {"required": NOT_A_DAY, "invalid": NOT_A_DAY}
    return forms.DateField(label=label, widget=DayInput, error_messages=missing)


def _time(label: object) -> forms.TimeField:
    missing = {"required": NOT_A_TIME, "invalid": NOT_A_TIME}
    return forms.TimeField(label=label, widget=TimeOfDayInput, error_messages=missing)


class _DutyForm(forms.Form):
    """Who is on duty for what; the roster is kept on the vendor's clock."""

    team = _person(gettext_lazy("For"), required=False)
    person = _person(gettext_lazy("Who"))

    def __init__(
        self,
        *arguments: Any,
        people: Iterable[Person],
        teams: Iterable[Team],
        zone: str,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.use_required_attribute = False
        self.zone = zone
        self.fields["person"].choices = [(one.pk, one.name) for one in people]
        self.fields["team"].choices = [
            ALL_TEAMS,
            *((team.pk, place_text(team.tier or 0, team.name)) for team in teams),
        ]


class ShiftForm(_DutyForm):
    starts_at = forms.CharField(label=gettext_lazy("From"), widget=MomentInput)
    ends_at = forms.CharField(label=gettext_lazy("Until"), widget=MomentInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        told = _("On the clock of %(zone)s.") % {"zone": self.zone}
        self.fields["starts_at"].help_text = self.fields["ends_at"].help_text = told

    def span(self) -> dict[str, datetime]:
        """Read from when until when. Raises NotAMoment, NoSuchLocalTime."""
        return {
            name: read_wall_time(self.cleaned_data[name], self.zone, field=name)
            for name in ("starts_at", "ends_at")
        }


class WeeklyForm(_DutyForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"),
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day of the week.")},
    )
    opens = _time(gettext_lazy("From"))
    closes = _time(gettext_lazy("Until"))
    first_on = _day(gettext_lazy("Beginning on"))
    weeks = forms.IntegerField(
        label=gettext_lazy("For how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=12
    )
    every = forms.TypedChoiceField(label=gettext_lazy("How often"), coerce=int, choices=EVERY)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["closes"].help_text = _(
            "On the clock of %(zone)s. Earlier than the beginning, or the same: on the next day."
        ) % {"zone": self.zone}
        self.fields["every"].help_text = _(
            "Several people take turns when each has a pattern of their own, a week apart."
        )


class AbsenceForm(forms.Form):
    person = _person(gettext_lazy("Who is away"))
    starts_on = _day(gettext_lazy("First day"))
    ends_on = _day(gettext_lazy("Last day"))
    stand_in = _person(gettext_lazy("Who stands in"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=Absence._meta.get_field("note").max_length,
    )

    def __init__(
        self, *arguments: Any, people: Iterable[Person], by: Person, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.use_required_attribute = False
        others = [(one.pk, one.name) for one in people]
        may_any = by.may("arrange_duty")
        self.fields["person"].choices = others if may_any else [(by.pk, by.name)]
        self.fields["stand_in"].choices = [NOBODY, *others]
        self.initial.setdefault("person", by.pk)


class HandingForm(forms.Form):
    """Who takes all cases; `cases` are those that were listed above it."""

    to = _person(gettext_lazy("Who takes them"), required=False)
    cases = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, people: Iterable[Person], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["to"].choices = [THEIR_TEAMS, *((one.pk, one.name) for one in people)]

    def clean_cases(self) -> list[int]:
        keys = (number_in(text) for text in self.cleaned_data["cases"].split())
        return [key for key in keys if key is not None]
