"""A case that is being filed: what was answered so far, and what the policy makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError, Invalid
from accounts.models import Person
from accounts.queries import whereabouts
from entitlements.models import Product
from entitlements.queries import products_covered
from sla.engine.errors import EngineError
from sla.engine.parts import Level
from sla.engine.policy import Policy
from sla.queries import Published, current_policy
from tickets.filing import Weighed, Wish, levels_of, levels_offered, refusal_sentence, weigh
from tickets.wallclock import FORESEEN, read_wall_time

CHANNEL = "portal"

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
        weigh(replace(self._undated, scheduled_for=slot), by=self.by, at=self.at)
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

    @cached_property
    def weighed(self) -> Weighed:
        """Weigh the wish as it stands."""
        return weigh(self.wish, by=self.by, at=self.at)

    @cached_property
    def is_slot_wanted(self) -> bool:
        """Tell whether the chosen levels are worked at an agreed time (MS-10)."""
        settled = weigh(self._undated, by=self.by, at=self.at).settled
        return settled is not None and settled.promise.state == "awaiting_schedule"

    @property
    def is_availability_required(self) -> bool:
        """Tell whether a chosen level asks who can be reached (DD-10)."""
        return any(level.availability_required for level in self.levels)

    @property
    def levels(self) -> tuple[Level, ...]:
        """List the levels as they are chosen or preset."""
        return levels_of(self.policy, self.weighed.facts)

    def standing_refusals(self) -> list[str]:
        """Say in words why this customer cannot file anything here; empty if they can."""
        any_product = self.product or next(iter(self.products), None)
        bare = Wish(company=self.by.company, contact=self.by, channel=CHANNEL, product=any_product)
        refusals = weigh(bare, by=self.by, at=self.at).refusals
        return [
            refusal_sentence(refusal, self.policy)
            for refusal in refusals
            if refusal.code in STANDING
        ]

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
        )

    def _level(self, axis: str) -> str | None:
        offered = self.offered(axis)
        if len(offered) == 1:
            return offered[0].code
        return (self.answers.get(axis) or None) if offered else None


def read_filing(*, by: Person, answers: Mapping[str, str], at: datetime) -> Filing:
    """Read a draft's answers under the policy in force. Raises NoPolicy."""
    today = whereabouts(company=by.company, person=by).date_at(at)
    products = tuple(products_covered(by.company, today))
    return Filing(by, at, answers, current_policy(at), products)
