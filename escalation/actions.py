"""Moving a case between the tiers, by people; the policy's own steps are in `escalation.steps`."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed
from accounts.models import Person, Team
from accounts.queries import first_team_of
from escalation.errors import (
    HandOverNoteMissing,
    NeedMissing,
    NoHigherTier,
    NowhereToHandBack,
    UnknownTeam,
)
from sla.engine.past import Event
from tickets.actions.conversation import must_be_open, write_note
from tickets.audience import team_side
from tickets.errors import NothingChanges
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines

TOP_TIER = 3


class Place(NamedTuple):
    """Where a case is or was: a tier, and the team's id where there was one."""

    tier: int
    team_id: int | None


@transaction.atomic
def hand_over(
    *, case_id: int, team_id: int, note_done: str, note_needed: str, by: Person, at: datetime
) -> Case:
    """Give the case to another team, up, down or sideways, any number of tiers (MX-27).

    What was done and what is needed stand in one internal note. The owner is cleared; the
    no-progress clock starts afresh; the new team hears of it. Locks the case. Raises NotAllowed,
    CaseIsNotOpen, HandOverNoteMissing, NeedMissing, UnknownTeam, NothingChanges.
    """
    if not by.may("hand_over"):
        raise NotAllowed
    note = hand_over_note(note_done, note_needed)
    team = Team.objects.filter(pk=team_id).first()
    if team is None or team.tier is None:
        raise UnknownTeam(field="team")
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.team_id == team.pk:
        raise NothingChanges
    timeline = load_timeline(case)
    event = move_to_team(timeline, tier=team.tier, team=team, at=at, by=by)
    return _moved(timeline, event, note, by=by, at=at)


@transaction.atomic
def escalate_case(
    *, case_id: int, note_done: str, note_needed: str, by: Person, at: datetime
) -> Case:
    """Raise the case by one tier, to that tier's first team (MX-26, MX-27). Locks the case.

    Level 2 may do so at once, before any work. Raises NotAllowed, CaseIsNotOpen,
    HandOverNoteMissing, NeedMissing, NoHigherTier.
    """
    if not by.may("escalate"):
        raise NotAllowed
    note = hand_over_note(note_done, note_needed)
    case = lock_case(case_id, by)
    must_be_open(case)
    if case.tier >= TOP_TIER:
        raise NoHigherTier
    timeline = load_timeline(case)
    tier = case.tier + 1
    event = move_to_team(timeline, tier=tier, team=first_team_of(tier), at=at, by=by)
    return _moved(timeline, event, note, by=by, at=at)


@transaction.atomic
def hand_back(*, case_id: int, reason: str, by: Person, at: datetime) -> Case:
    """Give the case back to the tier and team that it came from, with a reason.

    A team that is gone is replaced by its tier's first. Locks the case. Raises NotAllowed,
    HandOverNoteMissing, CaseIsNotOpen, NowhereToHandBack.
    """
    if not by.may("hand_over"):
        raise NotAllowed
    if not reason.strip():
        raise HandOverNoteMissing(_("Say why it goes back."), field="reason")
    case = lock_case(case_id, by)
    must_be_open(case)
    timeline = load_timeline(case)
    place = came_from(timeline.events)
    if place is None:
        raise NowhereToHandBack
    teams = Team.objects.filter(tier=place.tier)
    team = teams.filter(pk=place.team_id).first() if place.team_id is not None else None
    team = team or first_team_of(place.tier)
    event = move_to_team(timeline, tier=place.tier, team=team, at=at, by=by)
    event.payload["back"] = True
    return _moved(timeline, event, reason, by=by, at=at)


def came_from(events: Iterable[Event]) -> Place | None:
    """Find where a case was before it was handed to where it is; None where it never moved.

    What was handed back is there again: it came from where it had come from before.
    """
    places: list[Place] = []
    for event in events:
        if event.kind != "handed_over":
            continue
        if event.payload.get("back"):
            places = places[:-1]
        else:
            places.append(Place(event.payload["from_tier"], event.payload.get("from_team")))
    return places[-1] if places else None


def hand_over_note(done: str, needed: str) -> str:
    """Put what was done and what is needed into one note. Raises HandOverNoteMissing, NeedMissing.

    In the language of whoever hands over; Level 2 may have done no more than look (MX-27).
    """
    if not done.strip():
        raise HandOverNoteMissing(field="done")
    if not needed.strip():
        raise NeedMissing(field="needed")
    parts = ((_("Done so far:"), done), (_("What is needed:"), needed))
    return "\n\n".join(f"{heading}\n{words.strip()}" for heading, words in parts)


def move_to_team(
    timeline: Timeline,
    *,
    tier: int,
    team: Team | None,
    at: datetime,
    by: Person | None = None,
    caused_by: str = CaseEvent.Cause.PERSON,
) -> CaseEvent:
    """Append the hand-over to a timeline; the caller saves it. A tier may have no team yet."""
    case = timeline.case
    payload = {
        "from_tier": case.tier,
        "to_tier": tier,
        "from_team": case.team_id,
        "to_team": team.pk if team else None,
    }
    case.tier, case.team, case.owner = tier, team, None
    return timeline.add("handed_over", by=by, at=at, payload=payload, caused_by=caused_by)


def tell_team(case: Case, event: CaseEvent, *, at: datetime) -> None:
    """Queue the hand-over notice to the case's team, to the leads where nobody is in it."""
    notify("handed_over", team_side(case), case=case, event=event, at=at)


def _moved(timeline: Timeline, event: CaseEvent, note: str, *, by: Person, at: datetime) -> Case:
    save_timelines([timeline])
    write_note(timeline.case, event, note, by=by)
    tell_team(timeline.case, event, at=at)
    return timeline.case
