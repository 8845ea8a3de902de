"""The form by which somebody asks for an account."""

from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from entitlements.models import Registration
from entitlements.registration import Said

ZONES = [
    ("", _("I do not know")),
    *((name, name) for name in sorted(available_timezones()) if name[0].isupper()),
]


def _longest(name: str) -> int:
    return Registration._meta.get_field(name).max_length


class RegistrationForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=_longest("name"),
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The one at your company: by it we see for whom you speak."),
        max_length=_longest("email"),
        error_messages={"required": _("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    company_name = forms.CharField(
        label=_("Your company"),
        max_length=_longest("company_name"),
        error_messages={"required": _("Write the name of your company.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    licence_number = forms.CharField(
        label=_("Licence number"),
        help_text=_("As it stands on your order or in the product."),
        max_length=_longest("licence_number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=_longest("phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("So that we count hours on your clock."),
        choices=ZONES,
        required=False,
    )

    def said(self, language: str) -> Said:
        """Give what a valid form says."""
        return Said(language=language, **self.cleaned_data)
