"""What a token may be allowed, and to whose tokens: one table.

A scope is never more than the role of the person: both must allow an act.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.models import Person

READER_OF_POLICY = roles.CUSTOMERS | roles.DESK
SELLING = frozenset({roles.MANAGER, roles.ACCOUNT_MANAGER})


@dataclass(frozen=True)
class Scope:
    """A permission of a token: its code, what it allows, and the roles that can have it."""

    code: str
    words: str | Promise
    roles: frozenset[str]


SCOPES = (
    Scope(
        "cases:read",
        _("read cases: what was said, promises, files, escalations"),
        roles.CUSTOMERS | roles.DESK,
    ),
    Scope(
        "cases:write",
        _("open cases, answer, ask, sort, solve, close and open them again, send files"),
        roles.CUSTOMERS | roles.DESK,
    ),
    Scope("notes:read", _("read internal notes"), roles.DESK),
    Scope("notes:write", _("write internal notes"), roles.DESK),
    Scope("companies:read", _("read companies and their people"), roles.CUSTOMERS | roles.DESK),
    Scope(
        "companies:write",
        _("add and change companies and their people"),
        frozenset({roles.MANAGER}),
    ),
    Scope("contracts:read", _("read contracts"), roles.CUSTOMERS | roles.DESK),
    Scope("points:read", _("read points and statements"), roles.CUSTOMERS | roles.DESK),
    Scope(
        "points:write",
        _("enter points that were sold, and give back what a case has cost"),
        SELLING | {roles.LEAD},
    ),
    Scope(
        "policy:read",
        _("read the support policy, and ask what would be promised"),
        READER_OF_POLICY,
    ),
    Scope("knowledge:read", _("search and read articles"), READER_OF_POLICY),
)
KNOWN = {scope.code: scope for scope in SCOPES}


def scopes_for(person: Person) -> tuple[Scope, ...]:
    """List the scopes that a token of somebody can have."""
    return tuple(scope for scope in SCOPES if person.role in scope.roles)


def has_scope(codes: tuple[str, ...], person: Person, code: str) -> bool:
    """Tell whether a token with these scopes may do something, by its person's role of today."""
    return code in codes and person.role in KNOWN[code].roles
