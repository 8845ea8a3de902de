"""What others do on a case, and what one has lying there oneself: read in one statement.

Each is a small question of its own, and the page of a case asks all of them each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.held_answers import STUCK
from tickets.models import Case
from tickets.presence import STALE, Present

# What it is, whose, when (epoch seconds), and one's own (of who is there: whether they write).
AROUND = """
    SELECT 'look' AS what, '' AS name, seq::double precision AS at, true AS own
    FROM tickets_caselook
    WHERE tenant_id = %(tenant)s AND case_id = %(case)s AND person_id = %(by)s
    UNION ALL
    SELECT 'here', person.name, 0, here.is_writing
    FROM tickets_presence here
    JOIN accounts_person person
        ON person.tenant_id = here.tenant_id AND person.id = here.person_id
    WHERE here.tenant_id = %(tenant)s AND here.case_id = %(case)s AND here.person_id <> %(by)s
        AND here.seen_at > statement_timestamp() - %(stale)s AND person.is_active
    UNION ALL
    SELECT 'draft', person.name, 0, draft.person_id = %(by)s
    FROM tickets_actdraft draft
    JOIN accounts_person person
        ON person.tenant_id = draft.tenant_id AND person.id = draft.person_id
    WHERE draft.tenant_id = %(tenant)s AND draft.case_id = %(case)s
        AND (draft.person_id = %(by)s OR person.is_active AND draft.act <> 'note')
    UNION ALL
    SELECT 'held', person.name, extract(epoch FROM held.send_at), held.person_id = %(by)s
    FROM tickets_heldanswer held
    JOIN accounts_person person
        ON person.tenant_id = held.tenant_id AND person.id = held.person_id
    WHERE held.tenant_id = %(tenant)s AND held.case_id = %(case)s AND held.state = 'held'
        AND (held.person_id = %(by)s OR held.send_at > statement_timestamp() - %(stuck)s)
    UNION ALL
    (SELECT 'sent', '', 0, false FROM tickets_attachment
    WHERE tenant_id = %(tenant)s AND case_id = %(case)s AND event_id IS NOT NULL LIMIT 1)
    UNION ALL
    (SELECT 'unsent', '', 0, true FROM tickets_attachment
    WHERE tenant_id = %(tenant)s AND case_id = %(case)s AND event_id IS NULL
        AND uploaded_by_id = %(by)s LIMIT 1)
    ORDER BY what, own DESC, at, name
"""


@dataclass(frozen=True)
class Around:
    """What there is on a case besides its entries, for one person of the desk.

    `looked`: the last entry that they were shown, 0 = none. `drafting` and `sending` name others,
    without a word of what they write. `has_draft`, `has_held`, `has_unsent`: of one's own there is
    something typed, about to be sent, uploaded for a form. `has_files`: files came with entries.
    """

    looked: int = 0
    present: list[Present] = field(default_factory=list)
    drafting: list[str] = field(default_factory=list)
    sending: list[str] = field(default_factory=list)
    has_draft: bool = False
    has_held: bool = False
    has_files: bool = False
    has_unsent: bool = False


def around_case(case: Case, by: Person) -> Around:
    """Read what is around a case that `by` may see; one statement."""
    asked: dict[str, int | timedelta] = {
        "tenant": current_tenant_id(),
        "case": case.pk,
        "by": by.pk,
        "stale": STALE,
        "stuck": STUCK,
    }
    with connection.cursor() as cursor:
        cursor.execute(AROUND, asked)
        return _sorted_out(cursor.fetchall())


def _sorted_out(rows: Iterable[tuple[str, str, float, bool]]) -> Around:
    found: dict[str, list[tuple[str, float, bool]]] = {}
    for what, name, at, own in rows:
        found.setdefault(what, []).append((name, at, own))
    drafts, held = found.get("draft", []), found.get("held", [])
    return Around(
        looked=int(next((at for _name, at, _own in found.get("look", [])), 0)),
        present=[Present(name, is_writing) for name, _at, is_writing in found.get("here", [])],
        drafting=list(dict.fromkeys(name for name, _at, own in drafts if not own)),
        sending=[name for name, _at, own in held if not own],
        has_draft=any(own for *_who, own in drafts),
        has_held=any(own for *_who, own in held),
        has_files="sent" in found,
        has_unsent="unsent" in found,
    )
