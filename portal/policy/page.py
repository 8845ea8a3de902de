"""The public page of a vendor's policy, out of a published version and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from portal.policy.care import Care, care_of, level_notes, type_notes, unreachable_texts
from portal.policy.filing import Filing, filing_by
from portal.policy.history import ANNOUNCED, History, Told, read_history
from portal.policy.hours import (
    DayOff,
    Hours,
    Line,
    Visitor,
    countries_of,
    days_off,
    hours_of,
    is_served_always,
    lines_of,
    visitor_of,
)
from portal.policy.offer import Costs, Included, costs_of, included_by
from portal.policy.offer_rules import news_of
from portal.policy.table import Table, response_tables
from portal.policy.words import Path, path_of, reopen_text, waiting_texts
from sla.engine.offer import Subscription
from sla.engine.parts import CaseType, Channel, Level
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.offer_words import names_text
from sla.words import part_name

CALLS = {
    "required": _("If you report it in writing, please call as well."),
    "refused": _("It has to be reported by phone."),
}
_LEVELS = {"severity": _("Severities"), "priority": _("Priorities")}


@dataclass(frozen=True, slots=True)
class Definitions:
    """The levels of one axis, each with what a customer has to do."""

    axis: str
    title: str
    levels: tuple[tuple[Level, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and who may use it; nobody named = everybody."""

    channel: Channel
    only_for: tuple[str, ...]
    counts_as: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Everything on the page."""

    policy: Policy
    shown: Told
    versions: tuple[Told, ...]
    visitor: Visitor
    definitions: tuple[Definitions, ...]
    tables: tuple[Table, ...]
    hours: tuple[Hours, ...]
    is_served_always: bool
    countries: tuple[tuple[str, list[str]], ...]
    days_off: tuple[DayOff, ...]
    lines: tuple[Line, ...]
    ways: tuple[Way, ...]
    path: Path
    rules: tuple[str, ...]
    care: Care
    types: tuple[tuple[CaseType, tuple[str, ...]], ...]
    costs: Costs | None
    included: Included | None
    subscriptions: tuple[tuple[Subscription, str], ...]
    filing: Filing | None
    news: tuple[tuple[str, str], ...]

    @property
    def announced(self) -> list[Told]:
        return [told for told in self.versions if told.standing == ANNOUNCED]


def policy_page(*, at: datetime, number: int | None = None, person: Person | None) -> PolicyPage:
    """Prepare the page of the version in effect at `at`, or of another published one.

    For a customer hours are on the customer's clock. Raises NoPolicy (nothing to show), NotFound
    (no version `number` has begun or is announced).
    """
    history = read_history(at)
    shown = history.version(_in_effect(history) if number is None else number)
    policy = history.policies[shown.number]
    visitor = visitor_of(person, policy)
    return PolicyPage(
        policy=policy,
        shown=shown,
        versions=history.versions,
        visitor=visitor,
        definitions=tuple(_definitions(policy, axis) for axis in policy.axes),
        tables=response_tables(policy),
        hours=hours_of(policy),
        is_served_always=is_served_always(policy),
        countries=tuple(
            (region.name, countries_of(region)) for region in policy.regions if region.countries
        ),
        days_off=days_off(policy, at),
        lines=lines_of(policy, visitor, at),
        ways=tuple(_way(policy, channel) for channel in policy.channels),
        path=path_of(policy),
        rules=tuple(_rules(policy)),
        care=care_of(policy),
        types=tuple((one, tuple(type_notes(one))) for one in policy.case_types),
        costs=costs_of(policy),
        included=included_by(policy),
        subscriptions=tuple(
            (one, names_text(policy, "edition", one.editions or ())) for one in policy.subscriptions
        ),
        filing=filing_by(policy),
        news=tuple(news_of(policy)),
    )


def _in_effect(history: History) -> int:
    """Choose what is in effect, else what is announced to begin first. Raises NoPolicy."""
    if history.current is not None:
        return history.current
    announced = [told for told in history.versions if told.standing == ANNOUNCED]
    if not announced:
        raise NoPolicy
    return min(announced, key=lambda told: (told.begins_at, told.number)).number


def _definitions(policy: Policy, axis: str) -> Definitions:
    told = ((level, tuple(_notes(level, policy))) for level in policy.levels(axis))
    return Definitions(axis, str(_LEVELS[axis]), tuple(told))


def _notes(level: Level, policy: Policy) -> Iterator[str]:
    """Say what stands beside a level: the vendor's own note goes before what a call is for."""
    beside = level.note or str(CALLS.get(level.call, ""))
    if beside:
        yield beside
    yield from level_notes(level, policy)


def _way(policy: Policy, channel: Channel) -> Way:
    plans = (part_name(policy, "plan", code) for code in channel.plans or ())
    editions = (part_name(policy, "edition", code) for code in channel.editions or ())
    counts_as = part_name(policy, "channel", channel.counts_as) if channel.counts_as else ""
    return Way(channel, (*plans, *editions), counts_as)


def _rules(policy: Policy) -> list[str]:
    zone = policy.time_zone
    return [
        *waiting_texts(policy.waiting, zone),
        *unreachable_texts(policy),
        reopen_text(policy.reopen, zone),
    ]
