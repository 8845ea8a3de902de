"""The forms of the case page about tools, meetings, and how the customer wants to be answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from desk.forms import ActForm, words
from desk.scene import Scene
from tickets.actions.meeting import LINK_LENGTH
from tickets.files import CHANNELS
from tickets.models import Case
from tickets.uploading import FilesField

ANY_CHANNEL = ("", gettext_lazy("no wish"))


class DiagnosticForm(ActForm):
    name = forms.CharField(
        label=gettext_lazy("What it is"),
        max_length=200,
        error_messages={"required": gettext_lazy("Name the tool, as the customer will see it.")},
    )
    purpose = words(
        gettext_lazy("What it is for; it may be used for nothing else"),
        rows=2,
        max_length=400,
        missing=gettext_lazy("Say what it is for: the customer may use it for nothing else."),
    )
    files = FilesField(gettext_lazy("The file"), is_one=True)
    link = forms.CharField(
        label=gettext_lazy("Or the address where they get it (https)"),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.URLInput,
    )
    keeps_words = False


class TakeBackForm(ActForm):
    drop = forms.TypedChoiceField(label=gettext_lazy("Which tool"), coerce=int)
    keeps_words = False

    def prepare(self, scene: Scene) -> None:
        standing = [drop for drop in scene.files.drops if drop.withdrawn_at is None]
        self.fields["drop"].choices = [(drop.pk, drop.name) for drop in standing]

    def effect(self) -> dict[str, Any]:
        return {"drop": self.cleaned_data["drop"]}


class MeetingForm(ActForm):
    link = forms.CharField(
        label=gettext_lazy("Address of the meeting (https)"),
        help_text=gettext_lazy("Empty: there is no meeting any more."),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.URLInput,
    )
    keeps_words = False

    def prepare(self, scene: Scene) -> None:
        self.initial["link"] = scene.case.meeting_link

    def drawn_for(self, case: Case) -> str:
        return f"link:{case.meeting_link}"


class ChannelForm(ActForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("They want to be answered by"),
        required=False,
        choices=[ANY_CHANNEL, *CHANNELS.items()],
    )
    for_all = forms.BooleanField(label=gettext_lazy("On all their cases"), required=False)
    keeps_words = False

    def prepare(self, scene: Scene) -> None:
        self.initial["channel"] = scene.files.preferred

    def drawn_for(self, case: Case) -> str:
        return f"channel:{case.preferred_channel}"

    def effect(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("channel", "for_all")}
