"""What a plan brings in the term of a contract: seats, deliveries, unlocked figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from entitlements.benefit_models import BenefitItem
from entitlements.models import Contract
from entitlements.prerequisites import PlanInForce, plan_in_force
from entitlements.terms import Term, term_of
from sla.engine.offer import Benefit
from sla.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class BenefitFigures:
    """One benefit in one term.

    `number`: seats or deliveries of the plan in force. `used`: seats. `ratio`: what holds for the
    edition where the plan does not unlock it; None = not said. `term` None: no contract.
    """

    benefit: Benefit
    term: Term | None
    number: int
    used: int = 0
    uses: tuple[BenefitItem, ...] = ()
    deliveries: tuple[BenefitItem, ...] = ()
    ratio: int | None = None

    @property
    def left(self) -> int:
        return max(self.number - self.used, 0)

    @property
    def is_unlocked(self) -> bool:
        return self.benefit.kind == "unlock" and self.number > 0

    @property
    def done(self) -> int:
        return sum(item.done_on is not None for item in self.deliveries)

    @property
    def next_due(self) -> BenefitItem | None:
        return next((item for item in self.deliveries if item.done_on is None), None)


def benefits_of(
    contract: Contract | None,
    policy: Policy,
    on_date: date,
    in_force: PlanInForce | None = None,
) -> list[BenefitFigures]:
    """List what a contract brings in the term that a day lies in (SP-11, SP-17..19).

    In the order of the policy, without what the plan does not have and nothing is known of. One
    statement, beside that for the plan where `in_force` is not given.
    """
    plan = (in_force or plan_in_force(contract, policy, on_date)).plan
    term = term_of(contract, on_date) if contract else None
    items: Iterable[BenefitItem] = ()
    if contract is not None and term is not None and policy.benefits:
        items = items_of_terms({contract.pk: term})
    edition = contract.edition if contract else ""
    return figures_of(policy, plan, edition, term, items)


def figures_of(
    policy: Policy,
    plan: str | None,
    edition: str,
    term: Term | None,
    items: Iterable[BenefitItem],
) -> list[BenefitFigures]:
    """Count what is written down of a term against what the plan brings. Without a statement."""
    by_benefit = defaultdict(list)
    for item in items:
        by_benefit[item.benefit].append(item)
    counted = (_figures(one, plan, edition, term, by_benefit[one.code]) for one in policy.benefits)
    return [one for one in counted if one.number or one.uses or one.deliveries or one.ratio]


def items_of_terms(terms: Mapping[int, Term]) -> QuerySet[BenefitItem]:
    """List what is written down of contracts (by id) in their terms, by benefit and due day.

    Also what belongs to another term of them that begins on the same day as one of these.
    """
    items = BenefitItem.objects.filter(
        contract_id__in=terms, term_starts_on__in={term.first for term in terms.values()}
    )
    return items.select_related("done_by").order_by("benefit", "number", "done_on", "id")


def deliveries_owed() -> QuerySet[BenefitItem]:
    """List what is owed and not done over all contracts, what is due first first (SP-19)."""
    owed = BenefitItem.objects.filter(due_on__isnull=False, done_on__isnull=True)
    return owed.select_related("contract__company__account_manager").order_by("due_on", "id")


def _figures(
    benefit: Benefit, plan: str | None, edition: str, term: Term | None, items: list[BenefitItem]
) -> BenefitFigures:
    uses = tuple(item for item in items if item.due_on is None)
    number = benefit.number(plan)
    is_unlocked = benefit.kind == "unlock" and number > 0
    return BenefitFigures(
        benefit=benefit,
        term=term,
        number=number,
        used=sum(item.quantity for item in uses),
        uses=uses,
        deliveries=tuple(item for item in items if item.due_on is not None),
        ratio=None if is_unlocked else dict(benefit.editions).get(edition),
    )
