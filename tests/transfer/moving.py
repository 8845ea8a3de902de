"""Imports in tests: an upload of some files, worked off at once."""

import io
import json
import zipfile

from jobs.models import Job
from jobs.working import work_job
from transfer.importing import begin_import, confirm_import
from transfer.models import ImportFault, ImportRun

FAR = 1e12


def archive(**files: str | bytes) -> bytes:
    """Pack files into a ZIP; "people_csv" is people.csv, "files__a_txt" is files/a.txt."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as found:
        for name, text in files.items():
            found.writestr(name.replace("__", "/").replace("_", "."), text)
    return packed.getvalue()


def lines(*rows: dict) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def uploaded(twin, at, data: bytes, *, name="upload.zip", format="csv", **changes) -> ImportRun:
    """Upload and have it looked through, in the tenant that is entered."""
    run = begin_import(
        name=name,
        blocks=[data],
        format=format,
        by=twin.manager,
        at=at,
        **{"source": "old"} | changes,
    )
    return worked(run)


def taken(twin, at, data: bytes, **changes) -> ImportRun:
    """Upload, look through, confirm, take over; an upload that is there is worked off."""
    known = changes.pop("run", None)
    run = worked(known) if known else uploaded(twin, at, data, **changes)
    confirm_import(run_id=run.pk, by=twin.manager, at=at)
    return worked(run)


def worked(run: ImportRun) -> ImportRun:
    for job in Job.objects.filter(state=Job.State.WAITING, kind__startswith="import").order_by(
        "pk"
    ):
        work_job(run.tenant_id, job.pk, until=FAR)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.why
        return worked(run)
    return ImportRun.objects.get(pk=run.pk)


def faults(run: ImportRun, *, warnings: bool = False) -> list[tuple[str, int, str, str]]:
    found = ImportFault.objects.filter(run=run, is_warning=warnings).order_by("pk")
    return list(found.values_list("file", "line", "column", "code"))
