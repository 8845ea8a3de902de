"""Doing long work: claim a part, do it, write down what came of it, all in one transaction.

A part is claimed by its row lock for as long as its transaction lasts, so a worker gives it back by
dying, and several workers share one job. Which work there is, only the rows say.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.tenancy import tenant
from jobs.models import Job, JobPart
from jobs.queries import jobs_to_work
from jobs.registry import kind_of

log = logging.getLogger(__name__)

PASS_SECONDS = 20.0
# A job keeps a worker for so long, then the next vendor's has its turn.
TURN_SECONDS = 1.0
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Worked:
    """What a pass did: jobs divided or finished, parts done, attempts that failed."""

    jobs: int = 0
    parts: int = 0
    failed: int = 0

    def __add__(self, other: "Worked") -> "Worked":
        return Worked(self.jobs + other.jobs, self.parts + other.parts, self.failed + other.failed)


NOTHING = Worked()


@dataclass(slots=True)
class _Attempt:
    """One transaction of a worker; `part_id` is the part that it claimed, if it got so far."""

    part_id: int | None = None


def work_due(seconds: float = PASS_SECONDS) -> Worked:
    """Do what is to be done in all tenants, in turns, until nothing is left or the time is over.

    A part that has begun is brought to its end. Any number may run at once. Not to be called inside
    a transaction.
    """
    until = time.monotonic() + seconds
    total = NOTHING
    while time.monotonic() < until:
        done = sum((_turn(*job, until) for job in jobs_to_work()), NOTHING)
        if done == NOTHING:
            break
        total += done
    return total


def work_job(tenant_id: int, job_id: int, *, until: float) -> Worked:
    """Work on one job until nothing of it can be taken up, or until that `time.monotonic()`."""
    total = NOTHING
    while time.monotonic() < until:
        done = _step(tenant_id, job_id)
        if done == NOTHING:
            break
        total += done
    return total


def _turn(tenant_id: int, job_id: int, until: float) -> Worked:
    return work_job(tenant_id, job_id, until=min(until, time.monotonic() + TURN_SECONDS))


def _step(tenant_id: int, job_id: int) -> Worked:
    """Do the next thing on a job in a transaction of its own."""
    attempt = _Attempt()
    try:
        with tenant(tenant_id) as at:
            return _advance(job_id, attempt, at)
    # One bad part must stop neither the other vendors' work nor, for good, the worker.
    except Exception as error:
        log.exception("job %s of tenant %s, part %s failed", job_id, tenant_id, attempt.part_id)
        with tenant(tenant_id) as at:
            _note_failure(job_id, attempt.part_id, error, at)
        return Worked(failed=1)


def _advance(job_id: int, attempt: _Attempt, at: datetime) -> Worked:
    job = Job.objects.filter(pk=job_id, state__in=Job.ACTIVE).first()
    if job is None:
        return NOTHING
    if job.state == Job.State.WAITING:
        return _divide(job_id, at)
    part = _claim_part(job_id)
    if part is None:
        return _finish(job_id, at)
    attempt.part_id = part.pk
    return _do(job, part, at)


def _divide(job_id: int, at: datetime) -> Worked:
    job = _claim_job(job_id, Job.State.WAITING)
    if job is None:
        return NOTHING
    parts = [
        JobPart(
            tenant_id=job.tenant_id,
            job=job,
            number=number,
            params=dict(part.params),
            items=part.items,
        )
        for number, part in enumerate(kind_of(job.kind).plan(job, at), start=1)
    ]
    JobPart.objects.bulk_create(parts, batch_size=1_000)
    job.state = Job.State.RUNNING
    job.total = sum(part.items for part in parts)
    job.started_at = at
    job.attempts = 0
    job.save(update_fields=["state", "total", "started_at", "attempts"])
    return Worked(jobs=1)


def _claim_part(job_id: int) -> JobPart | None:
    """Lock a part that nobody holds; those that failed come last, so that they delay no other."""
    free = JobPart.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    waiting = free.filter(job_id=job_id, state=JobPart.State.WAITING)
    return waiting.order_by("attempts", "number").first()


def _do(job: Job, part: JobPart, at: datetime) -> Worked:
    part.result = kind_of(job.kind).work(job, part.params, at)
    part.state = JobPart.State.DONE
    part.save(update_fields=["state", "result"])
    # Last of all: the other workers on this job wait for the row from here to the commit.
    Job.objects.filter(pk=job.pk).update(done=F("done") + part.items)
    return Worked(parts=1)


def _finish(job_id: int, at: datetime) -> Worked:
    """End a job whose parts are all done; others may still be at work on some."""
    job = _claim_job(job_id, Job.State.RUNNING)
    if job is None or job.parts.exclude(state=JobPart.State.DONE).exists():
        return NOTHING
    results = list(job.parts.order_by("number").values_list("result", flat=True))
    job.result = kind_of(job.kind).finish(job, results, at)
    job.state = Job.State.DONE
    job.finished_at = at
    job.save(update_fields=["result", "state", "finished_at"])
    return Worked(jobs=1)


def _claim_job(job_id: int, state: str) -> Job | None:
    free = Job.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return free.filter(pk=job_id, state=state).first()


def _note_failure(job_id: int, part_id: int | None, error: Exception, at: datetime) -> None:
    """Count an attempt that was rolled back; after the last one the job has failed."""
    part = None
    if part_id is not None:
        # The part before the job, as everywhere. Whoever took it up meanwhile may have done it.
        parts = JobPart.objects.select_for_update(of=("self",), no_key=True)
        part = parts.filter(pk=part_id, state=JobPart.State.WAITING).first()
        if part is None:
            return
    jobs = Job.objects.select_for_update(of=("self",), no_key=True)
    job = jobs.filter(pk=job_id, state__in=Job.ACTIVE).first()
    if job is None:
        return
    tried = job if part is None else part
    tried.attempts += 1
    tried.save(update_fields=["attempts"])
    if tried.attempts >= MOST_ATTEMPTS:
        _fail(job, error, at)


def _fail(job: Job, error: Exception, at: datetime) -> None:
    job.state = Job.State.FAILED
    job.finished_at = at
    job.why = _why(error)[:500]
    job.save(update_fields=["state", "finished_at", "why"])


def _why(error: Exception) -> str:
    if isinstance(error, DomainError):
        return str(error)
    told = _("It stopped at an error %(times)d times: %(error)s. The log has the rest.")
    return told % {"times": MOST_ATTEMPTS, "error": f"{type(error).__name__}: {error}"[:300]}
