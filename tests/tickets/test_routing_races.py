"""Two who ask for the next case at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from accounts.tenancy import tenant
from tests.cases import after, file_case
from tests.packs import publish
from tickets.actions.routing import take_next


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_next_case_at_once_get_different_ones(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        filed = {file_case(alpha, severity="3").number for _case in range(2)}
    both_have_one = Barrier(2)

    def take(person):
        try:
            with tenant(alpha.tenant), transaction.atomic():
                number = take_next(by=person, at=after(1)).number
                # Neither commits before both have taken: nobody waits for the other's lock.
                both_have_one.wait(timeout=10)
                return number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        people = (alpha.agent, alpha.lead)
        taken = [future.result(timeout=30) for future in [pool.submit(take, p) for p in people]]

    assert set(taken) == filed
