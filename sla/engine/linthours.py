"""Calendars and holiday lists: without hours, without holidays, about to run out, or unused."""

from collections.abc import Iterator
from datetime import date

from sla.engine.calendarparts import EVERY_DAY, CalendarSpec, HolidayList
from sla.engine.holidays import holidays_of_year
from sla.engine.lintsurvey import ERROR, NOTICE, Finding, Survey
from sla.engine.parts import Level
from sla.engine.policy import Policy

_WHOLE_DAY = (("00:00", "24:00"),)


def lint_hours(policy: Policy, on: date) -> Iterator[Finding]:
    """Find what is missing or superfluous among hours and holidays, seen from the date `on`."""
    used = used_calendars(policy)
    for spec in policy.calendars:
        path = f"calendars.{spec.code}"
        if spec.code not in used:
            yield Finding("calendar_not_used", path, {}, NOTICE)
        if not spec.by_region:
            yield from _calendar(spec, path, on)
    for holidays in policy.holidays:
        path = f"holidays.{holidays.code}"
        if holidays.code not in {spec.holidays for spec in policy.calendars}:
            yield Finding("holidays_not_used", path, {}, NOTICE)
        yield from _holidays(holidays, path, on)


def lint_levels(found: Survey) -> Iterator[Finding]:
    """Find levels for which there is no rule of any kind."""
    for axis, key in (("severity", "severities"), ("priority", "priorities")):
        for number, level in enumerate(found.policy.levels(axis)):
            if not _has_rules(found.policy, level):
                params = {"axis": axis, "level": level.code}
                yield Finding("level_without_rules", f"{key}[{number}]", params, NOTICE)


def used_calendars(policy: Policy) -> set[str]:
    """Name the calendars that targets or phones use, themselves or for a region."""
    used = {row.calendar for row in policy.targets} | {phone.hours for phone in policy.phones}
    regional = {spec.code: [code for _, code in spec.by_region] for spec in policy.calendars}
    served = {code for spec, codes in regional.items() if spec in used for code in codes}
    return {code for code in used if code} | served


def opens_every_day(policy: Policy, code: str | None) -> bool:
    """Tell whether a calendar, or one that it stands for, is open on each day of the week."""
    spec = next((spec for spec in policy.calendars if spec.code == code), None)
    if spec is None:
        return False
    served = {code for _, code in spec.by_region} or {spec.code}
    weeks = [one.weekly for one in policy.calendars if one.code in served]
    return any(len(weekly) == len(EVERY_DAY) for weekly in weeks)


def _calendar(spec: CalendarSpec, path: str, on: date) -> Iterator[Finding]:
    ahead = [dates for dates in spec.exceptions if dates.last >= on]
    if not spec.weekly and not any(dates.intervals for dates in ahead):
        yield Finding("calendar_without_hours", path, {}, ERROR)
    elif not spec.holidays and not _never_closes(spec) and all(one.intervals for one in ahead):
        yield Finding("calendar_without_holidays", path)
    if spec.exceptions and not ahead:
        last = max(dates.last for dates in spec.exceptions)
        yield Finding("exceptions_past", f"{path}.exceptions", {"last": last}, NOTICE)


def _never_closes(spec: CalendarSpec) -> bool:
    return dict(spec.weekly) == dict.fromkeys(EVERY_DAY, _WHOLE_DAY)


def _holidays(holidays: HolidayList, path: str, on: date) -> Iterator[Finding]:
    year = on.year + 1
    if not holidays.days and not holidays.dates:
        yield Finding("holidays_empty", path)
    elif not holidays_of_year(holidays.as_set(), year):
        yield Finding("no_holidays_next_year", path, {"year": year})
    elif holidays.dates and max(day for day, _ in holidays.dates).year < year:
        last = max(day for day, _ in holidays.dates)
        yield Finding("own_dates_end", f"{path}.dates", {"year": year, "last": last}, NOTICE)


def _has_rules(policy: Policy, level: Level) -> bool:
    return any(level.code in row.when.get(level.axis, (level.code,)) for row in policy.targets)
