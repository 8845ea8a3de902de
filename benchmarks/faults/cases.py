"""Making thousands of cases whose clocks fall due over a span, and judging what became of them.

One case of each vendor is opened by the product; the others are copies of its rows, moved in time.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from accounts.actions import add_company, add_person, add_team, join_team
from accounts.models import Tenant
from accounts.tenancy import tenant
from supportdesk.local.embedded import places
from supportdesk.local.postgres import PORT
from tickets.actions.opening import open_case
from tickets.filing import Wish
from tickets.models import Case

POLICY = Path(__file__).with_name("policy.toml")
# Of each case: its breach is told, then it climbs.
STEPS_OF_A_CASE = 2
# One vendor has most of the work, the other must not wait for it.
SHARES = {"rig": 0.7, "rag": 0.3}

COPIES = """
CREATE TEMP TABLE copies AS
SELECT template.id AS old_id, due.number, due.shift,
       nextval(pg_get_serial_sequence('tickets_case', 'id')) AS new_id
FROM tickets_case template,
     unnest(%(shifts)s::interval[]) WITH ORDINALITY AS due(shift, number)
WHERE template.id = %(case)s
"""
MOVED = {
    "tickets_case": {
        "id": "copies.new_id",
        "uuid": "gen_random_uuid()",
        "number": "row.number + %(before)s + copies.number",
    },
    "tickets_caseevent": {"case_id": "copies.new_id"},
    "tickets_storedclock": {"case_id": "copies.new_id"},
}
LATE = """
SELECT e.tenant_id,
       extract(epoch FROM pg_xact_commit_timestamp(e.xmin))
           - (e.payload->>'due_at')::float8 AS late
FROM tickets_caseevent e JOIN tickets_case c ON c.id = e.case_id
WHERE e.kind = 'step_fired' AND c.number > %(before)s ORDER BY late
"""
COUNTS = """
SELECT count(*) FILTER (WHERE kind = 'step_fired'),
       count(DISTINCT (case_id, clock, clock_seq, step)) FILTER (WHERE kind = 'step_fired'),
       count(*) FILTER (WHERE kind = 'handed_over'),
       count(DISTINCT case_id) FILTER (WHERE kind = 'handed_over')
FROM tickets_caseevent e
WHERE EXISTS (SELECT FROM tickets_case c WHERE c.id = e.case_id AND c.number > %(before)s)
"""
EARLY = """
SELECT count(*) FROM tickets_caseevent e JOIN tickets_case c ON c.id = e.case_id
WHERE e.kind = 'step_fired' AND c.number > %(before)s
  AND e.recorded_at < to_timestamp((e.payload->>'due_at')::float8) - interval '1 second'
"""
LEFT = """
SELECT count(*) FROM tickets_case
WHERE number > %(before)s AND next_mark_at <= desk_now() OR set_aside_until IS NOT NULL
"""


# The breach is told to the lead, the hand-over to the one agent of the next level: once each.
UNTOLD = """
SELECT count(*) FROM tickets_caseevent e JOIN tickets_case c ON c.id = e.case_id
WHERE c.number > %(before)s
  AND (e.kind = 'handed_over' OR e.kind = 'step_fired' AND e.step = 'breach')
  AND (SELECT count(*) FROM escalation_notice n WHERE n.event_id = e.id) <> 1
"""
TWICE_QUEUED = """
SELECT count(*) FROM escalation_noticebatch b
WHERE (SELECT count(*) FROM outbox_outboxmessage m
       WHERE m.kind LIKE 'notices%%' AND (m.refs->>'batch')::bigint = b.id) <> 1
"""


@dataclass(frozen=True)
class Verdict:
    """What became of one phase; lateness in seconds from due to commit."""

    cases: int
    steps: int
    distinct_steps: int
    hand_overs: int
    distinct_hand_overs: int
    early: int
    left: int
    untold: int
    twice_queued: int
    p50: float
    p99: float
    latest: float

    def faults(self, *, latest: float, p99: float | None = None) -> list[str]:
        """List what is wrong: not exactly once, lost, early, or later than `latest` seconds."""
        wanted = self.cases * STEPS_OF_A_CASE
        found = []
        if (self.steps, self.distinct_steps) != (wanted, wanted):
            found.append(f"{self.steps} steps, {self.distinct_steps} different, wanted {wanted}")
        if (self.hand_overs, self.distinct_hand_overs) != (self.cases, self.cases):
            found.append(f"{self.hand_overs} hand-overs of {self.distinct_hand_overs} cases")
        if self.early or self.left:
            found.append(f"{self.early} early, {self.left} left")
        if self.untold or self.twice_queued:
            found.append(f"{self.untold} not told once, {self.twice_queued} batches not sent once")
        if self.latest > latest:
            found.append(f"{self.latest:.1f} s late, at most {latest:.1f} allowed")
        if p99 is not None and self.p99 > p99:
            found.append(f"p99 {self.p99:.1f} s, at most {p99:.1f} allowed")
        return found


def make_vendors() -> dict[str, Case]:
    """Make two vendors with a desk and one open case each: what the others are copies of."""
    call_command("load_policy", str(POLICY), verbosity=0)
    other = POLICY.read_text().replace('vendor = "rig"', 'vendor = "rag"')
    second = places().state / "second.toml"
    second.write_text(other.replace('case_prefix = "RIG"', 'case_prefix = "RAG"'))
    call_command("load_policy", str(second), verbosity=0)
    return {slug: _template(Tenant.objects.get(slug=slug)) for slug in SHARES}


def _template(home: Tenant) -> Case:
    with tenant(home) as at:
        company = add_company(name="Acme", time_zone="Etc/UTC", country="US")
        contact = add_person(name="Caro", role="contact", email="caro@rig.test", company=company)
        add_person(name="Lea", role="lead", email="lea@rig.test")
        for tier in (1, 2):
            agent = add_person(
                name=f"Agent {tier}", role="agent", tier=tier, email=f"agent{tier}@rig.test"
            )
            join_team(team=add_team(name=f"Level {tier}", tier=tier), person=agent)
        wish = Wish(company=company, contact=contact, channel="portal")
        return open_case(wish=wish, subject="Template", body="It stands.", by=contact, at=at)


def copy_cases(
    templates: dict[str, Case], *, count: int, first: datetime, seconds: float, rng: random.Random
) -> int:
    """Make `count` cases that fall due at random over `seconds` from `first`.

    Returns the highest case number that was there before.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(number) FROM tickets_case")
        before = cursor.fetchone()[0]
        for slug, share in SHARES.items():
            due = [
                first + timedelta(seconds=rng.uniform(0, seconds))
                for _ in range(round(count * share))
            ]
            shifts = [moment - templates[slug].next_due_at for moment in due]
            _copy(cursor, templates[slug].pk, shifts, before)
        cursor.execute("ANALYZE tickets_case, tickets_caseevent, tickets_storedclock")
    return before


def _copy(cursor, case_id: int, shifts: list[timedelta], before: int) -> None:
    cursor.execute("DROP TABLE IF EXISTS copies")
    cursor.execute(COPIES, {"shifts": shifts, "case": case_id})
    for table, moved in MOVED.items():
        key = "id" if table == "tickets_case" else "case_id"
        names = [name for name in _columns(cursor, table) if name != "id" or "id" in moved]
        values = [moved.get(name) or _shifted(cursor, table, name) for name in names]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM {table} row JOIN copies ON copies.old_id = row.{key}",
            {"before": before},
        )


def _columns(cursor, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _shifted(cursor, table: str, name: str) -> str:
    cursor.execute(
        "SELECT data_type FROM information_schema.columns "
        "WHERE table_name = %s AND column_name = %s",
        [table, name],
    )
    is_moment = cursor.fetchone()[0] == "timestamp with time zone"
    return f"row.{name} + copies.shift" if is_moment else f"row.{name}"


def steps_done(before: int) -> int:
    """Count the steps that have fired on the cases after number `before`."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(COUNTS, {"before": before})
        return cursor.fetchone()[0]


def judge(count: int, before: int) -> Verdict:
    """Read from the rows what became of the cases after number `before`."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(COUNTS, {"before": before})
        steps, distinct, moves, moved = cursor.fetchone()
        cursor.execute(EARLY, {"before": before})
        (early,) = cursor.fetchone()
        cursor.execute(LEFT, {"before": before})
        (left,) = cursor.fetchone()
        cursor.execute(UNTOLD, {"before": before})
        (untold,) = cursor.fetchone()
        cursor.execute(TWICE_QUEUED)
        (twice_queued,) = cursor.fetchone()
    late = _lateness(before)
    return Verdict(
        cases=count,
        steps=steps,
        distinct_steps=distinct,
        hand_overs=moves,
        distinct_hand_overs=moved,
        early=early,
        left=left,
        untold=untold,
        twice_queued=twice_queued,
        p50=late[len(late) // 2],
        p99=late[len(late) * 99 // 100],
        latest=late[-1],
    )


def _lateness(before: int) -> list[float]:
    """List by how long after it was due each step was committed."""
    with as_superuser() as cursor:
        cursor.execute(LATE, {"before": before})
        return [late for _tenant, late in cursor.fetchall()]


def as_superuser():
    """Open a cursor as the cluster's superuser: moments of commits are shown to nobody else."""
    import psycopg2  # noqa: PLC0415

    connection = psycopg2.connect(
        host=str(places().sockets), port=PORT, user="postgres", dbname="supportdesk"
    )
    connection.autocommit = True
    return connection.cursor()
