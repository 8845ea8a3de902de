"""A list of holidays as a person edits it: rules of the year, dates of one's own, a country's."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import HolidayList
from sla.engine.document import Fault
from sla.engine.holidays import OBSERVED_RULES, Holiday
from sla.faults import fault_sentence, fault_text
from sla.holidays import MOST_YEARS, countries, subdivisions
from sla.words import weekday_name

OBSERVED_NAMES = {
    "actual": gettext_lazy("on the day itself"),
    "nearest_weekday": gettext_lazy("Saturday moves to Friday, Sunday to Monday"),
    "both": gettext_lazy("on the day itself and on the weekday beside it"),
}
NTH_NAMES = {
    "": "—",
    "1": gettext_lazy("first"),
    "2": gettext_lazy("second"),
    "3": gettext_lazy("third"),
    "4": gettext_lazy("fourth"),
    "5": gettext_lazy("fifth"),
    "-1": gettext_lazy("last"),
}


class HolidayListForm(forms.Form):
    """The name of a list, and how its days move."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        label=gettext_lazy("short name"),
        help_text=gettext_lazy("In files. Letters, digits, hyphens and underscores."),
        error_messages={
            "invalid": gettext_lazy("Use letters, digits, hyphens and underscores only.")
        },
    )
    name = forms.CharField(label=gettext_lazy("name"), max_length=4000)
    observed = forms.ChoiceField(
        label=gettext_lazy("a holiday on a weekend counts"),
        choices=[(rule, OBSERVED_NAMES[rule]) for rule in OBSERVED_RULES],
        initial="actual",
        help_text=gettext_lazy("For the yearly ones; dates of your own never move."),
    )

    def __init__(self, *arguments: Any, taken: Iterable[str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.taken = set(taken or ())
        if taken is None:
            del self.fields["code"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code in self.taken:
            raise forms.ValidationError(_("There is a list with this short name already."))
        return code


class RuleForm(forms.Form):
    """A yearly holiday: a day of a month, or a weekday of a month and which one."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=4000)
    month = forms.TypedChoiceField(
        label=gettext_lazy("month"), choices=[("", "—"), *MONTHS.items()], coerce=int
    )
    day = forms.IntegerField(label=gettext_lazy("day"), min_value=1, max_value=31, required=False)
    nth = forms.ChoiceField(label=gettext_lazy("or the"), choices=NTH_NAMES.items(), required=False)
    weekday = forms.ChoiceField(label=gettext_lazy("weekday"), required=False)
    from_year = forms.IntegerField(
        label=gettext_lazy("from year"), min_value=1900, max_value=2300, required=False
    )
    to_year = forms.IntegerField(
        label=gettext_lazy("to year"), min_value=1900, max_value=2300, required=False
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        days = [(day, weekday_name(day)) for day in WEEKDAYS]
        self.fields["weekday"].choices = [("", "—"), *days]

    def table(self) -> dict[str, object]:
        """Give the valid form's rule as the document has it."""
        data = self.cleaned_data
        said = {key: data[key] for key in ("name", "month", "day", "weekday")}
        said["nth"] = int(data["nth"]) if data["nth"] else None
        said |= {key: data[key] for key in ("from_year", "to_year")}
        return {key: value for key, value in said.items() if value not in (None, "")}


class OwnDateForm(forms.Form):
    """A date of one's own."""

    date = forms.DateField(
        label=gettext_lazy("date"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    name = forms.CharField(label=gettext_lazy("name"), max_length=4000)

    def table(self) -> dict[str, object]:
        """Give the valid form's date as the document has it."""
        data = self.cleaned_data
        return {"date": data["date"].isoformat(), "name": data["name"]}


class BaseTable(BaseFormSet):
    """Rows of a list; unused and deleted ones do not count."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("remove")

    def kept(self) -> list[Any]:
        """List the forms that stand for a row, in order."""
        return [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.has_changed() or form.initial)
        ]

    def tables(self) -> list[dict[str, object]]:
        """Give the rows of a valid table as the document has them."""
        return [form.table() for form in self.kept()]


RuleTable = formset_factory(RuleForm, formset=BaseTable, extra=2, can_delete=True)
OwnDateTable = formset_factory(OwnDateForm, formset=BaseTable, extra=3, can_delete=True)


class CountryForm(forms.Form):
    """The public holidays of a country, to be put in as dates."""

    country = forms.ChoiceField(label=gettext_lazy("country"))
    subdivision = forms.CharField(
        label=gettext_lazy("state or region"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Its letters, such as BY for Bavaria. Empty: the whole country."),
    )
    years = forms.IntegerField(
        label=gettext_lazy("years ahead"), min_value=1, max_value=MOST_YEARS, initial=2
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["country"].choices = [("", "—"), *countries()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, asked = cleaned.get("country"), cleaned.get("subdivision", "").strip().upper()
        known = subdivisions(country) if country else ()
        if asked and country and asked not in known:
            choices = ", ".join(known) or _("none")
            told = _("There is none with these letters here. There are: %(choices)s.")
            self.add_error("subdivision", told % {"choices": choices})
        cleaned["subdivision"] = asked
        return cleaned


def initial_of(found: HolidayList) -> dict[str, Any]:
    """Say a list as the form's fields do."""
    return {"code": found.code, "name": found.name, "observed": found.observed}


def rules_of(found: HolidayList) -> list[dict[str, Any]]:
    """Say a list's yearly holidays as the table's fields do."""
    return [_rule_initial(holiday) for holiday in found.days]


def dates_of(found: HolidayList) -> list[dict[str, date | str]]:
    """Say a list's own dates as the table's fields do."""
    return [{"date": on, "name": name} for on, name in found.dates]


def show(
    form: forms.Form, rules: BaseTable, dates: BaseTable, faults: Iterable[Fault], code: str
) -> list[str]:
    """Put the faults of a list at the fields they are about; give back the others in words."""
    elsewhere = []
    for fault in faults:
        key = fault.path.removeprefix(f"holidays.{code}.")
        section, _bracket, rest = key.partition("[")
        number, _bracket, field = rest.partition("]")
        rows = {"days": rules, "dates": dates}.get(section)
        if rows is not None and number.isdecimal() and int(number) < len(rows.kept()):
            row = rows.kept()[int(number)]
            name = field.lstrip(".")
            row.add_error(name if name in row.fields else None, fault_text(fault))
        elif key in form.fields:
            form.add_error(key, fault_text(fault))
        else:
            elsewhere.append(fault_sentence(fault))
    return elsewhere


def _rule_initial(holiday: Holiday) -> Mapping[str, Any]:
    return {
        "name": holiday.name,
        "month": holiday.month,
        "day": holiday.day,
        "nth": "" if holiday.nth is None else str(holiday.nth),
        "weekday": "" if holiday.weekday is None else WEEKDAYS[holiday.weekday],
        "from_year": holiday.from_year,
        "to_year": holiday.to_year,
    }
