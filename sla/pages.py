"""What the admin's pages of the policy show, prepared for their templates."""

from dataclasses import dataclass

from sla.comparison import cases_text, promise_text
from sla.documents import CalendarRows, Rows, policy_of, read_rows
from sla.engine.calendar import WEEKDAYS
from sla.engine.calendarparts import CalendarSpec
from sla.engine.kinds import DEFAULT_KINDS, TIER_TIME, WAITING
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.models import PolicyDraft, TargetRow
from sla.queries import Published, latest_policy, next_number, working_copy
from sla.words import (
    CLOCK_NAMES,
    hours_text,
    part_name,
    weekday_name,
    zone_text,
)

# What waits on the customer is a span of days, what a tier may take is said at the tier: no rules.
CLOCKS = {kind: CLOCK_NAMES[kind] for kind in DEFAULT_KINDS if kind not in (WAITING, TIER_TIME)}


@dataclass(frozen=True, slots=True)
class Edited:
    """The working copy as it is looked at, beside the version published last."""

    draft: PolicyDraft
    rows: Rows
    policy: Policy
    latest: Published | None

    @property
    def is_changed(self) -> bool:
        return self.latest is None or self.latest.original != self.policy

    @property
    def next_number(self) -> int:
        return next_number()

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


def edited() -> Edited:
    """Read the working copy and the version published last. Raises NoDraft."""
    draft = working_copy()
    rows = read_rows(draft)
    try:
        latest = latest_policy()
    except NoPolicy:
        latest = None
    return Edited(draft, rows, policy_of(rows), latest)


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
