"""What the queue is narrowed by: what an address says, and which cases that leaves."""

from datetime import timedelta

import pytest

from accounts.tenancy import tenant
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
from tickets.actions.conversation import ask_customer
from tickets.actions.tagging import add_tag
from tickets.actions.triage import assign_case
from tickets.filters import Address, address_of, is_plain, narrowed_by, read_address
from tickets.queue import count_groups, queue


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ({}, "view=open"),
        ({"view": ["mine"], "severity": ["2,1"]}, "view=mine&severity=2,1"),
        ({"severity": ["1", "2"], "severity_is": ["not"]}, "view=open&not_severity=1,2"),
        ({"owner": ["me", "x"], "not_team": ["3"]}, "view=open&not_team=3&owner=me"),
        ({"text": ["  two   words "], "group": ["owner"]}, "view=open&text=two+words&group=owner"),
        ({"group": ["password"], "company": ["7", "7"]}, "view=open&company=7"),
    ],
)
def test_an_address_is_always_written_in_the_same_way(asked, query):
    address = read_address(asked)

    assert address.query == query
    assert address_of(query) == address


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ({}, True),
        ({"view": ["open"], "page": ["2"], "narrow": ["1"]}, True),
        ({"view": ["open"], "severity": ["1,2"], "not_owner": ["none"]}, True),
        ({"view": ["open"], "severity": ["1", "2"]}, False),
        ({"view": ["open"], "severity": ["1"], "severity_is": [""]}, False),
        ({"view": ["open"], "text": [""]}, False),
    ],
)
def test_only_what_a_form_writes_is_written_anew(asked, plain):
    assert is_plain(asked, read_address(asked)) is plain


def test_one_value_is_taken_away_from_several():
    address = Address("open", {"severity": "1,2", "not_owner": "5"})

    assert address.without("severity", "1").filters == {"severity": "2", "not_owner": "5"}
    assert address.without("not_owner", "5").filters == {"severity": "1,2"}


@pytest.fixture
def cases(metalogix, alpha):
    """Three cases of alpha: with an owner, with a tag, and one that waits."""
    owned, tagged, asked = (file_case(alpha, severity=level) for level in ("1", "2", "3"))
    assign_case(case_id=owned.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=after(1))
    add_tag(case_id=tagged.pk, name="hot", by=alpha.agent)
    ask_customer(case_id=asked.pk, by=alpha.agent, question="Which one?", at=after(1))
    return owned, tagged, asked


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"severity": "1,2"}, [1, 2]),
        ({"not_severity": "1"}, [2, 3]),
        ({"owner": "none"}, [2, 3]),
        ({"owner": "me,none"}, [1, 2, 3]),
        ({"not_owner": "me"}, [2, 3]),
        ({"not_owner": "none"}, [1]),
        ({"tag": "hot"}, [2]),
        ({"not_tag": "hot"}, [1, 3]),
        ({"not_status": "waiting"}, [1, 2]),
        ({"tier": "1", "plan": "standard", "not_release": "4"}, [1, 2, 3]),
        ({"text": "which"}, [3]),
    ],
)
def test_the_queue_is_narrowed_by_what_is_wanted_and_what_is_not(cases, alpha, filters, numbers):
    found = queue(alpha.agent, "all", after(2)).filter(narrowed_by(filters, alpha.agent))

    assert sorted(case.number for case in found) == numbers


def test_words_of_another_vendor_are_not_found(cases, alpha, beta):
    with_words = narrowed_by({"text": "beta"}, alpha.agent)

    assert not queue(alpha.agent, "all", after(2)).filter(with_words).exists()


def test_groups_follow_the_policy_and_are_counted(cases, alpha):
    by_level = queue(alpha.agent, "all", after(2), group="severity")
    by_owner = queue(alpha.agent, "all", after(2), group="owner")

    assert [case.severity for case in by_level] == ["1", "2", "3"]
    assert [case.number for case in by_owner] == [2, 3, 1]
    assert count_groups(by_owner, "owner") == {None: 2, alpha.agent.pk: 1}


def test_what_is_at_risk_due_today_and_waits_long_has_views_of_its_own(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        due = file_case(alpha, severity="2", at=MONDAY)
        asked = file_case(alpha, severity="3", at=MONDAY)
        ask_customer(case_id=asked.pk, by=alpha.agent, question="Which?", at=after(1))
        due.refresh_from_db()

        def seen(view, at):
            return [case.number for case in queue(alpha.agent, view, at)]

        assert seen("at_risk", after(0)) == []
        assert seen("at_risk", due.next_due_at - timedelta(minutes=1)) == [due.number]
        assert seen("due_today", due.next_due_at - timedelta(minutes=1)) == [due.number]
        assert seen("due_today", due.next_due_at - timedelta(days=1)) == []
        assert seen("breached", due.next_due_at + timedelta(minutes=1)) == [due.number]
        assert seen("waiting_long", after(72)) == []
        assert seen("waiting_long", after(73.5)) == [asked.number]
