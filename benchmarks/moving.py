"""Time moving in: an upload of many cases with their history, through the jobs, as a manager does.

    python benchmarks/moving.py [--cases N] [--workers N] [--format csv|zendesk] [--files N]

Everything happens in an embedded server of its own, which is erased at the end. Each case has six
messages and notes; every twentieth of the first ones has a file. What is timed is what somebody
waits for: the upload, the look through it, the taking over by that many workers, and the export of
all that. Meanwhile the page of the import is asked for again and again, and a customer files cases
of their own: both are timed, too. Prints one line of JSON for each figure; ends with 1 if one is
over its budget.
"""

import argparse
import csv
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
IS_WORKER = "--work" in sys.argv
if not IS_WORKER:
    os.environ["SUPPORTDESK_STATE_DIR"] = tempfile.mkdtemp(prefix="supportdesk-moving-")
    os.environ["DEMO"] = "1"
STATE = os.environ["SUPPORTDESK_STATE_DIR"]
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.actions import add_company, add_person, add_team, join_team  # noqa: E402
from accounts.models import Person, Tenant  # noqa: E402
from accounts.places import host_of  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from entitlements.actions import add_product, sign_contract  # noqa: E402
from entitlements.licences import add_licence  # noqa: E402
from jobs.models import Job  # noqa: E402
from jobs.working import work_due  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from tickets.actions.opening import open_case  # noqa: E402
from tickets.filing import Wish  # noqa: E402
from tickets.models import Case  # noqa: E402
from transfer.exporting import order_export  # noqa: E402
from transfer.importing import begin_import, confirm_import  # noqa: E402
from transfer.models import ExportRun, ImportRun  # noqa: E402

PEOPLE_A_COMPANY, CASES_A_COMPANY, MESSAGES = 5, 20, 6
MOST_SECONDS, MOST_PAGE_MS, MOST_MEGABYTES = 30 * 60, 1_000.0, 600
FIRST = datetime(2021, 1, 4, 9, 0, tzinfo=UTC)
WORDS = "The server does not start after the upgrade and says that there is no licence. " * 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--format", choices=("csv", "zendesk"), default="csv")
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--work", action="store_true", help="be one of the workers")
    options = parser.parse_args()
    if options.work:
        return work_on()
    try:
        embedded.ensure(migrate=True)
        return measured(options)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def measured(options: argparse.Namespace) -> int:
    call_command("load_policy", str(REPOSITORY / "policies/metalogix.toml"), stdout=sys.stderr)
    home = Tenant.objects.get(slug="metalogix")
    with tenant(home) as at:
        manager, contact = people(at)
    upload = Path(STATE) / "upload.zip"
    write_upload(upload, options)
    tell("upload", megabytes=round(upload.stat().st_size / 1e6, 1), cases=options.cases)
    workers = [begin_worker() for _one in range(options.workers)]
    try:
        with tenant(home) as at:
            run = begin_import(
                name=upload.name,
                blocks=[upload.read_bytes()],
                source="bench",
                format=options.format,
                by=manager,
                at=at,
            )
        looked = watched("looked through", home, run.pk, manager, contact)
        with tenant(home) as at:
            confirm_import(run_id=run.pk, by=manager, at=at)
        taken = watched("taken over", home, run.pk, manager, contact)
        packed = packing(home, manager)
    finally:
        most = [end_worker(one) for one in workers]
    tell("memory of a worker", megabytes=max(most))
    with tenant(home):
        done = ImportRun.objects.get(pk=run.pk).figures["taken"]["case"].get("new", 0)
    tell("all", cases=done, seconds=round(looked[0] + taken[0]), export_seconds=round(packed))
    slow = looked[0] + taken[0] > MOST_SECONDS or max(looked[1], taken[1]) > MOST_PAGE_MS
    return 1 if slow or max(most) > MOST_MEGABYTES or done != options.cases else 0


def people(at: datetime) -> tuple[Person, Person]:
    team = add_team(name="Team 1", tier=1)
    for number in range(1, 5):
        agent = add_person(
            name=f"Agent {number}", role="agent", tier=1, email=f"agent{number}@desk.test"
        )
        join_team(team=team, person=agent)
    manager = add_person(name="manager", role="manager", email="manager@desk.test")
    company = add_company(name="Acme", time_zone="Europe/Berlin", country="DE")
    contact = add_person(name="Ann", role="contact", email="ann@acme.test", company=company)
    product, begun = add_product(code="product", name="Product"), at - timedelta(days=300)
    sign_contract(
        company=company, plan="standard", product=product, starts_on=begun.date(), at=begun
    )
    licence = {"company": company, "product": product, "number": "1", "by": manager}
    add_licence(valid_from=begun.date(), at=begun, **licence)
    return manager, contact


def write_upload(path: Path, options: argparse.Namespace) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = zendesk if options.format == "zendesk" else tables_of_csv
        for name, lines in tables(options):
            with archive.open(name, "w", force_zip64=True) as member:
                for line in lines:
                    member.write(line.encode())
        for number in range(options.files):
            archive.writestr(f"files/{number}/log.txt", f"{number} {WORDS}" * 20)


def tables_of_csv(options: argparse.Namespace) -> Iterator[tuple[str, Iterator[str]]]:
    companies = range(options.cases // CASES_A_COMPANY + 1)
    yield (
        "companies.csv",
        sheet(
            ["id,name,time_zone,country"],
            ([f"c{one}", f"Company {one}", "Europe/Berlin", "DE"] for one in companies),
        ),
    )
    staff = (
        [f"p{one}-{n}", f"Person {one}-{n}", f"p{n}@c{one}.test", f"c{one}"]
        for one in companies
        for n in range(PEOPLE_A_COMPANY)
    )
    yield "people.csv", sheet(["id,name,email,company"], staff)
    signed = ([f"k{one}", f"c{one}", "standard", "2025-12-01"] for one in companies)
    yield "contracts.csv", sheet(["id,company,plan,starts_on"], signed)
    titles = "id,number,contact,subject,status,severity,owner,tags,opened_at,ended_at"
    yield "cases.csv", sheet([titles], (case_cells(n) for n in range(options.cases)))
    told = (cells for n in range(options.cases) for cells in message_cells(n, options.files))
    yield "messages.csv", sheet(["case,at,kind,author,body,files"], told)


def sheet(titles: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"{titles[0]}\n"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue()


def who(case: int) -> str:
    return f"p{case // CASES_A_COMPANY}-{case % PEOPLE_A_COMPANY}"


def opened(case: int) -> datetime:
    return FIRST + timedelta(hours=2 * case)


def case_cells(case: int) -> list[str]:
    status = "open" if case % 50 == 0 else "closed"
    ended = "" if status == "open" else str(opened(case) + timedelta(hours=30))
    return [
        *(f"t{case}", str(10_000 + case), who(case), f"It stands still {case}", status),
        *(str(1 + case % 4), f"agent{1 + case % 4}@desk.test", f"tag {case % 30}"),
        *(str(opened(case)), ended),
    ]


def message_cells(case: int, files: int) -> Iterator[list[str]]:
    for number in range(MESSAGES):
        kind = ("customer", "reply", "note")[number % 3]
        author = who(case) if kind == "customer" else f"agent{1 + case % 4}@desk.test"
        at = str(opened(case) + timedelta(hours=number))
        file = f"{case}/log.txt" if number == 0 and case < files else ""
        yield [f"t{case}", at, kind, author, f"{number} {case} {WORDS}", file]


def zendesk(options: argparse.Namespace) -> Iterator[tuple[str, Iterator[str]]]:
    """One document of each kind, as the interface of that desk gives them."""
    companies = range(options.cases // CASES_A_COMPANY + 1)
    firms = ({"id": 1000 + one, "name": f"Company {one}"} for one in companies)
    yield "organizations.json", document("organizations", firms)
    staff = (
        {
            "id": 10**6 + 10 * one + n,
            "name": f"Person {one}-{n}",
            "email": f"p{n}@c{one}.test",
            "role": "end-user",
            "organization_id": 1000 + one,
        }
        for one in companies
        for n in range(PEOPLE_A_COMPANY)
    )
    yield "users.json", document("users", staff)
    yield "tickets.json", document("tickets", (ticket(n) for n in range(options.cases)))


def ticket(case: int) -> dict[str, object]:
    asker = 10**6 + 10 * (case // CASES_A_COMPANY) + case % PEOPLE_A_COMPANY
    comments = [
        {
            "id": n,
            "author_id": asker if n % 3 == 0 else None,
            "public": n % 3 != 2,
            "created_at": (opened(case) + timedelta(hours=n)).isoformat(),
            "html_body": f"<p>{n} {case} {WORDS}</p>",
        }
        for n in range(MESSAGES)
    ]
    return {
        "id": 10_000 + case,
        "subject": f"It stands still {case}",
        "requester_id": asker,
        "status": "closed",
        "priority": "high",
        "created_at": opened(case).isoformat(),
        "updated_at": (opened(case) + timedelta(hours=30)).isoformat(),
        "comments": comments,
    }


def document(name: str, rows: Iterator[dict[str, object]]) -> Iterator[str]:
    yield f'{{"{name}": ['
    for number, row in enumerate(rows):
        yield ("," if number else "") + json.dumps(row)
    yield "]}"


def begin_worker() -> subprocess.Popen[str]:
    me = [sys.executable, __file__, "--work"]
    return subprocess.Popen(me, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def end_worker(worker: subprocess.Popen[str]) -> int:
    """Let a worker end once it has nothing to do; give the most memory that it had, in MB."""
    told, _errors = worker.communicate("end\n", timeout=120)
    return int(told.split()[-1])


def work_on() -> int:
    embedded.ensure()
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    while not over.is_set():
        work_due(5.0)
        time.sleep(0.2)
    connections.close_all()
    embedded.leave()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    return 0


def watched(
    what: str, home: Tenant, run_id: int, manager: Person, contact: Person
) -> tuple[float, float]:
    """Look at the page and file a case of one's own until a job is over; give both times."""
    client = Client(headers={"host": host_of(home)})
    with tenant(home):
        client.force_login(manager)
    client.get(f"/admin/import/{run_id}/")  # what the first page of all reads is no matter here
    began, pages, filings = time.perf_counter(), [], []
    while is_at_work(home, run_id):
        pages.append(timed(lambda: client.get(f"/admin/import/{run_id}/")))
        filings.append(timed(lambda: file_one(home, contact)))
        time.sleep(1)
    took = time.perf_counter() - began
    slowest = max(pages, default=0.0)
    tell(
        what,
        seconds=round(took, 1),
        page_p50_ms=round(statistics.median(pages), 1),
        page_most_ms=round(slowest, 1),
        filing_p50_ms=round(statistics.median(filings), 1),
        filing_most_ms=round(max(filings), 1),
    )
    return took, slowest


def is_at_work(home: Tenant, run_id: int) -> bool:
    with tenant(home):
        run = ImportRun.objects.select_related("job").get(pk=run_id)
        if run.job.state in (Job.State.FAILED, Job.State.CANCELLED):
            raise SystemExit(run.job.why)
        return run.job.is_active or run.state in ("checking", "importing")


def file_one(home: Tenant, contact: Person) -> Case:
    with tenant(home) as at:
        wish = Wish(company=contact.company, contact=contact, channel="portal", severity="3")
        return open_case(wish=wish, subject="Mine", body="Still.", by=contact, at=at)


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def packing(home: Tenant, manager: Person) -> float:
    began = time.perf_counter()
    with tenant(home) as at:
        run = order_export(by=manager, at=at)
    while True:
        with tenant(home):
            run = ExportRun.objects.select_related("job").get(pk=run.pk)
            if not run.job.is_active:
                break
        time.sleep(0.5)
    took = time.perf_counter() - began
    tell("packed", seconds=round(took, 1), megabytes=round(run.size_bytes / 1e6, 1))
    return took


def tell(what: str, **figures: object) -> None:
    print(json.dumps({"what": what} | figures), flush=True)


if __name__ == "__main__":
    sys.exit(main())
