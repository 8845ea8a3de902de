"""Moving out: all that a vendor has in one file, gathered in parts and packed at the end.

What came after the order was divided is left out, in every table alike.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person, Tenant
from accounts.tenancy import current_tenant_id
from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from tickets import storage as case_files
from tickets.attachment_models import Attachment
from tickets.files import GONE
from transfer.columns import CASE
from transfer.errors import ExportIsGone
from transfer.keepers import keepers
from transfer.models import ExportRun
from transfer.portable import PORTABLE, SHEETS, ids_of, portable_rows, sheet
from transfer.storage import export_path, remove, spool_path
from transfer.tables import COLUMNS_LEFT_OUT, LEFT_OUT, columns_left_out, exported

KIND = "export"
SCHEMA = 1
ROWS_AT_ONCE, CASES_AT_ONCE = 5_000, 200
KEPT_FOR = timedelta(hours=24)
IMPORT_FILE = "import.jsonl"
README = """This is all that one vendor had in its support desk on the day in manifest.json.

tables/        one file for each table, one row on each line, as JSON
files/         the files of cases, under the keys that tables/tickets.Attachment.jsonl names
mail/          incoming mail, byte for byte, likewise
import.jsonl   products, companies, people, contracts and cases with their histories, in the form
               in which another desk of this product takes them over (docs/import.md)
spreadsheets/  the same, to be looked at

manifest.json names the SHA-256 of each file, and what is not here and why.
"""


def order_export(*, by: Person | None, at: datetime) -> ExportRun:
    """Have all that the vendor has packed into one file. `by` None: an operator's command.

    Raises NotAllowed.
    """
    if by is not None and not by.may("move_data"):
        raise NotAllowed
    with transaction.atomic():
        run = ExportRun.objects.create(tenant_id=current_tenant_id(), made_by=by, made_at=at)
        run.job = start_job(kind=KIND, params={"run": run.pk}, by=by, at=at)
        run.save(update_fields=["job"])
    return run


@transaction.atomic
def download_export(*, run_id: int, by: Person, at: datetime) -> Path:
    """Let somebody have a packed export, and keep that they had it. The bytes are sent afterwards.

    Raises NotAllowed, NotFound, ExportIsGone.
    """
    if not by.may("move_data"):
        raise NotAllowed
    run = ExportRun.objects.filter(pk=run_id, packed_at__isnull=False).first()
    if run is None:
        raise NotFound
    path = export_path(run.tenant_id, run.key)
    if run.deleted_at is not None or (run.expires_at or at) <= at or not path.is_file():
        raise ExportIsGone
    keep_change(
        act=Change.Act.CHANGED,
        model=ExportRun._meta.label_lower,
        row=run.pk,
        named=str(run),
        by=by,
        at=at,
        words=str(_("Downloaded")),
    )
    return path


def drop_expired(at: datetime) -> int:
    """Delete the packed exports whose time is over, and count them."""
    over = ExportRun.objects.filter(expires_at__lte=at, deleted_at__isnull=True)
    rows = list(over.select_for_update(of=("self",), no_key=True))
    for run in rows:
        run.deleted_at = at
        path = export_path(run.tenant_id, run.key)
        transaction.on_commit(partial(remove, path))
    ExportRun.objects.bulk_update(rows, ["deleted_at"])
    return len(rows)


def register_export() -> None:
    """Tell the jobs how an export is made."""
    how = JobKind(
        title=_("Export of all data"),
        plan=plan,
        work=work,
        finish=finish,
        may="move_data",
        url=lambda job: reverse("admin:exports"),
    )
    register(KIND, how)


def plan(job: Job, at: datetime) -> list[Part]:
    """Divide every table, as it is now."""
    parts = [
        Part({"table": model._meta.label, "first": first, "last": last, "place": place}, rows)
        for model in exported()
        for place, (first, last, rows) in enumerate(_ranges(model))
    ]
    for kind in PORTABLE:
        size = CASES_AT_ONCE if kind == CASE else ROWS_AT_ONCE
        ids = ids_of(kind)
        sets = [ids[first : first + size] for first in range(0, len(ids), size)]
        parts += [
            Part({"rows": kind, "ids": [some[0], some[-1]], "place": place}, len(some))
            for place, some in enumerate(sets)
        ]
    return parts


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Gather some rows of one table."""
    run = _run(job)
    if "table" in params:
        name, lines = params["table"], _rows(params)
    else:
        name = params["rows"]
        lines = (json.dumps(row, ensure_ascii=False) for row in portable_rows(name, params["ids"]))
    _spool(run, name, params["place"], lines)
    return {}


def finish(job: Job, results: Sequence[Mapping[str, Any]], at: datetime) -> dict[str, Any]:
    """Pack what was gathered, with the files of cases, and say what is in it."""
    run = _run(job)
    vendor = Tenant.objects.get(pk=run.tenant_id)
    path, spool = export_path(run.tenant_id, run.key), spool_path(run.tenant_id, run.key)
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    partly = path.with_suffix(".part")
    with zipfile.ZipFile(partly, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _Packing(archive, spool).pack(vendor, run, at)
    partly.chmod(0o600)
    partly.rename(path)
    remove(spool)
    run.packed_at, run.expires_at = at, at + KEPT_FOR
    run.size_bytes, run.sha256 = path.stat().st_size, _digest(path)
    run.save(update_fields=["packed_at", "expires_at", "size_bytes", "sha256"])
    return {"bytes": run.size_bytes}


class _Packing:
    """Files on their way into the archive, each with its digest for the manifest."""

    def __init__(self, archive: zipfile.ZipFile, spool: Path) -> None:
        self.archive, self.spool = archive, spool
        self.manifest: dict[str, dict[str, Any]] = {}

    def pack(self, vendor: Tenant, run: ExportRun, at: datetime) -> None:
        for model in exported():
            label = model._meta.label
            left_out = columns_left_out(model)
            self._gathered(f"tables/{label}.jsonl", [label], {"without": left_out})
        self._gathered(IMPORT_FILE, PORTABLE, {})
        for name, titles, rows in SHEETS:
            self._add(f"spreadsheets/{name}", (line.encode() for line in sheet(titles, rows())))
        self._files()
        self._add("README.txt", [README.encode()])
        about = _about(vendor, at, self.manifest)
        self.archive.writestr("manifest.json", json.dumps(about, ensure_ascii=False, indent=1))

    def _gathered(self, name: str, parts: Iterable[str], more: dict[str, Any]) -> None:
        files = [file for part in parts for file in _spooled(self.spool, part)]
        rows = self._add(name, _lines_of(files))
        self.manifest[name] |= {"rows": rows, **more}

    def _files(self) -> None:
        kept = Attachment.objects.filter(event__isnull=False).exclude(state__in=GONE)
        for key, shown in kept.order_by("pk").values_list("uuid", "name").iterator():
            path = case_files.path_of(current_tenant_id(), key)
            if path.is_file():
                self._add(f"files/{key.hex}/{shown}", _blocks(path))
        for keeper in keepers().values():
            for name, path in keeper.files(current_tenant_id()):
                self._add(name, _blocks(path))

    def _add(self, name: str, blocks: Iterable[bytes]) -> int:
        """Add a file; give the number of its lines."""
        digest, lines, size = hashlib.sha256(), 0, 0
        about = zipfile.ZipInfo(name)
        # Such a description would be stored as it is, whatever the archive does otherwise.
        about.compress_type = self.archive.compression
        with self.archive.open(about, "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                lines += block.count(b"\n")
                size += len(block)
        self.manifest[name] = {"sha256": digest.hexdigest(), "bytes": size}
        return lines


def _about(vendor: Tenant, at: datetime, files: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": "supportdesk-export",
        "schema": SCHEMA,
        "made_at": at.isoformat(),
        "vendor": {
            name: getattr(vendor, name) for name in ("slug", "name", "time_zone", "case_prefix")
        },
        "files": files,
        "left_out": {label: str(why) for label, why in LEFT_OUT.items()}
        | {f"{label}.{name}": str(why) for (label, name), why in COLUMNS_LEFT_OUT.items()},
    }


def _run(job: Job) -> ExportRun:
    return ExportRun.objects.get(pk=job.params["run"])


def _ranges(model: type[Model]) -> list[tuple[int, int, int]]:
    """Divide a table by its keys: (first, last, number of rows) of each part."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(id), max(id), count(*) FROM (SELECT id, (row_number() OVER (ORDER BY id)"
            f' - 1) / %s AS part FROM "{model._meta.db_table}" WHERE tenant_id = %s) parts'
            " GROUP BY part ORDER BY part",
            [ROWS_AT_ONCE, current_tenant_id()],
        )
        return cursor.fetchall()


def _rows(params: Mapping[str, Any]) -> Iterator[str]:
    """Read rows as the database itself writes them as JSON, without what stays here."""
    model = next(model for model in exported() if model._meta.label == params["table"])
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT (to_jsonb(t) - %s::text[])::text FROM "{model._meta.db_table}" t'
            " WHERE tenant_id = %s AND id BETWEEN %s AND %s ORDER BY id",
            [
                ["tenant_id", *columns_left_out(model)],
                current_tenant_id(),
                params["first"],
                params["last"],
            ],
        )
        while rows := cursor.fetchmany(500):
            yield from (text for (text,) in rows)


def _spool(run: ExportRun, name: str, place: int, lines: Iterable[str]) -> None:
    folder = spool_path(run.tenant_id, run.key)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{name}.{place:06d}").open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _spooled(spool: Path, name: str) -> list[Path]:
    return sorted(spool.glob(f"{name}.[0-9][0-9][0-9][0-9][0-9][0-9]"))


def _lines_of(files: Iterable[Path]) -> Iterator[bytes]:
    return (block for file in files for block in _blocks(file))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            yield block


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
