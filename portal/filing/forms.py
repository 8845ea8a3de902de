"""The questions of the filing form, one small form a step."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from portal.case_files import filing_box
from portal.filing.draft import UNKNOWN_RELEASE, Filing
from sla.engine.errors import EngineError
from sla.engine.parts import Level
from sla.explain import AXIS_NAMES, engine_error_text
from tickets.errors import SubjectMissing
from tickets.filing import Weighed, refusal_sentence, weigh, weigh_choices
from tickets.models import Case
from tickets.uploading import FilesField

SUBJECT_LENGTH = Case._meta.get_field("subject").max_length
BODY_LENGTH = 20_000

Data = Mapping[str, Any] | None


class StepForm(forms.Form):
    """A step's questions about a filing; shows what was answered before, once it is bound."""

    def __init__(self, filing: Filing, data: Data = None) -> None:
        super().__init__(data, initial=dict(filing.answers))
        self.filing = filing
        self.ask()

    def ask(self) -> None:
        """Leave out what there is no choice about."""


class WhatForm(StepForm):
    case_type = forms.ChoiceField(
        label=gettext_lazy("What do you want to report?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you want to report.")},
    )
    product = forms.ChoiceField(
        label=gettext_lazy("Which product is it about?"),
        error_messages={"required": gettext_lazy("Choose the product that it is about.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        help_text=gettext_lazy("In a few words, for example: “Nightly export stops at 80 %”."),
        max_length=SUBJECT_LENGTH,
        error_messages={
            "required": SubjectMissing.message,
            "max_length": gettext_lazy(
                "The subject is too long: %(show_value)d characters, and %(limit_value)d fit. "
                "Move the rest to the description."
            ),
        },
    )

    def ask(self) -> None:
        self._offer("case_type", self.filing.policy.case_types)
        self._offer("product", self.filing.products)
        if "product" in self.fields:
            field = self.fields["product"]
            field.choices = [("", _("Choose a product")), *field.choices]

    def _offer(self, name: str, parts: Iterable[Any]) -> None:
        choices = [(part.code, part.name) for part in parts]
        if len(choices) > 1:
            self.fields[name].choices = choices
        else:
            del self.fields[name]


class ReleaseForm(StepForm):
    release = forms.ChoiceField(
        label=gettext_lazy("Which release do you use?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the release that you use.")},
    )

    def ask(self) -> None:
        filing, field = self.filing, self.fields["release"]
        known = [(str(release.pk), release.version) for release in filing.releases]
        field.choices = known if self._must_be_known() else [*known, (UNKNOWN_RELEASE, "")]
        if not filing.answers.get("release"):
            self.initial["release"] = filing.remembered_release

    def _must_be_known(self) -> bool:
        wish = replace(self.filing.wish, release=None)
        weighed = weigh(wish, by=self.filing.by, at=self.filing.at)
        return any(refusal.code == "release_needed" for refusal in weighed.refusals)


class LevelForm(StepForm):
    """Choose a level of one axis, of those that a customer of this vendor sets."""

    axis = ""

    def ask(self) -> None:
        axis = AXIS_NAMES[self.axis]
        self.fields[self.axis] = forms.ChoiceField(
            label=_("Which %(axis)s does it have?") % {"axis": axis},
            choices=[(level.code, level.name) for level in self.filing.offered(self.axis)],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose a %(axis)s.") % {"axis": axis},
                "invalid_choice": _("This %(axis)s is not offered. Choose one of these.")
                % {"axis": axis},
            },
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what the policy does not take this way, for instance what has to be phoned in."""
        cleaned = super().clean() or {}
        code = cleaned.get(self.axis)
        if code is not None:
            wish = replace(self.filing.wish, takes_offer=False, **{self.axis: code})
            weighed = weigh(wish, by=self.filing.by, at=self.filing.at)
            for sentence in self.refusals(code, weighed):
                self.add_error(self.axis, sentence)
        return cleaned

    @cached_property
    def weighed_choices(self) -> list[tuple[Level, Weighed]]:
        """Weigh the case once for each level on offer."""
        filing = self.filing
        wish = replace(filing.wish, takes_offer=False)
        return weigh_choices(wish, self.axis, by=filing.by, at=filing.at)

    def refusals(self, code: str, weighed: Weighed) -> list[str]:
        """Say in words what stands against this level, or the one that counts for it (MX-11)."""
        meant = (code, getattr(weighed.facts, self.axis))
        return [
            refusal_sentence(refusal, self.filing.policy)
            for refusal in weighed.refusals
            if refusal.params.get("axis") == self.axis and refusal.params.get("level") in meant
        ]


class SeverityForm(LevelForm):
    axis = "severity"


class PriorityForm(LevelForm):
    """The priority is preset by the severity, and stays the customer's to change (DD-09)."""

    axis = "priority"

    def ask(self) -> None:
        super().ask()
        severity = self.filing.policy.level("severity", self.filing.weighed.facts.severity)
        if severity is not None and severity.sets_priority:
            self.initial.setdefault(self.axis, severity.sets_priority)


class WhenForm(StepForm):
    scheduled_for = forms.CharField(
        label=gettext_lazy("Date and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def ask(self) -> None:
        self.fields["scheduled_for"].help_text = _(
            "On the clock of %(zone)s. Leave it empty if no date matters yet: we then agree on "
            "one with you."
        ) % {"zone": self.filing.zone}

    def clean_scheduled_for(self) -> str:
        text = self.cleaned_data["scheduled_for"]
        if not text:
            return text
        try:
            self.filing.read_slot(text)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        except EngineError as error:
            raise forms.ValidationError(engine_error_text(error), code=error.code) from error
        return text


class DetailsForm(StepForm):
    body = forms.CharField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy(
            "What did you do, what did you expect, and what happened instead? Since when, and on "
            "which system? Never write a password."
        ),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": gettext_lazy("Describe it, so that the answer can be of help at once.")
        },
    )
    availability = forms.CharField(
        label=gettext_lazy("Who can be reached, and how?"),
        help_text=gettext_lazy(
            "A name, a phone number and the hours: what you chose needs somebody on your side."
        ),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Name somebody on your side who can be reached, and how.")
        },
    )

    # DD-34, DD-35
    files = FilesField(gettext_lazy("Files: logs, screen shots, what the system says of itself"))

    # SC-14
    keep_informed = forms.BooleanField(
        label=gettext_lazy("Tell me what becomes of it"),
        help_text=gettext_lazy(
            "We let you know what was found or decided in the end, also when it takes long."
        ),
        required=False,
    )

    def ask(self) -> None:
        filing = self.filing
        self.fields["files"].put_in(filing_box(filing.by, filing.policy, filing.at))
        if not filing.is_availability_required:
            del self.fields["availability"]


class SendForm(forms.Form):
    """Which draft is sent: it can only be sent once, and as it was `shown`."""

    draft = forms.IntegerField(widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
