"""Words of a case that are said while they are gathered anew. Real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections

from accounts.models import Company
from accounts.tenancy import tenant
from supportdesk.local.processes import wait_until
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
from tickets.actions.conversation import reply_to_case
from tickets.search import search

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def test_what_is_said_while_the_company_is_renamed_is_found(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        case = file_case(alpha, at=MONDAY)
    is_said = Event()

    def rename():
        try:
            assert is_said.wait(timeout=20)
            with tenant(alpha.tenant):
                Company.objects.filter(pk=alpha.company.pk).update(name="Wombat Works")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        renamed = pool.submit(rename)
        with tenant(alpha.tenant):
            reply_to_case(case_id=case.pk, by=alpha.agent, body="Pull the plug.", at=after(1))
            is_said.set()
            assert wait_until(somebody_waits, seconds=20)
        renamed.result(timeout=20)

    with tenant(alpha.tenant):
        found = [hit.case.number for hit in search(alpha.agent, "wombat plug").hits]
    assert found == [case.number]
