"""What all operations share: who asks, what the token allows, and how each is described."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.collisions import all_or_nothing
from accounts.languages import spoken
from api.errors import UnknownParameter, VersionIsOlder, VersionNeeded
from api.gate import etag_of
from api.idempotency import once
from outbox.tasks import nudge

SAFE = ("GET", "HEAD")
Parameters = Sequence[OpenApiParameter]


class ApiView(APIView):
    """An address of the interface. Its methods are made by `operation`."""

    metadata_class = None
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # What `initial` chooses ends with the request.
        with translation.override(translation.get_language()):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Speak the person's language, unless the program asks for another."""
        super().initial(request, *args, **kwargs)
        if "Accept-Language" not in request.headers:
            translation.activate(spoken(request.user.language))


def operation(
    *,
    id: str,
    tag: str,
    summary: str,
    about: str = "",
    scope: str = "",
    takes: Any = None,
    gives: Mapping[Any, Any],
    parameters: Parameters = (),
    example: object = None,
    answer: object = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method of an `ApiView`: it asks for its scope, and is told of in the description.

    What writes is done as a whole or not at all, once for an `Idempotency-Key`, and mail that it
    caused leaves at once. `example` is sent, `answer` comes back.
    """

    def decorate(perform: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(perform)
        def method(view: ApiView, request: Request, **named: Any) -> Any:
            _no_other_parameters(request, parameters)
            if request.method in SAFE:
                return perform(view, request, **named)
            if request.method == "POST":
                response = once(
                    request._request, request.auth, lambda: perform(view, request, **named)
                )
            else:
                with all_or_nothing():
                    response = perform(view, request, **named)
            nudge()
            return response

        method.scope = scope  # type: ignore[attr-defined]
        described = extend_schema(
            operation_id=id,
            tags=[tag],
            summary=summary,
            description=_about(about, scope),
            request=takes,
            responses=dict(gives),
            parameters=list(parameters),
            examples=_examples(example, answer, gives),
            extensions={"x-scope": scope} if scope else None,
        )
        return described(method)

    return decorate


def created(data: object, **headers: str) -> Response:
    """Answer what was made."""
    return Response(data, status=HTTPStatus.CREATED, headers=headers)


def versioned(data: object) -> Response:
    """Answer a thing with the name of its version, for `must_match`."""
    return Response(data, headers={"ETag": version_of(data)})


def version_of(data: object) -> str:
    """Name the version of a thing by what is told of it."""
    return etag_of(JSONRenderer().render(data))


def must_match(request: Request, data: object) -> None:
    """Refuse a change of another version than the one that was read.

    `data` is what would be told of it now, under its lock. Raises VersionNeeded, VersionIsOlder.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        raise VersionNeeded
    known = [one.strip().removeprefix("W/") for one in wanted.split(",")]
    if "*" not in known and version_of(data) not in known:
        raise VersionIsOlder


def _no_other_parameters(request: Request, parameters: Parameters) -> None:
    """Refuse a parameter that would do nothing: a filter with a slip of the pen shows too much."""
    known = {one.name for one in parameters if one.location == OpenApiParameter.QUERY}
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(name=name[:40], field=name[:40])


def _about(about: str, scope: str) -> str:
    needs = f"Needs the scope `{scope}`." if scope else "Any valid token will do."
    return f"{about.strip()}\n\n{needs}".strip()


def _examples(example: object, answer: object, gives: Mapping[Any, Any]) -> list[OpenApiExample]:
    found = []
    if example is not None:
        found.append(OpenApiExample("Request", value=example, request_only=True))
    if answer is not None:
        codes = [str(status) for status in gives]
        said = OpenApiExample("Answer", value=answer, response_only=True, status_codes=codes)
        found.append(said)
    return found
