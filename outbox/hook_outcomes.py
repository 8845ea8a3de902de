"""What an attempt at a delivery came to, and what follows. No database and no connection here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from outbox.egress import Answer
from outbox.outcomes import LONGEST_WHY

# Three days and a bit, as the Standard Webhooks advise.
RETRY_AFTER_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# So much later or sooner, so that what failed together does not come back together.
JITTER = 0.2
LONGEST_ASKED_SECONDS = 86_400
GONE = 410
# Of the errors of whoever asks those that pass by themselves.
LATER = (408, 423, 425, 429)
KEPT_OF_ANSWER = 2_000
DISABLE_AFTER = timedelta(days=5)


@dataclass(frozen=True)
class Result:
    """One attempt: the answers to its calls until one failed; `why` says what was wrong, or ""."""

    answers: tuple[Answer, ...] = ()
    why: str = ""
    # It was sent, and nobody said what came of it.
    is_doubtful: bool = False

    @property
    def is_good(self) -> bool:
        return not self.why

    @property
    def last(self) -> Answer | None:
        return self.answers[-1] if self.answers else None

    @property
    def is_refused(self) -> bool:
        """Tell whether the other side says that trying again is of no use."""
        if self.last is None or self.is_good:
            return False
        return 400 <= self.last.status < 500 and self.last.status not in LATER

    @property
    def is_gone(self) -> bool:
        return self.last is not None and self.last.status == GONE


def judged(answers: Sequence[Answer]) -> str:
    """Say what was wrong with the last answer; "" where it was accepted. A redirect is refused."""
    status = answers[-1].status
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return _("It answered with a redirect (%(status)d), which is not followed.") % {
            "status": status
        }
    return _("It answered with an error: %(status)d.") % {"status": status}


def wait_seconds(attempts: int, result: Result, *, chance: float | None = None) -> float | None:
    """Say after how many seconds the next attempt is due; None after the last.

    `attempts` are those that were made. What the other side asks for (Retry-After) is heeded where
    it is longer. `chance` is between 0 and 1.
    """
    if attempts > len(RETRY_AFTER_SECONDS):
        return None
    luck = random.random() if chance is None else chance
    planned = RETRY_AFTER_SECONDS[attempts - 1] * (1 - JITTER + 2 * JITTER * luck)
    return max(planned, _asked_for(result))


def cut(text: str) -> str:
    """Fit an explanation for a row: one line."""
    return " ".join(text.split())[:LONGEST_WHY]


def _asked_for(result: Result) -> float:
    given = (result.last.headers if result.last else {}).get("retry-after", "")
    if not given.isdecimal() or len(given) > 9:
        return 0
    return min(int(given), LONGEST_ASKED_SECONDS)
