"""Fields for what a tier aims at, how often a step is taken again, and several drawn as one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.policy import Policy
from sla.forms.entries import Entry, Table, Words
from sla.forms.spans import SECONDS
from sla.forms.targets import READINGS, UNITS

# Beside a number these say how long something may take; others are promises to customers.
_LENGTHS = ("business_time hours", "business_time minutes", "business_days days")
_LENGTHS += ("elapsed hours", "elapsed minutes")
_READINGS = READINGS["business_days"]
_NO_LENGTH = ("", gettext_lazy("no aim"))
REPEAT_UNITS = {
    "minutes": gettext_lazy("minutes, by the clock"),
    "hours": gettext_lazy("hours, by the clock"),
    "seconds": gettext_lazy("seconds, by the clock"),
}


class Together(Entry):
    """Entries that are drawn as one."""

    look = "several"

    def __init__(self, key: str, label: Words, help_text: Words, entries: Iterable[Entry]) -> None:
        super().__init__(key, label, help_text)
        self.entries = tuple(entries)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for entry in self.entries for key in entry.keys)

    def owns(self, name: str) -> bool:
        return any(entry.owns(name) for entry in self.entries)

    def check(self, form: forms.Form) -> None:
        for entry in self.entries:
            entry.check(form)

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        made = (entry.fields(policy, table) for entry in self.entries)
        return {name: field for fields in made for name, field in fields.items()}

    def read(self, table: Table) -> dict[str, Any]:
        said = (entry.read(table) for entry in self.entries)
        return {name: value for values in said for name, value in values.items()}

    def write(self, cleaned: Table) -> dict[str, object]:
        meant = (entry.write(cleaned) for entry in self.entries)
        return {key: value for values in meant for key, value in values.items()}

    def field_at(self, path: str) -> str:
        key = path.partition(".")[0].partition("[")[0]
        entry = next(entry for entry in self.entries if key in entry.keys)
        return entry.field_at(path)


class Length(Entry):
    """How long something may take, as targets say it; no unit chosen: nothing is said."""

    look = "several"

    def _name(self, part: str) -> str:
        return f"{self.key}-{part}"

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        held = _unit_of(table.get(self.key, {}))
        units = dict.fromkeys((*_LENGTHS, held)) if held else _LENGTHS
        number = {"required": False, "min_value": 1}
        return {
            self._name("amount"): forms.IntegerField(label=gettext_lazy("how much"), **number),
            self._name("unit"): forms.ChoiceField(
                label=gettext_lazy("unit"),
                choices=[_NO_LENGTH, *((unit, UNITS[unit]) for unit in units)],
                required=False,
            ),
            self._name("goal"): forms.IntegerField(label=gettext_lazy("goal"), **number),
            self._name("reading"): forms.ChoiceField(
                label=gettext_lazy("days are counted"), choices=_READINGS.items(), required=False
            ),
        }

    def read(self, table: Table) -> dict[str, Any]:
        held = dict(table.get(self.key, {}))
        if not held:
            return {}
        unit = _unit_of(held)
        reading = f"day_rule {held.get('day_rule')}"
        return {
            self._name("amount"): held.get(unit.partition(" ")[2]),
            self._name("unit"): unit,
            self._name("goal"): held.get("goal"),
            self._name("reading"): reading if reading in _READINGS else "",
        }

    def write(self, cleaned: Table) -> dict[str, object]:
        kind, _space, unit = (cleaned.get(self._name("unit")) or "").partition(" ")
        if not kind:
            return {}
        setting, _space, value = (cleaned.get(self._name("reading")) or "").partition(" ")
        said = {
            "kind": kind,
            unit: cleaned.get(self._name("amount")),
            "goal": cleaned.get(self._name("goal")),
            setting: value,
        }
        return {self.key: {key: held for key, held in said.items() if key and held is not None}}

    def check(self, form: forms.Form) -> None:
        unit = form.cleaned_data.get(self._name("unit"))
        amount = form.cleaned_data.get(self._name("amount"))
        if amount is not None and not unit:
            form.add_error(self._name("unit"), _("Of what? Choose a unit."))

    def field_at(self, path: str) -> str:
        part = path.rpartition(".")[2]
        if part == "day_rule":
            return self._name("reading")
        return self._name(part if part == "goal" else "amount")


class Repeat(Entry):
    """How often a step is taken again until somebody acknowledges it; no number: it is not."""

    look = "several"
    keys = ("repeat_seconds", "repeat_times")

    def owns(self, name: str) -> bool:
        return name in ("repeat", "repeat_unit", "repeat_times")

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        return {
            "repeat": forms.IntegerField(
                label=gettext_lazy("again every"), required=False, min_value=1
            ),
            "repeat_unit": forms.ChoiceField(
                label=gettext_lazy("unit"), choices=REPEAT_UNITS.items(), initial="minutes"
            ),
            "repeat_times": forms.IntegerField(
                label=gettext_lazy("times in all"), required=False, min_value=2
            ),
        }

    def read(self, table: Table) -> dict[str, Any]:
        times = {"repeat_times": table.get("repeat_times")}
        seconds = table.get("repeat_seconds")
        if seconds is None:
            return times
        unit = next(unit for unit, factor in SECONDS.items() if seconds % factor == 0)
        return times | {"repeat": seconds // SECONDS[unit], "repeat_unit": unit}

    def write(self, cleaned: Table) -> dict[str, object]:
        amount, times = cleaned.get("repeat"), cleaned.get("repeat_times")
        factor = SECONDS.get(cleaned.get("repeat_unit", ""), 1)
        every = {} if amount is None else {"repeat_seconds": amount * factor}
        return every if times is None else every | {"repeat_times": times}

    def check(self, form: forms.Form) -> None:
        amount, times = (form.cleaned_data.get(name) for name in ("repeat", "repeat_times"))
        if times is not None and amount is None and "repeat" not in form.errors:
            form.add_error("repeat", _("How long after each time? Give a number."))
        if amount is not None and times is None and "repeat_times" not in form.errors:
            form.add_error("repeat_times", _("How often in all? Give a number."))

    def field_at(self, path: str) -> str:
        return "repeat_times" if path == "repeat_times" else "repeat"


def _unit_of(held: Table) -> str:
    """Name the kind and unit of a target as the choices do."""
    kind = held.get("kind", "")
    found = (unit for unit in UNITS if unit.partition(" ")[0] == kind)
    return next((unit for unit in found if unit.partition(" ")[2] in ("", *held)), "")
