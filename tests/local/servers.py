"""Looking at the embedded servers from outside: their processes and their answers."""

import os
from pathlib import Path

import psycopg2

from supportdesk.local import embedded
from supportdesk.local.places import places
from supportdesk.local.processes import command_line


def query(sql, *, role="MIGRATE_DATABASE_URL"):
    connection = psycopg2.connect(embedded.urls()[role])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def postmaster_pids():
    return [pid for pid in all_pids() if f"-D {places().cluster}" in (command_line(pid) or "")]


def keeper_pids():
    """Find the keepers of this state directory by its variable in their environment."""
    wanted = f"SUPPORTDESK_STATE_DIR={os.environ['SUPPORTDESK_STATE_DIR']}".encode()
    return [
        pid
        for pid in all_pids()
        if "supportdesk.local.keeper" in (command_line(pid) or "") and wanted in environment(pid)
    ]


def all_pids():
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def environment(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
