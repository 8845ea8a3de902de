"""Closing a case with what its customer typed beside the button."""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from tickets.actions.conversation import reply_as_customer
from tickets.actions.ending import close_case
from tickets.models import Case


@transaction.atomic
def close_with_words(*, case_id: int, body: str, by: Person, at: datetime) -> Case:
    """Close a customer's case; words that are not sent yet go to support first, both or neither.

    Locks the case. Raises what `reply_as_customer` and `close_case` raise, but for NothingSaid.
    """
    if body.strip():
        reply_as_customer(case_id=case_id, by=by, body=body, at=at)
    return close_case(case_id=case_id, by=by, at=at)
