"""Taking over what was looked through, kind by kind, each row by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.tenancy import current_tenant_id
from jobs.models import Job, JobPart
from jobs.registry import Part
from tickets.actions.importing import keep_numbers
from tickets.attachment_models import Attachment
from tickets.scanning import order_looking
from transfer.cells import Fault, number_in
from transfer.columns import CASE
from transfer.import_parts import (
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
from transfer.importing import TAKEN, State, Verdict
from transfer.models import ImportedRow, ImportLine
from transfer.planning import Planned, Planning, plan_line
from transfer.storage import remove, upload_path
from transfer.writing import write

# A second or so each; a case is a hundred rows.
TAKEN_AT_ONCE, CASES_AT_ONCE = 100, 20


def plan_taking(job: Job, at: datetime) -> list[Part]:
    """Divide what is to be taken over and has not been, kind by kind.

    Cases that are filed meanwhile have numbers behind those that come.
    """
    run = run_of(job)
    todo = rows_of(run).filter(verdict__in=TAKEN, is_done=False)
    cases = todo.filter(kind=CASE).values_list("data__number", flat=True)
    numbers = (number_in(said) for said in cases.iterator(chunk_size=2_000))
    largest = max((number for number in numbers if number is not None), default=None)
    if largest is not None:
        keep_numbers(largest)
    return parts_of(todo, lambda kind: CASES_AT_ONCE if kind == CASE else TAKEN_AT_ONCE)


def work_taking(job: Job, params: Params, at: datetime) -> dict[str, Any]:
    """Take over some rows of one kind, after all of the kinds before it."""
    run = run_of(job)
    _wait_for_earlier(job, params)
    planning = Planning(run, vendor(), at, only_here=True)
    done: Counter[str] = Counter()
    for line in lines_of(run, params).filter(verdict__in=TAKEN, is_done=False):
        done[_take(planning, line)] += 1
    if Attachment.objects.filter(state=Attachment.State.WAITING).exists():
        order_looking(at)
    return {params["kind"]: dict(done)}


def finish_taking(job: Job, results: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """Note what was taken over; the rows as they were read, and the upload, are deleted."""
    run = run_of(job)
    taken: dict[str, Counter[str]] = {}
    for result in results:
        for kind, figures in result.items():
            taken.setdefault(kind, Counter()).update(figures)
    run.figures = {**run.figures, "taken": {kind: dict(found) for kind, found in taken.items()}}
    run.state, run.finished_at = State.DONE, at
    run.save(update_fields=["figures", "state", "finished_at"])
    run.lines.all().delete()
    path = upload_path(run.tenant_id, run.key)
    transaction.on_commit(lambda: remove(path))
    return run.figures["taken"]


def _take(planning: Planning, line: ImportLine) -> str:
    """Take over one row, in a savepoint: what is refused leaves the others alone."""
    planned = plan_line(planning, line)
    try:
        with transaction.atomic():
            verdict = _written(planning, planned)
    except DomainError as refusal:
        verdict = Verdict.FAULTY
        fault = Fault("refused", refusal.field or "", {"why": str(refusal)})
        keep_faults(planning.run, [fault_at(planning.run, line, fault)])
    else:
        if verdict == Verdict.FAULTY:
            keep_faults(planning.run, faults_of(planning.run, planned))
    line.verdict, line.is_done = verdict, True
    line.save(update_fields=["verdict", "is_done"])
    return verdict


def _written(planning: Planning, planned: Planned) -> str:
    """Write a row, and what it is here by its id there."""
    if planned.verdict not in TAKEN:
        return planned.verdict
    row = write(planning, planned)
    ImportedRow.objects.update_or_create(
        tenant_id=current_tenant_id(),
        source=planning.run.source,
        kind=planned.line.kind,
        key=planned.line.key,
        defaults={"row": row.pk, "digest": planned.digest, "imported_at": planning.at},
    )
    return planned.verdict


def _wait_for_earlier(job: Job, params: Params) -> None:
    """Wait until no worker is at work on a kind of rows that these refer to.

    Their parts are locked by who does them; a lock that is had says that they are done.
    """
    earlier = JobPart.objects.filter(
        job=job, state=JobPart.State.WAITING, params__rank__lt=params["rank"]
    )
    if list(earlier.select_for_update(of=("self",), no_key=True).order_by("number")):
        raise DomainError(_("What these rows refer to could not be taken over."))
