"""Uploading files in tests, through the actions."""

from datetime import datetime

from accounts.models import Person
from tickets.actions.attaching import FILING, add_part, begin_upload
from tickets.attachment_models import Attachment
from tickets.models import Case

LOG = b"2026-03-02 09:00 import stopped at 80 %\n"


def uploaded(
    person: Person,
    case: Case | None,
    draft: str = FILING,
    content: bytes = LOG,
    *,
    at: datetime,
    name: str = "app.log",
) -> Attachment:
    """Upload a file whole, to be sent with a form. The storage is to be the test's own."""
    row = begin_upload(
        name=name,
        size=len(content),
        draft=draft,
        case_id=case.pk if case else None,
        by=person,
        at=at,
    )
    part = {"offset": 0, "length": len(content), "blocks": [content]}
    return add_part(upload=row.uuid, by=person, at=at, **part)
