"""Where providers bring mail: the address is a secret, most of them sign as well."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotFound
from mailbox.hooks import hooked
from mailbox.parsing.limits import MOST_BYTES
from mailbox.providers import came_by
from mailbox.receiving import keep_mail


@csrf_exempt
@never_cache
@require_http_methods(["HEAD", "POST"])
def hook(request: HttpRequest, mailbox_id: int, secret: str) -> HttpResponse:
    """Keep a mail; the provider hears that it was taken only once that is committed."""
    try:
        mailbox = hooked(mailbox_id, secret)
    except NotFound as none:
        raise Http404 from none
    if request.method != "POST":  # some look whether there is anybody
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    try:
        came = came_by(mailbox.hook_provider, request, mailbox.hook_key.reveal())
    except DomainError as error:
        return _plain(error.code, error.status)
    if len(came.raw) > MOST_BYTES:
        return _plain("too_big", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    keep_mail(mailbox, came)
    return _plain("kept", HTTPStatus.OK)


def _plain(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
