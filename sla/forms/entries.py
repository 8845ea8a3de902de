"""Keys of a policy document as fields of a form: each entry reads plain values and writes them.

An entry has the words for people with it. What it writes is unchecked but for what a field sees by
itself; the document's own check tells the rest, and `field_at` says where to show it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import country_names
from sla.documents import comma_list
from sla.engine.parts import AXES
from sla.engine.policy import Policy
from sla.engine.shape import MAX_TEXT
from sla.words import AXIS_NAMES, axis_parts

Table = Mapping[str, Any]
Words = str | Lazy
Choices = Iterable[tuple[str, Words]]
FORBIDDEN_CODE = gettext_lazy("Use letters, digits, hyphens and underscores only.")


class Entry:
    """One key of a table. `look`: how its fields are drawn: field, tick, group or several."""

    look = "field"

    def __init__(self, key: str, label: Words, help_text: Words = "") -> None:
        self.key, self.label, self.help_text = key, label, help_text

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)

    def owns(self, name: str) -> bool:
        """Tell whether a field of the form is this entry's."""
        return name == self.key or name.startswith(f"{self.key}-")

    def check(self, form: forms.Form) -> None:
        """Tell what does not go together in the fields, in their own words."""

    def words(self) -> dict[str, Any]:
        return {"label": self.label, "help_text": self.help_text}

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        """Make the fields; `table` is what is there now."""
        return {self.key: self.field(policy, table.get(self.key))}

    def field(self, policy: Policy, held: Any) -> forms.Field:
        raise NotImplementedError

    def read(self, table: Table) -> dict[str, Any]:
        """Say a table's values as the fields do."""
        return {self.key: self.shown(table[self.key])} if self.key in table else {}

    def shown(self, held: Any) -> Any:
        return held

    def write(self, cleaned: Table) -> dict[str, object]:
        """Give the keys of the document for what was typed; a key that says nothing is left out."""
        value = self.meant(cleaned.get(self.key))
        return {} if value in (None, "", []) else {self.key: value}

    def meant(self, value: Any) -> object:
        return value

    def field_at(self, path: str) -> str:
        """Name the field for a fault at "key[0].more"."""
        return self.key


class Line(Entry):
    """A short text."""

    def __init__(self, *words: Any, needed: bool = False, kind: str = "text") -> None:
        super().__init__(*words)
        self.needed, self.kind = needed, kind

    def field(self, policy: Policy, held: Any) -> forms.Field:
        widget = forms.TextInput({"type": self.kind})
        return forms.CharField(
            required=self.needed, max_length=MAX_TEXT, widget=widget, **self.words()
        )


class Paragraph(Entry):
    """A long text."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        widget = forms.Textarea({"rows": 3})
        return forms.CharField(required=False, max_length=MAX_TEXT, widget=widget, **self.words())


class Lines(Entry):
    """Several texts, one on each line."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        widget = forms.Textarea({"rows": min(max(len(held or ()), 2), 10)})
        return forms.CharField(required=False, widget=widget, **self.words())

    def shown(self, held: Any) -> str:
        return "\n".join(held)

    def meant(self, value: Any) -> list[str]:
        return [line.strip() for line in value.splitlines() if line.strip()]


class ShortName(Entry):
    """The code by which rules refer to something: chosen once, when it is made."""

    def __init__(self) -> None:
        told = gettext_lazy("Rules and files refer to it by this; it stays as it is later.")
        super().__init__("code", gettext_lazy("short name"), told)

    def field(self, policy: Policy, held: Any) -> forms.Field:
        if held:
            return forms.CharField(widget=forms.HiddenInput, label=self.label)
        return forms.RegexField(
            r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
            error_messages={"invalid": FORBIDDEN_CODE},
            **self.words(),
        )


class Choice(Entry):
    """One of several. `default` is preset where nothing is said; without it, none may be chosen."""

    def __init__(self, *words: Any, choices: Choices | Callable, default: str = "") -> None:
        super().__init__(*words)
        self.choices, self.default = choices, default

    def field(self, policy: Policy, held: Any) -> forms.Field:
        choices = self.choices(policy) if callable(self.choices) else self.choices
        return forms.ChoiceField(
            choices=list(choices),
            initial=self.default,
            required=bool(self.default),
            **self.words(),
        )


class Radios(Choice):
    """One of a few, all to be seen."""

    look = "group"

    def field(self, policy: Policy, held: Any) -> forms.Field:
        field = super().field(policy, held)
        return forms.ChoiceField(
            choices=field.choices, initial=self.default, widget=forms.RadioSelect, **self.words()
        )


class TierChoice(Choice):
    """A tier of the desk."""

    def meant(self, value: Any) -> object:
        return int(value) if value else None


class ZoneChoice(Entry):
    """A time zone by its IANA name."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        found = {name for name in available_timezones() if "/" in name} | {"UTC"}
        names = sorted(found | ({held} if held else set()))
        return forms.ChoiceField(choices=[(name, name) for name in names], **self.words())


class Tick(Entry):
    look = "tick"

    def __init__(self, *words: Any, default: bool = False) -> None:
        super().__init__(*words)
        self.default = default

    def field(self, policy: Policy, held: Any) -> forms.Field:
        return forms.BooleanField(required=False, initial=self.default, **self.words())

    def write(self, cleaned: Table) -> dict[str, object]:
        return {self.key: bool(cleaned.get(self.key))}


class Date(Entry):
    def field(self, policy: Policy, held: Any) -> forms.Field:
        widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
        return forms.DateField(required=False, widget=widget, **self.words())

    def meant(self, value: Any) -> object:
        return value.isoformat() if value else None


class Ticks(Entry):
    """Any of several; those that are there now come first, in their own order."""

    look = "group"

    def __init__(self, *words: Any, choices: Choices | Callable) -> None:
        super().__init__(*words)
        self.choices = choices

    def field(self, policy: Policy, held: Any) -> forms.Field:
        choices = list(self.choices(policy) if callable(self.choices) else self.choices)
        return forms.MultipleChoiceField(
            choices=held_first(choices, held),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **self.words(),
        )


class TierTicks(Ticks):
    """Tiers, which a document numbers."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        return super().field(policy, self.shown(held or ()))

    def shown(self, held: Any) -> list[str]:
        return [str(tier) for tier in held]

    def meant(self, value: Any) -> list[int]:
        return [int(tier) for tier in value or ()]


class Days(Entry):
    """Numbers of days, with commas between them."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        return forms.RegexField(
            r"^[0-9]{1,4}(\s*,\s*[0-9]{1,4})*$",
            required=False,
            error_messages={"invalid": gettext_lazy("Write days like 3, 6.")},
            **self.words(),
        )

    def shown(self, held: Any) -> str:
        return ", ".join(map(str, held))

    def meant(self, value: Any) -> list[int]:
        return [int(day) for day in comma_list(value or "")]


class Countries(Entry):
    """Countries by name, with commas between them; two letters are understood as well."""

    def field(self, policy: Policy, held: Any) -> forms.Field:
        widget = forms.Textarea({"rows": 4 if held else 2})
        return CountriesField(held=held or (), required=False, widget=widget, **self.words())

    def shown(self, held: Any) -> str:
        names = {code: name.removesuffix(f" ({code})") for code, name in country_names()}
        return ", ".join(names.get(code, code) for code in held)


class CountriesField(forms.CharField):
    """Country codes by names; `held` are those of before, which may be no ISO ones (XK)."""

    def __init__(self, *, held: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.known = {code.casefold(): code for code in held}
        for code, name in country_names():
            for form in (code, name, name.removesuffix(f" ({code})")):
                self.known[form.casefold()] = code

    def clean(self, value: str) -> list[str]:
        typed = comma_list(super().clean(value).replace("\n", ","))
        strange = [one for one in typed if one.casefold() not in self.known]
        if strange:
            told = _("No such country: %(names)s. Use its name or the two letters.")
            raise forms.ValidationError(told % {"names": ", ".join(strange)})
        return [self.known[one.casefold()] for one in typed]


class Order(Entry):
    """Keys in an order: "first by", "then by"."""

    look = "several"

    def __init__(self, *words: Any, choices: Choices) -> None:
        super().__init__(*words)
        self.choices = list(choices)

    def _names(self) -> list[str]:
        return [f"{self.key}-{number}" for number in range(len(self.choices))]

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        first, *others = self._names()
        labels = {first: gettext_lazy("first by")}
        nothing = ("", gettext_lazy("nothing else"))
        return {
            name: forms.ChoiceField(
                label=labels.get(name, gettext_lazy("then by")),
                required=name == first,
                choices=self.choices if name == first else [nothing, *self.choices],
            )
            for name in (first, *others)
        }

    def read(self, table: Table) -> dict[str, Any]:
        return dict(zip(self._names(), table.get(self.key, ()), strict=False))

    def write(self, cleaned: Table) -> dict[str, object]:
        return {self.key: [cleaned[name] for name in self._names() if cleaned.get(name)]}

    def field_at(self, path: str) -> str:
        number = path.partition("[")[2].partition("]")[0]
        names = self._names()
        return names[int(number)] if number.isdecimal() and int(number) < len(names) else names[0]


class When(Entry):
    """For which cases: codes of each axis that the policy has, and products by their codes."""

    look = "several"

    def _name(self, axis: str) -> str:
        return f"{self.key}-{axis}"

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        held = table.get(self.key, {})
        fields: dict[str, forms.Field] = {}
        for axis in AXES:
            choices = [(part.code, part.name) for part in axis_parts(policy, axis)]
            if choices:
                fields[self._name(axis)] = forms.MultipleChoiceField(
                    label=AXIS_NAMES[axis],
                    required=False,
                    choices=held_first(choices, held.get(axis)),
                    widget=forms.CheckboxSelectMultiple,
                )
        return fields | {self._name("product"): CodesField(label=AXIS_NAMES["product"])}

    def read(self, table: Table) -> dict[str, Any]:
        held = dict(table.get(self.key, {}))
        if "product" in held:
            held["product"] = ", ".join(held["product"])
        return {self._name(axis): codes for axis, codes in held.items()}

    def write(self, cleaned: Table) -> dict[str, object]:
        when = {axis: list(cleaned.get(self._name(axis)) or ()) for axis in AXES}
        named = {axis: codes for axis, codes in when.items() if codes}
        return {self.key: named} if named else {}

    def field_at(self, path: str) -> str:
        axis = path.partition(".")[2].partition("[")[0]
        return self._name(axis) if axis in AXES else self.key


class CodesField(forms.CharField):
    """Codes with commas between them, those that are known on offer."""

    def __init__(self, *, axis: str = "product", **options: Any) -> None:
        widget = forms.TextInput({"list": f"codes-{axis}"})
        told = gettext_lazy("Codes, with commas between several.")
        given = {"required": False, "widget": widget, "help_text": told, "max_length": MAX_TEXT}
        super().__init__(**given | options)

    def clean(self, value: str) -> list[str]:
        return comma_list(super().clean(value))


def held_first(choices: Choices, held: Iterable[str] | None) -> list[tuple[str, Words]]:
    """Put the chosen ones first in their own order, so that an unchanged form changes no order."""
    known = dict(choices)
    order = [code for code in held or () if code in known]
    return [(code, known[code]) for code in (*order, *(one for one in known if one not in order))]
