"""Names of time zones."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
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
