"""A finished replay under a policy that answers everything within a minute."""

from dataclasses import replace
from datetime import timedelta

from jobs.actions import start_job
from jobs.models import Job
from sla.engine.document import canonical_text, checksum
from sla.engine.target import Target
from sla.queries import latest_policy
from tests.twins import Twin
from tickets.models import Case, ReplayedText, ReplayFlip
from tickets.replay import KIND, finish, plan, work


def minute_text() -> str:
    """Write the latest policy with a minute for every first response."""
    policy = latest_policy().policy
    minute = Target("elapsed", 60)
    targets = tuple(
        replace(row, target=minute, calendar=None) if row.clock == "first_response" else row
        for row in policy.targets
    )
    return canonical_text(replace(policy, targets=targets))


def finished_replay(twin: Twin) -> tuple[Job, ReplayFlip]:
    """Replay all cases of the tenant that is entered; give the job and its first flip."""
    text = minute_text()
    ReplayedText.objects.create(tenant=twin.tenant, checksum=checksum(text), document=text)
    opened = Case.objects.order_by("opened_at").values_list("opened_at", flat=True)[0]
    at = Case.objects.order_by("-last_event_at").values_list("last_event_at", flat=True)[0]
    params = {
        "from": int(opened.timestamp()),
        "to": int(at.timestamp()) + 1,
        "plan": "",
        "version": None,
        "checksum": checksum(text),
    }
    ordered_at = at + timedelta(minutes=5)
    job = start_job(kind=KIND, params=params, by=twin.manager, at=ordered_at)
    results = [work(job, part.params, ordered_at) for part in plan(job, ordered_at)]
    job.result = finish(job, results, ordered_at)
    job.state, job.finished_at = Job.State.DONE, ordered_at
    job.save()
    return job, ReplayFlip.objects.filter(job=job).order_by("pk")[0]
