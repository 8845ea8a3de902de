"""Companies, sites, people and teams in the admin."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.filters import ChoicesFieldListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles
from accounts.actions import (
    add_company,
    add_person,
    add_site,
    add_team,
    check_account_manager,
    check_person,
    check_team,
    join_team,
    set_password,
)
from accounts.admin_base import NOTHING, RefusableForm, TenantAdmin, TenantInline
from accounts.brand_admin import BrandAdmin
from accounts.constraints import refused_as
from accounts.desk_rules import grades
from accounts.domains import add_domain, check_domain
from accounts.errors import (
    DomainError,
    EmailTaken,
    HoursTwice,
    Invalid,
    NameTaken,
    WeakPassword,
)
from accounts.models import (
    Brand,
    Company,
    CompanyDomain,
    Person,
    PersonSkill,
    Site,
    Team,
    TeamMember,
)
from accounts.queries import desk_people
from accounts.tenancy import current_tenant_id


class SiteInline(TenantInline):
    model = Site
    fields = ["name", "time_zone", "country", "region"]


class DomainForm(forms.ModelForm):
    def clean_domain(self) -> str:
        try:
            return check_domain(self.cleaned_data["domain"])
        except DomainError as refusal:
            raise ValidationError(str(refusal)) from refusal


class DomainInline(TenantInline):
    model = CompanyDomain
    form = DomainForm
    fields = ["domain"]

    def has_change_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return False  # a domain comes or goes


class CompanyForm(RefusableForm):
    def check(self, candidate: Company) -> None:
        check_account_manager(candidate.account_manager)


class CompanyAdmin(TenantAdmin):
    form = CompanyForm
    list_display = ["name", "country", "region", "time_zone", "account_manager"]
    list_select_related = ["account_manager"]
    list_filter = ["country", "region"]
    search_fields = ["name", "people__name"]
    fields = ["name", "account_manager", "time_zone", "country", "region"]
    inlines = [SiteInline, DomainInline]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        if db_field.name == "account_manager":
            managing = (roles.ACCOUNT_MANAGER, roles.MANAGER)
            kwargs["queryset"] = desk_people().filter(role__in=managing)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_row(self, row: Company) -> Company:
        return add_company(
            name=row.name,
            time_zone=row.time_zone,
            country=row.country,
            region=row.region,
            account_manager=row.account_manager,
        )

    def add_inline_row(self, row: Site | CompanyDomain) -> Site | CompanyDomain:
        if isinstance(row, CompanyDomain):
            return add_domain(company=row.company, domain=row.domain)
        return add_site(
            company=row.company,
            name=row.name,
            time_zone=row.time_zone,
            country=row.country,
            region=row.region,
        )

    def change_row(self, row: Company | Site) -> None:
        taken = NameTaken(field="name", name=row.name)
        with refused_as(company_name_once_per_tenant=taken, site_name_once_per_company=taken):
            row.save()


class SiteForm(RefusableForm):
    def check(self, candidate: Site) -> None:
        """A site moves with its people, so it does not move to another company."""
        before = Site.objects.filter(pk=candidate.pk).first()
        if before and before.company_id != candidate.company_id and before.people.exists():
            raise Invalid(_("People belong to this site: it cannot change its company."))


class SiteAdmin(TenantAdmin):
    form = SiteForm
    list_display = ["name", "company", "country", "region", "time_zone"]
    list_select_related = ["company"]
    list_filter = ["country", "region"]
    search_fields = ["name", "company__name"]
    autocomplete_fields = ["company"]
    fields = ["company", "name", "time_zone", "country", "region"]

    add_row = CompanyAdmin.add_inline_row
    change_row = CompanyAdmin.change_row


class PersonForm(RefusableForm):
    checked_fields = ("role", "tier", "company", "site", "time_zone")

    def check(self, candidate: Person) -> None:
        check_person(candidate)


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


class SkillInline(TenantInline):
    model = PersonSkill
    fields = ["name"]


class PersonAdmin(TenantAdmin):
    form = PersonForm
    # Of the desk only; upper apps add theirs.
    desk_inlines: ClassVar[list[type[TenantInline]]] = [SkillInline]
    desk_fields = ("grade", "pager")
    list_display = ["name", "email", "role", "tier", "company", "phone", "is_active"]
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
        "time_zone",
        "language",
        "grade",
        "pager",
        "is_active",
    ]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        # Somebody new is active.
        left_out = ("is_active",) if obj is None else self.desk_fields if obj.is_customer else ()
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

    def add_row(self, row: Person) -> Person:
        facts = (name for name in self.fields if name != "is_active")
        return add_person(**{name: getattr(row, name) for name in facts})

    def add_inline_row(self, row: models.Model) -> models.Model:
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
            row.save()
        for team in row.teams.all():
            join_team(team=team, person=row)  # refused where they fit no more

    def get_deleted_objects(
        self, objs: list[Person], request: HttpRequest
    ) -> tuple[list, dict, set, list]:
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        # Django would delete what they did in the admin together with them.
        people = LogEntry.objects.filter(user__in=objs).values_list("user__name", flat=True)
        done = [_("what %(name)s did in the admin") % {"name": name} for name in people.distinct()]
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
    held = Person.objects.filter(pk=key).values_list("grade", flat=True) if key.isdecimal() else []
    kept = [(code, code) for code in held if code and code not in dict(known)]
    return forms.ChoiceField(
        label=gettext_lazy("Grade"), choices=[NOTHING, *known, *kept], required=False
    )


def _sites_for(request: HttpRequest) -> models.QuerySet[Site]:
    """List the sites of the company at hand, of all while none is known."""
    sites = Site.objects.select_related("company").order_by("company__name", "name")
    match = request.resolver_match
    person_id = match.kwargs.get("object_id", "") if match else ""
    person = Person.objects.filter(pk=person_id).first() if person_id.isdecimal() else None
    if person is not None:
        return sites.filter(company_id=person.company_id)
    company_id = request.POST.get("company") or request.GET.get("company") or ""
    return sites.filter(company_id=company_id) if company_id.isdecimal() else sites


def _site_with_company(site: Site) -> str:
    return f"{site.company.name}: {site.name}"


class TeamMemberInline(TenantInline):
    model = TeamMember
    fields = ["person"]

    def has_change_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return False  # one joins or leaves

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        if db_field.name == "person":
            kwargs["queryset"] = desk_people()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TeamForm(RefusableForm):
    def check(self, candidate: Team) -> None:
        check_team(candidate)


class TeamAdmin(TenantAdmin):
    form = TeamForm
    list_display = ["name", "tier", "is_swat"]
    list_filter = ["tier", "is_swat"]
    search_fields = ["name"]
    fields = ["name", "tier", "is_swat"]
    inlines = [TeamMemberInline]

    def add_row(self, row: Team) -> Team:
        return add_team(name=row.name, tier=row.tier, is_swat=row.is_swat)

    def add_inline_row(self, row: TeamMember) -> TeamMember:
        return join_team(team=row.team, person=row.person)

    def change_row(self, row: Team) -> None:
        with refused_as(team_name_once_per_tenant=NameTaken(field="name", name=row.name)):
            row.save()
        for person in row.members.all():
            join_team(team=row, person=person)  # refused where they fit no more


def register(site: AdminSite) -> None:
    """Put companies, people and teams into an admin site."""
    site.register(Company, CompanyAdmin)
    site.register(Site, SiteAdmin)
    site.register(Person, PersonAdmin)
    site.register(Team, TeamAdmin)
    site.register(Brand, BrandAdmin)
