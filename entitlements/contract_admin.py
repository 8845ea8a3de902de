"""Contracts in the admin, with their subscriptions. Plans and editions are those of the policy."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.db import models
from django.db.models import Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.admin_base import (
    NOTHING,
    NamedValues,
    RefusableForm,
    TenantAdmin,
    TenantInline,
    guarded,
)
from accounts.queries import access_company
from accounts.tenancy import current_tenant_id
from entitlements.actions import (
    check_contract,
    first_day_stays,
    settle_contract,
    write_contract,
)
from entitlements.bought import bought_by
from entitlements.first_purchase import grants_offered
from entitlements.lines import EditionNeeded, add_line, change_line
from entitlements.models import Contract, ContractLine
from sla.documents import policy_of, read_rows
from sla.engine.document import PolicyFaults
from sla.engine.policy import Policy
from sla.errors import NoDraft, NoPolicy
from sla.queries import current_policy, latest_policy, working_copy

# The part of the policy that each field names by its code.
CODES_OF = {
    "plan": "plans",
    "edition": "editions",
    "region_override": "regions",
    "subscription": "subscriptions",
}
SOON = timedelta(days=90)


class PolicyCodes:
    """Fields that name parts of the policy are chosen from what it has."""

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        policy = _policy(request) if db_field.name in CODES_OF else None
        parts = getattr(policy, CODES_OF[db_field.name]) if policy else ()
        if not parts:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            choices=[NOTHING, *((part.code, part.name) for part in parts)],
            required=not db_field.blank,
            label=capfirst(db_field.verbose_name),
        )


class LineInline(PolicyCodes, TenantInline):
    model = ContractLine
    fields = ["subscription", "users", "starts_on", "ends_on"]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "starts_on" and field is not None:
            field.required = False
            field.help_text = _("empty: with the contract")
        return field


class ContractForm(RefusableForm):
    def check(self, candidate: Contract) -> None:
        check_contract(candidate)


class EndsFilter(admin.SimpleListFilter):
    """Contracts by when they end, on the calendar of UTC."""

    title = gettext_lazy("end")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [
            ("soon", gettext_lazy("within 90 days")),
            ("running", gettext_lazy("running")),
            ("over", gettext_lazy("over")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Contract]
    ) -> QuerySet[Contract] | None:
        today = request.at.date()
        chosen = {
            "soon": Q(ends_on__range=(today, today + SOON)),
            "running": Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today)),
            "over": Q(ends_on__lt=today),
        }.get(self.value())
        return queryset if chosen is None else queryset.filter(chosen)


class ContractAdmin(PolicyCodes, TenantAdmin):
    form = ContractForm
    ordering = ["company__name", "-starts_on"]
    list_display = ["company", "plan", "product", "edition", "starts_on", "ends_on"]
    list_select_related = ["company", "product"]
    list_filter = [EndsFilter, ("plan", NamedValues), "product"]
    search_fields = ["company__name", "reseller"]
    autocomplete_fields = ["company", "renewal_contact"]
    fields = [
        "company",
        "plan",
        "product",
        "edition",
        "starts_on",
        "ends_on",
        "region_override",
        "reseller",
        "renewal_contact",
    ]
    inlines = [LineInline]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Contract | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("company", "starts_on") if first_day_stays(obj) else ("company",)

    def get_urls(self) -> list[URLPattern]:
        view = guarded(require_safe(self.bought), self.has_view_permission)
        name = "entitlements_contract_company"
        own = path("company/<int:company_id>/", self.admin_site.admin_view(view), name=name)
        return [own, *super().get_urls()]

    def bought(self, request: HttpRequest, company_id: int) -> HttpResponse:
        """Show all that one company has, had and will have."""
        company = access_company(request.user, company_id)
        policy = _policy_now(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What %(company)s has") % {"company": company.name},
            "opts": self.opts,
            "company": company,
            "bought": bought_by(company, policy, request.at) if policy else None,
            "grants": grants_offered(company, policy) if policy else [],
        }
        return TemplateResponse(request, "admin/entitlements/contract/company.html", context)

    def save_model(
        self, request: HttpRequest, obj: Contract, form: forms.ModelForm, change: bool
    ) -> None:
        # What it had before is asked for after its lines are saved.
        request.contract_before = Contract.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: Iterable[BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        before = request.contract_before
        settle_contract(contract=form.instance, at=request.at, before=before)

    def add_row(self, row: Contract) -> Contract:
        row.tenant_id = current_tenant_id()
        write_contract(row)
        return row

    def _save_inline_row(self, row: ContractLine) -> None:
        try:
            super()._save_inline_row(row)
        except EditionNeeded as needed:
            # Of all that a line is refused for, this alone is said above it.
            needed.field = "edition"
            raise

    def add_inline_row(self, row: ContractLine) -> ContractLine:
        return add_line(
            contract=row.contract,
            subscription=row.subscription,
            users=row.users,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )

    def change_row(self, row: Contract | ContractLine) -> None:
        if isinstance(row, Contract):
            write_contract(row)
        else:
            row.starts_on = row.starts_on or row.contract.starts_on
            change_line(line=row)


def _policy_now(request: HttpRequest) -> Policy | None:
    try:
        return current_policy(request.at).policy
    except NoPolicy:
        return None


def _policy(request: HttpRequest) -> Policy | None:
    """Find the policy whose plans are sold: published, or the one that is being written."""
    if not hasattr(request, "policy_sold"):
        try:
            request.policy_sold = latest_policy().policy
        except NoPolicy:
            request.policy_sold = _working_policy()
    return request.policy_sold


def _working_policy() -> Policy | None:
    try:
        return policy_of(read_rows(working_copy()))
    except (NoDraft, PolicyFaults):
        return None


def register(site: AdminSite) -> None:
    """Put contracts into an admin site."""
    site.register(Contract, ContractAdmin)
