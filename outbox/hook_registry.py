"""What the apps above know of what endpoints are told: how it reads, how trackers are called.

Asked when it is about to be sent, inside the tenant: ids in, words out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outbox.egress import Answer
from outbox.hook_models import WebhookEndpoint

Refs = Mapping[str, int | str]

TRIGGER, ACKNOWLEDGE, RESOLVE = "trigger", "acknowledge", "resolve"


@dataclass(frozen=True)
class Alert:
    """What a pager is told: `action` is trigger, acknowledge or resolve; `key` names the alert.

    `severity`: critical, error, warning or info.
    """

    action: str
    key: str
    severity: str = "warning"


@dataclass(frozen=True)
class Occasion:
    """Something that happened, as one endpoint may know it.

    `data` is the machine's half, `title`, `facts` and `text` the people's. `token` stands for what
    a button acknowledges, `press_url` is the page that does, both "" where there is nothing to.
    """

    at: datetime
    data: Mapping[str, Any]
    title: str
    url: str = ""
    facts: Sequence[tuple[str, str]] = ()
    text: str = ""
    alerts: Sequence[Alert] = ()
    token: str = ""
    press_url: str = ""


@dataclass(frozen=True)
class Call:
    """One request that is to be made; the headers may hold a secret, so they are never shown."""

    url: str = field(repr=False)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


# Raises a DomainError where this endpoint is not told after all, with the reason.
Tell = Callable[[WebhookEndpoint, str, Refs], Occasion]
Write = Callable[[WebhookEndpoint, Refs], Sequence[Call]]
# Takes what came back of each call; all were accepted. Desk time.
Read = Callable[[WebhookEndpoint, Refs, Sequence[Answer], datetime], None]
# Told that it will not be sent any more, and why. Desk time.
GaveUp = Callable[[WebhookEndpoint, Refs, str, datetime], None]


@dataclass(frozen=True)
class Errand:
    """A kind of call to a tracker: how it is written, and what is made of the answer.

    `is_once`: what may have been done is not tried again, for it would be done twice.
    """

    write: Write
    read: Read | None = None
    gave_up: GaveUp | None = None
    is_once: bool = False


_tellers: dict[str, Tell] = {}
_errands: dict[str, Errand] = {}


def register_teller(kinds: Iterable[str], tell: Tell) -> None:
    """Say how events of some kinds read. Raises ValueError for a kind that is taken."""
    for kind in kinds:
        if _tellers.get(kind, tell) is not tell:
            raise ValueError(f"{kind} is told by somebody already")
        _tellers[kind] = tell


def register_errand(kind: str, errand: Errand) -> None:
    """Say how a kind of call is made. Raises ValueError for a kind that is taken."""
    if kind in _errands:
        raise ValueError(f"{kind} is somebody's errand already")
    _errands[kind] = errand


def teller_of(kind: str) -> Tell | None:
    """Find who tells of a kind."""
    return _tellers.get(kind)


def errand_of(kind: str) -> Errand | None:
    """Find a kind of call."""
    return _errands.get(kind)
