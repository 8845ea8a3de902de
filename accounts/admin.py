"""Companies, sites, people and teams in the admin."""

from django import forms
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import roles
from accounts.actions import (
    add_company,
    add_site,
    add_team,
    check_account_manager,
    check_team,
    join_team,
)
from accounts.admin_base import NamedValues, RefusableForm, TenantAdmin, TenantInline
from accounts.brand_admin import BrandAdmin
from accounts.constraints import refused_as
from accounts.domains import add_domain, check_domain
from accounts.errors import (
    DomainError,
    Invalid,
    NameTaken,
)
from accounts.models import (
    Brand,
    Company,
    CompanyDomain,
    Person,
    Site,
    Team,
    TeamMember,
)
from accounts.person_admin import PersonAdmin
from accounts.queries import desk_people


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
    list_filter = [("country", NamedValues), ("region", NamedValues)]
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
    list_filter = [("country", NamedValues), ("region", NamedValues)]
    search_fields = ["name", "company__name"]
    autocomplete_fields = ["company"]
    fields = ["company", "name", "time_zone", "country", "region"]

    add_row = CompanyAdmin.add_inline_row
    change_row = CompanyAdmin.change_row


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
