"""From what somebody reads on a clock to an instant."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid
from accounts.zones import moment_of
from sla.engine.calendar import HORIZON_SECONDS
from tickets.errors import NoSuchLocalTime


class NotAMoment(Invalid):
    code = "not_a_moment"
    message = _("Give a date and a time, like 2026-03-09 14:30.")


class TooFarAhead(Invalid):
    code = "too_far_ahead"
    message = _("This is too far ahead to promise anything. Look at the year again.")


# As far as the engine works a promise out.
FORESEEN = timedelta(seconds=HORIZON_SECONDS)


def read_wall_time(
    text: str, zone: str, *, field: str, not_after: datetime | None = None
) -> datetime:
    """Read a date and time on the wall clock of `zone` (an IANA name) into an aware UTC moment.

    `text` is as `<input type="datetime-local">` sends it, or with a blank instead of the T. Of two
    equal readings in autumn it is the first. Raises NotAMoment, NoSuchLocalTime, TooFarAhead (after
    `not_after`, or past the end of the calendar).
    """
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotAMoment(field=field) from None
    if local.tzinfo is not None or ":" not in text:
        raise NotAMoment(field=field)
    try:
        moment = moment_of(local, zone)
    except OverflowError:
        fault = NotAMoment if local.year == 1 else TooFarAhead
        raise fault(field=field) from None
    if moment is None:
        raise NoSuchLocalTime(field=field, local=date_format(local, "j M Y, H:i"), zone=zone)
    if not_after is not None and moment > not_after:
        raise TooFarAhead(field=field)
    return moment


def wall_time_value(at: datetime, zone: str) -> str:
    """Write a moment as `<input type="datetime-local">` takes it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
