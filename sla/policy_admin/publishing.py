"""Comparing the working copy with what is published, publishing it, or undoing its changes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError
from sla.actions import publish_draft, undo_edits
from sla.forms.publishing import PublishForm
from sla.models import PolicyVersion
from sla.pages import Edited, comparisons, edited, not_begun
from sla.policy_admin.base import OVERVIEW, DraftPages, revision_of


class PublishPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("publish/", self.publish, "publish"),
            self.named_path("undo/", require_POST(self.undo), "undo"),
        ]

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
            revision=revision_of(request, copy),
            form=form,
            comparisons=comparisons(copy, request.at),
            not_begun=not_begun(request.at),
        )

    def undo(self, request: HttpRequest) -> HttpResponse:
        revision = revision_of(request, edited())
        try:
            undo_edits(by=request.user, at=request.at, revision=revision)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(OVERVIEW)
        return self.saved(request, _("Changes undone"))


def _published(request: HttpRequest, copy: Edited, form: PublishForm) -> PolicyVersion | None:
    """Publish; what is refused is shown on the form."""
    try:
        return publish_draft(
            by=request.user,
            at=request.at,
            revision=revision_of(request, copy),
            effective_at=form.cleaned_data["effective_at"],
            note=form.cleaned_data["note"],
        )
    except DomainError as error:
        field = {"effective_at": "starts_on"}.get(error.field or "")
        form.add_error(field, str(error))
    return None
