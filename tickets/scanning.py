"""Files are looked through before anybody can have them, where a scanner is set up.

`ATTACHMENT_SCANNER` names a function `scan(file) -> str`: it reads a file and answers "" for clean,
else the name of what was found; it raises ScannerUnreachable or OSError where it cannot tell, and
the file is kept from everybody then. A job of its own does it (`jobs`), so it is done by Celery's
workers and, without Redis, by the loops.
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.actions import start_job
from jobs.models import Job
from jobs.registry import JobKind, Part, register
from outbox.actions import Queued, queue_messages
from tickets import storage
from tickets.attachment_models import Attachment
from tickets.audience import desk_side
from tickets.file_errors import ScannerUnreachable

KIND = "look_through_files"
REFUSED = "file_refused"
State = Attachment.State
Scanner = Callable[[BinaryIO], str]

# Short of the time limit of a worker's task.
SCAN_SECONDS = 45.0
SOCKET_SECONDS = 10.0
BLOCK = 64 * 1024


def order_looking(at: datetime) -> Job:
    """Have what waits looked through; an order that nobody has begun yet is enough."""
    waiting = Job.objects.filter(kind=KIND, state=Job.State.WAITING).order_by("-id").first()
    return waiting or start_job(kind=KIND, params={}, by=None, at=at)


def order_again(at: datetime) -> None:
    """Have looked through what could not be, and what came before there was a scanner."""
    if not settings.ATTACHMENT_SCANNER:
        return
    again = Attachment.objects.filter(state__in=(State.FAILED, State.UNCHECKED))
    again.update(state=State.WAITING, finding="")
    if Attachment.objects.filter(state=State.WAITING).exists():
        order_looking(at)


def look_through(attachment: Attachment, *, at: datetime) -> Attachment:
    """Scan one file, which is locked; what is harmful is removed and its people are told."""
    scan: Scanner = import_string(settings.ATTACHMENT_SCANNER)
    try:
        with storage.open_bytes(attachment.tenant_id, attachment.uuid) as file:
            finding = scan(file)
    except (OSError, ScannerUnreachable) as error:
        return _settle(attachment, State.FAILED, str(error))
    if not finding:
        return _settle(attachment, State.CLEAN, "")
    # A crash right after the commit leaves bytes that the daily work removes.
    transaction.on_commit(lambda: storage.remove(attachment.tenant_id, attachment.uuid))
    attachment.deleted_at = at
    _settle(attachment, State.INFECTED, finding)
    _tell(attachment, at)
    return attachment


def clamd(file: BinaryIO) -> str:
    """Ask a clamd over its socket (INSTREAM), at ATTACHMENT_CLAMD "host:port" or a path.

    Raises ScannerUnreachable for an answer that says neither clean nor found, or none in time.
    """
    end = time.monotonic() + SCAN_SECONDS
    with _connected(settings.ATTACHMENT_CLAMD) as peer:
        peer.sendall(b"zINSTREAM\0")
        while block := file.read(BLOCK):
            peer.sendall(len(block).to_bytes(4, "big") + block)
            if time.monotonic() > end:
                raise ScannerUnreachable(why=_("it took too long"))
        peer.sendall(bytes(4))
        answer = _answer(peer)
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerUnreachable(why=answer[:120] or _("no answer"))


def register_scanning() -> None:
    """Tell the jobs how files are looked through."""
    register(KIND, LOOKING)


def plan(job: Job, at: datetime) -> list[Part]:
    """Make a part of each file that waits."""
    waiting = Attachment.objects.filter(state=State.WAITING).order_by("pk")
    return [Part({"file": key}, 1) for key in waiting.values_list("pk", flat=True)]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Look one file through, unless somebody else has; nothing without a scanner."""
    locked = Attachment.objects.select_for_update(of=("self",), no_key=True)
    found = locked.filter(pk=params["file"], state=State.WAITING).first()
    if found is None or not settings.ATTACHMENT_SCANNER:
        return {"state": ""}
    return {"state": look_through(found, at=at).state}


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Count what was found. What came while the job ran is for the next."""
    if settings.ATTACHMENT_SCANNER and Attachment.objects.filter(state=State.WAITING).exists():
        order_looking(at)
    states = [result["state"] for result in results]
    return {state: states.count(state) for state in (State.CLEAN, State.INFECTED, State.FAILED)}


def describe(job: Job) -> Iterator[str]:
    """Say what was found, once it is known."""
    if job.state == Job.State.DONE:
        figures = {name: job.result.get(name, 0) for name in ("clean", "infected", "failed")}
        yield _("Clean: %(clean)d. Harmful: %(infected)d. Could not be told: %(failed)d.") % figures


LOOKING = JobKind(
    title=gettext_lazy("Look through files"),
    plan=plan,
    work=work,
    finish=finish,
    may="use_admin",
    describe=describe,
)


def _settle(attachment: Attachment, state: str, finding: str) -> Attachment:
    attachment.state, attachment.finding = state, finding[:200]
    attachment.save(update_fields=["state", "finding", "deleted_at"])
    return attachment


def _tell(attachment: Attachment, at: datetime) -> None:
    """Tell whoever uploaded it, and who answers for the case."""
    people = [attachment.uploaded_by_id]
    refs = {"attachment": attachment.pk}
    if attachment.event_id is not None and attachment.case is not None:
        people += desk_side(attachment.case)
        refs |= {"case": attachment.case.pk, "event": attachment.event_id}
    queue_messages(
        messages=[
            Queued(
                kind=REFUSED,
                recipient_id=person,
                refs=refs,
                dedupe_key=f"{REFUSED}:{attachment.pk}:{person}",
            )
            for person in dict.fromkeys(people)
        ],
        at=at,
    )


def _connected(address: str) -> socket.socket:
    host, _colon, port = address.rpartition(":")
    if host and port.isdecimal():
        return socket.create_connection((host, int(port)), timeout=SOCKET_SECONDS)
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(SOCKET_SECONDS)
    peer.connect(address)
    return peer


def _answer(peer: socket.socket) -> str:
    said = b""
    peer.settimeout(SCAN_SECONDS)
    while not said.endswith(b"\0") and len(said) < BLOCK:
        block = peer.recv(BLOCK)
        if not block:
            break
        said += block
    return said.rstrip(b"\0").decode(errors="replace").strip()
