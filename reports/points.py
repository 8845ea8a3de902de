"""What became of points in a span: spent by plan and channel, and all that moved, by kind."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from entitlements.models import PointsEntry
from reports.asking import ask
from reports.promises import hidden_cases
from reports.spans import Span, of_company

Kind = PointsEntry.Kind

# The ledger names cases by their number: it stands below them.
SPENT = """
    SELECT c.plan, c.channel, count(DISTINCT c.id),
        coalesce(-sum(entry.points) FILTER (WHERE entry.points < 0), 0),
        coalesce(sum(entry.points) FILTER (WHERE entry.points > 0), 0)
    FROM entitlements_pointsentry entry
    JOIN tickets_case c ON c.tenant_id = entry.tenant_id AND c.number = entry.case_number
    WHERE entry.tenant_id = %(tenant)s AND entry.kind = ANY(%(kinds)s)
        AND entry.occurred_at >= %(since)s AND entry.occurred_at < %(until)s
        AND c.id <> ALL(%(hidden)s) AND (%(company)s = 0 OR entry.company_id = %(company)s)
    GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Points of the cases of one plan and channel: taken, and given back. `cases` is how many."""

    plan: str
    channel: str
    cases: int
    spent: int
    back: int

    @property
    def net(self) -> int:
        return self.spent - self.back


@dataclass(frozen=True, slots=True)
class Moved:
    """All entries of one kind: how many, and the sum of their points, signed."""

    kind: str
    entries: int
    points: int


def spent_by_plan(span: Span, person: Person) -> list[Spent]:
    """Sum what cases took and got back in a span, those that took most first."""
    given: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "kinds": [Kind.SPEND.value, Kind.CREDIT.value, Kind.REVERSAL.value],
        "since": span.since,
        "until": span.until,
        "company": span.company_id,
        "hidden": hidden_cases(person),
    }
    return [Spent(*row) for row in ask(SPENT, given)]


def moved(span: Span) -> list[Moved]:
    """Sum all entries of a span by kind, in the order in which the ledger names them."""
    entries = PointsEntry.objects.filter(occurred_at__gte=span.since, occurred_at__lt=span.until)
    entries = of_company(entries, span, "company")
    sums = entries.order_by().values_list("kind").annotate(Count("pk"), Sum("points"))
    found = {kind: Moved(kind, number, points) for kind, number, points in sums}
    return [found[kind] for kind in Kind.values if kind in found]
