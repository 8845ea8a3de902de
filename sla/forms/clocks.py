"""The table of clock kinds: what each event of a case does to each clock."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sla.engine.document import Fault
from sla.engine.kinds import DEFAULT_KINDS, EFFECTS, EVENTS, KindRow
from sla.engine.policy import Policy
from sla.faults import field_text
from sla.forms.section_parts import Block
from sla.sentences import EFFECT_NAMES, EVENT_NAMES, kind_sentences
from sla.words import CLOCK_NAMES

_EFFECTS = [("none", gettext_lazy("nothing")), *((code, EFFECT_NAMES[code]) for code in EFFECTS)]


class KindForm(forms.Form):
    """One kind of clock."""

    pauses = forms.BooleanField(
        label=gettext_lazy("stands still while the case waits on the customer"), required=False
    )
    unless = forms.MultipleChoiceField(
        label=gettext_lazy("not started while one of these runs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=CLOCK_NAMES.items(),
    )

    def __init__(self, *arguments: Any, kind: str, row: KindRow, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kind, self.row = kind, row
        for event in EVENTS:
            self.fields[event] = forms.ChoiceField(label=EVENT_NAMES[event], choices=_EFFECTS)
            self.initial[event] = row.effects.get(event, "none")
        self.initial |= {"pauses": row.pauses, "unless": list(row.unless)}

    @property
    def name(self) -> Any:
        return CLOCK_NAMES[self.kind]

    def sentences(self) -> list[str]:
        """Say the kind as it is saved."""
        return kind_sentences(self.row)

    def events(self) -> list[dict[str, Any]]:
        """List the events with the field of each, and the usual effect where this is another."""
        usual = DEFAULT_KINDS[self.kind].effects
        names = dict(_EFFECTS)
        return [
            {
                "field": self[event],
                "usual": names[usual.get(event, "none")],
                "differs": self[event].value() != usual.get(event, "none"),
            }
            for event in EVENTS
        ]

    def written(self) -> dict[str, object]:
        """Give the cells in which the kind differs from the usual table."""
        usual, data = DEFAULT_KINDS[self.kind], self.cleaned_data
        written: dict[str, object] = {
            event: data[event]
            for event in EVENTS
            if data[event] != usual.effects.get(event, "none")
        }
        if data["pauses"] != usual.pauses:
            written["pauses"] = data["pauses"]
        if data["unless"] != list(usual.unless):
            written["unless"] = data["unless"]
        return written


class ClocksBlock:
    """The kinds of clock, one form each."""

    kind = "clocks"

    def __init__(
        self, block: Block, policy: Policy, document: Mapping[str, Any], sent: Any
    ) -> None:
        self.forms = [
            KindForm(sent, kind=kind, row=policy.kinds[kind], prefix=kind) for kind in DEFAULT_KINDS
        ]

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    @property
    def error_count(self) -> int:
        return sum(len(form.errors) for form in self.forms)

    def sections(self) -> dict[str, object]:
        written = {form.kind: form.written() for form in self.forms}
        return {"clocks": {kind: table for kind, table in written.items() if table} or None}

    def show(self, fault: Fault) -> bool:
        """Show a fault if it is about a kind of clock."""
        section, _dot, rest = fault.path.partition(".")
        kind, _dot, key = rest.partition(".")
        form = next((form for form in self.forms if form.kind == kind), None)
        if section != "clocks" or form is None:
            return False
        name = key.partition("[")[0]
        form.add_error(name if name in form.fields else None, field_text(fault))
        return True
