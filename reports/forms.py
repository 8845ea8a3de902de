"""What is asked of a report in an address: a span, and what is chosen of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Company
from reports.promises import DIMENSIONS, OUTCOMES, Chosen
from reports.spans import CHOICES, MOST_DAYS, OWN, USUAL, OfCompany, Span, span_named
from reports.words import CAUSE_NAMES
from sla.words import CLOCK_NAMES

LONGEST_VALUE = 60
# So many companies are offered to choose from.
MOST_NAMES = 200
MOST_PAGES = 10_000
# At the ends of the calendar a midnight in another zone is no moment any more.
YEARS = range(1970, 2200)


class DayField(forms.DateField):
    """A day that is asked for with one choice of the span only."""

    is_asked_at_times = True


class CompanyField(forms.CharField):
    """A company by its name, or a part that only one has. It gives an OfCompany, or None."""

    is_asked_at_times = True

    def clean(self, value: str) -> OfCompany | None:
        asked = super().clean(value)
        if not asked:
            return None
        called_so = Company.objects.filter(name__iexact=asked).order_by("pk")
        found = called_so[:1] or Company.objects.filter(name__icontains=asked).order_by("pk")[:2]
        if len(found) == 1:
            return OfCompany(found[0].pk, found[0].name)
        if found:
            raise forms.ValidationError(_("Several companies are called so. Write more of it."))
        raise forms.ValidationError(_("No company is called so."))


class SpanForm(forms.Form):
    """Choose a span, and one company of it; without any it is this month, and all of them.

    `chosen` gives it. `companies` are names to choose from; what is not among them can be written.
    """

    span = forms.ChoiceField(label=pgettext_lazy("span", "Time"), choices=list(CHOICES.items()))
    company = CompanyField(
        label=_("Company"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "input", "list": "companies", "autocomplete": "off", "type": "search"}
        ),
    )

    def __init__(self, given: Mapping[str, str], *, at: datetime, zone: str) -> None:
        super().__init__({"span": USUAL, **{name: given[name] for name in given}})
        self.at, self.zone = at, zone
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = DayField(
                label=label,
                required=False,
                widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
                help_text=_("Used with “From … to …”.") if name == "from" else "",
            )
        self.fields["span"].widget.attrs["class"] = "select"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("span") != OWN or self.errors:
            return cleaned
        first, last = cleaned.get("from"), cleaned.get("to")
        for name, day in (("from", first), ("to", last)):
            if day is None or day.year not in YEARS:
                self.add_error(name, _("Say the day."))
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("to", _("Choose five years at most."))
        return cleaned

    @property
    def chosen(self) -> Span:
        """Give the span that is asked for; this month where the form is not valid."""
        return replace(self._days, company=getattr(self, "cleaned_data", {}).get("company"))

    @property
    def companies(self) -> list[str]:
        return list(Company.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES])

    @property
    def _days(self) -> Span:
        if not self.is_valid():
            return span_named(USUAL, self.at, self.zone)
        choice = self.cleaned_data["span"] or USUAL
        if choice == OWN:
            return Span(self.cleaned_data["from"], self.cleaned_data["to"], self.zone)
        return span_named(choice, self.at, self.zone)


class ChosenForm(forms.Form):
    """What of a report is looked at; whatever nobody offered counts as not chosen."""

    clock = forms.ChoiceField(choices=[("", ""), *CLOCK_NAMES.items()], required=False)
    outcome = forms.ChoiceField(
        choices=[("", ""), *((one, one) for one in OUTCOMES)], required=False
    )
    by = forms.ChoiceField(choices=[("", ""), *((one, one) for one in DIMENSIONS)], required=False)
    value = forms.CharField(max_length=LONGEST_VALUE, required=False)
    cause = forms.ChoiceField(choices=[("", ""), *CAUSE_NAMES.items()], required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)

    def given(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    @property
    def chosen(self) -> Chosen:
        return Chosen(*(self.given(name) for name in ("clock", "outcome", "by", "value")))

    @property
    def page_number(self) -> int:
        return self.given("page") or 1


class CompaniesForm(forms.Form):
    """Which companies with their reports of which month; what makes no sense is not chosen."""

    month = forms.DateField(required=False)
    q = forms.CharField(max_length=LONGEST_VALUE, required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)

    def given(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
