"""What customer and desk agree on about a case, for the customer's page of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Person
from entitlements.gate_rules import Cost
from sla.engine.parts import Refusal
from sla.engine.policy import Policy
from tickets.actions.consenting import running_consents
from tickets.actions.crediting import CREDITED, may_have_money
from tickets.actions.declining import declined_part
from tickets.actions.following import is_followed, weigh_follow_up
from tickets.actions.splitting import (
    filing_refusal,
    points_of,
    waiting_split,
    weigh_split,
)
from tickets.filing import refusal_sentence
from tickets.gate_words import kept_from
from tickets.models import Case, CaseEvent, RemoteConsent, SplitProposal
from tickets.queries import visible_cases
from tickets.timeline import load_timeline


@dataclass(frozen=True)
class Offer:
    """A case of its own that is proposed: what it would cost now, and what stands against it."""

    proposal: SplitProposal
    points: int
    balance: int
    refusals: tuple[str, ...]
    notices: tuple[str, ...] = ()

    @property
    def after(self) -> int:
        return self.balance - self.points


@dataclass(frozen=True)
class Agreements:
    """What the page of a case asks its customer, and what they have agreed to.

    `events` is the history of the case as it is on the page: what never happened costs no
    statement.
    """

    case: Case
    person: Person
    policy: Policy
    events: Sequence[CaseEvent]
    at: datetime

    @cached_property
    def consents(self) -> list[RemoteConsent]:
        return running_consents(self.case, self.at) if self._has("consent_given") else []

    @property
    def may_consent(self) -> bool:
        return self.case.is_open

    @cached_property
    def offer(self) -> Offer | None:
        """Find the proposal that waits, weighed as it would be opened now (SC-13)."""
        proposal = waiting_split(self.case) if self._has("split_proposed") else None
        if proposal is None:
            return None
        timeline = load_timeline(self.case)
        weighed = weigh_split(self.case, timeline, by=proposal.proposed_by, at=self.at)
        own = filing_refusal(self.person)
        refusals = (*weighed.refusals, *([own] if own else []))
        return Offer(
            proposal=proposal,
            points=points_of(weighed),
            balance=weighed.cost.balance if weighed.cost else 0,
            refusals=self._told(refusals),
            notices=self._told(weighed.notices),
        )

    def _told(self, refusals: Iterable[Refusal]) -> tuple[str, ...]:
        own = (kept_from(self.person, one) for one in refusals)
        told = (refusal_sentence(one, self.policy) for one in own)
        return tuple(dict.fromkeys(told))

    @property
    def cost(self) -> int | None:
        """Count the points that the opening took; None where cases cost none."""
        return self.events[0].payload.get("points") if self.events else None

    @property
    def credited(self) -> int:
        """Count the points that came back."""
        kinds = (CREDITED, "declined")
        return sum(one.payload.get("points", 0) for one in self.events if one.kind in kinds)

    @cached_property
    def may_be_money(self) -> int:
        """Count the points that came back and may be had as money instead (SC-21)."""
        if not self._has(CREDITED):
            return 0
        return may_have_money(self.case, self.policy, self.at)

    @property
    def has_points(self) -> bool:
        return self.policy.has_points

    @property
    def declined(self):
        """Find what was declined, with who can help instead (SC-15)."""
        return declined_part(self.policy, self.case.declined) if self.case.declined else None

    @cached_property
    def anew(self) -> Cost | None:
        """Price a new case about this closed one, as of now; None where it is free (SC-18)."""
        if not is_followed(self.case):
            return None
        return weigh_follow_up(self.case, self.policy, by=self.person, at=self.at).cost

    @cached_property
    def related(self) -> list[tuple[Case, str]]:
        """List the cases that this one came from, or that came from it, as far as one may see."""
        numbers = [one.payload["case"] for one in self.events if one.kind in LINKING]
        if self.case.origin is not None:
            numbers.append(self.case.origin.number)
        if not numbers:
            return []
        found = visible_cases(self.person).filter(number__in=numbers).order_by("number")
        return [(other, self._relation(other)) for other in found]

    def _relation(self, other: Case) -> str:
        if other.pk == self.case.origin_id:
            return f"from_{self.case.origin_kind}"
        return f"to_{other.origin_kind}"

    def _has(self, kind: str) -> bool:
        return any(event.kind == kind for event in self.events)


LINKING = ("case_split", "followed_up")
