"""The page of a request to publish: a second manager approves or declines, the asker takes back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from outbox.tasks import nudge
from sla.approval import approve_request, decline_request, publish_alone, take_back_request
from sla.forms.publishing import ReasonForm
from sla.policy_admin.base import DraftPages
from sla.publish_pages import asked, weighed
from sla.queries import access_request

PAGE = "admin:sla_policydraft_request"
VERSION = "admin:sla_policyversion_text"


class AskedPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("requests/<int:request_id>/", self.asked, "request"),
        ]

    def asked(self, request: HttpRequest, request_id: int) -> HttpResponse:
        found = access_request(request_id)
        form = ReasonForm(request.POST if request.POST.get("decision") == "decline" else None)
        if request.method == "POST":
            answer = self._decided(request, request_id, form)
            if answer is not None:
                return answer
        seen = asked(found, request.user, request.at)
        return self.page(
            request,
            "request",
            _("%(name)s asks to publish") % {"name": found.requested_by},
            asked=seen,
            weighed=weighed(seen.policy, request.at, request.tenant.time_zone),
            form=form,
        )

    def _decided(
        self, request: HttpRequest, request_id: int, form: ReasonForm
    ) -> HttpResponse | None:
        """Do what was decided; None when the page has to be shown again."""
        decision = request.POST.get("decision", "")
        if decision == "decline" and not form.is_valid():
            return None
        try:
            answer = self._decide(request, decision, request_id, form)
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(PAGE, request_id)
        nudge()
        return answer

    def _decide(
        self, request: HttpRequest, decision: str, request_id: int, form: ReasonForm
    ) -> HttpResponse:
        which = {"request_id": request_id, "by": request.user, "at": request.at}
        if decision == "decline":
            decline_request(**which, reason=form.cleaned_data["reason"])
            messages.success(request, _("Declined. Who asked for it is told why."))
            return redirect(PAGE, request_id)
        if decision == "take_back":
            take_back_request(**which)
            messages.success(request, _("Taken back. The working copy is as it was."))
            return redirect(PAGE, request_id)
        return self._publish(request, decision, which)

    def _publish(
        self, request: HttpRequest, decision: str, which: dict[str, int | Person | object]
    ) -> HttpResponse:
        acts = {"approve": approve_request, "publish_alone": publish_alone}
        if decision not in acts:
            raise NotFound
        version = acts[decision](**which, checksum=request.POST.get("checksum", ""))
        self.log_change(request, version, str(version))
        messages.success(request, _("%(version)s is published.") % {"version": version})
        return redirect(VERSION, version.number)
