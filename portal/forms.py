"""What a customer can say on a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.filing.forms import BODY_LENGTH
from tickets.errors import NothingSaid


class ReplyForm(forms.Form):
    body = forms.CharField(
        label=_("Your message"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": NothingSaid.message},
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("What is still wrong?"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is still wrong, so that we know where to go on.")},
    )


class SolvedForm(forms.Form):
    """Nothing to type: a place for what stands against closing."""
