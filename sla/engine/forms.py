"""Values of a document that take a form of their own: targets, spans, conditions, clock kinds."""

from collections.abc import Mapping
from typing import Any

from sla.engine.kinds import DEFAULT_KINDS, EFFECTS, EVENTS, KindRow
from sla.engine.parts import AXES
from sla.engine.shape import (
    CODE,
    Field,
    Flag,
    Many,
    Number,
    Place,
    Shape,
    Text,
    expect,
)
from sla.engine.span import LEAP_DAYS, RULES, ZONES, Span
from sla.engine.target import Target

SECONDS_OF = {"hours": 3600, "minutes": 60, "seconds": 1}
_CLOCK_UNITS = tuple(SECONDS_OF)
TARGET_UNITS = {
    "elapsed": _CLOCK_UNITS,
    "business_time": _CLOCK_UNITS,
    "business_days": ("days",),
    "weeks": ("weeks",),
    "next_business_day": (),
    "immediate": (),
    "scheduled": (),
    "none": (),
}
# Beyond ten years a calendar is not searched.
_MOST = {"hours": 87_600, "minutes": 5_256_000, "seconds": 315_360_000, "days": 3650, "weeks": 520}
# The settings that belong to one kind only, with their values; the first is the default.
TARGET_SETTINGS = {
    "day_rule": ("business_days", ("same_time", "next_opening", "end_of_day")),
    "outside": ("scheduled", ("next_opening", "exact")),
    "back": ("weeks", ("service_time", "exact")),
}


def _amount_fields(most: Mapping[str, int]) -> tuple[Field, ...]:
    return tuple(Field(unit, Number(1, high), None) for unit, high in most.items())


def _one_unit(read: Mapping[str, Any], units: tuple[str, ...], place: Place) -> str | None:
    """Choose the one unit that was given of those allowed, noting faults."""
    given = [unit for unit in _MOST | {"years": 0} if read.get(unit) is not None]
    for unit in given:
        if unit not in units:
            place.key(unit).fault("not_of_this_kind", key=unit, allowed=units)
    fitting = [unit for unit in given if unit in units]
    if units and not given:
        place.fault("amount_needed", units=units)
    if len(fitting) > 1:
        place.fault("two_amounts", units=tuple(fitting))
    return fitting[0] if fitting else None


class TargetForm:
    """{kind, one amount, goal?, day_rule?, outside?, back?}; the goal is in the amount's unit."""

    blank = Target("none")
    _shape = Shape(
        dict,
        (
            Field("kind", Text(choices=tuple(TARGET_UNITS))),
            *_amount_fields(_MOST),
            Field("goal", Number(1, max(_MOST.values())), None),
            *(Field(key, Text(choices=of[1]), None) for key, of in TARGET_SETTINGS.items()),
        ),
    )

    def read(self, raw: object, place: Place) -> Target:
        table = self._shape.read(raw, place)
        if table is None or not table["kind"]:
            return self.blank
        kind = table["kind"]
        unit = _one_unit(table, TARGET_UNITS[kind], place)
        goal = table["goal"] if unit else None
        if goal is not None and goal > table[unit]:
            place.key("goal").fault("goal_above_amount", goal=goal, amount=table[unit])
            goal = None
        if table["goal"] is not None and not TARGET_UNITS[kind]:
            place.key("goal").fault("not_of_this_kind", key="goal", allowed=())
        factor = SECONDS_OF.get(unit or "", 1)
        amount = table[unit] * factor if unit else 0
        return Target(
            kind,
            amount,
            None if goal is None else goal * factor,
            **_settings(table, kind, place),
        )

    def write(self, value: Target) -> object:
        written: dict[str, object] = {"kind": value.kind}
        if TARGET_UNITS[value.kind]:
            unit = _largest_unit(value)
            factor = SECONDS_OF.get(unit, 1)
            written[unit] = value.amount // factor
            if value.goal is not None:
                written["goal"] = value.goal // factor
        for key, (kind, _) in TARGET_SETTINGS.items():
            if kind == value.kind:
                written[key] = getattr(value, key)
        return written


def _settings(table: Mapping[str, Any], kind: str, place: Place) -> dict[str, str]:
    settings = {}
    for key, (of, values) in TARGET_SETTINGS.items():
        if table[key] not in (None, values[0]) and kind != of:
            place.key(key).fault("not_of_this_kind", key=key, allowed=())
        elif kind == of and table[key]:
            settings[key] = table[key]
    return settings


def _largest_unit(target: Target) -> str:
    units = TARGET_UNITS[target.kind]
    if len(units) == 1:
        return units[0]
    amounts = (target.amount, target.goal or 0)
    return next(unit for unit in units if not any(n % SECONDS_OF[unit] for n in amounts))


class SpanForm:
    """{days | years | seconds, rule?, zone?, leap_day?}; seconds are always elapsed."""

    blank = None
    _shape = Shape(
        dict,
        (
            *_amount_fields({"days": 36_500, "years": 100, "seconds": 3_155_760_000}),
            Field("rule", Text(choices=RULES), None),
            Field("zone", Text(choices=ZONES), "customer"),
            Field("leap_day", Text(choices=LEAP_DAYS), None),
        ),
    )

    def read(self, raw: object, place: Place) -> Span | None:
        table = self._shape.read(raw, place)
        unit = _one_unit(table or {}, ("days", "years", "seconds"), place) if table else None
        if unit is None:
            return None
        if unit == "seconds" and table["rule"] not in (None, "elapsed"):
            place.key("rule").fault("bad_choice", value=table["rule"], choices=("elapsed",))
        if unit != "years" and table["leap_day"]:
            place.key("leap_day").fault("not_of_this_kind", key="leap_day", allowed=())
        rule = "elapsed" if unit == "seconds" else table["rule"] or "same_time"
        leap_day = table["leap_day"] or "february_28"
        return Span(table[unit], unit, rule, table["zone"] or "customer", leap_day)

    def write(self, value: Span) -> object:
        written: dict[str, object] = {value.unit: value.amount, "rule": value.rule}
        written["zone"] = value.zone
        if value.unit == "years":
            written["leap_day"] = value.leap_day
        return written


class When:
    """{axis = [codes]}: any of the codes will do; an axis that is absent is a wildcard."""

    blank: Mapping[str, tuple[str, ...]] = {}
    _shape = Shape(dict, tuple(Field(axis, Many(CODE, 1), ()) for axis in AXES), blank={})

    def read(self, raw: object, place: Place) -> dict[str, tuple[str, ...]]:
        return {axis: codes for axis, codes in self._shape.read(raw, place).items() if codes}

    def write(self, value: Mapping[str, tuple[str, ...]]) -> object:
        return {axis: list(value[axis]) for axis in AXES if axis in value}


_EFFECT = Text(choices=(*EFFECTS, "none"), blank="none")


class Kinds:
    """{kind = {event = effect, pauses?, unless?, defaults?}}, laid over the clock-kind table.

    `defaults = false` starts a kind from nothing; the effect "none" takes one away.
    """

    _shape = Shape(
        dict,
        (
            Field("defaults", Flag(), True),
            Field("pauses", Flag(), None),
            Field("unless", Many(Text(choices=tuple(DEFAULT_KINDS))), None),
            *(Field(event, _EFFECT, None) for event in EVENTS),
        ),
    )
    blank = DEFAULT_KINDS

    def read(self, raw: object, place: Place) -> dict[str, KindRow]:
        kinds = dict(DEFAULT_KINDS)
        if not expect(raw, dict, place):
            return kinds
        assert isinstance(raw, dict)
        for kind, table in raw.items():
            if kind not in DEFAULT_KINDS:
                place.key(kind).fault(
                    "unknown_code", kind="clock", name=kind, known=tuple(DEFAULT_KINDS)
                )
            elif read := self._shape.read(table, place.key(kind)):
                kinds[kind] = _laid_over(DEFAULT_KINDS[kind], read)
        return kinds

    def write(self, value: Mapping[str, KindRow]) -> object:
        return {kind: _write_kind(value[kind]) for kind in DEFAULT_KINDS if kind in value}


def _laid_over(default: KindRow, table: Mapping[str, Any]) -> KindRow:
    base = default if table["defaults"] else KindRow({})
    said = {event: table[event] for event in EVENTS if table[event] is not None}
    merged = {**base.effects, **said}
    effects = {event: effect for event, effect in merged.items() if effect != "none"}
    return KindRow(
        effects,
        base.pauses if table["pauses"] is None else table["pauses"],
        base.unless if table["unless"] is None else table["unless"],
    )


def _write_kind(row: KindRow) -> dict[str, object]:
    settings: dict[str, object] = {"defaults": False, "pauses": row.pauses}
    settings["unless"] = list(row.unless)
    return settings | {event: row.effects[event] for event in EVENTS if event in row.effects}
