"""The forms of texts for reuse, macros and saved views."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.queries import desk_people, teams_of_tiers
from desk.forms import AS_IT_IS, words
from desk.words import AXIS_LABELS
from entitlements.models import Product
from sla.engine.policy import Policy
from tickets.canned import LONGEST_TITLE
from tickets.macros import LEVELS, ME, SAYING
from tickets.models import Macro
from tickets.tags import TAG_LENGTH, all_tags
from tickets.views import LONGEST_NAME, NOBODY

NOTHING_MISSING = {"required": _("Give it a name.")}
SAYS = [
    ("", _("nothing to the customer")),
    ("reply", _("a reply")),
    ("ask", _("a question: the clocks stand still until it is answered")),
    ("solve", _("the solution")),
]
ANY = ("", _("any"))


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


class NarrowForm(forms.Form):
    """What the queue is narrowed by."""

    tag = forms.ChoiceField(label=_("Tag"), required=False)
    severity = forms.ChoiceField(label=AXIS_LABELS["severity"], required=False)
    priority = forms.ChoiceField(label=AXIS_LABELS["priority"], required=False)
    case_type = forms.ChoiceField(label=AXIS_LABELS["case_type"], required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)

    def __init__(self, *args: Any, policy: Policy, **options: Any) -> None:
        super().__init__(*args, **options)
        nobody = (NOBODY, _("nobody"))
        people = [(str(person.pk), person.name) for person in desk_people()]
        choices = {
            "tag": [(tag.name, tag.name) for tag in all_tags()],
            "case_type": _named(policy.case_types),
            "team": [(str(team.pk), team.name) for team in teams_of_tiers()],
            "owner": [nobody, *people],
            "product": [(str(one.pk), one.name) for one in Product.objects.order_by("name")],
        } | {axis: _named(policy.levels(axis)) for axis in policy.axes}
        for name in list(self.fields):
            if choices.get(name):
                self.fields[name].choices = [ANY, *choices[name]]
            else:
                del self.fields[name]


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


def _named(parts: Any) -> list[tuple[str, str]]:
    return [(part.code, part.name) for part in parts]
