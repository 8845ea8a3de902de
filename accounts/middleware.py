"""Outermost of all that touch the database: host name to tenant, request to transaction."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template import loader
from django.utils import translation

from accounts.models import Tenant
from accounts.tenancy import tenant

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 10


class TenantMiddleware:
    """Enter the tenant of the host, run the rest of the chain and render, all in one transaction.

    The transaction is rolled back when the answer is 500 or above. Without a database the answer is
    503 and says so; for an unknown host it is 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            found = tenant_of_host(request)
            if found is None:
                return unknown_host(request)
            return self._answer(request, found)
        except (OperationalError, InterfaceError):
            logger.exception("The database did not answer.")
            return database_gone(request)

    def _answer(self, request: HttpRequest, found: Tenant) -> HttpResponse:
        if found.is_operators:
            request.urlconf = settings.OPERATORS_URLCONF
        with tenant(found) as at:
            request.tenant, request.at = found, at  # type: ignore[attr-defined]
            response = self.get_response(request)
            lost = is_connection_lost()
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        # Django has turned what the view met into a plain 500 on the way out.
        return database_gone(request) if lost else response


def tenant_of_host(request: HttpRequest) -> Tenant | None:
    """Find the tenant that the host names: `<slug>.BASE_HOST`, or BASE_HOST for the operators."""
    try:
        host, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return None
    host = host.removesuffix(".")
    if host == settings.BASE_HOST or (settings.DEMO and host == "127.0.0.1"):
        return Tenant.objects.filter(is_operators=True).first()
    slug, dot, base = host.partition(".")
    if not dot or base != settings.BASE_HOST:
        return None
    return Tenant.objects.filter(slug=slug, is_operators=False).first()


def is_connection_lost() -> bool:
    """Tell whether the server is gone, without asking it."""
    return connection.connection is None or bool(connection.connection.closed)


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Answer 404 in words. Names no vendor and reads no row."""
    front_door = f"{settings.SITE_SCHEME}://{settings.BASE_HOST}{settings.SITE_PORT}/"
    return _page(
        request, "account/unknown_host.html", HTTPStatus.NOT_FOUND, {"front_door": front_door}
    )


def database_gone(request: HttpRequest) -> HttpResponse:
    """Answer 503 in words; what was sent has been rolled back."""
    response = _page(request, "account/unavailable.html", HTTPStatus.SERVICE_UNAVAILABLE, {})
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest, template: str, status: HTTPStatus, figures: dict[str, object]
) -> HttpResponse:
    # The language middleware is further in, and context processors would ask for the tenant.
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(loader.render_to_string(template, figures), status=status)
