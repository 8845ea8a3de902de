"""What must hold between the sections of a policy. Every check notes its faults and goes on."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sla.engine.calendarparts import CalendarSpec
from sla.engine.parts import ALWAYS_ANSWERED, LEVEL_AXES, SERVICE, Channel
from sla.engine.policy import Policy
from sla.engine.shape import Place

# At least three digits; letters as in 1-800-FLOWERS, or of an extension.
PHONE_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[0-9A-Za-z +\-().,/]+")


def check(policy: Policy, root: Place) -> None:
    """Note every contradiction within a policy but for its targets, its ladder and its care."""
    _check_axes(policy, root)
    _check_codes(policy, root)
    _check_channels(policy, root)
    _check_regions(policy, root)
    for spec in policy.calendars:
        _check_calendar(policy, spec, root.key("calendars").key(spec.code))
    _check_circles(policy, root.key("clocks"))
    _check_waiting(policy, root.key("waiting"))


def codes_of(policy: Policy, axis: str) -> set[str]:
    """List the codes that rules may name on an axis of the policy's own.

    A channel that counts as another is never seen by a rule, so it is not among them.
    """
    if axis == "channel":
        return {channel.code for channel in policy.channels if channel.counts_as is None}
    parts: dict[str, Iterable[Any]] = {
        "plan": policy.plans,
        "severity": policy.severities,
        "priority": policy.priorities,
        "case_type": policy.case_types,
        "region": policy.regions,
        "edition": policy.editions,
    }
    return {part.code for part in parts[axis]}


def check_codes(policy: Policy, when: Mapping[str, tuple[str, ...]], place: Place) -> None:
    """Note every code of a `when` that the policy does not have.

    Which products there are is asked when it is published: a document does not list them.
    """
    for axis, codes in when.items():
        if axis == "product":
            continue
        check_known(axis, codes, codes_of(policy, axis), place.key(axis))


def check_known(kind: str, codes: Iterable[str], known: Iterable[str], place: Place) -> None:
    """Note every code that is not known; blank ones are faulted already."""
    for code in codes:
        if code and code not in known:
            place.fault("unknown_code", kind=kind, name=code, known=tuple(sorted(known)))


def levels_key(axis: str) -> str:
    """Name the list of a document that holds the levels of an axis."""
    return {"severity": "severities", "priority": "priorities"}[axis]


def _check_axes(policy: Policy, root: Place) -> None:
    for axis in LEVEL_AXES:
        key = levels_key(axis)
        if axis in policy.axes and not policy.levels(axis):
            root.key(key).fault("levels_needed", axis=axis)
        if axis not in policy.axes and policy.levels(axis):
            root.key(key).fault("axis_not_in_use", axis=axis)
    for number, key in enumerate(policy.queue_order):
        if key in LEVEL_AXES and key not in policy.axes:
            root.key("queue_order").index(number).fault("axis_not_in_use", axis=key)


def _check_codes(policy: Policy, root: Place) -> None:
    """Note codes given twice and second defaults."""
    coded = ("plans", "severities", "priorities", "case_types", "channels", "editions")
    sold = ("subscriptions", "packs", "grants", "benefits", "topics")
    for key in (*coded, *sold, "grades", "ladder", "declined", "readings"):
        _check_once(getattr(policy, key), root.key(key))
    for number, tier in enumerate(policy.tiers):
        if tier.tier in [other.tier for other in policy.tiers[:number]]:
            root.key("tiers").index(number).key("tier").fault("repeated", value=tier.tier)


def _check_once(parts: tuple[object, ...], place: Place) -> None:
    seen: set[str] = set()
    default = None
    for number, part in enumerate(parts):
        code = getattr(part, "code", "")
        if code and code in seen:
            place.index(number).key("code").fault("repeated", value=code)
        seen.add(code)
        if getattr(part, "default", False) and default is not None:
            place.index(number).key("default").fault("second_default", first=default)
        elif getattr(part, "default", False):
            default = code


def _check_channels(policy: Policy, root: Place) -> None:
    for number, channel in enumerate(policy.channels):
        place = root.key("channels").index(number)
        for key in ("plans", "editions"):
            codes = getattr(channel, key) or ()
            check_known(key[:-1], codes, codes_of(policy, key[:-1]), place.key(key))
        _check_counted(policy, channel, place.key("counts_as"))
    _check_calls(policy, root)
    _check_phones(policy, root.key("phones"))


def _check_counted(policy: Policy, channel: Channel, place: Place) -> None:
    """Note a channel that counts as one which in turn counts as another, or as itself."""
    other = channel.counts_as
    if other is None:
        return
    known = codes_of(policy, "channel")
    if other not in known and other in {one.code for one in policy.channels}:
        place.fault("counts_in_turn", name=other, known=tuple(sorted(known)))
    else:
        check_known("channel", (other,), known, place)


def _check_calls(policy: Policy, root: Place) -> None:
    """Note a level that has to be called in where nobody can call (MX-07)."""
    if any(channel.code == "phone" for channel in policy.channels):
        return
    for axis in LEVEL_AXES:
        for number, level in enumerate(policy.levels(axis)):
            if level.call in ("required", "refused"):
                place = root.key(levels_key(axis)).index(number).key("call")
                place.fault("call_without_phone", axis=axis, level=level.code)


def _check_phones(policy: Policy, root: Place) -> None:
    for number, phone in enumerate(policy.phones):
        place = root.index(number)
        if phone.number and not PHONE_NUMBER.fullmatch(phone.number):
            place.key("number").fault("bad_phone", value=phone.number)
        check_known("region", phone.regions, codes_of(policy, "region"), place.key("regions"))
        hours = (phone.hours,) if phone.hours not in (None, ALWAYS_ANSWERED) else ()
        known = {spec.code for spec in policy.calendars}
        check_known("calendar", hours, known, place.key("hours"))


def _check_regions(policy: Policy, root: Place) -> None:
    if policy.regions and policy.default_region is None:
        root.key("default_region").fault("missing_key", key="default_region")
    elif policy.default_region is not None:
        known = codes_of(policy, "region")
        check_known("region", (policy.default_region,), known, root.key("default_region"))
    region_of: dict[str, str] = {}
    for region in policy.regions:
        place = root.key("regions").key(region.code).key("countries")
        for country in region.countries:
            other = region_of.setdefault(country, region.code)
            if country and other != region.code:
                place.fault("country_in_two_regions", country=country, other=other)


def _check_calendar(policy: Policy, spec: CalendarSpec, place: Place) -> None:
    if spec.code in (SERVICE, ALWAYS_ANSWERED):
        place.fault("reserved_code", name=spec.code)
    if spec.by_region:
        _check_by_region(policy, spec, place)
    elif spec.zone is None:
        place.key("time_zone").fault("missing_key", key="time_zone")
    if spec.holidays is not None:
        known = {holidays.code for holidays in policy.holidays}
        check_known("holidays", (spec.holidays,), known, place.key("holidays"))


def _check_by_region(policy: Policy, spec: CalendarSpec, place: Place) -> None:
    own = {"time_zone": spec.zone, "weekly": spec.weekly, "exceptions": spec.exceptions}
    for key, held in (own | {"holidays": spec.holidays}).items():
        if held:
            place.key(key).fault("hours_beside_regions", key=key)
    place = place.key("by_region")
    regions = codes_of(policy, "region")
    plain = {other.code for other in policy.calendars if not other.by_region}
    for region, code in spec.by_region:
        check_known("region", (region,), regions, place.key(region))
        if code not in plain and code in {other.code for other in policy.calendars}:
            place.key(region).fault("regions_in_turn", name=code, known=tuple(sorted(plain)))
        else:
            check_known("calendar", (code,), plain, place.key(region))
    for region in sorted(regions - dict(spec.by_region).keys()):
        place.fault("region_without_calendar", region=region)


def _check_circles(policy: Policy, place: Place) -> None:
    """Note a clock that is not started while one runs that in the end waits for it."""
    noted: set[str] = set()
    for kind in policy.kinds:
        circle = _circle(policy, (kind,))
        if circle and noted.isdisjoint(circle):
            place.key(kind).key("unless").fault("waits_in_a_circle", clocks=circle)
            noted.update(circle)


def _circle(policy: Policy, through: tuple[str, ...]) -> tuple[str, ...] | None:
    """Find the way from the first clock of `through`, on from the last, back to the first."""
    for other in policy.kinds[through[-1]].unless:
        if other == through[0]:
            return through
        if other not in through and (circle := _circle(policy, (*through, other))):
            return circle
    return None


def _check_waiting(policy: Policy, place: Place) -> None:
    days = policy.waiting.warn_days
    close_after = policy.waiting.close_after
    if days and close_after is None:
        place.key("close_after").fault("missing_key", key="close_after")
    if list(days) != sorted(days):
        place.key("warn_days").fault("not_in_order")
    in_days = close_after is not None and close_after.unit == "days"
    if close_after is not None and in_days and max(days, default=0) >= close_after.amount:
        place.key("warn_days").fault("warned_after_closing", day=max(days))
