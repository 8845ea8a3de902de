"""The faults of a policy document as sentences, each with its place."""

import re
from collections.abc import Iterable, Mapping

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.document import Fault, PolicyFaults
from sla.words import AXIS_NAMES, CLOCK_NAMES

# Of a text that stands for its translation.
SHOWN_OF_TEXT = 80
_SEGMENT = re.compile(r"([^.\[]+)|\[(\d+)\]")
# The tables of a document that come in rows, one by one.
_ROWS = {
    "targets": gettext_lazy("target %(number)d"),
    "plans": gettext_lazy("plan %(number)d"),
    "severities": gettext_lazy("severity %(number)d"),
    "priorities": gettext_lazy("priority %(number)d"),
    "case_types": gettext_lazy("case type %(number)d"),
    "channels": gettext_lazy("channel %(number)d"),
    "editions": gettext_lazy("edition %(number)d"),
    "phones": gettext_lazy("phone %(number)d"),
    "declined": gettext_lazy("declined work %(number)d"),
    "tiers": gettext_lazy("tier name %(number)d"),
    "readings": gettext_lazy("reading %(number)d"),
    "ladder": gettext_lazy("ladder step %(number)d"),
    "exceptions": gettext_lazy("exception %(number)d"),
    "subscriptions": gettext_lazy("subscription %(number)d"),
    "prices": gettext_lazy("price %(number)d"),
    "packs": gettext_lazy("pack %(number)d"),
    "grants": gettext_lazy("given points %(number)d"),
    "benefits": gettext_lazy("benefit %(number)d"),
    "topics": gettext_lazy("news %(number)d"),
    "supported_releases": gettext_lazy("rule for releases %(number)d"),
    "grades": gettext_lazy("grade %(number)d"),
}
_KEYED = {
    "regions": gettext_lazy("region “%(code)s”"),
    "holidays": gettext_lazy("holidays “%(code)s”"),
    "calendars": gettext_lazy("calendar “%(code)s”"),
    "clocks": gettext_lazy("clock “%(code)s”"),
    "translations": gettext_lazy("translations into “%(code)s”"),
}
# Keys whose names say little to who does not write files.
_KEYS = {
    "policy_date": gettext_lazy("date of the document"),
    "support_email": gettext_lazy("support address"),
    "renewal_email": gettext_lazy("renewal address"),
    "sales_email": gettext_lazy("sales address"),
    "case_types": gettext_lazy("types"),
    "availability_required": gettext_lazy("availability"),
    "close_after": gettext_lazy("closing"),
    "case_limit": gettext_lazy("limit of cases"),
    "included_points": gettext_lazy("included points"),
    "lapses_to": gettext_lazy("what counts instead"),
    "on_lapse": gettext_lazy("when what it needs has ended"),
    "requires": gettext_lazy("what it needs"),
    "supported_releases": gettext_lazy("supported releases"),
    "grace_days": gettext_lazy("days of grace"),
    "low_points": gettext_lazy("few points left"),
    "support_end_days": gettext_lazy("days before support ends"),
    "licence_days": gettext_lazy("days before a licence ends"),
    "contract_days": gettext_lazy("days before a contract ends"),
    "points_days": gettext_lazy("days before points expire"),
    "delivery_days": gettext_lazy("days before a delivery"),
    "otherwise": gettext_lazy("what counts elsewhere"),
    "workaround_to": gettext_lazy("offered with a workaround"),
    "unreachable_to": gettext_lazy("offered to who cannot be reached"),
    "sets_priority": gettext_lazy("preset priority"),
    "promotes": gettext_lazy("raised with it"),
    "feature_request": gettext_lazy("wish for the product"),
    "fix": gettext_lazy("how it is mended"),
    "budget": gettext_lazy("time at most"),
    "repeat_seconds": gettext_lazy("time between repeats"),
    "repeat_times": gettext_lazy("number of repeats"),
    "max_megabytes": gettext_lazy("megabytes at most"),
    "retention_days": gettext_lazy("days that files are kept"),
    "attachments": gettext_lazy("files"),
    "diagnostics": gettext_lazy("diagnostic tools"),
    "swat": gettext_lazy("SWAT team"),
    "warn_days": gettext_lazy("warnings"),
}

# Kinds of things that are named in the singular: "There is no list of holidays “de”".
_KINDS = {
    "holidays": gettext_lazy("list of holidays"),
    "subscription": gettext_lazy("subscription"),
    "grade": gettext_lazy("grade"),
}

_SENTENCES = {
    # The file as a whole.
    "byte_order_mark": gettext_lazy(
        "The file begins with a byte order mark: save it as UTF-8 without one."
    ),
    "not_utf8": gettext_lazy(
        "This is not UTF-8: column %(column)s has the byte %(byte)s. Save the file as UTF-8."
    ),
    "toml_syntax": gettext_lazy("This is not TOML: %(detail)s."),
    "unsupported_schema": gettext_lazy("Schema %(value)s is not known here, only %(known)s."),
    "too_long": gettext_lazy("The document is longer than %(most)s characters."),
    "too_deep": gettext_lazy("The document is nested too deeply."),
    # Single values.
    "unknown_key": gettext_lazy("“%(key)s” is not known here: %(known)s."),
    "missing_key": gettext_lazy("“%(key)s” is missing."),
    "wrong_type": gettext_lazy("This has to be of the type %(expected)s, not %(found)s."),
    "bad_choice": gettext_lazy("“%(value)s” has to be one of: %(choices)s."),
    "bad_code": gettext_lazy(
        "“%(value)s” cannot be a code here: letters, digits, hyphens and underscores only, "
        "in the form that the documentation gives."
    ),
    "bad_email": gettext_lazy("“%(value)s” is not a mail address: write it like a@example.com."),
    "bad_language": gettext_lazy(
        "“%(value)s” is not the code of a language: write it like de or pt-br."
    ),
    "bad_phone": gettext_lazy(
        "“%(value)s” is not a phone number: write it with at least three digits, "
        "like +1 212 555 0100."
    ),
    "bad_web_address": gettext_lazy(
        "“%(value)s” is not a web address: write it like https://example.com/support."
    ),
    "bad_text": gettext_lazy(
        "This text has control characters in it, or more than %(most)s characters."
    ),
    "empty_text": gettext_lazy("This cannot be empty."),
    "bad_time_zone": gettext_lazy("“%(value)s” is not a time zone: write it like Europe/Berlin."),
    "out_of_range": gettext_lazy("%(value)s has to lie between %(low)s and %(high)s."),
    "bad_date": gettext_lazy("“%(value)s” is not a date: write it like 2026-12-25."),
    "bad_interval": gettext_lazy(
        "%(value)s are no hours: write them like 09:00-17:00, up to 24:00."
    ),
    "too_few": gettext_lazy("At least %(least)s is needed here."),
    "repeated": gettext_lazy("“%(value)s” is there twice."),
    # What one value asks of another.
    "not_of_this_kind": gettext_lazy("“%(key)s” does not belong here. What does: %(allowed)s."),
    "amount_needed": gettext_lazy("An amount is needed: %(units)s."),
    "two_amounts": gettext_lazy("One amount is enough, there are several: %(units)s."),
    "goal_above_amount": gettext_lazy(
        "The goal (%(goal)s) cannot be later than the commitment (%(amount)s)."
    ),
    "date_or_range": gettext_lazy("Give one date, or a first and a last one."),
    "range_backwards": gettext_lazy("The end lies before the beginning."),
    "day_or_weekday": gettext_lazy(
        "A holiday has either a day of its month, or a weekday and its number in the month."
    ),
    "no_such_date": gettext_lazy("There is no such date."),
    "unknown_code": gettext_lazy("There is no %(kind)s “%(name)s”. Choose from: %(known)s."),
    "levels_needed": gettext_lazy("The policy uses %(axis)s, but lists none."),
    "axis_not_in_use": gettext_lazy("The policy does not use %(axis)s (see “axes”)."),
    "second_default": gettext_lazy("“%(first)s” is preset already: only one can be."),
    "counts_in_turn": gettext_lazy(
        "“%(name)s” in turn counts as another channel, or as itself. Choose from: %(known)s."
    ),
    "country_in_two_regions": gettext_lazy("%(country)s belongs to region “%(other)s” already."),
    # Calendars.
    "reserved_code": gettext_lazy("“%(name)s” has a meaning of its own: choose another code."),
    "hours_beside_regions": gettext_lazy(
        "A calendar that stands for one of each region has no “%(key)s” of its own."
    ),
    "region_without_calendar": gettext_lazy("There is no calendar for region “%(region)s”."),
    "regions_in_turn": gettext_lazy(
        "“%(name)s” in turn stands for one of each region. Choose from: %(known)s."
    ),
    "never_open": gettext_lazy(
        "This cannot be met: “%(calendar)s” is not open long enough within ten years."
    ),
    # Targets.
    "clock_has_span": gettext_lazy(
        "This clock has no target: its time is “close_after” under “waiting”."
    ),
    "service_of_itself": gettext_lazy(
        "The first response sets the service hours: it needs a calendar of its own."
    ),
    "immediate_counts_late": gettext_lazy(
        "“Immediately” is late by the first second: leave it out of late figures "
        "(counts_late = false), or promise some minutes."
    ),
    "calendar_needed": gettext_lazy("Opening hours are needed for this: choose a calendar."),
    "calendar_not_used": gettext_lazy("This runs without opening hours: choose no calendar."),
    "ambiguous": gettext_lazy(
        "%(other)s says something else for the same cases (%(facts)s), and neither is more exact."
    ),
    # What is sold.
    "lapses_to_lapsing": gettext_lazy(
        "“%(plan)s” needs a subscription as well, so it could end in the same way: choose a plan "
        "that needs none."
    ),
    # Levels that name others.
    "level_of_itself": gettext_lazy("“%(level)s” cannot stand here: that is this one itself."),
    "otherwise_needed": gettext_lazy(
        "It has to be said what counts where a case is in another environment."
    ),
    "otherwise_not_used": gettext_lazy(
        "It is for every environment, so nothing counts elsewhere: choose environments, or none "
        "here."
    ),
    "otherwise_in_turn": gettext_lazy(
        "“%(name)s” is for some environments only as well. Choose from: %(known)s."
    ),
    "only_for_severities": gettext_lazy("Only a severity presets a priority."),
    # Clocks, the ladder and waiting.
    "clock_has_budget": gettext_lazy(
        "This clock has no target: its time is “budget” under “tiers”."
    ),
    "swat_needed": gettext_lazy("There is no SWAT team: give it a name under “swat”."),
    "not_on_the_case": gettext_lazy(
        "“%(at)s” does not go with the case itself. Choose from: %(allowed)s."
    ),
    "not_repeated": gettext_lazy(
        "Only telling and paging is done again, not “%(action)s”. Choose from: %(allowed)s."
    ),
    "nothing_missed": gettext_lazy(
        "A customer is only told of a promise that is late: choose a clock that is promised, and "
        "a moment when it is late or after that."
    ),
    "waits_in_a_circle": gettext_lazy(
        "These clocks wait for each other to end before they start: %(clocks)s."
    ),
    "nowhere_to_hand_over": gettext_lazy(
        "A hand-over has to name tiers, none higher than %(highest)s."
    ),
    "no_step_pages": gettext_lazy("No step of the ladder pages anybody for “%(level)s”."),
    "call_without_phone": gettext_lazy(
        "“%(level)s” has to be called in, but there is no channel “phone”: keep that channel, or "
        "take the call from this level."
    ),
    "not_in_order": gettext_lazy("These have to be in rising order."),
    "warned_after_closing": gettext_lazy("Day %(day)s is not before the closing."),
}


# The same beside a field of a form, where the names of a file's keys say nothing.
_AT_FIELDS = {
    "missing_key": gettext_lazy("This is needed."),
    "second_default": gettext_lazy("Another one is preset already: only one can be."),
    "bad_code": gettext_lazy("This can only be made of letters, digits, hyphens and underscores."),
}
# At one field, by its key and the code.
_AT_FIELD = {
    ("otherwise", "level_of_itself"): gettext_lazy("Choose another level, not this one."),
    ("workaround_to", "level_of_itself"): gettext_lazy("Choose another level, not this one."),
    ("unreachable_to", "level_of_itself"): gettext_lazy("Choose another level, not this one."),
    ("environments", "otherwise_needed"): gettext_lazy(
        "Say below what counts elsewhere, or choose no environments."
    ),
    ("roles", "swat_needed"): gettext_lazy("There is no SWAT team: give it a name on its page."),
    ("action", "swat_needed"): gettext_lazy("There is no SWAT team: give it a name on its page."),
    ("at", "not_on_the_case"): gettext_lazy(
        "The case itself is only opened or raised: choose “as it begins”, or a time after it."
    ),
    ("repeat_seconds", "not_repeated"): gettext_lazy("Only telling and paging is done again."),
    ("clock", "clock_has_budget"): gettext_lazy(
        "This clock has no target: its time is said at the tiers."
    ),
    ("case_prefix", "bad_code"): gettext_lazy(
        "Case numbers begin with one to eight capital letters, like MX."
    ),
    ("lapses_to", "missing_key"): gettext_lazy("Say which plan counts then."),
    ("lapses_to", "not_of_this_kind"): gettext_lazy(
        "Nothing counts instead where the plan is kept: choose none, or let another plan count."
    ),
}


def fault_sentences(faults: PolicyFaults) -> tuple[str, ...]:
    """Say every fault of a document with its place: "file.toml:42: target 4, calendar: …"."""
    return tuple(_located(fault, faults.filename) for fault in faults.faults)


def fault_text(fault: Fault) -> str:
    """Say what is wrong, without its place."""
    figures = {name: _figure(name, value) for name, value in fault.params.items()}
    return str(_SENTENCES[fault.code]) % figures


def field_text(fault: Fault) -> str:
    """Say what is wrong at a field of a form, which has no keys and shows names, not codes."""
    key = fault.path.rpartition(".")[2]
    told = _AT_FIELD.get((key, fault.code)) or _AT_FIELDS.get(fault.code)
    return str(told) if told else fault_text(fault)


def fault_sentence(fault: Fault) -> str:
    """Say what is wrong, with its place: "target 4, calendar: …"."""
    return ": ".join(part for part in (place_text(fault.path), fault_text(fault)) if part)


def place_text(path: str) -> str:
    """Name a place in words: "targets[3].when.plan" is "target 4, plan"."""
    words: list[str] = []
    section: str | None = None
    if path.startswith("translations."):
        # What follows the language is a text, with points of its own.
        path, _point, text = path.partition(".")[2].partition(".")
        named = str(_KEYED["translations"]) % {"code": path}
        return f"{named}, “{Truncator(text).chars(SHOWN_OF_TEXT)}”" if text else named
    for name, number in _SEGMENT.findall(path):
        if number:
            words.append(_numbered(section, int(number) + 1))
            section = None
        elif section in _KEYED:
            words.append(str(_KEYED[section]) % {"code": name})
            section = None
        else:
            words += _plain(section)
            section = name
    return ", ".join([*words, *_plain(section)])


def _located(fault: Fault, filename: str) -> str:
    # The lines of a working copy mean nothing to anybody.
    if not filename:
        return fault_sentence(fault)
    place = f"{filename}:{fault.line}" if fault.line else filename
    return f"{place}: {fault_sentence(fault)}"


def _plain(section: str | None) -> list[str]:
    # "when" and "target" only hold what is named next.
    if section is None or section in ("when", "target"):
        return []
    named = _KEYS.get(section) or AXIS_NAMES.get(section)
    return [str(named or section)]


def _numbered(section: str | None, number: int) -> str:
    if section in _ROWS:
        return str(_ROWS[section]) % {"number": number}
    return _("%(list)s, entry %(number)d") % {"list": section or "", "number": number}


def _figure(name: str, value: object) -> str:
    if name == "clocks" and isinstance(value, tuple):
        return _listed(CLOCK_NAMES[clock] for clock in value)
    if name in ("axis", "kind"):
        named = _KINDS.get(str(value)) or AXIS_NAMES.get(str(value))
        return str(named or value)
    if name == "other":
        return place_text(str(value))
    if isinstance(value, Mapping):
        return "; ".join(
            f"{AXIS_NAMES.get(axis, axis)} {_listed(codes)}" for axis, codes in value.items()
        ) or _("any case")
    return _listed(value) if isinstance(value, (tuple, list)) else str(value)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values) or _("none")
