"""Forgetting somebody in what moves in and out: uploads that wait, faults, packed exports."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from transfer.blanking import ERASED, SHORTEST
from transfer.models import ExportRun, ImportFault, ImportLine, ImportRun
from transfer.storage import export_path, remove, upload_path


def forget_in_moves(words: Sequence[str], parts: Sequence[str], at: datetime) -> int:
    """Throw away the uploads that name somebody and were not taken over; count what went.

    Packed exports go too, whatever they say: another one can be ordered. What was wrong with rows
    is no longer told in the words of who is erased, nor with `parts` of their name.
    """
    said = [word for word in words if len(word) >= SHORTEST]
    if not said:
        return 0
    faults = ImportFault.objects.filter(_any("words", [*said, *parts])).update(words=str(ERASED))
    lines = ImportLine.objects.annotate(text=Cast("data", TextField())).filter(_any("text", said))
    named = ImportRun.objects.filter(pk__in=lines.values("run"), confirmed_at__isnull=True)
    runs = list(named.select_for_update(of=("self",)))
    for run in runs:
        path = upload_path(run.tenant_id, run.key)
        run.delete()
        transaction.on_commit(partial(remove, path))
    return faults + len(runs) + _drop_exports(at)


def _any(column: str, words: Sequence[str]) -> Q:
    found = Q()
    for word in words:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _drop_exports(at: datetime) -> int:
    packed = ExportRun.objects.filter(packed_at__isnull=False, deleted_at__isnull=True)
    rows = list(packed.select_for_update(of=("self",), no_key=True))
    for run in rows:
        run.deleted_at = at
        transaction.on_commit(partial(remove, export_path(run.tenant_id, run.key)))
    ExportRun.objects.bulk_update(rows, ["deleted_at"])
    return len(rows)
