"""The linter: what in a policy without faults somebody should still look at. Pure."""

import re
from collections.abc import Collection, Iterator
from datetime import date

from sla.engine.lintcare import lint_care
from sla.engine.lintcells import lint_cells
from sla.engine.linthours import lint_hours, lint_levels
from sla.engine.lintladder import lint_kinds, lint_ladder
from sla.engine.lintplans import lint_names, lint_plans
from sla.engine.lintprices import lint_prices, lint_releases
from sla.engine.lintspeed import lint_amounts, lint_speed
from sla.engine.lintsurvey import ERROR, NOTICE, SEVERITIES, WARNING, Finding, survey
from sla.engine.linttexts import lint_blanks, lint_contradictions, lint_readings
from sla.engine.linttranslations import lint_translations
from sla.engine.policy import Policy
from sla.engine.sections import POLICY

__all__ = ["ERROR", "NOTICE", "SEVERITIES", "WARNING", "Finding", "lint"]

_SECTION = re.compile(r"([^.\[]+)(?:\[(\d+)\]|\.([^.\[]+))?")
_ORDER = {field.key: number for number, field in enumerate(POLICY.fields)}


def lint(policy: Policy, on: date, spoken: Collection[str] = ()) -> tuple[Finding, ...]:
    """List what should be looked at, in the order of the document; `on` is today's date.

    `spoken`: the languages that customers can choose, none = any. `sla.findings` says the findings
    in words.
    """
    found = _findings(policy, on, spoken)
    return tuple(sorted(found, key=lambda finding: _place(policy, finding.path)))


def _findings(policy: Policy, on: date, spoken: Collection[str]) -> Iterator[Finding]:
    found = survey(policy)
    yield from lint_blanks(policy)
    yield from lint_readings(policy)
    yield from lint_hours(policy, on)
    yield from lint_levels(found)
    yield from lint_cells(found)
    yield from lint_amounts(found)
    yield from lint_speed(found)
    yield from lint_contradictions(found)
    yield from lint_kinds(policy)
    yield from lint_ladder(found)
    yield from lint_care(found)
    yield from lint_plans(policy)
    yield from lint_names(policy)
    yield from lint_prices(found)
    yield from lint_releases(found)
    yield from lint_translations(policy, spoken)


def _place(policy: Policy, path: str) -> tuple[int, int]:
    """Tell where in the document a path lies: its section, then the row or the code in it."""
    place = _SECTION.match(path)
    assert place is not None
    section, number, code = place.groups()
    if number is not None:
        return _ORDER[section], int(number)
    if section in ("calendars", "holidays"):
        codes = [part.code for part in getattr(policy, section)]
        return _ORDER[section], codes.index(code)
    return _ORDER[section], -1
