"""What a list says of its cases beside them: who is on each, and its tags, in one statement."""

from collections.abc import Sequence

from django.db import connection

from accounts.models import Person
from accounts.tenancy import current_tenant_id
from tickets.presence import STALE, Present

BESIDE = """
    SELECT here.case_id, NULL AS tag, somebody.name, here.is_writing
    FROM tickets_presence here
    JOIN accounts_person somebody
        ON somebody.tenant_id = here.tenant_id AND somebody.id = here.person_id
    WHERE here.tenant_id = %(tenant)s AND here.case_id = ANY(%(cases)s)
        AND here.person_id <> %(person)s AND somebody.is_active
        AND here.seen_at > statement_timestamp() - %(stale)s
    UNION ALL
    SELECT tagged.case_id, tag.name, NULL, NULL
    FROM tickets_casetag tagged
    JOIN tickets_tag tag ON tag.tenant_id = tagged.tenant_id AND tag.id = tagged.tag_id
    WHERE tagged.tenant_id = %(tenant)s AND tagged.case_id = ANY(%(cases)s)
    ORDER BY 1, 2, 4 DESC, 3
"""


def beside_cases(
    case_ids: Sequence[int], *, besides: Person
) -> tuple[dict[int, list[Present]], dict[int, list[str]]]:
    """Map cases to who else is on them, writers first, and to their tags by name.

    The same as `tickets.presence.present_on_cases` and `tickets.tags.tags_on_cases` say.
    """
    asked = {
        "tenant": current_tenant_id(),
        "cases": list(case_ids),
        "person": besides.pk,
        "stale": STALE,
    }
    present: dict[int, list[Present]] = {}
    tags: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, asked)
        for case_id, tag, name, is_writing in cursor.fetchall():
            if tag is not None:
                tags.setdefault(case_id, []).append(tag)
            else:
                present.setdefault(case_id, []).append(Present(name, is_writing))
    return present, tags
