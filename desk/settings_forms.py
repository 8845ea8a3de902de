"""The forms of what somebody of the desk sets for themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outbox.digest_models import DigestWish
from outbox.digests import groups

EACH = "each"


class SettingsForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    single_keys = forms.BooleanField(
        label=_("Single keys do things, such as R for a reply"),
        required=False,
        help_text=_(
            "Turn this off if you speak to your computer, or press keys by accident. Ctrl and K "
            "together open the palette either way."
        ),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]


class DigestForm(forms.Form):
    """For each group of messages: each by itself, or together."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for group in groups():
            self.fields[group.code] = forms.ChoiceField(
                label=group.title,
                choices=[(EACH, _("each by itself, at once")), *DigestWish.Every.choices],
                initial=EACH,
            )

    def wishes(self) -> dict[str, str]:
        """Give what is to come together, once the form is valid."""
        return {group: every for group, every in self.cleaned_data.items() if every != EACH}
