"""A support policy: what is promised to whom, asked by facts.

Read from a document by `sla.engine.document.parse_document`; nothing here knows any vendor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from sla.engine.calendar import Calendar
from sla.engine.calendarparts import (
    CUSTOMER_ZONE,
    CalendarSpec,
    HolidayList,
    calendar_of,
    round_the_clock,
)
from sla.engine.care import Attaching, Diagnosing, Escalating, Grade, Swat
from sla.engine.errors import EngineError
from sla.engine.kinds import DEFAULT_KINDS, TIER_TIME, WAITING, KindRow
from sla.engine.offer import (
    Benefit,
    Grant,
    Licensing,
    Notices,
    Pack,
    Points,
    Price,
    Registering,
    ReleaseRule,
    Subscription,
    Topic,
)
from sla.engine.pageparts import Contact, Declined, Phone, PublicTexts, Reading, Translation
from sla.engine.parts import (
    AXES,
    SERVICE,
    Candidate,
    CaseType,
    Cell,
    Channel,
    Edition,
    Facts,
    LadderStep,
    Level,
    Plan,
    Region,
    Reopen,
    Retarget,
    TargetRow,
    TierName,
    Waiting,
)
from sla.engine.span import Span
from sla.engine.steps import Steps, order_steps

__all__ = ["AXES", "Cell", "Candidate", "Facts", "Policy", "TargetRow"]

SCHEMA = 1

# Kinds of target that need opening hours; the others run round the clock where there are none.
NEED_HOURS = ("business_time", "business_days", "next_business_day", "weeks")

# Facts come in few combinations; more than this are forgotten and worked out again.
MAX_CELLS = 20_000

Coded = TypeVar(
    "Coded", Level, Plan, CaseType, Channel, CalendarSpec, HolidayList, Pack, Subscription
)
Ruled = TypeVar("Ruled", Price, ReleaseRule)


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
    queue_order: tuple[str, ...] = ("due",)
    default_region: str | None = None
    phones: tuple[Phone, ...] = ()
    contact: Contact = Contact()
    texts: PublicTexts = PublicTexts()
    declined: tuple[Declined, ...] = ()
    tiers: tuple[TierName, ...] = ()
    readings: tuple[Reading, ...] = ()
    plans: tuple[Plan, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    prices: tuple[Price, ...] = ()
    packs: tuple[Pack, ...] = ()
    grants: tuple[Grant, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    topics: tuple[Topic, ...] = ()
    supported_releases: tuple[ReleaseRule, ...] = ()
    licence: Licensing = Licensing()
    notices: Notices = Notices()
    registration: Registering = Registering()
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
    waiting: Waiting = Waiting()
    reopen: Reopen = Reopen()
    points: Points = Points()
    grades: tuple[Grade, ...] = ()
    swat: Swat = Swat()
    escalation: Escalating = Escalating()
    attachments: Attaching = Attaching()
    diagnostics: Diagnosing = Diagnosing()
    ladder: tuple[LadderStep, ...] = ()
    translations: tuple[Translation, ...] = ()

    def __hash__(self) -> int:
        return hash((self.vendor, self.name, self.policy_date))

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        """Name every calendar span that the policy sets."""
        named = {
            "waiting.close_after": self.waiting.close_after,
            "reopen.window": self.reopen.window,
            "points.life": self.points.life,
            "points.grace": self.points.grace,
        }
        return {name: span for name, span in named.items() if span is not None}

    def span_zone(self, span: Span, facts: Facts) -> str:
        """Choose the zone whose wall clock a span follows; the vendor's where none is known."""
        return (facts.zone if span.zone == "customer" else None) or self.time_zone

    def levels(self, axis: str) -> tuple[Level, ...]:
        """List the levels of "severity" or "priority", first to last as the policy lists them."""
        return {"severity": self.severities, "priority": self.priorities}[axis]

    def level(self, axis: str, code: str | None) -> Level | None:
        """Find a level by its axis and code."""
        return _coded(self.levels(axis), code)

    def plan(self, code: str | None) -> Plan | None:
        """Find a plan."""
        return _coded(self.plans, code)

    def subscription(self, code: str | None) -> Subscription | None:
        """Find a subscription."""
        return _coded(self.subscriptions, code)

    def pack(self, code: str | None) -> Pack | None:
        """Find a pack of points."""
        return _coded(self.packs, code)

    def price(self, facts: Facts) -> Price | None:
        """Find what opening a case costs: the price that names the most axes; None = nothing."""
        return _most_exact(self.prices, self.settle(facts))

    def release_rule(self, facts: Facts) -> ReleaseRule | None:
        """Find the rule for which releases are supported; None = all are."""
        return _most_exact(self.supported_releases, self.settle(facts))

    def needs_swat(self, facts: Facts) -> bool:
        """Tell whether the SWAT team is brought in on a case with these facts (DD-26)."""
        return bool(self.swat.when) and _holds(self.swat.when, self.settle(facts))

    @property
    def has_points(self) -> bool:
        """Tell whether any case costs points."""
        return any(price.points for price in self.prices)

    def case_type(self, code: str | None) -> CaseType | None:
        """Find a case type."""
        return _coded(self.case_types, code)

    def channel(self, code: str | None) -> Channel | None:
        """Find the channel that rules take this one for; None when it is not offered."""
        offered = _coded(self.channels, code)
        if offered is None or offered.counts_as is None:
            return offered
        return _coded(self.channels, offered.counts_as)

    def region_of(self, country: str | None) -> str | None:
        """Name the region of a country, the default region where no list has it."""
        for region in self.regions:
            if country in region.countries:
                return region.code
        return self.default_region

    def phones_for(self, region: str | None) -> tuple[Phone, ...]:
        """List the numbers of a region: its own first, then those for everybody."""
        own = tuple(phone for phone in self.phones if region in phone.regions)
        return own + tuple(phone for phone in self.phones if not phone.regions)

    def settle(self, facts: Facts) -> Facts:
        """Complete facts as rules read them: region by country, channel as it counts."""
        channel = self.channel(facts.channel)
        return replace(
            facts,
            channel=channel.code if channel else facts.channel,
            region=facts.region or self.region_of(facts.country),
        )

    def rule(self, clock: str, facts: Facts) -> TargetRow | None:
        """Find the rule for `clock`: the matching row that names the most axes.

        It may be one that says there is no target (kind "none").
        """
        return self._rule(clock, self.settle(facts))

    def cell(self, clock: str, facts: Facts) -> Cell | None:
        """Find target and calendar of `clock`; None = no target.

        Raises EngineError: bad_time_zone (the customer's), bad_request (a region that the policy
        does not know; `sla.engine.filing` refuses it).
        """
        key = (clock, facts)
        if key in (cells := self._cells):
            return cells[key]
        if len(cells) >= MAX_CELLS:
            # A new dictionary, for another thread may be reading the old one.
            cells = self.__dict__["_cells"] = {}
        found = cells[key] = self._find_cell(clock, facts)
        return found

    def tier_cell(self, tier: int, facts: Facts) -> Cell | None:
        """Find how long a tier may hold a case, and in which hours; None = no matter how long.

        Where no answer is promised nothing is measured. Raises EngineError as `cell`.
        """
        row = self._budgets.get(tier)
        answered = self.cell("first_response", facts) if row else None
        return self._service_cell(row, facts) if row and answered else None

    def candidates(self, clock: str, facts: Facts) -> tuple[Candidate, ...]:
        """List the rows that match, most specific first, then those that one axis keeps out."""
        settled = self.settle(facts)
        beside = [Candidate(row, _fails(row, settled)) for row in self._rows.get(clock, ())]
        near = (candidate for candidate in beside if len(candidate.fails) <= 1)
        return tuple(sorted(near, key=lambda candidate: len(candidate.fails)))

    def calendar(self, code: str, facts: Facts) -> Calendar:
        """Give a calendar its region and zone by the facts. Raises EngineError as `cell`."""
        spec, zone, _ = self._place(code, facts)
        return self._calendar(spec, zone)

    def retarget_rule(self, *, on_call: bool = False) -> Retarget:
        """Choose the retarget rule; `on_call` for a logged call of the customer (MX-07)."""
        return self.retarget.on_call if on_call and self.retarget.on_call else self.retarget

    @cached_property
    def clocks_in_use(self) -> frozenset[str]:
        """Name the kinds that run: those there is a rule for, and always the first response."""
        kinds = {row.clock for row in self.targets} | {"first_response"}
        if self.waiting.close_after:
            kinds.add(WAITING)
        if self._budgets:
            kinds.add(TIER_TIME)
        return frozenset(kinds)

    @cached_property
    def effects(self) -> Mapping[str, tuple[tuple[str, str, KindRow], ...]]:
        """Map each event to what it does to the clocks in use: (clock, effect, its row)."""
        found: dict[str, list[tuple[str, str, KindRow]]] = {}
        for kind, row in self.kinds.items():
            for event, effect in row.effects.items() if kind in self.clocks_in_use else ():
                found.setdefault(event, []).append((kind, effect, row))
        return {event: tuple(effects) for event, effects in found.items()}

    @cached_property
    def steps(self) -> Steps:
        """Put the steps of the ladder, and the warnings while waiting, in order."""
        return order_steps(self.ladder, self.waiting)

    @cached_property
    def _budgets(self) -> Mapping[int, TargetRow]:
        """Make a rule of what a tier may take, in the hours in which the case is answered."""
        return {
            tier.tier: TargetRow(TIER_TIME, {}, tier.budget, SERVICE, promised=False)
            for tier in self.tiers
            if tier.budget is not None
        }

    @cached_property
    def _specs(self) -> Mapping[str, CalendarSpec]:
        return {spec.code: spec for spec in self.calendars}

    @cached_property
    def _rows(self) -> Mapping[str, tuple[TargetRow, ...]]:
        """Group the rows by clock, most specific first, else in the order of the document."""
        ordered = sorted(self.targets, key=lambda row: -len(row.when))
        clocks = dict.fromkeys(row.clock for row in ordered)
        return {clock: tuple(row for row in ordered if row.clock == clock) for clock in clocks}

    @cached_property
    def _cells(self) -> dict[tuple[str, Facts], Cell | None]:
        return {}

    def _find_cell(self, clock: str, facts: Facts) -> Cell | None:
        row = self._rule(clock, self.settle(facts))
        if row is None or row.target.kind == "none":
            return None
        if row.calendar == SERVICE:
            return self._service_cell(row, facts)
        if row.calendar is None:
            return Cell(row, row.target)
        spec, zone, assumed = self._place(row.calendar, facts)
        calendar = self._calendar(spec, zone)
        name = self._specs[row.calendar].name
        return Cell(row, row.target, calendar, spec.code, name, zone, assumed)

    def _rule(self, clock: str, settled: Facts) -> TargetRow | None:
        rows = self._rows.get(clock, ())
        return next((row for row in rows if _matches(row, settled)), None)

    def _service_cell(self, row: TargetRow, facts: Facts) -> Cell:
        answered = self.cell("first_response", facts)
        if answered is not None and answered.calendar is not None:
            return replace(answered, row=row, target=row.target)
        if row.target.kind not in NEED_HOURS:
            return Cell(row, row.target)
        # Answered round the clock, so served round the clock; days still need somebody's dates.
        always = round_the_clock(self.time_zone)
        return Cell(row, row.target, always, calendar_zone=self.time_zone)

    def _place(self, code: str, facts: Facts) -> tuple[CalendarSpec, str, tuple[str, ...]]:
        """Choose the calendar that serves the facts' region, and its zone."""
        spec = self._specs[code]
        assumed: tuple[str, ...] = ()
        if spec.by_region:
            region = facts.region or self.region_of(facts.country)
            served = dict(spec.by_region).get(region or "")
            if served is None:
                raise EngineError("bad_request", region=region)
            spec = self._specs[served]
            assumed = () if facts.region or facts.country else ("region",)
        if spec.zone != CUSTOMER_ZONE:
            return spec, spec.zone or self.time_zone, assumed
        return spec, facts.zone or self.time_zone, assumed if facts.zone else (*assumed, "zone")

    def _calendar(self, spec: CalendarSpec, zone: str) -> Calendar:
        return calendar_of(spec, zone, _coded(self.holidays, spec.holidays))


def _coded(parts: Iterable[Coded], code: str | None) -> Coded | None:
    return next((part for part in parts if part.code == code), None)


def _most_exact(rows: tuple[Ruled, ...], settled: Facts) -> Ruled | None:
    matching = (row for row in rows if _matches(row, settled))
    return max(matching, key=lambda row: len(row.when), default=None)


def _matches(row: TargetRow | Price | ReleaseRule, settled: Facts) -> bool:
    return _holds(row.when, settled)


def _holds(when: Mapping[str, tuple[str, ...]], settled: Facts) -> bool:
    return all(getattr(settled, axis) in codes for axis, codes in when.items())


def _fails(row: TargetRow, settled: Facts) -> tuple[str, ...]:
    return tuple(axis for axis, codes in row.when.items() if getattr(settled, axis) not in codes)
