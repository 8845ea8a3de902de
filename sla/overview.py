"""The overview of the policy: each part with a line in words, where it is edited, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sla.engine.calendarparts import HolidayList
from sla.engine.policy import Policy
from sla.forms.sections import SECTIONS
from sla.pages import CLOCKS, Edited
from sla.summaries import clock_summary, section_summary
from sla.words import language_name, listed_text

_SOLD = ("plans", "subscriptions", "benefits", "prices", "packs", "grants", "points")
_FILING = (
    "channels",
    "editions",
    "supported_releases",
    "licence",
    "registration",
    "topics",
    "notices",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the policy; `is_changed`: the version published last says something else."""

    name: str
    url: str
    summary: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that belong together, and what can be added to them: (words, address)."""

    name: str
    parts: tuple[Part, ...]
    added: tuple[tuple[str, str], ...] = ()


def overview_groups(copy: Edited) -> list[Group]:
    """List all parts of the working copy in groups."""
    page = "admin:sla_policydraft_"
    return [
        Group(_("Promises"), tuple(_clocks(copy))),
        Group(
            _("Hours"),
            (*_calendars(copy), *_holidays(copy)),
            (
                (_("Add a calendar"), reverse(f"{page}new_calendar")),
                (_("Add a list of holidays"), reverse(f"{page}new_holidays")),
            ),
        ),
        Group(
            _("Cases"),
            _sections(copy, "severities", "priorities", "case_types", "regions"),
        ),
        Group(_("What is sold"), _sections(copy, *_SOLD)),
        Group(_("Who may file, and who is told"), _sections(copy, *_FILING)),
        Group(
            _("What happens to a case"),
            _sections(copy, "clocks", "retarget", "waiting", "reopen"),
        ),
        Group(_("Escalation"), _sections(copy, "ladder", "tiers", "swat", "grades", "escalation")),
        Group(_("Files and tools"), _sections(copy, "attachments", "diagnostics")),
        Group(
            _("Words and addresses"),
            (
                *_sections(copy, "general", "phones", "contact", "page", "declined", "readings"),
                _languages(copy),
            ),
        ),
    ]


def _clocks(copy: Edited) -> Iterator[Part]:
    for clock, name in CLOCKS.items():
        yield Part(
            str(capfirst(name)),
            reverse("admin:sla_policydraft_grid", args=[clock]),
            clock_summary(clock, copy.policy),
            _differs(copy, lambda policy, clock=clock: _rows(policy, clock)),
        )


def _rows(policy: Policy, clock: str) -> list[object]:
    return [row for row in policy.targets if row.clock == clock]


def _calendars(copy: Edited) -> Iterator[Part]:
    for spec, hours in copy.calendars():
        yield Part(
            spec.name,
            reverse("admin:sla_policydraft_calendar", args=[spec.code]),
            "; ".join(hours),
            _differs(copy, lambda policy, code=spec.code: _coded(policy.calendars, code)),
        )


def _holidays(copy: Edited) -> Iterator[Part]:
    for known in copy.policy.holidays:
        yield Part(
            known.name,
            reverse("admin:sla_policydraft_holidays", args=[known.code]),
            _holiday_text(known),
            _differs(copy, lambda policy, code=known.code: _coded(policy.holidays, code)),
        )


def _holiday_text(known: HolidayList) -> str:
    said = _("Holidays: %(days)d every year, %(dates)d single dates")
    return said % {"days": len(known.days), "dates": len(known.dates)}


def _coded(parts: tuple, code: str) -> object:
    return next((part for part in parts if part.code == code), None)


def _sections(copy: Edited, *names: str) -> tuple[Part, ...]:
    return tuple(
        Part(
            str(capfirst(SECTIONS[name].title)),
            reverse("admin:sla_policydraft_section", args=[name]),
            section_summary(name, copy.policy),
            _differs(
                copy,
                lambda policy, name=name: [
                    getattr(policy, one) for one in SECTIONS[name].attributes
                ],
            ),
        )
        for name in names
    )


def _languages(copy: Edited) -> Part:
    return Part(
        _("Languages"),
        reverse("admin:sla_policydraft_languages"),
        listed_text(
            _("%(language)s (%(count)d)")
            % {"language": language_name(one.language), "count": len(one.words)}
            for one in copy.policy.translations
        )
        or _("Nothing yet."),
        _differs(copy, lambda policy: policy.translations),
    )


def _differs(copy: Edited, of) -> bool:
    return copy.latest is not None and of(copy.latest.original) != of(copy.policy)
