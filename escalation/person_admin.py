"""What the admin of people shows of escalation: working hours and absences."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import NOTHING, TenantInline
from accounts.errors import DomainError
from accounts.person_admin import PersonAdmin
from accounts.queries import desk_people
from escalation.absences import check_absence
from escalation.models import Absence, WorkingHours

_WEEKDAYS = [
    NOTHING,  # else the row that is left empty would be a Monday without hours
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class HoursForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=_WEEKDAYS, coerce=int)

    def clean(self) -> dict:
        data = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("These hours end before they begin."))
        return data


class HoursInline(TenantInline):
    model = WorkingHours
    form = HoursForm
    fields = ["weekday", "opens", "closes"]
    verbose_name_plural = _("working hours: notices that are not urgent wait for them")


class AbsenceForm(forms.ModelForm):
    def clean(self) -> dict:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            check_absence(
                person=self.instance.person,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                stand_in=data.get("stand_in"),
                but=self.instance.pk,
            )
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return data


class AbsenceInline(TenantInline):
    model = Absence
    form = AbsenceForm
    fk_name = "person"
    fields = ["starts_on", "ends_on", "stand_in", "note"]

    def formfield_for_foreignkey(
        self, db_field: object, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if getattr(db_field, "name", "") == "stand_in":
            kwargs["queryset"] = desk_people()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def extend_person_admin() -> None:
    """Put working hours and absences below the people of the desk."""
    for inline in (HoursInline, AbsenceInline):
        if inline not in PersonAdmin.desk_inlines:
            PersonAdmin.desk_inlines.append(inline)
