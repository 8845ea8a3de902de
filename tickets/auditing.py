"""The audit of the clocks as long work: every night, at once by a manager, or by hand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import roles
from accounts.models import Person
from accounts.places import site_url
from accounts.queries import desk_people
from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from outbox import registry as mail
from outbox.actions import Queued, queue_messages
from outbox.registry import Refs, Rendered
from tickets.audit import audit_cases, cases_to_audit, latest_differences
from tickets.audit_models import ClockDifference
from tickets.wording import display_number

KIND = "audit_clocks"
FOUND = "audit_found"
CASES_PER_PART = 200
NAMED_CASES = 20
# By the clock of UTC, when most desks rest.
NIGHTLY = time(2, 30)
PAGE = "admin:tickets_clockdifference_changelist"


def start_audit(*, by: Person | None, at: datetime) -> Job:
    """Order an audit of the entered tenant's open cases; one that is under way already is enough.

    `by` is None at night. Raises NotAllowed.
    """
    under_way = Job.objects.filter(kind=KIND, state__in=Job.ACTIVE).order_by("-id").first()
    return under_way or start_job(kind=KIND, params={}, by=by, at=at)


def start_nightly_audit(*, at: datetime) -> Job | None:
    """Order the audit of the night of `at`, once it is time and unless one was ordered since."""
    tonight = datetime.combine(at.astimezone(UTC).date(), NIGHTLY, UTC)
    if at < tonight or Job.objects.filter(kind=KIND, requested_at__gte=tonight).exists():
        return None
    return start_audit(by=None, at=at)


def last_audit() -> Job | None:
    """Find the newest audit of the entered tenant that came to its end."""
    return Job.objects.filter(kind=KIND, state=Job.State.DONE).order_by("-id").first()


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide the open cases."""
    ids = list(cases_to_audit().order_by("pk").values_list("pk", flat=True))
    chunks = [ids[first : first + CASES_PER_PART] for first in range(0, len(ids), CASES_PER_PART)]
    return [Part({"cases": chunk}, len(chunk)) for chunk in chunks]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Compare one part of the cases and keep what differs."""
    audited = audit_cases(params["cases"])
    found = [
        ClockDifference(
            tenant_id=job.tenant_id,
            job=job,
            case=one.case,
            what=difference.what,
            stored=difference.stored[:200],
            computed=difference.computed[:200],
            found_at=at,
        )
        for one in audited
        for difference in one.differences
    ]
    ClockDifference.objects.bulk_create(found)
    clocks = sum(one.clocks for one in audited)
    return {"cases": len(audited), "clocks": clocks, "differences": len(found)}


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Add up; tell the managers, once, when something differs."""
    total = {
        name: sum(result[name] for result in results) for name in ("cases", "clocks", "differences")
    }
    if total["differences"]:
        managers = desk_people().filter(role=roles.MANAGER)
        queue_messages(messages=[_letter(job, person) for person in managers], at=at)
    return total


def describe(job: Job) -> Iterator[str]:
    """Say what the audit compared and found, once it is done."""
    if job.state != Job.State.DONE:
        return
    yield _("%(clocks)d clocks of %(cases)d open cases were compared with their timelines.") % {
        "clocks": job.result["clocks"],
        "cases": job.result["cases"],
    }
    yield ngettext(
        "%(count)d difference was found.",
        "%(count)d differences were found.",
        job.result["differences"],
    ) % {"count": job.result["differences"]}


def numbers_of_cases(job: Job) -> list[str]:
    """List the numbers of the cases on which an audit found something, as people say them."""
    cases = (difference.case for difference in latest_differences(job.pk))
    return list(dict.fromkeys(display_number(case) for case in cases))


def register_auditing() -> None:
    """Tell the jobs and the outbox about the audit."""
    register(KIND, AUDIT)
    mail.register(FOUND, _may_read, _render)


def _letter(job: Job, person: Person) -> Queued:
    return Queued(FOUND, person.pk, {"job": job.pk}, f"{FOUND}:{job.pk}:{person.pk}")


def _may_read(person: Person, refs: Refs) -> bool:
    return person.may(AUDIT.may) and Job.objects.filter(pk=refs["job"]).exists()


def _render(person: Person, refs: Refs) -> Rendered:
    job = Job.objects.select_related("tenant").get(pk=refs["job"])
    numbers = numbers_of_cases(job)
    body = render_to_string(
        "mail/audit_found.txt",
        {
            "person": person,
            "vendor": job.tenant,
            "told": list(describe(job)),
            "cases": numbers[:NAMED_CASES],
            "others": len(numbers) - NAMED_CASES,
            "url": site_url(job.tenant, reverse(PAGE)),
        },
    )
    return Rendered(subject=_("The audit of the clocks found differences"), body=body)


AUDIT = JobKind(
    title=gettext_lazy("Audit of the clocks"),
    plan=plan,
    work=work,
    finish=finish,
    may="use_admin",
    url=lambda job: reverse(PAGE),
    describe=describe,
)
