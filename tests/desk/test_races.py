"""Buttons pressed twice at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connections
from django.urls import reverse

from accounts.tenancy import tenant
from desk import calling
from tests.cases import file_case
from tests.packs import publish
from tickets.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at_once(*jobs):
    """Run the jobs in threads of their own, each on its own connection."""

    def run(job):
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def press_twice(browse, alpha):
    """Send a form twice at once, both with the session of one agent."""
    publish(alpha, "metalogix")

    def press(path, data):
        clients = [browse(alpha.tenant, alpha.agent) for _press in range(2)]
        together = Barrier(2)

        def send(client):
            together.wait(timeout=10)
            return client.post(path, data)

        return at_once(*(lambda client=client: send(client) for client in clients))

    return press


class CacheTogether:
    """The cache, where two who add something wait for each other before they do."""

    def __init__(self):
        self.both = Barrier(2)

    def add(self, *arguments):
        self.both.wait(timeout=10)
        return cache.add(*arguments)

    def __getattr__(self, name):
        return getattr(cache, name)


def test_case_for_a_caller_is_opened_once(press_twice, alpha, monkeypatch):
    monkeypatch.setattr(calling, "cache", CacheTogether())
    page = reverse("desk:caller_case", args=[alpha.company.pk])
    data = {"token": "t1", "severity": "3", "subject": "Mail stands still", "body": "Since noon."}

    answers = press_twice(f"{page}?contact={alpha.contact.pk}&channel=phone", data)

    with tenant(alpha.tenant):
        case = Case.objects.get()
    assert [answer.url for answer in answers] == [reverse("desk:filed", args=[case.number])] * 2


def test_reply_is_said_once(press_twice, alpha):
    with tenant(alpha.tenant):
        case = file_case(alpha, at=LONG_AGO)
    data = {"reply-seen": case.last_seq, "reply-body": "We look into it."}

    answers = press_twice(reverse("desk:reply", args=[case.number]), data)

    assert [answer.status_code for answer in answers] == [302, 302]
    with tenant(alpha.tenant):
        said = list(case.messages.filter(kind="reply").values_list("body", flat=True))
    assert said == ["We look into it."]
