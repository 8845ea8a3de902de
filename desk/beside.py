"""What stands beside a case: whether it is served just now, and what the customer had before."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from sla.engine.calendar import Calendar, is_open, next_open, open_stretches
from sla.engine.clock import CaseState
from sla.engine.errors import EngineError
from sla.engine.target import service_calendar
from sla.engine.walltime import SECONDS_PER_DAY
from tickets.models import Case
from tickets.queries import candidates, in_sight
from tickets.timeline import moment, seconds_of

PREVIOUS = 5
# What is said of another case.
TOLD = ("number", "subject", "status", "opened_at", "contact", "is_restricted", "origin_kind")
# Service that goes on for longer than this has no end that anybody asks for.
FORESEEN = 8 * SECONDS_PER_DAY
# Of these clocks the hours are not those in which somebody is at hand.
NOT_SERVED = ("elapsed", "none")


@dataclass(frozen=True)
class Service:
    """Whether the hours in which a case is served run now.

    `until_at`: when they end, None = not for a week; `opens_at`: when they begin again.
    """

    is_open: bool
    until_at: datetime | None = None
    opens_at: datetime | None = None


def service_now(state: CaseState, at: datetime) -> Service | None:
    """Tell whether the case is in its service hours; None where its clocks have none.

    The hours are those of the first open clock that counts in some.
    """
    for clock in state.open_clocks:
        cell = clock.settled.cell
        if cell is None or cell.calendar is None or cell.target.kind in NOT_SERVED:
            continue
        try:
            return _served(service_calendar(cell.calendar, cell.target), seconds_of(at))
        except EngineError:  # a calendar that never opens
            return None
    return None


def _served(calendar: Calendar, now: int) -> Service:
    if not is_open(calendar, now):
        return Service(is_open=False, opens_at=moment(next_open(calendar, now)))
    _start, end = next(open_stretches(calendar, now, now + FORESEEN))
    return Service(is_open=True, until_at=moment(end) if end < now + FORESEEN else None)


def previous_cases(case: Case, by: Person) -> list[Case]:
    """List the newest other cases of the company that one may see, the contact's first."""
    others = candidates(by).filter(company=case.company_id).exclude(pk=case.pk)
    newest = in_sight(by, others.order_by("-number").only(*TOLD)[: 4 * PREVIOUS])
    return sorted(newest, key=lambda one: one.contact_id != case.contact_id)[:PREVIOUS]
