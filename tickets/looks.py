"""How far each of the desk has read a case: what a customer has said since is new to them."""

from collections.abc import Iterable

from django.db import connection

from accounts import roles
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import Case

# Two pages of one case may be open: the later entry counts.
NOTED = """
    INSERT INTO tickets_caselook AS look (tenant_id, case_id, person_id, seq)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (tenant_id, case_id, person_id) DO UPDATE SET seq = excluded.seq
    WHERE look.seq < excluded.seq
"""
# Whoever has acted on a case since has read it, whether or not their browser said so.
UNREAD = """
    SELECT DISTINCT entry.case_id
    FROM tickets_caseevent entry
    JOIN accounts_person writer ON writer.tenant_id = entry.tenant_id AND writer.id = entry.by_id
    LEFT JOIN tickets_caselook look ON look.tenant_id = entry.tenant_id
        AND look.case_id = entry.case_id AND look.person_id = %(person)s
    WHERE entry.tenant_id = %(tenant)s AND entry.case_id = ANY(%(cases)s)
        AND entry.audience = 'public' AND writer.role = ANY(%(customers)s)
        AND entry.seq > coalesce(look.seq, 0)
        AND NOT EXISTS (
            SELECT FROM tickets_caseevent own
            WHERE own.tenant_id = entry.tenant_id AND own.case_id = entry.case_id
                AND own.by_id = %(person)s AND own.seq > entry.seq
        )
"""


def note_look(*, case: Case, by: Person, seq: int) -> None:
    """Note that somebody was shown a case up to an entry."""
    with connection.cursor() as cursor:
        key = [current_tenant_id(), case.pk, by.pk, min(seq, case.last_seq)]
        cursor.execute(NOTED, key)


def unread_among(case_ids: Iterable[int], by: Person) -> set[int]:
    """Find the cases with an entry of their customer's that somebody has not been shown yet."""
    asked = {
        "person": by.pk,
        "tenant": current_tenant_id(),
        "cases": list(case_ids),
        "customers": sorted(roles.CUSTOMERS),
    }
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, asked)
        return {case_id for (case_id,) in cursor.fetchall()}
