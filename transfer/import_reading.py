"""Reading the files of an import into rows: a part of the work for each table."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import Part
from transfer.columns import CASE, kind_of_file
from transfer.import_parts import Params, keep_faults, run_of, unread, whole
from transfer.importing import CHECK
from transfer.mapping import FIELDS
from transfer.models import ImportFault, ImportLine, ImportRun
from transfer.reading.bundle import Bundle
from transfer.reading.lines import read_lines
from transfer.reading.rows import CannotRead, Row, Unread, key_of
from transfer.reading.tables import read_table
from transfer.reading.zammad import read_zammad
from transfer.reading.zendesk import read_zendesk
from transfer.reading_cases import aliases_of, key_in
from transfer.storage import upload_path

STAGED_AT_ONCE = 1_000
PLACES_A_FILE = 100_000_000
MOST_VALUES = 60
EXPORT_ROWS = "import.jsonl"
ENDINGS = {ImportRun.Format.CSV: (".csv", ".tsv", ".txt")}
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")


def plan_reading(job: Job, at: datetime) -> list[Part]:
    """Make a part of each table; what cannot be opened at all is told as a fault."""
    run = run_of(job)
    try:
        names = _bundle(run).tables()
    except CannotRead as fault:
        keep_faults(run, [whole(run, run.file_name, fault)])
        return []
    return [Part({"file": place}, 1) for place, _name in enumerate(_of_format(run, names))]


def work_reading(job: Job, params: Params, at: datetime) -> dict[str, Any]:
    """Read one table into lines. What was read of it before it broke off is kept."""
    run = run_of(job)
    bundle = _bundle(run)
    name = _of_format(run, bundle.tables())[params["file"]]
    staging = _Staging(run, params["file"] * PLACES_A_FILE)
    try:
        with bundle.opened(name) as file:
            for found in _rows_of(run, file, name):
                staging.take(found)
    except CannotRead as fault:
        staging.faults.append(whole(run, name, fault))
    staging.flush()
    return {"lines": staging.number}


def finish_reading(job: Job, results: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """Note what states and levels there are, and go on to look the rows through."""
    run = run_of(job)
    lines = sum(result["lines"] for result in results)
    if not lines and not run.faults.exists():
        keep_faults(run, [whole(run, run.file_name, CannotRead("nothing_inside"))])
    run.figures = {"values": _values(run)}
    run.job = start_job(kind=CHECK, params={"run": run.pk}, by=job.requested_by, at=at)
    run.save(update_fields=["figures", "job"])
    return {"lines": lines}


class _Staging:
    """Rows on their way into the database, a thousand in one statement."""

    def __init__(self, run: ImportRun, first: int) -> None:
        self.run, self.first, self.number = run, first, 0
        self.lines: list[ImportLine] = []
        self.faults: list[ImportFault] = []

    def take(self, found: Row | Unread) -> None:
        if isinstance(found, Unread):
            self.faults.append(unread(self.run, found))
            return
        self.number += 1
        data = _storable(found.data)
        self.lines.append(
            ImportLine(
                tenant_id=self.run.tenant_id,
                run=self.run,
                position=self.first + self.number,
                kind=found.kind,
                key=key_of(key_in(found.kind, data)),
                alias=aliases_of(found.kind, data),
                file=found.file[:200],
                line=found.line,
                data=data,
            )
        )
        if len(self.lines) >= STAGED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        ImportLine.objects.bulk_create(self.lines)
        keep_faults(self.run, self.faults)
        self.lines, self.faults = [], []


def _storable(value: Any) -> Any:
    """Give data without what PostgreSQL cannot keep in JSON: NUL, half surrogates, infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    if isinstance(value, Mapping):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value


def _rows_of(run: ImportRun, file: IO[bytes], name: str) -> Iterator[Row | Unread]:
    if run.format == ImportRun.Format.ZAMMAD:
        return read_zammad(file, name)
    if run.format == ImportRun.Format.ZENDESK:
        return read_zendesk(file, name)
    kind = kind_of_file(name)
    if run.format != ImportRun.Format.CSV:
        return read_lines(file, name, kind)
    if kind is None:
        raise CannotRead("file_unknown", name=name)
    return read_table(file, name, kind)


def _of_format(run: ImportRun, names: list[str]) -> list[str]:
    """Name the tables that are to be read: of an export of ours the one that is meant for it."""
    if run.format == ImportRun.Format.EXPORT and EXPORT_ROWS in names:
        return [EXPORT_ROWS]
    endings = (".csv", ".tsv", ".txt") if run.format == ImportRun.Format.CSV else (".json", "lines")
    alone = len(names) == 1
    return [
        name
        for name in names
        if alone
        or name.lower().endswith((*endings, ".jsonl", ".ndjson")[: 3 if "csv" in endings[0] else 4])
    ]


def _bundle(run: ImportRun) -> Bundle:
    return Bundle(upload_path(run.tenant_id, run.key), run.file_name)


def _values(run: ImportRun) -> dict[str, list[str]]:
    """List what cases call their states, levels, types and channels, each once."""
    cases = run.lines.filter(kind=CASE)
    found = {}
    for field in FIELDS:
        said = cases.values_list(f"data__{field}", flat=True).distinct().order_by()
        known = {
            str(value).strip() for value in said[: MOST_VALUES * 10] if value not in (None, "")
        }
        found[field] = sorted(known)[:MOST_VALUES]
    return found
