"""What a review says of a case beside its levels: product, team, estimate, who may see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Team
from entitlements.models import Product, Release
from tickets.models import Case, CaseEvent
from tickets.timeline import Timeline, seconds_of

# What is set as it is said, and named so in the entry.
SAID = ("environment", "affected", "has_workaround")
SORTED_COLUMNS = (*SAID, "product", "release", "estimate_at", "is_restricted")


@dataclass(frozen=True, slots=True)
class Sorting:
    """Choices of a review; None = as it is. `release_id` is of the product."""

    product_id: int | None = None
    release_id: int | None = None
    team_id: int | None = None
    environment: str | None = None
    affected: str | None = None
    has_workaround: bool | None = None
    estimate_at: datetime | None = None
    is_restricted: bool | None = None


@dataclass(slots=True)
class Sorted:
    """What a review changed: `payload` for its entry, and the entries that follow it."""

    payload: dict[str, Any] = field(default_factory=dict)
    restricts: bool | None = None
    moves_to: Team | None = None

    def add_entries(self, timeline: Timeline, *, by: Person, at: datetime) -> CaseEvent | None:
        """Append the entries beside the review, unsaved; give the hand-over if there is one."""
        if self.restricts is not None:
            kind = "restricted" if self.restricts else "unrestricted"
            timeline.add(kind, by=by, at=at, audience=CaseEvent.Audience.DESK)
        return _hand_over(timeline, self.moves_to, by=by, at=at) if self.moves_to else None


def sort_case(case: Case, sorting: Sorting, *, by: Person) -> Sorted:
    """Set the columns of a locked case, unsaved (SORTED_COLUMNS); its owner leaves with the team.

    Another product changes no promise: it was made for the contract that was found at the opening.
    A team of another tier is a hand-over. Raises NotFound, NotAllowed (restrict_case).
    """
    found = Sorted()
    _set_product(case, sorting, found)
    _set_team(case, sorting, found)
    for name in SAID:
        value = getattr(sorting, name)
        if value is not None and value != getattr(case, name):
            setattr(case, name, value)
            found.payload[name] = value
    if sorting.estimate_at is not None:
        case.estimate_at = sorting.estimate_at
        found.payload["estimate_at"] = seconds_of(sorting.estimate_at)
    if sorting.is_restricted not in (None, case.is_restricted):
        if not by.may("restrict_case"):
            raise NotAllowed
        case.is_restricted = found.restricts = bool(sorting.is_restricted)
    return found


def _set_product(case: Case, sorting: Sorting, found: Sorted) -> None:
    if sorting.product_id is not None and sorting.product_id != case.product_id:
        product = Product.objects.filter(pk=sorting.product_id).first()
        if product is None:
            raise NotFound
        case.product, case.release = product, None
        found.payload["product_id"] = product.pk
    if sorting.release_id is not None and sorting.release_id != case.release_id:
        releases = Release.objects.filter(product=case.product_id)
        case.release = releases.filter(pk=sorting.release_id).first()
        if case.release is None:
            raise NotFound
        found.payload["release"] = case.release.pk


def _set_team(case: Case, sorting: Sorting, found: Sorted) -> None:
    if sorting.team_id is None or sorting.team_id == case.team_id:
        return
    team = Team.objects.filter(pk=sorting.team_id, tier__isnull=False).first()
    if team is None:
        raise NotFound
    found.payload["team"] = team.pk
    if team.tier != case.tier:
        found.moves_to = team
    else:
        case.team = team


def _hand_over(timeline: Timeline, team: Team, *, by: Person, at: datetime) -> CaseEvent:
    assert team.tier is not None
    return move_case(timeline, team.tier, team, by=by, at=at)


def move_case(
    timeline: Timeline,
    tier: int,
    team: Team | None,
    *,
    by: Person,
    at: datetime,
    back: bool = False,
) -> CaseEvent:
    """Append a hand-over to a tier and a team of it, unsaved; the owner stays behind.

    `back`: it goes to where it came from.
    """
    case = timeline.case
    payload: dict[str, Any] = {
        "from_tier": case.tier,
        "to_tier": tier,
        "from_team": case.team_id,
        "to_team": team.pk if team else None,
    }
    case.tier, case.team, case.owner = tier, team, None
    if back:
        payload["back"] = True
    return timeline.add("handed_over", by=by, at=at, payload=payload)
