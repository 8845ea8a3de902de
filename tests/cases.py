"""Opening cases in tests, through the actions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.entitled import entitle
from tests.twins import Twin
from tickets.actions.ending import decide_reopening, reopen_case
from tickets.actions.opening import open_case
from tickets.filing import Wish
from tickets.models import Case

# A Monday, 10:00 in Berlin, 09:00 UTC: the acme of the twins works in Europe/Berlin.
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(hours: float) -> datetime:
    """Give the moment so many hours after MONDAY."""
    return MONDAY + timedelta(hours=hours)


def file_case(twin: Twin, *, at: datetime = MONDAY, **changes: Any) -> Case:
    """File a case by the portal, in the tenant that is entered; the contact does it themselves.

    A company that has neither points nor a licence gets what the policy asks for.
    """
    by = changes.pop("by", changes.get("contact", twin.contact))
    words = {
        "subject": changes.pop("subject", f"{twin.canary}subject"),
        "body": changes.pop("body", f"{twin.canary}body"),
        "occurred_at": changes.pop("occurred_at", None),
        "availability": changes.pop("availability", ""),
    }
    wish = {"company": twin.company, "contact": twin.contact, "channel": "portal"} | changes
    entitle(wish["company"])
    return open_case(wish=Wish(**wish), by=by, at=at, **words)


def reopen_as_agreed(case: Case, twin: Twin, *, at: datetime, body: str = "It is back.") -> Case:
    """Open a closed case again: the customer says it is the same problem, and the desk agrees."""
    wished = reopen_case(case_id=case.pk, by=twin.contact, body=body, at=at, same_problem=True)
    if wished.is_open:
        return wished
    return decide_reopening(case_id=case.pk, approve=True, by=twin.agent, at=at)
