"""What the page after filing foresees where a call is owed (MX-07)."""

from datetime import datetime

from portal.outlook import PHONE
from portal.promises import FIRST_RESPONSE, Told, told
from sla.engine.clock import Event
from tickets.explaining import Foreseen
from tickets.models import Case
from tickets.timeline import load_timeline, seconds_of


def promised_once_called(case: Case, at: datetime) -> Told | None:
    """Say what is promised if the owed call is logged at `at`; None where that promises no time.

    By the timeline of the case with the call added, as it will be logged.
    """
    timeline = load_timeline(case)
    last = timeline.events[-1]
    called = Event(
        last.seq + 1, "customer_called", max(seconds_of(at), last.at), {"channel": PHONE}
    )
    state = Foreseen(timeline.policies, [*timeline.events, called]).state
    found = (clock for clock in state.open_clocks if clock.kind == FIRST_RESPONSE)
    clock = next(found, None)
    return told(clock.settled) if clock is not None and clock.is_promised else None
