"""Moments and lengths of time as people read them, always with the zone and, beside it, how far.

`{% moment value zone %}` writes both, `{% clock_time value zone %}` only the moment, `{% distance
value %}` only how far it is from the desk time of the request, `{% length seconds %}` a length.
"""

from datetime import datetime

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.zones import moment_text
from sla.explain import span_text

register = template.Library()

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
# From here on nobody counts hours any more.
DAYS_WITHOUT_HOURS = 4


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, zone: str) -> str | SafeString:
    """Write a moment on the wall clock of `zone`, and how far it is from the request's desk time.

    Nothing for None.
    """
    if value is None:
        return ""
    return format_html("{} · {}", time_element(value, zone), distance_text(value, _now(context)))


@register.simple_tag
def clock_time(value: datetime | None, zone: str) -> str | SafeString:
    """Write a moment on the wall clock of `zone`, without how far it is. Nothing for None."""
    return "" if value is None else time_element(value, zone)


@register.simple_tag(takes_context=True)
def distance(context: Context, value: datetime | None) -> str:
    """Write how far a moment is from the request's desk time: "in 3 h 10 min". Nothing for None."""
    return "" if value is None else distance_text(value, _now(context))


@register.simple_tag
def length(seconds: int) -> str:
    """Write a length of time in hours and minutes."""
    return span_text(seconds)


def time_element(value: datetime, zone: str) -> SafeString:
    """Make the `<time>` element of an aware moment."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moment_text(value, zone))


def distance_text(value: datetime, now: datetime) -> str:
    """Write how far `value` lies ahead of or behind `now`, to the minute."""
    seconds = int((value - now).total_seconds())
    if abs(seconds) < SECONDS_PER_MINUTE:
        return _("now")
    if seconds > 0:
        return _("in %(length)s") % {"length": rough_length(seconds)}
    return _("%(length)s ago") % {"length": rough_length(-seconds)}


def rough_length(seconds: int) -> str:
    """Write a length in its two largest units, rounded down: "3 h 10 min", "2 days 4 h"."""
    days, rest = divmod(seconds, SECONDS_PER_DAY)
    hours, minutes = rest // SECONDS_PER_HOUR, rest % SECONDS_PER_HOUR // SECONDS_PER_MINUTE
    if not days:
        return span_text(hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE)
    whole = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days >= DAYS_WITHOUT_HOURS or not hours:
        return whole
    return _("%(days)s %(hours)d h") % {"days": whole, "hours": hours}


def _now(context: Context) -> datetime:
    return context["request"].at
