import socket
import threading
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import connections, transaction

from accounts.pulses import pulses
from outbox import tasks
from outbox.tasks import HOOKS_TURN, TURN, deliver_all, deliver_to_endpoints, nudge
from supportdesk.celery import app
from tests.outbox.conftest import state_of


class Broker:
    """Something that listens where Redis should be, and never answers."""

    def __init__(self, *, hangs_up: bool) -> None:
        self.hangs_up = hangs_up
        self.callers: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _address = self.listener.accept()
            except OSError:
                return
            self.callers.append(caller)
            if self.hangs_up:
                caller.close()

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        for caller in self.callers:
            caller.close()


@pytest.fixture(params=["frozen", "hangs up"])
def broker(request, monkeypatch) -> Iterator[Broker]:
    silent = Broker(hangs_up=request.param == "hangs up")
    monkeypatch.setattr(app.conf, "broker_url", silent.url)
    monkeypatch.setattr(tasks, "_rests_until", 0.0)
    yield silent
    silent.stop()


def test_task_delivers_all_tenants(alpha, beta, queue):
    queue(alpha, alpha.contact)
    queue(beta, beta.contact)

    assert deliver_all() == {"sent": 2}
    assert pulses()["deliver"].seconds == 0


@pytest.mark.django_db(databases=["default", "owner"])
def test_task_leaves_it_to_the_one_that_is_at_it(alpha, queue):
    row = queue(alpha, alpha.contact)
    with connections["owner"].cursor() as other_worker:
        other_worker.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
        left = deliver_all()
        other_worker.execute("SELECT pg_advisory_unlock(%s)", [TURN])

    assert left == {}
    assert pulses()["deliver"].seconds is None
    assert state_of(alpha, row) == ("queued", "")


@pytest.mark.django_db(databases=["default", "owner"])
def test_pass_of_webhooks_says_that_it_has_been_and_one_that_was_left_out_does_not():
    with connections["owner"].cursor() as other_worker:
        other_worker.execute("SELECT pg_try_advisory_lock(%s)", [HOOKS_TURN])
        deliver_to_endpoints()
        other_worker.execute("SELECT pg_advisory_unlock(%s)", [HOOKS_TURN])
    left_out = "webhooks" in pulses()

    deliver_to_endpoints()

    assert (left_out, pulses()["webhooks"].seconds) == (False, 0)


def test_task_gives_its_turn_back(alpha, queue, monkeypatch):
    def fail():
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(tasks, "deliver_due", fail)
        with pytest.raises(ConnectionError):
            deliver_all()
    queue(alpha, alpha.contact)

    assert deliver_all() == {"sent": 1}
    assert deliver_all() == {}


def test_task_is_the_one_that_beat_sends(settings):
    assert settings.CELERY_BEAT_SCHEDULE["deliver"]["task"] == deliver_all.name


def test_nudge_waits_for_the_commit(entered, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(deliver_all, "apply_async", lambda **options: sent.append(options))
    monkeypatch.setattr(tasks, "_rests_until", 0.0)

    with django_capture_on_commit_callbacks(execute=True):
        nudge()
        assert sent == []
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            nudge()
            _ = 1 / 0

    assert [options["expires"] for options in sent] == [30]


def test_nudge_without_broker_is_one_try_and_no_error(
    entered, broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        nudge()
        nudge()
    with django_capture_on_commit_callbacks(execute=True):
        nudge()

    assert len(broker.callers) == 1
    assert tasks._rests_until > 0


def test_nudge_is_tried_again_after_its_rest(
    entered, broker, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        nudge()
    monkeypatch.setattr(tasks, "_rests_until", 0.0)

    with django_capture_on_commit_callbacks(execute=True):
        nudge()

    assert len(broker.callers) == 2


def test_what_a_failed_nudge_was_for_is_delivered_all_the_same(
    alpha, queue, broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        queue(alpha, alpha.contact)
        nudge()

    deliver_all()

    assert [sent.to for sent in mail.outbox] == [["contact@acme.test"]]
