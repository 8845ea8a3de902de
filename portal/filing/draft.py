"""A case that is being filed: what was answered so far, and what the policy makes of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid
from accounts.models import Person
from accounts.numbers import number_in
from accounts.queries import whereabouts
from entitlements.gate_rules import CAN_BE_OVERRIDDEN, ChannelCost
from entitlements.models import Product, Release
from entitlements.queries import products_covered
from entitlements.releases import releases_of
from sla.engine.errors import EngineError
from sla.engine.parts import Level
from sla.engine.policy import Policy
from sla.queries import Published, current_policy
from tickets.actions.following import is_followed
from tickets.costs import costs_beside
from tickets.filing import (
    Weighed,
    Wish,
    channels_offered,
    judged_level,
    levels_of,
    levels_offered,
    refusal_sentence,
    weigh_many,
)
from tickets.judging import Judged
from tickets.models import Case
from tickets.queries import visible_cases
from tickets.wallclock import FORESEEN, read_wall_time

CHANNEL = "portal"
PHONE = "phone"
UNKNOWN_RELEASE = "unknown"
# What is answered to the level that is offered for a workaround (MX-13).
TAKE_OFFER, KEEP_LEVEL = "take", "keep"

# What no answer in the form can mend: told before anything is asked.
STANDING = frozenset(
    {"contact_may_not_file", "no_contract", "channel_not_entitled", "unknown_plan"}
)


class SlotInPast(Invalid):
    code = "scheduled_in_past"
    message = _("This time has passed already. Choose a later one.")


@dataclass(frozen=True)
class Filing:
    """One customer's draft under the policy in force at `at`. `answers` are as they were typed."""

    by: Person
    at: datetime
    answers: Mapping[str, str]
    published: Published
    products: tuple[Product, ...]

    @property
    def policy(self) -> Policy:
        return self.published.policy

    @cached_property
    def zone(self) -> str:
        """Name the zone in which the customer reads and gives times."""
        return whereabouts(company=self.by.company, person=self.by).time_zone

    @property
    def product(self) -> Product | None:
        """Find the product that was chosen, or the only one that there is."""
        if len(self.products) == 1:
            return self.products[0]
        chosen = self.answers.get("product")
        return next((product for product in self.products if product.code == chosen), None)

    @cached_property
    def releases(self) -> list[Release]:
        """List the releases of the product, the newest first."""
        return list(releases_of(self.product)) if self.product else []

    @property
    def release(self) -> Release | None:
        """Find the release that was chosen; None for one that is not known."""
        chosen = self.answers.get("release")
        if not chosen:
            return None
        return next((one for one in self.releases if str(one.pk) == chosen), None)

    @cached_property
    def remembered_release(self) -> str:
        """Give the answer of the case before: the release that this contact named last."""
        named = Case.objects.filter(
            contact=self.by, product=self.product, release__isnull=False
        ).order_by("-number")
        found = named.values_list("release_id", flat=True).first()
        return str(found) if found else ""

    @cached_property
    def origin(self) -> Case | None:
        """Find the closed case that the new one is about (SC-18); None where it is about none."""
        number = number_in(self.answers.get("origin", ""))
        case = visible_cases(self.by).filter(number=number).first() if number else None
        return case if case is not None and is_followed(case) else None

    @cached_property
    def costs(self) -> list[ChannelCost]:
        """Price what is to be filed by every channel; empty where no case costs points."""
        return costs_beside(self.weighed, self.by.company, self.at)

    @property
    def phone_cost(self) -> ChannelCost | None:
        """Tell what the same case would cost by phone; None where that costs nothing."""
        found = (cost for cost in self.costs if cost.channel.code == PHONE and cost.points)
        return next(found, None)

    @property
    def is_phone_closed(self) -> bool:
        """Tell whether cases by phone are not part of this customer's support (SC-22)."""
        if self.policy.channel(PHONE) is None:
            return False
        return all(channel.code != PHONE for channel in channels_offered(self.weighed))

    @property
    def in_the_way(self) -> list[str]:
        """Say what a manager would have to let through, as far as it is known by now."""
        return [
            refusal_sentence(refusal, self.policy)
            for refusal in self.weighed.refusals
            if refusal.code in CAN_BE_OVERRIDDEN
            and (refusal.code != "release_needed" or "release" in self.answers)
        ]

    @cached_property
    def scheduled_for(self) -> datetime | None:
        """Read the wished time; None while there is none, or none that can be promised."""
        text = self.answers.get("scheduled_for", "")
        try:
            return self.read_slot(text) if text else None
        except (DomainError, EngineError):
            return None

    def read_slot(self, text: str) -> datetime:
        """Read a time that could be agreed, and try what would be promised for it.

        Raises NotAMoment, NoSuchLocalTime, TooFarAhead, SlotInPast, EngineError.
        """
        limit = self.at + FORESEEN
        slot = read_wall_time(text, self.zone, field="scheduled_for", not_after=limit)
        if slot < self.at:
            raise SlotInPast(field="scheduled_for")
        self._weigh(replace(self._undated, scheduled_for=slot))
        return slot

    def offered(self, axis: str) -> tuple[Level, ...]:
        """List the levels of an axis that a customer may choose; none where there is no axis."""
        return levels_offered(self.policy, axis, by=self.by)

    @cached_property
    def wish(self) -> Wish:
        """Say what is to be filed, as far as it is answered."""
        if not self.is_slot_wanted:
            return self._undated
        return replace(self._undated, scheduled_for=self.scheduled_for)

    @property
    def foreseen(self) -> Wish:
        """Give the wish for what is promised before the release is asked for: of the newest one."""
        if self.answers.get("release") or not self.releases:
            return self.wish
        return replace(self.wish, release=self.releases[0])

    @cached_property
    def weighed(self) -> Weighed:
        """Weigh the wish as it stands."""
        if self.wish.scheduled_for is None:
            return self._weighed_undated
        return self._weigh(self.wish)

    @cached_property
    def is_slot_wanted(self) -> bool:
        """Tell whether the chosen levels are worked at an agreed time (MS-10)."""
        settled = self._weighed_undated.settled
        return settled is not None and settled.promise.state == "awaiting_schedule"

    @property
    def is_availability_required(self) -> bool:
        """Tell whether a chosen level asks who can be reached (DD-10)."""
        return any(level.availability_required for level in self.levels)

    @property
    def levels(self) -> tuple[Level, ...]:
        """List the levels as they are chosen or preset."""
        return levels_of(self.policy, self.weighed.facts)

    @property
    def production_levels(self) -> list[str]:
        """Name the levels on offer that are for some environments only (MX-11)."""
        levels = (level for axis in self.policy.axes for level in self.offered(axis))
        return [level.name for level in levels if level.environments]

    @property
    def needs_environment(self) -> bool:
        """Tell whether it depends on the system which level counts."""
        return bool(self.production_levels)

    @property
    def is_wish(self) -> bool:
        """Tell whether it is a wish for the product, of which no system stands still (MX-14)."""
        case_type = self.policy.case_type(self.weighed.facts.case_type)
        return case_type is not None and case_type.feature_request

    @property
    def judged(self) -> list[Judged]:
        """Say of each axis which level was chosen and which counts."""
        return [judged_level(self.wish, self.policy, axis) for axis in self.policy.axes]

    @property
    def lower_level(self) -> Judged | None:
        """Find the level that is offered because a workaround is known (MX-13)."""
        return next((one for one in self.judged if one.offer is not None), None)

    @property
    def checklist(self) -> tuple[str, ...]:
        """List what helps with such a case, as the policy asks for it (DD-34)."""
        case_type = self.policy.case_type(self.weighed.facts.case_type)
        own = case_type.checklist if case_type else ()
        return own or self.policy.waiting.checklist

    def standing_refusals(self) -> list[str]:
        """Say in words why this customer cannot file anything here; empty if they can."""
        any_product = self.product or next(iter(self.products), None)
        bare = Wish(company=self.by.company, contact=self.by, channel=CHANNEL, product=any_product)
        refusals = self._weigh(bare).refusals
        return [
            refusal_sentence(refusal, self.policy)
            for refusal in refusals
            if refusal.code in STANDING
        ]

    def _weigh(self, wish: Wish) -> Weighed:
        return weigh_many([wish], by=self.by, at=self.at, published=self.published)[0]

    @cached_property
    def _weighed_undated(self) -> Weighed:
        return self._weigh(self._undated)

    @cached_property
    def _undated(self) -> Wish:
        return Wish(
            company=self.by.company,
            contact=self.by,
            channel=CHANNEL,
            product=self.product,
            case_type=self.answers.get("case_type") or None,
            severity=self._level("severity"),
            priority=self._level("priority"),
            release=self.release,
            keep_informed=bool(self.answers.get("keep_informed")),
            **self._situation,
            origin=self.origin,
            origin_kind=Case.Origin.FOLLOW_UP if self.origin else "",
        )

    @property
    def _situation(self) -> dict[str, Any]:
        answers = self.answers
        words = answers.get("workaround", "")
        return {
            "environment": _one_of(Case.Environment.values, answers.get("environment")),
            "affected": _one_of(Case.Affected.values, answers.get("affected")),
            "has_workaround": bool(answers.get("has_workaround") or words.strip()),
            "workaround": words,
            "takes_offer": answers.get("offer") == TAKE_OFFER,
            "is_security": bool(answers.get("is_security")),
        }

    def _level(self, axis: str) -> str | None:
        offered = self.offered(axis)
        if len(offered) == 1:
            return offered[0].code
        return (self.answers.get(axis) or None) if offered else None


def _one_of(codes: Collection[str], answer: str | None) -> str:
    return answer if answer in codes else ""


def read_filing(*, by: Person, answers: Mapping[str, str], at: datetime) -> Filing:
    """Read a draft's answers under the policy in force. Raises NoPolicy."""
    today = whereabouts(company=by.company, person=by).date_at(at)
    products = tuple(products_covered(by.company, today))
    return Filing(by, at, answers, current_policy(at), products)
