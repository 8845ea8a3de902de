"""The published versions."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, NotAllowed, NotFound
from outbox.tasks import nudge
from sla.forms.publishing import WithdrawForm
from sla.models import PolicyVersion
from sla.policy_admin.base import PolicyPages
from sla.publish_pages import effective_text, published_text, shown, without
from sla.publishing import approvers_beside
from sla.queries import access_version, published_versions
from sla.registry import withdrawal_figures
from sla.withdrawal import withdraw_version


class PolicyVersionAdmin(PolicyPages):
    """Published policies, to read."""

    list_display = ["version", "effective", "published", "published_by", "approved", "note"]
    list_display_links = None

    def get_urls(self) -> list[URLPattern]:
        return [
            self.named_path("", self.list, "changelist"),
            self.named_path("<int:number>/", self.text, "text"),
            self.named_path("<int:number>/withdraw/", self.withdraw, "withdraw"),
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

    @admin.display(description=gettext_lazy("approved by"))
    def approved(self, version: PolicyVersion) -> str:
        if version.approved_by is not None:
            return version.approved_by.name
        return _("nobody: the only manager") if version.published_by else ""

    def text(self, request: HttpRequest, number: int) -> HttpResponse:
        version = access_version(number)
        return self.page(request, "text", str(version), shown=shown(version, request.at))

    def withdraw(self, request: HttpRequest, number: int) -> HttpResponse:
        version = access_version(number)
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._withdrawn(request, number, form):
            return redirect("admin:sla_policyversion_text", number)
        return self.page(
            request,
            "withdraw",
            _("Withdraw %(version)s") % {"version": version},
            version=version,
            shown=shown(version, request.at),
            without=without(version, request.at),
            figures=withdrawal_figures(version),
            others=approvers_beside(request.user),
            form=form,
        )

    def _withdrawn(self, request: HttpRequest, number: int, form: WithdrawForm) -> bool:
        """Withdraw a version; what is refused is said on the form."""
        reason = form.cleaned_data["reason"]
        try:
            done = withdraw_version(
                number=number, by=request.user, at=request.at, **form.cleaned_data
            )
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            form.add_error(error.field, str(error))
            return False
        nudge()
        self.log_change(request, done.version, _("Withdrawn: %(reason)s") % {"reason": reason})
        messages.success(request, _("%(version)s is withdrawn.") % {"version": done.version})
        return True
