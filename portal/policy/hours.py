"""Hours, holidays and numbers, as the policy's page shows them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.countries import country_names
from accounts.models import Person
from accounts.queries import whereabouts
from portal.policy.table import promised_rows
from sla.engine.calendar import ALWAYS, WEEKDAYS, is_open, next_open
from sla.engine.calendarparts import CUSTOMER_ZONE, CalendarSpec
from sla.engine.errors import EngineError
from sla.engine.outlook import Outlook
from sla.engine.pageparts import Phone
from sla.engine.parts import ALWAYS_ANSWERED, SERVICE, Facts, Region
from sla.engine.policy import Policy
from sla.pictures import WeekRow, special_dates, week_rows
from sla.words import hours_text, weekday_name
from tickets.timeline import moment, seconds_of


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where whoever reads is: a customer where they are, everybody else where the vendor is."""

    zone: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar: whom it is for, its zone in words, its week in words and drawn."""

    code: str
    name: str
    zone: str
    is_own_zone: bool
    regions: tuple[Region, ...]
    week: tuple[tuple[str, str], ...]
    picture: tuple[WeekRow, ...]


@dataclass(frozen=True, slots=True)
class DayOff:
    """A date whose hours are not those of its weekday, and the calendars in which it is so."""

    day: Outlook
    hours: str
    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A number. `state`: open | opens (at `opens_at`) | closed (not within ten years) | "" unsaid.

    `hours` in words, `calendar` the code that they are shown under, "" for neither.
    """

    phone: Phone
    regions: tuple[str, ...]
    hours: str
    calendar: str
    state: str
    opens_at: datetime | None = None


def visitor_of(person: Person | None, policy: Policy) -> Visitor:
    """Tell where a person is; None is nobody in particular."""
    if person is None or person.company is None:
        return Visitor(policy.time_zone, Facts(zone=policy.time_zone))
    where = whereabouts(company=person.company, person=person)
    facts = Facts(zone=where.time_zone, country=where.country or None, region=where.region or None)
    return Visitor(where.time_zone, facts)


def hours_shown(policy: Policy) -> tuple[CalendarSpec, ...]:
    """List the calendars that a promise or a number uses, with those of their regions.

    In the order of the policy; one that only points at others is not among them.
    """
    named = {row.calendar for row in promised_rows(policy) if row.target.kind != "none"}
    named |= {phone.hours for phone in policy.phones}
    named |= {code for spec in policy.calendars if spec.code in named for _, code in spec.by_region}
    return tuple(spec for spec in policy.calendars if spec.code in named and not spec.by_region)


def is_served_always(policy: Policy) -> bool:
    """Tell whether some promise runs round the clock."""
    timed = (row for row in promised_rows(policy) if row.target.kind not in ("none", "scheduled"))
    return any(row.calendar is None for row in timed)


def hours_of(policy: Policy) -> tuple[Hours, ...]:
    """Describe every calendar that is shown."""
    return tuple(_hours(policy, spec) for spec in hours_shown(policy))


def days_off(policy: Policy, at: datetime) -> tuple[DayOff, ...]:
    """List the special dates of the next twelve months, those of several calendars together."""
    found: dict[tuple[Outlook, str], list[str]] = {}
    for spec in hours_shown(policy):
        calendar = policy.calendar(spec.code, Facts(zone=policy.time_zone))
        today = at.astimezone(ZoneInfo(calendar.zone)).date()
        for day in special_dates(calendar, today):
            found.setdefault(day, []).append(spec.name)
    ordered = sorted(found.items(), key=lambda one: one[0][0].on)
    return tuple(DayOff(day, hours, tuple(names)) for (day, hours), names in ordered)


def lines_of(policy: Policy, visitor: Visitor, at: datetime) -> tuple[Line, ...]:
    """Describe every number, and whether it is answered at `at`."""
    return tuple(_line(policy, phone, visitor, at) for phone in policy.phones)


def countries_of(region: Region) -> list[str]:
    """Name the countries of a region."""
    return [name for code, name in country_names() if code in region.countries]


def names_of_regions(policy: Policy, codes: Iterable[str]) -> tuple[str, ...]:
    """Name regions by their codes."""
    names = {region.code: region.name for region in policy.regions}
    return tuple(names[code] for code in codes if code in names)


def _hours(policy: Policy, spec: CalendarSpec) -> Hours:
    weekly = dict(spec.weekly)
    calendar = policy.calendar(spec.code, Facts(zone=policy.time_zone))
    is_own = spec.zone == CUSTOMER_ZONE
    return Hours(
        code=spec.code,
        name=spec.name,
        zone="" if is_own else spec.zone or policy.time_zone,
        is_own_zone=is_own,
        regions=tuple(_regions_of(policy, spec.code)),
        week=tuple((weekday_name(day), hours_text(weekly.get(day, ()))) for day in WEEKDAYS),
        picture=week_rows(calendar),
    )


def _regions_of(policy: Policy, code: str) -> Iterator[Region]:
    served = {region for spec in policy.calendars for region, to in spec.by_region if to == code}
    return (region for region in policy.regions if region.code in served)


def _line(policy: Policy, phone: Phone, visitor: Visitor, at: datetime) -> Line:
    regions = names_of_regions(policy, phone.regions)
    if phone.hours is None:
        return Line(phone, regions, "", "", "")
    if phone.hours == ALWAYS_ANSWERED:
        return Line(phone, regions, _("at any time"), "", "open")
    names = {spec.code: spec.name for spec in policy.calendars}
    state, opens_at = _answered(policy, phone, visitor, at)
    return Line(phone, regions, names[phone.hours], phone.hours, state, opens_at)


def _answered(
    policy: Policy, phone: Phone, visitor: Visitor, at: datetime
) -> tuple[str, datetime | None]:
    assert phone.hours not in (None, ALWAYS_ANSWERED, SERVICE)
    facts = visitor.facts
    if phone.regions and facts.region not in phone.regions:
        facts = Facts(zone=facts.zone, region=phone.regions[0])
    try:
        calendar = policy.calendar(phone.hours, facts) if phone.hours else ALWAYS
        now = seconds_of(at)
        if is_open(calendar, now):
            return "open", None
        return "opens", moment(next_open(calendar, now))
    except EngineError:
        return "closed", None
