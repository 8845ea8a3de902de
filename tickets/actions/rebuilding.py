"""Writing what is stored of a case anew, from its timeline."""

from datetime import datetime

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from sla.models import PolicyVersion
from tickets.audit import BROKEN, settle_status
from tickets.audit_models import ClockDifference
from tickets.errors import TimelineIsBroken
from tickets.models import Case, StoredClock
from tickets.queries import lock_case
from tickets.timeline import CASE_COLUMNS, load_timeline, moment, repeat_in_columns, stored_clock


@transaction.atomic
def rebuild_case(*, case_id: int, by: Person, at: datetime) -> Case:
    """Make the stored clocks and the columns of a case say what its timeline says.

    The timeline itself, team and owner stay as they are; differences that audits found on the case
    are marked as seen to. Locks the case. Raises NotAllowed, NotFound, TimelineIsBroken.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    case = lock_case(case_id, by)
    try:
        timeline = load_timeline(case)
        state = timeline.state()
        settle_status(case, timeline.events)
        repeat_in_columns(case, state)
        clocks = [stored_clock(case, clock) for clock in state.clocks]
    except BROKEN as error:
        raise TimelineIsBroken(error=type(error).__name__) from error
    case.last_seq = timeline.events[-1].seq
    case.last_event_at = moment(timeline.events[-1].at)
    case.policy_version = PolicyVersion.objects.get(number=state.version)
    case.save(update_fields=CASE_COLUMNS)
    StoredClock.objects.filter(case=case).delete()
    StoredClock.objects.bulk_create(clocks)
    ClockDifference.objects.filter(case=case, rebuilt_at=None).update(rebuilt_at=at, rebuilt_by=by)
    return case
