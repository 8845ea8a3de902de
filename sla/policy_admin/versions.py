"""The published versions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import NotFound
from sla.comparison import differences
from sla.models import PolicyVersion
from sla.pages import effective_text, published_text
from sla.policy_admin.base import PolicyPages
from sla.queries import policy_before, policy_version, published_versions


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
