"""People in the admin: who they are, how they are reached, and what they do at the desk."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.filters import ChoicesFieldListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles
from accounts.actions import add_person, check_person, join_team, set_password
from accounts.admin_base import NOTHING, RefusableForm, TenantAdmin, TenantInline
from accounts.change_models import Change
from accounts.constraints import refused_as
from accounts.desk_rules import grades
from accounts.errors import EmailTaken, HoursTwice, NameTaken, WeakPassword
from accounts.models import Person, PersonSkill, Site, TeamMember
from accounts.numbers import number_in
from accounts.places import site_url
from accounts.tenancy import current_tenant_id


class PersonForm(RefusableForm):
    checked_fields = ("role", "tier", "company", "site", "time_zone")

    def check(self, candidate: Person) -> None:
        check_person(candidate)


WHO = (
    "name", "role", "tier", "company", "site", "may_file", "sees_company", "sees_points",
    "is_active",
)  # fmt: skip
REACHED = ("email", "phone", "pager", "time_zone", "language")
WORK = ("grade",)


class RolesOfAVendor(ChoicesFieldListFilter):
    """Filters by the roles that there can be at a vendor: operators are made by operators."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, object]]:
        for choice in super().choices(changelist):
            if choice["display"] != Person.Role(roles.OPERATOR).label:
                yield choice


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SkillForm(forms.ModelForm):
    """A skill, by the names that there are: two spellings would be two skills."""

    class Meta:
        model = PersonSkill
        fields: ClassVar[list[str]] = ["name"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput(attrs={"list": "known-skills", "autocomplete": "off"})
        }


class SkillInline(TenantInline):
    model = PersonSkill
    form = SkillForm
    fields = ["name"]


class TeamsInline(TenantInline):
    """The teams of one person. Their own pages hold the same rows."""

    model = TeamMember
    fields = ["team"]
    verbose_name = gettext_lazy("team")
    verbose_name_plural = gettext_lazy("teams")

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False  # one joins or leaves


def _nowhere(request: HttpRequest, person: Person) -> str:
    return ""


class PersonAdmin(TenantAdmin):
    form = PersonForm
    # Of the desk only; upper apps add theirs.
    desk_inlines: ClassVar[list[type[TenantInline]]] = [SkillInline, TeamsInline]
    desk_fields = ("grade", "pager")
    customer_fields = ("company", "site", "may_file", "sees_company", "sees_points")
    # Where to go on to once somebody is inactive; "" for nowhere. An upper app says so.
    after_leaving: ClassVar[Callable[[HttpRequest, Person], str]] = staticmethod(_nowhere)
    list_display = ["name", "email", "role", "tier", "company", "is_active"]
    list_select_related = ["company"]
    list_filter = [("role", RolesOfAVendor), "tier", "is_active", "may_file"]
    search_fields = ["name", "email", "phone", "company__name"]
    autocomplete_fields = ["company"]
    fields = [
        "name",
        "email",
        "role",
        "tier",
        "company",
        "site",
        "phone",
        "may_file",
        "sees_company",
        "sees_points",
        "time_zone",
        "language",
        "grade",
        "pager",
        "is_active",
    ]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        if obj is None:
            left_out = ("is_active",)  # somebody new is active
        else:
            left_out = self.desk_fields if obj.is_customer else self.customer_fields
        return [name for name in self.fields if name not in left_out]

    def get_inlines(
        self, request: HttpRequest, obj: Person | None = None
    ) -> list[type[TenantInline]]:
        return self.desk_inlines if obj is not None and not obj.is_customer else []

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        if db_field.name == "grade":
            return _grade_field(request)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        if obj is None:
            return []
        # Nobody gives themselves another role, or locks themselves out. And a customer's cases
        # would come along to another company.
        return ["company", "role", "tier", "is_active"] if obj == request.user else ["company"]

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return obj != request.user and super().has_delete_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Filtering by parts of a password's hash would read it letter by letter.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "site" and field is not None:
            field.queryset = _sites_for(request)
            field.label_from_instance = _site_with_company
        return field

    def response_add(
        self, request: HttpRequest, obj: Person, post_url_continue: str | None = None
    ) -> HttpResponse:
        if obj.email and not obj.has_usable_password():
            said = _(
                "%(name)s can sign in once they have a password: they choose one by “Set a new "
                "password by e-mail” at %(address)s, or you set one on their page."
            )
            address = site_url(request.tenant, reverse("account_login"))
            messages.info(request, said % {"name": obj.name, "address": address})
        return super().response_add(request, obj, post_url_continue)

    def add_row(self, row: Person) -> Person:
        facts = (name for name in self.fields if name != "is_active")
        return add_person(**{name: getattr(row, name) for name in facts})

    def add_inline_row(self, row: models.Model) -> models.Model:
        if isinstance(row, TeamMember):
            return join_team(team=row.team, person=row.person)
        row.tenant_id = current_tenant_id()
        self._keep(row, force_insert=True)
        return row

    def _keep(self, row: models.Model, **how: bool) -> None:
        said = {"skill_once": NameTaken(name=str(row)), "hours_once": HoursTwice()}
        with refused_as(**said):
            row.save(**how)

    def change_row(self, row: models.Model) -> None:
        if not isinstance(row, Person):
            self._keep(row)
            return
        taken = EmailTaken(field="email", email=row.email)
        with refused_as(email_once_per_tenant=taken):
            # Of what the form asks for: a password that is chosen at this moment stays.
            row.save(update_fields=self.fields)
        for team in row.teams.all():
            join_team(team=team, person=row)  # refused where they fit no more

    def get_fieldsets(
        self, request: HttpRequest, obj: Person | None = None
    ) -> list[tuple[str | None, dict[str, object]]]:
        shown = self.get_fields(request, obj)
        groups = ((None, WHO), (gettext_lazy("Reached by"), REACHED), (gettext_lazy("Work"), WORK))
        parts = [(name, [one for one in fields if one in shown]) for name, fields in groups]
        return [(name, {"fields": fields}) for name, fields in parts if fields]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *arguments, **kwargs
    ) -> HttpResponse:
        skills = PersonSkill.objects.order_by("name").values_list("name", flat=True).distinct()
        more = {"known_skills": skills}
        return super().render_change_form(request, context | more, *arguments, **kwargs)

    def response_change(self, request: HttpRequest, obj: Person) -> HttpResponse:
        answer = super().response_change(request, obj)
        lines = getattr(request, "changed_lines", [])
        has_left = any(line.get("field") == "is_active" for line in lines) and not obj.is_active
        onwards = type(self).after_leaving(request, obj) if has_left else ""
        return redirect(onwards) if onwards else answer

    def get_deleted_objects(
        self, objs: list[Person], request: HttpRequest
    ) -> tuple[list, dict, set, list]:
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        # Django would delete what they did in the admin together with them.
        logged = LogEntry.objects.filter(user__in=objs).values_list("user__name", flat=True)
        kept = Change.objects.filter(by__in=objs).values_list("by__name", flat=True)
        names = sorted({*logged.distinct(), *kept.distinct()})
        done = [_("what %(name)s did in the admin") % {"name": name} for name in names]
        return listed, counts, needed, [*protected, *done]

    def get_urls(self) -> list[URLPattern]:
        password = path(
            "<path:object_id>/password/",
            self.admin_site.admin_view(self.password_view),
            name="accounts_person_password",
        )
        return [password, *super().get_urls()]

    def password_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person == request.user:
            return redirect("account_change_password")
        form = PasswordForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                set_password(person=person, password=form.cleaned_data["password"])
            except WeakPassword as refusal:
                form.add_error("password", str(refusal))
            else:
                self.log_change(request, person, _("Password set."))
                messages.success(request, _("%(name)s has a new password.") % {"name": person.name})
                return redirect("admin:accounts_person_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Set a password for %(name)s") % {"name": person.name},
            "form": form,
            "original": person,
            "opts": self.opts,
            "back": reverse("admin:accounts_person_change", args=[person.pk]),
        }
        return TemplateResponse(request, "admin/accounts/person/password.html", context)


def _grade_field(request: HttpRequest) -> forms.ChoiceField:
    """Offer the grades of the policy; one that it names no more stays until another is chosen."""
    known = grades()
    match = request.resolver_match
    key = match.kwargs.get("object_id", "") if match else ""
    held = Person.objects.filter(pk=number_in(key)).values_list("grade", flat=True)
    kept = [(code, code) for code in held if code and code not in dict(known)]
    return forms.ChoiceField(
        label=gettext_lazy("Grade"), choices=[NOTHING, *known, *kept], required=False
    )


def _sites_for(request: HttpRequest) -> models.QuerySet[Site]:
    """List the sites of the company at hand, of all while none is known."""
    sites = Site.objects.select_related("company").order_by("company__name", "name")
    match = request.resolver_match
    person_id = match.kwargs.get("object_id", "") if match else ""
    person = Person.objects.filter(pk=number_in(person_id)).first()
    if person is not None:
        return sites.filter(company_id=person.company_id)
    company_id = number_in(request.POST.get("company") or request.GET.get("company") or "")
    return sites if company_id is None else sites.filter(company_id=company_id)


def _site_with_company(site: Site) -> str:
    return f"{site.company.name}: {site.name}"
