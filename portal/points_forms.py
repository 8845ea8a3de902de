"""What a customer fills in to ask for points."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from sla.engine.offer import Pack

WORDS_LENGTH = 2000


class BuyForm(forms.Form):
    """A pack of the policy, and whom to ask for it."""

    pack = forms.ChoiceField(
        label=_("Which pack?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a pack.")},
    )
    asked_of = forms.TypedChoiceField(
        label=_("Whom do you ask?"),
        help_text=_("They get a mail with your request; you hear when it is decided."),
    )
    words = forms.CharField(
        label=_("A few words"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For what you need them, or what the invoice must say."),
    )

    def __init__(
        self, *arguments: Any, packs: Sequence[Pack], people: Iterable[Person], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._packs = {pack.code: pack for pack in packs}
        self._people = {str(person.pk): person for person in people}
        self.fields["pack"].choices = [(pack.code, pack.name) for pack in packs]
        asked_of = self.fields["asked_of"]
        asked_of.choices = [(key, who_text(one)) for key, one in self._people.items()]
        asked_of.coerce = self._people.get

    def packs_shown(self) -> list[tuple[BoundWidget, Pack]]:
        """List the radio buttons with their packs."""
        return [(radio, self._packs[radio.data["value"]]) for radio in self["pack"]]


class RefuseForm(forms.Form):
    """Why a colleague does not get what was asked for."""

    answer = forms.CharField(
        label=_("Why not?"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why not: your colleague reads it.")},
    )


def who_text(person: Person) -> str:
    """Name a person with what they are."""
    return f"{person.name} ({person.get_role_display()})"
