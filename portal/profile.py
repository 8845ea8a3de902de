"""What people say about themselves, as a form."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from portal.registration import ZONES

CHANNELS = [
    ("", _("No wish: here and by e-mail")),
    ("portal", _("Here in the portal")),
    ("email", _("By e-mail")),
    ("phone", _("By phone")),
]
FIELDS = ("name", "phone", "time_zone", "language", "preferred_channel")


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=Person._meta.get_field("name").max_length,
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=Person._meta.get_field("phone").max_length,
        help_text=_("Where we reach you when a case is pressing."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    preferred_channel = forms.ChoiceField(
        label=_("How you want to be answered"),
        required=False,
        choices=CHANNELS,
        help_text=_("For all your cases; each case may say otherwise."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_(
            "Times are shown in it, and hours are counted in it where the policy goes by your own "
            "clock. It is for cases from now on: one that is there keeps its zone."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *arguments: Any, elsewhere: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        as_company = _("as my company: %(zone)s") % {"zone": elsewhere}
        self.fields["time_zone"].choices = [("", as_company), *ZONES[1:]]
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]

    def said(self, person: Person) -> dict[str, str]:
        """Give what a valid form says; what it does not ask about stays as it is."""
        return {name: self.cleaned_data.get(name, getattr(person, name)) for name in FIELDS}


def initial_of(person: Person) -> dict[str, str]:
    """Give what the form begins with."""
    return {name: getattr(person, name) for name in FIELDS}
