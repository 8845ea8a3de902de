"""Where it happens, whom it hits, what is known: what decides which level counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.filing.draft import KEEP_LEVEL, TAKE_OFFER, Filing
from portal.filing.forms import StepForm
from tickets.models import Case

WORKAROUND_LENGTH = 4_000


class SituationForm(StepForm):
    """MX-11, MX-13, MS-11, DD-06."""

    environment = forms.ChoiceField(
        label=gettext_lazy("On which system does it happen?"),
        required=False,
        error_messages={
            "required": gettext_lazy("Say on which system: some levels are for production only.")
        },
    )
    affected = forms.ChoiceField(
        label=gettext_lazy("Who is affected?"),
        required=False,
        choices=[("", gettext_lazy("not known")), *Case.Affected.choices],
    )
    has_workaround = forms.BooleanField(
        label=gettext_lazy("A workaround is known"),
        help_text=gettext_lazy("Some way to go on working until it is mended."),
        required=False,
    )
    workaround = forms.CharField(
        label=gettext_lazy("What is the workaround?"),
        help_text=gettext_lazy("Needed where one is known."),
        required=False,
        max_length=WORKAROUND_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_security = forms.BooleanField(
        label=gettext_lazy("It is a security matter"),
        help_text=gettext_lazy(
            "Then only those it concerns see the case: you, the admins of your company, and at "
            "support its owner, its team, the leads and the managers, who opened or restricted it, "
            "and the senior team where that is brought in."
        ),
        required=False,
    )

    def ask(self) -> None:
        # Its hint says when it is needed; "optional" would say that it never is.
        self.fields["workaround"].is_asked_at_times = True
        field = self.fields["environment"]
        field.required = self.filing.needs_environment
        nothing = _("Choose a system") if field.required else _("not known")
        field.choices = [("", nothing), *Case.Environment.choices]
        if field.required:
            field.help_text = _(
                "Levels for production: %(levels)s. Elsewhere another one counts."
            ) % {"levels": ", ".join(self.filing.production_levels)}

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a workaround that is said to be known."""
        cleaned = super().clean() or {}
        if cleaned.get("has_workaround") and not cleaned.get("workaround", "").strip():
            self.add_error("workaround", _("Say what the workaround is."))
        return cleaned


class OfferForm(StepForm):
    """MX-13: the level that is offered for a workaround; the customer may keep theirs."""

    offer = forms.ChoiceField(
        label=gettext_lazy("Which level shall it have?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )

    def ask(self) -> None:
        self.fields["offer"].choices = offer_choices(self.filing)


def offer_choices(filing: Filing) -> list[tuple[str, str]]:
    """Name the two levels: the one that is offered, and the one that was chosen."""
    judged = filing.lower_level
    if judged is None or judged.offer is None or judged.here is None:
        return []
    return [(TAKE_OFFER, judged.offer.name), (KEEP_LEVEL, judged.here.name)]
