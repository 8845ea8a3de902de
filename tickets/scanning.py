"""Files are looked through before anybody can have them, where a scanner is set up.

`ATTACHMENT_SCANNER` names a function `scan(file) -> str`: it reads a file and answers "" for clean,
else the name of what was found; it raises ScannerUnreachable or OSError where it cannot tell, and
the file is kept from everybody then. A job of its own does it (`jobs`), so it is done by Celery's
workers and, without Redis, by the loops. The same job computes the SHA-256 of each file, also where
there is no scanner: of two gigabytes that takes longer than a page may.

Whoever sends the file meanwhile must not wait for a scanner: its row is locked only to write down
what was found. What the job holds until then is its own part (see `jobs.working`).
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q
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

# For one file with everything, short of the time limit of a worker's task.
SCAN_SECONDS = 40.0
CONNECT_SECONDS = 10.0
BLOCK = 64 * 1024
# Bytes that nobody has looked at by then are lost.
UNREAD_FOR = timedelta(days=2)
UNREAD = Q(state=State.UNCHECKED, sha256="")


@dataclass(frozen=True)
class Look:
    """What was found in a file; `state` as it is to be."""

    state: str
    finding: str = ""
    sha256: str = ""


def order_looking(at: datetime) -> Job:
    """Have what waits looked through; an order that nobody has begun yet is enough."""
    waiting = Job.objects.filter(kind=KIND, state=Job.State.WAITING).order_by("-id").first()
    return waiting or start_job(kind=KIND, params={}, by=None, at=at)


def order_again(at: datetime) -> None:
    """Have looked through what could not be, and what came before there was a scanner."""
    if not settings.ATTACHMENT_SCANNER:
        if Attachment.objects.filter(UNREAD, stored_at__gte=at - UNREAD_FOR).exists():
            order_looking(at)
        return
    again = Attachment.objects.filter(state__in=(State.FAILED, State.UNCHECKED))
    again.update(state=State.WAITING, finding="")
    if Attachment.objects.filter(state=State.WAITING).exists():
        order_looking(at)


def look_through(attachment: Attachment) -> Look:
    """Read one file, and scan it if it waits for that; locks and writes nothing."""
    waits = attachment.state == State.WAITING
    try:
        digest = storage.digest_of(attachment.tenant_id, attachment.uuid)
        finding = _scanned(attachment) if waits else ""
    except (OSError, ScannerUnreachable) as error:
        return Look(State.FAILED, str(error)) if waits else Look(attachment.state)
    if finding:
        return Look(State.INFECTED, finding, digest)
    return Look(State.CLEAN if waits else attachment.state, "", digest)


def settle(attachment: Attachment, look: Look, *, at: datetime) -> str:
    """Write down what was found in a file that is still as it was; "" where it is not.

    What is harmful is removed and its people are told. Locks the file.
    """
    locked = Attachment.objects.select_for_update(of=("self",), no_key=True)
    row = locked.filter(pk=attachment.pk, state=attachment.state).first()
    if row is None:
        return ""
    row.state, row.finding, row.sha256 = look.state, look.finding[:200], look.sha256
    if row.state == State.INFECTED:
        row.deleted_at = at
        # A crash right after the commit leaves bytes that the daily work removes.
        transaction.on_commit(lambda: storage.remove(row.tenant_id, row.uuid))
        _tell(row, at)
    row.save(update_fields=["state", "finding", "sha256", "deleted_at"])
    return row.state


def clamd(file: BinaryIO) -> str:
    """Ask a clamd over its socket (INSTREAM), at ATTACHMENT_CLAMD "host:port" or a path.

    Raises ScannerUnreachable for an answer that says neither clean nor found, or none in time.
    """
    end = time.monotonic() + SCAN_SECONDS
    with _connected(settings.ATTACHMENT_CLAMD) as peer:
        _send(peer, b"zINSTREAM\0", end)
        while block := file.read(BLOCK):
            _send(peer, len(block).to_bytes(4, "big") + block, end)
        _send(peer, bytes(4), end)
        answer = _answer(peer, end)
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
    unread = Attachment.objects.filter(Q(state=State.WAITING) | UNREAD).order_by("pk")
    return [Part({"file": key}, 1) for key in unread.values_list("pk", flat=True)]


def work(job: Job, params: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Look one file through, unless somebody else has; nothing is scanned without a scanner."""
    wanted = Q(state=State.WAITING) if settings.ATTACHMENT_SCANNER else UNREAD
    found = Attachment.objects.filter(wanted, pk=params["file"]).first()
    if found is None:
        return {"state": ""}
    return {"state": settle(found, look_through(found), at=at)}


def finish(job: Job, results: Sequence[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Count what was found. What came while the job ran is for the next."""
    # Those whose bytes are lost are not looked for again.
    came = UNREAD & Q(stored_at__gte=job.started_at or at)
    unread = Q(state=State.WAITING) if settings.ATTACHMENT_SCANNER else came
    if Attachment.objects.filter(unread).exists():
        order_looking(at)
    states = [result["state"] for result in results]
    return {state: states.count(state) for state in (State.CLEAN, State.INFECTED, State.FAILED)}


def describe(job: Job) -> Iterator[str]:
    """Say what was found, once it is known."""
    if job.state == Job.State.DONE:
        figures = {name: job.result.get(name, 0) for name in ("clean", "infected", "failed")}
        if not any(figures.values()):
            return
        yield _("Clean: %(clean)d. Harmful: %(infected)d. Could not be told: %(failed)d.") % figures


LOOKING = JobKind(
    title=gettext_lazy("Look through files"),
    plan=plan,
    work=work,
    finish=finish,
    may="use_admin",
    describe=describe,
)


def _scanned(attachment: Attachment) -> str:
    scan: Scanner = import_string(settings.ATTACHMENT_SCANNER)
    with storage.open_bytes(attachment.tenant_id, attachment.uuid) as file:
        return scan(file)


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
        return socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(CONNECT_SECONDS)
    peer.connect(address)
    return peer


def _send(peer: socket.socket, block: bytes, end: float) -> None:
    peer.settimeout(_left(end))
    peer.sendall(block)


def _left(end: float) -> float:
    """Say how long may still be waited. Raises ScannerUnreachable when it is over."""
    left = end - time.monotonic()
    if left <= 0:
        raise ScannerUnreachable(why=_("it took too long"))
    return left


def _answer(peer: socket.socket, end: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < BLOCK:
        peer.settimeout(_left(end))
        block = peer.recv(BLOCK)
        if not block:
            break
        said += block
    return said.rstrip(b"\0").decode(errors="replace").strip()
