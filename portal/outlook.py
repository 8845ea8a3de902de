"""What a customer can expect before anything is filed: by level, by channel, now or another time.

Every figure comes from `tickets.filing`, which `open_case` obeys; what it reads is read once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from accounts.models import Person
from portal.promises import Told, promised_for
from sla.engine.pageparts import Phone
from sla.engine.parts import Channel, Level
from sla.engine.policy import Policy
from sla.openings import Opening, opening_for
from tickets.filing import (
    Weighed,
    Wish,
    channels_offered,
    levels_offered,
    refusal_sentence,
    weigh,
    weigh_many,
)

PHONE = "phone"

# One level of every axis that the policy has.
Levels = tuple[Level, ...]


@dataclass(frozen=True)
class Outlook:
    """The promises that are possible while something is not chosen yet, and the hours of each.

    `best` and `worst` are equal where only one is possible, None where nothing can be promised:
    then `refusals` say why.
    """

    best: Told | None
    worst: Told | None
    openings: tuple[Opening, ...]
    refusals: tuple[str, ...]

    @property
    def is_open_question(self) -> bool:
        return self.best != self.worst


@dataclass(frozen=True)
class ChannelsOutlook:
    """Channels that promise a case the same; `phones` where one of them is the phone."""

    channels: tuple[Channel, ...]
    outlook: Outlook
    phones: tuple[Phone, ...]
    is_chosen: bool


def outlook_of(weighed: Sequence[Weighed], at: datetime) -> Outlook:
    """Sum up what wishes that differ in what is not chosen yet are promised at `at`."""
    possible = [(told, one) for one in weighed if (told := promised_for(one)) is not None]
    possible.sort(key=lambda pair: _lateness(pair[0]))
    told = [pair[0] for pair in possible]
    return Outlook(
        best=told[0] if told else None,
        worst=told[-1] if told else None,
        openings=_openings([one for _told, one in possible], at),
        refusals=() if told else _refusals(weighed),
    )


def open_levels(policy: Policy, wish: Wish, by: Person) -> list[Levels]:
    """List what may still be chosen: one level of each axis, that of the wish where it has one."""
    return list(product(*(_choices(policy, axis, wish, by) for axis in policy.axes)))


def with_levels(wish: Wish, levels: Iterable[Level]) -> Wish:
    """Choose levels for a wish."""
    chosen: Mapping[str, str] = {level.axis: level.code for level in levels}
    return replace(wish, **chosen)


def channel_outlooks(wish: Wish, *, by: Person, at: datetime) -> list[ChannelsOutlook]:
    """Tell for every channel that is part of the customer's support what it would promise.

    Channels that promise the same are told together. Raises NoPolicy, EngineError.
    """
    weighed = weigh(wish, by=by, at=at)
    channels = channels_offered(weighed)
    levels = open_levels(weighed.published.policy, wish, by)
    wishes = [
        with_levels(replace(wish, channel=channel.code), chosen)
        for channel in channels
        for chosen in levels
    ]
    found = weigh_many(wishes, by=by, at=at)
    size = len(levels)
    together: dict[Outlook, list[Channel]] = {}
    for place, channel in enumerate(channels):
        outlook = outlook_of(found[place * size : (place + 1) * size], at)
        together.setdefault(outlook, []).append(channel)
    return [
        _together(channels, outlook, weighed.phones, wish.channel)
        for outlook, channels in together.items()
    ]


def _together(
    channels: Sequence[Channel], outlook: Outlook, phones: tuple[Phone, ...], chosen: str
) -> ChannelsOutlook:
    codes = {channel.code for channel in channels}
    return ChannelsOutlook(
        tuple(channels), outlook, phones if PHONE in codes else (), chosen in codes
    )


def type_outlooks(wish: Wish, *, by: Person, at: datetime) -> dict[str, Outlook]:
    """Tell for every type of case what would be promised, by its code."""
    policy = weigh(wish, by=by, at=at).published.policy
    levels = open_levels(policy, wish, by)
    wishes = [
        with_levels(replace(wish, case_type=case_type.code), chosen)
        for case_type in policy.case_types
        for chosen in levels
    ]
    found = weigh_many(wishes, by=by, at=at)
    size = len(levels)
    return {
        case_type.code: outlook_of(found[place * size : (place + 1) * size], at)
        for place, case_type in enumerate(policy.case_types)
    }


def _choices(policy: Policy, axis: str, wish: Wish, by: Person) -> tuple[Level, ...]:
    offered = levels_offered(policy, axis, by=by)
    chosen = tuple(level for level in offered if level.code == getattr(wish, axis))
    return chosen or offered


def _lateness(told: Told) -> tuple[bool, float]:
    if told.kind == "at_once":
        return False, 0.0
    return told.due_at is None, told.due_at.timestamp() if told.due_at else 0.0


def _openings(weighed: Iterable[Weighed], at: datetime) -> tuple[Opening, ...]:
    found = (opening_for(one.published.policy, one.facts, at) for one in weighed)
    return tuple(dict.fromkeys(opening for opening in found if opening is not None))


def _refusals(weighed: Iterable[Weighed]) -> tuple[str, ...]:
    sentences = (
        refusal_sentence(refusal, one.published.policy)
        for one in weighed
        for refusal in one.refusals
    )
    return tuple(dict.fromkeys(sentences))
