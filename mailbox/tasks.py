"""Mail in by Celery: beat orders both passes, the rows say what there is to do."""

from celery import shared_task

from mailbox.pulling import pull_due
from mailbox.reading import read_due


@shared_task
def read_all() -> dict[str, int]:
    """Read what came in, in all tenants; counts by state."""
    return dict(read_due())


@shared_task
def pull_all() -> int:
    """Fetch what lies in mailboxes elsewhere; counts the mails."""
    return pull_due()
