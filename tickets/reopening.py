"""Until when a case can be opened again (SC-18, decision 0017)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sla.engine.policy import Policy
from sla.engine.span import span_end
from tickets.errors import ReopenWindowOver
from tickets.models import Case, ReopenRequest
from tickets.timeline import moment, seconds_of


def reopen_until(case: Case, policy: Policy) -> datetime | None:
    """Find the end of the reopen window (SC-18); None while there is no limit.

    A closed case counts from its first closure, or its last where the policy says so. A solution
    that nobody has closed counts from itself: it too can be answered no longer than that.
    """
    window = policy.reopen.window
    counted_from = _counted_from(case, policy)
    if window is None or counted_from is None:
        return None
    zone = case.time_zone if window.zone == "customer" else policy.time_zone
    return moment(span_end(window, zone, seconds_of(counted_from)))


def check_window(case: Case, policy: Policy, at: datetime) -> None:
    """Refuse what comes after the window. Raises ReopenWindowOver."""
    until = reopen_until(case, policy)
    if until is None or at < until:
        return
    zone = ZoneInfo(case.time_zone)
    counted_from = _counted_from(case, policy) or at
    raise ReopenWindowOver(
        closed_on=counted_from.astimezone(zone).date().isoformat(),
        # The window ends with its last day: name that day, not the midnight after it.
        until=(until - timedelta(seconds=1)).astimezone(zone).date().isoformat(),
    )


def waiting_reopening(case: Case) -> ReopenRequest | None:
    """Find the wish to open a case again that waits for the desk; None where none does."""
    waiting = case.reopen_requests.filter(state=ReopenRequest.State.WAITING)
    return waiting.select_related("asked_by", "event").first()


def _counted_from(case: Case, policy: Policy) -> datetime | None:
    if case.status == Case.Status.RESOLVED:
        return case.resolved_at
    first = policy.reopen.counted_from == "first_close"
    return case.first_closed_at if first else case.closed_at
