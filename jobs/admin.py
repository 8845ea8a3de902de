"""Long work in the admin: what there is, how far it has come, and the button that stops it."""

from django.contrib import admin, messages
from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError, NotFound
from accounts.zones import moment_text
from jobs.actions import cancel_job
from jobs.models import Job
from jobs.queries import access_job, progress, visible_jobs
from jobs.registry import kind_of
from jobs.tasks import nudge

REFRESH_SECONDS = 2
# Work that waits for its day is looked at less often.
WAITING_REFRESH_SECONDS = 30


class JobAdmin(OwnPages):
    """A list, and a page to watch one job on. Without JavaScript the page asks for itself again."""

    list_display = ["what", "progress", "ordered_by", "requested"]
    list_display_links = None

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.list), "changelist"),
            self.named_path("<int:job_id>/", require_safe(self.watch), "page"),
            self.named_path("<int:job_id>/cancel/", require_POST(self.cancel), "cancel"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return visible_jobs(request.user)

    def list(self, request: HttpRequest) -> HttpResponse:
        return self.changelist_view(request, {"title": _("Long work")})

    @admin.display(description=gettext_lazy("what"), ordering="id")
    def what(self, job: Job) -> str:
        url = reverse("admin:jobs_job_page", args=[job.pk])
        return format_html('<a href="{}">{}</a>', url, kind_of(job.kind).title)

    @admin.display(description=gettext_lazy("how far"), ordering="state")
    def progress(self, job: Job) -> str:
        if job.state == Job.State.RUNNING:
            figures = {"state": job.get_state_display(), "percent": progress(job).percent}
            return _("%(state)s, %(percent)d %%") % figures
        return job.get_state_display()

    @admin.display(description=gettext_lazy("ordered by"), ordering="requested_by__name")
    def ordered_by(self, job: Job) -> str:
        return job.requested_by.name if job.requested_by else _("the desk itself")

    @admin.display(description=gettext_lazy("ordered"), ordering="requested_at")
    def requested(self, job: Job) -> str:
        return moment_text(job.requested_at, job.tenant.time_zone)

    def watch(self, request: HttpRequest, job_id: int) -> HttpResponse:
        job = access_job(request.user, job_id)
        page = _page(self.admin_site, request, job)
        if job.is_active:
            is_waiting = job.not_before is not None and job.not_before > request.at
            page["Refresh"] = WAITING_REFRESH_SECONDS if is_waiting else REFRESH_SECONDS
            nudge()
        return page

    def cancel(self, request: HttpRequest, job_id: int) -> HttpResponse:
        try:
            job = cancel_job(job_id=job_id, by=request.user, at=request.at)
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, job, _("Cancelled"))
            messages.success(request, _("Cancelled. What was done stays done."))
        return redirect("admin:jobs_job_page", job_id)


def register(site: AdminSite) -> None:
    """Put the long work into an admin site."""
    site.register(Job, JobAdmin)


def _page(site: AdminSite, request: HttpRequest, job: Job) -> TemplateResponse:
    kind = kind_of(job.kind)
    is_done = job.state == Job.State.DONE
    context = {
        **site.each_context(request),
        "title": kind.title,
        "opts": Job._meta,
        "job": job,
        "progress": progress(job),
        "told": list(kind.describe(job)),
        "result_url": kind.url(job) if kind.url and is_done else "",
        "zone": request.tenant.time_zone,
    }
    return TemplateResponse(request, "admin/jobs/job/page.html", context)
