"""What a token's person may see, by the keys that programs use, page by page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Model, QuerySet
from rest_framework.request import Request

from accounts.errors import NotFound
from accounts.models import Person
from accounts.numbers import number_in
from accounts.places import site_url
from api.errors import BadParameter
from tickets.models import Case
from tickets.queries import candidates, countable_cases, in_sight
from tickets.search import case_number

BY_DEFAULT, MOST = 50, 100
BESIDE = ("company", "contact", "product", "release", "owner", "team")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page:
    """Some of a list: `rows`, and where the rest of it is."""

    rows: Sequence[Any]
    next: str | None

    def told(self, tell: Callable[[Sequence[Any]], list[Any]]) -> dict[str, Any]:
        """Give the page as it is answered."""
        return {"results": tell(self.rows), "next": self.next}


def page_of(request: Request, rows: QuerySet[Any], column: str, *, falling: bool = False) -> Page:
    """Read the page of a list that begins behind the key `after`, in the order of a column.

    The column is unique, so that nothing is told twice or left out, whatever is added meanwhile.
    Raises BadParameter.
    """
    limit, after = _limit(request), _after(request)
    if after is not None:
        rows = rows.filter(**{f"{column}__{'lt' if falling else 'gt'}": after})
    found = list(rows.order_by(f"-{column}" if falling else column)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = getattr(found[limit - 1], column)
    return Page(found[:limit], _next(request, last))


def listed(request: Request, person: Person) -> QuerySet[Case]:
    """List the cases that somebody may see, with what is told beside them."""
    return _with_beside(countable_cases(person))


def access_case(person: Person, key: str) -> Case:
    """Find a case by its id, its number or its reference. Raises NotFound.

    For none and for not yours alike.
    """
    wanted = _wanted(person, key)
    found = in_sight(person, _with_beside(candidates(person)).filter(**wanted)) if wanted else []
    if not found:
        raise NotFound
    return found[0]


def again(case: Case, person: Person) -> Case:
    """Read a case anew, after something was done to it. Raises NotFound."""
    return access_case(person, str(case.uuid))


def key_in(text: str) -> int:
    """Read the key of a row as an address has it. Raises NotFound."""
    number = number_in(text)
    if number is None:
        raise NotFound
    return number


def _with_beside(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related(*BESIDE).annotate(
        policy_number=F("policy_version__number"),
        merged_number=F("merged_into__number"),
        incident_number=F("incident__number"),
    )


def _wanted(person: Person, key: str) -> dict[str, Any]:
    try:
        return {"uuid": UUID(key)} if len(key) == 36 else {"number": case_number(person, key)}
    except ValueError:
        return {}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(BY_DEFAULT))
    limit = number_in(text, digits=3)
    if limit is None or not 1 <= limit <= MOST:
        raise BadParameter(name="limit", field="limit")
    return limit


def _after(request: Request) -> int | None:
    text = request.query_params.get("after")
    if text is None:
        return None
    after = number_in(text)
    if after is None:
        raise BadParameter(name="after", field="after")
    return after


def _next(request: Request, last: object) -> str:
    asked = [(name, one) for name, one in _asked(request) if name != "after"]
    query = urlencode([*asked, ("after", last)])
    return site_url(request.tenant, f"{request.path}?{query}")


def _asked(request: Request) -> list[tuple[str, str]]:
    return [(name, one) for name, values in request.query_params.lists() for one in values]
