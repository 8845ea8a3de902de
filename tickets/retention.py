"""What the daily work does about files: their time is over, they were never sent, bytes are stray.

Bytes go after the row says so is committed; what a crash leaves then is found as stray bytes.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from accounts.tenancy import current_tenant_id
from sla.queries import policy_version
from tickets import storage
from tickets.attachment_models import Attachment
from tickets.files import GONE
from tickets.models import Case
from tickets.scanning import order_again

log = logging.getLogger(__name__)

State = Attachment.State
# What nobody has sent by then is thrown away.
UNSENT_FOR = timedelta(days=1)
# Of real time, so that nothing is taken for stray while it is being written.
STRAY_SECONDS = 86_400
AT_ONCE = 500
# A case that goes on in another is over when that is.
OVER = Q(case__status=Case.Status.CLOSED) & (
    Q(case__merged_into=None) | Q(case__merged_into__status=Case.Status.CLOSED)
)


def tend_files(at: datetime) -> None:
    """Do the daily work about files of the entered vendor; harmless to repeat.

    The disk is walked first, while no row is locked: that may take minutes.
    """
    remove_stray()
    drop_unsent(at)
    delete_old(at)
    order_again(at)


def drop_unsent(at: datetime) -> int:
    """Throw away uploads that nobody has sent for a day, and count them.

    Locks them; one that somebody is just sending is left alone.
    """
    old = Attachment.objects.filter(event__isnull=True, started_at__lt=at - UNSENT_FOR)
    locked = old.select_for_update(of=("self",), skip_locked=True)
    rows = list(locked[:AT_ONCE].values_list("pk", "uuid"))
    Attachment.objects.filter(pk__in=[pk for pk, _key in rows]).delete()
    _remove_after_commit([key for _pk, key in rows])
    return len(rows)


def delete_old(at: datetime) -> int:
    """Delete the files whose case was closed so long ago as its policy keeps them (DD-35).

    The row stays and says so. A case that is open again keeps them, and one that goes on in
    another does while that is open. Counts the deleted.
    """
    _set_ends()
    over = Attachment.objects.exclude(state__in=GONE).filter(delete_after__lte=at)
    rows = list(over.select_for_update(of=("self",), no_key=True)[:AT_ONCE])
    for row in rows:
        row.state, row.deleted_at = State.DELETED, at
    Attachment.objects.bulk_update(rows, ["state", "deleted_at"])
    _remove_after_commit([row.uuid for row in rows])
    return len(rows)


def remove_stray() -> int:
    """Remove bytes that no row speaks of, or whose row says that they are gone; count them."""
    tenant_id, removed = current_tenant_id(), 0
    for keys in _batches(storage.keys_older_than(tenant_id, STRAY_SECONDS)):
        kept = Attachment.objects.filter(uuid__in=keys).exclude(state__in=GONE)
        for key in set(keys) - set(kept.values_list("uuid", flat=True)):
            storage.remove(tenant_id, key)
            removed += 1
    if removed:
        log.warning("removed %d stray files of tenant %d", removed, tenant_id)
    return removed


def _set_ends() -> None:
    """Write beside each file until when it is kept; none while its case is open."""
    kept = Attachment.objects.filter(event__isnull=False).exclude(state__in=GONE)
    kept.filter(delete_after__isnull=False).exclude(OVER).update(delete_after=None)
    closed = kept.filter(OVER, delete_after=None)
    versions = closed.order_by().values_list("case__policy_version", flat=True).distinct()
    for version_id in versions:
        days = policy_version(version_id).attachments.retention_days
        if days is not None:
            _keep_for(version_id, timedelta(days=days))


def _keep_for(version_id: int, span: timedelta) -> None:
    case = Case.objects.filter(pk=OuterRef("case"))
    closed = Attachment.objects.filter(
        OVER, event__isnull=False, delete_after=None, case__policy_version=version_id
    )
    ended = case.values(ended=Greatest("closed_at", "merged_into__closed_at"))
    closed.exclude(state__in=GONE).update(delete_after=Subquery(ended[:1]) + span)


def _remove_after_commit(keys: Iterable[uuid.UUID]) -> None:
    tenant_id = current_tenant_id()
    for key in keys:
        transaction.on_commit(partial(storage.remove, tenant_id, key))


def _batches(keys: Iterator[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    while batch := list(islice(keys, AT_ONCE)):
        yield batch
