"""The published versions of a policy, and what changed from one to the next, for the public."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.errors import NotFound
from portal.policy.hours import hours_shown
from portal.policy.table import promised_rows
from sla.comparison import Difference, differences
from sla.engine.care import Swat
from sla.engine.kinds import DEFAULT_KINDS
from sla.engine.offer import Notices
from sla.engine.parts import Level, Retarget
from sla.engine.policy import Policy
from sla.errors import NoPolicy
from sla.models import PolicyVersion
from sla.publishing import BEGINNING
from sla.queries import policies_by_number, published_versions

# The lists of what is sold whose parts name a clause; customers read the rest of them.
_SOLD = ("subscriptions", "prices", "grants", "benefits", "topics", "supported_releases")
CURRENT, ANNOUNCED, PAST, WITHDRAWN = "current", "announced", "past", "withdrawn"


@dataclass(frozen=True, slots=True)
class Told:
    """One published version.

    `standing`: current | announced | past | withdrawn. `begins_at` is None for one that is in
    effect since ever. `is_first`: nothing was there before it.
    """

    number: int
    standing: str
    begins_at: datetime | None
    withdrawn_at: datetime | None
    is_first: bool
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All that was ever in effect or is announced, newest first, with the policies by number."""

    versions: tuple[Told, ...]
    policies: dict[int, Policy]
    current: int | None

    def version(self, number: int) -> Told:
        """Find one by its number. Raises NotFound."""
        found = next((told for told in self.versions if told.number == number), None)
        if found is None:
            raise NotFound
        return found


def read_history(at: datetime) -> History:
    """Read the versions of the entered vendor in a fixed number of queries. Raises NoPolicy.

    One that never begins is left out: another took its place, or it was withdrawn before. It never
    was anybody's.
    """
    rows = list(published_versions().exclude(begun_at=None).order_by("-number"))
    if not rows:
        raise NoPolicy
    policies = policies_by_number(row.number for row in rows)
    current = _current(rows, at)
    told = (_told(row, rows, policies, current, at) for row in rows)
    return History(tuple(told), policies, current)


def public_part(policy: Policy) -> Policy:
    """Take away what customers are not told: aims, sources, the desk's own ways."""
    promised = (replace(row, source="", counts_late=True) for row in promised_rows(policy))
    shown = {spec.code for spec in hours_shown(policy)}
    kept = (
        spec
        for spec in policy.calendars
        if spec.code in shown or shown & {code for _region, code in spec.by_region}
    )
    return replace(
        policy,
        targets=tuple(promised),
        calendars=tuple(kept),
        severities=tuple(map(_public_level, policy.severities)),
        priorities=tuple(map(_public_level, policy.priorities)),
        tiers=tuple(replace(tier, budget=None) for tier in policy.tiers),
        declined=tuple(replace(one, source="") for one in policy.declined),
        readings=(),
        ladder=tuple(step for step in policy.ladder if step.action == "hand_over"),
        kinds=DEFAULT_KINDS,
        retarget=Retarget(),
        queue_order=(),
        waiting=replace(policy.waiting, source=""),
        reopen=replace(policy.reopen, source=""),
        points=replace(policy.points, source=""),
        notices=Notices(),
        licence=replace(policy.licence, source=""),
        registration=replace(policy.registration, source=""),
        grades=policy.grades if policy.swat.grades else (),
        swat=replace(policy.swat, source="") if policy.swat.when else Swat(),
        escalation=replace(policy.escalation, source=""),
        attachments=replace(policy.attachments, source=""),
        diagnostics=replace(policy.diagnostics, source=""),
        # Each reads the texts in one language.
        translations=(),
        **{name: _without_sources(getattr(policy, name)) for name in _SOLD},
    )


def _public_level(level: Level) -> Level:
    return replace(level, paging=False, promotes=())


def _without_sources(parts: tuple) -> tuple:
    return tuple(replace(part, source="") for part in parts)


def _current(rows: Sequence[PolicyVersion], at: datetime) -> int | None:
    """Find the version in effect as `sla.queries.current_policy` does."""
    begun = (row for row in rows if row.effective_at <= at and not _is_withdrawn(row, at))
    return next((row.number for row in begun), None)


def _is_withdrawn(row: PolicyVersion, at: datetime) -> bool:
    withdrawn_at = row.withdrawn_at  # type: ignore[attr-defined]
    return withdrawn_at is not None and withdrawn_at <= at


def _told(
    row: PolicyVersion,
    rows: Sequence[PolicyVersion],
    policies: dict[int, Policy],
    current: int | None,
    at: datetime,
) -> Told:
    before = next((one for one in rows if _precedes(one, row)), None)
    changes: tuple[Difference, ...] = ()
    if before is not None:
        pair = (policies[one.number] for one in (before, row))
        changes = differences(*map(public_part, pair))
    return Told(
        number=row.number,
        standing=_standing(row, current, at),
        begins_at=_begun_at(row) if _begun_at(row) > BEGINNING else None,
        withdrawn_at=row.withdrawn_at,  # type: ignore[attr-defined]
        is_first=before is None,
        changes=changes,
    )


def _precedes(one: PolicyVersion, row: PolicyVersion) -> bool:
    """Tell whether a version is in effect until a later one begins."""
    is_earlier = one.number < row.number and one.effective_at <= _begun_at(row)
    return is_earlier and not _is_withdrawn(one, _begun_at(row))


def _begun_at(row: PolicyVersion) -> datetime:
    return row.begun_at  # type: ignore[attr-defined,no-any-return]


def _standing(row: PolicyVersion, current: int | None, at: datetime) -> str:
    if _is_withdrawn(row, at):
        return WITHDRAWN
    if _begun_at(row) > at:
        return ANNOUNCED
    return CURRENT if row.number == current else PAST
