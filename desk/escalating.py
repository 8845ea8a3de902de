"""Hand-overs, escalations and the ladder of one case, read once for the desk's case page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Person, Team
from accounts.queries import people_of_company
from accounts.zones import moment_text
from desk.held_bar import HeldBar, held_bar
from desk.ladder_words import StepLine, step_line
from desk.words import step_text
from escalation.acknowledging import Occurrence, unacknowledged
from escalation.actions import Place, came_from
from escalation.dry_run import ahead
from escalation.models import EscalationRequest
from escalation.requests import Reach, owed_answer, reach_of, requests_of
from escalation.roster import read_roster
from escalation.swat import has_swat_team
from sla.engine.clock import CaseState
from sla.engine.held import time_held
from tickets.models import Case, CaseEvent
from tickets.timeline import Timeline, moment, seconds_of


@dataclass(frozen=True)
class Escalations:
    """What the page of a case shows of tiers and escalations; what never was costs no statement."""

    case: Case
    timeline: Timeline
    state: CaseState
    by: Person
    at: datetime
    # Of the desk.
    people: Iterable[Person]

    @cached_property
    def came_from(self) -> Place | None:
        """Find where the case can be handed back to."""
        return came_from(self.timeline.events)

    @cached_property
    def requests(self) -> list[EscalationRequest]:
        """List the escalations that customers asked for, the newest first (DD-25)."""
        return list(requests_of(self.case)) if self._has("escalation_requested") else []

    @property
    def running(self) -> EscalationRequest | None:
        return next((one for one in self.requests if one.ended_at is None), None)

    @property
    def awaits_answer(self) -> bool:
        return self.running is not None and self.running.answered_at is None

    @property
    def may_be_asked_for(self) -> bool:
        return self.state.policy.escalation.open and self.running is None

    @cached_property
    def may_bring_in_swat(self) -> bool:
        return self.case.swat_since is None and has_swat_team()

    @cached_property
    def askers(self) -> list[Person]:
        """List who of the customer's may have asked."""
        return list(people_of_company(self.case.company))

    @cached_property
    def answer_due_at(self) -> datetime | None:
        """Find by when the escalation that runs is answered; None once it is, or without a rule."""
        owed = (one for one in self.state.open_clocks if one.kind == "escalation_answer")
        return next((moment(clock.due_at) for clock in owed), None)

    @cached_property
    def reach_text(self) -> str:
        """Say whom an escalation would reach now, and by when an answer would be owed."""
        people = Person.objects.in_bulk(self._reach.people)
        names = ", ".join(people[person].name for person in self._reach.people)
        told = _("It reaches %(names)s.") % {"names": names}
        owed = owed_answer(self.state, self.at)
        if owed is None:
            return told
        zone = self.by.time_zone or self.by.tenant.time_zone
        # What is only aimed at is owed to nobody.
        sentence = (
            _("An answer is owed by %(due)s.")
            if owed.is_promised
            else _("We aim to answer by %(due)s.")
        )
        return f"{told} {sentence % {'due': moment_text(owed.due_at, zone)}}"

    @cached_property
    def ladder(self) -> list[StepLine]:
        """List what happens next by itself, when, and to whom by name."""
        found = ahead(self.case, self.state, at=self.at, people=self.people)
        return [step_line(one) for one in found]

    @cached_property
    def held(self) -> HeldBar:
        """Draw which tier and team held the case for how long."""
        found = time_held(self.timeline.policies, self.timeline.events, seconds_of(self.at))
        # A case that was never handed over has been its team's all the time.
        own = self.case.team
        is_here = own is not None and len(found) == 1
        if is_here and found[0].team_id is None:
            found = (replace(found[0], team_id=own.pk),)
        keys = {one.team_id for one in found if one.team_id is not None}
        known = {own.pk: own.name} if own is not None else {}
        others = Team.objects.filter(pk__in=keys - known.keys()) if keys - known.keys() else ()
        return held_bar(found, known | {team.pk: team.name for team in others})

    @cached_property
    def acknowledged(self) -> list[CaseEvent]:
        """List who has acknowledged a step of the ladder, the last first."""
        if not self._has("acknowledged"):
            return []
        events = self.case.events.filter(kind="acknowledged").select_related("by")
        return list(events.order_by("-seq"))

    @cached_property
    def unacknowledged(self) -> dict[Occurrence, str]:
        """Say of each occurrence that nobody has taken notice of which step was fired last."""
        if not self.case.is_open:
            return {}
        waiting = unacknowledged(self.state)
        fired = [event.payload for event in self.timeline.events if event.kind == "step_fired"]
        last = {(payload["clock"], payload["started_seq"]): payload for payload in fired}
        return {one: step_text(last[one]) for one in waiting}

    @cached_property
    def _reach(self) -> Reach:
        return reach_of(self.case, self.state, read_roster(self.at))

    def _has(self, kind: str) -> bool:
        return any(event.kind == kind for event in self.timeline.events)
