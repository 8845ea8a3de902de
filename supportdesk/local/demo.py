"""The supervisor behind `make demo` and `make run`: every process of the desk under one parent.

It starts PostgreSQL (through the lease) and Redis unless the environment names servers, migrates,
fills an empty database (`make demo`), and keeps web, worker and beat alive until it is stopped.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from supportdesk.local import broker, embedded
from supportdesk.local.children import Child, remember, stop_all, stop_left_over
from supportdesk.local.errors import LocalError
from supportdesk.local.locks import Lock
from supportdesk.local.places import REPOSITORY, claim, claim_passage, places
from supportdesk.local.probe import first_page_status
from supportdesk.local.processes import die_with_parent, wait_until
from supportdesk.local.schema import MANAGE, migrate_as_owner, migrate_if_behind

FIRST_PAGE_SECONDS = 120.0
BROKEN_PAGE_SECONDS = 5.0
PAUSE_SECONDS = 0.1
ADDRESS = "127.0.0.1"


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


class Demo:
    """One run of the supervisor."""

    def __init__(self, *, seed: bool, port: int) -> None:
        self.seed = seed
        self.port = port
        self.where = places()
        self.began = time.monotonic()
        self.told_to_stop = False
        self.uses_embedded = not os.environ.get("DATABASE_URL")
        self.has_broker = True
        self.children: list[Child] = []
        # All children inherit it, those that migrate and seed as well.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="supportdesk.settings", PORT=str(port), PYTHONUNBUFFERED="1"
        )
        if seed:
            os.environ["DEMO"] = "1"

    def run(self) -> None:
        """Start everything, tend it, and stop it all on TERM, INT or HUP. Raises LocalError."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, self._stop_soon)
        embedded.prepare(self.where)
        with Lock(self.where.lock("demo")) as alone:
            if not alone.try_own():
                raise LocalError("the demo of this checkout is already running.")
            try:
                self._start()
                self._tend()
            except Stopped:
                pass
            finally:
                self._stop()

    def _start(self) -> None:
        stop_left_over(self.where.child_record)
        refuse_taken_port(self.port)
        self._start_servers()
        self._migrate()
        self.tell("database ready")
        if not self.uses_embedded and not os.environ.get("DEMO"):
            self._manage("collectstatic", "--no-input", "--verbosity=0")
        self._start_child("web", web_command(self.port))
        self._wait_for_first_page()
        self.tell("first page")
        if self.seed:
            self._manage("seed_demo")
        self._start_workers()
        self._start_listener()
        self._show_table()
        self.say(f"Logs are in {self.where.logs}. Ctrl-C stops everything; nothing is lost.")

    def _start_servers(self) -> None:
        if self.uses_embedded:
            embedded.ensure()
        elif not os.environ.get("MIGRATE_DATABASE_URL"):
            raise LocalError("DATABASE_URL is set and MIGRATE_DATABASE_URL, the owner's, is not.")
        if os.environ.get("REDIS_URL"):
            return
        try:
            command = broker.redis_command(self.where)
        except LocalError as missing:
            self.say(f"{missing} Until then loops do the work of worker and beat.")
            self.has_broker = False
            return
        claim_passage(self.where.broker.parent)
        claim(self.where.broker)
        self._start_child("redis", command)
        # With a DATABASE_URL settings do not think of the embedded servers.
        os.environ["REDIS_URL"] = embedded.urls()["REDIS_URL"]
        wait_until(lambda: broker.answers(self.where.broker_socket), seconds=10)

    def _start_workers(self) -> None:
        if not self.has_broker:
            # The rows hold the truth: whoever looks at them often enough will do.
            self._start_child("tick", [*MANAGE, "tick", "--loop"])
            self._start_child("deliver", [*MANAGE, "deliver", "--loop"])
            for name in ("jobs-1", "jobs-2"):  # both cores
                self._start_child(name, [*MANAGE, "work_jobs", "--loop"])
            self._start_child("read-mail", [*MANAGE, "read_mail", "--loop"])
            self._start_child("pull-mail", [*MANAGE, "pull_mail", "--loop"])
            return
        self._start_child("worker", celery_command("worker", "--concurrency=2", *QUIET_WORKER))
        self._start_child("beat", celery_command("beat", "--pidfile="))

    def _start_listener(self) -> None:
        """Let mail in, in a demonstration: elsewhere whoever runs it says where it listens."""
        if not self.seed:
            return
        port = free_port()
        command = [*MANAGE, "receive_mail", "--host", ADDRESS, "--port", str(port)]
        self._start_child("receive-mail", command)
        self.say(f"Mail to support@<vendor>.localhost is taken by SMTP at {ADDRESS}:{port}.")

    def _migrate(self) -> None:
        if self.uses_embedded:
            migrate_if_behind(self.where)
        else:
            migrate_as_owner()

    def _start_child(self, name: str, command: list[str]) -> None:
        child = Child(name, command, self.where.logs / f"{name}.log")
        child.start()
        self.children.append(child)
        remember(self.where.child_record, self.children)

    def _manage(self, *command: str) -> None:
        """Run a management command on this terminal, and still stop when told to."""
        running = subprocess.Popen(
            [*MANAGE, *command],
            stdin=subprocess.DEVNULL,
            cwd=REPOSITORY,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        while running.poll() is None:
            if self.told_to_stop:
                running.terminate()
                running.wait()
                raise Stopped
            time.sleep(PAUSE_SECONDS)
        if running.returncode != 0:
            raise LocalError(f"manage.py {command[0]} failed: see above.")

    def _show_table(self) -> None:
        try:
            self._manage("demo_table")
        except LocalError as error:  # the desk answers, so it stays up
            self.say(str(error))

    def _wait_for_first_page(self) -> None:
        """Wait for a page without a server error. Raises LocalError after two minutes."""
        deadline = time.monotonic() + FIRST_PAGE_SECONDS
        while (status := first_page_status(self.port)) is None or status >= 500:
            if status:  # it is up, so it will not get better by itself
                deadline = min(deadline, time.monotonic() + BROKEN_PAGE_SECONDS)
            if time.monotonic() > deadline:
                answer = f"the first page answers {status}" if status else "the web does not answer"
                raise LocalError(f"{answer}: see {self.where.logs / 'web.log'}")
            self._look_after_children()
            time.sleep(PAUSE_SECONDS)

    def _tend(self) -> None:
        while True:
            self._look_after_children()
            if self.uses_embedded and not embedded.is_running():
                self._bring_database_back()
            time.sleep(PAUSE_SECONDS)

    def _look_after_children(self) -> None:
        if self.told_to_stop:
            raise Stopped
        for child in self.children:
            before = child.process
            line = child.tend()
            if line:
                self.say(line)
            if child.process is not before:
                remember(self.where.child_record, self.children)

    def _bring_database_back(self) -> None:
        self.say(f"PostgreSQL ended; starting it again, see {self.where.logs / 'postgres.log'}")
        try:
            embedded.ensure()
        except LocalError as error:
            self.say(str(error))
            wait_until(lambda: self.told_to_stop, seconds=5)

    def _stop(self) -> None:
        """Stop the desk's processes first, then the servers they talk to."""
        stop_all([child for child in self.children if child.name != "redis"])
        stop_all([child for child in self.children if child.name == "redis"])
        self.where.child_record.unlink(missing_ok=True)
        embedded.leave()
        if self.uses_embedded:  # leave nothing behind, unless another command still needs it
            wait_until(lambda: not embedded.is_running(), seconds=2)

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def say(self, line: str) -> None:
        print(line, flush=True)

    def tell(self, milestone: str) -> None:
        self.say(f"{time.monotonic() - self.began:6.1f} s  {milestone}")


QUIET_WORKER = ("--without-gossip", "--without-mingle")


def web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "supportdesk.wsgi:application"),
        *(f"--bind={ADDRESS}:{port}", "--worker-class=gthread", "--threads=8"),
        *("--no-control-socket", "--access-logfile=-"),
    ]


def celery_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app=supportdesk.celery:app", *words]


def refuse_taken_port(port: int) -> None:
    """Raise LocalError when something else listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            raise LocalError(
                f"port {port} is taken: stop what uses it, or choose another (PORT=8001 make demo)."
            ) from None


def free_port() -> int:
    """Find a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def chosen_port() -> int:
    """Read PORT. Raises LocalError when it is no port."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"PORT={text} is no port number.")
    return int(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="supportdesk.local.demo", description=__doc__)
    parser.add_argument("--no-seed", action="store_true", help="start on the data that is there")
    options = parser.parse_args()
    try:
        Demo(seed=not options.no_seed, port=chosen_port()).run()
    except LocalError as error:
        sys.exit(f"Supportdesk: {error}")


if __name__ == "__main__":
    main()
