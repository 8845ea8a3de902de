"""Vendors by the command line: made, moved in, packed, erased."""

import json
import os
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import create_tenant
from accounts.errors import DomainError
from accounts.models import Person, Tenant
from accounts.places import site_url
from accounts.tenancy import tenant
from jobs.models import Job
from jobs.working import NOTHING, work_job
from supportdesk.operators.inviting import check_first_manager, invite_first_manager
from transfer.erasing_vendor import erase_vendor
from transfer.exporting import order_export
from transfer.importing import begin_import, confirm_import
from transfer.models import ExportRun, ImportFault, ImportRun
from transfer.storage import export_path

BLOCK = 1024 * 1024
WAIT_SECONDS = 0.5
FAULTS_SHOWN = 20
Told = dict[str, Any]


class Refused(CommandError):
    """What an operator has got wrong, in their own language, with a code for programs."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code


class Command(BaseCommand):
    help = (
        "Makes a vendor, moves its data in and out, and erases it. "
        "Exit status 1 when something was refused; with --json the answer is one JSON object."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, (about, add, _run) in ACTS.items():
            sub = acts.add_parser(name, help=about, description=about)
            add(sub)
            sub.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *, act: str, **options: Any) -> None:
        _about, _add, run = ACTS[act]
        try:
            told = run(options)
        except (DomainError, Refused) as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": refusal.code, "detail": str(refusal)}))
                raise SystemExit(1) from refusal
            raise CommandError(f"{refusal} ({refusal.code})") from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, default=str))
            return
        self.stdout.writelines(_lines(told))


def _lines(told: Told, before: str = "") -> Iterator[str]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{before}{name} ")
        elif isinstance(value, list):
            yield from (f"{before}{name}: {one}" for one in value)
        else:
            yield f"{before}{name}: {value}"


def _add_create(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="its address: small letters, figures, hyphens")
    parser.add_argument("--name", required=True)
    parser.add_argument("--time-zone", required=True, help="such as Europe/Berlin")
    parser.add_argument("--case-prefix", required=True, help="one to eight capital letters")
    parser.add_argument("--manager-name", required=True, help="the first manager")
    parser.add_argument("--manager-email", required=True, help="who is invited to set a password")


def create(options: Told) -> Told:
    """Make a vendor, and invite its first manager by mail."""
    manager = (options["manager_name"], options["manager_email"])
    check_first_manager(*manager)
    with transaction.atomic():
        vendor = create_tenant(
            slug=options["slug"],
            name=options["name"],
            time_zone=options["time_zone"],
            case_prefix=options["case_prefix"],
        )
    invite_first_manager(vendor.pk, *manager)
    return {"vendor": vendor.slug, "address": site_url(vendor), "invited": manager[1]}


def _add_import(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="the vendor's address")
    parser.add_argument("file", type=Path, help="a ZIP archive, or one table")
    parser.add_argument("--format", choices=ImportRun.Format.values, default="csv")
    parser.add_argument("--source", required=True, help="where it comes from, such as old-desk")
    parser.add_argument(
        "--as", dest="by", required=True, help="the manager who does it, by address"
    )
    parser.add_argument("--files", type=Path, help="the folder with the files of cases")
    parser.add_argument("--confirm", action="store_true", help="take it over, not only look")


def bring_in(options: Told) -> Told:
    """Look an upload through; with --confirm take over what can be."""
    vendor, path = _vendor(options["slug"]), options["file"]
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {path}.")
    folder = str(options["files"].resolve()) if options["files"] else ""
    with tenant(vendor) as at:
        run = begin_import(
            name=path.name,
            blocks=_blocks(path),
            source=options["source"],
            format=options["format"],
            folder=folder,
            by=_person(options["by"]),
            at=at,
        )
    _work(vendor, ImportRun, run.pk)
    if options["confirm"]:
        with tenant(vendor) as at:
            confirm_import(run_id=run.pk, by=_person(options["by"]), at=at)
        _work(vendor, ImportRun, run.pk)
    return _told_of(vendor, run.pk)


def _told_of(vendor: Tenant, run_id: int) -> Told:
    with tenant(vendor):
        run = ImportRun.objects.get(pk=run_id)
        faults = ImportFault.objects.filter(run=run).order_by("is_warning", "pk")
        told = [f"{one.file}:{one.line} {one.column} {one.words}" for one in faults[:FAULTS_SHOWN]]
        return {
            "import": run.pk,
            "state": run.state,
            "rows": run.figures.get("rows", {}),
            "taken": run.figures.get("taken", {}),
            "faults": faults.filter(is_warning=False).count(),
            "warnings": faults.filter(is_warning=True).count(),
            "first": told,
        }


def _add_export(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="the vendor's address")
    parser.add_argument("--output", type=Path, required=True, help="the ZIP file to be written")


def take_out(options: Told) -> Told:
    """Pack all that a vendor has into one file."""
    vendor, output = _vendor(options["slug"]), options["output"]
    if output.exists() or not output.parent.is_dir():
        raise Refused("no_place", f"{output} is there already, or its folder is not.")
    with tenant(vendor) as at:
        run = order_export(by=None, at=at)
    _work(vendor, ExportRun, run.pk)
    with tenant(vendor):
        run = ExportRun.objects.get(pk=run.pk)
    _copy(export_path(vendor.pk, run.key), output)
    return {"vendor": vendor.slug, "file": output, "bytes": run.size_bytes, "sha256": run.sha256}


def _add_erase(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="the vendor's address")
    parser.add_argument(
        "--confirm", required=True, help="the address once more: nothing comes back"
    )


def erase(options: Told) -> Told:
    """Erase a vendor for good, with all its rows and files. It cannot be undone."""
    erased = erase_vendor(slug=options["slug"], confirmed=options["confirm"])
    return {"vendor": erased.slug, "rows": sum(erased.rows.values()), "files": erased.files} | {
        "tables": erased.rows
    }


ACTS: dict[str, tuple[str, Callable[[ArgumentParser], None], Callable[[Told], Told]]] = {
    "create": ("Makes a vendor and invites its first manager.", _add_create, create),
    "import": ("Moves data of another system in.", _add_import, bring_in),
    "export": ("Packs all that a vendor has into one ZIP file.", _add_export, take_out),
    "erase": ("Erases a vendor for good, rows and files.", _add_erase, erase),
}


def _vendor(slug: str) -> Tenant:
    vendor = Tenant.objects.filter(slug=slug, is_operators=False).first()
    if vendor is None:
        raise Refused("no_such_vendor", f"There is no vendor {slug}.")
    return vendor


def _person(email: str) -> Person:
    found = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if found is None:
        raise Refused("no_such_person", f"Nobody of this vendor has the address {email}.")
    return found


def _work(vendor: Tenant, model: type[ImportRun | ExportRun], run_id: int) -> None:
    """Do the work on one import or export, or wait for the worker that is at it."""
    while True:
        with tenant(vendor):
            job = model.objects.select_related("job").get(pk=run_id).job
        if job is None or not job.is_active:
            break
        done = work_job(vendor.pk, job.pk, until=time.monotonic() + 3600)
        if done == NOTHING:
            time.sleep(WAIT_SECONDS)
    if job is not None and job.state != Job.State.DONE:
        raise Refused("work_stopped", f"The work has stopped: {job.why or job.state}")


def _copy(source: Path, output: Path) -> None:
    """Write what nobody but its owner may read, from the first byte on. Raises Refused."""
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Refused("no_place", f"{output} cannot be written: {error.strerror}.") from error
    with source.open("rb") as packed, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(packed, file, BLOCK)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
