"""Time the desk's queue and case page and the portal among many cases, as the server has them.

    python benchmarks/faces.py [--cases N] [--rounds N]

Everything happens in an embedded server of its own, which is erased at the end. Cases are copied
by SQL from some that the product opened, answered, solved and closed: of a hundred, eight are with
support, two wait for their customer, two are solved, the others closed. Each open one has a due
time, an owner and a level of its own; each company has one contact. The pages are asked for by
Django's test client, the desk's as an agent who may not see everything: middleware, session and
rendering are all in it, the network is not.

Of each page: `p50_ms` and `p95_ms` on the wall, `cpu_p50_ms` of this process, `sql_p50_ms` for
which it waited on the database, `database_cpu_ms` of the session's backend (a mean, where /proc
tells it), and the number of statements. On a machine that others use as well the two times of a
processor say more than the wall.
Prints one line of JSON for each page; ends with 1 if one of the desk's is over the budget. The
portal's pages have none: they stand beside as a measure.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-faces-")
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first
from django.conf import settings  # noqa: E402

# Nobody has collected anything; files are not what is timed.
settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
django.setup()

import psycopg2  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.actions import add_company, add_person, add_team, join_team  # noqa: E402
from accounts.models import Person, Tenant  # noqa: E402
from accounts.places import host_of  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from entitlements.actions import add_product, sign_contract  # noqa: E402
from entitlements.licences import add_licence  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from supportdesk.memory import settle  # noqa: E402
from tickets.actions.conversation import (  # noqa: E402
    add_note,
    ask_customer,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.ending import close_case, resolve_case  # noqa: E402
from tickets.actions.opening import open_case  # noqa: E402
from tickets.filing import Wish  # noqa: E402
from tickets.models import Case  # noqa: E402

COMPANIES, AGENTS = 300, 40
LONG = 50  # entries of the case whose page is timed
SHARES = {"open": 8, "waiting": 2, "solved": 2, "closed": 88}
MOST_P95_MS = 60.0
MOST_KB = 50.0
PARTS = ("tickets_caseevent", "tickets_storedclock")
SAID = ("tickets_message", "tickets_internalnote")
# Of a copy: how many minutes its times lie after those of what it was copied from.
LATER = "((fresh.number * 7919) %% 20000 - 1500) * interval '1 minute'"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    try:
        embedded.ensure(migrate=True)
        pack = str(REPOSITORY / "policies" / "metalogix.toml")
        call_command("load_policy", pack, stdout=sys.stderr)
        home = Tenant.objects.get(slug="metalogix")
        agent, long_case = fill(home, options.cases)
        return report(home, agent, long_case, options.rounds)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def fill(home: Tenant, number: int) -> tuple[Person, Case]:
    with tenant(home) as at:
        agent, contact = people(at)
        contacts = [contact, *(another_contact(one) for one in range(1, COMPANIES))]
        owners = list(Person.objects.filter(role="agent").values_list("pk", flat=True))
        templates = {state: template(state, contact, agent, at) for state in SHARES}
        long_case = talked_about(contact, agent, at)
    began = time.perf_counter()
    given = {
        "home": home.pk,
        "companies": [one.company_id for one in contacts],
        "contacts": [one.pk for one in contacts],
        "owners": owners,
    }
    first = 1_000
    for state, share in SHARES.items():
        more = number * share // 100
        copy(templates[state], given | {"first": first, "more": more})
        first += more
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tell("copied", cases=first - 1_000, seconds=round(time.perf_counter() - began, 1))
    return agent, long_case


def people(at: datetime) -> tuple[Person, Person]:
    teams = [add_team(name=f"Team {tier}", tier=tier) for tier in (1, 2, 3)]
    agents = [
        add_person(name=f"Agent {one}", role="agent", tier=1, email=f"agent{one}@desk.test")
        for one in range(AGENTS)
    ]
    for agent in agents:
        join_team(team=teams[0], person=agent)
    manager = add_person(name="Manager", role="manager", email="manager@desk.test")
    company = add_company(name="Acme", time_zone="Europe/Berlin", country="DE")
    contact = add_person(name="Ann", role="contact", email="ann@acme.test", company=company)
    product, begun = add_product(code="product", name="Product"), at - timedelta(days=300)
    sign_contract(
        company=company, plan="standard", product=product, starts_on=begun.date(), at=begun
    )
    licence = {"company": company, "product": product, "number": "1", "by": manager}
    add_licence(valid_from=date(2020, 1, 1), at=begun, **licence)
    return agents[0], contact


def another_contact(one: int) -> Person:
    company = add_company(name=f"Company {one}", country="DE")
    mail = f"contact{one}@customer.test"
    return add_person(name=f"Contact {one}", role="contact", email=mail, company=company)


def template(state: str, contact: Person, agent: Person, at: datetime) -> Case:
    """Lead one case into a state, with a handful of entries."""
    case = opened(contact, at - timedelta(hours=8))
    who = {"case_id": case.pk, "by": agent}
    reply_to_case(body="We look into it.", at=at - timedelta(hours=7), **who)
    reply_as_customer(case_id=case.pk, by=contact, body="And now?", at=at - timedelta(hours=6))
    if state == "waiting":
        ask_customer(question="Which version?", at=at - timedelta(hours=5), **who)
    if state in ("solved", "closed"):
        resolve_case(solution="Restart it.", at=at - timedelta(hours=5), **who)
    if state == "closed":
        close_case(at=at - timedelta(hours=4), **who)
    return Case.objects.get(pk=case.pk)


def talked_about(contact: Person, agent: Person, at: datetime) -> Case:
    """Have a case with LONG entries."""
    begun = at - timedelta(hours=LONG)
    case = opened(contact, begun)
    turns = (
        (reply_to_case, agent),
        (reply_as_customer, contact),
        (add_note, agent),
    )
    while case.last_seq < LONG:
        action, by = turns[case.last_seq % len(turns)]
        words = " ".join(["It stands as it stood, and nobody knows why."] * 4)
        moment = begun + timedelta(minutes=50 * case.last_seq)
        case = action(case_id=case.pk, by=by, body=words, at=moment)
    return case


def opened(contact: Person, at: datetime) -> Case:
    wish = Wish(company=contact.company, contact=contact, channel="portal", severity="3")
    return open_case(wish=wish, subject="The import stands still", body="Still.", by=contact, at=at)


def copy(case: Case, given: dict[str, object]) -> None:
    values = given | {"case": case.pk}
    with without_triggers() as cursor:
        cursor.execute(copy_of_cases(), values)
        for table in PARTS:
            cursor.execute(copy_of_part(table), values)
        for table in SAID:
            cursor.execute(copy_of_words(table), values)


def copy_of_cases() -> str:
    own = {
        "number": "%(first)s + n",
        "uuid": "gen_random_uuid()",
        "subject": "'Import ' || n || ' stands still since the update of ' || n %% 90",
        "company_id": "(%(companies)s::bigint[])[1 + n %% array_length(%(companies)s, 1)]",
        "contact_id": "(%(contacts)s::bigint[])[1 + n %% array_length(%(companies)s, 1)]",
        "owner_id": "CASE WHEN n %% 6 > 0"
        " THEN (%(owners)s::bigint[])[1 + n %% array_length(%(owners)s, 1)] END",
        "severity": "(1 + n %% 4)::text",
        "next_mark_at": "NULL",
        "next_due_at": f"next_due_at + {LATER.replace('fresh.number', '(%(first)s + n)')}",
    }
    names = columns("tickets_case")
    chosen = ", ".join(own.get(name, name) for name in names)
    return (
        f"INSERT INTO tickets_case ({', '.join(names)}) SELECT {chosen}"
        " FROM tickets_case, generate_series(1, %(more)s) n WHERE id = %(case)s"
    )


def copy_of_part(table: str) -> str:
    later = {name: f"part.{name} + {LATER}" for name in ("due_from", "due_at", "at_risk_at")}
    own = {"case_id": "fresh.id"} | (later if table == "tickets_storedclock" else {})
    return f"{inserted(table, own)} {copies()} WHERE part.case_id = %(case)s"


def copy_of_words(table: str) -> str:
    """Copy what was said, each onto the entry of its place on the copy."""
    own = {"case_id": "fresh.id", "event_id": "entry.id"}
    return (
        f"{inserted(table, own)} {copies()}"
        " JOIN tickets_caseevent told ON told.id = part.event_id"
        " JOIN tickets_caseevent entry ON entry.tenant_id = %(home)s"
        "  AND entry.case_id = fresh.id AND entry.seq = told.seq"
        " WHERE part.case_id = %(case)s"
    )


def inserted(table: str, own: dict[str, str]) -> str:
    names = columns(table)
    chosen = ", ".join(own.get(name, f"part.{name}") for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} part"


def copies() -> str:
    return (
        "JOIN tickets_case fresh ON fresh.tenant_id = %(home)s"
        " AND fresh.number > %(first)s AND fresh.number <= %(first)s + %(more)s"
    )


def columns(table: str) -> list[str]:
    """List the columns that a copy is given; keys and generated columns come by themselves."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def without_triggers() -> Iterator[object]:
    """Give a superuser's cursor: copies of what is sound need no check and no words to search."""
    params = connections["owner"].get_connection_params() | {"user": "postgres"}
    superuser = psycopg2.connect(**params)
    with superuser, superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
    superuser.close()


def report(home: Tenant, agent: Person, long_case: Case, rounds: int) -> int:
    settle()  # as a process of the server does
    tell("load before", one_minute=os.getloadavg()[0], processors=os.cpu_count())
    with tenant(home):
        contact = long_case.contact
    is_within = report_pages(home, agent, desk_pages(long_case), rounds)
    report_pages(home, contact, portal_pages(long_case), rounds)
    tell("load after", one_minute=os.getloadavg()[0])
    return 0 if is_within else 1


def report_pages(home: Tenant, person: Person, pages: dict[str, str], rounds: int) -> bool:
    """Time pages as somebody sees them; tell whether all of them are within the budget."""
    client = Client(headers={"host": host_of(home)})
    with tenant(home):
        client.force_login(person)
    return all([report_page(client, name, url, rounds) for name, url in pages.items()])


def desk_pages(long_case: Case) -> dict[str, str]:
    queue = reverse("desk:queue")
    return {
        "queue": queue,
        "queue: second page": f"{queue}?view=open&page=2",
        "queue: mine": f"{queue}?view=mine",
        "queue: breached": f"{queue}?view=breached",
        "queue: unassigned": f"{queue}?view=unassigned",
        "queue: narrowed": f"{queue}?view=open&not_owner=none&severity=2,3",
        "queue: grouped by owner": f"{queue}?view=open&group=owner",
        "queue: all": f"{queue}?view=all",
        "queue: all but some": f"{queue}?view=all&not_severity=1&not_status=closed,waiting",
        "queue: what to narrow by": f"{queue}?view=open&narrow=1",
        "news of the queue": f"{reverse('desk:queue_news')}?view=open&known=999999999",
        "case page": reverse("desk:case", args=[long_case.number]),
    }


def portal_pages(long_case: Case) -> dict[str, str]:
    return {
        "portal: home": reverse("portal:home"),
        "portal: cases": reverse("portal:cases"),
        "portal: case page": reverse("portal:case", args=[long_case.number]),
    }


class Watch:
    """Counts the statements of a request, and the seconds for which it waits on them."""

    def __init__(self) -> None:
        self.statements, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., object], *args: object) -> object:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.statements += 1
            self.seconds += time.perf_counter() - began


def report_page(client: Client, name: str, url: str, rounds: int) -> bool:
    for _warm in range(3):
        answer = client.get(url)
        assert answer.status_code == 200, (name, answer.status_code)
    wall, own, asked, watch = [], [], [], Watch()
    server = database_cpu_seconds()
    for _round in range(rounds):
        watch = Watch()
        with connection.execute_wrapper(watch):
            began, used = time.perf_counter(), time.process_time()
            client.get(url)
            wall.append((time.perf_counter() - began) * 1000)
            own.append((time.process_time() - used) * 1000)
        asked.append(watch.seconds * 1000)
    p95 = statistics.quantiles(wall, n=20)[-1]
    size = len(gzip.compress(answer.content))
    tell(
        name,
        p50_ms=round(statistics.median(wall), 1),
        p95_ms=round(p95, 1),
        budget_ms=MOST_P95_MS,
        cpu_p50_ms=round(statistics.median(own), 1),
        sql_p50_ms=round(statistics.median(asked), 1),
        database_cpu_ms=round((database_cpu_seconds() - server) * 1000 / rounds, 1),
        statements=watch.statements,
        compressed_bytes=size,
    )
    return p95 <= MOST_P95_MS and size <= MOST_KB * 1024


def database_cpu_seconds() -> float:
    """Read how long the backend of this session has been at work; 0 where nobody tells."""
    if connection.connection is None:
        return 0.0
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def tell(what: str, **figures: object) -> None:
    print(json.dumps({"what": what} | figures), flush=True)


if __name__ == "__main__":
    sys.exit(main())
