"""What the admin's pages of the policy have in common: who may see them, and how they are shown."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.admin_base import OwnPages, View
from sla.errors import NoDraft
from sla.pages import Edited, edited

OVERVIEW = "admin:sla_policydraft_changelist"


class PolicyPages(OwnPages):
    """Pages of the policy; without one they say how to begin."""

    def guarded(self, view: View) -> View:
        @wraps(view)
        def with_draft(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            try:
                return view(request, **arguments)
            except NoDraft as none:
                return self.page(request, "empty", _("Support policy"), why=none)

        return super().guarded(with_draft)

    def page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        template = f"admin/sla/{self.opts.model_name}/{name}.html"
        return TemplateResponse(request, template, whole | context)


class DraftPages(PolicyPages):
    """Pages over the working copy; each subclass adds its own to `pages`."""

    def get_urls(self) -> list[URLPattern]:
        return self.pages()

    def pages(self) -> list[URLPattern]:
        """List the addresses of these pages."""
        return []

    def guarded(self, view: View) -> View:
        inner = super().guarded(view)

        @wraps(view)
        def with_permission(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not self.has_change_permission(request):
                raise PermissionDenied
            return inner(request, **arguments)

        return with_permission

    def saved(self, request: HttpRequest, what: str) -> HttpResponse:
        self.log_saved(request, what)
        return redirect(OVERVIEW)

    def log_saved(self, request: HttpRequest, what: str) -> None:
        """Write down what was changed, and say that it is not published yet."""
        copy = edited()
        self.log_change(request, copy.draft, what)
        told = _("Saved in the working copy. Cases feel it once it is published.")
        if not copy.is_changed:
            told = _("The working copy says what the version published last says.")
        messages.success(request, told)


def revision_of(request: HttpRequest, copy: Edited) -> int:
    """Tell which state of the working copy the person has in front of them."""
    if request.method != "POST":
        return copy.draft.revision
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
