"""Files come in, are kept to themselves, and go: DD-19, DD-35, and hardening 34."""

import hashlib
import io
import os
import socket
import threading
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotFound
from jobs.models import Job
from outbox.models import OutboxMessage
from sla.engine.care import Attaching
from sla.engine.policy import Policy
from tests.cases import MONDAY, after, file_case
from tests.uploads import LOG, uploaded
from tickets import scanning, storage
from tickets.actions.attaching import (
    add_part,
    begin_upload,
    clean_name,
    drop_upload,
    log_download,
)
from tickets.actions.conversation import add_note, reply_as_customer, reply_to_case
from tickets.actions.ending import close_case, reopen_case, resolve_case
from tickets.actions.merging import merge_cases
from tickets.attachment_models import Attachment, AttachmentDownload
from tickets.file_errors import (
    FileIsEmpty,
    FileNotReady,
    FilesNotTaken,
    FileTooLarge,
    NoRoomForFiles,
    NotAsLongAsSaid,
    TooManyFiles,
    WrongOffset,
)
from tickets.files import files_of, limits_of
from tickets.retention import delete_old, drop_unsent, remove_stray, tend_files
from tickets.sniffing import is_named_otherwise, type_of

CLEAN = "tests.tickets.test_files.finds_nothing"
DIRTY = "tests.tickets.test_files.finds_eicar"
BROKEN = "tests.tickets.test_files.cannot_tell"


def finds_nothing(file: io.BufferedReader) -> str:
    return ""


def finds_eicar(file: io.BufferedReader) -> str:
    return "Eicar-Signature" if b"EICAR" in file.read() else ""


def cannot_tell(file: io.BufferedReader) -> str:
    raise OSError("no scanner there")


def finds_eicar_in_what_is_dropped(file: io.BufferedReader) -> str:
    Attachment.objects.all().delete()
    return "Eicar-Signature"


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha)


def upload(person, case, content=LOG, *, name="app.log", draft="answer", at=MONDAY) -> Attachment:
    return uploaded(person, case, draft, content, at=at, name=name)


def part(person, row, offset, content, at=MONDAY) -> Attachment:
    return add_part(
        upload=row.uuid, offset=offset, length=len(content), blocks=[content], by=person, at=at
    )


def kept(vendor, root) -> list[bytes]:
    return sorted(path.read_bytes() for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("app.log", "app.log"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("a\x00b.log", "ab.log"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\u200bb\r\nc.txt", "abc.txt"),
        ("..", "file"),
        ("", "file"),
        ("dir/", "file"),
        ("\ud800x.log", "x.log"),
        ("e\u0301.log", "\u00e9.log"),
        ("x" * 300 + ".log", "x" * 196 + ".log"),
        ("x" * 300, "x" * 200),
        (".htaccess", ".htaccess"),
        ("  a   b .log", "a b .log"),
    ],
)
def test_hardening_34_name_is_only_shown_and_never_a_path(given, shown):
    assert clean_name(given) == shown


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04....", "application/zip"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/plain"),
        (b"MZ\x90\x00\x03", "application/vnd.microsoft.portable-executable"),
        ("ü".encode() * 2047 + b"x" + "ü".encode()[:1], "text/plain"),
        ("Grüße".encode("utf-16"), "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"\xff\xfa\xfb\xc0", "application/octet-stream"),
        (b"GIF89a<script>", "image/gif"),
    ],
)
def test_hardening_34_type_is_what_the_content_says(head, name):
    assert type_of(head) == name


def test_dd_19_file_goes_with_the_answer_and_both_sides_have_it(case, alpha, shelves):
    waiting = upload(alpha.contact, case)

    before = files_of(case, alpha.agent)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="See the log.", at=after(1))
    (part,) = scanning.plan(Job(), after(1))
    scanning.work(Job(), part.params, after(1))

    assert before == []
    row = Attachment.objects.get()
    assert (row.state, row.content_type, row.sha256, row.is_internal) == (
        "unchecked",
        "text/plain",
        hashlib.sha256(LOG).hexdigest(),
        False,
    )
    assert row.event.kind == "customer_replied"
    assert [one.attachment for one in files_of(case, alpha.agent)] == [waiting]
    assert [one.attachment for one in files_of(case, alpha.contact)] == [waiting]
    assert kept(alpha, shelves) == [LOG]
    assert scanning.plan(Job(), after(2)) == []
    assert waiting.sha256 == ""


def test_dd_35_file_of_a_note_is_not_there_for_the_customer(case, alpha):
    row = upload(alpha.agent, case, draft="note")
    add_note(case_id=case.pk, by=alpha.agent, body="For us.", at=after(1))

    assert [one.attachment for one in files_of(case, alpha.agent)] == [row]
    assert files_of(case, alpha.contact) == []
    with pytest.raises(NotFound):
        log_download(key=row.uuid, by=alpha.contact, at=after(2))
    assert not AttachmentDownload.objects.exists()


def test_dd_35_every_download_is_logged_and_shown_to_leads_only(case, alpha):
    row = upload(alpha.agent, case, draft="reply")
    reply_to_case(case_id=case.pk, by=alpha.agent, body="The patch.", at=after(1))

    log_download(key=row.uuid, by=alpha.contact, at=after(2))
    log_download(key=row.uuid, by=alpha.agent, at=after(3))

    logged = AttachmentDownload.objects.order_by("pk").values_list("person", "downloaded_at")
    assert list(logged) == [(alpha.contact.pk, after(2)), (alpha.agent.pk, after(3))]
    assert [one.downloads for one in files_of(case, alpha.lead)] == [2]
    assert [one.downloads for one in files_of(case, alpha.agent)] == [0]


def test_dd_35_only_who_may_see_the_case_has_its_files(case, alpha, beta):
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))

    had = [
        person.name
        for person in (alpha.contact, alpha.company_admin, alpha.agent, alpha.manager)
        if log_download(key=row.uuid, by=person, at=after(2))
    ]

    assert len(had) == 4
    for person in (alpha.colleague, alpha.stranger):
        with pytest.raises(NotFound):
            log_download(key=row.uuid, by=person, at=after(2))


def test_dd_19_upload_goes_on_where_it_stopped(case, alpha, shelves):
    row = begin_upload(
        name="big.log", size=10, draft="answer", case_id=case.pk, by=alpha.contact, at=MONDAY
    )
    part(alpha.contact, row, 0, b"01234")

    with pytest.raises(WrongOffset) as again:
        part(alpha.contact, row, 0, b"01234")
    with pytest.raises(WrongOffset) as ahead:
        part(alpha.contact, row, 7, b"789")
    # Written and never committed: the next part overwrites it.
    path = storage.path_of(row.tenant_id, row.uuid)
    path.write_bytes(path.read_bytes() + b"xxxxxxxx")
    done = part(alpha.contact, row, 5, b"56789")

    assert (again.value.offset, ahead.value.offset) == (5, 5)
    assert (done.state, done.received_bytes) == ("unchecked", 10)
    assert kept(alpha, shelves) == [b"0123456789"]
    with pytest.raises(WrongOffset):
        part(alpha.contact, row, 10, b"more")


def test_dd_19_bytes_that_are_gone_are_asked_for_anew(case, alpha):
    row = begin_upload(
        name="big.log", size=10, draft="answer", case_id=case.pk, by=alpha.contact, at=MONDAY
    )
    part(alpha.contact, row, 0, b"01234")
    storage.remove(row.tenant_id, row.uuid)

    with pytest.raises(WrongOffset) as told:
        part(alpha.contact, row, 5, b"56789")

    assert told.value.offset == 0
    assert part(alpha.contact, row, 0, b"0123456789").state == "unchecked"


@pytest.mark.parametrize(
    ("said", "offset", "content", "refusal"),
    [
        (4, 0, b"12345", NotAsLongAsSaid),
        (4, 0, b"", NotAsLongAsSaid),
        (4, -1, b"1", WrongOffset),
        (4, 10**14, b"1", WrongOffset),
    ],
)
def test_hardening_34_part_that_does_not_fit_is_refused(
    case, alpha, said, offset, content, refusal
):
    row = begin_upload(
        name="a", size=said, draft="answer", case_id=case.pk, by=alpha.contact, at=MONDAY
    )

    with pytest.raises(refusal):
        part(alpha.contact, row, offset, content)

    assert Attachment.objects.get().received_bytes == 0


def test_hardening_34_less_than_said_is_never_sent(case, alpha):
    row = begin_upload(
        name="a", size=9, draft="answer", case_id=case.pk, by=alpha.contact, at=MONDAY
    )
    part(alpha.contact, row, 0, b"half")

    reply_as_customer(case_id=case.pk, by=alpha.contact, body="There.", at=after(1))

    assert files_of(case, alpha.agent) == []
    assert Attachment.objects.get().event is None


@pytest.mark.parametrize(
    ("size", "changes", "refusal"),
    [
        (0, {}, FileIsEmpty),
        (-5, {}, FileIsEmpty),
        (2048 * 1024 * 1024 + 1, {}, FileTooLarge),
        (1024 * 1024 + 1, {"quota": 1}, NoRoomForFiles),
        (5, {"draft": "../etc"}, FilesNotTaken),
        (5, {"draft": "file"}, FilesNotTaken),
        (5, {"case_id": 999_999}, NotFound),
    ],
)
def test_dd_35_what_does_not_fit_is_refused_before_a_byte_is_sent(
    case, alpha, size, changes, refusal
):
    quota = changes.pop("quota", None)
    by = alpha.contact
    if quota:
        by.tenant.attachment_quota_mb = quota
    asked = {"draft": "answer", "case_id": case.pk} | changes

    with pytest.raises(refusal) as told:
        begin_upload(name="trace.pcap", size=size, by=by, at=MONDAY, **asked)

    assert not Attachment.objects.exists()
    if refusal is FileTooLarge:
        assert "2.0\xa0GB" in str(told.value) and "trace.pcap" in str(told.value)
    if refusal is NoRoomForFiles:
        assert "tell us there that a file is missing" in str(told.value)


def test_dd_35_policy_sets_a_smaller_limit(metalogix):
    bare, small = policy_with(Attaching()), policy_with(Attaching(max_megabytes=10))

    assert limits_of(bare).file_bytes == 2048 * 1024 * 1024
    assert (limits_of(small).file_bytes, limits_of(small).form_bytes) == (10 * 2**20, 10 * 2**20)


def test_dd_19_twenty_files_at_once_and_no_more(case, alpha):
    for number in range(20):
        upload(alpha.contact, case, name=f"{number}.log")

    with pytest.raises(TooManyFiles):
        upload(alpha.contact, case)

    assert Attachment.objects.count() == 20


def test_dd_19_forms_that_are_never_sent_are_not_without_end(case, alpha):
    for number in range(60):
        upload(alpha.contact, None, draft=f"call:{number // 20}", name=f"{number}.log")

    with pytest.raises(TooManyFiles):
        upload(alpha.contact, case)
    upload(alpha.colleague, None, draft="file")


def test_dd_35_only_bytes_that_came_take_room(case, alpha):
    for person in (alpha.contact, alpha.colleague):
        person.tenant.attachment_quota_mb = 1
    said = {"name": "trace.pcap", "size": 700_000, "at": MONDAY}
    mine = [
        begin_upload(draft="answer", case_id=case.pk, by=alpha.contact, **said) for _ in range(3)
    ]
    theirs = begin_upload(draft="file", case_id=None, by=alpha.colleague, **said)

    part(alpha.colleague, theirs, 0, bytes(700_000))
    with pytest.raises(NoRoomForFiles):
        part(alpha.contact, mine[0], 0, bytes(400_000))

    assert part(alpha.contact, mine[0], 0, bytes(300_000)).received_bytes == 300_000


def test_dd_19_same_name_twice_are_two_files(case, alpha, shelves):
    upload(alpha.contact, case, b"one")
    upload(alpha.contact, case, b"two")

    assert kept(alpha, shelves) == [b"one", b"two"]


def test_hardening_34_another_persons_upload_is_not_there(case, alpha, beta):
    row = begin_upload(
        name="a", size=4, draft="answer", case_id=case.pk, by=alpha.contact, at=MONDAY
    )

    for person in (alpha.company_admin, alpha.agent, alpha.manager):
        with pytest.raises(NotFound):
            part(person, row, 0, b"evil")
        with pytest.raises(NotFound):
            drop_upload(upload=row.uuid, by=person)
    with pytest.raises(NotFound):
        drop_upload(upload=uuid.uuid4(), by=alpha.contact)


def test_hardening_34_another_vendors_file_is_not_there(case, alpha, beta):
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    tenant_id = row.tenant_id

    assert storage.path_of(beta.tenant.pk, row.uuid) != storage.path_of(tenant_id, row.uuid)


def test_dd_35_nobody_has_a_file_before_it_was_looked_through(case, alpha, settings):
    settings.ATTACHMENT_SCANNER = CLEAN
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    waited = files_of(case, alpha.agent)[0].state_text

    with pytest.raises(FileNotReady):
        log_download(key=row.uuid, by=alpha.agent, at=after(1))
    looked = scanning.work(Job(), {"file": row.pk}, after(2))

    assert waited == "being looked through: it can be had afterwards"
    assert Job.objects.get(kind=scanning.KIND).state == "waiting"
    assert looked == {"state": "clean"}
    assert log_download(key=row.uuid, by=alpha.agent, at=after(3)) == row


def test_dd_35_file_is_not_locked_while_it_is_looked_through(case, alpha, settings):
    settings.ATTACHMENT_SCANNER = "tests.tickets.test_files.finds_eicar_in_what_is_dropped"
    row = upload(alpha.contact, case)

    with CaptureQueriesContext(connection) as asked:
        looked = scanning.work(Job(), {"file": row.pk}, after(2))

    said = [one["sql"] for one in asked.captured_queries]
    dropped = next(number for number, sql in enumerate(said) if sql.startswith("DELETE"))
    assert ["FOR NO KEY UPDATE" in sql for sql in said[: dropped + 1]] == [False] * (dropped + 1)
    assert looked == {"state": ""}


def test_dd_35_bytes_that_are_lost_are_not_looked_for_without_end(case, alpha):
    row = upload(alpha.contact, case)
    storage.remove(row.tenant_id, row.uuid)
    job = Job.objects.get(kind=scanning.KIND)
    job.state, job.started_at = "running", after(1)
    job.save()

    looked = scanning.work(job, {"file": row.pk}, after(1))
    scanning.finish(job, [looked], after(1))

    assert looked == {"state": "unchecked"}
    assert Job.objects.filter(kind=scanning.KIND).count() == 1


def test_dd_35_harmful_file_is_kept_from_everybody_and_people_are_told(
    case, alpha, settings, shelves, django_capture_on_commit_callbacks
):
    settings.ATTACHMENT_SCANNER = DIRTY
    row = upload(alpha.contact, case, b"X5O!P%@AP EICAR")
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    OutboxMessage.objects.all().delete()

    with django_capture_on_commit_callbacks(execute=True):
        scanning.work(Job(), {"file": row.pk}, after(2))

    row.refresh_from_db()
    assert (row.state, row.finding, row.deleted_at) == ("infected", "Eicar-Signature", after(2))
    assert kept(alpha, shelves) == []
    told = set(
        OutboxMessage.objects.filter(kind="file_refused").values_list("recipient", flat=True)
    )
    assert alpha.contact.pk in told and alpha.agent.pk in told
    for person in (alpha.contact, alpha.agent, alpha.manager):
        with pytest.raises(FileNotReady):
            log_download(key=row.uuid, by=person, at=after(3))


def test_dd_35_scanner_that_is_gone_keeps_the_file_shut_and_is_asked_again(case, alpha, settings):
    settings.ATTACHMENT_SCANNER = BROKEN
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))

    scanning.work(Job(), {"file": row.pk}, after(2))
    row.refresh_from_db()
    failed = row.state, row.finding
    tend_files(after(3))
    row.refresh_from_db()

    assert failed == ("failed", "no scanner there")
    assert row.state == "waiting"


def clamd_that_says(answer: bytes) -> tuple[str, list[bytes]]:
    """Answer one INSTREAM on loopback, and keep what came."""
    server, got = socket.create_server(("127.0.0.1", 0)), []

    def serve() -> None:
        peer, _address = server.accept()
        with server, peer, peer.makefile("rb") as stream:
            got.append(stream.read(len(b"zINSTREAM\0")))
            while length := int.from_bytes(stream.read(4), "big"):
                got.append(stream.read(length))
            peer.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    host, port = server.getsockname()
    return f"{host}:{port}", got


@pytest.mark.parametrize(
    ("answer", "finding"),
    [(b"stream: OK\0", ""), (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "Win.Test.EICAR_HDB-1")],
)
def test_dd_35_clamd_is_asked_over_its_socket(settings, answer, finding):
    settings.ATTACHMENT_CLAMD, got = clamd_that_says(answer)
    content = os.urandom(100_000)

    found = scanning.clamd(io.BytesIO(content))

    assert found == finding
    assert got[0] == b"zINSTREAM\0" and b"".join(got[1:]) == content


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_dd_35_answer_of_clamd_that_says_neither_is_no_leave(settings, answer):
    settings.ATTACHMENT_CLAMD, _got = clamd_that_says(answer)

    with pytest.raises(scanning.ScannerUnreachable):
        scanning.clamd(io.BytesIO(LOG))


def test_dd_35_clamd_that_reads_and_never_answers_is_left_in_time(settings, monkeypatch):
    monkeypatch.setattr(scanning, "SCAN_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        settings.ATTACHMENT_CLAMD = f"{host}:{port}"

        with pytest.raises((scanning.ScannerUnreachable, TimeoutError)):
            scanning.clamd(io.BytesIO(LOG))


def days(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def test_dd_35_files_go_when_their_time_after_closing_is_over(
    case, alpha, shelves, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("tickets.retention.policy_version", lambda _pk: keeps(30))
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Mended.", at=days(1))
    close_case(case_id=case.pk, by=alpha.contact, at=days(2))

    early = delete_old(days(31.9))
    with django_capture_on_commit_callbacks(execute=True):
        late = delete_old(days(32))

    row.refresh_from_db()
    assert (early, late) == (0, 1)
    assert (row.state, row.deleted_at) == ("deleted", days(32))
    assert kept(alpha, shelves) == []
    assert files_of(case, alpha.contact)[0].state_text == "deleted: its time was over"


def test_dd_35_case_that_is_open_again_keeps_its_files(case, alpha, monkeypatch):
    monkeypatch.setattr("tickets.retention.policy_version", lambda _pk: keeps(30))
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Mended.", at=days(1))
    close_case(case_id=case.pk, by=alpha.contact, at=days(2))
    delete_old(days(3))
    row.refresh_from_db()
    ends = row.delete_after

    reopen_case(case_id=case.pk, by=alpha.agent, body="Not mended.", at=days(4))
    deleted = delete_old(days(90))

    row.refresh_from_db()
    assert (ends, deleted, row.delete_after, row.state) == (days(32), 0, None, "unchecked")


def test_dd_35_files_of_a_merged_case_stay_while_the_other_is_open(case, alpha, monkeypatch):
    monkeypatch.setattr("tickets.retention.policy_version", lambda _pk: keeps(30))
    other = file_case(alpha)
    row = upload(alpha.contact, case)
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    merge_cases(case_id=case.pk, into=other.number, by=alpha.lead, at=days(1))

    while_open = delete_old(days(90))
    resolve_case(case_id=other.pk, by=alpha.agent, solution="Mended.", at=days(91))
    close_case(case_id=other.pk, by=alpha.contact, at=days(92))
    early, late = delete_old(days(121.9)), delete_old(days(122))

    assert (while_open, early, late) == (0, 0, 1)
    row.refresh_from_db()
    assert row.state == "deleted"


def keeps(number: int) -> Policy:
    return policy_with(Attaching(retention_days=number))


def policy_with(attachments: Attaching) -> Policy:
    return Policy("alpha", "Support", "UTC", "TW", attachments=attachments)


def test_hardening_34_what_was_never_sent_goes_after_a_day(
    case, alpha, shelves, django_capture_on_commit_callbacks
):
    upload(alpha.contact, case, b"sent")
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="The log.", at=after(1))
    upload(alpha.contact, case, b"old")
    upload(alpha.contact, case, at=after(20))

    with (
        django_capture_on_commit_callbacks(execute=True),
        CaptureQueriesContext(connection) as asked,
    ):
        dropped = drop_unsent(after(24.5))

    assert (dropped, Attachment.objects.count(), kept(alpha, shelves)) == (1, 2, [LOG, b"sent"])
    assert "SKIP LOCKED" in asked.captured_queries[0]["sql"]


def test_hardening_34_bytes_without_a_row_are_found(case, alpha, shelves):
    upload(alpha.contact, case)
    long_ago, fresh = uuid.uuid4(), uuid.uuid4()
    for key in (long_ago, fresh):
        storage.write(alpha.tenant.pk, key, [b"stray"], offset=0)
    os.utime(storage.path_of(alpha.tenant.pk, long_ago), (0, 0))
    for path in shelves.rglob("*"):
        if path.is_file() and path.read_bytes() == LOG:
            os.utime(path, (0, 0))
    foreign = [shelves / str(alpha.tenant.pk) / "ab" / name for name in ("notes.txt", "{}")]
    foreign[0].parent.mkdir(exist_ok=True)
    for path in foreign:
        path.write_bytes(b"not ours")
        os.utime(path, (0, 0))

    removed = remove_stray()

    assert removed == 1
    assert kept(alpha, shelves) == [LOG, b"not ours", b"not ours", b"stray"]


def test_hardening_34_bytes_are_there_before_the_row_and_none_under_its_name(case, alpha, shelves):
    row = upload(alpha.contact, case, name="../../../evil.sh")

    stored = [path for path in shelves.rglob("*") if path.is_file()]

    assert stored == [shelves / str(alpha.tenant.pk) / row.uuid.hex[:2] / row.uuid.hex]
    assert oct(stored[0].stat().st_mode & 0o777) == "0o600"
    with pytest.raises(FileNotFoundError):
        storage.write(alpha.tenant.pk, uuid.uuid4(), [b"x"], offset=5)


@pytest.mark.parametrize(
    ("name", "head", "is_warned"),
    [
        ("invoice.pdf", b"MZ\x90", True),
        ("invoice.pdf.exe", b"MZ\x90", False),
        ("server.log", b"\x7fELF", True),
        ("collect", b"\x7fELF", False),
        ("photo.JPG", b"%PDF-1.7", True),
        ("photo.JPG", b"\xff\xd8\xff", False),
        ("server.log", b"PK\x03\x04", False),
        ("report.docx", b"PK\x03\x04", False),
    ],
)
def test_name_that_says_otherwise_than_the_bytes_is_told(name, head, is_warned):
    assert is_named_otherwise(name, type_of(head)) is is_warned
