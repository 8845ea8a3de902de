"""What changes in the sections of a policy beside targets and calendars, field by field."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.differences import Difference
from sla.engine.calendarparts import HolidayList
from sla.engine.holidays import Holiday
from sla.engine.kinds import EVENTS, KindRow
from sla.engine.offer import Benefit
from sla.engine.pageparts import Phone
from sla.engine.parts import LadderStep, Level, Retarget
from sla.engine.policy import Policy
from sla.offer_comparison import OFFER_WAYS, TOGETHER, benefit_named
from sla.section_words import CODES, FIELDS, SECTIONS, value_text
from sla.sentences import EFFECT_NAMES, EVENT_NAMES, step_sentence
from sla.words import CLOCK_NAMES, language_name, part_name

# Fields of a level that name others of its axis.
_OTHER_LEVELS = ("otherwise", "workaround_to", "unreachable_to", "promotes")

# Takes the section's title and both policies.
Compare = Callable[[str, Policy, Policy], Iterator[Difference]]


def section_differences(
    before: Policy, after: Policy, names: Collection[str] = tuple(SECTIONS)
) -> Iterator[Difference]:
    """List what changes in the sections called `names`, in the order of the document."""
    for name, title in SECTIONS.items():
        if name in names and getattr(before, name) != getattr(after, name):
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
        yield Difference(title, value_text(name, one, before), value_text(name, other, after))


def _parts(title: str, name: str, before: Policy, after: Policy) -> Iterator[Difference]:
    """Compare parts that have a code, or what stands for one."""
    key = _key(name, before, after)
    old = {getattr(part, key): part for part in getattr(before, name)}
    new = {getattr(part, key): part for part in getattr(after, name)}
    for code in dict.fromkeys([*new, *old]):
        if code not in old:
            yield Difference(title, after=_whole(new[code], key, after))
        elif code not in new:
            yield Difference(title, before=_whole(old[code], key, before))
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


def _whole(part: Any, key: str, policy: Policy) -> str:
    """Name a part that is new or gone."""
    return benefit_named(part, policy) if isinstance(part, Benefit) else _part(part, key)


def _part(part: Any, key: str) -> str:
    if isinstance(part, Phone):
        return f"{part.number} ({part.label})"
    return str(getattr(part, "name", None) or getattr(part, key))


def _fields_of(
    what: str, one: Any, other: Any, before: Policy, after: Policy
) -> Iterator[Difference]:
    if isinstance(other, HolidayList):
        yield from _holiday_list(what, one, other)
        return
    together, tell = TOGETHER.get(type(other), ((), None))
    for field in fields(other):
        was, becomes = getattr(one, field.name), getattr(other, field.name)
        if was == becomes or field.name in together:
            continue
        label = FIELDS.get(field.name, field.name)
        if isinstance(other, Level) and field.name in _OTHER_LEVELS:
            was, becomes = (
                _levels_named(one.axis, value, policy)
                for value, policy in ((was, before), (becomes, after))
            )
        texts = (value_text(field.name, was, before), value_text(field.name, becomes, after))
        yield Difference(f"{what}, {label}", *texts)
    if tell is not None:
        yield from tell(what, one, other, before, after)


def _levels_named(axis: str, value: Any, policy: Policy) -> Any:
    """Put the names of levels in the place of their codes."""
    if isinstance(value, tuple):
        return tuple(part_name(policy, axis, code) for code in value)
    return part_name(policy, axis, value) if value else value


def _holiday_list(what: str, one: HolidayList, other: HolidayList) -> Iterator[Difference]:
    if one.name != other.name:
        yield Difference(f"{what}, {FIELDS['name']}", one.name, other.name)
    if one.observed != other.observed:
        names = CODES["observed"]
        was, becomes = str(names[one.observed]), str(names[other.observed])
        yield Difference(f"{what}, {FIELDS['observed']}", was, becomes)
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
    if holiday.day is not None:
        return date_format(date(2000, holiday.month, holiday.day), "j F")
    month = date(2000, holiday.month, 1)
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
            texts = (str(CODES[name][code]) for code in (was, becomes))
            yield Difference(f"{what}, {FIELDS[name]}", *texts)


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


def _translations(title: str, before: Policy, after: Policy) -> Iterator[Difference]:
    """Tell a language that is new or gone by its number of texts, else each text that changed."""
    old, new = (
        {one.language: one.words for one in policy.translations} for policy in (before, after)
    )
    for language in sorted(old.keys() | new.keys()):
        was, becomes = old.get(language), new.get(language)
        what = _("%(what)s, %(language)s") % {"what": title, "language": language_name(language)}
        if was is None or becomes is None:
            yield Difference(what, _number_of_texts(was), _number_of_texts(becomes))
        else:
            yield from _translated(what, dict(was), dict(becomes))


def _number_of_texts(words: Sequence[object] | None) -> str | None:
    if words is None:
        return None
    return ngettext("%(count)d text", "%(count)d texts", len(words)) % {"count": len(words)}


def _translated(
    what: str, was: Mapping[str, str], becomes: Mapping[str, str]
) -> Iterator[Difference]:
    for text in dict.fromkeys([*becomes, *was]):
        if was.get(text) != becomes.get(text):
            yield Difference(f"{what}, “{text}”", was.get(text), becomes.get(text))


_OWN_WAYS: Mapping[str, Compare] = {
    "translations": _translations,
    "ladder": _ladder,
    "retarget": _retarget,
    "kinds": _kinds,
    **OFFER_WAYS,
}
