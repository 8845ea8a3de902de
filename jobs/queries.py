"""Which long work there is, who may see it, and how far it has come."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from accounts.errors import NotFound
from accounts.models import Person
from jobs.models import Job
from jobs.registry import kinds_for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come, in items; `percent` is only 100 when all of them are done."""

    done: int
    total: int
    percent: int


def visible_jobs(person: Person) -> QuerySet[Job]:
    """List the work whose kinds `person` may see, the newest first."""
    kinds = kinds_for(person.may)
    return (
        Job.objects.filter(kind__in=kinds).select_related("tenant", "requested_by").order_by("-id")
    )


def access_job(person: Person, job_id: int, *, locked: bool = False) -> Job:
    """Find a job that `person` may see, its row locked if asked for. Raises NotFound."""
    jobs = visible_jobs(person).filter(pk=job_id)
    if locked:
        jobs = jobs.select_for_update(of=("self",), no_key=True)
    job = jobs.first()
    if job is None:
        raise NotFound
    return job


def progress(job: Job) -> Progress:
    """Work out how far a job has come; work without items has come all the way when it is done."""
    if job.total:
        return Progress(job.done, job.total, job.done * 100 // job.total)
    return Progress(0, 0, 100 if job.state == Job.State.DONE else 0)


def jobs_to_work() -> list[tuple[int, int]]:
    """List (tenant id, job id) of the work to be done now, every tenant's first job first.

    Needs no tenant and takes no locks (a definer function).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, job_id FROM jobs_to_work()")
        return cursor.fetchall()
