"""Hand-overs, escalations and the ladder of one case, read once for the desk's case page."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Person
from escalation.actions import Place, came_from
from sla.engine.clock import CaseState
from tickets.models import Case
from tickets.timeline import Timeline


@dataclass(frozen=True)
class Escalations:
    """What the page of a case shows of tiers and escalations."""

    case: Case
    timeline: Timeline
    state: CaseState
    by: Person
    at: datetime

    @cached_property
    def came_from(self) -> Place | None:
        """Find where the case can be handed back to."""
        return came_from(self.timeline.events)
