"""Uploads that are broken or traps, and work that was stopped half-way."""

import io
import zipfile

import pytest

from accounts.errors import NotAllowed
from accounts.models import Company
from jobs.actions import cancel_job
from jobs.models import Job
from tests.packs import publish
from tests.transfer.moving import archive, faults, taken, uploaded, worked
from transfer.errors import CannotImport, NothingToTake, NotNow, SourceNeeded
from transfer.importing import begin_import, confirm_import, drop_import, is_stopped, look_again
from transfer.models import ImportRun
from transfer.reading import bundle, tables
from transfer.storage import upload_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(alpha, entered):
    publish(alpha, "metalogix")
    return entered


def upload(alpha, at, data, name="upload.zip", **changes):
    facts = {"source": "old", "format": "csv", "by": alpha.manager} | changes
    return begin_import(name=name, blocks=[data], at=at, **facts)


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("companies.csv", b"id,name\n" + b"0" * 30_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04 broken", b"", archive(a_png="x"), bomb(), archive(companies_csv="id,name")[:60]],
    ids=["broken", "empty", "no-table", "bomb", "cut-off"],
)
def test_archive_that_is_none_is_refused_and_nothing_of_it_stays(alpha, desk, data):
    with pytest.raises(CannotImport):
        upload(alpha, desk, data)

    assert not ImportRun.objects.exists()


def test_archive_of_too_many_files_is_refused(alpha, desk, monkeypatch):
    monkeypatch.setattr(bundle, "MOST_FILES", 1)

    with pytest.raises(CannotImport):
        upload(alpha, desk, archive(companies_csv="id,name", people_csv="id,name"))


def test_only_managers_move_data_and_each_source_has_a_name(alpha, desk):
    with pytest.raises(NotAllowed):
        upload(alpha, desk, b"", by=alpha.lead)
    with pytest.raises(SourceNeeded):
        upload(alpha, desk, b"", source="Old Desk!")


def test_names_in_rows_lead_out_of_no_folder(alpha, desk, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    home = tmp_path / "files"
    home.mkdir()
    text = (
        "case,at,body,files\n4,2025-01-01,B,../secret.txt\n"
        f"4,2025-01-01,B,{tmp_path}/secret.txt\n4,2025-01-01,B,a\0b\n"
    )
    data = archive(
        cases_csv="id,contact,subject,opened_at\n4,contact@acme.test,S,2025-01-01\n",
        messages_csv=text,
    )

    run = uploaded(alpha, desk, data, folder=str(home))

    assert [code for *_place, code in faults(run, warnings=True)] == ["file_not_there"] * 3


def test_stopped_work_goes_on_where_it_was_and_takes_nothing_twice(alpha, desk):
    rows = "".join(f"{number},Company {number}\n" for number in range(250))
    run = uploaded(alpha, desk, f"id,name\n{rows}".encode(), name="companies.csv")
    confirm_import(run_id=run.pk, by=alpha.manager, at=desk)
    job = ImportRun.objects.get(pk=run.pk).job
    _do_one_part(job)
    cancel_job(job_id=job.pk, by=alpha.manager, at=desk)
    run = ImportRun.objects.get(pk=run.pk)
    done = Company.objects.filter(name__startswith="Company ").count()
    assert (is_stopped(run), 0 < done < 250) == (True, True)

    confirm_import(run_id=run.pk, by=alpha.manager, at=desk)
    run = worked(run)

    assert run.state == "done"
    assert Company.objects.filter(name__startswith="Company ").count() == 250


def _do_one_part(job):
    from jobs.working import _step  # noqa: PLC0415  (one part, as a worker that is killed then)

    for _times in range(2):
        _step(job.tenant_id, job.pk)


def test_nothing_is_taken_over_twice_or_without_rows(alpha, desk):
    run = uploaded(alpha, desk, b"id,name\n1,\n", name="companies.csv")
    with pytest.raises(NothingToTake):
        confirm_import(run_id=run.pk, by=alpha.manager, at=desk)

    run = uploaded(alpha, desk, b"id,name\n1,A\n", name="companies.csv")
    confirm_import(run_id=run.pk, by=alpha.manager, at=desk)
    with pytest.raises(NotNow):
        confirm_import(run_id=run.pk, by=alpha.manager, at=desk)
    with pytest.raises(NotNow):
        drop_import(run_id=run.pk, by=alpha.manager)


def test_upload_that_is_dropped_leaves_nothing(alpha, desk, django_capture_on_commit_callbacks):
    run = uploaded(alpha, desk, b"id,name\n1,A\n", name="companies.csv")
    path = upload_path(run.tenant_id, run.key)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        drop_import(run_id=run.pk, by=alpha.manager)

    assert not path.exists()
    assert not ImportRun.objects.exists()
    assert Job.objects.filter(kind="import_check", state="done").exists()


def test_letters_beyond_ascii_are_read_wherever_the_first_one_is(alpha, desk):
    # Of a long table the first umlaut may come late, or lie across the edge of a block.
    filler = "".join(f"{number},Company {number}\n" for number in range(4_000))
    edges = {
        f"edge{place}": b"id,name\n" + b"\n" * (65_526 - place) + f"9,Ä{place}\n".encode()
        for place in range(1, 5)
    }
    late = {"late": f"id,name\n{filler}9000,Größe\n".encode("cp1252")}
    names = []
    for name, data in (late | edges).items():
        run = uploaded(alpha, desk, data, name="companies.csv", source=name)
        names.append(run.lines.order_by("-position").values_list("data__name", flat=True)[0])

    assert names == ["Größe", "Ä1", "Ä2", "Ä3", "Ä4"]


def test_spreadsheet_that_names_its_separator_is_read_by_it(alpha, desk):
    data = "\ufeffsep=;\r\nid;name\r\n1;A, B and C\r\n2\r\n".encode()

    run = uploaded(alpha, desk, data, name="companies.csv")

    assert run.lines.get(line=3).data == {"id": "1", "name": "A, B and C"}
    assert faults(run) == [("companies.csv", 4, "name", "empty")]


def test_line_without_an_end_is_told_and_held_in_pieces(alpha, desk, monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_CELL", 1_000)
    monkeypatch.setattr(tables, "LONGEST_LINE", 2_000)
    asked = []
    monkeypatch.setattr(tables.io, "TextIOWrapper", wrapper(asked))

    run = uploaded(
        alpha, desk, b"id,name\n1,A\n2," + b"x" * 5_000 + b"\n3,C\n", name="companies.csv"
    )

    assert {code for *_place, code in faults(run)} == {"line_unreadable"}
    assert set(run.lines.values_list("data__name", flat=True)) == {"A", "C"}
    assert None not in asked


def wrapper(asked):
    class Wrapper(io.TextIOWrapper):
        def readline(self, size=None):
            asked.append(size)
            return super().readline(size)

    return Wrapper


def test_import_that_is_done_is_not_looked_through_once_more(alpha, desk):
    run = taken(alpha, desk, b"id,name\n1,A\n", name="companies.csv")

    with pytest.raises(NotNow):
        look_again(run_id=run.pk, maps={}, by=alpha.manager, at=desk)


def test_archive_is_listed_once_however_many_files_its_cases_name(alpha, desk, monkeypatch):
    opened = []
    monkeypatch.setattr(bundle.zipfile, "ZipFile", counted(opened))
    rows = "".join(f"4,2025-01-01,B,{number}.txt\n" for number in range(30))
    files = {f"files__{number}_txt": "x" for number in range(30)}
    data = archive(
        cases_csv="id,contact,subject,opened_at\n4,contact@acme.test,S,2025-01-01\n",
        messages_csv=f"case,at,body,files\n{rows}",
        **files,
    )

    opened.clear()
    run = taken(alpha, desk, data)

    assert run.figures["taken"] == {"case": {"new": 1}}
    assert len(opened) < 15


def counted(opened):
    class Counted(zipfile.ZipFile):
        def __init__(self, *args, **kwargs):
            opened.append(args)
            super().__init__(*args, **kwargs)

    return Counted
