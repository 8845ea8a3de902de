"""Sending a draft: it becomes one case, however often the button is pressed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.models import Person
from portal.filing.draft import read_filing
from portal.filing.shown import is_as_shown
from portal.filing.steps import first_open_step
from tickets.actions.attaching import FILING, must_be_whole, send_uploads
from tickets.actions.following import follow_case
from tickets.actions.opening import open_case
from tickets.drafts import lock_draft
from tickets.models import Case


class AlreadySent(DomainError):
    code = "already_sent"
    message = _("This has been sent already.")


class NotAllAnswered(DomainError):
    code = "not_all_answered"
    message = _("Something is still missing: answer it first.")


class NotAsShown(DomainError):
    code = "not_as_shown"
    message = _(
        "Not sent: this is not what you were shown before. An answer, the policy, the promise or "
        "the cost has changed since. Look at it as it is now, and send it if you agree."
    )


@transaction.atomic
def send_draft(*, draft_id: int, by: Person, at: datetime, shown: str) -> Case:
    """Open the case that a draft describes. Locks the draft, then what the opening locks.

    `shown` is the key of what its writer has read of it: nothing else is sent. The files that lie
    in the draft go with it. Raises AlreadySent for a draft that is gone, NotAllAnswered,
    NotAsShown, FileNotComplete, and what `open_case` raises.
    """
    draft = lock_draft(by=by, draft_id=draft_id)
    if draft is None:
        raise AlreadySent
    filing = read_filing(by=by, answers=draft.answers, at=at)
    if first_open_step(filing) is not None:
        raise NotAllAnswered
    if not is_as_shown(filing, shown):
        raise NotAsShown
    # About a closed case: both are linked.
    send = follow_case if filing.wish.origin else open_case
    must_be_whole(draft=FILING, case=None, by=by)
    case = send(
        wish=filing.wish,
        subject=filing.answers["subject"],
        body=filing.answers["body"],
        availability=filing.answers["availability"] if filing.is_availability_required else "",
        by=by,
        at=at,
    )
    send_uploads(case=case, event=case.events.get(seq=1), draft=FILING, by=by)
    return case
