"""What changes from one policy to another, in words: "Premium, severity 2, first response: …"."""

import re
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from sla.differences import Difference as Difference
from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import CalendarSpec
from sla.engine.parts import SERVICE, TargetRow
from sla.engine.policy import Policy
from sla.explain import target_text
from sla.region_comparison import region_differences
from sla.rule_comparison import changed_rules
from sla.section_comparison import section_differences
from sla.words import (
    CLOCK_NAMES,
    exception_text,
    hours_text,
    weekday_name,
    when_text,
    zone_text,
)

_RULE = re.compile(r"targets\[(\d+)\]")


def differences(before: Policy | None, after: Policy) -> tuple[Difference, ...]:
    """List what changes from one policy to the next: targets, calendars, then other sections."""
    if before is None:
        return (Difference(_("Policy"), after=after.name),)
    return (
        *target_differences(before, after),
        *calendar_differences(before, after),
        *section_differences(before, after),
    )


def dated(changes: Iterable[Difference], begins: str) -> list[str]:
    """Say each change with the moment from which it counts, if there is one to say.

    "Premium, severity 2, first response: 8 business hours → 4 business hours, from 1 January".
    """
    if not begins:
        return [str(change) for change in changes]
    return [
        _("%(change)s, from %(begins)s") % {"change": change, "begins": begins}
        for change in changes
    ]


def cases_text(row: TargetRow, policy: Policy) -> str:
    """Say which cases a rule is for: "Premium, Severity Level 2"."""
    return when_text(row.when, policy)


def rule_named(policy: Policy, path: str) -> str:
    """Name the rule at a path by its number and cases; "" where the path is no rule's.

    "targets[3]" is "rule 4 (first response: Standard, Severity 2)".
    """
    found = _RULE.match(path)
    if found is None or int(found[1]) >= len(policy.targets):
        return ""
    row = policy.targets[int(found[1])]
    return _("rule %(number)d (%(clock)s: %(cases)s)") % {
        "number": int(found[1]) + 1,
        "clock": CLOCK_NAMES[row.clock],
        "cases": cases_text(row, policy),
    }


def promise_text(row: TargetRow, policy: Policy, hours: str = "") -> str:
    """Say what a rule promises, and in which hours: "8 business hours, Portal hours".

    `hours` names them where they are those of one region.
    """
    words = [target_text(row.target)]
    if row.calendar == SERVICE:
        words.append(_("in the hours of the first response"))
    elif row.calendar is not None:
        words.append(hours or _calendar_names(policy)[row.calendar])
    if not row.promised:
        words.append(_("the desk's own aim"))
    if not row.counts_late:
        words.append(_("not in late figures"))
    return ", ".join(words)


def target_differences(before: Policy, after: Policy) -> Iterator[Difference]:
    """List the cases for which there is a new rule, none any more, or one that says another thing.

    How the cases are divided into rules does not matter.
    """
    for changed in changed_rules(before.targets, after.targets):
        policy = after if changed.after else before
        what = f"{when_text(changed.when, policy)}, {CLOCK_NAMES[changed.clock]}"
        was = promise_text(changed.before, before) if changed.before else None
        becomes = promise_text(changed.after, after) if changed.after else None
        if was != becomes:
            yield Difference(what, was, becomes)
        elif changed.before and changed.after:
            yield from _words_beside(what, changed.before, changed.after)


def _words_beside(what: str, one: TargetRow, other: TargetRow) -> Iterator[Difference]:
    """Tell the note, which customers read; that there is another source is enough."""
    if one.note != other.note:
        told = _("%(what)s, note") % {"what": what}
        yield Difference(told, one.note or None, other.note or None)
    if one.source != other.source:
        yield Difference(_("%(what)s, source") % {"what": what})


def calendar_differences(before: Policy, after: Policy) -> Iterator[Difference]:
    """List the hours and dates that change, calendar by calendar."""
    old = {spec.code: spec for spec in before.calendars}
    new = {spec.code: spec for spec in after.calendars}
    for code in dict.fromkeys([*new, *old]):
        if code not in old:
            yield Difference(_("Calendar"), after=new[code].name)
        elif code not in new:
            yield Difference(_("Calendar"), before=old[code].name)
        else:
            was, becomes = _hours(old[code], before), _hours(new[code], after)
            yield from _hours_differences(new[code].name, was, becomes)
            yield from region_differences(before, after, old[code], new[code])
            yield from _exception_differences(old[code], new[code])


def _hours_differences(
    name: str, was: Mapping[str, str], becomes: Mapping[str, str]
) -> Iterator[Difference]:
    for what in was:
        if was[what] != becomes[what]:
            yield Difference(f"{name}, {what}", was[what], becomes[what])


def _exception_differences(one: CalendarSpec, other: CalendarSpec) -> Iterator[Difference]:
    for dates in one.exceptions:
        if dates not in other.exceptions:
            yield Difference(other.name, before=exception_text(dates))
    for dates in other.exceptions:
        if dates not in one.exceptions:
            yield Difference(other.name, after=exception_text(dates))


def _hours(spec: CalendarSpec, policy: Policy) -> dict[str, str]:
    weekly = dict(spec.weekly)
    holidays = {one.code: one.name for one in policy.holidays}
    return {
        _("name"): spec.name,
        _("time zone"): zone_text(spec.zone),
        _("holidays"): holidays.get(spec.holidays or "", _("none")),
    } | {weekday_name(day): hours_text(weekly.get(day, ())) for day in WEEKDAYS}


def _calendar_names(policy: Policy) -> dict[str, str]:
    return {spec.code: spec.name for spec in policy.calendars}
