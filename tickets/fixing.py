"""Telling many of a fix as long work, and shipping what is promised when its day has come."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from entitlements.daily import register_daily
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from tickets.actions.defects import KIND, ship_fix, tell_of_fix, today_of_vendor
from tickets.models import Defect

CASES_PER_PART = 100


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide the cases whose customers are to be told."""
    ids = job.params["cases"]
    chunks = [ids[first : first + CASES_PER_PART] for first in range(0, len(ids), CASES_PER_PART)]
    return [Part({"cases": chunk}, len(chunk)) for chunk in chunks]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Tell the customers of one part; those who have been told already are left out."""
    named, by = job.params, job.requested_by
    told = tell_of_fix(named["kind"], named["payload"], params["cases"], by=by, at=at)
    return {"told": told}


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Add up how many were told."""
    return {"told": sum(result["told"] for result in results)}


def describe(job: Job) -> Iterator[str]:
    """Say which fault it is about, and once it is done how many were told."""
    defect = Defect.objects.filter(pk=job.params["defect"]).first()
    if defect is not None:
        yield defect.title
    if job.state == Job.State.DONE:
        told = job.result["told"]
        yield ngettext(
            "The customer of %(count)d case was told.",
            "The customers of %(count)d cases were told.",
            told,
        ) % {"count": told}
        yield _("Cases that had ended meanwhile were left out.")


def ship_released(at: datetime) -> int:
    """Ship every promised fix whose release is out by now, on the vendor's own calendar."""
    today = today_of_vendor(at)
    out = Defect.objects.filter(state=Defect.State.PROMISED, release__released_on__lte=today)
    ids = list(out.order_by("pk").values_list("pk", flat=True))
    for defect_id in ids:
        ship_fix(defect_id=defect_id, by=None, at=at)
    return len(ids)


def register_fixing() -> None:
    """Tell the jobs and the daily work what this module does."""
    register(
        KIND,
        JobKind(
            title=gettext_lazy("Telling customers of a fix"),
            plan=plan,
            work=work,
            finish=finish,
            may="track_defect",
            describe=describe,
        ),
    )
    register_daily("fixes_shipped", ship_released)
