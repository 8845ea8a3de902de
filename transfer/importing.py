"""Moving in: upload, look through, confirm, take over. What is done stays done, and can go on."""

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from jobs.actions import start_job
from jobs.models import Job
from transfer.errors import CannotImport, NothingToTake, NotNow, SourceNeeded
from transfer.mapping import FIELDS
from transfer.models import ImportLine, ImportRun
from transfer.reading.bundle import Bundle
from transfer.reading.rows import CannotRead
from transfer.storage import remove, upload_path, write_blocks
from transfer.words import words_of

READ, CHECK, TAKE = "import_read", "import_check", "import_take"
SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FORGOTTEN = timedelta(days=30)
State, Verdict = ImportRun.State, ImportLine.Verdict
TAKEN = (Verdict.NEW, Verdict.KNOWN, Verdict.CHANGED)


def begin_import(
    *,
    name: str,
    blocks: Iterable[bytes],
    source: str,
    format: str,
    by: Person,
    at: datetime,
    folder: str = "",
) -> ImportRun:
    """Keep an upload and have it looked through. Nothing is taken over before somebody confirms.

    `folder` is a place on the server where the files of cases lie, of the command line alone.
    Raises NotAllowed, SourceNeeded, CannotImport for an archive that cannot be opened.
    """
    _must_move(by)
    if not SOURCE.fullmatch(source):
        raise SourceNeeded(field="source")
    run = ImportRun(
        tenant_id=current_tenant_id(),
        source=source,
        format=format,
        file_name=_shown(name),
        folder=folder,
        made_by=by,
        made_at=at,
        size_bytes=0,
    )
    path = upload_path(run.tenant_id, run.key)
    run.size_bytes = write_blocks(path, blocks)
    try:
        _check_archive(Bundle(path, run.file_name))
    except CannotRead as fault:
        remove(path)
        raise CannotImport(field="file", why=words_of(fault.code, fault.figures)) from fault
    return _started(run, by, at)


@transaction.atomic
def _started(run: ImportRun, by: Person, at: datetime) -> ImportRun:
    run.save(force_insert=True)
    run.job = start_job(kind=READ, params={"run": run.pk}, by=by, at=at)
    run.save(update_fields=["job"])
    return run


@transaction.atomic
def look_again(
    *, run_id: int, maps: Mapping[str, Mapping[str, str]], by: Person, at: datetime
) -> ImportRun:
    """Look an upload through once more, with other words for states and levels. Locks the run.

    `maps` is {field of FIELDS: {value there: code here}}. Raises NotAllowed, NotFound, NotNow.
    """
    run = access_import(by, run_id, locked=True)
    if not _can_look(run) or _is_at_work(run):
        raise NotNow
    run.maps = {field: dict(maps[field]) for field in FIELDS if maps.get(field)}
    return _ordered(run, CHECK, State.CHECKING, by, at)


@transaction.atomic
def confirm_import(*, run_id: int, by: Person, at: datetime) -> ImportRun:
    """Take over what was looked through, or go on where a take-over was stopped. Locks the run.

    Raises NotAllowed, NotFound, NotNow, NothingToTake.
    """
    run = access_import(by, run_id, locked=True)
    if run.state not in (State.CHECKED, State.IMPORTING) or _is_at_work(run):
        raise NotNow
    if not run.lines.filter(verdict__in=TAKEN, is_done=False).exists():
        raise NothingToTake
    if run.confirmed_at is None:
        run.confirmed_by, run.confirmed_at = by, at
        run.save(update_fields=["confirmed_by", "confirmed_at"])
        keep_change(
            act=Change.Act.ADDED,
            model=ImportRun._meta.label_lower,
            row=run.pk,
            named=run.file_name,
            by=by,
            at=at,
        )
    return _ordered(run, TAKE, State.IMPORTING, by, at)


@transaction.atomic
def drop_import(*, run_id: int, by: Person) -> None:
    """Throw an upload away that was not taken over, with all that was read of it. Locks the run.

    Raises NotAllowed, NotFound, NotNow.
    """
    run = access_import(by, run_id, locked=True)
    if run.confirmed_at is not None or _is_at_work(run):
        raise NotNow
    path = upload_path(run.tenant_id, run.key)
    run.delete()
    transaction.on_commit(lambda: remove(path))


def drop_forgotten(at: datetime) -> int:
    """Throw away the uploads that nobody has confirmed for a month, and count them."""
    old = ImportRun.objects.filter(made_at__lt=at - FORGOTTEN, confirmed_at__isnull=True)
    rows = list(old.select_for_update(of=("self",), skip_locked=True))
    for run in rows:
        path = upload_path(run.tenant_id, run.key)
        run.delete()
        transaction.on_commit(partial(remove, path))
    return len(rows)


def access_import(by: Person, run_id: int, *, locked: bool = False) -> ImportRun:
    """Find an import that `by` may see. Raises NotAllowed, NotFound."""
    _must_move(by)
    runs = ImportRun.objects.filter(pk=run_id)
    run = (runs.select_for_update(of=("self",), no_key=True) if locked else runs).first()
    if run is None:
        raise NotFound
    return run


def is_stopped(run: ImportRun) -> bool:
    """Tell whether the work on an import was cancelled or has failed."""
    return run.job is not None and run.job.state in (Job.State.CANCELLED, Job.State.FAILED)


def _must_move(by: Person) -> None:
    if not by.may("move_data"):
        raise NotAllowed


def _is_at_work(run: ImportRun) -> bool:
    return run.job is not None and run.job.is_active


def _can_look(run: ImportRun) -> bool:
    """Tell whether all rows were read, and none was taken over yet."""
    was_stopped = run.state == State.CHECKING and run.job is not None and run.job.kind == CHECK
    return run.state == State.CHECKED or was_stopped


def _ordered(run: ImportRun, kind: str, state: str, by: Person | None, at: datetime) -> ImportRun:
    run.state = state
    run.job = start_job(kind=kind, params={"run": run.pk}, by=by, at=at)
    run.save(update_fields=["state", "job", "maps"])
    return run


def _check_archive(bundle: Bundle) -> None:
    is_named_so = bundle.name.lower().endswith(".zip")
    if is_named_so and not bundle.is_archive:
        raise CannotRead("archive_broken")
    try:
        names = bundle.tables()
    except zipfile.BadZipFile as error:
        raise CannotRead("archive_broken") from error
    if not names:
        raise CannotRead("nothing_inside")


def _shown(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable())[:200] or "upload"
