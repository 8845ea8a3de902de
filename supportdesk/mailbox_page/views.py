"""The mailbox of the demonstration: everything that would have left by mail."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from outbox.letter_pages import letter_page
from supportdesk.mailbox_page.queries import delivered_mail, mails_for

MAILS_SHOWN = 100


def mailbox_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who may read the mailbox; elsewhere than in a demonstration there is none."""

    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.may("read_mailbox"):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error

    return entered


@mailbox_page
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    address = request.GET.get("to", "").replace("\0", "").strip()
    mails = mails_for(request.user, limit=MAILS_SHOWN, address=address or None)
    return render(request, "mailbox/list.html", {"mails": mails, "address": address})


@mailbox_page
@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    return render(request, "mailbox/mail.html", {"mail": delivered_mail(request.user, mail_id)})


@mailbox_page
@require_safe
def html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Show the HTML form of a mail, for the frame on its page."""
    found = delivered_mail(request.user, mail_id)
    if not found.html:
        raise Http404
    return letter_page(found.html)
