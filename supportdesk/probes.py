"""What machines ask the desk: is it ready, is everything at work, and in figures.

Answered before anything else, for any host: whoever probes knows an address, not a vendor.
"""

import hmac
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from accounts.pulses import pulses
from supportdesk.metrics import DeskCollector


class ProbesMiddleware:
    """Answer /readyz, /healthz and /metrics; let everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probes = {"/readyz": readyz, "/healthz": healthz, "/metrics": metrics}
        probe = probes.get(request.path)
        if probe is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        try:
            response = probe(request)
        except (OperationalError, InterfaceError):
            connection.close()
            response = _plain("the database does not answer", HTTPStatus.SERVICE_UNAVAILABLE)
        response["Cache-Control"] = "no-store"
        return response


def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether this process can serve pages: what a proxy or an orchestrator asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_now()")
    return _plain("ok", HTTPStatus.OK)


def healthz(request: HttpRequest) -> HttpResponse:
    """Tell whether the whole desk is at work, beat and workers too: what a watcher asks.

    503 while a part is missing. Names parts and ages in seconds, nothing of any vendor.
    """
    parts = pulses()
    missing = sorted(name for name, pulse in parts.items() if pulse.is_missing)
    ages = {name: pulse.seconds for name, pulse in sorted(parts.items())}
    status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
    return JsonResponse({"missing": missing, "seconds_since": ages}, status=status)


def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to Prometheus, to whoever has METRICS_TOKEN; there are none without it."""
    if not _may_measure(request):
        return _plain("not found", HTTPStatus.NOT_FOUND)
    registry = CollectorRegistry(auto_describe=True)
    registry.register(DeskCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _plain(words: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{words}\n", content_type="text/plain", status=status)
