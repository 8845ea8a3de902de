"""Starting and cancelling long work, in the tenant that is entered."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from jobs.errors import JobIsOver
from jobs.models import Job
from jobs.queries import access_job
from jobs.registry import kind_of

# An id, a code, a moment. Neither a name with a space nor an address fits.
CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,120}")


def start_job(
    *,
    kind: str,
    params: Mapping[str, Any],
    by: Person | None,
    at: datetime,
    not_before: datetime | None = None,
) -> Job:
    """Order work of a registered kind; workers take it up once this has committed.

    `not_before` is desk time; None begins at once. `by` is None for the desk itself. `params` holds
    ids, codes and moments as text, in lists or mappings. Raises NotAllowed; ValueError for a kind
    that nobody registered and for params that hold text.
    """
    how = kind_of(kind)
    if by is not None and not by.may(how.may):
        raise NotAllowed
    _check_codes(params)
    return Job.objects.create(
        tenant_id=current_tenant_id(),
        kind=kind,
        params=dict(params),
        not_before=not_before,
        requested_by=by,
        requested_at=at,
    )


@transaction.atomic
def cancel_job(*, job_id: int, by: Person, at: datetime) -> Job:
    """Stop work that waits or runs: what is done stays done, parts at work are brought to an end.

    Locks the job. Raises NotFound for a job that `by` may not see, JobIsOver.
    """
    job = access_job(by, job_id, locked=True)
    if not job.is_active:
        raise JobIsOver
    job.state = Job.State.CANCELLED
    job.finished_at = at
    job.save(update_fields=["state", "finished_at"])
    return job


def _check_codes(value: object) -> None:
    if isinstance(value, str) and not CODE.fullmatch(value):
        raise ValueError(f"a job's params hold ids and codes only, not {value!r}")
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            _check_codes(inner)
