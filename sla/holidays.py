"""Lists of holidays in the working copy, and what the calendars of the countries know."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.countries import country_names
from accounts.errors import NotFound
from accounts.models import Person
from sla.editing import save_section
from sla.models import PolicyDraft
from sla.queries import working_copy

# Further ahead nobody has decided on holidays that follow the moon.
MOST_YEARS = 5

Table = Mapping[str, Any]


def save_holidays(
    *, by: Person, at: datetime, revision: int, code: str, table: Table
) -> PolicyDraft:
    """Put a list of holidays, as a document has it, into the working copy.

    Raises DraftChanged, NotAllowed, PolicyIsFaulty with paths below `holidays.<code>`.
    """
    lists = {**_lists(), code: dict(table)}
    return save_section(by=by, at=at, revision=revision, sections={"holidays": lists})


def remove_holidays(*, by: Person, at: datetime, revision: int, code: str) -> PolicyDraft:
    """Take a list of holidays out of the working copy.

    Raises PolicyIsFaulty while a calendar uses it, NotFound, DraftChanged, NotAllowed.
    """
    lists = _lists()
    if code not in lists:
        raise NotFound
    kept = {other: table for other, table in lists.items() if other != code}
    return save_section(by=by, at=at, revision=revision, sections={"holidays": kept})


def add_country(
    *,
    by: Person,
    at: datetime,
    revision: int,
    code: str,
    country: str,
    subdivision: str,
    years: int,
) -> int:
    """Add a country's public holidays of this year and `years` more to a list, as own dates.

    They are copied, for what is published must not change with a library. Dates that the list has
    are left as they are. Returns how many were added. Raises NotFound and what saving raises.
    """
    lists = _lists()
    if code not in lists:
        raise NotFound
    own = list(lists[code].get("dates", ()))
    known = {str(entry["date"]) for entry in own}
    first = at.year
    found = public_holidays(country, subdivision, range(first, first + years + 1))
    added = [
        {"date": on.isoformat(), "name": name}
        for on, name in found.items()
        if on.isoformat() not in known
    ]
    if added:
        dates = sorted([*own, *added], key=lambda entry: str(entry["date"]))
        table = {**lists[code], "dates": dates}
        save_holidays(by=by, at=at, revision=revision, code=code, table=table)
    return len(added)


def public_holidays(country: str, subdivision: str, years: range) -> dict[date, str]:
    """List the public holidays of a country (ISO 3166) as they are observed, in English.

    `subdivision` is "" for the whole country.
    """
    found = _library().country_holidays(
        country, subdiv=subdivision or None, years=years, language=_language_of(country)
    )
    return {on: found[on] for on in sorted(found) if on.year in years}


def countries() -> tuple[tuple[str, str], ...]:
    """List the countries whose holidays are known, with their names."""
    known = _library().list_supported_countries()
    return tuple((code, name) for code, name in country_names() if code in known)


def subdivisions(country: str) -> tuple[str, ...]:
    """List the letters of a country's states or regions that have holidays of their own."""
    return tuple(_library().list_supported_countries().get(country, ()))


def _language_of(country: str) -> str | None:
    languages = _library().list_localized_countries().get(country, ())
    return next((code for code in ("en_US", "en_GB", "en") if code in languages), None)


def _library() -> Any:
    # It takes a tenth of a second to load, and few processes ever ask.
    import holidays  # noqa: PLC0415

    return holidays


def _lists() -> dict[str, dict[str, Any]]:
    return tomllib.loads(working_copy().sections).get("holidays", {})
