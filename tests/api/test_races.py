"""Requests at the same moment, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from accounts.tenancy import tenant
from api.models import KeptReply, TokenUse
from tests.api.programs import Program, program
from tests.packs import publish
from tickets.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50
SAID = {"subject": "Slow", "body": "2 MB a second", "severity": "3"}


def send_at_once(asking: Program, path: str, said: object, **headers: str) -> list[HttpResponse]:
    def send(_number: int) -> HttpResponse:
        try:
            return replace(asking, client=Client(headers={"host": host})).post(
                path, said, **headers
            )
        finally:
            connections.close_all()

    host = asking.client.defaults["HTTP_HOST"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


def test_fifty_at_once_with_one_key_open_one_case(alpha, beta):
    publish(alpha, "metalogix")
    asking = program(alpha.tenant, alpha.contact)

    answers = send_at_once(asking, "cases/", SAID, Idempotency_Key="one")

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len([one for one in answers if "Idempotency-Replayed" not in one]) == 1
    with tenant(alpha.tenant):
        assert Case.objects.count() == KeptReply.objects.count() == 1
        # All of them were counted, though they came at once.
        assert TokenUse.objects.get().number == AT_ONCE
