"""The forms of the case page; each is one act with one button. Choices are the scene's."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.scene import Scene
from desk.words import AXIS_LABELS, place_text
from escalation.errors import HandOverNoteMissing
from tickets.errors import NothingSaid
from tickets.wallclock import FORESEEN, read_wall_time, wall_time_value

AS_IT_IS = ("", gettext_lazy("as it is"))
NOBODY = ("", gettext_lazy("nobody"))
CALLERS = [
    ("customer", gettext_lazy("The customer called us")),
    ("desk", gettext_lazy("We called the customer")),
]


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


def words(label: object, rows: int = 5, **options: object) -> forms.CharField:
    """Make a field for sentences; what is missing is said as the action would."""
    missing = {"required": options.pop("missing", NothingSaid.message)}
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=area, error_messages=missing, **options)


class ActForm(forms.Form):
    """A form of the case page. `seen` is the last entry that its writer has seen."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping | None = None, *, scene: Scene, prefix: str) -> None:
        super().__init__(data, prefix=prefix, initial={"seen": scene.case.last_seq})
        self.scene = scene
        self.use_required_attribute = False
        self.prepare(scene)

    def prepare(self, scene: Scene) -> None:
        """Fill in the choices of this case."""

    def show_again(self, scene: Scene) -> None:
        """Take note that its writer has now been shown everything there is."""
        self.scene = scene
        self.put("seen", scene.case.last_seq)

    def put(self, name: str, value: object) -> None:
        """Set a hidden field of a form that is shown again."""
        self.data = self.data.copy()
        self.data[self.add_prefix(name)] = value


class ReplyForm(ActForm):
    body = words(gettext_lazy("Reply"), rows=7)


class QuestionForm(ActForm):
    body = words(gettext_lazy("Question"))


class NoteForm(ActForm):
    body = words(gettext_lazy("Note"))


class WorkForm(ActForm):
    body = words(gettext_lazy("What was done"))


class SolutionForm(ActForm):
    body = words(gettext_lazy("Solution"))


class ReopenForm(ActForm):
    body = words(gettext_lazy("Why it is opened again; the customer reads this"))


class EndForm(ActForm):
    """Nothing to fill in."""


class CallForm(ActForm):
    caller = forms.ChoiceField(
        label=gettext_lazy("Who called"),
        widget=forms.RadioSelect,
        choices=CALLERS,
        error_messages={"required": gettext_lazy("Say who called: only a call of ours answers.")},
    )
    occurred_at = forms.CharField(label=gettext_lazy("When"), required=False, widget=MomentInput)
    body = words(gettext_lazy("What was said; the customer reads this"))

    def prepare(self, scene: Scene) -> None:
        self.initial["occurred_at"] = wall_time_value(scene.at, scene.zone)
        self.fields["occurred_at"].help_text = _("On the clock of %(zone)s. Empty: now.") % {
            "zone": scene.zone
        }
        if not scene.by.may("reply_as_agent"):
            self.fields["caller"].choices = [CALLERS[0]]
            self.initial["caller"] = CALLERS[0][0]

    def moment(self) -> datetime | None:
        """Read when the call was. Raises NotAMoment, NoSuchLocalTime."""
        text = self.cleaned_data["occurred_at"]
        # The form offers the minute it was opened in; a call logged as it ends is one of now.
        if not text or text == wall_time_value(self.scene.at, self.scene.zone):
            return None
        return read_wall_time(text, self.scene.zone, field="occurred_at")


class TriageForm(ActForm):
    """All of a review in one act. What is left as it is does not change."""

    case_type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Owner"), required=False, coerce=int, empty_value=None
    )
    reason = words(
        gettext_lazy("Reason; the customer reads this too where a level or the type changes"),
        rows=3,
        required=False,
    )

    def prepare(self, scene: Scene) -> None:
        parts = {axis: scene.policy.levels(axis) for axis in scene.policy.axes}
        parts["case_type"] = scene.policy.case_types
        for name in ("case_type", "severity", "priority"):
            if not parts.get(name):
                del self.fields[name]
                continue
            named = [(part.code, part.name) for part in parts[name]]
            self.fields[name].choices = named
            self.initial[name] = getattr(scene.case, name)
        self.fields["owner"].choices = [AS_IT_IS, *_people(scene)]


class LevelForm(ActForm):
    """Another level on one axis, or another type."""

    axis = ""
    level = forms.ChoiceField()
    reason = words(
        gettext_lazy("Reason; the customer reads this too"),
        rows=3,
        missing=gettext_lazy("Give the reason: it is kept with the change."),
    )

    def prepare(self, scene: Scene) -> None:
        policy = scene.policy
        parts = policy.case_types if self.axis == "case_type" else policy.levels(self.axis)
        self.fields["level"].choices = [(part.code, part.name) for part in parts]
        self.fields["level"].label = AXIS_LABELS[self.axis]
        self.initial["level"] = getattr(scene.case, self.axis)


class SeverityForm(LevelForm):
    axis = "severity"


class PriorityForm(LevelForm):
    axis = "priority"


class TypeForm(LevelForm):
    axis = "case_type"


class AssignForm(ActForm):
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Owner"), required=False, coerce=int, empty_value=None
    )

    def prepare(self, scene: Scene) -> None:
        self.fields["owner"].choices = [NOBODY, *_people(scene)]
        self.initial["owner"] = scene.case.owner_id


class TakeForm(ActForm):
    """Nothing to fill in: the case becomes that of whoever presses the button."""


class HandOverForm(ActForm):
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int)
    note = words(
        gettext_lazy("What was done so far, and what is needed"),
        missing=HandOverNoteMissing.message,
    )

    def prepare(self, scene: Scene) -> None:
        self.fields["team"].choices = [
            (team.pk, place_text(team.tier, team.name))
            for team in scene.teams
            if team.pk != scene.case.team_id
        ]


class EscalateForm(ActForm):
    note = words(
        gettext_lazy("What was done so far, and what is needed"),
        missing=HandOverNoteMissing.message,
    )


class ScheduleForm(ActForm):
    scheduled_for = forms.CharField(
        label=gettext_lazy("Agreed time"), required=False, widget=MomentInput
    )
    zone = forms.ChoiceField(label=gettext_lazy("On the clock of"))
    # The moment to which an agreed time outside service hours moves, once that has been said.
    told = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self, scene: Scene) -> None:
        zones = dict.fromkeys((scene.case.time_zone, scene.zone))
        self.fields["zone"].choices = [(zone, zone) for zone in zones]

    def moment(self) -> datetime:
        """Read the agreed time. Raises NotAMoment, NoSuchLocalTime, TooFarAhead."""
        data, end = self.cleaned_data, self.scene.case.opened_at + FORESEEN
        return read_wall_time(
            data["scheduled_for"], data["zone"], field="scheduled_for", not_after=end
        )


def _people(scene: Scene) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in scene.workers]
