"""Names, for people, of what a policy names by codes."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import CUSTOMER_ZONE, CalendarException
from sla.engine.kinds import TIER_TIME
from sla.engine.parts import AXES, THE_CASE
from sla.engine.policy import Policy

# More than this is counted, not listed.
MOST_NAMED = 6

AXIS_NAMES = {
    "plan": gettext_lazy("plan"),
    "severity": gettext_lazy("severity"),
    "priority": gettext_lazy("priority"),
    "case_type": gettext_lazy("type"),
    "channel": gettext_lazy("channel"),
    "region": gettext_lazy("region"),
    "edition": gettext_lazy("edition"),
    "product": gettext_lazy("product"),
}
CHANNEL_NAMES = {
    "phone": gettext_lazy("phone"),
    "portal": gettext_lazy("portal"),
    "email": gettext_lazy("e-mail"),
}
CLOCK_NAMES = {
    "first_response": gettext_lazy("first response"),
    "next_response": gettext_lazy("next response"),
    "update_cadence": gettext_lazy("regular updates"),
    "no_progress": gettext_lazy("no progress"),
    "waiting_on_customer": gettext_lazy("waiting on the customer"),
    "escalation_answer": gettext_lazy("answer to an escalation"),
    "workaround": gettext_lazy("workaround"),
    "resolution": gettext_lazy("resolution"),
    TIER_TIME: gettext_lazy("time in a tier"),
}
# What a step of the ladder may hang on: a clock, or the case itself.
STEP_CLOCK_NAMES = {**CLOCK_NAMES, THE_CASE: gettext_lazy("the case itself")}
ENVIRONMENT_NAMES = {
    "production": gettext_lazy("production"),
    "staging": gettext_lazy("staging"),
    "test": gettext_lazy("test"),
}


def language_name(code: str) -> str:
    """Name a language, by its code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def axis_parts(policy: Policy, axis: str) -> Sequence[object]:
    """List the parts of a policy, with code and name, that rules may name on an axis."""
    return {
        "plan": policy.plans,
        "severity": policy.severities,
        "priority": policy.priorities,
        "case_type": policy.case_types,
        # A channel that counts as another is never seen by a rule.
        "channel": tuple(channel for channel in policy.channels if channel.counts_as is None),
        "region": policy.regions,
        "edition": policy.editions,
        # Products are the vendor's stock, not the policy's: rules name them by their codes.
        "product": (),
    }[axis]


def part_name(policy: Policy, axis: str, code: str) -> str:
    """Name a code of an axis as the policy does; the code itself where the policy has none."""
    parts = axis_parts(policy, axis)
    return next((part.name for part in parts if part.code == code), code)  # type: ignore[attr-defined]


def when_text(when: Mapping[str, tuple[str, ...]], policy: Policy) -> str:
    """Say the condition of a rule, the axes in the order in which rules are told."""
    named = [
        _(" or ").join(part_name(policy, axis, code) for code in when[axis])
        for axis in AXES
        if axis in when
    ]
    return ", ".join(named) or _("any case")


def cases_named(when: Mapping[str, tuple[str, ...]], policy: Policy) -> str:
    """Say a condition with its axes: "priority “High” and severity “1” or “2”"."""
    named = (
        f"{AXIS_NAMES[axis]} "
        + _(" or ").join(quoted(part_name(policy, axis, code)) for code in when[axis])
        for axis in AXES
        if axis in when
    )
    return _(" and ").join(named) or _("any case")


def quoted(text: object) -> str:
    """Put a name into quotation marks."""
    return _("“%(text)s”") % {"text": text}


def listed_text(words: Iterable[str], between: str = ", ") -> str:
    """Name some things; those beyond MOST_NAMED are counted."""
    known = [word for word in words if word]
    if len(known) <= MOST_NAMED:
        return between.join(known)
    more = len(known) - MOST_NAMED
    rest = ngettext("%(number)d more", "%(number)d more", more) % {"number": more}
    return between.join([*known[:MOST_NAMED], rest])


def weekday_name(weekday: str) -> str:
    """Name a weekday of a document: "mon" is Monday."""
    return str(WEEKDAY_NAMES[WEEKDAYS.index(weekday)])


def hours_text(intervals: Iterable[Sequence[str]]) -> str:
    """Say opening hours: "09:00-12:00, 13:00-17:00", or that there are none."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in intervals) or _("closed")


def zone_text(zone: str | None) -> str:
    """Say whose wall clock a calendar follows."""
    if zone == CUSTOMER_ZONE:
        return _("the customer's own time zone")
    return zone or _("none of its own")


def exception_text(dates: CalendarException) -> str:
    """Say a dated exception: "25 December 2026 (Christmas): closed"."""
    first, last = (date_format(day, "j F Y") for day in (dates.first, dates.last))
    days = _("%(first)s - %(last)s") % {"first": first, "last": last}
    when = first if dates.first == dates.last else days
    named = f"{when} ({dates.name})" if dates.name else when
    return f"{named}: {hours_text(dates.intervals)}"
