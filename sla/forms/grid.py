"""The grid of targets of one clock as a person edits it, cell by cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.comparison import cases_text, promise_text
from sla.engine.document import Fault
from sla.engine.forms import TARGET_SETTINGS
from sla.engine.parts import TargetRow
from sla.engine.policy import Policy
from sla.engine.target import Target
from sla.faults import fault_sentence
from sla.forms.targets import (
    SECONDS,
    UNITS,
    calendar_choices,
    check_amounts,
    fault_words,
    field_at,
    unit_of,
)
from sla.grid import Grid, GridCell, Key, Promise, read_grid
from sla.words import part_name

NOTHING = "none"
FIELDS = ("amount", "unit", "goal", "calendar")
DOWN, RIGHT = "down", "right"


class CellForm(forms.Form):
    """What is promised in one cell."""

    amount = forms.IntegerField(label=gettext_lazy("commitment"), required=False, min_value=1)
    unit = forms.ChoiceField(label=gettext_lazy("unit"), choices=UNITS.items(), initial=NOTHING)
    goal = forms.IntegerField(label=gettext_lazy("goal"), required=False, min_value=1)
    calendar = forms.ChoiceField(label=gettext_lazy("hours"), required=False)

    def __init__(self, *arguments: Any, policy: Policy, row: TargetRow | None, **options: Any):
        super().__init__(*arguments, **options)
        self.row = row
        self.fields["calendar"].choices = calendar_choices(policy)
        self.initial |= _initial(row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_amounts(self, cleaned)
        return cleaned

    def promise(self, is_told: bool) -> Promise | None:
        """Give what the valid form says. `is_told`: a promise where there was none is a public one.

        What the form does not ask stays as it was; "immediately" never counts as late.
        """
        data = self.cleaned_data
        kind, _space, unit = data["unit"].partition(" ")
        if kind == NOTHING:
            return None
        factor = SECONDS.get(unit, 1)
        target = Target(
            kind,
            (data["amount"] or 0) * factor,
            None if data["goal"] is None else data["goal"] * factor,
            **self._settings(kind),
        )
        was = self.row if self.row and self.row.target.kind != NOTHING else None
        is_late = was.counts_late if was and was.target.kind != "immediate" else True
        return Promise(
            target=target,
            calendar=data["calendar"] or None,
            counts_late=is_late and kind != "immediate",
            promised=was.promised if was else is_told,
        )

    def _settings(self, kind: str) -> dict[str, str]:
        if self.row is None or self.row.target.kind != kind:
            return {}
        return {
            key: getattr(self.row.target, key)
            for key, (of, _values) in TARGET_SETTINGS.items()
            if of == kind
        }


def _initial(row: TargetRow | None) -> dict[str, Any]:
    if row is None:
        return {"unit": NOTHING}
    unit = unit_of(row.target)
    _kind, _space, name = unit.partition(" ")
    factor = SECONDS.get(name, 1)
    return {
        "amount": row.target.amount // factor if name else None,
        "unit": unit,
        "goal": None if row.target.goal is None else row.target.goal // factor,
        "calendar": row.calendar or "",
    }


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page draws it: in words, with its form, and what refines it."""

    form: CellForm
    across: str
    text: str
    finer: list[tuple[str, str]]
    fill_down: str
    fill_right: str

    @property
    def is_open(self) -> bool:
        return bool(self.form.errors) or (self.form.is_bound and self.form.has_changed())


class GridForm:
    """All cells of a grid, as sent or as they are."""

    def __init__(self, policy: Policy, grid: Grid, sent: QueryDict | None = None) -> None:
        self.policy, self.grid = policy, grid
        self.cells: dict[Key, GridCell] = read_grid(policy.targets, grid)
        self.forms = {
            key: CellForm(sent, policy=policy, row=cell.row, prefix=self.prefix(key))
            for key, cell in self.cells.items()
        }

    def prefix(self, key: Key) -> str:
        """Name a cell by the places of its codes."""
        pairs = zip(key, self.grid.codes, strict=True)
        return "-".join(["cell", *(str(codes.index(code)) for code, codes in pairs)])

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms.values()])

    def error_count(self) -> int:
        return sum(len(form.errors) for form in self.forms.values())

    def changes(self) -> dict[Key, Promise | None]:
        """Give the changed cells of the valid grid."""
        rows = [row for row in self.policy.targets if row.clock == self.grid.clock]
        is_told = not rows or any(row.promised for row in rows)
        return {
            key: form.promise(is_told) for key, form in self.forms.items() if form.has_changed()
        }

    def show(self, faults: Iterable[Fault], targets: tuple[TargetRow, ...]) -> list[str]:
        """Put faults of `targets` at the changed cells they decide; give back the others."""
        winners = read_grid(targets, self.grid)
        elsewhere = []
        for fault in faults:
            section, _dot, path = fault.path.partition(".")
            number = section.removeprefix("targets[").removesuffix("]")
            row = targets[int(number)] if number.isdecimal() else None
            here = [
                form
                for key, form in self.forms.items()
                if row is not None and form.has_changed() and winners[key].row is row
            ]
            if not here:
                elsewhere.append(fault_sentence(fault))
            for form in here[:1]:
                name = field_at(path)
                form.add_error(name if name in form.fields else None, fault_words(fault))
        return elsewhere

    def rows(self) -> list[tuple[str, list[ShownCell]]]:
        """List the rows of the grid: each plan with its cells."""
        keys = list(self.grid.cells())
        down = self._codes(self.grid.down)
        return [
            (
                self._name(self.grid.down, code),
                [self._shown(key) for key in keys if code in (None, *key[:1])],
            )
            for code in down
        ]

    def columns(self) -> list[str]:
        """Name the columns."""
        return [self._name(self.grid.across, code) for code in self._codes(self.grid.across)]

    def _codes(self, axis: str | None) -> tuple[str | None, ...]:
        return self.grid.codes[self.grid.axes.index(axis)] if axis else (None,)

    def _name(self, axis: str | None, code: str | None) -> str:
        return part_name(self.policy, axis, code) if axis and code else _("Any case")

    def _shown(self, key: Key) -> ShownCell:
        cell = self.cells[key]
        codes = dict(zip(self.grid.axes, key, strict=True))
        nothing = cell.row is None or cell.row.target.kind == NOTHING
        across = self.grid.across
        return ShownCell(
            form=self.forms[key],
            across=self._name(across, codes[across] if across else None),
            text=_("nothing is promised") if nothing else promise_text(cell.row, self.policy),
            finer=[self._finer_text(row) for row in cell.finer],
            fill_down=self._fill(DOWN, self.grid.down, key),
            fill_right=self._fill(RIGHT, across, key),
        )

    def _finer_text(self, row: TargetRow) -> tuple[str, str]:
        further = {axis: codes for axis, codes in row.when.items() if axis not in self.grid.axes}
        return cases_text(replace(row, when=further), self.policy), promise_text(row, self.policy)

    def _fill(self, way: str, axis: str | None, key: Key) -> str:
        """Name what a button fills from here; "" where nothing lies that way."""
        return f"{way} {self.prefix(key)}" if axis and self._beyond(axis, key) else ""

    def _beyond(self, axis: str, key: Key) -> list[Key]:
        """List the cells of the same row or column that lie below, or to the right."""
        place = self.grid.axes.index(axis)
        codes = self.grid.codes[place]
        after = codes[codes.index(key[place]) + 1 :]
        return [(*key[:place], code, *key[place + 1 :]) for code in after]

    def filled(self, sent: QueryDict) -> QueryDict | None:
        """Copy the cell that a fill button names to those beyond it; None without such a cell."""
        way, _space, prefix = sent.get("fill", "").partition(" ")
        axis = {DOWN: self.grid.down, RIGHT: self.grid.across}.get(way)
        key = next((key for key in self.forms if self.prefix(key) == prefix), None)
        if axis is None or key is None:
            return None
        copied = sent.copy()
        for other in self._beyond(axis, key):
            for name in FIELDS:
                copied[f"{self.prefix(other)}-{name}"] = sent.get(f"{prefix}-{name}", "")
        return copied


def narrowed_by(
    asked: Mapping[str, str], choices: Mapping[str, list[str]], usual: Mapping[str, str]
) -> dict[str, str]:
    """Choose by which codes the grid is narrowed: those asked for, else the usual ones."""
    found = {axis: asked.get(axis, usual.get(axis, "")) for axis in choices}
    return {axis: code for axis, code in found.items() if code in choices[axis]}
