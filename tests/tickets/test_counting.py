"""Counts whose SQL is written once for everybody: they are of who asks, when, and in which list."""

from datetime import timedelta

import pytest

from sla.queries import current_policy
from tests.cases import after, file_case
from tickets.actions.triage import assign_case
from tickets.counting import SOME_TIME, _count_of, figures_of, queue_counts
from tickets.filters import Address
from tickets.models import Case
from tickets.queue import queue


def test_counts_are_of_who_asks_and_when(metalogix, alpha):
    mine = file_case(alpha, severity="3")
    file_case(alpha, severity="1")
    assign_case(case_id=mine.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))

    for person in (alpha.agent, alpha.lead, alpha.manager, alpha.agent):
        for hours in (1, 5, 9, 24, 80):
            counts = queue_counts(person, after(hours))
            assert counts == {view: queue(person, view, after(hours)).count() for view in counts}, (
                person,
                hours,
            )


def test_lists_are_counted_by_what_their_addresses_say(metalogix, alpha):
    mine = file_case(alpha, severity="3")
    file_case(alpha, severity="1")
    assign_case(case_id=mine.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))
    addresses = {
        "mine": Address("open", {"owner": "me"}),
        "others": Address("open", {"not_owner": "me,none"}),
        "worst": Address("open", {"severity": "1"}),
        "no view": Address("nonsense"),
    }
    policy = current_policy(after(2)).policy

    counts = [
        figures_of(person, addresses, after(2), policy).counts
        for person in (alpha.agent, alpha.agent_2)
    ]

    assert [list(one.values()) for one in counts] == [[1, 0, 1, 0], [0, 1, 1, 0]]


def test_moment_that_nothing_stands_for_is_refused(metalogix):
    odd = SOME_TIME - timedelta(days=7)

    with pytest.raises(ValueError, match="not replaced"):
        _count_of(Case.objects.filter(next_due_at__lt=odd))
