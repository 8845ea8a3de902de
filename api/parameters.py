"""The parameters of addresses, as they are described."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from api.reading import BY_DEFAULT, MOST
from tickets.filters import COLUMNS, KEYS, NOT, TEXT

PATH: Final = "path"
QUERY: Final = "query"


def query(name: str, about: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    """Describe a parameter that may be left out."""
    return OpenApiParameter(name, kind, QUERY, description=about)


CASE = OpenApiParameter(
    "case", OpenApiTypes.STR, PATH, description="The `id` of a case, its number, or its reference."
)
KEY = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
COMPANY = OpenApiParameter("company", KEY, PATH)
CONTACT = OpenApiParameter("contact", KEY, PATH)
CONTRACT = OpenApiParameter("contract", KEY, PATH)
ARTICLE = OpenApiParameter("article", KEY, PATH)
VERSION = OpenApiParameter("number", {"type": "integer", "minimum": 1, "maximum": 10**9}, PATH)
COMPANY_OF = query("company", "Only those of this company.", KEY)
AFTER = query(
    "after",
    "The key behind which the page begins: follow `next` instead of making one.",
    {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
)
LIMIT = query(
    "limit",
    "How much at a time.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": BY_DEFAULT},
)
PAGES = (AFTER, LIMIT)

# What a customer may narrow their cases by: none of it is the desk's own.
FOR_CUSTOMERS = (
    "severity",
    "priority",
    "case_type",
    "plan",
    "status",
    "product",
    "release",
    "contact",
)
FILTERS = (
    *(
        query(
            name,
            "One or several "
            + ("keys, with commas; `none` for none." if name in KEYS else "codes, with commas.")
            + (f" `{NOT}{name}` for all but these." if name in FOR_CUSTOMERS else " For the desk."),
        )
        for name in COLUMNS
    ),
    *(query(NOT + name, f"All but these: as `{name}`.") for name in COLUMNS),
    query(
        TEXT, "Words in subject, messages and notes. For the desk; needs the scope `notes:read`."
    ),
)
