"""The door of the interface: outside of the tenant's transaction, around everything below /api/v1/.

A body is read before a transaction begins, within limits. A token's requests are counted in a
transaction of their own: counted in that of the work, they would wait for one another's work, and
what fails would not count. Whatever refuses further in, it leaves in the one shape of refusals.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.utils.cache import get_conditional_response, patch_vary_headers

from accounts.middleware import database_gone, tenant_of_host
from accounts.tenancy import tenant
from api.errors import BodyTooLarge, TooManyRequests
from api.problems import CONTENT_TYPE, by_status, problem_response
from api.throttle import Allowance, count
from api.tokens import token_of

ROOT = "/api/v1/"
SCHEME = "Bearer "
MEGABYTE = 1024 * 1024
FORM = "multipart/form-data"
SAFE = ("GET", "HEAD")

Inside = Callable[[HttpRequest], HttpResponse]


class ApiGate:
    """Let requests to the interface in: read, counted, and answered in its shape."""

    def __init__(self, get_response: Inside) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        response = _unread(request)
        allowance = None
        if response is None:
            try:
                allowance = counted(request)
                response = self._answer(request, allowance)
            except (OperationalError, InterfaceError):
                response = database_gone(request)
        response = _finished(request, response)
        for name, value in (allowance.headers() if allowance else {}).items():
            response[name] = value
        return response

    def _answer(self, request: HttpRequest, allowance: Allowance | None) -> HttpResponse:
        if allowance is not None and allowance.is_over:
            refusal = TooManyRequests(limit=allowance.limit, seconds=allowance.seconds)
            return problem_response(refusal)
        return self.get_response(request)


def secret_in(request: HttpRequest) -> str:
    """Read the token that was sent; "" for none."""
    sent = request.headers.get("Authorization", "")
    is_ours = sent[: len(SCHEME)].casefold() == SCHEME.casefold()
    return sent[len(SCHEME) :].strip() if is_ours else ""


def counted(request: HttpRequest) -> Allowance | None:
    """Count the request for its token; None where there is no good one."""
    secret = secret_in(request)
    vendor = tenant_of_host(request) if secret else None
    if vendor is None or vendor.is_operators:
        return None
    with tenant(vendor):
        token = token_of(secret)
        return count(token) if token is not None else None


def _unread(request: HttpRequest) -> HttpResponse | None:
    """Read the body, unless it is too large or breaks off: that is answered at once.

    Files go to the disk as in any form, by the next middleware.
    """
    limit = MEGABYTE * (
        settings.ATTACHMENT_FORM_MAX_MEGABYTES + 1
        if request.content_type == FORM
        else settings.API_BODY_MEGABYTES
    )
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal() or int(said) > limit:
        response = problem_response(BodyTooLarge(limit=filesizeformat(limit)))
        # What it sends is not read any more.
        response["Connection"] = "close"
        return response
    if request.content_type == FORM:
        return None
    try:
        _ = request.body
    except UnreadablePostError:
        return by_status(HTTPStatus.BAD_REQUEST)
    return None


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_problem(response):
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        response = by_status(response.status_code)
        for name, value in kept.items():
            response[name] = value
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ("Authorization", "Accept-Language"))
    if response.streaming or request.method not in SAFE or response.status_code != HTTPStatus.OK:
        return response
    if "ETag" not in response:
        response["ETag"] = etag_of(response.content)
    # Gives the response itself where it is not to be shortened.
    return get_conditional_response(request, response["ETag"], None, response) or response


def etag_of(body: bytes) -> str:
    """Name a version of a thing by what is told of it."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
