"""How a document says opening hours: weekly ones, dated exceptions, and holidays as rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import CalendarException
from sla.engine.daytimes import parse_spans
from sla.engine.errors import EngineError
from sla.engine.holidays import Holiday
from sla.engine.shape import NAME, TEXT, Day, Field, Many, Number, Place, Shape, Text, expect


class Interval:
    """["09:00", "17:00"] of wall time; an end at or before the start lies on the next day."""

    blank = ("00:00", "24:00")

    def read(self, raw: object, place: Place) -> tuple[str, str]:
        if not expect(raw, list, place):
            return self.blank
        assert isinstance(raw, list)
        try:
            parse_spans([raw])
        except EngineError:
            place.fault("bad_interval", value=str(raw))
            return self.blank
        return raw[0], raw[1]

    def write(self, value: tuple[str, str]) -> object:
        return list(value)


INTERVALS = Many(Interval())


class Weekly:
    """{mon = [intervals], ...}; a day that is absent is closed."""

    blank: tuple[Any, ...] = ()
    _shape = Shape(dict, tuple(Field(day, INTERVALS, ()) for day in WEEKDAYS), blank={})

    def read(self, raw: object, place: Place) -> tuple[Any, ...]:
        days = self._shape.read(raw, place)
        return tuple((day, hours) for day, hours in days.items() if hours)

    def write(self, value: tuple[Any, ...]) -> object:
        return {day: INTERVALS.write(hours) for day, hours in value}


class Exceptions:
    """[{date | from, to, intervals, name?}]; no intervals = closed."""

    blank: tuple[Any, ...] = ()
    _shape = Shape(
        dict,
        (
            Field("date", Day(), None),
            Field("from", Day(), None),
            Field("to", Day(), None),
            Field("intervals", INTERVALS),
            Field("name", TEXT, ""),
        ),
        blank={},
    )

    def read(self, raw: object, place: Place) -> tuple[CalendarException, ...]:
        if not expect(raw, list, place):
            return ()
        assert isinstance(raw, list)
        read = [self._read_one(one, place.index(i)) for i, one in enumerate(raw)]
        return tuple(one for one in read if one is not None)

    def _read_one(self, raw: object, place: Place) -> CalendarException | None:
        table = self._shape.read(raw, place)
        if not table:
            return None
        keys = {key for key in ("date", "from", "to") if key in raw}  # type: ignore[operator]
        first, last = table["date"] or table["from"], table["date"] or table["to"]
        if keys not in ({"date"}, {"from", "to"}):
            place.fault("date_or_range")
        elif first and last and last < first:
            place.fault("range_backwards", first=str(first), last=str(last))
        elif first and last:
            return CalendarException(first, last, table["intervals"], table["name"])
        return None

    def write(self, value: tuple[CalendarException, ...]) -> object:
        return [self._write_one(one) for one in value]

    def _write_one(self, one: CalendarException) -> dict[str, object]:
        first, last = one.first.isoformat(), one.last.isoformat()
        written: dict[str, object] = {"date": first} if first == last else {"from": first}
        if first != last:
            written["to"] = last
        written["intervals"] = INTERVALS.write(one.intervals)
        return written | ({"name": one.name} if one.name else {})


class Holidays:
    """[{name, month, day | weekday and nth, from_year?, to_year?}]: rules of the year."""

    blank: tuple[Any, ...] = ()
    _shape = Shape(
        dict,
        (
            Field("name", NAME),
            Field("month", Number(1, 12)),
            Field("day", Number(1, 31), None),
            Field("weekday", Text(choices=WEEKDAYS), None),
            Field("nth", Number(-1, 5), None),
            Field("from_year", Number(1900, 2300), None),
            Field("to_year", Number(1900, 2300), None),
        ),
        blank={},
    )

    def read(self, raw: object, place: Place) -> tuple[Holiday, ...]:
        if not expect(raw, list, place):
            return ()
        assert isinstance(raw, list)
        read = [self._read_one(one, place.index(i)) for i, one in enumerate(raw)]
        return tuple(one for one in read if one is not None)

    def _read_one(self, raw: object, place: Place) -> Holiday | None:
        before = len(place.found)
        table = self._shape.read(raw, place)
        if len(place.found) > before:
            return None
        if table["weekday"] is not None:
            table["weekday"] = WEEKDAYS.index(table["weekday"])
        fault = _holiday_fault(table)
        if fault:
            place.fault(fault)
            return None
        return Holiday(**table)

    def write(self, value: tuple[Holiday, ...]) -> object:
        return [self._write_one(one) for one in value]

    def _write_one(self, one: Holiday) -> dict[str, object]:
        written = self._shape.write(one)
        if one.weekday is not None:
            written["weekday"] = WEEKDAYS[one.weekday]
        return written


def _holiday_fault(table: Mapping[str, Any]) -> str | None:
    given = [key for key in ("day", "weekday", "nth") if table[key] is not None]
    if given not in (["day"], ["weekday", "nth"]) or table["nth"] == 0:
        return "day_or_weekday"
    if table["day"] and not _exists(table["month"], table["day"]):
        return "no_such_date"
    if (table["from_year"] or 0) > (table["to_year"] or 9999):
        return "range_backwards"
    return None


def _exists(month: int, day: int) -> bool:
    leap_year = 2000
    try:
        date(leap_year, month, day)
    except ValueError:
        return False
    return True
