"""Programs that ask the interface: a client with a token, made by the actions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import Person, Tenant
from accounts.places import host_of
from accounts.tenancy import tenant
from api.models import ApiToken
from api.scopes import scopes_for
from api.tokens import digest_of, make_token
from outbox.clock import real_now

ROOT = "/api/v1/"


@dataclass
class Program:
    """A program with a token at a vendor's address."""

    client: Client
    secret: str
    token: ApiToken

    def ask(self, method: str, path: str, said: object = None, **headers: str) -> HttpResponse:
        """Send a request; `headers` with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = (
            {} if said is None else {"data": json.dumps(said), "content_type": "application/json"}
        )
        given = {"Authorization": f"Bearer {self.secret}", **sent}
        return self.client.generic(method, ROOT + path, **body, headers=given)

    def get(self, path: str, **headers: str) -> Any:
        """Read something that must be there."""
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, path: str, said: object = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, {} if said is None else said, **headers)


def program(
    vendor: Tenant, person: Person, scopes: Iterable[str] | None = None, days: int = 30
) -> Program:
    """Give a program a token of a person, with all scopes that the role can have or some."""
    with tenant(vendor):
        token, secret = _made(person, scopes, days)
    return Program(Client(headers={"host": host_of(vendor)}), secret, token)


def _made(person: Person, scopes: Iterable[str] | None, days: int) -> tuple[ApiToken, str]:
    codes = [scope.code for scope in scopes_for(person)] if scopes is None else list(scopes)
    if person.may("make_api_tokens"):
        said = {"person_id": person.pk, "name": "Test", "scopes": codes, "days": days}
        return make_token(by=person, **said)
    secret = f"sd_test{person.pk}_{'x' * 40}"
    now = real_now()
    token = ApiToken.objects.create(
        tenant_id=person.tenant_id,
        person=person,
        name="Test",
        scopes=" ".join(codes),
        prefix=secret[:11],
        digest=digest_of(secret),
        made_by=person,
        made_at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    return token, secret
