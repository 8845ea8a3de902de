"""The form of what somebody of the desk sets for themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SettingsForm(forms.Form):
    single_keys = forms.BooleanField(
        label=_("Single keys do things, such as R for a reply"),
        required=False,
        help_text=_(
            "Turn this off if you speak to your computer, or press keys by accident. Ctrl and K "
            "together open the palette either way."
        ),
    )
