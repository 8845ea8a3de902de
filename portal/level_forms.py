"""Asking for another level of a case, and answering an offer."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.policy import Policy
from sla.words import AXIS_NAMES
from tickets.actions.levels import levels_to_ask_for
from tickets.level_errors import ReasonMissing
from tickets.models import Case

REASON_LENGTH = 2_000


class AskLevelForm(forms.Form):
    """Another level and why (MX-10). What the desk alone sets is not on offer (MS-05)."""

    level = forms.ChoiceField(
        label=gettext_lazy("Which level should it have?"),
        error_messages={"required": gettext_lazy("Choose the level that it should have.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": ReasonMissing.message},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        case: Case,
        policy: Policy,
        busy: Collection[str] = (),
    ) -> None:
        super().__init__(data, auto_id="level_%s")
        groups = [
            (
                str(AXIS_NAMES[axis]).capitalize(),
                [
                    (f"{axis}:{level.code}", level.name)
                    for level in levels_to_ask_for(case, policy, axis)
                ],
            )
            for axis in policy.axes
            if axis not in busy
        ]
        found = [(name, levels) for name, levels in groups if levels]
        self.fields["level"].choices = [("", _("Choose a level")), *found] if found else []

    def asked(self) -> dict[str, str]:
        """Give what a valid form asks for, as `request_level` takes it."""
        axis, _colon, level = self.cleaned_data["level"].partition(":")
        return {"axis": axis, "level": level, "reason": self.cleaned_data["reason"]}


class OfferForm(forms.Form):
    """The answer to a level that the desk offers."""

    request = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])
