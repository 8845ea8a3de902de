"""What an import may say: kinds of rows and their columns. docs/import.md explains them.

In the order in which rows are taken over: what others refer to comes first.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PRODUCT, COMPANY, SITE, PERSON = "product", "company", "site", "person"
CONTRACT, CASE, ENTRY = "contract", "case", "entry"


@dataclass(frozen=True)
class Column:
    """One column: `holds` is text, ref, day, moment, bool, list, number, amount, code or rows."""

    name: str
    holds: str = "text"
    needed: bool = False
    longest: int = 200
    example: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of rows: the words by which its file is known, and its columns."""

    name: str
    title: str | Promise
    file: str
    known_as: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


def _id(example: str) -> Column:
    return Column("id", "ref", needed=True, longest=120, example=example)


_KINDS = (
    Kind(
        PRODUCT,
        _("Products"),
        "products.csv",
        ("product",),
        (
            Column("code", "ref", needed=True, longest=60, example="mail-server"),
            Column("name", needed=True, example="Mail Server"),
        ),
    ),
    Kind(
        COMPANY,
        _("Companies"),
        "companies.csv",
        ("compan", "organi", "account", "customer"),
        (
            _id("1001"),
            Column("name", needed=True, example="Acme GmbH"),
            Column("time_zone", longest=64, example="Europe/Berlin"),
            Column("country", longest=2, example="DE"),
            Column("region", longest=40),
            Column("domains", "list", longest=2000, example="acme.example; acme.test"),
            Column("account_manager", "ref", example="sales@vendor.example"),
        ),
    ),
    Kind(
        SITE,
        _("Sites"),
        "sites.csv",
        ("site", "office"),
        (
            _id("501"),
            Column("company", "ref", needed=True, example="1001"),
            Column("name", needed=True, example="Head office"),
            Column("time_zone", longest=64, example="Europe/Berlin"),
            Column("country", longest=2, example="DE"),
            Column("region", longest=40),
        ),
    ),
    Kind(
        PERSON,
        _("People"),
        "people.csv",
        ("people", "person", "contact", "user", "agent"),
        (
            _id("2001"),
            Column("name", needed=True, example="Erika Muster"),
            Column("email", longest=254, example="erika@acme.example"),
            Column("role", "code", example="contact"),
            Column("company", "ref", example="1001"),
            Column("site", "ref", example="501"),
            Column("phone", longest=40, example="+49 30 1234567"),
            Column("language", longest=10, example="de"),
            Column("time_zone", longest=64),
            Column("may_file", "bool", example="yes"),
            Column("sees_company", "bool", example="no"),
            Column("is_active", "bool", example="yes"),
        ),
    ),
    Kind(
        CONTRACT,
        _("Contracts"),
        "contracts.csv",
        ("contract", "agreement"),
        (
            _id("3001"),
            Column("company", "ref", needed=True, example="1001"),
            Column("plan", "code", longest=60, example="standard"),
            Column("product", "ref", longest=60, example="mail-server"),
            Column("edition", "code", longest=60),
            Column("starts_on", "day", needed=True, example="2025-01-01"),
            Column("ends_on", "day", example="2026-12-31"),
            Column("region", "code", longest=40),
            Column("reseller"),
            Column("points_remaining", "amount", longest=7, example="12"),
            Column("points_end_on", "day", example="2026-12-31"),
        ),
    ),
    Kind(
        CASE,
        _("Cases"),
        "cases.csv",
        ("case", "ticket", "incident"),
        (
            _id("4001"),
            Column("number", "number", example="10023"),
            Column("company", "ref", example="1001"),
            Column("contact", "ref", needed=True, example="erika@acme.example"),
            Column("subject", needed=True, longest=2000, example="The server does not start"),
            Column("status", "code", example="closed"),
            Column("severity", "code", example="2"),
            Column("priority", "code"),
            Column("type", "code"),
            Column("channel", "code", example="email"),
            Column("product", "ref", longest=60, example="mail-server"),
            Column("owner", "ref", example="agent@vendor.example"),
            Column("tags", "list", longest=2000, example="start; upgrade"),
            Column("opened_at", "moment", needed=True, example="2025-11-03 09:12"),
            Column("ended_at", "moment", example="2025-11-04 16:40"),
            Column("entries", "rows"),
        ),
    ),
    Kind(
        ENTRY,
        _("Messages and notes"),
        "messages.csv",
        ("message", "entr", "comment", "article", "note", "histor"),
        (
            Column("case", "ref", needed=True, longest=120, example="4001"),
            Column("at", "moment", needed=True, example="2025-11-03 09:12"),
            Column("kind", "code", example="customer"),
            Column("author", "ref", example="erika@acme.example"),
            Column("body", longest=1_000_000, example="It stops with error 7."),
            Column("files", "list", longest=20_000, example="error.log"),
        ),
    ),
)
KINDS = {kind.name: kind for kind in _KINDS}
ORDER = tuple(KINDS)
# What every column of a CSV file may be: the rest is nested.
IN_A_CELL = ("text", "ref", "day", "moment", "bool", "list", "number", "amount", "code")


def kind_of_file(name: str) -> Kind | None:
    """Find the kind of rows that a file holds, by its name; messages before their cases."""
    stem = name.rsplit("/", 1)[-1].lower()
    found = (kind for kind in reversed(_KINDS) if any(word in stem for word in kind.known_as))
    return next(found, None)


def template(kind: Kind) -> tuple[list[str], list[str]]:
    """Give the titles and the example row of a file to be filled in."""
    shown = [column for column in kind.columns if column.holds in IN_A_CELL]
    return [column.name for column in shown], [column.example for column in shown]
