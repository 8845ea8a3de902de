"""Releases, licences and downloads in the admin, and who is on a release that ends."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import RefusableForm, TenantAdmin, View, guarded
from accounts.errors import DomainError, NotFound
from accounts.zones import moment_text
from entitlements.announcing import DOWNLOAD, RELEASE, announce
from entitlements.contract_admin import PolicyCodes
from entitlements.downloads import add_download, change_download, check_download
from entitlements.licences import add_licence, change_licence, check_licence, verify_licence
from entitlements.models import Download, Licence, Product, Release
from entitlements.release_lists import ending_soon, release_on, standings
from entitlements.releases import (
    access_release,
    add_release,
    change_release,
    check_release,
    companies_on,
    counted_on,
)
from entitlements.support_table import State, Supported

STATES = {
    State.TO_COME: gettext_lazy("to come"),
    State.SUPPORTED: gettext_lazy("supported"),
    State.TO_BE_DETERMINED: gettext_lazy("supported, end to be determined"),
    State.ENDS_SOON: gettext_lazy("ends soon"),
    State.ENDED: gettext_lazy("ended"),
}


class AnnouncingForm(RefusableForm):
    announce = forms.BooleanField(
        required=False,
        label=gettext_lazy("Announce it by mail"),
        help_text=gettext_lazy("To those who want to hear of it. Nobody is told twice."),
    )


class ReleaseForm(AnnouncingForm):
    def check(self, candidate: Release) -> None:
        check_release(candidate)


def _day_field(name: str, *, required: bool) -> forms.DateField:
    """A day in the grid: the browser's own field, which is narrow and needs no script."""
    label = Release._meta.get_field(name).verbose_name
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "aria-label": label})
    return forms.DateField(required=required, widget=widget)


class ReleaseRowForm(RefusableForm):
    released_on = _day_field("released_on", required=True)
    support_ends_on = _day_field("support_ends_on", required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # A heading above a column is no label of a field in it.
        how_it_ends = self.fields["support_end"]
        how_it_ends.widget.attrs["aria-label"] = str(how_it_ends.label)

    def check(self, candidate: Release) -> None:
        check_release(candidate)


class LicenceForm(RefusableForm):
    def check(self, candidate: Licence) -> None:
        check_licence(candidate)


class DownloadForm(AnnouncingForm):
    def check(self, candidate: Download) -> None:
        check_download(candidate)


class PagesOfARow:
    """Pages of our own beside Django's, named as theirs are."""

    def own_path(self, route: str, view: View, name: str) -> URLPattern:
        whole = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        page = guarded(view, self.has_change_permission)
        return path(route, self.admin_site.admin_view(page), name=whole)

    def own_page(
        self, request: HttpRequest, template: str, title: str, **shown: object
    ) -> TemplateResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        folder = f"admin/{self.opts.app_label}/{self.opts.model_name}"
        return TemplateResponse(request, f"{folder}/{template}", whole | shown)


class AnnouncingAdmin(PagesOfARow, TenantAdmin):
    """Rows that may be announced when they are saved."""

    about = ""

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not form.cleaned_data.get("announce"):
            return
        job = announce(about=self.about, row_id=obj.pk, by=request.user, at=request.at)
        url = reverse("admin:jobs_job_page", args=[job.pk])
        said = _("It is being announced by mail:")
        messages.success(
            request, format_html('{} <a href="{}">{}</a>', said, url, _("how far it is"))
        )


class ReleaseAdmin(AnnouncingAdmin):
    """A grid of the releases, by product; the days of support are changed in it."""

    about = RELEASE
    form = ReleaseForm
    ordering = ["product__name", "-version_key"]
    list_display = [
        "version", "product", "standing", "released_on", "support_end", "support_ends_on", "on_it",
    ]  # fmt: skip
    list_editable = ["released_on", "support_end", "support_ends_on"]
    list_select_related = ["product"]
    # One filter alone: the grid needs the room.
    list_filter = ["product"]
    search_fields = ["version", "product__name"]
    fields = ["product", "version", "released_on", "support_end", "support_ends_on", "announce"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("ending/", require_safe(self.ending), "ending"),
            self.own_path("<int:release_id>/customers/", require_safe(self.customers), "customers"),
            *super().get_urls(),
        ]

    def get_changelist_form(self, request: HttpRequest, **kwargs) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{"form": ReleaseRowForm, **kwargs})

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        listed = super().get_changelist_instance(request)
        found = standings({row.product_id for row in listed.result_list}, request.at)
        for row in listed.result_list:
            row.found = found.get(row.pk)
        return listed

    def get_readonly_fields(self, request: HttpRequest, obj: Release | None = None) -> list[str]:
        # Cases name it: another product's it cannot become.
        return ["product"] if obj else []

    @admin.display(description=gettext_lazy("support"))
    def standing(self, release: Release) -> str:
        return standing_text(release.found)

    @admin.display(description=gettext_lazy("in use by"))
    def on_it(self, release: Release) -> SafeString:
        url = reverse("admin:entitlements_release_customers", args=[release.pk])
        # The word alone would be the same link in every row.
        label = _("Customers on %(version)s") % {"version": release.version}
        return format_html('<a href="{}" aria-label="{}">{}</a>', url, label, _("Customers"))

    def ending(self, request: HttpRequest) -> HttpResponse:
        found = ending_soon(request.at)
        return self.own_page(request, "ending.html", _("Support that ends soon"), endings=found)

    def customers(self, request: HttpRequest, release_id: int) -> HttpResponse:
        release = access_release(release_id)
        found, on_date = release_on(release, request.at)
        rows = companies_on(release, on_date)
        known, perhaps = counted_on(rows)
        title = _("Customers on %(product)s %(version)s") % {
            "product": release.product.name,
            "version": release.version,
        }
        shown = {"release": release, "rows": rows, "known": known, "perhaps": perhaps}
        shown |= {"standing": standing_text(found), "row": found}
        return self.own_page(request, "customers.html", title, **shown)

    def add_row(self, row: Release) -> Release:
        return add_release(
            product=row.product,
            version=row.version,
            released_on=row.released_on,
            support_end=row.support_end,
            support_ends_on=row.support_ends_on,
        )

    def change_row(self, row: Release) -> None:
        change_release(release=row)


class LicenceAdmin(PolicyCodes, PagesOfARow, TenantAdmin):
    form = LicenceForm
    ordering = ["company__name", "product__name", "-valid_until", "number"]
    list_display = [
        "number", "company", "product", "edition", "valid_until", "maintenance_until", "seen",
    ]  # fmt: skip
    list_select_related = ["company", "product", "verified_by", "tenant"]
    list_filter = ["product", ("verified_at", admin.EmptyFieldListFilter)]
    search_fields = ["number", "company__name"]
    autocomplete_fields = ["company"]
    fields = [
        "company", "product", "number", "edition", "valid_from", "valid_until",
        "maintenance_until", "seen",
    ]  # fmt: skip
    readonly_fields = ["seen"]

    def get_urls(self) -> list[URLPattern]:
        verify = require_POST(self.verify)
        return [self.own_path("<int:licence_id>/verify/", verify, "verify"), *super().get_urls()]

    @admin.display(description=gettext_lazy("verified"), ordering="verified_at")
    def seen(self, licence: Licence) -> str:
        if licence.verified_at is None:
            return _("by nobody yet") if licence.pk else _("by you, by saving it")
        when = moment_text(licence.verified_at, licence.tenant.time_zone)
        if licence.verified_by is None:
            return when
        return _("%(when)s by %(name)s") % {"when": when, "name": licence.verified_by.name}

    def verify(self, request: HttpRequest, licence_id: int) -> HttpResponse:
        try:
            licence = verify_licence(licence_id=licence_id, by=request.user, at=request.at)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, licence, _("Verified"))
            messages.success(request, _("Verified: from now on it counts."))
        return redirect("admin:entitlements_licence_change", licence_id)

    def save_model(
        self, request: HttpRequest, obj: Licence, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            change_licence(licence=obj, by=request.user)
            return
        added = add_licence(
            company=obj.company,
            product=obj.product,
            number=obj.number,
            edition=obj.edition,
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
            maintenance_until=obj.maintenance_until,
            by=request.user,
            at=request.at,
        )
        # The action makes a row of its own; the admin goes on with the one it has.
        obj.__dict__.update(added.__dict__)


class ReleaseChoice(forms.ModelChoiceField):
    def label_from_instance(self, release: Release) -> str:
        return f"{release.product.name} {release.version}"


class DownloadAdmin(AnnouncingAdmin):
    about = DOWNLOAD
    form = DownloadForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ["release__product__name", "-release__version_key", "-published_on"]
    list_display = ["name", "kind", "product", "release", "published_on"]
    list_select_related = ["release__product"]
    list_filter = ["release__product", "kind"]
    search_fields = ["name", "release__version", "release__product__name"]
    fields = ["release", "kind", "name", "address", "published_on", "announce"]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs
    ) -> forms.Field | None:
        if db_field.name == "release":
            kwargs["form_class"] = ReleaseChoice
            kwargs["queryset"] = _releases()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("product"), ordering="release__product__name")
    def product(self, download: Download) -> Product:
        return download.release.product

    def add_row(self, row: Download) -> Download:
        return add_download(
            release=row.release,
            kind=row.kind,
            name=row.name,
            address=row.address,
            published_on=row.published_on,
        )

    def change_row(self, row: Download) -> None:
        change_download(download=row)


def standing_text(found: Supported | None) -> str:
    """Say how a release stands, with the last day where one is known."""
    if found is None:
        return ""
    state = str(STATES[found.state])
    if found.last_day is None:
        return state
    figures = {"state": state, "day": date_format(found.last_day, "j M Y")}
    return _("%(state)s, last day %(day)s") % figures


def register(site: AdminSite) -> None:
    """Put releases, licences and downloads into an admin site."""
    site.register(Release, ReleaseAdmin)
    site.register(Licence, LicenceAdmin)
    site.register(Download, DownloadAdmin)


def _releases() -> QuerySet[Release]:
    return Release.objects.select_related("product").order_by("product__name", "-version_key")
