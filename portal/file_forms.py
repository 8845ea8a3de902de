"""What a customer decides about tools, and how they want to be answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.files import CHANNELS


class DropForm(forms.Form):
    """Accept the terms of a tool, or give it back."""

    drop = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("accept", ""), ("withdraw", "")])
    agree = forms.BooleanField(
        label=_("I have read the terms and accept them, for my company"),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("decision") == "accept" and not data.get("agree"):
            self.add_error(
                "agree", _("Tick that you accept the terms; without that it is not given.")
            )
        return data


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("We answer you best by"),
        required=False,
        choices=[("", _("no wish")), *CHANNELS.items()],
    )
    for_all = forms.BooleanField(label=_("On all my cases"), required=False)

    def __init__(self, *args: Any, is_contact: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_contact:  # of whose cases only their contact, or the desk, may say so
            del self.fields["for_all"]
