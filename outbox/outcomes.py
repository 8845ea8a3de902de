"""What an attempt came to, and what follows from it. No database and no connection here."""

import re
import smtplib
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

# From half a minute to half a day, two days in all: what a mail server that is being repaired, or
# one that greylists us, needs. RFC 5321 asks for more, but a support mail is stale by then.
RETRY_AFTER_SECONDS = (30, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400)
# The one other try after a doubt: time for the server to finish what it may have taken.
RETRY_AFTER_DOUBT_SECONDS = 300
# After a second doubt a person has to look; a third copy is worse than a question.
MOST_DOUBTS = 1
# While the server cannot be reached its messages wait, and are not charged with an attempt.
RETRY_UNREACHABLE_SECONDS = 30
LONGEST_WHY = 300

ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class Verdict(Enum):
    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    why: str = ""


SENT = Outcome(Verdict.SENT)


def judge(error: Exception, *, in_doubt: bool) -> Outcome:
    """Say what an error of the mail server means for the message that was being sent.

    `in_doubt`: the server was given the text and has not said whether it took it. A reply of 5xx is
    permanent, all else is temporary.
    """
    if in_doubt:
        why = _("The server took the text and never answered: %(error)s")
        return Outcome(Verdict.DOUBTFUL, one_line(why % {"error": error}))
    code, text = reply_of(error)
    if code >= 500:
        why = _("Refused for good: %(code)d %(text)s")
        return Outcome(Verdict.PERMANENT, one_line(why % {"code": code, "text": text}))
    if code >= 400:
        why = _("Refused for now: %(code)d %(text)s")
        return Outcome(Verdict.TEMPORARY, one_line(why % {"code": code, "text": text}))
    return Outcome(
        Verdict.TEMPORARY, one_line(_("The server was lost: %(error)s") % {"error": error})
    )


def reply_of(error: Exception) -> tuple[int, str]:
    """Read code and text of the server's reply; 0 when the error is not one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _decoded(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _decoded(error.smtp_code, error.smtp_error)
    return 0, str(error)


def one_line(text: str) -> str:
    """Fit an explanation for `OutboxMessage.why`: one line, and no one's address in it."""
    return ADDRESS.sub("…", " ".join(text.split()))[:LONGEST_WHY]


def _decoded(code: int, text: bytes | str) -> tuple[int, str]:
    return code, text.decode(errors="replace") if isinstance(text, bytes) else text
