"""What a customer says who asks for an escalation, or ends one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from escalation.errors import EndNoteMissing, ReasonMissing, SituationMissing
from portal.filing.forms import BODY_LENGTH
from portal.forms import CaseForm


class AskForm(CaseForm):
    """How things stand, and why (DD-25); the number of the case is known."""

    situation = forms.CharField(
        label=_("How things stand, as you see it"),
        help_text=_("It begins with what we say of the case now. Change it as you like."),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": SituationMissing.message},
    )
    reason = forms.CharField(
        label=_("Why you ask for an escalation"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": ReasonMissing.message},
    )


class EndForm(CaseForm):
    note = forms.CharField(
        label=_("Why it is no longer needed"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": EndNoteMissing.message},
    )
