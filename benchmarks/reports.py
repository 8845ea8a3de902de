"""Time the pages of reports among many cases.

    python benchmarks/reports.py [--cases N] [--rounds N]

Everything happens in an embedded server of its own, which is erased at the end. The cases are those
of the demo at one vendor, copied by SQL with their entries, clocks and messages; the copies lie
spread over two years. What is timed is the whole request of a manager, over spans of a month and of
two years. Prints one line of JSON for each figure; ends with 1 if one is over its budget.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-reports-")
os.environ["DEMO"] = "1"
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import Person, Tenant  # noqa: E402
from accounts.places import host_of  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from reports.misses import look_into_misses  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from tickets.models import Case  # noqa: E402

YEARS = 2
BUDGET_SECONDS = 2.0
COPIED = (
    "tickets_case",
    "tickets_caseevent",
    "tickets_storedclock",
    "tickets_message",
)
PAGES = ("", "?by=tier", "?by=agent", "?by=company", "list/", "causes/", "load/", "points/")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    try:
        embedded.ensure(migrate=True)
        call_command("seed_demo", stdout=sys.stderr)
        home = Tenant.objects.get(slug="metalogix")
        now = fill(home, options.cases)
        return report(home, now, options.rounds)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def fill(home: Tenant, number: int) -> datetime:
    """Copy the demo's cases of a vendor until there are so many, each some minutes earlier."""
    with tenant(home) as now:
        first = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    began = time.perf_counter()
    turn_triggers("DISABLE")
    copies = number // len(first)
    minutes = YEARS * 365 * 1440 / copies
    given = {"home": home.pk, "cases": first, "copies": copies, "minutes": minutes}
    for table in COPIED:
        owner(copy_of(table), given)
    turn_triggers("ENABLE")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tell("copied", cases=copies * len(first), seconds=round(time.perf_counter() - began, 1))
    with tenant(home) as at:
        began = time.perf_counter()
        looked_into = look_into_misses(at)
        took = time.perf_counter() - began
    tell("looked into", misses=looked_into, milliseconds_each=round(took * 1000 / looked_into, 2))
    return now


# A copy is known by its key: that of the first, and its number a million times over.
KEY = "{0} + n::bigint * 1000000"


def copy_of(table: str) -> str:
    own = {"id": KEY.format("part.id")}
    if table == "tickets_case":
        own |= {"number": "part.number + n * 1000", "uuid": "gen_random_uuid()"}
        own["next_mark_at"] = "NULL"
        kept = "part.id = ANY(%(cases)s)"
    else:
        own["case_id"] = KEY.format("part.case_id")
        kept = "part.case_id = ANY(%(cases)s)"
    if table == "tickets_message":
        own["event_id"] = KEY.format("part.event_id")
    columns = described(table)
    chosen = ", ".join(own.get(name) or shifted(name, kind) for name, kind in columns)
    names = ", ".join(name for name, _kind in columns)
    return (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {chosen}"
        f" FROM {table} part, generate_series(1, %(copies)s) n"
        f" WHERE part.tenant_id = %(home)s AND {kept}"
    )


def shifted(name: str, kind: str) -> str:
    if kind != "timestamp with time zone":
        return f"part.{name}"
    return f"part.{name} - n * %(minutes)s * interval '1 minute'"


def described(table: str) -> list[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return cursor.fetchall()


def turn_triggers(how: str) -> None:
    for table in COPIED:
        owner(f"ALTER TABLE {table} {how} TRIGGER USER", {})


def owner(statement: str, given: dict[str, object]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, given)


def report(home: Tenant, now: datetime, rounds: int) -> int:
    with tenant(home):
        manager = Person.objects.filter(role="manager").first()
        client = Client(headers={"host": host_of(home)})
        client.force_login(manager)
    spans = {"a month": 31, "two years": YEARS * 365}
    slow = 0
    for span, days in spans.items():
        first = (now - timedelta(days=days)).date()
        asked = f"span=own&from={first}&to={now.astimezone(UTC).date()}"
        for page in PAGES:
            path = f"/desk/reports/{page}{'&' if '?' in page else '?'}{asked}"
            slow += timed(client, f"{span}: {page or 'promises'}", path, rounds)
    return 1 if slow else 0


def timed(client: Client, what: str, path: str, rounds: int) -> bool:
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        with CaptureQueriesContext(connections["default"]) as found:
            answer = client.get(path)
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
    most = max(times)
    median = round(statistics.median(times), 3)
    tell(what, median_seconds=median, most=round(most, 3), statements=len(found))
    return most > BUDGET_SECONDS


def tell(what: str, **figures: object) -> None:
    print(json.dumps({"what": what} | figures), flush=True)


if __name__ == "__main__":
    sys.exit(main())
