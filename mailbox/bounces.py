"""What mail servers say about messages of ours that did not arrive (RFC 3464)."""

from collections.abc import Iterable, Sequence

from mailbox.letter import Letter
from outbox.actions import note_bounce
from outbox.models import OutboxMessage
from outbox.reply_addresses import Answered

# A report about a delay, or that it did arrive, changes nothing.
FAILED = "failed"


def note_bounces(letter: Letter, answered: Sequence[Answered]) -> int:
    """Mark the messages that a report is about as given back; count them.

    By the address on the envelope, which only we can make, else by a Message-ID of ours, which
    only its recipients know. A report of something that is still tried is left alone.
    """
    bounce = letter.mail.bounce
    status = bounce.status if bounce else ""
    is_final = status.startswith("5") or (not status and (not bounce or bounce.action == FAILED))
    if not is_final:
        return 0
    keys = {one.message_id for one in answered} or set(_by_ids(letter))
    return sum(note_bounce(message_id=key, status=status) for key in sorted(keys))


def _by_ids(letter: Letter) -> Iterable[int]:
    ids = letter.mail.bounce.message_ids if letter.mail.bounce else ()
    return OutboxMessage.objects.filter(message_id__in=ids).values_list("pk", flat=True)
