"""What changes in the sections of a policy beside targets and calendars, field by field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sla.differences import Difference
from sla.engine.holidays import Holiday
from sla.engine.kinds import EVENTS, KindRow
from sla.engine.parts import ALWAYS_ANSWERED, HolidayList, LadderStep, Retarget
from sla.engine.policy import Policy
from sla.engine.span import Span
from sla.sentences import (
    EFFECT_NAMES,
    EVENT_NAMES,
    calendar_span_text,
    step_sentence,
)
from sla.words import AXIS_NAMES, CLOCK_NAMES, part_name

# Sections that are compared, with a word for each.
SECTIONS = {
    "vendor": gettext_lazy("Vendor"),
    "name": gettext_lazy("Name of the policy"),
    "time_zone": gettext_lazy("Vendor's time zone"),
    "case_prefix": gettext_lazy("Case prefix"),
    "policy_date": gettext_lazy("Date of the document"),
    "summary": gettext_lazy("Summary"),
    "axes": gettext_lazy("Levels in use"),
    "queue_order": gettext_lazy("Order of the queue"),
    "default_region": gettext_lazy("Default region"),
    "phones": gettext_lazy("Phone numbers"),
    "contact": gettext_lazy("Addresses"),
    "texts": gettext_lazy("Texts of the public page"),
    "declined": gettext_lazy("What support declines"),
    "tiers": gettext_lazy("Names of the tiers"),
    "readings": gettext_lazy("Readings of the text"),
    "plans": gettext_lazy("Plans"),
    "severities": gettext_lazy("Severities"),
    "priorities": gettext_lazy("Priorities"),
    "case_types": gettext_lazy("Case types"),
    "channels": gettext_lazy("Channels"),
    "editions": gettext_lazy("Editions"),
    "regions": gettext_lazy("Regions"),
    "holidays": gettext_lazy("Holidays"),
    "kinds": gettext_lazy("What starts and ends the clocks"),
    "retarget": gettext_lazy("What a change of level does"),
    "waiting": gettext_lazy("Waiting for the customer"),
    "reopen": gettext_lazy("Reopening"),
    "points": gettext_lazy("Points"),
    "ladder": gettext_lazy("Escalation"),
}
_FIELDS = {
    "against": gettext_lazy("what it says elsewhere"),
    "availability_required": gettext_lazy("asks who can be reached"),
    "base": gettext_lazy("a new target counts from"),
    "call": gettext_lazy("when it is not reported by phone"),
    "cap": gettext_lazy("never later than"),
    "close_after": gettext_lazy("closed after"),
    "conduct": gettext_lazy("conduct"),
    "counted_from": gettext_lazy("counted from"),
    "counts_as": gettext_lazy("counts as"),
    "countries": gettext_lazy("countries"),
    "covered": gettext_lazy("what is covered"),
    "customer": gettext_lazy("what is asked of the customer"),
    "customer_may_set": gettext_lazy("customers may choose it"),
    "default": gettext_lazy("what counts where nothing is said"),
    "definition": gettext_lazy("definition"),
    "description": gettext_lazy("description"),
    "editions": gettext_lazy("for the editions"),
    "effort": gettext_lazy("effort"),
    "escalation": gettext_lazy("escalation"),
    "eula": gettext_lazy("which text goes first"),
    "eula_url": gettext_lazy("address of the licence"),
    "floor": gettext_lazy("at the earliest"),
    "from_no_target": gettext_lazy("a first target counts from"),
    "hours": gettext_lazy("when it is answered"),
    "label": gettext_lazy("what it is for"),
    "life": gettext_lazy("how long they are good for"),
    "name": gettext_lazy("name"),
    "note": gettext_lazy("note"),
    "number": gettext_lazy("number"),
    "observed": gettext_lazy("when a holiday falls on a weekend"),
    "paging": gettext_lazy("pages somebody"),
    "plans": gettext_lazy("for the plans"),
    "pointer": gettext_lazy("who can help instead"),
    "portal": gettext_lazy("portal"),
    "regions": gettext_lazy("for the regions"),
    "renewal_email": gettext_lazy("renewals"),
    "sales_email": gettext_lazy("sales"),
    "says": gettext_lazy("what it says here"),
    "settled": gettext_lazy("settled by the vendor"),
    "source": gettext_lazy("source"),
    "sources": gettext_lazy("sources"),
    "support_email": gettext_lazy("support by mail"),
    "taken": gettext_lazy("what this policy does"),
    "warn_days": gettext_lazy("warned on days"),
    "website": gettext_lazy("website"),
    "window": gettext_lazy("how long it may be opened again"),
}
_OPENING_OR_CHANGE = {
    "opening": gettext_lazy("the opening"),
    "change": gettext_lazy("the change"),
}
_CODES: Mapping[str, Mapping[str, object]] = {
    "call": {
        "none": gettext_lazy("taken as it is"),
        "required": gettext_lazy("taken, and a call is asked for"),
        "refused": gettext_lazy("not taken"),
    },
    "counted_from": {
        "first_close": gettext_lazy("the first closing"),
        "last_close": gettext_lazy("the last closing"),
    },
    "observed": {
        "actual": gettext_lazy("on the day itself"),
        "nearest_weekday": gettext_lazy("on the nearest weekday"),
        "both": gettext_lazy("on the day itself and the weekday beside it"),
    },
    "base": _OPENING_OR_CHANGE,
    "floor": {
        "none": gettext_lazy("when the target says"),
        "full_target": gettext_lazy("one full target after the change"),
    },
    "cap": {
        "none": gettext_lazy("no limit"),
        "promise": gettext_lazy("what was promised before"),
    },
    "from_no_target": _OPENING_OR_CHANGE,
}
# Codes of another part of the policy that stand in a field.
_NAMED_BY = {"plans": "plan", "editions": "edition", "regions": "region", "counts_as": "channel"}
_QUEUE_KEYS = {
    "due": gettext_lazy("due first"),
    "severity": AXIS_NAMES["severity"],
    "priority": AXIS_NAMES["priority"],
}
_NOTHING = pgettext_lazy("value", "nothing said")

# Takes the section's title and both policies.
Compare = Callable[[str, Policy, Policy], Iterator[Difference]]


def section_differences(before: Policy, after: Policy) -> Iterator[Difference]:
    """List what changes in every section, in the order of the document."""
    for name, title in SECTIONS.items():
        if getattr(before, name) != getattr(after, name):
            if name in _OWN_WAYS:
                yield from _OWN_WAYS[name](str(title), before, after)
            else:
                yield from _section(name, str(title), before, after)


def holiday_differences(before: Policy, after: Policy, codes: set[str]) -> Iterator[Difference]:
    """List the holidays that are new, gone or moved in the lists `codes`."""
    old = {one.code: one for one in before.holidays}
    for other in after.holidays:
        if other.code in codes and other.code in old:
            yield from _holiday_list(other.name, old[other.code], other)


def _section(name: str, title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    one, other = getattr(before, name), getattr(after, name)
    parts = (*one, *other) if isinstance(one, tuple) else ()
    if parts and not isinstance(parts[0], str):
        yield from _parts(title, name, before, after)
    elif hasattr(other, "__dataclass_fields__"):
        yield from _fields_of(title, one, other, before, after)
    else:
        yield Difference(title, _text(name, one, before), _text(name, other, after))


def _parts(title: str, name: str, before: Policy, after: Policy) -> Iterator[Difference]:
    """Compare parts that have a code, or what stands for one."""
    key = _key(name, before, after)
    old = {getattr(part, key): part for part in getattr(before, name)}
    new = {getattr(part, key): part for part in getattr(after, name)}
    for code in dict.fromkeys([*new, *old]):
        if code not in old:
            yield Difference(title, after=_part(new[code], key))
        elif code not in new:
            yield Difference(title, before=_part(old[code], key))
        elif old[code] != new[code]:
            what = f"{title}, {_part(new[code], key)}"
            yield from _fields_of(what, old[code], new[code], before, after)
    if list(old) != list(new) and old.keys() == new.keys():
        yield Difference(_("%(what)s, their order") % {"what": title})


def _key(name: str, before: Policy, after: Policy) -> str:
    """Choose what tells the parts of a section apart; a number is known by what it is for."""
    if name == "phones":
        labels = [[phone.label for phone in policy.phones] for policy in (before, after)]
        return "label" if all(len(set(one)) == len(one) for one in labels) else "number"
    return "tier" if name == "tiers" else "code"


def _part(part: Any, key: str) -> str:
    if hasattr(part, "number"):
        return f"{part.number} ({part.label})"
    return str(getattr(part, "name", None) or getattr(part, key))


def _fields_of(
    what: str, one: Any, other: Any, before: Policy, after: Policy
) -> Iterator[Difference]:
    if isinstance(other, HolidayList):
        yield from _holiday_list(what, one, other)
        return
    for field in fields(other):
        was, becomes = getattr(one, field.name), getattr(other, field.name)
        if was == becomes:
            continue
        label = _FIELDS.get(field.name, field.name)
        texts = (_text(field.name, was, before), _text(field.name, becomes, after))
        yield Difference(f"{what}, {label}", *texts)


def _text(name: str, value: Any, policy: Policy) -> str:
    """Say the value of a field."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", ()):
        return _("all") if value is None and name in ("plans", "editions") else str(_NOTHING)
    if isinstance(value, Span):
        return calendar_span_text(value)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, tuple):
        separator = "; " if name == "covered" else ", "
        return separator.join(_code(name, each, policy) for each in value)
    return _code(name, value, policy)


def _code(name: str, value: Any, policy: Policy) -> str:
    if name in _CODES:
        return str(_CODES[name].get(value, value))
    if name in _NAMED_BY:
        return part_name(policy, _NAMED_BY[name], value)
    if name == "default_region":
        return part_name(policy, "region", value)
    if name == "axes":
        return str(AXIS_NAMES.get(value, value))
    if name == "queue_order":
        return str(_QUEUE_KEYS.get(value, value))
    if name == "hours":
        names = {spec.code: spec.name for spec in policy.calendars}
        return str((names | {ALWAYS_ANSWERED: _("at any time")}).get(value, value))
    return str(value)


def _holiday_list(what: str, one: HolidayList, other: HolidayList) -> Iterator[Difference]:
    if one.name != other.name:
        yield Difference(f"{what}, {_FIELDS['name']}", one.name, other.name)
    if one.observed != other.observed:
        names = _CODES["observed"]
        was, becomes = str(names[one.observed]), str(names[other.observed])
        yield Difference(f"{what}, {_FIELDS['observed']}", was, becomes)
    yield from _new_and_gone(what, map(_holiday, one.days), map(_holiday, other.days))
    yield from _new_and_gone(what, map(_own_date, one.dates), map(_own_date, other.dates))


def _new_and_gone(what: str, was: Iterable[str], becomes: Iterable[str]) -> Iterator[Difference]:
    old, new = tuple(was), tuple(becomes)
    for text in old:
        if text not in new:
            yield Difference(what, before=text)
    for text in new:
        if text not in old:
            yield Difference(what, after=text)


def _holiday(holiday: Holiday) -> str:
    """Name a holiday, with its years where it has not always been or will not always be one."""
    first, last = holiday.from_year, holiday.to_year
    if first is None and last is None:
        return f"{holiday.name} ({_holiday_day(holiday)})"
    return f"{holiday.name} ({_holiday_day(holiday)}, {first or ''}-{last or ''})"


def _holiday_day(holiday: Holiday) -> str:
    month = date(2000, holiday.month, 1)
    if holiday.day is not None:
        return f"{holiday.day} {date_format(month, 'F')}"
    # 3 January 2000 was a Monday.
    weekday = date_format(date(2000, 1, 3 + (holiday.weekday or 0)), "l")
    figures = {"weekday": weekday, "month": date_format(month, "F"), "nth": holiday.nth}
    if holiday.nth == -1:
        return _("last %(weekday)s of %(month)s") % figures
    return _("%(weekday)s number %(nth)s of %(month)s") % figures


def _own_date(dated: tuple[date, str]) -> str:
    on, name = dated
    return f"{date_format(on, 'j F Y')} ({name})" if name else date_format(on, "j F Y")


def _ladder(title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    old: dict[str, LadderStep] = {step.code: step for step in before.ladder}
    new: dict[str, LadderStep] = {step.code: step for step in after.ladder}
    for code in dict.fromkeys([*new, *old]):
        was = step_sentence(old[code], before) if code in old else None
        becomes = step_sentence(new[code], after) if code in new else None
        if was != becomes:
            yield Difference(title, was, becomes)
    if list(old) != list(new) and old.keys() == new.keys():
        yield Difference(_("%(what)s, their order") % {"what": title})


def _retarget(title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    one, other = before.retarget, after.retarget
    yield from _retarget_rule(title, one, other)
    if one.on_call != other.on_call:
        what = _("%(what)s, when a call is logged") % {"what": title}
        yield from _retarget_rule(what, one.on_call or one, other.on_call or other)


def _retarget_rule(what: str, one: Retarget, other: Retarget) -> Iterator[Difference]:
    for name in ("base", "floor", "cap", "from_no_target"):
        was, becomes = getattr(one, name), getattr(other, name)
        if was != becomes:
            texts = (str(_CODES[name][code]) for code in (was, becomes))
            yield Difference(f"{what}, {_FIELDS[name]}", *texts)


def _kinds(title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    for kind, other in after.kinds.items():
        one = before.kinds.get(kind)
        if one is not None and one != other:
            yield from _kind(str(CLOCK_NAMES[kind]), one, other)


def _kind(clock: str, one: KindRow, other: KindRow) -> Iterator[Difference]:
    for event in EVENTS:
        was, becomes = one.effects.get(event), other.effects.get(event)
        if was != becomes:
            what = _("%(clock)s, when %(event)s") % {"clock": clock, "event": EVENT_NAMES[event]}
            yield Difference(what, _effect(was), _effect(becomes))
    if one.pauses != other.pauses:
        what = _("%(clock)s, stands still while the case waits on the customer")
        texts = (_("yes") if row.pauses else _("no") for row in (one, other))
        yield Difference(what % {"clock": clock}, *texts)
    if one.unless != other.unless:
        what = _("%(clock)s, not started while one of these runs") % {"clock": clock}
        yield Difference(what, _clocks(one.unless), _clocks(other.unless))


def _effect(effect: str | None) -> str:
    return str(EFFECT_NAMES[effect]) if effect else _("nothing")


def _clocks(kinds: Iterable[str]) -> str:
    return ", ".join(str(CLOCK_NAMES[kind]) for kind in kinds) or _("none")


_OWN_WAYS: Mapping[str, Compare] = {"ladder": _ladder, "retarget": _retarget, "kinds": _kinds}
