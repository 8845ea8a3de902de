import os
from pathlib import Path

import pytest

from supportdesk.local import embedded
from supportdesk.local.errors import LocalError
from supportdesk.local.places import REPOSITORY, claim, places


def test_urls_name_two_roles_on_one_private_socket(monkeypatch):
    monkeypatch.setenv("SUPPORTDESK_STATE_DIR", "/srv/desk one")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    urls = embedded.urls()

    socket = "host=/srv/desk%20one/run"
    assert urls == {
        "DATABASE_URL": f"postgres://supportdesk_app@:5432/supportdesk?{socket}",
        "MIGRATE_DATABASE_URL": f"postgres://supportdesk_owner@:5432/supportdesk?{socket}",
        "REDIS_URL": "redis+socket:///srv/desk%20one/redis/redis.sock",
    }


@pytest.mark.parametrize(
    ("variable", "state"),
    [
        ("", REPOSITORY / ".local"),
        ("other", REPOSITORY / "other"),
        ("/srv/desk", Path("/srv/desk")),
    ],
)
def test_state_lies_in_the_checkout_unless_named(monkeypatch, variable, state):
    monkeypatch.setenv("SUPPORTDESK_STATE_DIR", variable)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    where = places()

    assert (where.state, where.logs) == (state, state / "log")


@pytest.mark.parametrize("name", ["x" * 90, "one,two", 'quo"te'])
def test_sockets_leave_a_place_that_cannot_name_them(monkeypatch, name):
    monkeypatch.setenv("SUPPORTDESK_STATE_DIR", f"/srv/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    where = places()

    shelter = where.sockets.parent
    assert shelter.parent == Path("/var/tmp")
    assert shelter.name.startswith("supportdesk-1000-")
    assert (where.cluster, where.broker) == (Path(f"/srv/{name}/postgres"), shelter / "redis")


def test_cluster_of_root_leaves_a_directory_that_others_cannot_enter(monkeypatch, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("SUPPORTDESK_STATE_DIR", str(closed / "state"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    where = places()

    shelter = where.cluster.parent
    assert shelter.name.startswith("supportdesk-0-")
    assert (where.sockets, where.state) == (shelter / "run", closed / "state")


def test_claim_refuses_what_belongs_to_another(monkeypatch, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: theirs.stat().st_uid + 1)

    with pytest.raises(LocalError) as refusal:
        claim(theirs)

    assert str(refusal.value) == f"{theirs} belongs to another user: remove it and try again."
    assert theirs.stat().st_mode & 0o777 == 0o755


def test_claim_refuses_a_link(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(LocalError):
        claim(tmp_path / "link")
