"""The question how it was, as a form and as a place on the page of a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.actions.rating import WORDS_LENGTH
from tickets.rating import NAMES, Asked

# Symbols beside the words; nothing is said by colour or picture alone.
FACES = (("good", "check"), ("okay", "dash"), ("bad", "alert"))


class RatingForm(forms.Form):
    """One score, and words beside it if there are any to say."""

    score = forms.ChoiceField(
        label=_("How was it?"),
        choices=list(NAMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    words = forms.CharField(
        label=_("A few words"),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("What was good, what should have gone otherwise? The support desk reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def said(self) -> dict[str, Any]:
        """Give what a valid form says; words are left as they are where the form had no room."""
        has_room = "words" in self.data
        words = self.cleaned_data["words"] if has_room else None
        return {"score": self.cleaned_data["score"], "words": words}


def form_for(asked: Asked, chosen: str = "") -> RatingForm:
    """Give a form that begins with what was said, or with the score that a link has chosen."""
    said = asked.rating
    return RatingForm(
        initial={
            "score": chosen or (said.score if said else None),
            "words": said.words if said else "",
        }
    )
