"""The outbox in the admin: what left and what did not, why, and what a recipient would get now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import guarded
from accounts.errors import DomainError, NotAllowed, NotFound
from accounts.languages import spoken
from accounts.models import Person
from desk.mail_samples import without_secrets
from outbox.actions import send_again
from outbox.html_letters import html_letter
from outbox.letter_pages import letter_page
from outbox.letters import header_line, recipient_of, worded
from outbox.models import OutboxMessage
from outbox.queries import messages_in
from outbox.tasks import nudge
from outbox.texts import described
from tickets.queries import visible_cases

ON_A_PAGE = 50
State = OutboxMessage.State
# What is stuck, on its way, left out on purpose, and what left; the first is shown first.
VIEWS = {
    "stuck": (gettext_lazy("waiting for you"), OutboxMessage.FOR_A_PERSON),
    "waiting": (gettext_lazy("on their way"), (*OutboxMessage.WAITING, State.JOINED)),
    "skipped": (gettext_lazy("left on purpose"), (State.SKIPPED,)),
    "sent": (gettext_lazy("sent"), (State.SENT,)),
}
# What such a message is about may be a case that the reader may not see.
_UNSURE_REFS = {"batch", "held", "attachment", "owner"}
NOT_SHOWN = gettext_lazy("What it says is not shown to you: it may be about a case you cannot see.")
GONE = gettext_lazy("What it was about is no longer there.")


@dataclass(frozen=True)
class Preview:
    """What a recipient would get now; `why_not` says why nothing can be shown."""

    subject: str = ""
    body: str = ""
    language: str = ""
    why_not: str = ""


class OutboxPages:
    """The pages of the outbox on an admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """List the addresses, below `unsent/`."""
        return [
            self._named("", require_safe(self.list), "unsent"),
            self._named("<int:message_id>/", require_safe(self.message), "message"),
            self._named("<int:message_id>/html/", require_safe(self.html), "message_html"),
            self._named("<int:message_id>/again/", require_POST(self.again), "send_again"),
        ]

    def list(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("only", "")
        view = wanted if wanted in VIEWS else next(iter(VIEWS))
        to = request.GET.get("to", "").replace("\0", "").strip()[:200]
        found = messages_in(VIEWS[view][1], to=to)
        shown = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        return self._page(
            request,
            "messages",
            _("Messages that leave the desk"),
            shown=shown,
            rows=_named_kinds(shown),
            view=view,
            views=[(code, words) for code, (words, _states) in VIEWS.items()],
            to=to,
        )

    def message(self, request: HttpRequest, message_id: int) -> HttpResponse:
        found = _found(message_id)
        ((_row, kind),) = _named_kinds([found])
        preview = preview_of(found, by=request.user)
        return self._page(request, "message", str(kind), message=found, kind=kind, preview=preview)

    def html(self, request: HttpRequest, message_id: int) -> HttpResponse:
        found = _found(message_id)
        preview = preview_of(found, by=request.user)
        with translation.override(preview.language or translation.get_language()):
            said = preview.body or preview.why_not
            return letter_page(html_letter(found.tenant, preview.subject, said))

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
        return TemplateResponse(request, f"admin/outbox/{name}.html", whole)

    def _named(self, route: str, view: Any, name: str) -> URLPattern:
        shown = self.site.admin_view(guarded(view, lambda request: request.user.may("use_admin")))
        return path(f"unsent/{route}", shown, name=name)


def preview_of(message: OutboxMessage, *, by: Person) -> Preview:
    """Word a message as its recipient would get it now, without links by which they could act.

    Nothing of a case is shown that `by` may not see. Nothing is sent and nothing is changed.
    """
    if not _may_read(message, by):
        return Preview(why_not=str(NOT_SHOWN))
    try:
        person = recipient_of(message)
        language = spoken(person.language)
        with transaction.atomic(), translation.override(language):
            rendered = worded(message, person)
            body = without_secrets(rendered.body).strip("\n")
    except DomainError as refusal:
        return Preview(why_not=str(refusal))
    except (ObjectDoesNotExist, KeyError):
        return Preview(why_not=str(GONE))
    return Preview(header_line(rendered.subject), body, language)


def _may_read(message: OutboxMessage, by: Person) -> bool:
    if message.recipient_id == by.pk:
        return True
    if "case" in message.refs:
        return visible_cases(by).filter(pk=message.refs["case"]).exists()
    return not _UNSURE_REFS & set(message.refs)


def _found(message_id: int) -> OutboxMessage:
    """Find a message of the tenant. Raises NotFound."""
    rows = OutboxMessage.objects.select_related("recipient__tenant", "recipient__company", "tenant")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return found


def _named_kinds(rows: Iterable[OutboxMessage]) -> list[tuple[OutboxMessage, Any]]:
    kinds = {kind: about.title for kind, about in described().items()}
    return [(one, kinds.get(one.kind, one.kind)) for one in rows]
