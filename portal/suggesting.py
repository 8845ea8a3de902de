"""Articles that may spare somebody a case: suggested while filing, and judged when read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from knowledge.models import LONGEST_WORDS, Article
from knowledge.search import suggest_articles
from portal.filing.draft import Filing

# In the address of a step: articles were not suggested yet, for no script looked for them.
LOOK = "help"
# A hidden answer of the first step: the script has shown what there is.
LOOKED = "looked"
SHORTEST_SUBJECT = 4


class FeedbackForm(forms.Form):
    is_helpful = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose whether it helped.")},
    )
    words = forms.CharField(
        label=_("What helped, or what is missing?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def suggestions_for(filing: Filing) -> list[Article]:
    """List the articles that may solve what is being filed, with their text (DD-12, DD-15)."""
    return suggested(filing.by, filing.answers.get("subject", ""), filing)


def suggested(reader: Person, subject: str, filing: Filing) -> list[Article]:
    """List the articles that may solve what a subject tells of the product of a draft."""
    if len(subject.strip()) < SHORTEST_SUBJECT:
        return []
    return suggest_articles(reader, subject, filing.product)
