"""The pages of moving out and of erasing: one file with all, a person, what is kept no longer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.admin_base import View, guarded
from accounts.errors import DomainError, NotFound
from accounts.queries import access_person
from jobs.queries import progress
from jobs.tasks import nudge
from transfer.erasing import erase_person, extent_of, is_erased
from transfer.exporting import download_export, order_export
from transfer.models import Erasure, ExportRun, RetentionRun
from transfer.retention import CONFIRMED, MOST_MONTHS, current_rule, preview, set_rule

RECENT = 20
REFRESH_SECONDS = 2


class EraseForm(forms.Form):
    """What of a person goes, and their name once more."""

    with_texts = forms.TypedChoiceField(
        label=gettext_lazy("What they wrote and sent"),
        choices=[
            ("no", gettext_lazy("Keep it, without their name")),
            ("yes", gettext_lazy("Erase it: messages, notes and files")),
        ],
        coerce=lambda said: said == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )
    confirm = forms.CharField(
        label=gettext_lazy("Their name, typed once more"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RetentionForm(forms.Form):
    """For how many months after its closing is kept what; empty is for good."""

    texts_months = forms.IntegerField(
        label=gettext_lazy("Texts of closed cases, in months"),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
        help_text=gettext_lazy("Messages, notes, questions and the subject. Empty: for good."),
    )
    files_months = forms.IntegerField(
        label=gettext_lazy("Files of closed cases, in months"),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
        help_text=gettext_lazy(
            "Empty: as the policy says. Where both say something, what is sooner counts."
        ),
    )
    confirm = forms.CharField(
        label=gettext_lazy("To keep this rule, type erase"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ExportPages:
    """The pages on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses."""
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self._named("export/", both(self.exports), "exports", "move_data"),
            self._named(
                "export/<int:run_id>/", require_POST(self.download), "export_file", "move_data"
            ),
            self._named("retention/", both(self.retention), "retention", "erase_people"),
            self._named(
                "accounts/person/<int:person_id>/erase/",
                both(self.erase),
                "erase_person",
                "erase_people",
            ),
        ]

    def exports(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            order_export(by=request.user, at=request.at)
            nudge()
            messages.success(request, _("It is packed now. This page shows how far it is."))
            return redirect("admin:exports")
        runs = list(ExportRun.objects.select_related("made_by", "job").order_by("-pk")[:RECENT])
        is_active = any(run.job is not None and run.job.is_active for run in runs)
        shown = [
            (run, _state(run, request), progress(run.job) if run.job else None) for run in runs
        ]
        page = self._page(request, "exports", _("Export"), runs=shown, is_active=is_active)
        if is_active:
            page["Refresh"] = REFRESH_SECONDS
            nudge()
        return page

    def download(self, request: HttpRequest, run_id: int) -> HttpResponseBase:
        try:
            file = download_export(run_id=run_id, by=request.user, at=request.at)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:exports")
        name = f"{request.tenant.slug}-{request.at:%Y-%m-%d}.zip"
        response = FileResponse(file.open("rb"), as_attachment=True, filename=name)
        response["Content-Type"] = "application/zip"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response

    def retention(self, request: HttpRequest) -> HttpResponse:
        rule = current_rule()
        now = (rule.texts_months, rule.files_months) if rule else (None, None)
        form = RetentionForm(
            request.POST or None, initial={"texts_months": now[0], "files_months": now[1]}
        )
        if request.method == "POST" and form.is_valid() and "keep" in request.POST:
            if _set(request, form):
                return redirect("admin:retention")
        elif request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            now = (said["texts_months"], said["files_months"])
        return self._page(
            request,
            "retention",
            _("How long is kept what"),
            form=form,
            rule=rule,
            preview=preview(*now, request.at) if any(now) else None,
            runs=RetentionRun.objects.order_by("-pk")[:RECENT],
            erased=Erasure.objects.select_related("person", "by").order_by("-pk")[:RECENT],
            word=CONFIRMED,
        )

    def erase(self, request: HttpRequest, person_id: int) -> HttpResponse:
        person = access_person(request.user, person_id)
        form = EraseForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and _erased(request, form, person_id):
            return redirect("admin:accounts_person_changelist")
        return self._page(
            request,
            "erase",
            _("Erase %(name)s") % {"name": person.name},
            person=person,
            form=form,
            extent=extent_of(person),
            is_erased=is_erased(person),
        )

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {
            **self.site.each_context(request),
            "title": title,
            "zone": request.user.time_zone or request.tenant.time_zone,
            **context,
        }
        return TemplateResponse(request, f"admin/transfer/{name}.html", whole)

    def _named(self, route: str, view: View, name: str, act: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may(act)))
        return path(route, shown, name=name)


def _state(run: ExportRun, request: HttpRequest) -> str:
    if run.packed_at is None:
        return "active" if run.job is not None and run.job.is_active else "stopped"
    is_over = run.deleted_at is not None or (run.expires_at or request.at) <= request.at
    return "gone" if is_over else "packed"


def _set(request: HttpRequest, form: RetentionForm) -> bool:
    said = form.cleaned_data
    try:
        set_rule(
            texts_months=said["texts_months"],
            files_months=said["files_months"],
            confirmed=said["confirm"],
            by=request.user,
            at=request.at,
        )
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    messages.success(request, _("The rule is kept. What is older goes with the next daily work."))
    return True


def _erased(request: HttpRequest, form: EraseForm, person_id: int) -> bool:
    said = form.cleaned_data
    try:
        erase_person(
            person_id=person_id,
            with_texts=said["with_texts"],
            confirmed=said["confirm"],
            by=request.user,
            at=request.at,
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    messages.success(request, _("Erased. What was done stays, under a number."))
    return True
