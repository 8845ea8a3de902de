"""What the check page showed, as a key to carry: nothing else is sent than what was read."""

import hashlib
import json
from dataclasses import asdict

from accounts.numbers import number_in
from portal.filing.draft import Filing
from tickets.timeline import seconds_of

# A promise that counts from the sending may move by as long as its reader read, and this.
SLACK_SECONDS = 60


def key_of(filing: Filing) -> str:
    """Make the key of a filing: its answers under this policy, the moment, promise and cost."""
    weighed = filing.weighed
    promise = weighed.settled.promise if weighed.settled else None
    due_at = promise.due_at if promise else None
    points = weighed.cost.charged if weighed.cost else 0
    due = "" if due_at is None else due_at
    return f"{_digest(filing)}.{seconds_of(filing.at)}.{due}.{points}"


def is_as_shown(filing: Filing, key: str) -> bool:
    """Tell whether a filing still is what a key was made of, is promised no later, no dearer."""
    digest, *shown = (key.split(".") + ["", "", ""])[:4]
    shown_at, shown_due, shown_points = map(number_in, shown)
    now, at, due, points = key_of(filing).split(".")
    if digest != now or shown_at is None or (shown_due is None) != (not due):
        return False
    if shown_points is None or int(points) > shown_points:
        return False
    if shown_due is None:
        return True
    return int(due) - shown_due <= max(int(at) - shown_at, 0) + SLACK_SECONDS


def _digest(filing: Filing) -> str:
    said = {
        "answers": dict(filing.answers),
        "policy": filing.published.number,
        "facts": asdict(filing.weighed.facts),
        "slot": str(filing.wish.scheduled_for),
    }
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
