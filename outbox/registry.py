"""What the apps above know about their messages: who may have one, and how it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import Person

Refs = Mapping[str, int | str]


@dataclass(frozen=True)
class Rendered:
    """A message in words: plain text. Headers: see `outbox.letters.HEADERS_OF_KINDS`.

    `values` are what a vendor's own words may use beside the whole text: see `outbox.texts`.
    `answers`: who reads what its recipient answers by mail (`outbox.answer_marks`): everybody of
    the case, or the desk only; "" where it takes no answer.
    `reason`: why a customer gets it, one sentence; None for what their role says, "" where the body
    says it (`outbox.reasons`).
    `joined`: of a digest, the messages in it, each with "" or the reason why it is not told.
    """

    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    answers: str = ""
    reason: str | Promise | None = None
    joined: Mapping[int, str] = field(default_factory=dict)


# True, or no: False, or the reason in words.
MayReceive = Callable[[Person, Refs], bool | str | Promise]
Render = Callable[[Person, Refs], Rendered]
# What is done about it when a message is not sent: its recipient, its refs, desk time.
Skipped = Callable[[Person, Refs, datetime], None]


@dataclass(frozen=True)
class Kind:
    may_receive: MayReceive
    render: Render
    skipped: Skipped | None = None


_kinds: dict[str, Kind] = {}


def register(
    kind: str, may_receive: MayReceive, render: Render, skipped: Skipped | None = None
) -> None:
    """Say how messages of `kind` are decided and written; from `AppConfig.ready`, once.

    Both are asked when a message is about to be sent: inside its tenant, in its recipient's
    language, with the recipient and the refs that it was queued with. A DomainError from either
    means that it is not sent, for that reason; then `skipped` is asked to see to it, in the same
    transaction. Raises ValueError when the kind is taken.
    """
    if kind in _kinds:
        raise ValueError(f"messages of kind {kind!r} are registered already")
    _kinds[kind] = Kind(may_receive=may_receive, render=render, skipped=skipped)


def registered(kind: str) -> Kind | None:
    """Find a kind; None if no app has registered it."""
    return _kinds.get(kind)
