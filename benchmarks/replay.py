"""Time the replay of 100,000 closed cases of ten events each, as the job with two workers.

    python benchmarks/replay.py [--cases N]

Makes the cases in an embedded server of its own, which is erased at the end. Prints the seconds
from ordering the replay to its report, and the processor seconds of the workers and the server.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
os.environ.pop("DATABASE_URL", None)
os.environ["SUPPORTDESK_STATE_DIR"] = STATE = tempfile.mkdtemp(prefix="supportdesk-replay-")
os.chmod(STATE, 0o711)  # noqa: S103  # root's PostgreSQL runs as somebody else

import django  # noqa: E402  # the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from accounts.actions import add_company, add_person  # noqa: E402
from accounts.models import Person, Tenant  # noqa: E402
from accounts.tenancy import tenant  # noqa: E402
from jobs.models import Job  # noqa: E402
from sla.actions import load_document  # noqa: E402
from sla.models import PolicyVersion  # noqa: E402
from supportdesk.local import embedded, erase  # noqa: E402
from supportdesk.local.places import places  # noqa: E402
from tickets.replay import start_replay  # noqa: E402

WORK = (sys.executable, str(REPOSITORY / "manage.py"), "work_jobs", "--loop")
WORKERS = 2
BUDGET_SECONDS = 60.0
GIVE_UP_SECONDS = 900.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 7, 1, tzinfo=UTC)

# The same every time: the number of a case decides on all that is said of it.
CASES = """
INSERT INTO tickets_case (tenant_id, number, uuid, company_id, contact_id, subject, status,
    case_type, severity, priority, plan, channel, time_zone, policy_version_id, tier, availability,
    call_owed, opened_at, resolved_at, first_closed_at, closed_at, last_public_at, last_event_at,
    last_seq, set_aside_why)
SELECT %(tenant)s, n, gen_random_uuid(), %(company)s, %(contact)s, 'Case ' || n, 'closed',
    'problem', 1 + n %% 4, '', (ARRAY['standard', 'premium'])[1 + n %% 2], 'portal',
    (ARRAY['Europe/Berlin', 'America/New_York', 'Europe/London'])[1 + n %% 3], %(version)s, 1, '',
    false, opened, closed, closed, closed, closed, closed, 10, ''
FROM (SELECT n, opened, opened + interval '8 days' AS closed FROM (SELECT n,
    timestamptz '2026-01-01' + make_interval(secs => (n::bigint * 7919 * 61) %% 15552000) AS opened
    FROM generate_series(1, %(cases)s) AS n) AS numbered) AS dated
"""
EVENTS = """
INSERT INTO tickets_caseevent (tenant_id, case_id, seq, kind, schema, audience, caused_by,
    occurred_at, recorded_at, payload, clock, step)
SELECT c.tenant_id, c.id, e.seq, e.kind, 1, 'public', 'person',
    c.opened_at + at.gap, c.opened_at + at.gap,
    CASE WHEN e.seq > 1 THEN '{}'::jsonb ELSE jsonb_build_object('policy_version', 1, 'tier', 1,
        'plan', c.plan, 'severity', c.severity, 'case_type', 'problem', 'channel', 'portal',
        'zone', c.time_zone, 'country', (ARRAY['DE', 'US', 'GB'])[1 + c.number %% 3]) END, '', ''
FROM tickets_case c CROSS JOIN unnest(ARRAY['case_opened', 'agent_replied', 'customer_replied',
    'work_logged', 'agent_replied', 'question_asked', 'customer_replied', 'agent_replied',
    'resolved', 'closed']) WITH ORDINALITY AS e (kind, seq)
CROSS JOIN LATERAL (SELECT make_interval(secs =>
    (e.seq - 1) * (1800 + (c.number * 613) %% 43200)) AS gap) AS at
WHERE c.tenant_id = %(tenant)s
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    try:
        embedded.ensure(migrate=True)
        home = fill(cases)
        return report(*timed(home), cases)
    finally:
        connections.close_all()
        embedded.leave()
        erase.main()
        shutil.rmtree(STATE, ignore_errors=True)


def fill(cases: int) -> Tenant:
    """Make the vendor, its first version and one with half the response times, and the cases."""
    began = time.perf_counter()
    text = (REPOSITORY / "policies" / "metalogix.toml").read_text()
    call_command("load_policy", str(REPOSITORY / "policies" / "metalogix.toml"), stdout=sys.stderr)
    home = Tenant.objects.get(slug="metalogix")
    with tenant(home) as at:
        load_document(text=text.replace("hours = 8", "hours = 4"), by=None, at=at)
        company = add_company(name="Bulk", time_zone="Europe/Berlin", country="DE")
        contact = add_person(
            name="Bulk", role="contact", email="bulk@example.test", company=company
        )
        add_person(name="Manager", role="manager", email="manager@example.test")
        given = {
            "tenant": home.pk,
            "company": company.pk,
            "contact": contact.pk,
            "version": PolicyVersion.objects.get(number=1).pk,
            "cases": cases,
        }
        with connection.cursor() as cursor:
            cursor.execute(CASES, given)
            cursor.execute(EVENTS, given)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{cases} cases made in {time.perf_counter() - began:.0f} s")
    return home


def timed(home: Tenant) -> tuple[Job, float, float]:
    """Order the replay, let two workers do it; give the job, its seconds and processor seconds."""
    with workers() as processes:
        pids = [*(process.pid for process in processes), postmaster()]
        spent, began = cpu_seconds(pids), time.perf_counter()
        with tenant(home) as at:
            manager = Person.objects.get(role="manager")
            ordered = start_replay(since=SINCE, until=UNTIL, version=2, by=manager, at=at)
        job = ended(home, ordered, began + GIVE_UP_SECONDS)
        return job, time.perf_counter() - began, cpu_seconds(pids) - spent


def ended(home: Tenant, job: Job, until: float) -> Job:
    """Wait for the end of a job. Raises TimeoutError."""
    while time.perf_counter() < until:
        with tenant(home):
            job.refresh_from_db()
        if not job.is_active:
            return job
        time.sleep(0.2)
    raise TimeoutError(f"the replay has come to {job.done} of {job.total} cases")


@contextmanager
def workers() -> Iterator[list[subprocess.Popen]]:
    """Have two workers that wait for work, as in a running desk."""
    started = [subprocess.Popen(WORK, stdout=subprocess.DEVNULL) for _ in range(WORKERS)]
    time.sleep(5)  # until they have loaded everything and wait
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=60)


def postmaster() -> int:
    return int((places().cluster / "postmaster.pid").read_text().split()[0])


def cpu_seconds(pids: list[int]) -> float:
    """Add up what these processes and their children have used of the processors."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        # Of its own, in the system, and of children that have ended.
        used[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS_PER_SECOND
    family = list(pids)
    for pid in family:
        family.extend(children.get(pid, []))
    return sum(used.get(pid, 0.0) for pid in family)


def report(job: Job, seconds: float, cpu: float, cases: int) -> int:
    found = job.result
    print(f"{job.state}: {found.get('cases')} cases, {found.get('total')}")
    print(f"replayed in {seconds:.1f} s with {WORKERS} workers, {cpu:.1f} processor seconds")
    in_time = seconds < BUDGET_SECONDS
    return 0 if in_time and found.get("cases") == cases else 1


if __name__ == "__main__":
    sys.exit(main())
