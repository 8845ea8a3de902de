"""Whom an escalation has reached, as its entry keeps it for the customer (DD-25)."""

from accounts.models import Person
from escalation.requests import Reach
from tickets.models import CaseEvent

# Of the team only that it was reached is kept, and nobody by name.
SOMEBODY = (0,)


def reached_by(event: CaseEvent) -> Reach | None:
    """Read from its entry whom an escalation reached; None where the entry does not say.

    Owner and account manager by name, of the others the roles; of SWAT only whether it was told.
    """
    kept = event.payload.get("reach")
    if kept is None:
        return None
    people = Person.objects.in_bulk(pk for pk in (kept["owner"], kept["account_manager"]) if pk)
    return Reach(
        owner=people.get(kept["owner"]),
        account_manager=people.get(kept["account_manager"]),
        roles=tuple(kept["roles"]),
        others=(),
        swat=SOMEBODY if kept["swat"] else (),
    )
