"""What the parts of the long work of an import have in common: rows, and faults in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import Tenant
from accounts.tenancy import current_tenant_id
from jobs.models import Job
from jobs.registry import Part
from transfer.cells import Fault
from transfer.columns import ENTRY
from transfer.lookup import MODELS
from transfer.models import ImportFault, ImportLine, ImportRun
from transfer.planning import Planned
from transfer.reading.rows import CannotRead, Unread
from transfer.reading_cases import faults_once
from transfer.words import words_of

MOST_FAULTS = 20_000
Params = Mapping[str, Any]


def run_of(job: Job) -> ImportRun:
    """Find the import that a job is about."""
    return ImportRun.objects.select_related("made_by").get(pk=job.params["run"])


def vendor() -> Tenant:
    """Find the vendor that is entered."""
    return Tenant.objects.get(pk=current_tenant_id())


def rows_of(run: ImportRun) -> QuerySet[ImportLine]:
    """List the rows that become something: messages are of their cases."""
    return ImportLine.objects.filter(run=run).exclude(kind=ENTRY)


def parts_of(lines: QuerySet[ImportLine], size_of: Callable[[str], int]) -> list[Part]:
    """Divide lines into parts of one kind each, by their places, in the order of the kinds."""
    parts = []
    for rank, kind in enumerate(MODELS):
        those = lines.filter(kind=kind).order_by("position")
        places, size = list(those.values_list("position", flat=True)), size_of(kind)
        for first in range(0, len(places), size):
            some = places[first : first + size]
            params = {"kind": kind, "rank": rank, "first": some[0], "last": some[-1]}
            parts.append(Part(params, len(some)))
    return parts


def lines_of(run: ImportRun, params: Params) -> QuerySet[ImportLine]:
    """List the rows of one part."""
    places = (params["first"], params["last"])
    lines = ImportLine.objects.filter(run=run, kind=params["kind"], position__range=places)
    return lines.order_by("position")


def faults_of(run: ImportRun, planned: Planned) -> list[ImportFault]:
    """Put what is wrong with a row into words, unsaved."""
    return [fault_at(run, planned.line, fault) for fault in faults_once(planned.faults)]


def fault_at(run: ImportRun, line: ImportLine, fault: Fault) -> ImportFault:
    """Put one fault of a row into words, unsaved."""
    place = Unread(line.file, line.line, fault.code, fault.column, fault.figures, fault.is_warning)
    return unread(run, place)


def unread(run: ImportRun, found: Unread) -> ImportFault:
    """Put a place that could not be read into words, unsaved."""
    return ImportFault(
        tenant_id=run.tenant_id,
        run=run,
        file=found.file[:200],
        line=found.line,
        column=found.column[:60],
        code=found.code,
        words=words_of(found.code, found.figures)[:500],
        is_warning=found.is_warning,
    )


def whole(run: ImportRun, name: str, fault: CannotRead) -> ImportFault:
    """Put what is wrong with a whole file into words, unsaved."""
    return unread(run, Unread(name, 0, fault.code, figures=fault.figures))


def keep_faults(run: ImportRun, faults: Sequence[ImportFault]) -> None:
    """Keep faults, up to a number that somebody could read; the figures count them all."""
    room = MOST_FAULTS - ImportFault.objects.filter(run=run).count() if faults else 0
    ImportFault.objects.bulk_create(faults[: max(room, 0)])
