import subprocess
import sys

import pytest

import manage
from supportdesk.local import broker, schema
from supportdesk.local.errors import LocalError
from supportdesk.local.places import REPOSITORY


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["help"], False),
        (["--version"], False),
        (["migrate", "--help"], False),
        (["makemessages", "-a"], False),
        (["check"], True),
        (["migrate"], True),
        (["a_command_of_tomorrow"], True),
    ],
)
def test_only_commands_known_to_need_no_database_do_without(arguments, needed):
    assert manage.needs_database(arguments) == needed


ECHO_AND_LOOK = """
import sys
from django.db import connection

with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, count(*) > 0 FROM django_migrations")
    print(sys.stdin.read(), cursor.fetchone())
"""


def test_bare_checkout_answers_an_ordinary_command_and_prints_nothing_else(state):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ECHO_AND_LOOK]

    done = subprocess.run(command, cwd=REPOSITORY, input="asked", capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "asked ('supportdesk_app', True)\n"), done.stderr
    assert state.schema_stamp.read_text() == schema.schema_fingerprint()


def test_fingerprint_follows_migrations_and_pins(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "REPOSITORY", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "prod.txt").write_text("django==5.2.19\n")
    (tmp_path / "desk" / "migrations").mkdir(parents=True)
    prints = [schema.schema_fingerprint(), schema.schema_fingerprint()]

    for path, text in (
        ("desk/migrations/0001_initial.py", "one"),
        ("desk/migrations/0001_initial.py", "other"),
        ("requirements/prod.txt", "django==5.2.20\n"),
    ):
        (tmp_path / path).write_text(text)
        prints.append(schema.schema_fingerprint())

    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_missing_redis_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(broker, "package_directory", lambda _name: None)

    with pytest.raises(LocalError) as missing:
        broker.redis_server()

    assert str(missing.value) == (
        "Redis 6.2 or newer is missing: install it (apt install redis-server, brew install redis), "
        "set REDIS_URL, or use Python 3.11 or 3.12, for which one comes with the packages."
    )


@pytest.mark.parametrize(("version", "usable"), [("6.0.16", False), ("7.0.15", True)])
def test_redis_on_the_path_is_used_when_new_enough(monkeypatch, tmp_path, version, usable):
    program = tmp_path / "redis-server"
    program.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0 bits=64'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert (broker.redis_server() == program) == usable
