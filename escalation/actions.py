"""Moving a case between the tiers, by people; the policy's own steps are in `escalation.steps`."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person, Team
from accounts.queries import first_team_of
from escalation.errors import HandOverNoteMissing, NoHigherTier, UnknownTeam
from tickets.actions.conversation import write_note
from tickets.audience import team_side
from tickets.errors import CaseIsNotOpen, NothingChanges
from tickets.models import Case, CaseEvent
from tickets.notices import notify
from tickets.queries import lock_case
from tickets.timeline import Timeline, load_timeline, save_timelines

TOP_TIER = 3


@transaction.atomic
def hand_over(*, case_id: int, team_id: int, note: str, by: Person, at: datetime) -> Case:
    """Give the case to another team, up, down or sideways, with a hand-over note (MX-27).

    The owner is cleared; the no-progress clock starts afresh; the new team hears of it. Locks the
    case. Raises NotAllowed, CaseIsNotOpen, HandOverNoteMissing, UnknownTeam, NothingChanges.
    """
    if not by.may("hand_over"):
        raise NotAllowed
    if not note.strip():
        raise HandOverNoteMissing(field="note")
    team = Team.objects.filter(pk=team_id).first()
    if team is None or team.tier is None:
        raise UnknownTeam(field="team")
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    if case.team_id == team.pk:
        raise NothingChanges
    timeline = load_timeline(case)
    event = move_to_team(timeline, tier=team.tier, team=team, at=at, by=by)
    save_timelines([timeline])
    write_note(case, event, note, by=by)
    tell_team(timeline.case, event, at=at)
    return case


@transaction.atomic
def escalate_case(*, case_id: int, note: str, by: Person, at: datetime) -> Case:
    """Raise the case by one tier, to that tier's first team (MX-26, MX-27). Locks the case.

    Raises NotAllowed, CaseIsNotOpen, HandOverNoteMissing, NoHigherTier.
    """
    if not by.may("escalate"):
        raise NotAllowed
    if not note.strip():
        raise HandOverNoteMissing(field="note")
    case = lock_case(case_id, by)
    if not case.is_open:
        raise CaseIsNotOpen
    if case.tier >= TOP_TIER:
        raise NoHigherTier
    timeline = load_timeline(case)
    tier = case.tier + 1
    event = move_to_team(timeline, tier=tier, team=first_team_of(tier), at=at, by=by)
    save_timelines([timeline])
    write_note(case, event, note, by=by)
    tell_team(case, event, at=at)
    return case


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
