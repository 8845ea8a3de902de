"""When will I hear back? The answer for any moment: promise, hours, and a table of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Person
from portal.outlook import PHONE, Levels, Outlook, open_levels, outlook_of, with_levels
from portal.promises import Told, promised_for, receipt_beforehand
from sla.engine.pageparts import Phone
from sla.engine.parts import Channel, Level
from sla.explain import span_text
from tickets.filing import Weighed, Wish, channels_offered, refusal_sentence, weigh, weigh_many
from tickets.reading import Receipt


@dataclass(frozen=True)
class Cell:
    """What one level is promised by one channel; `refusals` say why nothing is."""

    channel: Channel
    told: Told | None
    refusals: tuple[str, ...]
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One level, or one of each axis together; no levels where the vendor has none."""

    levels: Levels
    cells: list[Cell]


@dataclass(frozen=True)
class CallEffect:
    """What a call would make of the promise: `kind` is same | sooner | later | other."""

    kind: str
    told: Told
    seconds: int = 0

    @property
    def length(self) -> str:
        return span_text(self.seconds)


@dataclass(frozen=True)
class Answer:
    """What is promised at `at`. `receipt` and `call` only where all that matters is chosen."""

    at: datetime
    outlook: Outlook
    receipt: Receipt | None
    call: CallEffect | None
    call_owed: bool
    notes: tuple[Level, ...]
    phones: tuple[Phone, ...]
    channels: tuple[Channel, ...]
    rows: list[Row]


def answer_to(wish: Wish, *, by: Person, at: datetime, zone: str) -> Answer:
    """Work out what a wish is promised if it is filed at `at`, and every other choice beside it.

    `zone` is the reader's (an IANA name). The number of statements does not depend on how many
    levels and channels there are. Raises NoPolicy, EngineError.
    """
    bare = weigh(wish, by=by, at=at)
    channels = channels_offered(bare)
    bare_wish = replace(wish, severity=None, priority=None)
    levels = open_levels(bare.published.policy, bare_wish, by)
    keys = [(row, channel) for row in levels for channel in channels]
    wishes = [with_levels(replace(wish, channel=channel.code), row) for row, channel in keys]
    weighed = dict(zip(keys, weigh_many(wishes, by=by, at=at), strict=True))
    chosen = [one for key, one in weighed.items() if _is_chosen(*key, wish)] or [bare]
    one = chosen[0] if len(chosen) == 1 else None
    return Answer(
        at=at,
        outlook=outlook_of(chosen, at),
        receipt=receipt_beforehand(one, at=at, scheduled_for=None, zone=zone) if one else None,
        call=_call_effect(one, weighed) if one else None,
        call_owed=one.call_owed if one else False,
        notes=tuple(level for level in one.level_notes if level.note) if one else (),
        phones=bare.phones,
        channels=channels,
        rows=[_row(row, channels, weighed, wish) for row in levels],
    )


def _is_chosen(levels: Levels, channel: Channel, wish: Wish) -> bool:
    is_this = all(getattr(wish, level.axis) in (None, level.code) for level in levels)
    return is_this and channel.code == wish.channel


def _row(
    levels: Levels,
    channels: Sequence[Channel],
    weighed: dict[tuple[Levels, Channel], Weighed],
    wish: Wish,
) -> Row:
    cells = []
    for channel in channels:
        one = weighed[levels, channel]
        policy = one.published.policy
        refusals = tuple(refusal_sentence(refusal, policy) for refusal in one.refusals)
        cells.append(Cell(channel, promised_for(one), refusals, _is_chosen(levels, channel, wish)))
    return Row(levels, cells)


def _call_effect(one: Weighed, weighed: dict[tuple[Levels, Channel], Weighed]) -> CallEffect | None:
    """Compare with the same by phone; None where that is chosen, or not part of the support."""
    same = replace(one.facts, channel=PHONE)
    called = next((other for other in weighed.values() if other.facts == same), None)
    if called is None or called is one:
        return None
    mine, theirs = promised_for(one), promised_for(called)
    if theirs is None:
        return None
    if mine == theirs:
        return CallEffect("same", theirs)
    if mine is None or mine.due_at is None or theirs.due_at is None:
        return CallEffect("other", theirs)
    seconds = int((mine.due_at - theirs.due_at).total_seconds())
    return CallEffect("sooner" if seconds > 0 else "later", theirs, abs(seconds))
