"""The audit of the clocks in the admin: what the last one found, and the way to put it right."""

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import OwnPages
from accounts.errors import DomainError
from jobs.tasks import nudge
from tickets import defect_admin, feature_admin, routing_admin
from tickets.actions.rebuilding import rebuild_case
from tickets.audit import latest_differences
from tickets.audit_models import ClockDifference
from tickets.auditing import PAGE, describe, last_audit, start_audit
from tickets.queries import access_case
from tickets.wording import difference_text, display_number

PER_PAGE = 100


class ClockDifferenceAdmin(OwnPages):
    """One page in place of Django's list: the last audit, and a button for each case."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", require_safe(self.show), "changelist"),
            self.named_path("audit/", require_POST(self.audit), "audit"),
            self.named_path("rebuild/<int:number>/", require_POST(self.rebuild), "rebuild"),
        ]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def show(self, request: HttpRequest) -> HttpResponse:
        job = last_audit()
        zone = request.tenant.time_zone
        found = latest_differences(job.pk) if job else ClockDifference.objects.none()
        shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Audit of the clocks"),
            "opts": self.opts,
            "job": job,
            "told": list(describe(job)) if job else [],
            "shown": shown,
            "differences": [(one, difference_text(one, zone)) for one in shown],
            "zone": zone,
        }
        return TemplateResponse(request, "admin/tickets/clockdifference/page.html", context)

    def audit(self, request: HttpRequest) -> HttpResponse:
        job = start_audit(by=request.user, at=request.at)
        nudge()
        return redirect("admin:jobs_job_page", job.pk)

    def rebuild(self, request: HttpRequest, number: int) -> HttpResponse:
        case = access_case(request.user, number)
        try:
            rebuild_case(case_id=case.pk, by=request.user, at=request.at)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(PAGE)
        self.log_change(request, case, _("Rebuilt from the timeline"))
        told = _("%(case)s now says what its timeline says.") % {"case": display_number(case)}
        messages.success(request, told)
        return redirect(PAGE)


def register(site: AdminSite) -> None:
    """Put the audit into an admin site."""
    site.register(ClockDifference, ClockDifferenceAdmin)
    routing_admin.register(site)
    feature_admin.register(site)
    defect_admin.register(site)
