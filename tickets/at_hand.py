"""What the desk has at hand on a case: its tags, texts for reuse and macros, by name."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.models import Case

AT_HAND = """
    SELECT 'tag' AS what, tag.name AS name, tag.id AS pk, EXISTS (
        SELECT FROM tickets_casetag tied
        WHERE tied.tenant_id = tag.tenant_id AND tied.tag_id = tag.id AND tied.case_id = %(case)s
    )
    FROM tickets_tag tag WHERE tag.tenant_id = %(tenant)s
    UNION ALL
    SELECT 'text', title, id, owner_id IS NOT NULL FROM tickets_cannedreply
    WHERE tenant_id = %(tenant)s AND (owner_id IS NULL OR owner_id = %(by)s)
    UNION ALL
    SELECT 'macro', title, id, owner_id IS NOT NULL FROM tickets_macro
    WHERE tenant_id = %(tenant)s AND (owner_id IS NULL OR owner_id = %(by)s)
    ORDER BY what, name, pk
"""


@dataclass(frozen=True)
class Named:
    """A tag, a text or a macro. `is_own`: it is one's own; of a tag: the case has it."""

    pk: int
    name: str
    is_own: bool


@dataclass(frozen=True)
class AtHand:
    """All that one can reach for, each by name."""

    tags: list[Named]
    texts: list[Named]
    macros: list[Named]


def at_hand(case: Case, by: Person) -> AtHand:
    """List the tags of the desk, and the texts and macros that a person may use; one statement."""
    found: dict[str, list[Named]] = {"tag": [], "text": [], "macro": []}
    with connection.cursor() as cursor:
        asked = {"tenant": current_tenant_id(), "case": case.pk, "by": by.pk}
        cursor.execute(AT_HAND, asked)
        for what, name, pk, is_own in cursor.fetchall():
            found[what].append(Named(pk, name, is_own))
    return AtHand(found["tag"], found["text"], found["macro"])
