"""A support policy: what is promised to whom, asked by facts.

Read from a document by `sla.engine.document.parse_document`; nothing here knows any vendor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sla.engine.calendar import Calendar
from sla.engine.kinds import DEFAULT_KINDS, KindRow
from sla.engine.parts import (
    AXES,
    CalendarSpec,
    Candidate,
    CaseType,
    Cell,
    Channel,
    Edition,
    Facts,
    HolidayList,
    LadderStep,
    Level,
    Phone,
    Plan,
    Points,
    Refusal,
    Region,
    Reopen,
    Retarget,
    TargetRow,
    Waiting,
)
from sla.engine.span import Span

__all__ = ["AXES", "Cell", "Candidate", "Facts", "Policy", "Refusal", "TargetRow"]

SCHEMA = 1


@dataclass(frozen=True)
class Policy:
    """One published or drafted support policy. Equal when it says the same.

    `vendor` is the tenant's slug; `axes` the level axes in use, of severity and priority;
    `queue_order` the keys by which the desk's queue is sorted.
    """

    vendor: str
    name: str
    time_zone: str
    case_prefix: str
    policy_date: date | None = None
    summary: str = ""
    axes: tuple[str, ...] = ()
    queue_order: tuple[str, ...] = ("due", "severity")
    default_region: str | None = None
    phones: tuple[Phone, ...] = ()
    plans: tuple[Plan, ...] = ()
    severities: tuple[Level, ...] = ()
    priorities: tuple[Level, ...] = ()
    case_types: tuple[CaseType, ...] = ()
    channels: tuple[Channel, ...] = ()
    editions: tuple[Edition, ...] = ()
    regions: tuple[Region, ...] = ()
    holidays: tuple[HolidayList, ...] = ()
    calendars: tuple[CalendarSpec, ...] = ()
    targets: tuple[TargetRow, ...] = ()
    kinds: Mapping[str, KindRow] = field(default_factory=lambda: DEFAULT_KINDS)
    retarget: Retarget = Retarget()
    retarget_on_call: Retarget | None = None
    waiting: Waiting = Waiting()
    reopen: Reopen = Reopen()
    points: Points = Points()
    ladder: tuple[LadderStep, ...] = ()

    def __hash__(self) -> int:
        return hash((self.vendor, self.name, self.policy_date))

    @property
    def spans(self) -> Mapping[str, Span]:
        """Name every calendar span that the policy sets."""
        raise ValueError

    def levels(self, axis: str) -> tuple[Level, ...]:
        """List the levels of "severity" or "priority", first to last as the policy lists them."""
        raise ValueError

    def level(self, axis: str, code: str | None) -> Level | None:
        """Find a level by its axis and code."""
        raise ValueError

    def plan(self, code: str | None) -> Plan | None:
        """Find a plan."""
        raise ValueError

    def case_type(self, code: str | None) -> CaseType | None:
        """Find a case type."""
        raise ValueError

    def channel(self, code: str | None) -> Channel | None:
        """Find the channel that rules take this one for; None when it is not offered."""
        raise ValueError

    def region_of(self, country: str | None) -> str | None:
        """Name the region of a country, the default region where no list has it."""
        raise ValueError

    def phones_for(self, region: str | None) -> tuple[Phone, ...]:
        """List the numbers of a region: its own first, then those for everybody."""
        raise ValueError

    def settle(self, facts: Facts) -> Facts:
        """Complete facts as rules read them: region by country, channel as it counts."""
        raise ValueError

    def rule(self, clock: str, facts: Facts) -> TargetRow | None:
        """Find the rule for `clock`: the matching row that names the most axes.

        It may be one that says there is no target (kind "none").
        """
        raise ValueError

    def cell(self, clock: str, facts: Facts) -> Cell | None:
        """Find target and calendar of `clock`; None = no target."""
        raise ValueError

    def candidates(self, clock: str, facts: Facts) -> tuple[Candidate, ...]:
        """List the rows that match, most specific first, then those that one axis keeps out."""
        raise ValueError

    def calendar(self, code: str, facts: Facts) -> Calendar:
        """Give a calendar its zone by the facts. Raises EngineError: bad_time_zone, bad_interval."""
        raise ValueError

    def retarget_rule(self, *, on_call: bool = False) -> Retarget:
        """Choose the retarget rule; `on_call` for the logged call that a level requires (MX-07)."""
        raise ValueError

    def check_filing(self, facts: Facts, *, by_customer: bool) -> list[Refusal]:
        """List every reason why a case with these facts cannot be filed; empty = it can."""
        raise ValueError
