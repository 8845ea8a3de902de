"""Comparing the working copy with what is published, publishing it, or undoing its changes."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from outbox.tasks import nudge
from sla.actions import undo_edits
from sla.approval import ask_to_publish
from sla.checklist import checklist
from sla.comparison import differences
from sla.forms.publishing import PublishForm
from sla.models import PolicyVersion, PublishRequest
from sla.pages import Edited, edited
from sla.policy_admin.asking import PAGE, AskedPages
from sla.policy_admin.base import OVERVIEW, revision_of
from sla.publish_pages import comparisons, not_begun, weighed
from sla.publishing import approvers_beside, publish_draft
from sla.queries import waiting_request


class PublishPages(AskedPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("publish/", self.publish, "publish"),
            self.named_path("undo/", self.undo, "undo"),
        ]

    def publish(self, request: HttpRequest) -> HttpResponse:
        copy = edited()
        zone = request.tenant.time_zone
        seen = weighed(copy.policy, request.at, zone)
        is_broken = bool(seen.errors)
        form = PublishForm(request.POST or None, zone=zone, at=request.at, is_broken=is_broken)
        if request.method == "POST" and form.is_valid():
            done = _published(request, copy, form)
            if done is not None:
                return self._done(request, copy, done)
        return self.page(
            request,
            "publish",
            _("Compare and publish"),
            edited=copy,
            revision=revision_of(request, copy),
            form=form,
            comparisons=comparisons(copy, request.at),
            not_begun=not_begun(request.at),
            weighed=seen,
            others=approvers_beside(request.user),
            waiting=waiting_request(),
            missing_settings=checklist(copy.policy).missing_settings,
        )

    def _done(
        self, request: HttpRequest, copy: Edited, done: PolicyVersion | PublishRequest
    ) -> HttpResponse:
        nudge()
        self.log_change(request, copy.draft, str(done))
        if isinstance(done, PublishRequest):
            told = _("Asked. The other managers are told that it waits for their approval.")
            messages.success(request, told)
            return redirect(PAGE, done.pk)
        messages.success(request, _("%(version)s is published.") % {"version": done})
        return redirect("admin:sla_policyversion_changelist")

    def undo(self, request: HttpRequest) -> HttpResponse:
        copy = edited()
        revision = revision_of(request, copy)
        if request.method != "POST":
            return self._ask_to_undo(request, copy, revision)
        try:
            undo_edits(by=request.user, at=request.at, revision=revision)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(OVERVIEW)
        return self.saved(request, _("Changes undone"))

    def _ask_to_undo(self, request: HttpRequest, copy: Edited, revision: int) -> HttpResponse:
        if copy.latest is None or not copy.is_changed:
            return redirect(OVERVIEW)
        return self.page(
            request,
            "undo",
            _("Undo all these changes"),
            revision=revision,
            edited=copy,
            changes=differences(copy.latest.original, copy.policy),
        )


def _published(
    request: HttpRequest, copy: Edited, form: PublishForm
) -> PolicyVersion | PublishRequest | None:
    """Publish, or ask for it where there is somebody to ask; what is refused is on the form."""
    act = ask_to_publish if approvers_beside(request.user) else publish_draft
    try:
        return act(
            by=request.user,
            at=request.at,
            revision=revision_of(request, copy),
            **asdict(form.terms()),
        )
    except DomainError as error:
        field = {"effective_at": "starts_on"}.get(error.field or "")
        form.add_error(field, str(error))
    return None
