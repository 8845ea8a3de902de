"""The vendor's own admin: people, companies, contracts and the policy, for its managers."""

from collections.abc import Callable
from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from accounts import admin as accounts_admin
from accounts.changes import newest_changes, told
from accounts.person_admin import PersonAdmin
from desk.admin_pages import AdminPages
from desk.endpoint_pages import EndpointPages
from desk.landing import attention
from desk.landing_health import health
from desk.landing_sections import SECTIONS
from desk.mail_pages import MailTextPages
from desk.outbox_pages import OutboxPages
from desk.policy.replay import ReplayPages
from desk.policy.withdrawn import VersionCasesPages
from desk.staff_pages import StaffPages, where_to_hand_on
from entitlements import admin as entitlements_admin
from escalation.person_admin import extend_person_admin
from jobs import admin as jobs_admin
from sla import admin as sla_admin
from tickets import admin as tickets_admin
from tickets import attachment_admin, teamwork_admin
from transfer.export_pages import ExportPages
from transfer.import_pages import ImportPages

# Django's door to any object of any model by its type and key; nothing here needs it.
UNUSED = ("view_on_site",)
CHANGES_SHOWN = 8


class TenantAdminSite(AdminSite):
    """Open to those who may `use_admin`; for everybody else there is nothing here."""

    site_title = _("Admin")
    index_title = _("What needs you")
    site_url = "/desk/"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may("use_admin")

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        own = {"site_header": request.tenant.name, "sections": SECTIONS}
        return super().each_context(request) | own

    def index(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "groups": [*attention(request.user, request.at), health(request.user, request.at)],
            "changes": [told(change) for change in newest_changes(CHANGES_SHOWN)],
            "zone": request.user.time_zone or request.tenant.time_zone,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/landing/page.html", context)

    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *arguments, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            return inner(request, *arguments, **kwargs)

        return update_wrapper(guarded, inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Before Django's own, whose last takes every address.
        kinds = (
            ReplayPages,
            VersionCasesPages,
            StaffPages,
            MailTextPages,
            OutboxPages,
            EndpointPages,
            ImportPages,
            ExportPages,
            AdminPages,
        )
        own = [url for pages in kinds for url in pages(self).urls()]
        kept = (url for url in super().get_urls() if getattr(url, "name", "") not in UNUSED)
        return [*own, *kept]

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send to the one page where people sign in."""
        return self.admin_view(self.index)(request)

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return LogoutView.as_view(next_page="account_login")(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("admin:index")


extend_person_admin()
PersonAdmin.after_leaving = staticmethod(where_to_hand_on)
site = TenantAdminSite()
PARTS = (
    accounts_admin,
    entitlements_admin,
    sla_admin,
    jobs_admin,
    tickets_admin,
    attachment_admin,
    teamwork_admin,
)
for part in PARTS:
    part.register(site)
