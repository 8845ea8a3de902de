"""The rig: real processes, a phase's faults at moments that a seed chooses, and the verdict."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg2
from django.db import connections

from benchmarks.faults import cases
from benchmarks.faults.cases import Verdict, copy_cases, judge, make_vendors, steps_done
from benchmarks.faults.parts import Outages, Part, celery
from supportdesk.local import broker, embedded
from supportdesk.local.places import claim, claim_passage, places
from supportdesk.local.postgres import PORT
from supportdesk.local.processes import command_line

SHIM = Path(__file__).with_name("shim")
HOUR = 3600
# Cases are made before they fall due, and the processes must be up by then.
LEAD_SECONDS = 25.0
HEALTHY_P99_SECONDS = 5.0
GRACE_SECONDS = 15.0
# A phase that has not done its work so long after the last due time never will.
GIVE_UP_SECONDS = 240.0
PAUSE_SECONDS = 0.05
# A tick comes every three seconds; within so many a worker is caught at it.
CATCH_SECONDS = 8.0
AT_WORK = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE application_name = %s AND relation = 'tickets_caseevent'::regclass
      AND mode = 'RowExclusiveLock' AND granted
"""

Fault = tuple[float, Callable[[], object]]


@dataclass(frozen=True)
class Phase:
    """How long clocks fall due, and what runs beside."""

    seconds: float
    beats: tuple[int, ...] = (0,)
    workers: tuple[int, ...] = (0, 0)
    echoes: bool = False
    least: Mapping[str, int] = field(default_factory=dict)


PHASES = {
    "calm": Phase(60.0),
    "killed": Phase(
        120.0, least={"worker": 20, "redis": 3, "postgres": 2, "beat": 5, "flushed": 1}
    ),
    "strange": Phase(
        100.0,
        beats=(0, HOUR, -HOUR),
        workers=(0, HOUR),
        echoes=True,
        least={"frozen with locks": 1},
    ),
}


@dataclass(frozen=True)
class Outcome:
    """One phase: its verdict, the faults that were made, the longest outage in seconds."""

    phase: str
    verdict: Verdict
    kills: dict[str, int]
    longest_outage: float
    wrong: list[str]


class Rig:
    """Runs phases one after another on one set of servers."""

    def __init__(self, rng: random.Random, count: int) -> None:
        self.rng = rng
        self.count = count
        self.where = places()
        self.parts: list[Part] = []
        self.kills: Counter[str] = Counter()
        # Faults that had to wait: (reading of the monotonic clock, what).
        self.waiting: list[Fault] = []
        self.outages = Outages()
        self.ended: list[str] = []
        self.where.logs.mkdir(parents=True, exist_ok=True)
        _remember_commits(self.where.cluster)
        self.templates = make_vendors()
        connections.close_all()
        self._start_redis()

    def run(self, name: str) -> Outcome:
        """Run one phase to its end."""
        phase = PHASES[name]
        self.kills, self.outages, self.ended = Counter(), Outages(), []
        self._start_desk(phase)
        self._wait_until_able()
        first = _now() + timedelta(seconds=LEAD_SECONDS)
        before = copy_cases(
            self.templates, count=self.count, first=first, seconds=phase.seconds, rng=self.rng
        )
        wait = (first - _now()).total_seconds()
        faults = getattr(self, f"_faults_{name}")(wait, phase.seconds)
        self._tend(faults, until=time.monotonic() + wait + phase.seconds, before=before)
        self._stop_desk()
        verdict = judge(sum(round(self.count * share) for share in cases.SHARES.values()), before)
        longest = self.outages.longest
        healthy = HEALTHY_P99_SECONDS if name == "calm" else None
        wrong = verdict.faults(latest=longest + GRACE_SECONDS, p99=healthy)
        wrong += [
            f"{self.kills[what]} of {least} faults of {what}"
            for what, least in phase.least.items()
            if self.kills[what] < least
        ]
        # Celery's worker gives up when Redis goes at the wrong moment of a new connection; whoever
        # looks after it starts it again, as the supervisor does, and that is an outage like others.
        if "redis" in phase.least:
            self.kills["gave up"] = len(self.ended)
        else:
            wrong += [f"{part} ended by itself" for part in self.ended]
        return Outcome(name, verdict, dict(self.kills), round(longest, 1), wrong)

    def stop(self) -> None:
        for part in self.parts:
            part.stop()

    # --- the faults of each phase: moments in seconds from now

    def _faults_calm(self, _wait: float, _seconds: float) -> list[Fault]:
        return []

    def _faults_killed(self, wait: float, seconds: float) -> list[Fault]:
        workers, beats = self._of("worker"), self._of("beat")

        def moments(number: int) -> list[float]:
            return [wait + self.rng.uniform(0, seconds) for _ in range(number)]

        chosen = [(at, self.rng.choice(workers)) for at in moments(24)]
        found: list[Fault] = [(at, partial(self._kill, part)) for at, part in chosen]
        found += [(at, partial(self._kill, beats[0])) for at in moments(5)]
        # Once for longer than any library tries again by itself.
        found += [(at, partial(self._kill_redis, 20.0)) for at in moments(1)]
        found += [(at, self._kill_redis) for at in moments(3)]
        found += [(at, self._flush_redis) for at in moments(1)]
        found += [(at, self._kill_postgres) for at in moments(3)]
        return sorted(found, key=lambda fault: fault[0])

    def _faults_strange(self, wait: float, seconds: float) -> list[Fault]:
        frozen = self._of("worker")[0]
        at = wait + self.rng.uniform(2, max(seconds - 70, 3))
        return [(at, partial(self._freeze, frozen)), (at + 60, frozen.thaw)]

    def _kill(self, part: Part, seconds_down: float | None = None) -> None:
        """Kill a part; one that is down already is killed when it is up again."""
        if part.restart_at is not None:
            self.waiting.append((time.monotonic() + 1.0, partial(self._kill, part, seconds_down)))
            return
        self.kills[part.role] += 1
        part.kill(seconds_down=seconds_down or self.rng.uniform(0.5, 3.0))

    def _freeze(self, part: Part) -> None:
        """Stop a worker in the middle of a transaction, if it can be caught in one."""
        deadline = time.monotonic() + CATCH_SECONDS
        with closing(_connect()) as connection:
            while not _is_at_work(connection, part.name) and time.monotonic() < deadline:
                pass
            part.freeze()
            self.kills["frozen with locks" if _is_at_work(connection, part.name) else "frozen"] += 1

    def _kill_redis(self, seconds_down: float | None = None) -> None:
        self._kill(self._of("redis")[0], seconds_down)

    def _flush_redis(self) -> None:
        command = [sys.executable, "-c", FLUSH, str(self.where.broker_socket)]
        done = subprocess.run(command, check=False, timeout=10, stderr=subprocess.DEVNULL)
        if done.returncode:  # it is down just now
            self.waiting.append((time.monotonic() + 1.0, self._flush_redis))
            return
        self.kills["flushed"] += 1

    def _kill_postgres(self) -> None:
        pid_file = self.where.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            if "postgres" not in (command_line(pid) or ""):
                raise ProcessLookupError
            os.kill(pid, signal.SIGKILL)
        except (OSError, ValueError, IndexError):  # it is being started just now
            self.waiting.append((time.monotonic() + 1.0, self._kill_postgres))
            return
        self.kills["postgres"] += 1

    # --- the processes

    def _start_redis(self) -> None:
        claim_passage(self.where.broker.parent)
        claim(self.where.broker)
        part = Part(
            "redis",
            "redis",
            broker.redis_command(self.where),
            self.where.logs / "redis.log",
            ready="eady to accept connections",
        )
        part.start()
        self.parts.append(part)

    def _start_desk(self, phase: Phase) -> None:
        queue = {"CELERY_QUEUE": "orders"} if phase.echoes else {}
        for number, ahead in enumerate(phase.workers):
            words = (
                "worker",
                "--concurrency=2",
                "--loglevel=info",
                "--without-gossip",
                "--without-mingle",
            )
            command = celery(*words, f"--hostname=faults{number}@%h")
            self._add(
                f"worker{number}",
                "worker",
                command,
                "ready.",
                _clock(ahead) | {"PGAPPNAME": f"worker{number}"},
            )
        for number, ahead in enumerate(phase.beats):
            command = celery("beat", "--loglevel=info", "--pidfile=")
            self._add(f"beat{number}", "beat", command, "beat: Starting", _clock(ahead) | queue)
        if phase.echoes:
            command = [sys.executable, "-c", ECHO, str(self.where.broker_socket)]
            self._add("echo", "echo", command, "echoing", {})

    def _add(self, name: str, role: str, command: list[str], ready: str, env: dict) -> None:
        part = Part(name, role, command, self.where.logs / f"{name}.log", ready, env)
        part.start()
        self.parts.append(part)

    def _stop_desk(self) -> None:
        for part in self.parts[1:]:
            part.stop()
        self.parts = self.parts[:1]

    def _of(self, role: str) -> list[Part]:
        return [part for part in self.parts if part.role == role]

    def _wait_until_able(self) -> None:
        deadline = time.monotonic() + 90
        while not self._is_able():
            self._look_after()
            if time.monotonic() > deadline:
                able = [part.name for part in self.parts if part.is_able]
                raise SystemExit(f"the desk does not start, only {able}: see {self.where.logs}")
            time.sleep(PAUSE_SECONDS)

    def _is_able(self) -> bool:
        """Tell whether work can be done: one of every role that is needed is able."""
        roles = {part.role for part in self.parts}
        able = {part.role for part in self.parts if part.is_able}
        return roles == able and _answers()

    def _look_after(self) -> None:
        if not embedded.is_running():
            # As the supervisor does: a keeper whose server is killed while it starts gives up.
            embedded.ensure()
        for part in self.parts:
            if part.tend():
                self.ended.append(part.name)

    def _tend(self, faults: list[Fault], *, until: float, before: int) -> None:
        """Make the faults at their moments; go on until all is done or hope is given up."""
        began = time.monotonic()
        wanted = cases.STEPS_OF_A_CASE * self.count
        looked = 0.0
        while True:
            now = time.monotonic()
            while faults and faults[0][0] <= now - began:
                faults.pop(0)[1]()
            due = [fault for fault in self.waiting if fault[0] <= now]
            self.waiting = [fault for fault in self.waiting if fault[0] > now]
            for _at, again in due:
                again()
            self.outages.note(self._is_able())
            self._look_after()
            if now > until and not faults and not self.waiting and now - looked > 2:
                looked = now
                if now > until + GIVE_UP_SECONDS or _done(before) >= wanted:
                    self.outages.note(True)
                    return
            time.sleep(PAUSE_SECONDS)


FLUSH = "import redis, sys; redis.Redis(unix_socket_path=sys.argv[1]).flushall()"
# Takes every order that a beat has sent and delivers it three times.
ECHO = """
import redis, sys, time
orders = redis.Redis(unix_socket_path=sys.argv[1])
print("echoing", flush=True)
while True:
    try:
        found = orders.brpop("orders", timeout=1)
        if found:
            for _ in range(3):
                orders.lpush("celery", found[1])
    except redis.RedisError:
        time.sleep(0.5)
"""


def _clock(ahead: int) -> dict[str, str]:
    if not ahead:
        return {}
    return {"FAULTS_CLOCK_SECONDS": str(ahead), "PYTHONPATH": str(SHIM)}


def _is_at_work(connection, name: str) -> bool:
    """Tell whether a worker is in a transaction that has written to a timeline."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, [name])
        found = cursor.fetchone()[0] > 0
    connection.rollback()
    return found


def _answers() -> bool:
    try:
        _connect().close()
    except psycopg2.OperationalError:
        return False
    return True


def _connect():
    where = places()
    return psycopg2.connect(
        host=str(where.sockets), port=PORT, user="postgres", dbname="supportdesk"
    )


def _done(before: int) -> int:
    try:
        return steps_done(before)
    except Exception:  # noqa: BLE001  # the server may be on its way up; the next look will tell
        connections.close_all()
        return 0


def _now():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT desk_now()")
        return cursor.fetchone()[0]


def _remember_commits(cluster: Path) -> None:
    """Have the server keep when transactions were committed; takes a restart of it."""
    with closing(_connect()) as connection:
        connection.autocommit = True
        connection.cursor().execute("ALTER SYSTEM SET track_commit_timestamp = on")
    connections.close_all()
    pid = int((cluster / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGINT)
    time.sleep(1)
    while not _answers():
        time.sleep(0.1)
