"""The form of a call that is about a case which is there already (MX-07)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.forms import MomentInput, words
from desk.scene import Scene
from desk.who_calls import NOTHING
from tickets.wallclock import read_wall_time, wall_time_value


class JoinForm(forms.Form):
    """What the caller said, when, and to whom they were put through."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    body = words(gettext_lazy("What the caller said; they can read this"), rows=6)
    occurred_at = forms.CharField(
        label=gettext_lazy("When the call came in"), required=False, widget=MomentInput
    )
    transferred_to = forms.TypedChoiceField(
        label=gettext_lazy("The call was put through at once to"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("They own the case then, and the customer has been answered."),
    )

    def __init__(self, data: Mapping | None, *, scene: Scene) -> None:
        super().__init__(data, initial={"seen": scene.case.last_seq})
        self.scene = scene
        self.use_required_attribute = False
        self.fields["occurred_at"].help_text = _("On the clock of %(zone)s. Empty: now.") % {
            "zone": scene.zone
        }
        named = [(one.pk, one.name) for one in scene.workers]
        self.fields["transferred_to"].choices = [NOTHING, *named]

    def said(self) -> dict[str, Any]:
        """Give what a valid form says, as `join_call` takes it. Raises NotAMoment."""
        data = self.cleaned_data
        return {
            "body": data["body"],
            "occurred_at": self.moment(),
            "transferred_to": data["transferred_to"],
        }

    def moment(self) -> datetime | None:
        """Read when the call came in; None for now. Raises NotAMoment, NoSuchLocalTime."""
        text = self.cleaned_data["occurred_at"]
        if not text or text == wall_time_value(self.scene.at, self.scene.zone):
            return None
        return read_wall_time(text, self.scene.zone, field="occurred_at")

    def is_done(self) -> bool:
        """Tell whether the button was pressed twice: the same call was logged since."""
        seen, body = self.cleaned_data["seen"], self.cleaned_data["body"].strip()
        return any(
            line.event.kind == "customer_called"
            and line.event.by_id == self.scene.by.pk
            and line.entry.message is not None
            and line.entry.message.body == body
            for line in (self.scene.lines_after(seen) if seen is not None else [])
        )
