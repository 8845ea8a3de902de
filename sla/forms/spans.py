"""Lengths of time in a policy as fields: spans of the calendar, moments of a clock, retargeting."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sla.engine.policy import Policy
from sla.forms.entries import Entry, Radios, Table, Tick

SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
SPAN_UNITS = {
    "days": gettext_lazy("days"),
    "years": gettext_lazy("years"),
    "hours": gettext_lazy("hours, by the clock"),
    "seconds": gettext_lazy("seconds, by the clock"),
}
SPAN_RULES = {
    "same_time": gettext_lazy("at the same time of day"),
    "end_of_day": gettext_lazy("at the end of the last day"),
    "elapsed": gettext_lazy("after exactly so many times 24 hours"),
}
SPAN_ZONES = {
    "customer": gettext_lazy("the customer's clock"),
    "vendor": gettext_lazy("the vendor's clock"),
}
LEAP_DAYS = {
    "february_28": gettext_lazy("28 February"),
    "march_1": gettext_lazy("1 March"),
}
MOMENTS = {
    "opened": gettext_lazy("as it begins"),
    "before percent": gettext_lazy("when this share of the time is left"),
    "before": gettext_lazy("before it is due, by"),
    "due": gettext_lazy("when it is late"),
    "after": gettext_lazy("after it was due, by"),
}
MOMENT_UNITS = {
    "percent": gettext_lazy("percent"),
    "minutes": gettext_lazy("minutes of service time"),
    "hours": gettext_lazy("hours of service time"),
    "seconds": gettext_lazy("seconds of service time"),
}
BASES = {
    "opening": gettext_lazy("from when the case was opened"),
    "change": gettext_lazy("from the change"),
}
FLOORS = {
    "none": gettext_lazy("it may be due at once"),
    "full_target": gettext_lazy("not before one full target has passed since the change"),
}
CAPS = {
    "none": gettext_lazy("it may be later than promised before"),
    "promise": gettext_lazy("never later than promised before"),
}
FROM_NO_TARGET = BASES


class SpanEntry(Entry):
    """A span: how long, to which moment of the last day, on whose clock. No number: no span."""

    look = "several"

    def _name(self, part: str) -> str:
        return f"{self.key}-{part}"

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        choices = {
            "unit": (gettext_lazy("unit"), SPAN_UNITS),
            "rule": (gettext_lazy("ends"), SPAN_RULES),
            "zone": (pgettext_lazy("clock", "by"), SPAN_ZONES),
            "leap_day": (gettext_lazy("a year from 29 February ends on"), LEAP_DAYS),
        }
        number = forms.IntegerField(label=gettext_lazy("how long"), required=False, min_value=1)
        return {self._name("amount"): number} | {
            self._name(part): forms.ChoiceField(
                label=label, choices=known.items(), initial=next(iter(known))
            )
            for part, (label, known) in choices.items()
        }

    def read(self, table: Table) -> dict[str, Any]:
        span = dict(table.get(self.key, {}))
        unit = next((unit for unit in ("days", "years", "seconds") if unit in span), None)
        if unit is None:
            return {}
        amount = span.pop(unit)
        if unit == "seconds" and amount % 3600 == 0:
            unit, amount = "hours", amount // 3600
        return {self._name(part): value for part, value in span.items()} | {
            self._name("amount"): amount,
            self._name("unit"): unit,
        }

    def write(self, cleaned: Table) -> dict[str, object]:
        said = {part: cleaned.get(self._name(part)) for part in ("amount", "unit", "rule", "zone")}
        if said["amount"] is None:
            return {}
        by_clock = said["unit"] in SECONDS
        factor = SECONDS.get(str(said["unit"]), 1)
        span: dict[str, object] = {
            "seconds" if by_clock else str(said["unit"]): said["amount"] * factor,
            "rule": "elapsed" if by_clock else said["rule"],
            "zone": said["zone"],
        }
        if said["unit"] == "years":
            span["leap_day"] = cleaned.get(self._name("leap_day"))
        return {self.key: span}

    def field_at(self, path: str) -> str:
        part = path.rpartition(".")[2]
        return self._name(part if part in ("rule", "zone", "leap_day") else "amount")


class Moment(Entry):
    """When a step of the ladder falls due on its clock."""

    look = "several"
    keys = ("at", "share_percent", "seconds")

    def owns(self, name: str) -> bool:
        return name in ("at", "amount", "unit")

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        return {
            "at": forms.ChoiceField(
                label=gettext_lazy("moment"), choices=MOMENTS.items(), initial="due"
            ),
            "amount": forms.IntegerField(
                label=gettext_lazy("how much"), required=False, min_value=1
            ),
            "unit": forms.ChoiceField(
                label=gettext_lazy("unit"), choices=MOMENT_UNITS.items(), initial="minutes"
            ),
        }

    def read(self, table: Table) -> dict[str, Any]:
        if "share_percent" in table:
            amount = table["share_percent"]
            return {"at": "before percent", "amount": amount, "unit": "percent"}
        if "seconds" not in table:
            return {"at": table["at"]} if "at" in table else {}
        seconds = table["seconds"]
        unit = next(unit for unit, factor in SECONDS.items() if seconds % factor == 0)
        return {"at": table["at"], "amount": seconds // SECONDS[unit], "unit": unit}

    def write(self, cleaned: Table) -> dict[str, object]:
        at, amount = cleaned.get("at", ""), cleaned.get("amount")
        plain = {"at": at.partition(" ")[0]}
        if amount is None or at in ("opened", "due"):
            return plain
        if at == "before percent":
            return plain | {"share_percent": amount}
        return plain | {"seconds": amount * SECONDS.get(cleaned.get("unit", ""), 1)}

    def check(self, form: forms.Form) -> None:
        at, amount = form.cleaned_data.get("at", ""), form.cleaned_data.get("amount")
        is_share = form.cleaned_data.get("unit") == "percent"
        needs = at not in ("", "opened", "due")
        if needs and amount is None and "amount" not in form.errors:
            form.add_error("amount", _("How much? Give a number."))
        if not needs and at and amount is not None:
            form.add_error("amount", _("No number belongs to “%s”.") % MOMENTS[at])
        if needs and amount is not None and is_share != (at == "before percent"):
            form.add_error("unit", _("This unit does not go with “%s”.") % MOMENTS[at])

    def field_at(self, path: str) -> str:
        return "at" if path == "at" else "amount"


class OnCall(Entry):
    """The rule of retargeting when the customer's call is logged, where it is another one."""

    look = "several"

    def _parts(self) -> tuple[Entry, ...]:
        return (Tick("own", self.label), *retarget_entries())

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        held = table.get(self.key, {})
        return {
            f"{self.key}-{name}": field
            for part in self._parts()
            for name, field in part.fields(policy, held).items()
        }

    def read(self, table: Table) -> dict[str, Any]:
        if self.key not in table:
            return {}
        return {f"{self.key}-{key}": value for key, value in table[self.key].items()} | {
            f"{self.key}-own": True
        }

    def write(self, cleaned: Table) -> dict[str, object]:
        if not cleaned.get(f"{self.key}-own"):
            return {}
        keys = [entry.key for entry in retarget_entries()]
        return {self.key: {key: cleaned.get(f"{self.key}-{key}") for key in keys}}

    def field_at(self, path: str) -> str:
        return f"{self.key}-{path.partition('.')[2] or 'own'}"


def retarget_entries() -> tuple[Entry, ...]:
    """List what a rule of retargeting is made of."""
    return (
        Radios(
            "base",
            gettext_lazy("the new target counts"),
            choices=BASES.items(),
            default="opening",
        ),
        Radios(
            "floor",
            gettext_lazy("and after a change to a shorter target"),
            choices=FLOORS.items(),
            default="none",
        ),
        Radios(
            "cap",
            gettext_lazy("and after a change to a longer target"),
            choices=CAPS.items(),
            default="none",
        ),
        Radios(
            "from_no_target",
            gettext_lazy("where nothing was promised before, the first target counts"),
            choices=FROM_NO_TARGET.items(),
            default="change",
        ),
    )
