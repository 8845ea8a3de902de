"""The form of one change of many cases: whatever is not chosen is left as it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.queries import desk_people, teams_of_tiers
from desk.forms import words
from desk.words import AXIS_LABELS
from sla.engine.policy import Policy
from tickets.bulk import LEVELS, NEEDS, SAYS
from tickets.bulk_models import BulkChange
from tickets.filters import ME, NOBODY

LEAVE = ("", gettext_lazy("leave as it is"))
SAYING = {
    "reply": gettext_lazy("a reply"),
    "ask": gettext_lazy("a question: the clocks stand still until it is answered"),
    "solve": gettext_lazy("the solution: the cases are solved"),
    "close": gettext_lazy("nothing, and close what is solved"),
}
LONGEST_TAGS = 500
GROUPS = (
    (gettext_lazy("Who has it"), ("owner", "team", "note")),
    (gettext_lazy("Levels"), (*LEVELS, "reason")),
    (gettext_lazy("Tags"), ("add_tags", "remove_tags")),
    (gettext_lazy("The customers"), ("says", "words")),
)


def typed_of(bulk: BulkChange) -> dict[str, str]:
    """Give what a change was made of as it stood in the form."""
    changes = dict(bulk.changes)
    if "owner" in changes:
        changes["owner"] = changes["owner"] or NOBODY
    tags = {name: ", ".join(changes.get(name, ())) for name in ("add_tags", "remove_tags")}
    return changes | tags | {"words": bulk.words, "reason": bulk.reason, "note": bulk.note}


class ManyForm(forms.Form):
    """What is to be done on every chosen case. A role has only what it may do on one."""

    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    note = words(
        gettext_lazy("What the new team is to do"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Only where the team changes. An internal note on each case."),
    )
    severity = forms.ChoiceField(label=AXIS_LABELS["severity"], required=False)
    priority = forms.ChoiceField(label=AXIS_LABELS["priority"], required=False)
    case_type = forms.ChoiceField(label=AXIS_LABELS["case_type"], required=False)
    reason = words(
        gettext_lazy("Reason for another level; the customers read it"), rows=2, required=False
    )
    add_tags = forms.CharField(
        label=gettext_lazy("Tags to add"),
        help_text=gettext_lazy("Separated by commas."),
        max_length=LONGEST_TAGS,
        required=False,
    )
    remove_tags = forms.CharField(
        label=gettext_lazy("Tags to take off"),
        help_text=gettext_lazy("Separated by commas."),
        max_length=LONGEST_TAGS,
        required=False,
    )
    says = forms.ChoiceField(label=gettext_lazy("Say to the customers"), required=False)
    words = words(
        gettext_lazy("What each of them reads"),
        rows=6,
        required=False,
        help_text=gettext_lazy(
            "In every letter {contact}, {company}, {number}, {subject} and {agent} become what "
            "they are on that case."
        ),
    )

    def __init__(self, *args: Any, by: Person, policy: Policy, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        self.use_required_attribute = False
        people = [(str(one.pk), one.name) for one in desk_people() if one.may("reply_as_agent")]
        choices = {
            "owner": [(ME, _("me")), (NOBODY, _("nobody")), *people],
            "team": [(str(team.pk), team.name) for team in teams_of_tiers()],
            "says": [(code, SAYING[code]) for code in SAYS if by.may(NEEDS[code])],
            "case_type": [(part.code, part.name) for part in policy.case_types],
        } | {axis: [(one.code, one.name) for one in policy.levels(axis)] for axis in policy.axes}
        for name in ("owner", "team", "says", *LEVELS):
            first = ("", _("nothing")) if name == "says" else LEAVE
            self.fields[name].choices = [first, *choices.get(name, [])]
        for field in self.fields.values():
            field.is_asked_at_times = True
        self._leave_out({name for name in LEVELS if not choices.get(name)})

    def _leave_out(self, empty: set[str]) -> None:
        refused = {name for name in NEEDS if name in self.fields and not self.by.may(NEEDS[name])}
        gone = empty | refused
        if "team" in gone:
            gone.add("note")
        if gone >= set(LEVELS):
            gone.add("reason")
        if not any(self.by.may(NEEDS[code]) for code in SAYS):
            gone |= {"says", "words"}
        for name in gone:
            del self.fields[name]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """List the fields by what they are about; what a role may not do is not among them."""
        found = [
            (str(title), [self[name] for name in names if name in self.fields])
            for title, names in GROUPS
        ]
        return [(title, fields) for title, fields in found if fields]

    def changes(self) -> dict[str, Any]:
        """Give what was chosen as `tickets.bulk` takes it."""
        data = self.cleaned_data
        chosen: dict[str, Any] = {name: data[name] for name in (*LEVELS, "says") if data.get(name)}
        if data.get("owner"):
            chosen["owner"] = {ME: self.by.pk, NOBODY: None}.get(data["owner"], data["owner"])
            chosen["owner"] = chosen["owner"] and int(chosen["owner"])
        if data.get("team"):
            chosen["team"] = int(data["team"])
        tags = {name: data.get(name, "").split(",") for name in ("add_tags", "remove_tags")}
        return chosen | {name: names for name, names in tags.items() if any(names)}

    def texts(self) -> dict[str, str]:
        """Give the words that go with it."""
        return {name: self.cleaned_data.get(name, "") for name in ("words", "reason", "note")}
