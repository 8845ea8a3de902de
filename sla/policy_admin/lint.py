"""What the linter finds in the working copy, with the way to the form where it is mended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sla.comparison import cases_text
from sla.engine.lint import ERROR, NOTICE, SEVERITIES, WARNING
from sla.engine.pageparts import Reading
from sla.engine.policy import Policy
from sla.findings import Told, findings_of
from sla.forms.row_titles import row_titles
from sla.pages import edited
from sla.policy_admin.base import DraftPages
from sla.section_words import SECTIONS
from sla.words import CLOCK_NAMES

HEADINGS = {
    ERROR: gettext_lazy("This cannot work"),
    WARNING: gettext_lazy("This deserves a look"),
    NOTICE: gettext_lazy("This is good to know"),
}
# Keys of the document that have no page of their own, and the page that they are on.
_ON_GENERAL = ("policy_date", "summary", "axes", "queue_order", "default_region", "time_zone")
# Lists whose parts have names, those whose parts are rules, and sections named as a whole.
_NAMED = ("severities", "priorities", "case_types", "plans", "subscriptions", "channels")
_NAMED += ("benefits", "topics", "packs", "grants", "tiers", "grades")
_RULES = ("prices", "supported_releases")
_WHOLE = ("packs", "supported_releases", "notices")
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\]|\.(\w[\w-]*))?")


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the page shows it: what it is about, and the page where it is mended.

    `page` names an address that may not exist (yet), with its `argument`; `anchor` is the rule on
    it, with its "#".
    """

    told: Told
    about: str
    page: str
    argument: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one severity."""

    severity: str
    heading: str
    lines: list[Line]


class LintPages(DraftPages):
    def pages(self) -> list[URLPattern]:
        return [*super().pages(), self.named_path("check/", self.lint, "lint")]

    def lint(self, request: HttpRequest) -> HttpResponse:
        policy = edited().policy
        found = findings_of(policy, day_of_vendor(request))
        return self.page(
            request,
            "lint",
            _("Check the policy"),
            groups=list(groups(policy, found)),
            number=len(found),
        )


def day_of_vendor(request: HttpRequest) -> date:
    """Tell which date it is on the vendor's calendar."""
    return request.at.astimezone(ZoneInfo(request.tenant.time_zone)).date()


def groups(policy: Policy, found: list[Told]) -> Iterator[Group]:
    """Sort findings by how grave they are, the gravest first; empty groups are left out."""
    for severity in SEVERITIES:
        lines = [_line(policy, told) for told in found if told.severity == severity]
        if lines:
            yield Group(severity, str(HEADINGS[severity]), lines)


def _line(policy: Policy, told: Told) -> Line:
    place = _PLACE.match(told.path)
    assert place is not None
    section, number, key = place.groups()
    page, argument = _way(policy, section, number, key, told)
    about = _about(policy, section, number, key) or told.place
    anchor = f"#target-{int(number) + 1}" if section == "targets" and number else ""
    return Line(told, capfirst(about), f"admin:sla_policydraft_{page}", argument, anchor)


def _way(
    policy: Policy, section: str, number: str | None, key: str | None, told: Told
) -> tuple[str, str]:
    """Choose the page that holds a place: its name and argument."""
    if section == "targets":
        clock = policy.targets[int(number)].clock if number else told.clock or "first_response"
        return "targets", clock
    if section == "calendars":
        return "calendar", key or ""
    if section == "holidays":
        return "holidays", key or ""
    if section == "translations":
        return "language", key or ""
    return "section", "general" if section in _ON_GENERAL else section


def _about(policy: Policy, section: str, number: str | None, key: str | None) -> str:
    """Name what a place is about as the policy does; "" where the place says it best."""
    if section == "targets" and number:
        row = policy.targets[int(number)]
        return f"{int(number) + 1}. {capfirst(CLOCK_NAMES[row.clock])}: {cases_text(row, policy)}"
    if section in ("calendars", "holidays"):
        return next(part.name for part in getattr(policy, section) if part.code == key)
    if number is None:
        return str(SECTIONS[section]) if section in _WHOLE else ""
    part = getattr(policy, section)[int(number)]
    if section in _RULES:
        return row_titles(section, policy)[int(number)]
    if section in _NAMED:
        return str(part.name)
    if section == "readings":
        return _reading(part)
    return f"{part.label}, {part.number}" if section == "phones" else ""


def _reading(reading: Reading) -> str:
    if not reading.sources:
        return _("Two readings: %(code)s") % {"code": reading.code}
    said = ngettext(
        "Two readings of clause %(sources)s",
        "Two readings of clauses %(sources)s",
        len(reading.sources),
    )
    return said % {"sources": ", ".join(reading.sources)}
