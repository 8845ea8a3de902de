"""Who asks, and what their token allows; and that all is said in JSON."""

from collections.abc import Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Person
from api.errors import ScopeMissing
from api.gate import secret_in
from api.models import ApiToken
from api.problems import CHALLENGE
from api.scopes import has_scope
from api.tokens import token_of


class AlwaysJson(BaseContentNegotiation):
    """Answer in JSON whatever the client says that it accepts: there is nothing else."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        sent = (request.content_type or "").split(";")[0].strip()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class BearerToken(BaseAuthentication):
    """Know who asks by the token alone: a session is none, so that no page can ask for its reader.

    Asked anew in the transaction of the work: who has left, or whose token was revoked, is out.
    """

    def authenticate(self, request: Request) -> tuple[Person, ApiToken]:
        token = token_of(secret_in(request))
        if token is None:
            raise AuthenticationFailed
        person = token.person
        person.tenant = request.tenant
        if person.company is not None:
            person.company.tenant = request.tenant
        return person, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class HasScope(BasePermission):
    """Let in whose token has the scope of the operation, if the person's role has it too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        scope = getattr(getattr(view, method.lower(), None), "scope", None)
        if scope and not has_scope(request.auth.codes, request.user, scope):
            raise ScopeMissing(scope=scope)
        return True
