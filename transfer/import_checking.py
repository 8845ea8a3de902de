"""Looking the rows of an import through: what would become of each. Nothing of them is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from jobs.models import Job
from jobs.registry import Part
from transfer import reading_customers  # noqa: F401  (says how its kinds of rows are read)
from transfer.cells import Fault, amount_in
from transfer.columns import CASE, CONTRACT, ENTRY
from transfer.import_parts import (
    MOST_FAULTS,
    Params,
    fault_at,
    faults_of,
    keep_faults,
    lines_of,
    parts_of,
    rows_of,
    run_of,
    vendor,
)
from transfer.importing import State, Verdict
from transfer.models import ImportLine, ImportRun
from transfer.planning import Planning, plan_line

CHECKED_AT_ONCE = 300
# What was found while reading stays, however often the rows are looked through.
_READ_FAULTS = (
    "archive_broken",
    "file_unknown",
    "columns_missing",
    "columns_twice",
    "document_too_long",
    "document_faulty",
    "nothing_inside",
    "line_unreadable",
    "line_too_long",
    "too_many_cells",
    "column_unknown",
    "json_faulty",
    "kind_unknown",
)


def plan_check(job: Job, at: datetime) -> list[Part]:
    """Divide the rows in their order; what an earlier look found is forgotten."""
    run = run_of(job)
    run.faults.exclude(code__in=_READ_FAULTS).delete()
    return parts_of(rows_of(run), lambda kind: CHECKED_AT_ONCE)


def work_check(job: Job, params: Params, at: datetime) -> dict[str, Any]:
    """Say of each row what becomes of it."""
    run = run_of(job)
    planning = Planning(run, vendor(), at)
    lines = list(lines_of(run, params))
    faults = []
    for line in lines:
        planned = plan_line(planning, line)
        line.verdict = planned.verdict
        faults += faults_of(run, planned)
    ImportLine.objects.bulk_update(lines, ["verdict"], batch_size=1_000)
    keep_faults(run, faults)
    return {}


def finish_check(job: Job, results: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """Note the figures, and wait for somebody to confirm."""
    run = run_of(job)
    _tell_stray_entries(run)
    run.figures = {**run.figures, "rows": _counted(run), "points": _points(run)}
    run.state = State.CHECKED
    run.save(update_fields=["figures", "state"])
    return {}


def _tell_stray_entries(run: ImportRun) -> None:
    """Tell of messages whose case is not in the upload: nobody would look for them."""
    cases = run.lines.filter(kind=CASE).values("key")
    stray = run.lines.filter(kind=ENTRY).exclude(alias__in=cases).order_by("position")
    faults = [
        fault_at(run, line, Fault("no_case", "case", {"value": str(line.data.get("case"))[:60]}))
        for line in stray[:MOST_FAULTS]
    ]
    stray.update(verdict=Verdict.FAULTY)
    keep_faults(run, faults)


def _points(run: ImportRun) -> dict[str, int]:
    """Sum the points that contracts bring along."""
    new = run.lines.filter(kind=CONTRACT, verdict=Verdict.NEW)
    said = new.values_list("data__points_remaining", flat=True)
    found = [points for one in said if (points := amount_in(one)) is not None]
    return {"contracts": len(found), "points": sum(found)}


def _counted(run: ImportRun) -> dict[str, dict[str, int]]:
    rows = run.lines.values_list("kind", "verdict").annotate(number=Count("id")).order_by()
    found: dict[str, dict[str, int]] = {}
    for kind, verdict, number in rows:
        found.setdefault(kind, {})[verdict or "read"] = number
    return found
