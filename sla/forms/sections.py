"""The page of a section: its forms over the document of the working copy, and what they mean.

The forms work on the document's plain values; the document's own check judges them, and its faults
are shown at the fields they are about.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _

from sla.engine.document import Fault
from sla.engine.policy import Policy
from sla.engine.sections import POLICY
from sla.faults import fault_sentence, field_text, place_text
from sla.forms.clocks import ClocksBlock
from sla.forms.entries import Entry, Table
from sla.forms.row_titles import row_titles
from sla.forms.section_care import CARE
from sla.forms.section_cases import CASES
from sla.forms.section_gates import GATES
from sla.forms.section_offer import OFFER
from sla.forms.section_parts import Block
from sla.forms.section_rules import RULES
from sla.forms.section_texts import TEXTS
from sla.forms.spans import Moment

SECTIONS = TEXTS | CASES | OFFER | GATES | RULES | CARE
# Rows of no more fields than this are shown unfolded.
FEW = 4
_INDEX = re.compile(r"(\w+)\[(\d+)\](?:\.(.*))?")


class EntriesForm(forms.Form):
    """One table of the document."""

    def __init__(
        self,
        *arguments: Any,
        entries: Sequence[Entry],
        policy: Policy,
        table: Table,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.entries, self.table = entries, table
        for entry in entries:
            self.fields |= entry.fields(policy, table)
            self.initial |= entry.read(table)

    def groups(self) -> list[dict[str, Any]]:
        """List the entries with their bound fields, as the page draws them."""
        found = []
        for entry in self.entries:
            fields = [self[name] for name in self.fields if entry.owns(name)]
            if not all(field.is_hidden for field in fields):
                found.append({"entry": entry, "look": entry.look, "fields": fields})
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for entry in self.entries:
            entry.check(self)
        return cleaned

    def written(self) -> dict[str, object]:
        """Give the table of the valid form; keys that say nothing are left out."""
        written: dict[str, object] = {}
        for entry in self.entries:
            written |= entry.write(self.cleaned_data)
        return written

    def show(self, path: str, fault: Fault) -> None:
        """Show a fault at the field for a path within the table."""
        key = re.split(r"[.\[]", path)[0]
        entry = next((one for one in self.entries if key in one.keys), None)
        name = entry.field_at(path) if entry else None
        if name is None or name not in self.fields or self.fields[name].widget.is_hidden:
            name = self._place_without_path(path)
        self.add_error(name, field_text(fault))

    def _place_without_path(self, path: str) -> str | None:
        """Show a fault of the whole table at the field that most likely mends it."""
        moment = any(isinstance(entry, Moment) for entry in self.entries)
        return "amount" if moment and not path else None


class TableBlock:
    """A table of the document, or some of its top-level keys."""

    kind = "one"

    def __init__(self, block: Block, policy: Policy, document: Table, sent: Any) -> None:
        self.block = block
        table = document.get(block.path, {}) if block.path else document
        self.form = EntriesForm(
            sent,
            entries=block.entries,
            policy=policy,
            table=table,
            prefix=block.path or "policy",
            initial={},
        )

    def is_valid(self) -> bool:
        return self.form.is_valid()

    @property
    def error_count(self) -> int:
        return len(self.form.errors)

    def sections(self) -> dict[str, object]:
        written = self.form.written()
        if self.block.path:
            return {self.block.path: written or None}
        keys = (key for entry in self.block.entries for key in entry.keys)
        return {key: written.get(key) for key in keys}

    def show(self, fault: Fault) -> bool:
        """Show a fault if it is about this block."""
        path = fault.path
        if not self.block.path:
            keys = {key for entry in self.block.entries for key in entry.keys}
            if re.split(r"[.\[]", path)[0] not in keys:
                return False
            self.form.show(path, fault)
            return True
        head, _dot, rest = path.partition(".")
        if head != self.block.path:
            return False
        self.form.show(rest, fault)
        return True


class BaseRows(BaseFormSet):
    """Rows of a list, with the place of each; unused and removed ones do not count."""

    def __init__(self, *arguments: Any, block: Block, policy: Policy, **options: Any) -> None:
        self.block, self.policy = block, policy
        super().__init__(*arguments, **options)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        tables = self.initial or []
        table = tables[index] if index is not None and index < len(tables) else {}
        return {"entries": self.block.entries, "policy": self.policy, "table": table}

    def _construct_form(self, i: int, **options: Any) -> forms.Form:
        # What a row says now is read by its entries.
        return super()._construct_form(i, **options | {"initial": {}})

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if self.block.kind == "rows":
            form.fields["position"] = forms.IntegerField(
                label=_("place"), required=False, min_value=1
            )
        if index is not None and index < self.initial_form_count():
            form.initial["position"] = index + 1
        form.fields["DELETE"].label = _("remove")

    def kept(self) -> list[EntriesForm]:
        """List the forms that stand for a row, in the order that their places say."""
        used = [
            form
            for number, form in enumerate(self.forms)
            if form not in self.deleted_forms
            and (form.has_changed() or number < self.initial_form_count())
        ]
        return sorted(used, key=self._place)

    def _place(self, form: forms.Form) -> float:
        """Say where a row goes; one that is moved pushes the one that was there aside."""
        now = form.cleaned_data.get("position")
        before = form.initial.get("position")
        if now is None:
            return before or len(self.forms) + 1
        if now == before:
            return now
        return now + 0.5 if before and now > before else now - 0.5


RowsForms = formset_factory(EntriesForm, formset=BaseRows, extra=2, can_delete=True)


class RowsBlock:
    """A list of tables of the document, in order or by their codes."""

    kind = "rows"

    def __init__(self, block: Block, policy: Policy, document: Table, sent: Any) -> None:
        self.block = block
        self._titles = row_titles(block.path, policy)
        self.rows = RowsForms(
            sent,
            initial=_listed(document.get(block.path, ())),
            prefix=block.path,
            block=block,
            policy=policy,
        )

    def is_valid(self) -> bool:
        return self.rows.is_valid()

    @property
    def error_count(self) -> int:
        return sum(len(form.errors) for form in self.rows.forms)

    def sections(self) -> dict[str, object]:
        written = [form.written() for form in self.rows.kept()]
        self._name_steps(written)
        if self.block.kind == "keyed":
            keyed = {str(table.pop("code")): table for table in written}
            return {self.block.path: keyed or None}
        return {self.block.path: written or None}

    def cards(self) -> list[dict[str, Any]]:
        """List the rows as the page draws them: what each is called, and whether it is open."""
        return [
            {
                "form": form,
                "title": self._title(form, number),
                "is_new": number >= self.rows.initial_form_count(),
                "is_open": self._is_open(form, number),
            }
            for number, form in enumerate(self.rows.forms)
        ]

    def _is_open(self, form: EntriesForm, number: int) -> bool:
        """Keep rows of many fields folded, and new ones; not what was typed or is faulty."""
        if form.errors or (form.is_bound and form.has_changed()):
            return True
        return number < self.rows.initial_form_count() and len(self.block.entries) <= FEW

    def _title(self, form: EntriesForm, number: int) -> str:
        if number < len(self._titles):
            return self._titles[number]
        names = (form.table.get(key) for key in ("name", "number", "says"))
        return str(next((name for name in names if name), ""))

    def _name_steps(self, written: list[dict[str, object]]) -> None:
        """Give steps the codes they have, and new ones codes that nobody has to think of."""
        if self.block.path != "ladder":
            return
        forms_ = self.rows.kept()
        taken = {str(form.table.get("code")) for form in self.rows.forms}
        for form, table in zip(forms_, written, strict=True):
            code = form.table.get("code")
            if code is None:
                code = next(code for code in _step_codes(table) if code not in taken)
                taken.add(code)
            table["code"] = code

    def show(self, fault: Fault) -> bool:
        """Show a fault if it is about a row, or about something that a row was in use for."""
        form, rest = self._row_at(fault.path)
        if form is not None:
            form.show(rest, fault)
            return True
        if fault.code == "unknown_code" and fault.params.get("kind") == self.block.names:
            return self._show_use(str(fault.params["name"]), fault.path)
        return False

    def _row_at(self, path: str) -> tuple[EntriesForm | None, str]:
        kept = self.rows.kept()
        found = _INDEX.fullmatch(path)
        if found and found[1] == self.block.path and int(found[2]) < len(kept):
            return kept[int(found[2])], found[3] or ""
        head, _dot, rest = path.partition(".")
        if head == self.block.path and self.block.kind == "keyed":
            code, _dot, inner = rest.partition(".")
            for form in kept:
                if form.cleaned_data.get("code") == code:
                    return form, inner
        return None, ""

    def _show_use(self, code: str, path: str) -> bool:
        """Say at the row that is to go who still names it."""
        gone = next((form for form in self.rows.forms if form.table.get("code") == code), None)
        if gone is None:
            return False
        told = _("“%(code)s” cannot go: %(place)s still names it.")
        gone.add_error(None, told % {"code": code, "place": place_text(path)})
        return True


class SectionPage:
    """The forms of one section over a policy, as sent or as they are."""

    def __init__(self, name: str, policy: Policy, sent: Any = None) -> None:
        self.name, self.section, self.policy = name, SECTIONS[name], policy
        self.document: dict[str, Any] = POLICY.write(policy)
        self.blocks = [
            _BLOCKS[block.kind](block, policy, self.document, sent) for block in self.section.blocks
        ]

    def is_valid(self) -> bool:
        return all([block.is_valid() for block in self.blocks])

    def error_count(self) -> int:
        return sum(block.error_count for block in self.blocks)

    def sections(self) -> dict[str, object]:
        """Give the top-level keys that the valid page stands for; None takes one out."""
        sections: dict[str, object] = {}
        for block in self.blocks:
            sections |= block.sections()
        return sections | _following(self.name, sections, self.document)

    def show(self, faults: Iterable[Fault]) -> list[str]:
        """Put faults at the fields they are about; give back those about other pages."""
        return [
            fault_sentence(fault)
            for fault in faults
            if not any(block.show(fault) for block in self.blocks)
        ]


def _following(name: str, sections: Table, document: Table) -> dict[str, object]:
    """Give what other keys have to say after a change, where only one thing can be meant."""
    if name in ("severities", "priorities"):
        return {"axes": _axes(name, sections, document)}
    if name == "regions":
        return {"calendars": _calendars(sections, document)}
    return {}


def _axes(name: str, sections: Table, document: Table) -> list[str]:
    """Use the axis that has levels."""
    axis = {"severities": "severity", "priorities": "priority"}[name]
    used = list(document.get("axes", ()))
    if sections[name] and axis not in used:
        return [*used, axis]
    return used if sections[name] else [one for one in used if one != axis]


def _calendars(sections: Table, document: Table) -> dict[str, object]:
    """Let a calendar that stands for one of each region do so for the regions there are now.

    A new region gets the calendar of the default one, until it is given its own.
    """
    regions = list(sections["regions"] or ())
    calendars: dict[str, Any] = dict(document.get("calendars", {}))
    for code, table in calendars.items():
        known = table.get("by_region")
        if known and regions:
            usual = known.get(sections.get("default_region")) or next(iter(known.values()))
            served = {region: known.get(region, usual) for region in sorted(regions)}
            calendars[code] = {**table, "by_region": served}
    return calendars


def _listed(held: Sequence[Table] | Mapping[str, Table]) -> list[dict[str, Any]]:
    if isinstance(held, Mapping):
        return [{"code": code, **table} for code, table in held.items()]
    return [dict(table) for table in held]


def _step_codes(table: Table) -> Iterable[str]:
    first = f"{table.get('clock')}_{table.get('at')}"
    yield first
    yield from (f"{first}_{number}" for number in range(2, 1000))


_BLOCKS = {"one": TableBlock, "rows": RowsBlock, "keyed": RowsBlock, "clocks": ClocksBlock}
