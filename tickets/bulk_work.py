"""A change of many cases as long work: divided, done part by part, summed up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobs.models import Job
from jobs.registry import JobKind, Part, register
from tickets.actions.bulk import KIND, end_bulk, work_on
from tickets.bulk_models import BulkCase, BulkChange

CASES_PER_PART = 10
LEFT_AS_THEY_ARE = (BulkCase.State.REFUSED, BulkCase.State.KEPT)


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide the cases of a change, by key."""
    rows = BulkCase.objects.filter(bulk=job.params["bulk"]).order_by("case_id")
    keys = list(rows.values_list("pk", flat=True))
    starts = range(0, len(keys), CASES_PER_PART)
    parts = [keys[first : first + CASES_PER_PART] for first in starts]
    return [Part({"rows": part}, len(part)) for part in parts]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Do one part: a few cases, each as a whole or not at all."""
    bulk = BulkChange.objects.select_related("by").get(pk=job.params["bulk"])
    work_on(bulk, params["rows"], at=at)
    refused = bulk.rows.filter(pk__in=params["rows"], state__in=LEFT_AS_THEY_ARE).count()
    return {"cases": len(params["rows"]), "refused": refused}


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Add up what the parts came to, and note that the change is done."""
    end_bulk(BulkChange.objects.get(pk=job.params["bulk"]), at=at)
    return {name: sum(result[name] for result in results) for name in ("cases", "refused")}


def describe(job: Job) -> Iterator[str]:
    """Say what came of it; each case is on the page of who ordered it."""
    if job.params["state"] == BulkChange.State.UNDOING:
        yield _("An earlier change is taken back.")
    if job.state == Job.State.DONE:
        yield ngettext(
            "%(count)d case was gone through.",
            "%(count)d cases were gone through.",
            job.result["cases"],
        ) % {"count": job.result["cases"]}
        yield ngettext(
            "%(count)d case was left as it is.",
            "%(count)d cases were left as they are.",
            job.result["refused"],
        ) % {"count": job.result["refused"]}


CHANGE_MANY = JobKind(
    title=gettext_lazy("One change of many cases"),
    plan=plan,
    work=work,
    finish=finish,
    may="change_many",
    describe=describe,
)


def register_bulk() -> None:
    """Tell the jobs how many cases are changed alike."""
    register(KIND, CHANGE_MANY)
