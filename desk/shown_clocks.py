"""The clocks of a case as its page shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from desk.addresses import why_address
from desk.words import LOOKS, OTHER_STATES, Look
from sla.engine.calendar import SECONDS_PER_MINUTE, open_seconds_between
from sla.engine.target import service_calendar
from sla.explain import span_text
from tickets.reading import ClockView, Receipt, receipt_for
from tickets.timeline import PROGRESS, seconds_of

if TYPE_CHECKING:
    from desk.scene import Scene


@dataclass(frozen=True)
class ShownClock:
    """A clock of a scene. `working_left` is the open time until it is due, in words."""

    view: ClockView
    working_left: str
    scene: "Scene" = field(repr=False, compare=False)

    @cached_property
    def receipt(self) -> Receipt:
        """Explain it; only a page that shows the receipt pays for it."""
        scene = self.scene
        return receipt_for(scene.state, self.view, scene.zone, scene.telling)

    @property
    def why(self) -> str:
        """Give the address at which it is explained."""
        return why_address(self.scene.case.number, self.view.key)

    @property
    def state(self) -> str:
        """Give the key of its look: what is only the desk's own aim breaks no promise."""
        view = self.view
        if not view.is_own_aim or view.state not in ("overdue", "late"):
            return view.state
        is_open = view.state == "overdue"
        return "stalled" if view.kind == PROGRESS and is_open else "aim_missed"

    @property
    def state_name(self) -> str:
        return str(OTHER_STATES.get(self.state, self.view.state_name))

    @property
    def look(self) -> Look:
        return LOOKS[self.state]


def working_left(view: ClockView, at: datetime) -> str:
    """Say how much open time is left until a clock is due; empty where it runs round the clock."""
    cell, due_at = view.clock.settled.cell, view.clock.due_at
    if cell is None or cell.calendar is None or due_at is None or not view.clock.is_open:
        return ""
    if cell.target.kind in ("elapsed", "immediate", "scheduled") or view.state == "overdue":
        return ""
    calendar = service_calendar(cell.calendar, cell.target)
    seconds = open_seconds_between(calendar, seconds_of(at), due_at)
    return span_text(seconds - seconds % SECONDS_PER_MINUTE or seconds)
