"""The support policy in the admin: edit the working copy, compare it, publish it.

Pages of forms over the one working copy of the vendor; what they change goes through `sla.actions`.
They work without JavaScript and show no internal id.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, NotFound
from sla.actions import publish_draft, remove_calendar, save_calendar, save_targets, undo_edits
from sla.comparison import differences
from sla.errors import NoDraft, PolicyIsFaulty
from sla.forms import calendars as calendar_forms
from sla.forms import targets as target_forms
from sla.forms.publishing import PublishForm
from sla.models import PolicyDraft, PolicyVersion
from sla.pages import (
    CLOCKS,
    Edited,
    comparisons,
    edited,
    effective_text,
    not_begun,
    published_text,
)
from sla.queries import policy_before, policy_version, published_versions

View = Callable[..., HttpResponse]
OVERVIEW = "admin:sla_policydraft_changelist"


class PolicyPages(admin.ModelAdmin):
    """Pages of our own in place of Django's lists and forms."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def named_path(self, route: str, view: View, name: str) -> URLPattern:
        whole = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(self.guarded(view)), name=whole)

    def guarded(self, view: View) -> View:
        @wraps(view)
        def with_permission(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            try:
                return view(request, **arguments)
            except NoDraft as none:
                return self.page(request, "empty", _("Support policy"), why=none)
            except NotFound as none:
                raise Http404 from none

        return with_permission

    def page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        template = f"admin/sla/{self.opts.model_name}/{name}.html"
        return TemplateResponse(request, template, whole | context)


class PolicyDraftAdmin(PolicyPages):
    """The working copy: an overview, a table of targets per clock, calendars, and publishing."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", self.overview, "changelist"),
            self.named_path("targets/<slug:clock>/", self.targets, "targets"),
            self.named_path("calendars/", self.calendar, "new_calendar"),
            self.named_path("calendars/<slug:code>/", self.calendar, "calendar"),
            self.named_path("calendars/<slug:code>/remove/", require_POST(self.remove), "remove"),
            self.named_path("publish/", self.publish, "publish"),
            self.named_path("undo/", require_POST(self.undo), "undo"),
        ]

    def guarded(self, view: View) -> View:
        inner = super().guarded(view)

        @wraps(view)
        def with_permission(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not self.has_change_permission(request):
                raise PermissionDenied
            return inner(request, **arguments)

        return with_permission

    def overview(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, "overview", _("Support policy"), edited=edited())

    def targets(self, request: HttpRequest, clock: str) -> HttpResponse:
        if clock not in CLOCKS:
            raise Http404
        copy = edited()
        table = target_forms.TargetTable(
            request.POST or None,
            initial=[
                target_forms.initial_of(row) for row in copy.rows.targets if row.clock == clock
            ],
            form_kwargs={"policy": copy.policy},
        )
        trouble: list[str] = []
        if request.method == "POST" and table.is_valid():
            trouble = self._save_targets(request, copy, clock, table)
            if not trouble and not _has_errors(table):
                return self._saved(request, _("Targets: %(name)s") % {"name": CLOCKS[clock]})
        return self.page(
            request,
            "targets",
            _("Targets: %(name)s") % {"name": CLOCKS[clock]},
            revision=_revision(request, copy),
            table=table,
            trouble=trouble,
            clock=clock,
            clocks=CLOCKS,
        )

    def _save_targets(
        self, request: HttpRequest, copy: Edited, clock: str, table: target_forms.BaseTargetTable
    ) -> list[str]:
        """Save a valid table; give back what stands against it and belongs to no field."""
        rows = [form.row(clock) for form in table.kept()]
        whole, first = target_forms.merged(copy.rows.targets, clock, rows)
        revision = _revision(request, copy)
        try:
            save_targets(by=request.user, at=request.at, revision=revision, targets=whole)
        except PolicyIsFaulty as error:
            return table.show(error.faults, first)
        except DomainError as error:
            return [str(error)]
        return []

    def calendar(self, request: HttpRequest, code: str | None = None) -> HttpResponse:
        copy = edited()
        form, table = _calendar_forms(request, copy, code)
        trouble: list[str] = []
        if request.method == "POST" and form.is_valid() and table.is_valid():
            trouble = _save_calendar(request, copy, code, form, table)
            if not trouble and form.is_valid():
                name = form.cleaned_data["name"]
                return self._saved(request, _("Calendar: %(name)s") % {"name": name})
        name = form.initial.get("name")
        return self.page(
            request,
            "calendar",
            _("Calendar: %(name)s") % {"name": name} if name else _("New calendar"),
            revision=_revision(request, copy),
            form=form,
            table=table,
            trouble=trouble,
            code=code,
        )

    def remove(self, request: HttpRequest, code: str) -> HttpResponse:
        revision = _revision(request, edited())
        try:
            remove_calendar(by=request.user, at=request.at, revision=revision, code=code)
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("admin:sla_policydraft_calendar", code)
        return self._saved(request, _("Calendar removed: %(code)s") % {"code": code})

    def publish(self, request: HttpRequest) -> HttpResponse:
        copy = edited()
        form = PublishForm(request.POST or None, zone=request.tenant.time_zone)
        if request.method == "POST" and form.is_valid():
            version = _published(request, copy, form)
            if version is not None:
                self.log_change(request, copy.draft, str(version))
                messages.success(request, _("%(version)s is published.") % {"version": version})
                return redirect("admin:sla_policyversion_changelist")
        return self.page(
            request,
            "publish",
            _("Compare and publish"),
            edited=copy,
            revision=_revision(request, copy),
            form=form,
            comparisons=comparisons(copy, request.at),
            not_begun=not_begun(request.at),
        )

    def undo(self, request: HttpRequest) -> HttpResponse:
        revision = _revision(request, edited())
        try:
            undo_edits(by=request.user, at=request.at, revision=revision)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(OVERVIEW)
        return self._saved(request, _("Changes undone"))

    def _saved(self, request: HttpRequest, what: str) -> HttpResponse:
        copy = edited()
        self.log_change(request, copy.draft, what)
        told = _("Saved in the working copy. Cases feel it once it is published.")
        if not copy.is_changed:
            told = _("The working copy says what the version published last says.")
        messages.success(request, told)
        return redirect(OVERVIEW)


class PolicyVersionAdmin(PolicyPages):
    """Published policies, to read."""

    list_display = ["version", "effective", "published", "published_by", "note"]
    list_display_links = None

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", self.list, "changelist"),
            self.named_path("<int:number>/", self.text, "text"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyVersion]:
        return published_versions()

    def list(self, request: HttpRequest) -> HttpResponse:
        return self.changelist_view(request, {"title": _("Published policies")})

    @admin.display(description=gettext_lazy("version"), ordering="number")
    def version(self, version: PolicyVersion) -> str:
        url = reverse("admin:sla_policyversion_text", args=[version.number])
        return format_html('<a href="{}">{}</a>', url, version)

    @admin.display(description=gettext_lazy("in effect from"), ordering="effective_at")
    def effective(self, version: PolicyVersion) -> str:
        return effective_text(version)

    @admin.display(description=gettext_lazy("published"), ordering="published_at")
    def published(self, version: PolicyVersion) -> str:
        return published_text(version)

    def text(self, request: HttpRequest, number: int) -> HttpResponse:
        version = published_versions().filter(number=number).first()
        if version is None:
            raise NotFound
        before = policy_before(version)
        changes = differences(before.policy if before else None, policy_version(version.pk))
        return self.page(
            request,
            "text",
            str(version),
            version=version,
            effective_at=effective_text(version),
            published_at=published_text(version),
            before=before,
            changes=changes,
        )


def register(site: AdminSite) -> None:
    """Put the policy into an admin site."""
    site.register(PolicyDraft, PolicyDraftAdmin)
    site.register(PolicyVersion, PolicyVersionAdmin)


def _revision(request: HttpRequest, copy: Edited) -> int:
    """Tell which state of the working copy the person has in front of them."""
    if request.method != "POST":
        return copy.draft.revision
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _has_errors(table: target_forms.BaseTargetTable) -> bool:
    return any(form.errors for form in table.kept())


def _calendar_forms(request: HttpRequest, copy: Edited, code: str | None) -> tuple[Any, Any]:
    """Give the form of a calendar and the table of its exceptions. Raises NotFound."""
    known = copy.calendar_rows(code) if code else None
    if code and known is None:
        raise NotFound
    sent = request.POST or None
    initial = calendar_forms.initial_of(known) if known else {}
    exceptions = calendar_forms.exceptions_of(known) if known else []
    table = calendar_forms.ExceptionTable(sent, initial=exceptions)
    if known and known.row.by_region:
        return calendar_forms.RegionsForm(sent, initial=initial, policy=copy.policy), table
    form = calendar_forms.CalendarForm(sent, initial=initial, policy=copy.policy, is_new=not known)
    return form, table


def _save_calendar(
    request: HttpRequest, copy: Edited, code: str | None, form: Any, table: Any
) -> list[str]:
    """Save a valid calendar; give back what stands against it and belongs to no field."""
    code = code or form.cleaned_data["code"]
    calendar = form.rows(code, calendar_forms.exception_rows(table))
    revision = _revision(request, copy)
    try:
        save_calendar(by=request.user, at=request.at, revision=revision, calendar=calendar)
    except PolicyIsFaulty as error:
        calendar_forms.show(form, error.faults, code)
    except DomainError as error:
        return [str(error)]
    return []


def _published(request: HttpRequest, copy: Edited, form: PublishForm) -> PolicyVersion | None:
    """Publish; what is refused is shown on the form."""
    try:
        return publish_draft(
            by=request.user,
            at=request.at,
            revision=_revision(request, copy),
            effective_at=form.cleaned_data["effective_at"],
            note=form.cleaned_data["note"],
        )
    except DomainError as error:
        field = {"effective_at": "starts_on"}.get(error.field or "")
        form.add_error(field, str(error))
    return None
