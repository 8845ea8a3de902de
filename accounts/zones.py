"""Time zones: their names, and moments on their wall clocks."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.errors import UnknownTimeZone


def is_time_zone(name: str) -> bool:
    return name in available_timezones()


def check_time_zone(name: str, *, field: str = "time_zone") -> None:
    """Refuse a name that is no IANA time zone. Empty is fine. Raises UnknownTimeZone."""
    if name and not is_time_zone(name):
        raise UnknownTimeZone(field=field, name=name)


def validate_time_zone(name: str) -> None:
    """Say the same in a form."""
    if not is_time_zone(name):
        raise ValidationError(
            _("“%(name)s” is not a time zone: write it like Europe/Berlin."),
            code="unknown_time_zone",
            params={"name": name},
        )


def moment_of(local: datetime, zone: str) -> datetime | None:
    """Find the UTC moment of a naive reading of the wall clock of `zone` (an IANA name).

    Of two equal readings in autumn it is the first; None where the clocks skip the reading.
    """
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    # A reading that the clocks skip comes back as another one.
    return moment if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local else None


def moment_text(at: datetime, zone: str) -> str:
    """Write an aware moment in words with its zone: "Tue 3 Mar 2026, 14:00 CET"."""
    local = at.astimezone(ZoneInfo(zone))
    day = _day_text(local.date(), get_language())
    return f"{day}, {local.hour:02}:{local.minute:02} {zone_letters(local)}"


@lru_cache(maxsize=4096)
def _day_text(day: date, language: str | None) -> str:
    # A page of the desk has a hundred moments, and they are of few days.
    return date_format(day, "D j M Y")


def zone_letters(local: datetime) -> str:
    """Name the zone of a local moment as people there do; as UTC+03 where they have no letters."""
    name = local.tzname() or "UTC"
    return name if name[0].isalpha() else f"UTC{name}"
