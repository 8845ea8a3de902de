import socket
import subprocess
import sys

import pytest

from supportdesk.local import embedded
from supportdesk.local.locks import Lock
from supportdesk.local.places import REPOSITORY


def start_demo():
    """Run the supervisor to its end, which comes at once; no server has been started by then."""
    done = subprocess.run(
        [sys.executable, "-m", "supportdesk.local.demo", "--no-seed"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.returncode, done.stdout, done.stderr


def test_taken_port_is_said_in_one_line(state, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        answer = start_demo()

    assert answer == (
        1,
        "",
        f"Supportdesk: port {port} is taken: stop what uses it, or choose another"
        " (PORT=8001 make demo).\n",
    )
    assert not embedded.is_running()


def test_second_demo_of_a_checkout_is_refused(state):
    embedded.prepare(state)
    with Lock(state.lock("demo")).own():
        answer = start_demo()

    assert answer == (1, "", "Supportdesk: the demo of this checkout is already running.\n")


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_port_that_is_none_is_refused(state, monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    assert start_demo() == (1, "", f"Supportdesk: PORT={port} is no port number.\n")


def test_own_server_needs_the_owner_too(state, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app@127.0.0.1:1/desk")
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("PORT", str(free.getsockname()[1]))

    answer = start_demo()

    assert answer == (
        1,
        "",
        "Supportdesk: DATABASE_URL is set and MIGRATE_DATABASE_URL, the owner's, is not.\n",
    )
