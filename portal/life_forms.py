"""What a customer says of a case that waits for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.filing.forms import BODY_LENGTH
from portal.forms import CaseForm


class DisputeForm(CaseForm):
    body = forms.CharField(
        label=_("Why does it not wait for you?"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "id": "id_dispute"}),
    )


class AwayForm(forms.Form):
    last_day = forms.DateField(
        label=_("Last day on which you are away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give the last day on which you are away."),
            "invalid": _("Write the day like 2026-03-20."),
        },
    )
