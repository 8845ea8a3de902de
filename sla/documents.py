"""The working copy in rows, and the document it stands for: `fill` and `assemble` are inverse.

Both are pure: rows are model instances that need not be saved. `read_rows` and `write_rows` are the
database's end of it.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from accounts.walls import TenantModel
from sla.engine.calendar import WEEKDAYS
from sla.engine.document import parse_document, text_of
from sla.engine.forms import TargetForm
from sla.engine.parts import AXES
from sla.engine.policy import Policy
from sla.engine.shape import Place
from sla.engine.target import Target
from sla.models import (
    CalendarException,
    CalendarRow,
    CalendarWindow,
    PolicyDraft,
    TargetRow,
)

# The sections that have rows of their own.
IN_ROWS = ("calendars", "targets")

Document = Mapping[str, Any]
_target_form = TargetForm()


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """A calendar with its weekly windows and dated exceptions."""

    row: CalendarRow
    windows: Sequence[CalendarWindow] = ()
    exceptions: Sequence[CalendarException] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A working copy: the sections without rows as TOML text, calendars and targets in order."""

    sections: str
    calendars: Sequence[CalendarRows]
    targets: Sequence[TargetRow]


def fill(document: Document) -> Rows:
    """Turn a complete document, the tables of a canonical text, into rows."""
    rest = {key: value for key, value in document.items() if key not in IN_ROWS}
    calendars = document.get("calendars", {})
    return Rows(
        sections=text_of(rest),
        calendars=[
            _fill_calendar(position, code, table)
            for position, (code, table) in enumerate(calendars.items())
        ],
        targets=[
            _fill_target(position, table)
            for position, table in enumerate(document.get("targets", ()))
        ],
    )


def assemble(rows: Rows) -> dict[str, Any]:
    """Turn rows into the document they stand for, unchecked."""
    document = tomllib.loads(rows.sections)
    if rows.calendars:
        document["calendars"] = {
            calendar.row.code: _assemble_calendar(calendar) for calendar in rows.calendars
        }
    if rows.targets:
        document["targets"] = [_assemble_target(target) for target in rows.targets]
    return document


def policy_of(rows: Rows) -> Policy:
    """Parse what rows stand for. Raises PolicyFaults."""
    return parse_document(text_of(assemble(rows)))


def read_rows(draft: PolicyDraft) -> Rows:
    """Read the rows of a saved working copy, in order."""
    calendars = list(draft.calendars.order_by("position"))
    prefetch_related_objects(calendars, "windows", "exceptions")
    return Rows(
        sections=draft.sections,
        calendars=[
            CalendarRows(
                calendar,
                sorted(calendar.windows.all(), key=lambda window: window.pk),
                sorted(calendar.exceptions.all(), key=lambda exception: exception.position),
            )
            for calendar in calendars
        ],
        targets=list(draft.targets.order_by("position")),
    )


def write_rows(draft: PolicyDraft, rows: Rows) -> None:
    """Put `rows` in the place of a working copy's rows; lock the working copy before."""
    draft.sections = rows.sections
    draft.targets.all().delete()
    draft.calendars.all().delete()
    for position, calendar in enumerate(rows.calendars):
        _place(calendar.row, draft.tenant_id, draft=draft, position=position)
    CalendarRow.objects.bulk_create([calendar.row for calendar in rows.calendars])
    windows: list[CalendarWindow] = []
    exceptions: list[CalendarException] = []
    for calendar in rows.calendars:
        for window in calendar.windows:
            _place(window, draft.tenant_id, calendar=calendar.row)
            windows.append(window)
        for position, exception in enumerate(calendar.exceptions):
            _place(exception, draft.tenant_id, calendar=calendar.row, position=position)
            exceptions.append(exception)
    CalendarWindow.objects.bulk_create(windows)
    CalendarException.objects.bulk_create(exceptions)
    for position, target in enumerate(rows.targets):
        _place(target, draft.tenant_id, draft=draft, position=position)
    TargetRow.objects.bulk_create(rows.targets)


def _place(row: TenantModel, tenant_id: int, **place: object) -> None:
    """Make a row new and put it where it belongs."""
    row.pk = None
    row._state.adding = True
    row.tenant_id = tenant_id
    for name, value in place.items():
        setattr(row, name, value)


def _fill_calendar(position: int, code: str, table: Document) -> CalendarRows:
    row = CalendarRow(
        position=position,
        code=code,
        name=table["name"],
        zone=table.get("time_zone", ""),
        holidays=table.get("holidays", ""),
        by_region=", ".join(f"{key}={value}" for key, value in table.get("by_region", {}).items()),
    )
    windows = [
        CalendarWindow(weekday=WEEKDAYS.index(day), opens=opens, closes=closes)
        for day, hours in table.get("weekly", {}).items()
        for opens, closes in hours
    ]
    exceptions = [
        CalendarException(
            position=number,
            starts_on=dates.get("date", dates.get("from")),
            ends_on=dates.get("date", dates.get("to")),
            intervals=intervals_text(dates["intervals"]),
            name=dates.get("name", ""),
        )
        for number, dates in enumerate(table.get("exceptions", ()))
    ]
    return CalendarRows(row, windows, exceptions)


def _assemble_calendar(calendar: CalendarRows) -> dict[str, Any]:
    row = calendar.row
    table: dict[str, Any] = {"name": row.name}
    if row.zone:
        table["time_zone"] = row.zone
    if row.holidays:
        table["holidays"] = row.holidays
    if row.by_region:
        table["by_region"] = dict(pair.split("=", 1) for pair in comma_list(row.by_region))
    weekly: dict[str, list[list[str]]] = {}
    for window in sorted(calendar.windows, key=lambda window: window.weekday):
        weekly.setdefault(WEEKDAYS[window.weekday], []).append([window.opens, window.closes])
    if weekly:
        table["weekly"] = weekly
    if calendar.exceptions:
        table["exceptions"] = [_assemble_exception(dates) for dates in calendar.exceptions]
    return table


def _assemble_exception(dates: CalendarException) -> dict[str, Any]:
    first, last = str(dates.starts_on), str(dates.ends_on)
    table: dict[str, Any] = {"date": first} if first == last else {"from": first, "to": last}
    table["intervals"] = intervals_of(dates.intervals)
    if dates.name:
        table["name"] = dates.name
    return table


def _fill_target(position: int, table: Document) -> TargetRow:
    target = _target_form.read(table["target"], Place("", []))
    when = table.get("when", {})
    return TargetRow(
        position=position,
        clock=table["clock"],
        **{axis: ", ".join(when.get(axis, ())) for axis in AXES},
        kind=target.kind,
        amount=target.amount,
        goal=target.goal,
        day_rule=target.day_rule,
        outside=target.outside,
        back=target.back,
        calendar=table.get("calendar", ""),
        counts_late=table["counts_late"],
        promised=table["promised"],
        source=table.get("source", ""),
        note=table.get("note", ""),
    )


def _assemble_target(row: TargetRow) -> dict[str, Any]:
    when = {axis: comma_list(getattr(row, axis)) for axis in AXES}
    table: dict[str, Any] = {
        "clock": row.clock,
        "when": {axis: codes for axis, codes in when.items() if codes},
        "target": _target_form.write(target_of(row)),
        "counts_late": row.counts_late,
        "promised": row.promised,
    }
    texts = {"calendar": row.calendar, "source": row.source, "note": row.note}
    return table | {key: text for key, text in texts.items() if text}


def target_of(row: TargetRow) -> Target:
    """Read the target of a row. Raises EngineError where its goal lies above its amount."""
    return Target(row.kind, row.amount, row.goal, row.day_rule, row.outside, row.back)


def comma_list(text: str) -> list[str]:
    """Split a text at its commas; blanks do not count."""
    return [part.strip() for part in text.split(",") if part.strip()]


def intervals_text(intervals: Iterable[Sequence[str]]) -> str:
    """Write intervals as people do: "09:00-12:00, 13:00-17:00"."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in intervals)


def intervals_of(text: str) -> list[list[str]]:
    """Read intervals as people write them; what makes no sense is left for the check to find."""
    return [
        [end.strip() for end in interval.replace("–", "-").split("-", 1)]
        for interval in comma_list(text)
    ]
