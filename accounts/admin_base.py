"""The base of every admin class here: scoped rows, added by actions, refused in words.

Which rows there are is decided by the tenant that is entered: nothing here filters by it.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import roles
from accounts.change_models import Change
from accounts.changes import changes_of, keep_change, lines_of, told
from accounts.countries import country_names
from accounts.errors import DomainError, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id

CHANGES_ON_A_PAGE = 50
# Why it was changed, which every form asks and nobody has to say; see admin/change_form.html.
WHY = "reason_why"
NOTHING = ("", "—")
ZONES = [NOTHING, *((name, name) for name in sorted(available_timezones()) if name[0].isupper())]
TIERS = [NOTHING, *((tier, str(tier)) for tier in (1, 2, 3))]
FIXED_CHOICES = {
    # Operators are made by operators.
    "role": [choice for choice in Person.Role.choices if choice[0] != roles.OPERATOR],
    "language": settings.LANGUAGES,
}
# Days and hours are asked for as on the other pages, by what the browser has for it.
NATIVE = {"DateField": ("date", "%Y-%m-%d"), "TimeField": ("time", "%H:%M")}

View = Callable[..., HttpResponseBase]


def guarded(view: View, is_open_to: Callable[[HttpRequest], bool]) -> View:
    """Open a page to some only; what is not there is a 404."""

    @wraps(view)
    def with_permission(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if not is_open_to(request):
            raise PermissionDenied
        try:
            return view(request, **arguments)
        except NotFound as none:
            raise Http404 from none

    return with_permission


class RecordedAdmin(admin.ModelAdmin):
    """Keeps what is done by its forms and pages, and tells it in words: `accounts.changes`.

    Django's own log names fields without values, and can be changed; it is written as well.
    """

    def construct_change_message(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: list[BaseInlineFormSet],
        add: bool = False,
    ) -> list[dict[str, Any]]:
        request.changed_lines = lines_of(form, formsets or [])
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        self._keep_change(request, obj, Change.Act.ADDED, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        self._keep_change(request, obj, Change.Act.CHANGED, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> Any:
        for row in queryset:
            self._keep_change(request, row, Change.Act.REMOVED, "")
        return super().log_deletions(request, queryset)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        found = Paginator(changes_of(self.opts.label_lower, row.pk), CHANGES_ON_A_PAGE)
        shown = found.get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": row},
            "opts": self.opts,
            "object": row,
            "shown": shown,
            "changes": [told(change) for change in shown],
            "zone": request.user.time_zone or request.tenant.time_zone,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _keep_change(self, request: HttpRequest, row: models.Model, act: str, said: Any) -> None:
        lines = getattr(request, "changed_lines", []) if isinstance(said, list) else []
        keep_change(
            act=act,
            model=row._meta.label_lower,
            row=row.pk,
            named=str(row),
            by=request.user,
            at=request.at,
            lines=lines,
            words="" if isinstance(said, list) else str(said),
            why=request.POST.get(WHY, ""),
        )


class OwnPages(RecordedAdmin):
    """Pages of our own in place of Django's lists and forms; nothing is added or deleted here."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def named_path(self, route: str, view: View, name: str) -> URLPattern:
        whole = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(self.guarded(view)), name=whole)

    def guarded(self, view: View) -> View:
        return guarded(view, self.has_view_permission)


class RefusableForm(forms.ModelForm):
    """A form that shows what an action refused, at the field at fault; nothing typed is lost."""

    refusal: DomainError | None = None
    # The fields that `check` reads, where it can judge while others are still wrong; empty: all.
    checked_fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refusal = self.refusal or self._refusal_of(cleaned)
        if refusal is not None:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return cleaned

    def check(self, candidate: models.Model) -> None:
        """Raise the DomainError for what a check constraint would otherwise say by its name."""

    def _get_validation_exclusions(self) -> set[str]:
        # `check` tells one thing at a time in words; a constraint would tell the next by its name.
        excluded = super()._get_validation_exclusions()
        return excluded | set(self.checked_fields) if self.errors else excluded

    def _refusal_of(self, cleaned: dict[str, Any]) -> DomainError | None:
        if self.errors and not (
            self.checked_fields and self.errors.keys().isdisjoint(self.checked_fields)
        ):
            return None
        candidate = copy.copy(self.instance)
        candidate.tenant_id = current_tenant_id()
        for name, value in cleaned.items():
            setattr(candidate, name, value)
        try:
            self.check(candidate)
        except DomainError as refusal:
            return refusal
        return None


def _countries() -> list[tuple[str, str]]:
    return [NOTHING, *country_names()]


class OwnFields:
    """The fields that the admin would ask for as free text or numbers."""

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        label = {"label": capfirst(db_field.verbose_name), "help_text": db_field.help_text}
        if db_field.name == "time_zone":
            return forms.ChoiceField(choices=ZONES, required=not db_field.blank, **label)
        if db_field.name == "country":
            return forms.ChoiceField(choices=_countries, required=not db_field.blank, **label)
        if db_field.name == "tier":
            return forms.TypedChoiceField(
                choices=TIERS, coerce=int, empty_value=None, required=False, **label
            )
        if db_field.name in FIXED_CHOICES:
            return forms.ChoiceField(choices=FIXED_CHOICES[db_field.name], **label)
        if db_field.get_internal_type() in NATIVE:
            kind, form = NATIVE[db_field.get_internal_type()]
            widget = forms.DateInput if kind == "date" else forms.TimeInput
            return db_field.formfield(widget=widget(attrs={"type": kind}, format=form))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Choosing another one is no reason to delete this one.
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class TenantAdmin(OwnFields, RecordedAdmin):
    """Rows of the entered tenant, added by an action; what the action refuses, the form shows."""

    form = RefusableForm
    view_on_site = False
    ordering = ["name"]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> models.Model:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # the class was made for this request
        return form

    def changeform_view(self, request: HttpRequest, *arguments, **kwargs) -> HttpResponse:
        try:
            return super().changeform_view(request, *arguments, **kwargs)
        except DomainError as refusal:
            # Once more, to show the form as it was sent with the refusal on it.
            request.refusal = refusal
            return super().changeform_view(request, *arguments, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            self.change_row(obj)
        else:
            # The action makes a row of its own; the admin goes on with the one it has.
            obj.__dict__.update(self.add_row(obj).__dict__)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        rows = formset.save(commit=False)
        for gone in formset.deleted_objects:
            gone.delete()
        for row in rows:
            self._save_inline_row(row)

    def _save_inline_row(self, row: models.Model) -> None:
        try:
            if row._state.adding:
                row.__dict__.update(self.add_inline_row(row).__dict__)
            else:
                self.change_row(row)
        except DomainError as refusal:
            # Its field is one of the inline's, not of the form above it.
            refusal.field = None
            raise

    def add_row(self, row: models.Model) -> models.Model:
        """Add by an action what the form filled in."""
        raise NotImplementedError

    def add_inline_row(self, row: models.Model) -> models.Model:
        raise NotImplementedError

    def change_row(self, row: models.Model) -> None:
        """Save a changed row; a subclass names the refusals of its constraints."""
        row.save()


class NamedValues(admin.AllValuesFieldListFilter):
    """A filter by what is there, in which nothing is called so: a link needs a name."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or _("none")}


class NamedRows(BaseInlineFormSet):
    """Rows whose fields say their names: a heading above a column is no label of a field in it."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        row = str(form.instance) if form.instance.pk else _("new row")
        for name, field in form.fields.items():
            said = _("Remove") if name == DELETION_FIELD_NAME else field.label or name
            # What wraps a list of rows draws the list itself, with the attributes of that.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = f"{said}: {row}"


class TenantInline(OwnFields, admin.TabularInline):
    """Rows below another; the admin class above them saves them."""

    formset = NamedRows
    extra = 1  # without JavaScript there is no button for another row
