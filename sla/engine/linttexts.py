"""Blanks that somebody has to fill, and places where the policy says two things."""

from collections.abc import Iterator
from itertools import product

from sla.engine.checks import levels_key
from sla.engine.linthours import opens_every_day
from sla.engine.lintspace import MAX_PIECES, Box, joined, meet
from sla.engine.lintsurvey import NOTICE, Answer, Finding, Survey
from sla.engine.pageparts import Phone
from sla.engine.parts import ALWAYS_ANSWERED, LEVEL_AXES, MAIL_CONFIRM, CaseType, Level
from sla.engine.policy import Policy

# MX-01, DD-43: without them a customer cannot reach anybody, or cannot renew.
_NEEDED = ("support_email", "portal", "renewal_email")
_IN_DAYS = ("business_days", "next_business_day")


def lint_blanks(policy: Policy) -> Iterator[Finding]:
    """Find what a public page or a form would show empty."""
    for key in ("policy_date", "summary"):
        if not getattr(policy, key):
            yield Finding(f"no_{key}", key, {}, NOTICE)
    for key in _NEEDED:
        if not getattr(policy.contact, key):
            yield Finding(f"no_{key}", f"contact.{key}")
    yield from _phones(policy)
    yield from _mails(policy)
    yield from _definitions(policy)
    for number, row in enumerate(policy.targets):
        if row.promised and not row.source.strip():
            yield Finding("no_source", f"targets[{number}].source", {"clock": row.clock}, NOTICE)


def lint_readings(policy: Policy) -> Iterator[Finding]:
    """Find the places where the vendor's own text says two things and nobody has decided."""
    for number, reading in enumerate(policy.readings):
        if not reading.settled:
            params = {
                "says": reading.says,
                "against": reading.against,
                "taken": reading.taken,
                "sources": reading.sources,
            }
            yield Finding("reading_open", f"readings[{number}]", params)


def lint_contradictions(found: Survey) -> Iterator[Finding]:
    """Find where one part of the policy promises what another does not keep."""
    for number, phone in enumerate(found.policy.phones):
        if phone.hours == ALWAYS_ANSWERED:
            yield from _answered_yet_closed(found, phone, f"phones[{number}].hours")
    for axis in found.policy.axes:
        for number, level in enumerate(found.policy.levels(axis)):
            if level.call == "required":
                yield from _other_promise(found, level, f"{levels_key(axis)}[{number}].call")
    for clock, coverage in found.clocks.items():
        yield from _days_in_a_whole_week(found.policy, clock, coverage.promised)


def _phones(policy: Policy) -> Iterator[Finding]:
    offered = any(channel.code == "phone" for channel in policy.channels)
    if offered and not policy.phones:
        yield Finding("no_phone", "phones")
    for number, phone in enumerate(policy.phones):
        if phone.hours is None:
            path = f"phones[{number}].hours"
            yield Finding("phone_without_hours", path, {"number": phone.number})


def _mails(policy: Policy) -> Iterator[Finding]:
    """Find what is said of mails at a channel by which none come."""
    for number, channel in enumerate(policy.channels):
        if channel.code != "email" and channel.mail != MAIL_CONFIRM:
            yield Finding("mail_elsewhere", f"channels[{number}].mail", {"name": channel.name})


def _definitions(policy: Policy) -> Iterator[Finding]:
    lists: dict[str, tuple[Level | CaseType, ...]] = {
        levels_key(axis): policy.levels(axis) for axis in LEVEL_AXES
    }
    lists["case_types"] = policy.case_types
    for name, parts in lists.items():
        for number, part in enumerate(parts):
            if not part.definition.strip():
                path = f"{name}[{number}].definition"
                yield Finding("no_definition", path, {"name": part.name}, NOTICE)


def _answered_yet_closed(found: Survey, phone: Phone, path: str) -> Iterator[Finding]:
    """Find cases by phone that are served in opening hours only, though somebody always answers."""
    space = found.space
    when = {"channel": ("phone",)} | ({"region": phone.regions} if phone.regions else {})
    by_phone = space.box(when)
    cases = [
        both
        for answer in found.of("first_response").promised
        for box in answer.cases
        if (both := meet(box, by_phone)) and _is_closed_at_times(found, both)
    ]
    boxes = joined(space.without(one, "channel") for one in cases)
    if boxes:
        described = tuple(space.describe(box) for box in boxes)
        params = {"number": phone.number, "cases": described}
        yield Finding("answered_yet_closed", path, params)


def _is_closed_at_times(found: Survey, box: Box) -> bool:
    cell = found.policy.cell("first_response", found.space.facts(box))
    return cell is not None and cell.calendar is not None and not cell.calendar.is_always


def _other_promise(found: Survey, level: Level, path: str) -> Iterator[Finding]:
    """Find a level that has to be called in, taken elsewhere with another promise (MX-07)."""
    space = found.space
    own = space.box({level.axis: (level.code,)})
    by_phone = space.box({"channel": ("phone",)})
    elsewhere = space.box({"channel": set(space.on(space.whole, "channel")) - {"phone"}})
    rows = found.of("first_response").promised
    called = [(one, box) for one in rows for box in _meeting(one, own, by_phone)]
    taken = [(one, box) for one in rows for box in _meeting(one, own, elsewhere)]
    if len(called) * len(taken) > MAX_PIECES * MAX_PIECES:
        return
    differing = [
        meet(space.without(box, "channel"), space.without(other, "channel"))
        for (one, box), (beside, other) in product(called, taken)
        if (one.row.target, one.row.calendar) != (beside.row.target, beside.row.calendar)
    ]
    for box in joined(space.without(box, level.axis) for box in differing if box):
        params = {"axis": level.axis, "level": level.code}
        yield Finding("call_changes_promise", path, params | {"cases": space.describe(box)})


def _meeting(answer: Answer, one: Box, other: Box) -> list[Box]:
    boxes = [meet(box, one) for box in answer.cases]
    return [both for box in boxes if box and (both := meet(box, other))]


def _days_in_a_whole_week(
    policy: Policy, clock: str, rows: tuple[Answer, ...]
) -> Iterator[Finding]:
    """Find business days of five beside hours on all seven days of the week (DD-20, DD-21)."""
    weeklong = [one for one in rows if opens_every_day(policy, one.row.calendar)]
    in_days = [
        one
        for one in rows
        if one.row.target.kind in _IN_DAYS and not opens_every_day(policy, one.row.calendar)
    ]
    if weeklong and in_days:
        params = {"clock": clock, "other": f"targets[{weeklong[0].number}]"}
        yield Finding("days_in_a_whole_week", f"targets[{in_days[0].number}].target", params)
