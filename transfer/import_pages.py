"""The pages of moving in: upload, what was found, states and levels, take over."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.admin_base import View, guarded
from accounts.errors import DomainError, NotFound
from accounts.spreadsheet import csv_file
from accounts.tenancy import stream_in_tenant
from jobs.queries import progress
from jobs.tasks import nudge
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import current_policy
from transfer.columns import KINDS, template
from transfer.importing import (
    access_import,
    begin_import,
    confirm_import,
    drop_import,
    is_stopped,
    look_again,
)
from transfer.mapping import FIELDS, LEVELS, choices_of, guess
from transfer.models import ImportFault, ImportLine, ImportRun

RECENT = 20
FAULTS_ON_A_PAGE = 50
REFRESH_SECONDS = 2
FIELD_NAMES = {
    "status": gettext_lazy("State"),
    "severity": gettext_lazy("Severity"),
    "priority": gettext_lazy("Priority"),
    "type": gettext_lazy("Type"),
    "channel": gettext_lazy("Channel"),
}


class UploadForm(forms.Form):
    """A file, what is in it, and what the system is called that it comes from."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A ZIP archive with several tables in it, or one table."),
    )
    format = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ImportRun.Format.choices)
    source = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "A short name that stays the same, such as old-desk: by it and by their ids rows are "
            "known when you import once more. Empty: the format."
        ),
    )


@dataclass(frozen=True)
class Choice:
    """What one value of the upload becomes: chosen by somebody, or guessed."""

    name: str
    value: str
    chosen: str


@dataclass(frozen=True)
class Mapped:
    """The values of one field, with what they can become."""

    title: str
    options: list[tuple[str, str]]
    choices: list[Choice]


class ImportPages:
    """The pages on an admin site, below `import/`."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses."""
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self._named("", both(self.upload), "imports"),
            self._named("<int:run_id>/", require_safe(self.run), "import_run"),
            self._named("<int:run_id>/faults.csv", require_safe(self.faults), "import_faults"),
            self._named("<int:run_id>/look-again/", require_POST(self.again), "import_again"),
            self._named("<int:run_id>/confirm/", require_POST(self.confirm), "import_confirm"),
            self._named("<int:run_id>/drop/", require_POST(self.drop), "import_drop"),
            self._named("template/<slug:kind>.csv", require_safe(self.example), "import_template"),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            run = _begun(request, form)
            if run is not None:
                return redirect("admin:import_run", run.pk)
        runs = ImportRun.objects.select_related("made_by", "job").order_by("-pk")[:RECENT]
        kinds = [kind for kind in KINDS.values() if kind.file]
        return self._page(request, "imports", _("Import"), form=form, runs=runs, kinds=kinds)

    def run(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = access_import(request.user, run_id)
        found = run.faults.order_by("is_warning", "pk")
        shown = Paginator(found, FAULTS_ON_A_PAGE).get_page(request.GET.get("page"))
        is_active = run.job is not None and run.job.is_active
        page = self._page(
            request,
            "run",
            _("Import of %(name)s") % {"name": run.file_name},
            run=run,
            rows=_table(run.figures.get("rows", {})),
            taken=_table(run.figures.get("taken", {})),
            mapped=_mapped(run, _policy(request)),
            shown=shown,
            number=shown.paginator.count,
            is_active=is_active,
            is_stopped=is_stopped(run),
            progress=progress(run.job) if run.job else None,
            can_take=run.lines.filter(
                verdict__in=("new", "known", "changed"), is_done=False
            ).exists(),
        )
        if is_active:
            page["Refresh"] = REFRESH_SECONDS
            nudge()
        return page

    def faults(self, request: HttpRequest, run_id: int) -> HttpResponseBase:
        run = access_import(request.user, run_id)
        lines = stream_in_tenant(request.tenant.pk, lambda: _fault_lines(run.pk))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.csv"'
        return response

    def again(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = access_import(request.user, run_id)
        maps = _maps(run, request)
        return self._done(
            request,
            run_id,
            lambda: look_again(run_id=run_id, maps=maps, by=request.user, at=request.at),
            _("It is looked through once more."),
        )

    def confirm(self, request: HttpRequest, run_id: int) -> HttpResponse:
        return self._done(
            request,
            run_id,
            lambda: confirm_import(run_id=run_id, by=request.user, at=request.at),
            _("It is taken over. Nobody is told of it by mail."),
        )

    def drop(self, request: HttpRequest, run_id: int) -> HttpResponse:
        try:
            drop_import(run_id=run_id, by=request.user)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:import_run", run_id)
        messages.success(request, _("The upload was thrown away."))
        return redirect("admin:imports")

    def example(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if kind not in KINDS:
            raise Http404
        titles, row = template(KINDS[kind])
        text = "".join(csv_file(titles, [row]))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{KINDS[kind].file}"'
        return response

    def _done(self, request: HttpRequest, run_id: int, act: Any, said: str) -> HttpResponse:
        try:
            act()
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            nudge()
            messages.success(request, said)
        return redirect("admin:import_run", run_id)

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {
            **self.site.each_context(request),
            "title": title,
            "zone": request.user.time_zone or request.tenant.time_zone,
            **context,
        }
        return TemplateResponse(request, f"admin/transfer/{name}.html", whole)

    def _named(self, route: str, view: View, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("move_data")))
        return path(f"import/{route}", shown, name=name)


def _begun(request: HttpRequest, form: UploadForm) -> ImportRun | None:
    """Keep the upload; what is refused is shown on the form."""
    said = form.cleaned_data
    try:
        run = begin_import(
            name=said["file"].name,
            blocks=said["file"].chunks(),
            source=slugify(said["source"]) or said["format"],
            format=said["format"],
            by=request.user,
            at=request.at,
        )
    except DomainError as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal))
        return None
    nudge()
    return run


def _policy(request: HttpRequest) -> Policy | None:
    try:
        return current_policy(request.at).policy
    except NoPolicy:
        return None


def _table(figures: dict[str, dict[str, int]]) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Give (kind, [(verdict, its words, number)]) in the order in which rows are taken over."""
    words = dict(ImportLine.Verdict.choices)
    return [
        (
            str(kind.title),
            [
                (verdict, str(words.get(verdict, _("read"))), number)
                for verdict, number in sorted(figures[name].items())
            ],
        )
        for name, kind in KINDS.items()
        if figures.get(name)
    ]


def _mapped(run: ImportRun, policy: Policy | None) -> list[Mapped]:
    """List the fields whose values mean something here; levels only of the policy's own axes."""
    found = []
    for field, values in run.figures.get("values", {}).items():
        is_used = field not in LEVELS or (policy is not None and field in policy.axes)
        if field in FIELDS and values and is_used:
            choices = [
                Choice(f"{field}-{place}", value, _chosen(run, field, value, policy))
                for place, value in enumerate(values)
            ]
            found.append(Mapped(str(FIELD_NAMES[field]), choices_of(field, policy), choices))
    return found


def _chosen(run: ImportRun, field: str, value: str, policy: Policy | None) -> str:
    chosen = run.maps.get(field, {}).get(value.lower())
    return guess(field, value, policy) if chosen is None else chosen


def _maps(run: ImportRun, request: HttpRequest) -> dict[str, dict[str, str]]:
    """Read what was chosen; what is no code of this policy is passed by."""
    policy, maps = _policy(request), {}
    for field, values in run.figures.get("values", {}).items():
        known = {code for code, _name in choices_of(field, policy)} | {""}
        said = {
            value.lower(): request.POST.get(f"{field}-{place}", "")
            for place, value in enumerate(values)
            if f"{field}-{place}" in request.POST
        }
        maps[field] = {value: code for value, code in said.items() if code in known}
    return maps


def _fault_lines(run_id: int) -> Iterator[str]:
    titles = [_("File"), _("Line"), _("Column"), _("Left out"), _("What to do")]
    found = ImportFault.objects.filter(run=run_id).order_by("is_warning", "pk")
    rows = (
        [one.file, one.line, one.column, _("no") if one.is_warning else _("yes"), one.words]
        for one in found.iterator(chunk_size=500)
    )
    yield from csv_file(titles, rows)
