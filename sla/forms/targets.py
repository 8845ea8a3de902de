"""The table of targets of one clock, as a person edits it, and the rows that it stands for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sla.comparison import cases_text, promise_text
from sla.documents import comma_list
from sla.engine.document import Fault
from sla.engine.forms import TARGET_SETTINGS
from sla.engine.parts import AXES, SERVICE
from sla.engine.policy import Policy
from sla.engine.target import Target
from sla.faults import fault_sentence, fault_text
from sla.forms.entries import CodesField
from sla.models import TargetRow
from sla.words import AXIS_NAMES, axis_parts

# What a person chooses beside a number: the kind of target and the unit, in one.
UNITS = {
    "business_time hours": gettext_lazy("business hours"),
    "business_time minutes": gettext_lazy("business minutes"),
    "business_days days": gettext_lazy("business days"),
    "next_business_day": gettext_lazy("next business day"),
    "weeks weeks": gettext_lazy("weeks"),
    "elapsed hours": gettext_lazy("hours, round the clock"),
    "elapsed minutes": gettext_lazy("minutes, round the clock"),
    "immediate": gettext_lazy("immediately"),
    "scheduled": gettext_lazy("at the agreed time"),
    "none": gettext_lazy("nothing is promised"),
    "business_time seconds": gettext_lazy("business seconds"),
    "elapsed seconds": gettext_lazy("seconds, round the clock"),
}
ROUND_THE_CLOCK = gettext_lazy("round the clock")
# Faults of the field "hours", in the words of its options.
_OF_HOURS = {
    "calendar_needed": gettext_lazy(
        "Opening hours are needed for this: choose some instead of “%(option)s”."
    ),
    "calendar_not_used": gettext_lazy("This runs without opening hours: choose “%(option)s”."),
}
SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
# How exactly it is meant, for the kinds that can be meant in several ways; "" is the usual one.
READINGS = {
    "business_days": {
        "": gettext_lazy("to the same time of day"),
        "day_rule next_opening": gettext_lazy("on to the next opening"),
        "day_rule end_of_day": gettext_lazy("to the end of the day"),
    },
    "weeks": {
        "": gettext_lazy("to a time within the hours"),
        "back exact": gettext_lazy("to the second, open or not"),
    },
    "scheduled": {
        "": gettext_lazy("within the hours"),
        "outside exact": gettext_lazy("as agreed, open or not"),
    },
}
# The field of the table that shows a fault of the document's key.
FIELD_OF = {
    "calendar": "calendar",
    "counts_late": "counts_late",
    "source": "source",
    "note": "note",
    "target": "amount",
    "goal": "goal",
    "day_rule": "reading",
    "outside": "reading",
    "back": "reading",
} | {axis: axis for axis in AXES}


def calendar_choices(policy: Policy) -> list[tuple[str, Any]]:
    """List the hours in which a target can run."""
    return [
        ("", ROUND_THE_CLOCK),
        *((spec.code, spec.name) for spec in policy.calendars),
        (SERVICE, _("the hours of the first response")),
    ]


def check_amounts(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Tell where commitment, goal and unit do not go together."""
    kind, _space, unit = cleaned.get("unit", "").partition(" ")
    amount, goal = cleaned.get("amount"), cleaned.get("goal")
    if unit and amount is None and "amount" not in form.errors:
        form.add_error("amount", _("How many? Give a number."))
    for name, value in (("amount", amount), ("goal", goal)):
        if kind and not unit and value is not None:
            form.add_error(name, _("No number belongs to “%s”.") % UNITS[kind])
    if amount is not None and goal is not None and goal > amount:
        form.add_error("goal", _("The goal cannot be later than the commitment."))


class TargetForm(forms.Form):
    """One rule. The fields of the axes are those of the policy at hand; none ticked means any."""

    amount = forms.IntegerField(label=gettext_lazy("commitment"), required=False, min_value=1)
    # A preset one, so that an unused row counts as unchanged.
    unit = forms.ChoiceField(
        label=gettext_lazy("unit"), choices=UNITS.items(), initial="business_time hours"
    )
    goal = forms.IntegerField(label=gettext_lazy("goal"), required=False, min_value=1)
    calendar = forms.ChoiceField(label=gettext_lazy("hours"), required=False)
    reading = forms.ChoiceField(label=gettext_lazy("counted"), required=False)
    promised = forms.BooleanField(
        label=gettext_lazy("told to the customer"), required=False, initial=True
    )
    counts_late = forms.BooleanField(
        label=gettext_lazy("counts in late figures"), required=False, initial=True
    )
    source = forms.CharField(label=gettext_lazy("source"), required=False, max_length=4000)
    note = forms.CharField(
        label=pgettext_lazy("for customers", "note"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("Customers read it beside the promise, if it is told to them."),
    )

    def __init__(self, *arguments: Any, policy: Policy, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.axes = [axis for axis in AXES if axis_parts(policy, axis)]
        for axis in self.axes:
            self.fields[axis] = forms.MultipleChoiceField(
                label=AXIS_NAMES[axis],
                required=False,
                choices=[(part.code, part.name) for part in axis_parts(policy, axis)],
                widget=forms.CheckboxSelectMultiple,
            )
        # Products are the vendor's stock: their codes are typed, with those known on offer.
        self.fields["product"] = CodesField(label=AXIS_NAMES["product"])
        self.axes.append("product")
        self.fields["calendar"].choices = calendar_choices(policy)
        # The unit that is preset needs opening hours, so some are preset as well.
        self.fields["calendar"].initial = next((spec.code for spec in policy.calendars), "")
        self.fields["reading"].choices = self._readings()

    def _readings(self) -> list[tuple[str, Any]]:
        """List the readings of the kind at hand, and the one chosen before if it is another's."""
        here = READINGS.get(_kind_of(self["unit"].value()), {"": ""})
        chosen = self["reading"].value()
        others = (each for kind in READINGS.values() for each in kind.items())
        stray = (each for each in others if each[0] == chosen and chosen not in here)
        return [*here.items(), *stray]

    @property
    def has_readings(self) -> bool:
        """Tell whether there is anything to choose, or to mend, in how exactly it is meant."""
        return len(self.fields["reading"].choices) > 1 or bool(self["reading"].errors)

    def named_axes(self) -> list[forms.BoundField]:
        """List the axes that this rule names, and those with a fault."""
        return [self[axis] for axis in self.axes if self[axis].value() or self[axis].errors]

    def other_axes(self) -> list[forms.BoundField]:
        """List the axes on which any case will do."""
        named = {field.name for field in self.named_axes()}
        return [self[axis] for axis in self.axes if axis not in named]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_amounts(self, cleaned)
        self._check_reading(_kind_of(cleaned.get("unit")), cleaned.get("reading", ""))
        return cleaned

    def _check_reading(self, kind: str, reading: str) -> None:
        setting = reading.partition(" ")[0]
        if setting and kind and TARGET_SETTINGS[setting][0] != kind:
            self.add_error("reading", _("This does not go with the unit."))

    def row(self, clock: str) -> TargetRow:
        """Give the valid form's row, unsaved."""
        data = self.cleaned_data
        kind, _space, unit = data["unit"].partition(" ")
        factor = SECONDS.get(unit, 1)
        setting, _space, value = data["reading"].partition(" ")
        return TargetRow(
            clock=clock,
            kind=kind,
            amount=(data["amount"] or 0) * factor,
            goal=None if data["goal"] is None else data["goal"] * factor,
            calendar=data["calendar"],
            promised=data["promised"],
            counts_late=data["counts_late"],
            source=data["source"],
            note=data["note"],
            **{axis: ", ".join(data[axis]) for axis in self.axes},
            **({setting: value} if setting else {}),
        )


class BaseTargetTable(BaseFormSet):
    """The rules of one clock; unused and deleted rows do not count."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("remove this rule")

    def kept(self) -> list[TargetForm]:
        """List the forms that stand for a rule, in order."""
        return [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.has_changed() or form.initial)
        ]

    def show(self, faults: Iterable[Fault], first: int) -> list[str]:
        """Put faults at the fields they are about; give back those that are about other things.

        `first` is the place, in the document, of the first rule of this table.
        """
        kept, elsewhere = self.kept(), []
        for fault in faults:
            section, _dot, key = fault.path.partition(".")
            number = section.removeprefix("targets[").removesuffix("]")
            index = int(number) - first if number.isdecimal() else -1
            if not 0 <= index < len(kept):
                elsewhere.append(fault_sentence(fault))
                continue
            form = kept[index]
            field = field_at(key)
            form.add_error(field if field in form.fields else None, fault_words(fault))
        return elsewhere


TargetTable = formset_factory(TargetForm, formset=BaseTargetTable, extra=2, can_delete=True)


@dataclass(frozen=True)
class Card:
    """A rule as the page folds it: its number in the document, 0 for a new one, and its words."""

    form: TargetForm
    number: int
    cases: str
    promise: str

    @property
    def is_open(self) -> bool:
        return bool(self.form.errors) or (self.form.is_bound and self.form.has_changed())


def cards(table: BaseTargetTable, clock: str, policy: Policy) -> list[Card]:
    """Give the forms of a clock's rules with the headings of the rules as they are saved.

    Numbers are the places in the document, as the check of the policy names them.
    """
    saved = [pair for pair in enumerate(policy.targets, 1) if pair[1].clock == clock]
    named = [(number, cases_text(row, policy), promise_text(row, policy)) for number, row in saved]
    empty = [(0, "", "")] * (len(table.forms) - len(named))
    return [Card(form, *words) for form, words in zip(table.forms, [*named, *empty], strict=False)]


def initial_of(row: TargetRow) -> dict[str, Any]:
    """Say a row as the form's fields do."""
    unit = unit_of(row)
    kind, _space, name = unit.partition(" ")
    factor = SECONDS.get(name, 1)
    return {
        "amount": row.amount // factor if name else None,
        "unit": unit,
        "goal": None if row.goal is None else row.goal // factor,
        "calendar": row.calendar,
        "reading": _reading_of(row, kind),
        "promised": row.promised,
        "counts_late": row.counts_late,
        "source": row.source,
        "note": row.note,
        "product": row.product,
    } | {axis: comma_list(getattr(row, axis)) for axis in AXES if axis != "product"}


def unit_of(row: TargetRow | Target) -> str:
    """Choose the largest unit in which commitment and goal are whole numbers."""
    units = [unit for unit in UNITS if unit.split(" ")[0] == row.kind]
    amounts = (row.amount, row.goal or 0)
    return next(
        unit
        for unit in units
        if not any(amount % SECONDS.get(unit.partition(" ")[2], 1) for amount in amounts)
    )


def merged(
    rows: Sequence[TargetRow], clock: str, edited: Sequence[TargetRow]
) -> tuple[list[TargetRow], int]:
    """Put one clock's edited rules in the place of its old ones; tell where they begin."""
    clocks = [row.clock for row in rows]
    first = clocks.index(clock) if clock in clocks else len(rows)
    before = [row for row in rows[:first] if row.clock != clock]
    after = [row for row in rows[first:] if row.clock != clock]
    return [*before, *edited, *after], len(before)


def fault_words(fault: Fault) -> str:
    """Say a fault of a target, in the words of the fields where they have some."""
    if fault.code in _OF_HOURS:
        return str(_OF_HOURS[fault.code]) % {"option": ROUND_THE_CLOCK}
    return fault_text(fault)


def _kind_of(unit: str | None) -> str:
    return (unit or "").partition(" ")[0]


def _reading_of(row: TargetRow, kind: str) -> str:
    plain = Target("none")
    for setting, (of, _values) in TARGET_SETTINGS.items():
        value = getattr(row, setting)
        if of == kind and value != getattr(plain, setting):
            return f"{setting} {value}"
    return ""


def field_at(key: str) -> str | None:
    """Name the field for a key like "when.plan[0]" or "target.goal"."""
    names = [name.partition("[")[0] for name in key.split(".")]
    found = [FIELD_OF[name] for name in names if name in FIELD_OF]
    return found[-1] if found else None
