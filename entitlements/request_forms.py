"""What a manager types to decide a request, or to let a company through unasked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.once import OnceForm
from entitlements.request_words import CODE_NAMES

GOOD_FOR_DAYS, MOST_DAYS = 14, 366
ANSWER_LENGTH = 2000
SAY_REFERENCE = _("Say the number of the order or invoice.")
SAY_REASON = _("Say why: it is kept with the exception.")
SAY_CODES = _("Say what the exception is from.")
SAY_WHY_NOT = _("Say why not: who asked for it reads this.")
SAY_DAYS = _("Say for how many days, from 1 to 366.")


def days_field() -> forms.IntegerField:
    """Make the field that says for how long an exception is good."""
    return forms.IntegerField(
        label=_("Good for so many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=GOOD_FOR_DAYS,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), SAY_DAYS),
    )


class PackForm(forms.Form):
    """The pack is bought: recorded with what it is called elsewhere."""

    reference = forms.CharField(
        label=_("Order or invoice"),
        max_length=100,
        help_text=_("Its number where it was paid."),
        error_messages={"required": SAY_REFERENCE},
    )
    answer = forms.CharField(
        label=_("Words to who asked"),
        required=False,
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea({"rows": 2}),
    )


class LetThroughForm(forms.Form):
    """One case may be opened in spite of what the gate says."""

    codes = forms.MultipleChoiceField(
        label=_("In spite of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": SAY_CODES},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For the vendor's own people; it is kept with the exception."),
        error_messages={"required": SAY_REASON},
    )
    days = days_field()
    answer = forms.CharField(
        label=_("Words to who asked"),
        required=False,
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *arguments: Any, codes: Iterable[str], **options: Any) -> None:
        """Offer, all of them chosen, what was asked for and what blocks now."""
        super().__init__(*arguments, **options)
        offered = [code for code in CODE_NAMES if code in set(codes)]
        self.fields["codes"].choices = [(code, CODE_NAMES[code]) for code in offered]
        self.initial["codes"] = offered


class DeclineForm(forms.Form):
    """Why not, in words for who asked."""

    answer = forms.CharField(
        label=_("Why not"),
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Who asked for it reads this."),
        error_messages={"required": SAY_WHY_NOT},
    )


class OverrideForm(OnceForm):
    """An exception that nobody asked for here: on the phone, say."""

    contact = forms.TypedChoiceField(
        label=_("Who may open the case"), required=False, empty_value=None
    )
    codes = forms.MultipleChoiceField(
        label=_("In spite of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": SAY_CODES},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": SAY_REASON},
    )
    days = days_field()
    all_the_same = forms.BooleanField(
        label=_("Make it all the same"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *arguments: Any, people: Iterable[Person], codes: Iterable[str]) -> None:
        super().__init__(*arguments)
        self.fields["codes"].choices = [(code, CODE_NAMES[code]) for code in codes]
        known = {str(person.pk): person for person in people}
        contact = self.fields["contact"]
        contact.choices = [("", _("anybody of the company"))]
        contact.choices += [(key, person.name) for key, person in known.items()]
        contact.coerce = known.get

    def hold_back(self, faults: Iterable[str], blocked: Iterable[str]) -> None:
        """Say what this would not let through, choose it, and let it be made all the same."""
        for fault in faults:
            self.add_error("codes", fault)
        typed_in = self.data.copy()
        typed_in.setlist("codes", list(dict.fromkeys([*typed_in.getlist("codes"), *blocked])))
        self.data = typed_in
        self.fields["all_the_same"].widget = forms.CheckboxInput()
