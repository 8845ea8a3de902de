"""Desks that several engine tests share."""

from sla.engine.calendar import Calendar, Holiday, HolidaySet, parse_calendar

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
CLOCK_ROUND = [["00:00", "24:00"]]

US_FEDERAL = HolidaySet(
    days=(
        Holiday("New Year's Day", 1, day=1),
        Holiday("Martin Luther King Jr. Day", 1, weekday=0, nth=3),
        Holiday("Washington's Birthday", 2, weekday=0, nth=3),
        Holiday("Memorial Day", 5, weekday=0, nth=-1),
        Holiday("Juneteenth", 6, day=19, from_year=2021),
        Holiday("Independence Day", 7, day=4),
        Holiday("Labor Day", 9, weekday=0, nth=1),
        Holiday("Columbus Day", 10, weekday=0, nth=2),
        Holiday("Veterans Day", 11, day=11),
        Holiday("Thanksgiving Day", 11, weekday=3, nth=4),
        Holiday("Christmas Day", 12, day=25),
    )
)


def desk(zone: str, *intervals: list[str], days: tuple[str, ...] = WORKDAYS, **more) -> Calendar:
    """Open the same intervals on each of `days`; `more` are exceptions and holidays."""
    weekly = dict.fromkeys(days, list(intervals))
    return parse_calendar({"time_zone": zone, "weekly": weekly, **more})


def nine_to_five(zone: str = "Europe/Berlin", **more) -> Calendar:
    return desk(zone, ["09:00", "17:00"], **more)


def closed(on: str, name: str = "") -> dict:
    return {"date": on, "intervals": [], "name": name}
