"""What the admin's pages of the policy show, prepared for their templates."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.zones import moment_text
from sla.actions import BEGINNING
from sla.comparison import Difference, cases_text, differences, promise_text
from sla.documents import CalendarRows, Rows, policy_of, read_rows
from sla.engine.calendar import WEEKDAYS
from sla.engine.kinds import DEFAULT_KINDS, WAITING
from sla.engine.parts import CalendarSpec
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.models import PolicyDraft, PolicyVersion, TargetRow
from sla.queries import (
    Published,
    current_policy,
    latest_policy,
    published_versions,
    working_copy,
)
from sla.words import (
    CLOCK_NAMES,
    hours_text,
    part_name,
    weekday_name,
    zone_text,
)

# What waits on the customer is a span of days, not a rule.
CLOCKS = {kind: CLOCK_NAMES[kind] for kind in DEFAULT_KINDS if kind != WAITING}


@dataclass(frozen=True, slots=True)
class Edited:
    """The working copy as it is looked at, beside the version published last."""

    draft: PolicyDraft
    rows: Rows
    policy: Policy
    latest: Published | None

    @property
    def is_changed(self) -> bool:
        return self.latest is None or self.latest.policy != self.policy

    @property
    def next_number(self) -> int:
        return self.latest.number + 1 if self.latest else 1

    def rules(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """List each clock with its rules in words."""
        return [
            (clock, str(name), [
                (cases_text(row, self.policy), promise_text(row, self.policy))
                for row in self.policy.targets
                if row.clock == clock
            ])
            for clock, name in CLOCKS.items()
        ]  # fmt: skip

    def calendars(self) -> list[tuple[CalendarSpec, list[str]]]:
        """List each calendar with its hours in words."""
        return [(spec, _hours(spec, self.policy)) for spec in self.policy.calendars]

    def rules_of(self, clock: str) -> list[TargetRow]:
        return [row for row in self.rows.targets if row.clock == clock]

    def calendar_rows(self, code: str) -> CalendarRows | None:
        return next((one for one in self.rows.calendars if one.row.code == code), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The working copy beside a published version."""

    number: int
    is_in_effect: bool
    is_same: bool
    changes: tuple[Difference, ...]


def comparisons(copy: Edited, at: datetime) -> list[Comparison]:
    """Compare with what is in effect at `at`, then with the version published last if it waits."""
    beside = [copy.latest] if copy.latest else []
    try:
        current = current_policy(at)
    except NoPolicy:
        current = None
    if current is not None and (not copy.latest or current.number != copy.latest.number):
        beside.insert(0, current)
    return [
        Comparison(
            number=one.number,
            is_in_effect=current is not None and one.number == current.number,
            is_same=one.policy == copy.policy,
            changes=differences(one.policy, copy.policy),
        )
        for one in beside
    ]


def edited() -> Edited:
    """Read the working copy and the version published last. Raises NoDraft."""
    draft = working_copy()
    rows = read_rows(draft)
    try:
        latest = latest_policy()
    except NoPolicy:
        latest = None
    return Edited(draft, rows, policy_of(rows), latest)


def not_begun(at: datetime) -> list[tuple[PolicyVersion, str]]:
    """List the versions that are published, but not in effect yet at `at`, with their beginning."""
    waiting = published_versions().filter(effective_at__gt=at, replaced_by=None).order_by("number")
    return [(version, effective_text(version)) for version in waiting]


def effective_text(version: PolicyVersion) -> str:
    """Say from when a version of `published_versions` counts, on the vendor's wall clock."""
    if version.replaced_by is not None:
        return _("never in effect: replaced by version %(number)d") % {
            "number": version.replaced_by
        }
    if version.effective_at <= BEGINNING:
        return _("the beginning")
    return moment_text(version.effective_at, version.tenant.time_zone)


def published_text(version: PolicyVersion) -> str:
    """Say when a version was published, on the vendor's wall clock."""
    return moment_text(version.published_at, version.tenant.time_zone)


def _hours(spec: CalendarSpec, policy: Policy) -> list[str]:
    if spec.by_region:
        names = {other.code: other.name for other in policy.calendars}
        return [
            f"{part_name(policy, 'region', region)}: {names[code]}"
            for region, code in spec.by_region
        ]
    weekly = dict(spec.weekly)
    hours = [(weekday_name(day), hours_text(weekly.get(day, ()))) for day in WEEKDAYS]
    return [zone_text(spec.zone), *(f"{day} {text}" for day, text in hours)]
