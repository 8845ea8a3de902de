"""A case for somebody who calls: finding them, what the policy promises, and opening it once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.core.cache import cache
from django.db import transaction

from accounts.models import Company, Person, Site
from accounts.queries import Whereabouts, whereabouts
from entitlements.gate_rules import CAN_BE_OVERRIDDEN, ChannelCost, Cost
from entitlements.models import GateOverride, Product, Release
from entitlements.overrides import grant_override
from sla.engine.parts import Channel, Level
from sla.engine.policy import Policy
from sla.explain import target_text
from sla.openings import Opening, opening_for
from sla.queries import current_policy
from tickets.actions.attaching import call_draft, send_uploads
from tickets.actions.calls import transfer_call
from tickets.actions.following import follow_case
from tickets.actions.opening import open_case
from tickets.costs import costs_beside
from tickets.filing import (
    Weighed,
    Wish,
    channels_offered,
    judged_level,
    levels_of,
    refusal_sentence,
    weigh,
    weigh_choices,
    weigh_many,
)
from tickets.judging_words import elsewhere_sentence, offer_sentence
from tickets.models import Case
from tickets.queries import access_case
from tickets.timeline import moment
from tickets.wording import promise_text

# What depends on who calls about what alone, and the field of the form that can mend it.
FIELD_OF_REFUSAL = {
    "channel_not_entitled": "channel",
    "unknown_channel": "channel",
    "contact_may_not_file": "contact",
    "no_contract": "product",
    "product_needed": "product",
    "release_needed": "release",
}
TOKEN_SECONDS = 86_400


@dataclass(frozen=True)
class Card:
    """A level to choose, with what this caller is promised by it; empty where that is open yet.

    `opening` tells whether somebody works on such a case when the call came in.
    """

    level: Level
    target: str
    promise: str
    refusals: tuple[str, ...]
    opening: Opening | None


@dataclass(frozen=True)
class ByChannel:
    """What the caller's case would be promised if it came by a channel."""

    channel: Channel
    promise: str
    opening: Opening | None
    is_chosen: bool


@dataclass(frozen=True)
class Gate:
    """What stands against a case that a manager can let through, what is said beside a yes, and
    what it costs. `codes` are those of the refusals, each of which is a code with its sentence.
    """

    codes: tuple[str, ...]
    refusals: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    cost: Cost | None
    override: GateOverride | None

    @property
    def points(self) -> int:
        """Count the points that opening takes."""
        return self.cost.charged if self.cost else 0


@dataclass(frozen=True)
class Check:
    """What is to be read before a case opens. `key` tells it from what was read before.

    `moved_to`: when work starts, where the agreed time is outside the service hours. `judged`: why
    another level counts than the chosen one (MX-11, MX-13).
    """

    key: str
    promise: str
    moved_to: datetime | None
    judged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """Who calls about what. `occurred_at`: when the call came in, where that was not just now."""

    by: Person
    at: datetime
    company: Company
    contact: Person
    channel: str
    site: Site | None = None
    product: Product | None = None
    case_type: str | None = None
    occurred_at: datetime | None = None
    release: Release | None = None
    origin: Case | None = None

    @property
    def opened_at(self) -> datetime:
        return self.occurred_at or self.at

    @cached_property
    def policy(self) -> Policy:
        return current_policy(self.opened_at).policy

    @cached_property
    def where(self) -> Whereabouts:
        return whereabouts(company=self.company, person=self.contact, site=self.site)

    @property
    def has_slots(self) -> bool:
        """Tell whether the policy has work at an agreed time (MS-10)."""
        return any(row.target.kind == "scheduled" for row in self.policy.targets)

    @property
    def levels_asking_who(self) -> list[Level]:
        """List the levels that need somebody who can be reached at the customer's (DD-10)."""
        levels = (level for axis in self.policy.axes for level in self.policy.levels(axis))
        return [level for level in levels if level.availability_required]

    def early_refusals(self) -> Iterator[tuple[str, str]]:
        """Yield what is refused whatever the levels, as the field at fault and a sentence.

        Whoever may let a case through is not stopped here by what they can let through.
        """
        for refusal in self.weigh(self.wish({})).refusals:
            is_theirs = refusal.code in CAN_BE_OVERRIDDEN and self.may_let_through
            if refusal.code in FIELD_OF_REFUSAL and not is_theirs:
                yield FIELD_OF_REFUSAL[refusal.code], refusal_sentence(refusal, self.policy)

    @property
    def may_let_through(self) -> bool:
        return self.by.may("decide_entitlement")

    def costs(self, levels: Mapping[str, str | None]) -> list[ChannelCost]:
        """Price the case by every channel that the caller may use; empty where all are free."""
        return costs_beside(self.weigh(self.wish(levels)), self.company, self.at)

    def gate(self, levels: Mapping[str, str | None]) -> Gate:
        """Say what the gate has against the case with these levels, and what it costs."""
        weighed = self.weigh(self.wish(levels))
        found = [one for one in weighed.refusals if one.code in CAN_BE_OVERRIDDEN]
        return Gate(
            codes=tuple(dict.fromkeys(one.code for one in found)),
            refusals=tuple((one.code, refusal_sentence(one, self.policy)) for one in found),
            notices=tuple(refusal_sentence(one, self.policy) for one in weighed.notices),
            cost=weighed.cost,
            override=weighed.override,
        )

    def wish(self, levels: Mapping[str, str | None]) -> Wish:
        """Say what is to be filed with these levels."""
        return Wish(
            company=self.company,
            contact=self.contact,
            channel=self.channel,
            site=self.site,
            product=self.product,
            case_type=self.case_type,
            severity=levels.get("severity"),
            priority=levels.get("priority"),
            release=self.release,
            environment=levels.get("environment") or "",
            affected=levels.get("affected") or "",
            has_workaround=bool((levels.get("workaround") or "").strip()),
            workaround=levels.get("workaround") or "",
            takes_offer=bool(levels.get("takes_offer")),
            is_security=bool(levels.get("is_security")),
            origin=self.origin,
            origin_kind=Case.Origin.FOLLOW_UP if self.origin else "",
        )

    def weigh(self, wish: Wish) -> Weighed:
        """Weigh a wish, once for all that a page says of it."""
        if wish not in self._weighed:
            self._weighed[wish] = weigh(wish, by=self.by, at=self.at, occurred_at=self.occurred_at)
        return self._weighed[wish]

    @cached_property
    def _weighed(self) -> dict[Wish, Weighed]:
        return {}

    def cards(self, axis: str, levels: Mapping[str, str | None]) -> list[Card]:
        """Make a card of each level of an axis, the other axis being as it is in `levels`.

        Moments are on the caller's clock: they are read out. Nothing is promised while another axis
        is open: it would be the promise of a level that nobody chose.
        """
        wish = self.wish(levels)
        choices = weigh_choices(wish, axis, by=self.by, at=self.at, occurred_at=self.occurred_at)
        others = [levels.get(other) for other in self.policy.axes if other != axis]
        return [self._card(level, weighed, all(others)) for level, weighed in choices]

    def channels(self, levels: Mapping[str, str | None]) -> list[ByChannel]:
        """Tell what each channel of the caller's plan promises; nothing while a level is open.

        It costs as many statements as one promise.
        """
        if not all(levels.get(axis) for axis in self.policy.axes):
            return []
        wish = self.wish(levels)
        offered = channels_offered(self.weigh(wish))
        wishes = [replace(wish, channel=channel.code) for channel in offered]
        found = weigh_many(wishes, by=self.by, at=self.at, occurred_at=self.occurred_at)
        return [
            ByChannel(
                channel=channel,
                promise=self._promise_of(weighed),
                opening=opening_for(self.policy, weighed.facts, self.opened_at),
                is_chosen=channel.code == self.channel,
            )
            for channel, weighed in zip(offered, found, strict=True)
        ]

    def promise(self, wish: Wish) -> str:
        """Say what the caller is promised, on their clock; empty where a refusal stands before."""
        return self._promise_of(self.weigh(wish))

    def _promise_of(self, weighed: Weighed) -> str:
        settled = weighed.settled
        return promise_text(settled.promise, self.where.time_zone) if settled else ""

    def check(self, wish: Wish) -> Check | None:
        """Say what no page has shown so far of a wish; None where nothing is left to be read.

        That is the promise where two axes make it together, and where work starts if the agreed
        time is outside the service hours (MS-10).
        """
        settled = self.weigh(wish).settled
        if settled is None:
            return None
        start = moment(settled.promise.due_at)
        is_moved = wish.scheduled_for is not None and start not in (None, wish.scheduled_for)
        judged = self.judged(wish)
        if not is_moved and not judged and len(self.policy.axes) < 2:
            return None
        moved_to = start if is_moved else None
        chosen = [getattr(wish, axis) for axis in self.policy.axes]
        chosen += [wish.environment, wish.takes_offer, wish.has_workaround] if judged else []
        return Check(
            key="/".join([*map(str, chosen), moved_to.isoformat() if moved_to else ""]),
            promise=promise_text(settled.promise, self.where.time_zone),
            moved_to=moved_to,
            judged=judged,
        )

    def judged(self, wish: Wish) -> tuple[str, ...]:
        """Say why another level counts than was chosen, and which is offered (MX-11, MX-13)."""
        told: list[str] = []
        for axis in self.policy.axes:
            one = judged_level(wish, self.policy, axis)
            told.append(elsewhere_sentence(one, wish.environment))
            if one.offer is not None:
                told.append(offer_sentence(one.offer.name, is_taken=one.is_taken))
        return tuple(sentence for sentence in told if sentence)

    def is_slot_wanted(self, wish: Wish) -> bool:
        """Tell whether the levels of a wish are worked at an agreed time."""
        settled = self.weigh(replace(wish, scheduled_for=None)).settled
        return settled is not None and settled.promise.state == "awaiting_schedule"

    def asks_who_can_be_reached(self, wish: Wish) -> bool:
        """Tell whether a level of a wish needs somebody at the customer's (DD-10)."""
        levels = levels_of(self.policy, self.weigh(wish).facts)
        return any(level.availability_required for level in levels)

    def _card(self, level: Level, weighed: Weighed, is_known: bool) -> Card:
        settled = weighed.settled if is_known else None
        cell = settled.cell if settled else None
        return Card(
            level=level,
            target=target_text(cell.target) if cell else "",
            promise=promise_text(settled.promise, self.where.time_zone) if settled else "",
            refusals=tuple(
                refusal_sentence(refusal, self.policy)
                for refusal in weighed.refusals
                if refusal.code not in CAN_BE_OVERRIDDEN
                and refusal.params.get("axis") in (None, level.axis)
            ),
            opening=opening_for(self.policy, weighed.facts, self.opened_at) if is_known else None,
        )


def opened_with(by: Person, token: str) -> int | None:
    """Give the number of the case that a form has opened already; None if it has not."""
    return cache.get(_key(by, token)) if token else None


def _key(by: Person, token: str) -> str:
    return f"case-for-caller:{by.pk}:{token}"


@transaction.atomic
def open_once(
    call: Call,
    *,
    token: str,
    wish: Wish,
    subject: str,
    body: str,
    availability: str,
    let_through: str = "",
    lets: Collection[str] = (),
    transferred_to: int | None = None,
) -> Case:
    """Open the case of a form, however often its button is pressed; `token` is the form's.

    A second press waits for the first and finds its case. `let_through` is a manager's reason for
    an exception from what the gate refuses, made and used at once (SC-19, DD-33); it lets through
    what is in `lets`, nothing else. `transferred_to`: the caller was put through to them (MX-15).
    Raises what `grant_override`, `open_case` and `transfer_call` raise, and leaves the token
    untouched then.
    """
    key = _key(call.by, token)
    if not cache.add(key, None, TOKEN_SECONDS):
        return access_case(call.by, cache.get(key))
    if let_through.strip():
        wish = _let_through(call, wish, let_through, lets)
    act = follow_case if wish.origin else open_case
    case = act(
        wish=wish,
        subject=subject,
        body=body,
        availability=availability,
        by=call.by,
        at=call.at,
        occurred_at=call.occurred_at,
    )
    send_uploads(case=case, event=case.events.get(seq=1), draft=call_draft(token), by=call.by)
    if transferred_to is not None:
        put_through = {"occurred_at": call.occurred_at, "by": call.by, "at": call.at}
        transfer_call(case_id=case.pk, to_id=transferred_to, **put_through)
    cache.set(key, case.number, TOKEN_SECONDS)
    return case


def _let_through(call: Call, wish: Wish, reason: str, lets: Collection[str]) -> Wish:
    """Make the exception that a wish needs, for its very case and no other; give the wish with it.

    It is of what was ticked, and of what an exception made before would take away: one exception is
    used for a case. What was not ticked still stands in the way.
    """
    weighed = call.weigh(wish)
    ticked = [one for one in weighed.refusals if one.code in lets]
    if not any(refusal.code in CAN_BE_OVERRIDDEN for refusal in ticked):
        return wish
    found = (*ticked, *weighed.lifted)
    override = grant_override(
        company=call.company,
        contact=call.contact,
        codes=[refusal.code for refusal in found if refusal.code in CAN_BE_OVERRIDDEN],
        reason=reason,
        days=1,
        by=call.by,
        at=call.at,
    )
    return replace(wish, override=override)
