"""The first working copy: chosen from the prepared policies, or empty."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, NotFound
from sla.pages import edited
from sla.policy_admin.base import OVERVIEW, DraftPages
from sla.starting import EMPTY, start_policy, templates


class StartPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [
            *super().pages(),
            self.named_path("start/", require_POST(self.start), "start"),
        ]

    def page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        if name == "empty":
            context |= {"templates": templates(), "nothing": EMPTY}
        return super().page(request, name, title, **context)

    def start(self, request: HttpRequest) -> HttpResponse:
        try:
            start_policy(
                by=request.user, at=request.at, template=request.POST.get("template", EMPTY)
            )
        except NotFound as none:
            raise Http404 from none
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(OVERVIEW)
        self.log_change(request, edited().draft, _("Started"))
        told = _("The working copy is filled. Read it through; nothing is published yet.")
        messages.success(request, told)
        return redirect(OVERVIEW)
