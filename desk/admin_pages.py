"""Pages of the admin beside the models: search, what was changed, messages that were not sent."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import guarded
from accounts.change_models import Change
from accounts.changes import told
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.models import Person
from desk.admin_search import look_for
from outbox.actions import send_again
from outbox.models import OutboxMessage
from outbox.queries import messages_for_a_person
from outbox.tasks import nudge
from outbox.texts import described

ON_A_PAGE = 50
# Of the messages that were not sent: what is stuck, what is on its way, what was left on purpose.
VIEWS = ("stuck", "waiting", "skipped")


class AdminPages:
    """The pages on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses."""
        return [
            self._named("search/", require_safe(self.search), "search"),
            self._named("changes/", require_safe(self.changes), "changes"),
            self._named("unsent/", require_safe(self.unsent), "unsent"),
            self._named("unsent/<int:message_id>/again/", require_POST(self.again), "send_again"),
        ]

    def search(self, request: HttpRequest) -> HttpResponse:
        asked, found = look_for(request.GET.get("q", ""), request.user, request.at)
        number = sum(len(one.hits) for one in found)
        shown = {"asked": asked, "found": found, "number": number}
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

    def unsent(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("only", "")
        view = wanted if wanted in VIEWS else VIEWS[0]
        shown = Paginator(_messages(view), ON_A_PAGE).get_page(request.GET.get("page"))
        kinds = {kind: about.title for kind, about in described().items()}
        return self._page(
            request,
            "unsent",
            _("Messages that were not sent"),
            shown=shown,
            rows=[(one, kinds.get(one.kind, one.kind)) for one in shown],
            view=view,
            views=(
                ("stuck", _("waiting for you")),
                ("waiting", _("on their way")),
                ("skipped", _("left on purpose")),
            ),
        )

    def again(self, request: HttpRequest, message_id: int) -> HttpResponse:
        try:
            send_again(message_id=message_id, by=request.user)
        except NotFound:
            raise
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            nudge()
            messages.success(request, _("It is in the queue again, with its own number."))
        return redirect("admin:unsent")

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


def _messages(view: str) -> QuerySet[OutboxMessage]:
    if view == "stuck":
        return messages_for_a_person()
    found = OutboxMessage.objects.select_related("recipient").order_by("-pk")
    if view == "waiting":
        return found.filter(state__in=OutboxMessage.WAITING)
    return found.filter(state=OutboxMessage.State.SKIPPED)
