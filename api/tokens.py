"""Making, using and revoking the tokens by which programs act for people."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from accounts import roles
from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id, desk_now
from api.errors import BadSpan, NameNeeded, TooManyTokens, UnknownScope
from api.models import LONGEST_NAME, ApiToken
from api.scopes import SCOPES, scopes_for
from outbox.clock import real_now

MOST_DAYS = 366
MOST_TOKENS = 20
PREFIX = "sd_"
# 8 characters that name it, then 256 bits that nobody guesses.
NAMED, SECRET_BYTES = 8, 32
LETTERS = "abcdefghijkmnopqrstuvwxyz23456789"
LONGEST_TOKEN = 100


@transaction.atomic
def make_token(
    *, person_id: int, name: str, scopes: Iterable[str], days: int, by: Person
) -> tuple[ApiToken, str]:
    """Make a token that acts for a person, and give it: afterwards nobody can read it again.

    Scopes are at most what the person's role allows, in the order of the table. Good for `days`,
    by real time. Raises NotAllowed, NotFound, NameNeeded, UnknownScope, BadSpan, TooManyTokens.
    """
    person = _one_of(people_for(by), person_id)
    named, codes = name.strip(), set(scopes)
    if not named or len(named) > LONGEST_NAME:
        raise NameNeeded(field="name", most=LONGEST_NAME)
    if not codes or codes - {scope.code for scope in scopes_for(person)}:
        raise UnknownScope(field="scopes")
    if not 1 <= days <= MOST_DAYS:
        raise BadSpan(field="days", most=MOST_DAYS)
    now = real_now()
    if ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=now).count() >= (
        MOST_TOKENS
    ):
        raise TooManyTokens(most=MOST_TOKENS)
    prefix = PREFIX + "".join(secrets.choice(LETTERS) for _letter in range(NAMED))
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    token = ApiToken.objects.create(
        tenant_id=current_tenant_id(),
        person=person,
        name=named,
        scopes=" ".join(scope.code for scope in SCOPES if scope.code in codes),
        prefix=prefix,
        digest=digest_of(secret),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    _keep(Change.Act.ADDED, token, by)
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, by: Person) -> ApiToken:
    """End a token at once; harmless to repeat. Raises NotAllowed, NotFound."""
    mine = visible_tokens(by).filter(pk=token_id)
    token = mine.select_for_update(of=("self",), no_key=True).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = real_now(), by
        token.save(update_fields=["revoked_at", "revoked_by"])
        _keep(Change.Act.REMOVED, token, by)
    return token


def people_for(by: Person) -> QuerySet[Person]:
    """List whom somebody may make tokens for. Raises NotAllowed.

    A manager for people of the desk, but not in the name of another manager: what takes two of
    them would take one. A company admin for nobody else.
    """
    if not by.may("make_api_tokens"):
        raise NotAllowed
    people = Person.objects.filter(is_active=True).order_by("name", "pk")
    if by.is_customer:
        return people.filter(pk=by.pk)
    others = people.filter(role__in=roles.DESK - {roles.MANAGER})
    return others | people.filter(pk=by.pk)


def visible_tokens(by: Person) -> QuerySet[ApiToken]:
    """List the tokens that somebody may see and revoke, the newest first. Raises NotAllowed.

    A manager all of the vendor's, a company admin those of the own company.
    """
    if not by.may("make_api_tokens"):
        raise NotAllowed
    tokens = ApiToken.objects.order_by("-pk")
    return tokens.filter(person__company=by.company_id) if by.is_customer else tokens


def token_of(secret: str) -> ApiToken | None:
    """Find the token that a program sends, if it is good at this moment and its person active."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST_TOKEN or not secret.isascii():
        return None
    good = ApiToken.objects.filter(revoked_at=None, person__is_active=True)
    found = good.filter(digest=digest_of(secret)).select_related("person__company", "person__site")
    token = found.first()
    return token if token is not None and token.expires_at > real_now() else None


def digest_of(secret: str) -> str:
    """Give what is kept of a token: it has 256 random bits, so that a plain digest is enough."""
    return sha256(secret.encode()).hexdigest()


def _one_of(people: QuerySet[Person], person_id: int) -> Person:
    person = people.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def _keep(act: str, token: ApiToken, by: Person) -> None:
    words = f"{token.prefix}: {token.scopes}"
    named = f"{token.name} ({token.person.name})"
    label = ApiToken._meta.label_lower
    keep_change(act=act, model=label, row=token.pk, named=named, by=by, at=desk_now(), words=words)
