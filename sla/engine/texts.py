"""The texts of a policy that people read, and the same policy in another language.

Rules refer to codes, so nothing that a case is promised depends on these texts.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sla.engine.calendarparts import CalendarException, CalendarSpec, HolidayList
from sla.engine.care import Attaching, Diagnosing, Escalating, Grade, Swat
from sla.engine.holidays import Holiday
from sla.engine.offer import (
    Benefit,
    Grant,
    Pack,
    Price,
    Registering,
    ReleaseRule,
    Subscription,
    Topic,
)
from sla.engine.pageparts import Declined, Phone, PublicTexts
from sla.engine.parts import (
    CaseType,
    Channel,
    Edition,
    Level,
    Plan,
    Region,
    TargetRow,
    TierName,
    Waiting,
)
from sla.engine.policy import Policy

# What of each part is a text for people, or holds parts that have such texts; in the order in
# which the document has them. What is not named here says the same in every language.
TOLD: Mapping[type, tuple[str, ...]] = {
    Policy: (
        "name",
        "summary",
        "phones",
        "texts",
        "declined",
        "tiers",
        "plans",
        "subscriptions",
        "prices",
        "packs",
        "grants",
        "benefits",
        "topics",
        "supported_releases",
        "registration",
        "severities",
        "priorities",
        "case_types",
        "channels",
        "editions",
        "regions",
        "holidays",
        "calendars",
        "targets",
        "waiting",
        "grades",
        "swat",
        "escalation",
        "attachments",
        "diagnostics",
    ),
    Phone: ("label",),
    PublicTexts: ("covered", "effort", "conduct", "customer", "escalation", "eula"),
    Declined: ("name", "pointer"),
    TierName: ("name", "description"),
    Plan: ("name", "description", "family"),
    Subscription: ("name", "description"),
    Price: ("note",),
    Pack: ("name", "note"),
    Grant: ("name",),
    Benefit: ("name", "description"),
    Topic: ("name", "description"),
    ReleaseRule: ("note",),
    Registering: ("note",),
    Level: ("name", "definition", "note", "fix"),
    CaseType: ("name", "definition", "checklist"),
    Channel: ("name", "note"),
    Edition: ("name",),
    Region: ("name",),
    HolidayList: ("name", "days", "dates"),
    Holiday: ("name",),
    CalendarSpec: ("name", "exceptions"),
    CalendarException: ("name",),
    TargetRow: ("note",),
    Waiting: ("checklist",),
    Grade: ("name",),
    Swat: ("name",),
    Escalating: ("note",),
    Attaching: ("note",),
    Diagnosing: ("terms",),
}

Say = Callable[[str], str]
_NO_WORDS: Mapping[str, str] = MappingProxyType({})


def words_in(policy: Policy, language: str) -> Mapping[str, str]:
    """Map the texts of a policy to their translations; those of "de" serve "de-at" as well."""
    tables = {one.language: one.words for one in policy.translations}
    found = tables.get(language) or tables.get(language.partition("-")[0])
    return dict(found) if found else _NO_WORDS


def localized(policy: Policy, language: str) -> Policy:
    """Say a policy in a language: the original where a text has no translation.

    The same codes and figures, so the same promises. A policy without words in the language is
    given back itself.
    """
    words = words_in(policy, language)
    return _told(policy, lambda text: words.get(text, text)) if words else policy


def texts_of(policy: Policy) -> dict[str, tuple[str, ...]]:
    """List the texts of a policy by the section that has them first, in the document's order."""
    seen: set[str] = set()
    found = {name: _texts(getattr(policy, name), seen) for name in TOLD[Policy]}
    return {name: texts for name, texts in found.items() if texts}


def _texts(value: Any, seen: set[str]) -> tuple[str, ...]:
    """List the texts of a value that were not seen yet, and have seen them."""
    found: list[str] = []

    def note(text: str) -> str:
        if text.strip() and text not in seen:
            found.append(text)
            seen.add(text)
        return text

    _said(value, note)
    return tuple(found)


def _said(value: Any, say: Say) -> Any:
    if isinstance(value, str):
        return say(value)
    if isinstance(value, tuple):
        return tuple(_said(one, say) for one in value)
    return _told(value, say) if type(value) in TOLD else value


def _told(part: Any, say: Say) -> Any:
    """Say the declared texts of a part anew; one whose texts stay is the same object."""
    held = {name: getattr(part, name) for name in TOLD[type(part)]}
    said = {name: _said(value, say) for name, value in held.items()}
    changed = {name: value for name, value in said.items() if value != held[name]}
    return replace(part, **changed) if changed else part
