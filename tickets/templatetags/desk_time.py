"""Moments and lengths of time as people read them, always with the zone and, beside it, how far.

`{% moment value zone %}` writes both, `{% clock_time value zone %}` only the moment,
`{% last_moment value zone %}` until when something lasts, `{% distance value %}` only how far it is
from the desk time of the request, `{% length seconds %}` a length, `{% rough seconds %}` its two
largest units. What belongs together (a time and its zone, a number and its unit) is not broken over
two lines; `|together` does that for a sentence.
"""

import html
import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, npgettext
from django.utils.translation import gettext as _

from accounts.zones import moment_text, zone_letters
from sla.explain import span_text

register = template.Library()

SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
# From here on nobody counts hours any more.
DAYS_WITHOUT_HOURS = 4

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# A number and its unit or month ("8 h", "7 Jun"), and what a number follows ("Jun 10:00", "h 59").
NUMBER_AND_WORD = re.compile(
    r"(?<=\d) (?=[^\W\d]{1,3}\b)|(?<=\b[A-Z]\w\w) (?=\d)|(?<=\b[a-z]) (?=\d)"
)
# "Di, 3. März 2026", "Di, 3.3. 10:00": where the day of the month is an ordinal number.
ORDINAL_DATE = re.compile(r"(?:\b[^\W\d]{2},? )?\b\d{1,2}\.(?:\d{1,2}\.| [^\W\d]+\.?) (?=\d)")
RANGE = re.compile(r"\d[\d:]*-\d[\d:]*|\b[A-Z]\w{1,2}-[A-Z]\w{1,2}\b")
BEFORE_CLOCK = re.compile(r", (?=\d\d:)")


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, zone: str) -> str | SafeString:
    """Write a moment on the wall clock of `zone`, and how far it is from the request's desk time.

    Nothing for None.
    """
    if value is None:
        return ""
    return _with_distance(context, time_element(value, moment_text(value, zone)), value)


@register.simple_tag
def clock_time(value: datetime | None, zone: str) -> str | SafeString:
    """Write a moment on the wall clock of `zone`, without how far it is. Nothing for None."""
    return "" if value is None else time_element(value, moment_text(value, zone))


@register.simple_tag
def short_time(seconds: int, zone: str) -> str:
    """Write the core's epoch seconds on a drawing: "Fri 4 Jun 22:00", without year and zone."""
    return date_format(_local(seconds, zone), "D j M H:i")


@register.simple_tag
def short_day(seconds: int, zone: str) -> str:
    """Name a date on a drawing by its weekday and day: "Fri 4"."""
    return date_format(_local(seconds, zone), "D j")


@register.simple_tag(takes_context=True)
def last_moment(context: Context, value: datetime | None, zone: str) -> str | SafeString:
    """Write until when something lasts: midnight is the end of the day before. Nothing for None."""
    if value is None:
        return ""
    return _with_distance(context, time_element(value, end_text(value, zone)), value)


@register.simple_tag(takes_context=True)
def distance(context: Context, value: datetime | None) -> str:
    """Write how far a moment is from the request's desk time: "in 3 h 10 min". Nothing for None."""
    return "" if value is None else unbroken(distance_text(value, _now(context)))


@register.simple_tag
def length(seconds: int) -> str:
    """Write a length of time in hours and minutes."""
    return unbroken(span_text(seconds))


@register.simple_tag
def rough(seconds: int) -> str:
    """Write a length of time in its two largest units."""
    return unbroken(rough_length(seconds))


@register.filter
def together(sentence: str) -> SafeString:
    """Write a sentence whose lengths, dates and ranges ("07:00-21:00") stay on one line."""
    words = ORDINAL_DATE.sub(lambda date: unbroken(date[0]), escape(sentence))
    words = NUMBER_AND_WORD.sub(NO_BREAK_SPACE, words)
    return mark_safe(RANGE.sub(r'<span class="together">\g<0></span>', words))


def unbroken(text: str) -> str:
    """Put no-break spaces into a short text."""
    return text.replace(" ", NO_BREAK_SPACE)


def time_element(value: datetime, text: str) -> SafeString:
    """Make the `<time>` element of an aware moment; its text breaks after the date only."""
    words = ", ".join(unbroken(part) for part in BEFORE_CLOCK.split(text))
    # A page of a case has a hundred of them.
    return SafeString(f'<time datetime="{value.isoformat()}">{html.escape(words)}</time>')


def end_text(value: datetime, zone: str) -> str:
    """Write an aware moment as an end: "the end of Tue 14 Jan 2031 EST" for the midnight after."""
    local = value.astimezone(ZoneInfo(zone))
    if local.time() != time.min:
        return moment_text(value, zone)
    last_day = local.date() - timedelta(days=1)
    return _("the end of %(day)s") % {
        "day": f"{date_format(last_day, 'D j M Y')} {zone_letters(local)}"
    }


def distance_text(value: datetime, now: datetime) -> str:
    """Write how far `value` lies ahead of or behind `now`, to the minute."""
    seconds = int((value - now).total_seconds())
    minutes = abs(seconds) // SECONDS_PER_MINUTE
    return _minutes_away(minutes, get_language(), is_ahead=seconds > 0)


def rough_length(seconds: int) -> str:
    """Write a length in its two largest units, rounded down: "3 h 10 min", "2 days 4 h"."""
    return _rough_minutes(seconds // SECONDS_PER_MINUTE, get_language(), is_away=False)


@lru_cache(maxsize=16_384)
def _minutes_away(minutes: int, language: str | None, *, is_ahead: bool) -> str:
    """Write a length with "in" before or "ago" behind: many languages bend it there."""
    if not minutes:
        return _("now")
    length = _rough_minutes(minutes, language, is_away=True)
    return (_("in %(length)s") if is_ahead else _("%(length)s ago")) % {"length": length}


@lru_cache(maxsize=16_384)
def _rough_minutes(minutes: int, language: str | None, *, is_away: bool) -> str:
    seconds = minutes * SECONDS_PER_MINUTE
    days, rest = divmod(seconds, SECONDS_PER_DAY)
    hours, minutes = rest // SECONDS_PER_HOUR, rest % SECONDS_PER_HOUR // SECONDS_PER_MINUTE
    if not days:
        return span_text(hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE)
    said = ngettext("%(days)d day", "%(days)d days", days)
    if is_away:
        said = npgettext("in, ago", "%(days)d day", "%(days)d days", days)
    whole = said % {"days": days}
    if days >= DAYS_WITHOUT_HOURS or not hours:
        return whole
    return _("%(days)s %(hours)d h") % {"days": whole, "hours": hours}


def _local(seconds: int, zone: str) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone))


def _with_distance(context: Context, written: SafeString, value: datetime) -> SafeString:
    far = unbroken(distance_text(value, _now(context)))
    return format_html("{}{}· {}", written, NO_BREAK_SPACE, far)


def _now(context: Context) -> datetime:
    return context["request"].at
