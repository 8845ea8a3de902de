"""Time a search among many cases, for agents and for customers.

    python benchmarks/search.py [--cases N] [--searches N]

Everything happens in an embedded server of its own, which is erased at the end. Cases are copied
by SQL from one that was opened by the product, each with five messages and notes of 40 words out
of 20,000, the common ones often. What is timed is all that a page asks for: hits with their
passages. Prints one line of JSON for each figure; ends with 1 if one is over its budget.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import md5
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-search-")
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from accounts.actions import add_company, add_person, add_team, join_team  # noqa: E402
from accounts.models import Person, Tenant  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from entitlements.actions import add_product, sign_contract  # noqa: E402
from entitlements.licences import add_licence  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from tickets.actions.conversation import add_note  # noqa: E402
from tickets.actions.opening import open_case  # noqa: E402
from tickets.filing import Wish  # noqa: E402
from tickets.models import Case  # noqa: E402
from tickets.search import search  # noqa: E402

COMPANIES, MESSAGES, VOCABULARY = 100, 4, 20_000
MOST_P95_MS = 60.0
SPELLED = "translate(left(md5(({})::text), 7), '0123456789', 'ghijklmnop')"
COPIED = ("tickets_case", "tickets_message", "tickets_internalnote")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=300)
    options = parser.parse_args()
    try:
        embedded.ensure(migrate=True)
        pack = str(REPOSITORY / "policies" / "metalogix.toml")
        call_command("load_policy", pack, stdout=sys.stderr)
        home = Tenant.objects.get(slug="metalogix")
        vocabulary = words()
        agent, admin, contact = fill(home, options.cases)
        return report(home, (agent, admin, contact), vocabulary, options.searches)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def words() -> list[str]:
    return [spelled(number) for number in range(VOCABULARY)]


def spelled(number: int) -> str:
    """Spell a number as a word of seven letters, as `SPELLED` does."""
    digest = md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return digest[:7].translate(str.maketrans("0123456789", "ghijklmnop"))


def fill(home: Tenant, number: int) -> tuple[Person, Person, Person]:
    with tenant(home) as at:
        agent, admin, contact = people(at)
        first = case_of(contact, at)
        add_note(case_id=first.pk, by=agent, body="Inside.", at=at)
        companies = [
            contact.company_id,
            *(add_company(name=f"Company {one}", country="DE").pk for one in range(1, COMPANIES)),
        ]
    began = time.perf_counter()
    turn_triggers("DISABLE")
    given = {"case": first.pk, "home": home.pk, "more": number - 1}
    given |= {"companies": companies}
    owner(copy_of_cases(), given)
    owner(copy_of_events(), given)
    owner(said("tickets_message", f"BETWEEN 2 AND {MESSAGES + 1}"), given)
    owner(said("tickets_internalnote", f"= {MESSAGES + 2}"), given)
    turn_triggers("ENABLE")
    tell("copied", cases=number, seconds=round(time.perf_counter() - began, 1))
    began = time.perf_counter()
    owner("SELECT count(keep_case_words(tenant_id, id)) FROM tickets_case", {})
    tell("words kept", milliseconds_a_case=round((time.perf_counter() - began) * 1000 / number, 3))
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return agent, admin, contact


def people(at: datetime) -> tuple[Person, Person, Person]:
    team = add_team(name="Team 1", tier=1)
    agent = add_person(name="agent", role="agent", tier=1, email="agent@desk.test")
    join_team(team=team, person=agent)
    manager = add_person(name="manager", role="manager", email="manager@desk.test")
    company = add_company(name="Acme", time_zone="Europe/Berlin", country="DE")
    contact = add_person(name="Ann", role="contact", email="ann@acme.test", company=company)
    admin = add_person(name="Bea", role="company_admin", email="bea@acme.test", company=company)
    product, begun = add_product(code="product", name="Product"), at - timedelta(days=300)
    sign_contract(
        company=company, plan="standard", product=product, starts_on=begun.date(), at=begun
    )
    licence = {"company": company, "product": product, "number": "1", "by": manager}
    add_licence(valid_from=date(2020, 1, 1), at=begun, **licence)
    return agent, admin, contact


def case_of(contact: Person, at: datetime) -> Case:
    wish = Wish(company=contact.company, contact=contact, channel="portal", severity="3")
    return open_case(wish=wish, subject="It stands", body="Still.", by=contact, at=at)


def copy_of_cases() -> str:
    own = {
        "number": "number + n",
        "uuid": "gen_random_uuid()",
        "company_id": "(%(companies)s::bigint[])[1 + n %% array_length(%(companies)s, 1)]",
        "subject": sentence(6, "n"),
        "next_mark_at": "NULL",
        "last_seq": "6",
    }
    return copied("tickets_case", own, "generate_series(1, %(more)s) n", "part.id = %(case)s")


def copy_of_events() -> str:
    own = {"case_id": "fresh.id", "seq": "n"}
    source = f"generate_series(2, {MESSAGES + 2}) n, tickets_case fresh"
    return copied(
        "tickets_caseevent",
        own,
        source,
        "part.case_id = %(case)s AND part.seq = 1 AND fresh.id <> part.case_id",
    )


def said(table: str, seqs: str) -> str:
    """Copy what was said first onto the entries with these numbers, with other words each."""
    own = {"case_id": "entry.case_id", "event_id": "entry.id", "body": sentence(40, "entry.id")}
    where = f"part.case_id = %(case)s AND entry.case_id <> part.case_id AND entry.seq {seqs}"
    return copied(table, own, "tickets_caseevent entry", where)


def sentence(length: int, outer: str) -> str:
    """Write an expression for a sentence: common words often, and others in every row."""
    pick = SPELLED.format(f"floor({VOCABULARY} * power(random(), 3))::int")
    rows = f"generate_series(1, {length}) WHERE {outer} IS NOT NULL"
    return f"(SELECT string_agg({pick}, ' ') FROM {rows})"


def copied(table: str, own: dict[str, str], source: str, where: str) -> str:
    names = columns(table)
    chosen = ", ".join(own.get(name, f"part.{name}") for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} part, {source}"
        f" WHERE {where}"
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


def turn_triggers(how: str) -> None:
    for table in COPIED:
        owner(f"ALTER TABLE {table} {how} TRIGGER USER", {})


def owner(statement: str, given: dict[str, object]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, given)


def report(home: Tenant, askers: tuple[Person, ...], vocabulary: list[str], searches: int) -> int:
    kinds: dict[str, Callable[[random.Random], str]] = {
        "one word": lambda chance: word(vocabulary, chance),
        "two words": lambda chance: f"{word(vocabulary, chance)} {word(vocabulary, chance)}",
        "a beginning": lambda chance: word(vocabulary, chance)[:4],
        "the most common words": lambda chance: chance.choice(vocabulary[:20]),
        "a number": lambda chance: f"MX-{chance.randrange(1, 100_000)}",
        "no such word": lambda chance: f"zz{chance.random()}",
    }
    slow = 0
    for person in askers:
        mixed: list[float] = []
        for kind, asked in kinds.items():
            with tenant(home):
                times = timed(person, asked, searches)
            mixed += times if kind != "the most common words" else []
            told(person, kind, times)
        slow += told(person, "all but the most common", mixed) > MOST_P95_MS
    explain(home, vocabulary[0])
    return 1 if slow else 0


def word(vocabulary: list[str], chance: random.Random) -> str:
    return vocabulary[int(len(vocabulary) * chance.random() ** 3)]


def timed(person: Person, asked: Callable[[random.Random], str], searches: int) -> list[float]:
    chance, times = random.Random(7), []
    for _search in range(searches):
        text = asked(chance)
        began = time.perf_counter()
        search(person, text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def told(person: Person, kind: str, times: list[float]) -> float:
    p95 = statistics.quantiles(times, n=20)[-1]
    figures = {"p50": statistics.median(times), "p95": p95, "most": max(times)}
    tell(f"{person.role}: {kind}", **{name: round(value, 1) for name, value in figures.items()})
    return p95


def explain(home: Tenant, text: str) -> None:
    """Show the plan of the look-up itself, for the most common word."""
    with tenant(home), connections["owner"].cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS) WITH found AS MATERIALIZED ("
            " SELECT w.case_id FROM tickets_casewords w"
            " WHERE w.desk @@ (words_query(%s) && quote_literal('@' || %s)::tsquery)"
            "  AND w.tenant_id = %s)"
            " SELECT case_id FROM found ORDER BY case_id DESC LIMIT 200",
            [text, home.pk, home.pk],
        )
        print("\n".join(line for (line,) in cursor.fetchall()), file=sys.stderr)


def tell(what: str, **figures: object) -> None:
    print(json.dumps({"what": what} | figures), flush=True)


if __name__ == "__main__":
    sys.exit(main())
