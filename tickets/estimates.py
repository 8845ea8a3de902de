"""When support begins on a case, as triage estimates it: never later than the promise (MX-23)."""

from datetime import datetime

from accounts.zones import moment_text
from sla.engine.clock import CaseState, Clock
from tickets.level_errors import EstimateInPast, EstimateTooLate, EstimateWhileWaiting
from tickets.models import Case
from tickets.timeline import moment
from tickets.wording import next_promise


def check_estimate(estimate_at: datetime, case: Case, state: CaseState, at: datetime) -> None:
    """Refuse an estimate that has passed, or is later than what is promised by then.

    The promise is named on the customer's clock. While the case waits for the customer nothing has
    a due time that would bound it. Raises EstimateInPast, EstimateTooLate, EstimateWhileWaiting.
    """
    if estimate_at < at:
        raise EstimateInPast(field="estimate_at")
    if case.status == Case.Status.WAITING:
        raise EstimateWhileWaiting(field="estimate_at")
    due_at = _due_at(next_promise(state))
    if due_at is not None and estimate_at > due_at:
        named = moment_text(due_at, case.time_zone)
        raise EstimateTooLate(field="estimate_at", promise=named)


def estimate_of(case: Case, state: CaseState, at: datetime) -> datetime | None:
    """Give the estimate while it says something at `at`: it is to come, work has not begun.

    A level that was raised since may promise an answer before what was estimated.
    """
    promised = next_promise(state)
    if case.estimate_at is None or case.estimate_at < at:
        return None
    if promised is None or promised.kind != "first_response":
        return None
    due_at = _due_at(promised)
    return None if due_at is not None and case.estimate_at > due_at else case.estimate_at


def _due_at(clock: Clock | None) -> datetime | None:
    return moment(clock.due_at) if clock else None
