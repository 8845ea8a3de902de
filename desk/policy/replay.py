"""Replay in the vendor's admin: ask, watch, read what would have been. For its managers."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin_base import View, guarded
from accounts.errors import DomainError, NotFound
from accounts.tenancy import stream_in_tenant
from desk.policy.replay_forms import ReplayForm
from desk.policy.replay_table import csv_lines
from desk.policy.replay_words import (
    asked_text,
    filters_of,
    gap_text,
    report_of,
    row_of,
    steps_told,
    under_text,
)
from jobs.models import Job
from jobs.tasks import nudge
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.queries import latest_policy, published_versions
from tickets.replay import policy_under, start_replay
from tickets.replay_reading import (
    FILTERS,
    access_flip,
    access_replay,
    all_flips,
    flip_page,
    gaps_of,
    replays,
)
from tickets.wording import display_number

RECENT = 10
GAPS_SHOWN = 100


class ReplayPages:
    """The pages of replay on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `policy/replay/`."""
        ask = require_http_methods(["GET", "HEAD", "POST"])(self.ask)
        return [
            self._named("", ask, "ask"),
            self._named("<int:job_id>/", require_safe(self.report), "report"),
            self._named("<int:job_id>/flips/", require_safe(self.flips), "flips"),
            self._named("<int:job_id>/flips.csv", require_safe(self.table), "table"),
            self._named("<int:job_id>/flips/<int:flip_id>/", require_safe(self.flip), "flip"),
        ]

    def ask(self, request: HttpRequest) -> HttpResponse:
        form = _form(request)
        if request.method == "POST" and form.is_valid():
            job = _ordered(request, form)
            if job is not None:
                return redirect("admin:jobs_job_page", job.pk)
        recent = replays(request.user).select_related("tenant")[:RECENT]
        zone = request.tenant.time_zone
        told = [(job, asked_text(job, zone)) for job in recent]
        return self._page(request, "ask", _("Replay of past cases"), form=form, recent=told)

    def report(self, request: HttpRequest, job_id: int) -> HttpResponse:
        job = _finished(request, job_id)
        if job is None:
            return redirect("admin:jobs_job_page", job_id)
        ran = _latest()
        zone = request.tenant.time_zone
        gaps = gaps_of(job)[:GAPS_SHOWN]
        return self._page(
            request,
            "report",
            _("What would have been"),
            job=job,
            asked=asked_text(job, zone),
            report=report_of(job, policy_under(job.params), ran, zone),
            gaps=[(gap.case, display_number(gap.case), gap_text(gap, ran)) for gap in gaps],
        )

    def flips(self, request: HttpRequest, job_id: int) -> HttpResponse:
        job = _finished(request, job_id)
        if job is None:
            return redirect("admin:jobs_job_page", job_id)
        chosen = _chosen(request)
        page = flip_page(job, chosen, request.GET.get("after", ""))
        policies = _naming(job)
        following = request.GET.copy()
        following["after"] = page.following
        return self._page(
            request,
            "flips",
            _("Cases with another verdict"),
            job=job,
            rows=[row_of(flip, policies) for flip in page.flips],
            filters=filters_of(job, chosen, policies),
            following=following.urlencode() if page.following else "",
            query=request.GET.urlencode(),
        )

    def flip(self, request: HttpRequest, job_id: int, flip_id: int) -> HttpResponse:
        job = _finished(request, job_id)
        if job is None:
            raise NotFound
        zone = request.user.time_zone or request.tenant.time_zone
        found = access_flip(job, flip_id, zone)
        policies = _naming(job)
        sides = ((_("As it was"), found.before), (_("As it would have been"), found.after))
        return self._page(
            request,
            "flip",
            display_number(found.case),
            job=job,
            row=row_of(found.flip, policies),
            under=under_text(job),
            sides=[(title, side, steps_told(side, policies)) for title, side in sides],
            zone=zone,
        )

    def table(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        job = _finished(request, job_id)
        if job is None:
            raise NotFound
        chosen, zone = _chosen(request), request.tenant.time_zone
        policies = _naming(job)
        lines = stream_in_tenant(
            request.tenant.pk, lambda: csv_lines(all_flips(job, chosen), policies, zone)
        )
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="replay-{job.pk}.csv"'
        return response

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        zone = {"zone": request.tenant.time_zone}
        whole = {**self.site.each_context(request), "title": title, **zone, **context}
        return TemplateResponse(request, f"admin/policy/replay/{name}.html", whole)

    def _named(self, route: str, view: View, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, _may_edit))
        return path(f"policy/replay/{route}", shown, name=f"replay_{name}")


def _may_edit(request: HttpRequest) -> bool:
    return request.user.may("edit_policy")


def _form(request: HttpRequest) -> ReplayForm:
    return ReplayForm(
        request.POST or None,
        zone=request.tenant.time_zone,
        at=request.at,
        versions=published_versions(),
        plans=[plan for policy in _latest() for plan in policy.plans],
    )


def _latest() -> list[Policy]:
    """Find the policy published last; nothing where every version is withdrawn."""
    try:
        return [latest_policy().policy]
    except NoPolicy:
        return []


def _naming(job: Job) -> tuple[Policy, ...]:
    """List the policies that name the codes of a replay: the one replayed under comes first."""
    return (policy_under(job.params), *_latest())


def _ordered(request: HttpRequest, form: ReplayForm) -> Job | None:
    """Order the replay; what is refused is shown on the form."""
    try:
        job = start_replay(**form.ordered(), by=request.user, at=request.at)
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    nudge()
    messages.success(request, _("The replay is ordered. This page shows how far it is."))
    return job


def _finished(request: HttpRequest, job_id: int) -> Job | None:
    """Find a replay; None while there is no report of it. Raises NotFound."""
    job = access_replay(request.user, job_id)
    return job if job.state == Job.State.DONE else None


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
