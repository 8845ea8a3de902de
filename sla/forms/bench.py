"""The bench of a calendar: "4 business hours after … is …, because …"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.zones import moment_of, moment_text
from sla.engine.calendar import Calendar
from sla.engine.errors import EngineError
from sla.engine.receipt import receipt
from sla.engine.target import Target, promise
from sla.explain import engine_error_text, receipt_sentences, target_text
from sla.forms.targets import SECONDS, UNITS

# What a calendar can be asked: the units that are counted in its hours.
_ASKED = (
    "business_time hours",
    "business_time minutes",
    "business_days days",
    "next_business_day",
    "weeks weeks",
)


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer of the bench: a sentence, and why as further ones; or what stands against it."""

    sentence: str
    because: tuple[str, ...] = ()
    is_refused: bool = False


class BenchForm(forms.Form):
    """An amount of the calendar's time from a moment on its wall clock."""

    amount = forms.IntegerField(
        label=gettext_lazy("how many"), min_value=1, max_value=10_000, required=False
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("of what"), choices=[(unit, UNITS[unit]) for unit in _ASKED]
    )
    after = forms.DateTimeField(
        label=gettext_lazy("after"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, data: Mapping[str, Any], *, zone: str, at: datetime) -> None:
        asked = {name: data[name] for name in ("amount", "unit", "after") if name in data}
        now = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        initial = {"amount": 4, "unit": _ASKED[0], "after": now}
        super().__init__(asked or None, initial=initial)
        self.zone = zone
        self.fields["after"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}

    def clean_after(self) -> datetime:
        local = self.cleaned_data["after"].replace(tzinfo=None)
        moment = moment_of(local, self.zone)
        if moment is None:
            raise forms.ValidationError(
                _("The clocks of %(zone)s skip this time: choose another.") % {"zone": self.zone}
            )
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_counted = bool(cleaned.get("unit", "").partition(" ")[2])
        if is_counted and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("How many? Give a number."))
        return cleaned

    def target(self) -> Target:
        """Give what a valid form asks about."""
        kind, _space, unit = self.cleaned_data["unit"].partition(" ")
        return Target(
            kind, (self.cleaned_data["amount"] or 0) * SECONDS.get(unit, 1) if unit else 0
        )


def tried(calendar: Calendar, target: Target, after: datetime) -> Tried:
    """Work out when a target that begins at `after` is due, and say why."""
    opened_at = int(after.timestamp())
    figures = {"what": target_text(target), "start": moment_text(after, calendar.zone)}
    try:
        found = promise(calendar, target, opened_at)
    except EngineError as error:
        return Tried(engine_error_text(error), is_refused=True)
    assert found.due_at is not None
    due_at = datetime.fromtimestamp(found.due_at, after.tzinfo)
    intervals = receipt(calendar, target, found, opened_at)
    return Tried(
        _("%(what)s after %(start)s: %(due)s.")
        % (figures | {"due": moment_text(due_at, calendar.zone)}),
        receipt_sentences(intervals, calendar.zone),
    )
