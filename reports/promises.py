"""How many promises were kept, of how many, and by whom: read from the stored clocks.

A promise is *decided* when it is kept, or when its time passes; it belongs to the span in which
that was. One that came to no decision (the case was over before) is dropped, and one that was not
decided by the end of the span was running. What the desk only aims at, and orders to page, are no
promises (MX-25, MS-05). Tier and team are those who held the case at that moment. The agent is who
kept the promise, and of any other one who owned the case. All other facts are those that the case
has now.

SQL by hand: who held a case is a window over its entries, and 100,000 cases are counted in one
statement. Every statement names the tenant, beside row-level security.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from reports.asking import ask
from reports.spans import Span
from sla.engine.kinds import WAITING
from tickets.models import Case
from tickets.queries import visible_cases

KEPT, MISSED, RUNNING, DROPPED = OUTCOMES = ("kept", "missed", "running", "dropped")

DECIDED = """
decided AS MATERIALIZED (
    SELECT clock.id, clock.case_id, clock.kind, clock.started_seq, clock.started_at, clock.due_at,
        clock.ended_at,
        CASE
            WHEN clock.state = 'met' AND clock.ended_at < %(until)s THEN 'kept'
            WHEN clock.state = 'cancelled' AND clock.ended_at < %(until)s THEN 'dropped'
            WHEN clock.due_at < %(passed)s AND (clock.state = 'late' OR clock.ended_at IS NULL)
                THEN 'missed'
            ELSE 'running'
        END AS outcome,
        CASE
            WHEN clock.state IN ('met', 'cancelled') AND clock.ended_at < %(until)s
                THEN clock.ended_at
            WHEN clock.due_at < %(passed)s AND (clock.state = 'late' OR clock.ended_at IS NULL)
                THEN clock.due_at
            ELSE %(passed)s
        END AS decided_at
    FROM tickets_storedclock clock
    WHERE clock.tenant_id = %(tenant)s AND clock.is_promised AND clock.counts
        AND clock.kind <> %(waiting)s
        AND (clock.due_at IS NOT NULL OR clock.need_seconds IS NOT NULL)
        AND clock.started_at < %(until)s
        AND (clock.ended_at IS NULL OR clock.ended_at >= %(since)s OR clock.due_at >= %(since)s)
        AND clock.case_id <> ALL(%(hidden)s)
)
"""
# Missed before the span and answered in it: it belongs to the span in which it was missed.
IN_SPAN = "decided.decided_at >= %(since)s"
OF_COMPANY = "(%(company)s = 0 OR c.company_id = %(company)s)"

# Who held a case, from one entry that says so to the next. `told` are these entries, `value` what
# one says, `before` what the first of them says of the time before it, `without` what holds where
# there is none.
HOLDERS: Mapping[str, Mapping[str, str]] = {
    "tier": {
        "told": "event.kind = 'handed_over'",
        "value": "event.payload->>'to_tier'",
        "before": "event.payload->>'from_tier'",
        "without": "c.tier::text",
    },
    "team": {
        "told": "(event.kind = 'handed_over'"
        " OR event.kind = 'triaged' AND jsonb_exists(event.payload, 'team'))",
        "value": "coalesce(event.payload->>'to_team', event.payload->>'team')",
        "before": "event.payload->>'from_team'",
        "without": "c.team_id::text",
    },
    "agent": {
        "told": "event.kind IN ('assigned', 'handed_over')",
        "value": "event.payload->>'owner'",
        "before": "event.payload->>'from'",
        "without": "NULL",
    },
}
HELD = """,
moves AS (
    SELECT event.case_id, event.occurred_at, {value} AS value, {before} AS before,
        lead(event.occurred_at) OVER told AS until_at, row_number() OVER told AS number
    FROM tickets_caseevent event
    WHERE event.tenant_id = %(tenant)s AND {told}
        AND event.case_id IN (SELECT case_id FROM decided WHERE {in_span})
    WINDOW told AS (PARTITION BY event.case_id ORDER BY event.seq)
)
"""
# Who kept a promise: whoever's entry it was that ended its clock, if it was a person's.
KEPT_BY = """,
kept_by AS (
    SELECT DISTINCT ON (event.case_id, event.occurred_at)
        event.case_id, event.occurred_at, event.by_id::text AS value
    FROM tickets_caseevent event
    WHERE event.tenant_id = %(tenant)s AND event.kind = ANY(%(words)s) AND event.by_id IS NOT NULL
        AND event.case_id IN (SELECT case_id FROM decided WHERE outcome = 'kept' AND {in_span})
    ORDER BY event.case_id, event.occurred_at, event.seq
)
"""
KEPT_BY_JOIN = """
    LEFT JOIN kept_by ON decided.outcome = 'kept' AND kept_by.case_id = decided.case_id
        AND kept_by.occurred_at = decided.decided_at
"""
# Entries by which people of the desk keep promises.
WORDS = (
    "agent_replied",
    "agent_called",
    "answered_through",
    "question_asked",
    "resolved",
    "work_logged",
    "workaround_given",
    "escalation_answered",
)
HOLDER_JOINS = """
    LEFT JOIN moves held ON held.case_id = decided.case_id
        AND held.occurred_at <= decided.decided_at
        AND (held.until_at IS NULL OR held.until_at > decided.decided_at)
    LEFT JOIN moves first ON first.case_id = decided.case_id AND first.number = 1
        AND held.case_id IS NULL
"""
HOLDER_VALUE = (
    "CASE WHEN held.case_id IS NOT NULL THEN held.value"
    " WHEN first.case_id IS NOT NULL THEN first.before ELSE {without} END"
)
FACTS = {
    "plan": "c.plan",
    "severity": "c.severity",
    "priority": "c.priority",
    "product": "c.product_id::text",
    "company": "c.company_id::text",
}
DIMENSIONS = ("plan", "severity", "priority", "tier", "team", "agent", "product", "company")

COUNT = ", ".join(
    f"count(*) FILTER (WHERE decided.outcome = '{outcome}') AS {outcome}" for outcome in OUTCOMES
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many promises came to what in a span; `late_still` of the missed are not answered yet."""

    kept: int = 0
    missed: int = 0
    running: int = 0
    dropped: int = 0
    late_still: int = 0

    @property
    def decided(self) -> int:
        return self.kept + self.missed

    @property
    def per_mille(self) -> int | None:
        """Give the share that was kept, rounded down: 999 is not all. None without any."""
        return self.kept * 1000 // self.decided if self.decided else None

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.kept + other.kept,
            self.missed + other.missed,
            self.running + other.running,
            self.dropped + other.dropped,
            self.late_still + other.late_still,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """The promises of one kind of clock with one value of a dimension, "" for none."""

    clock: str
    value: str
    count: Count


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which promises of a span are listed: by clock, outcome, and a value of a dimension.

    "" is all of them; `by` "" leaves `value` aside. A value "" is of those that have none.
    """

    clock: str = ""
    outcome: str = ""
    by: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One promise; `outcome` is one of OUTCOMES."""

    case_id: int
    clock: str
    started_seq: int
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    outcome: str


def counted(span: Span, by: str, person: Person | None, at: datetime) -> list[Counted]:
    """Count the promises of a span by clock and by a dimension, as far as `person` sees the cases.

    `person` None is the vendor itself. One statement, two where cases are hidden from `person`.
    Raises ValueError where there is no such dimension.
    """
    value, joins, held = _dimension(by)
    sql = (
        f"WITH {DECIDED}{held} SELECT decided.kind, coalesce({value}, ''), {COUNT},"
        " count(*) FILTER (WHERE decided.outcome = 'missed' AND decided.ended_at IS NULL)"
        " FROM decided JOIN tickets_case c ON c.tenant_id = %(tenant)s AND c.id = decided.case_id"
        f" {joins} WHERE {IN_SPAN} AND {OF_COMPANY} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [
        Counted(kind, value, Count(*figures))
        for kind, value, *figures in ask(sql, _given(span, person, at))
    ]


def listed(
    span: Span, chosen: Chosen, person: Person | None, at: datetime, *, most: int, skip: int = 0
) -> list[Listed]:
    """List promises of a span, those due last first, as far as `person` sees the cases."""
    value, joins, held = _dimension(chosen.by) if chosen.by else ("''", "", "")
    sql = (
        f"WITH {DECIDED}{held} SELECT decided.case_id, decided.kind, decided.started_seq,"
        " decided.started_at, decided.due_at, decided.ended_at, decided.outcome"
        " FROM decided JOIN tickets_case c ON c.tenant_id = %(tenant)s AND c.id = decided.case_id"
        f" {joins} WHERE {IN_SPAN} AND {OF_COMPANY}"
        " AND (%(clock)s = '' OR decided.kind = %(clock)s)"
        " AND (%(outcome)s = '' OR decided.outcome = %(outcome)s)"
        f" AND (%(by)s = '' OR coalesce({value}, '') = %(value)s)"
        " ORDER BY decided.due_at DESC NULLS LAST, decided.id DESC LIMIT %(most)s OFFSET %(skip)s"
    )
    given = _given(span, person, at) | {
        "clock": chosen.clock,
        "outcome": chosen.outcome,
        "by": chosen.by,
        "value": chosen.value,
        "most": most,
        "skip": skip,
    }
    return [Listed(*row) for row in ask(sql, given)]


def total_of(rows: Iterable[Counted]) -> Count:
    """Add counts up."""
    return sum((row.count for row in rows), Count())


def cases_that_owe_none(span: Span, person: Person | None, at: datetime) -> int:
    """Count the cases opened in a span to which nothing was promised."""
    sql = (
        "SELECT count(*) FROM tickets_case c WHERE c.tenant_id = %(tenant)s"
        " AND c.opened_at >= %(since)s AND c.opened_at < %(until)s"
        f" AND {OF_COMPANY} AND c.id <> ALL(%(hidden)s)"
        " AND NOT EXISTS (SELECT FROM tickets_storedclock clock"
        " WHERE clock.tenant_id = %(tenant)s AND clock.case_id = c.id AND clock.is_promised"
        " AND clock.counts AND clock.kind <> %(waiting)s"
        " AND (clock.due_at IS NOT NULL OR clock.need_seconds IS NOT NULL))"
    )
    return ask(sql, _given(span, person, at))[0][0]


def hidden_cases(person: Person | None) -> list[int]:
    """List the restricted cases that somebody of the desk may not see (DD-06): few, if any."""
    if person is None or person.may("see_restricted"):
        return []
    restricted = Case.objects.filter(is_restricted=True)
    return list(restricted.exclude(pk__in=visible_cases(person)).values_list("pk", flat=True))


def _dimension(by: str) -> tuple[str, str, str]:
    """Give the expression of a dimension, the joins that it needs and the table behind them."""
    if by in FACTS:
        return FACTS[by], "", ""
    if by not in HOLDERS:
        raise ValueError(f"no such dimension: {by!r}")
    parts = HOLDERS[by]
    value = HOLDER_VALUE.format(without=parts["without"])
    if by != "agent":
        return value, HOLDER_JOINS, HELD.format(in_span=IN_SPAN, **parts)
    # Whose a kept promise was is not asked: that is most of them.
    held = HELD.format(in_span=f"{IN_SPAN} AND decided.outcome <> 'kept'", **parts)
    agent = f"CASE WHEN decided.outcome = 'kept' THEN kept_by.value ELSE {value} END"
    return agent, HOLDER_JOINS + KEPT_BY_JOIN, held + KEPT_BY.format(in_span=IN_SPAN)


def _given(span: Span, person: Person | None, at: datetime) -> dict[str, Any]:
    return {
        "tenant": current_tenant_id(),
        "since": span.since,
        "until": span.until,
        "company": span.company_id,
        "passed": min(span.until, at),
        "waiting": WAITING,
        "words": list(WORDS),
        "hidden": hidden_cases(person),
    }
