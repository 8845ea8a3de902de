"""The forms of texts for reuse, macros and saved views."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from desk.forms import AS_IT_IS, words
from desk.words import AXIS_LABELS
from sla.engine.policy import Policy
from tickets.canned import LONGEST_TITLE
from tickets.macros import LEVELS, ME, SAYING
from tickets.models import Macro
from tickets.tags import TAG_LENGTH
from tickets.views import LONGEST_NAME

NOTHING_MISSING = {"required": _("Give it a name.")}
SAYS = [
    ("", _("nothing to the customer")),
    ("reply", _("a reply")),
    ("ask", _("a question: the clocks stand still until it is answered")),
    ("solve", _("the solution")),
]


class SharedForm(forms.Form):
    """A form of something that is one's own or everybody's; only some may share."""

    title = forms.CharField(
        label=_("Name"), max_length=LONGEST_TITLE, error_messages=NOTHING_MISSING
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.fields["is_shared"] = forms.BooleanField(
            label=_("For everybody at the desk"), required=False
        )
        if not person.may("share_texts"):
            del self.fields["is_shared"]

    @property
    def is_shared(self) -> bool:
        return self.cleaned_data.get("is_shared", False)


class CannedForm(SharedForm):
    body = words(_("Text"), rows=9)


class MacroForm(SharedForm):
    """The steps of a macro. Levels are those of the policy in effect."""

    says = forms.ChoiceField(label=_("Say to the customer"), choices=SAYS, required=False)
    text = words(_("What the customer reads"), rows=6, required=False)
    note = words(_("Internal note"), rows=3, required=False)
    owner = forms.BooleanField(label=_("Make whoever runs it the owner"), required=False)
    tags = forms.CharField(
        label=_("Tags to add"), help_text=_("Separated by commas."), max_length=500, required=False
    )
    reason = words(
        _("Reason for a change of level; the customer reads this too"), rows=2, required=False
    )

    def __init__(self, *args: Any, policy: Policy, **options: Any) -> None:
        super().__init__(*args, **options)
        parts = {axis: policy.levels(axis) for axis in policy.axes}
        parts["case_type"] = policy.case_types
        for name, found in parts.items():
            if found:
                choices = [AS_IT_IS, *((part.code, part.name) for part in found)]
                self.fields[name] = forms.ChoiceField(
                    label=AXIS_LABELS[name], choices=choices, required=False
                )
        order = ("title", "says", "text", "note", *LEVELS, "reason", "owner", "tags", "is_shared")
        self.order_fields(order)
        # A macro is whatever is filled in: no field of it is more optional than the others.
        for name in self.fields.keys() - {"title"}:
            self.fields[name].is_asked_at_times = True

    def steps(self) -> dict[str, Any]:
        """Give the steps as `tickets.macros` has them; what is empty is left out there."""
        data = self.cleaned_data
        said = {data["says"]: data["text"]} if data["says"] else {}
        levels = {name: data.get(name, "") for name in LEVELS}
        return {
            **said,
            **levels,
            "note": data["note"],
            "reason": data["reason"],
            "owner": ME if data["owner"] else "",
            "tags": data["tags"].split(","),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("says")) != bool(data.get("text", "").strip()):
            self.add_error(
                "text", _("Choose what it is, and write it: one without the other does nothing.")
            )
        return data


def steps_to_fill(macro: Macro) -> dict[str, Any]:
    """Give the values with which the form of a macro is drawn."""
    steps = macro.steps
    says = next((step for step in SAYING if step in steps), "")
    return {
        **{name: steps.get(name, "") for name in (*LEVELS, "note", "reason")},
        "title": macro.title,
        "is_shared": macro.owner_id is None,
        "says": says,
        "text": steps.get(says, ""),
        "owner": "owner" in steps,
        "tags": ", ".join(steps.get("tags", [])),
    }


class SaveViewForm(SharedForm):
    title = forms.CharField(
        label=_("Name of the view"), max_length=LONGEST_NAME, error_messages=NOTHING_MISSING
    )


class TagForm(forms.Form):
    """One tag to put on a case."""

    tag = forms.CharField(
        label=_("Add a tag"),
        max_length=TAG_LENGTH,
        error_messages={"required": _("Write the tag first.")},
    )
