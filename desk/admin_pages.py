"""Pages of the admin beside the models: search, and what was changed."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin_base import guarded
from accounts.change_models import Change
from accounts.changes import told
from accounts.models import Person
from desk.admin_search import look_for

ON_A_PAGE = 50


class AdminPages:
    """The pages on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses."""
        return [
            self._named("search/", require_safe(self.search), "search"),
            self._named("changes/", require_safe(self.changes), "changes"),
        ]

    def search(self, request: HttpRequest) -> HttpResponse:
        asked, found = look_for(request.GET.get("q", ""), request.user, request.at)
        number = sum(len(one.hits) for one in found)
        shown = {"asked": asked, "searched": asked, "found": found, "number": number}
        return self._page(request, "search", _("Search"), **shown)

    def changes(self, request: HttpRequest) -> HttpResponse:
        who = request.GET.get("who", "")
        found = Change.objects.select_related("by").order_by("-pk")
        if who.isdecimal() and len(who) < 19:
            found = found.filter(by=int(who))
        shown = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        people = Person.objects.filter(pk__in=Change.objects.values("by")).order_by("name")
        return self._page(
            request,
            "changes",
            _("What was changed"),
            shown=shown,
            changes=[told(change) for change in shown],
            people=people,
            who=who,
        )

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {
            **self.site.each_context(request),
            "title": title,
            "zone": request.user.time_zone or request.tenant.time_zone,
            **context,
        }
        return TemplateResponse(request, f"admin/landing/{name}.html", whole)

    def _named(self, route: str, view: Any, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("use_admin")))
        return path(route, shown, name=name)
