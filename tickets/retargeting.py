"""New promises for open cases as long work: ordered by publishing, done in parts, summed up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Person
from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from sla.errors import NoPolicy
from sla.models import OpenCases, PolicyVersion
from sla.queries import current_policy, policy_version
from sla.registry import register_publish_check, register_publish_listener
from tickets.actions.retargeting import KIND, Base, retarget_cases
from tickets.models import Case
from tickets.publishing import object_to_dropped_levels, refuse_cases_without_rule
from tickets.queries import OPEN

CASES_PER_PART = 200
LISTED_CASES = 100
NAMED_CASES = 20
BASES: Mapping[str, Base] = {OpenCases.FROM_CHANGE: "change", OpenCases.FROM_OPENING: "opening"}
BASE_NAMES = {
    "change": gettext_lazy("The new targets count from the change."),
    "opening": gettext_lazy("The new targets count from the opening of the case."),
}


def order_retarget(
    version: PolicyVersion, open_cases: str, by: Person | None, at: datetime
) -> None:
    """Order what publishing a version is to do to open cases, for the moment that it begins.

    Raises CasesWithoutRule.
    """
    if open_cases not in BASES:
        return
    refuse_cases_without_rule(policy_version(version.pk))
    params = {"version": version.number, "base": BASES[open_cases]}
    start_job(kind=KIND, params=params, by=by, at=at, not_before=version.effective_at)


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide the open cases of the versions before; none if the version is not in effect.

    It may have been withdrawn, or another may have taken its place before it began.
    """
    if not _is_in_effect(job.params["version"], at):
        return []
    cases = Case.objects.filter(OPEN).exclude(policy_version__number=job.params["version"])
    if job.params.get("from_versions"):
        cases = cases.filter(policy_version__number__in=job.params["from_versions"])
    ids = list(cases.order_by("pk").values_list("pk", flat=True))
    chunks = [ids[first : first + CASES_PER_PART] for first in range(0, len(ids), CASES_PER_PART)]
    return [Part({"cases": chunk}, len(chunk)) for chunk in chunks]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Give one part of the cases their new promises; none once the version is not in effect."""
    if not _is_in_effect(job.params["version"], at):
        return {"cases": 0, "told": 0, "left_out": [], "moved": [], "is_in_effect": False}
    done = retarget_cases(
        case_ids=params["cases"],
        version=PolicyVersion.objects.get(number=job.params["version"]),
        base=job.params["base"],
        by=job.requested_by,
        at=at,
        begun_at=job.not_before,
    )
    return {
        "cases": done.cases,
        "told": done.told,
        "left_out": list(done.left_out),
        "moved": list(done.moved),
        "is_in_effect": True,
    }


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Add up what the parts came to."""
    left_out = sorted(number for result in results for number in result["left_out"])
    moved = sorted(number for result in results for number in result.get("moved", ()))
    was_in_effect = _is_in_effect(job.params["version"], job.started_at or at)
    return {
        "is_in_effect": was_in_effect
        and all(result.get("is_in_effect", True) for result in results),
        "cases": sum(result["cases"] for result in results),
        "told": sum(result["told"] for result in results),
        "left_out_count": len(left_out),
        "left_out": left_out[:LISTED_CASES],
        "moved_count": len(moved),
        "moved": moved[:NAMED_CASES],
    }


def describe(job: Job) -> Iterator[str]:
    """Say what was ordered, and once it is done what came of it."""
    yield _("Version %(number)d.") % {"number": job.params["version"]}
    yield str(BASE_NAMES[job.params["base"]])
    if job.params.get("from_versions"):
        numbers = ", ".join(str(number) for number in job.params["from_versions"])
        yield _("Only open cases that follow version %(numbers)s.") % {"numbers": numbers}
    if job.state == Job.State.DONE:
        yield from _outcome(job)


def _outcome(job: Job) -> Iterator[str]:
    result = job.result
    if not result["is_in_effect"] and not result["cases"]:
        yield _("The version was not in effect by then: nothing was changed.")
        return
    yield ngettext(
        "%(count)d case follows the version now.",
        "%(count)d cases follow the version now.",
        result["cases"],
    ) % {"count": result["cases"]}
    yield _moved(job)
    if not result["is_in_effect"]:
        yield _(
            "Then the version was not in effect any more: the other cases keep the promises "
            "they have."
        )
    if result["left_out_count"]:
        numbers = _numbers(job, result["left_out"])
        yield ngettext(
            "%(count)d case has a level that the version does not know, or no rule in it, and "
            "keeps the promises it has: %(cases)s",
            "%(count)d cases have a level that the version does not know, or no rule in it, and "
            "keep the promises they have: %(cases)s",
            result["left_out_count"],
        ) % {"count": result["left_out_count"], "cases": numbers}


def _moved(job: Job) -> str:
    # Work that ended before cases were named counted letters only.
    count = job.result.get("moved_count", job.result["told"])
    named = job.result.get("moved", [])
    told = ngettext(
        "The promise of %(count)d case moved; its customer is told.",
        "The promises of %(count)d cases moved; their customers are told.",
        count,
    ) % {"count": count}
    if not named:
        return told
    more = " …" if count > len(named) else ""
    return _("%(told)s %(cases)s") % {"told": told, "cases": _numbers(job, named) + more}


def _numbers(job: Job, numbers: Sequence[int]) -> str:
    return ", ".join(f"{job.tenant.case_prefix}-{number}" for number in numbers)


def _is_in_effect(number: int, at: datetime) -> bool:
    try:
        return current_policy(at).number == number
    except NoPolicy:
        return False


RETARGET = JobKind(
    title=gettext_lazy("New promises for open cases"),
    plan=plan,
    work=work,
    finish=finish,
    may="publish_policy",
    describe=describe,
)


def register_retargeting() -> None:
    """Tell the jobs and the policy what open cases make of a version."""
    register(KIND, RETARGET)
    register_publish_check("cases", object_to_dropped_levels)
    register_publish_listener("cases", order_retarget)
