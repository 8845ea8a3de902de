"""The description of the interface (OpenAPI): made of the operations, with all that is refused."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

from api.fields import ProblemOut
from api.problems import CONTENT_TYPE

REFUSALS = {
    400: "What was sent cannot be right, whatever the state of the desk.",
    401: "No token, or none that is good here and now. One answer for all of these.",
    403: "The token lacks the scope, or the person's role forbids it.",
    404: "There is none, or it is not yours: the two are never told apart.",
    409: "A rule of the desk says no; `code` says which, `detail` says what to do.",
    412: "It was changed since you have read it.",
    413: "The body is too large.",
    415: "Send `application/json`; files as `multipart/form-data`.",
    422: "The `Idempotency-Key` was used for another request.",
    428: "A change needs `If-Match` with the `ETag` that you have read.",
    429: "The token has asked too much within a minute: see `Retry-After`.",
}
DONE = {"200": "As it is now.", "201": "It is made.", "204": "It is gone."}
ALWAYS = (400, 401, 403, 404, 429)
OF_METHOD: Mapping[str, tuple[int, ...]] = {
    "GET": (),
    "POST": (409, 413, 415, 422),
    "PATCH": (409, 412, 413, 415, 428),
    "DELETE": (409,),
}
ONCE = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]{1,200}$"},
    location=OpenApiParameter.HEADER,
    description="Any text of your own. The same request with the same key is done once, and "
    "answered as the first time, for two days.",
)
MATCH = OpenApiParameter(
    name="If-Match",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` of what you have read, or `*` to change it whatever it is.",
)


class Schema(AutoSchema):
    """Describes an operation: beside its own answers, the refusals of its method."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        beside = {"POST": [ONCE], "PATCH": [MATCH]}.get(self.method, [])
        return [*super().get_override_parameters(), *beside]

    def get_serializer_name(self, serializer: Serializer, direction: str) -> str:
        """Name shapes by what they are: those of `api.shapes` end in the way that they go."""
        return serializer.__class__.__name__.removesuffix("Out").removesuffix("In")

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status, body in bodies.items():
            body["description"] = DONE[status]
        for status in sorted((*ALWAYS, *OF_METHOD[self.method])):
            shape = self._get_response_for_code(ProblemOut, str(status), [CONTENT_TYPE])
            bodies[str(status)] = shape | {"description": REFUSALS[status]}
        if self.method == "GET":
            bodies["304"] = {"description": "It is as you know it: `If-None-Match` named it."}
        return bodies


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.access.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of the vendor: `Authorization: Bearer sd_...`",
        }


def closed_requests(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:
    """Say of what is sent that there are no other fields; hook of the generator."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request") and component.get("type") == "object":
            component["additionalProperties"] = False
    return result
