"""Whole numbers and numbers by plan or edition as fields of a form."""

from typing import Any

from django import forms

from sla.engine.offersections import MOST_POINTS
from sla.engine.policy import Policy
from sla.forms.entries import Entry, Table
from sla.words import axis_parts


class Whole(Entry):
    """A whole number; nothing typed = not said."""

    def __init__(self, *words: Any, low: int = 0, needed: bool = False) -> None:
        super().__init__(*words)
        self.low, self.needed = low, needed

    def field(self, policy: Policy, held: Any) -> forms.Field:
        return _number(low=self.low, required=self.needed, **self.words())


class Figures(Entry):
    """A number for each plan or edition of the policy; nothing typed = none of it."""

    look = "grid"

    def __init__(self, *words: Any, axis: str) -> None:
        super().__init__(*words)
        self.axis = axis

    def _name(self, code: str) -> str:
        return f"{self.key}-{code}"

    def fields(self, policy: Policy, table: Table) -> dict[str, forms.Field]:
        parts = axis_parts(policy, self.axis)
        return {
            self._name(part.code): _number(low=0, required=False, label=part.name)  # type: ignore[attr-defined]
            for part in parts
        }

    def read(self, table: Table) -> dict[str, Any]:
        return {self._name(code): number for code, number in table.get(self.key, {}).items()}

    def write(self, cleaned: Table) -> dict[str, object]:
        start = self._name("")
        typed = {
            name.removeprefix(start): number
            for name, number in cleaned.items()
            if name.startswith(start) and number is not None
        }
        return {self.key: dict(sorted(typed.items()))} if typed else {}

    def field_at(self, path: str) -> str:
        return self._name(path.partition(".")[2])


def _number(*, low: int, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput({"inputmode": "numeric"})
    return forms.IntegerField(min_value=low, max_value=MOST_POINTS, widget=widget, **options)
