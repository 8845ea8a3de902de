"""The forms of the case page; each is one act with one button. Choices are the scene's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.errors import MovedMeanwhile
from desk.scene import Scene
from desk.words import AXIS_LABELS
from tickets.errors import NothingSaid, SubjectMissing
from tickets.models import Case, CaseEvent
from tickets.timeline import seconds_of
from tickets.uploading import FilesField
from tickets.wallclock import FORESEEN, read_wall_time, wall_time_value

AS_IT_IS = ("", gettext_lazy("as it is"))
NOBODY = ("", gettext_lazy("nobody"))
REASON_MISSING = gettext_lazy("Give the reason: it is kept with the change.")
# What a review can change, beside the owner.
TRIAGED = ("case_type", "severity", "priority")
CALLERS = [
    ("customer", gettext_lazy("The customer called us")),
    ("desk", gettext_lazy("We called the customer")),
]

# Where the words of a form stand.
WORDS = ("body", "note", "reason")
CALLED_BY = {"customer": "customer_called", "desk": "agent_called"}


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


def words(label: object, rows: int = 5, **options: object) -> forms.CharField:
    """Make a field for sentences; what is missing is said as the action would."""
    missing = {"required": options.pop("missing", NothingSaid.message)}
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=area, error_messages=missing, **options)


class ActForm(forms.Form):
    """A form of the case page. `seen` is the last entry that its writer has seen.

    `drawn` says what it was drawn for: the part of the case that the act replaces.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    # Whether the entry of the act has the form's words beside it.
    keeps_words = True

    def __init__(self, data: Mapping | None = None, *, scene: Scene, prefix: str) -> None:
        initial = {"seen": scene.case.last_seq, "drawn": self.drawn_for(scene.case)}
        super().__init__(data, prefix=prefix, initial=initial)
        self.scene = scene
        self.use_required_attribute = False
        if "files" in self.fields:
            self.fields["files"].put_in(scene.files.box(prefix))
        self.prepare(scene)
        for field in self.fields.values():
            # A choice is always made, be it "as it is".
            field.is_asked_at_times = isinstance(field, forms.ChoiceField) or getattr(
                field, "is_asked_at_times", False
            )

    def prepare(self, scene: Scene) -> None:
        """Fill in the choices of this case."""

    def drawn_for(self, case: Case) -> str:
        """Name what the act replaces as it is on a case; empty where it only adds."""
        return ""

    def effect(self) -> dict[str, Any]:
        """Give what the entry of the act has in its payload, as far as the form says it."""
        return {}

    def leaves(self, event: CaseEvent) -> bool:
        """Tell whether an entry, of a kind that the act leaves, is what this form asks for."""
        return all(event.payload.get(key) == value for key, value in self.effect().items())

    def said(self) -> str:
        """Give the words that the entry of the act has beside it."""
        if not self.keeps_words:
            return ""
        return next((self.cleaned_data[name].strip() for name in WORDS if name in self.fields), "")

    def check_drawn(self, case: Case) -> None:
        """Refuse to replace what somebody else has replaced meanwhile. Raises MovedMeanwhile."""
        drawn = self.cleaned_data["drawn"]
        if drawn and drawn != self.drawn_for(case):
            raise MovedMeanwhile

    def show_again(self, scene: Scene) -> None:
        """Take note that its writer has now been shown everything there is."""
        self.scene = scene
        self.put("seen", scene.case.last_seq)
        self.put("drawn", self.drawn_for(scene.case))

    def forget_files(self) -> None:
        """Throw away what a form brought that turned out to be sent twice."""
        if "files" in self.fields:
            self.fields["files"].box.empty()

    def put(self, name: str, value: object) -> None:
        """Set a hidden field of a form that is shown again."""
        self.data = self.data.copy()
        self.data[self.add_prefix(name)] = value


def keep_files_here(form: ActForm, scene: Scene) -> None:
    """Say at the files of an incident's answer that its words go on to others, and they do not."""
    if scene.case.is_incident:
        form.fields["files"].help_text = _(
            "Files stay on this case: the customers of those that hang on it get the words only."
        )


class ReplyForm(ActForm):
    body = words(gettext_lazy("Reply"), rows=7)
    files = FilesField()

    def prepare(self, scene: Scene) -> None:
        self.fields["body"].help_text = scene.files.hint
        keep_files_here(self, scene)


class QuestionForm(ActForm):
    body = words(gettext_lazy("Question"))
    files = FilesField()


class NoteForm(ActForm):
    """A note for the desk; whoever is named in it is told of it by mail."""

    body = words(gettext_lazy("Note"))
    mention = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Tell"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They get the note by mail."),
    )
    files = FilesField(gettext_lazy("Files, for the desk only"))

    def prepare(self, scene: Scene) -> None:
        told = [person for person in scene.colleagues if person.pk != scene.by.pk]
        self.fields["mention"].choices = [(person.pk, person.name) for person in told]
        if not told:
            del self.fields["mention"]

    def effect(self) -> dict[str, Any]:
        mentioned = self.mentioned()
        return {"mentioned": mentioned} if mentioned else {}

    def mentioned(self) -> list[int]:
        """List whom the note is told to, in the order of their keys."""
        return sorted(self.cleaned_data.get("mention") or [])


class WorkForm(ActForm):
    body = words(gettext_lazy("What was done"))


class SolutionForm(ActForm):
    body = words(gettext_lazy("Solution"))
    files = FilesField()


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

    def leaves(self, event: CaseEvent) -> bool:
        return event.kind == CALLED_BY[self.cleaned_data["caller"]]

    def moment(self) -> datetime | None:
        """Read when the call was. Raises NotAMoment, NoSuchLocalTime."""
        text = self.cleaned_data["occurred_at"]
        # The form offers the minute it was opened in; a call logged as it ends is one of now.
        if not text or text == wall_time_value(self.scene.at, self.scene.zone):
            return None
        return read_wall_time(text, self.scene.zone, field="occurred_at")


class TriageForm(ActForm):
    """All of a review in one act. What is left as it is does not change.

    `drawn` are the presets: only what differs from them is asked for, and it is refused where
    somebody else has changed the same meanwhile.
    """

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
        self.fields["reason"].is_asked_at_times = True

    def drawn_for(self, case: Case) -> str:
        return "/".join([*(getattr(case, axis) for axis in TRIAGED), str(case.owner_id or "")])

    def presets(self) -> dict[str, str]:
        drawn = self.cleaned_data.get("drawn") or self.drawn_for(self.scene.case)
        return dict(zip((*TRIAGED, "owner"), drawn.split("/"), strict=False))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        changed = [axis for axis in self.changes() if axis != "owner"]
        if changed and not data.get("reason", "").strip():
            self.add_error("reason", REASON_MISSING)
        return data

    def changes(self) -> dict[str, Any]:
        """Give what the form asks for otherwise than it was drawn."""
        data, presets = self.cleaned_data, self.presets()
        wanted = {name: data.get(name) for name in (*TRIAGED, "owner")}
        return {
            name: value
            for name, value in wanted.items()
            if value and str(value) != presets.get(name)
        }

    def check_drawn(self, case: Case) -> None:
        now = dict(zip((*TRIAGED, "owner"), self.drawn_for(case).split("/"), strict=True))
        if any(self.presets().get(name) != now[name] for name in self.changes()):
            raise MovedMeanwhile

    def show_again(self, scene: Scene) -> None:
        changes = self.changes()
        super().show_again(scene)
        for name in self.fields.keys() & {*TRIAGED, "owner"} - changes.keys():
            self.put(name, "" if name == "owner" else getattr(scene.case, name))

    def effect(self) -> dict[str, Any]:
        changes = self.changes()
        return {name: changes.get(name) for name in (*TRIAGED, "owner")}


class SubjectForm(ActForm):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=Case._meta.get_field("subject").max_length,
        error_messages={"required": SubjectMissing.message},
    )

    def prepare(self, scene: Scene) -> None:
        self.initial["subject"] = scene.case.subject

    def drawn_for(self, case: Case) -> str:
        return f"subject {case.subject}"

    def effect(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["subject"]}


class LevelForm(ActForm):
    """Another level on one axis, or another type."""

    axis = ""
    level = forms.ChoiceField()
    reason = words(
        gettext_lazy("Reason; the customer reads this too"),
        rows=3,
        missing=REASON_MISSING,
    )

    def prepare(self, scene: Scene) -> None:
        policy = scene.policy
        parts = policy.case_types if self.axis == "case_type" else policy.levels(self.axis)
        self.fields["level"].choices = [(part.code, part.name) for part in parts]
        self.fields["level"].label = AXIS_LABELS[self.axis]
        self.initial["level"] = getattr(scene.case, self.axis)

    def drawn_for(self, case: Case) -> str:
        return getattr(case, self.axis)

    def effect(self) -> dict[str, Any]:
        return {self.axis: self.cleaned_data["level"]}


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

    def drawn_for(self, case: Case) -> str:
        return f"owner {case.owner_id}"

    def effect(self) -> dict[str, Any]:
        return {"owner": self.cleaned_data["owner"]}


class TakeForm(ActForm):
    """Nothing to fill in: the case becomes that of whoever presses the button."""

    def drawn_for(self, case: Case) -> str:
        return f"owner {case.owner_id}"

    def effect(self) -> dict[str, Any]:
        return {"owner": self.scene.by.pk}


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

    def drawn_for(self, case: Case) -> str:
        return f"slot {case.scheduled_for}"

    def effect(self) -> dict[str, Any]:
        return {"scheduled_for": seconds_of(self.moment())}

    def moment(self) -> datetime:
        """Read the agreed time. Raises NotAMoment, NoSuchLocalTime, TooFarAhead."""
        data, end = self.cleaned_data, self.scene.case.opened_at + FORESEEN
        return read_wall_time(
            data["scheduled_for"], data["zone"], field="scheduled_for", not_after=end
        )


def _people(scene: Scene) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in scene.workers]
