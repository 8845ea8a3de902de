"""The one shape of everything that is not done: application/problem+json."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.errors import DomainError, NotFound
from api.errors import NotAuthenticated
from sla.engine.errors import EngineError
from sla.explain import engine_error_text
from tickets.errors import FilingRefused

CONTENT_TYPE = "application/problem+json"
# Where all codes are explained.
TYPE = "/api/#problems"
CHALLENGE = 'Bearer realm="api"'
# Of what Django and the framework refuse by themselves.
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "server_error",
    503: "unavailable",
}

Fault = dict[str, str]


def problem(
    status: int, code: str, detail: str, errors: list[Fault] | None = None
) -> dict[str, Any]:
    """Give the body of a refusal; `errors` name the fields at fault, if any are."""
    return {
        "type": TYPE,
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }


def problem_response(error: DomainError) -> HttpResponse:
    """Answer a refusal where there is no view that could raise it."""
    return plain_problem(error.status, error.code, str(error))


def plain_problem(status: int, code: str, detail: str) -> HttpResponse:
    """Answer with a problem outside of the framework."""
    body = json.dumps(problem(status, code, detail), ensure_ascii=False)
    response = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def by_status(status: int) -> HttpResponse:
    """Answer with what is known of a refusal that only has a status."""
    if status == HTTPStatus.NOT_FOUND:
        return problem_response(NotFound())
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = _("Something went wrong on our side; nothing was saved. Try again later.")
    else:
        detail = _("This request cannot be read as it was sent.")
    return plain_problem(status, CODES.get(status, "bad_request"), detail)


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer what a view raises; None for what is a fault of ours, which becomes a 500."""
    told = _told(error)
    if told is None:
        return None
    response = Response(told, status=told["status"], content_type=CONTENT_TYPE)
    if told["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def _told(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, FilingRefused):
        faults = [
            {"field": "", "code": code, "detail": str(reason)}
            for code, reason in zip(error.codes, error.reasons, strict=True)
        ]
        return problem(error.status, error.code, str(error), faults)
    if isinstance(error, DomainError):
        fault = {"field": error.field or "", "code": error.code, "detail": str(error)}
        return problem(error.status, error.code, str(error), [fault] if error.field else None)
    if isinstance(error, EngineError):
        return problem(HTTPStatus.CONFLICT, error.code, engine_error_text(error))
    if isinstance(error, Http404):
        return _told(NotFound())
    if isinstance(error, PermissionDenied):
        return problem(403, CODES[403], _("Your role does not allow this."))
    return _framework(error) if isinstance(error, exceptions.APIException) else None


def _framework(error: exceptions.APIException) -> dict[str, Any] | None:
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _told(NotAuthenticated())
    if isinstance(error, exceptions.ValidationError):
        detail = _("Some of what was sent cannot be taken as it is.")
        return problem(400, "invalid", detail, list(_faults(error.get_full_details(), "")))
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    code = "unreadable_body" if isinstance(error, exceptions.ParseError) else ""
    code = code or CODES.get(error.status_code, "bad_request")
    return problem(error.status_code, code, str(error.detail))


def _faults(details: Any, path: str) -> Iterator[Fault]:
    """Name each fault by the path of its field: `tags.0`, or "" for the whole."""
    if isinstance(details, list):
        for place, one in enumerate(details):
            is_message = isinstance(one, dict) and set(one) == {"message", "code"}
            yield from _faults(one, path if is_message else f"{path}.{place}".strip("."))
    elif set(details) == {"message", "code"} and not isinstance(details["message"], dict | list):
        yield {"field": path, "code": str(details["code"]), "detail": str(details["message"])}
    else:
        for name, one in details.items():
            inner = "" if name == "non_field_errors" else str(name)
            yield from _faults(one, f"{path}.{inner}".strip("."))
