from datetime import UTC, datetime

import pytest

from accounts.errors import NotFound
from accounts.tenancy import tenant
from sla import queries
from sla.actions import load_document
from sla.engine.clock import Event, run
from sla.engine.parts import Facts
from sla.errors import NoPolicy
from sla.models import PolicyVersion
from sla.queries import (
    current_policy,
    latest_policy,
    parsed,
    policies_by_number,
    policy_version,
    promise_for,
)
from tests.packs import LONG_AGO, pack_for, publish

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Friday evening in New York.
FRIDAY = datetime(2026, 6, 13, 0, 30, tzinfo=UTC)


@pytest.fixture
def both(alpha, beta):
    """Alpha follows Metalogix, beta the MSP."""
    publish(alpha, "metalogix")
    publish(beta, "msp")
    with tenant(alpha.tenant):
        yield alpha, beta


def test_without_a_policy_it_is_said_so(entered):
    with pytest.raises(NoPolicy) as refused:
        current_policy(AT)
    with pytest.raises(NoPolicy):
        latest_policy()

    assert refused.value.code == "no_policy"


def test_each_vendor_has_its_own_policy(both):
    assert (current_policy(AT).number, current_policy(AT).policy.axes) == (1, ("severity",))


def test_twin_has_its_own_policy_too(alpha, beta):
    publish(alpha, "metalogix")
    publish(beta, "msp")

    with tenant(beta.tenant):
        assert current_policy(AT).policy.axes == ("priority",)


def test_policy_is_found_by_id_only_in_its_tenant(both):
    alpha, beta = both
    mine = PolicyVersion.objects.get().pk

    assert policy_version(mine).vendor == "alpha"
    with pytest.raises(NotFound):
        policy_version(mine + 10_000)


def test_policy_of_another_tenant_is_not_found(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        theirs = PolicyVersion.objects.get().pk

    with tenant(beta.tenant), pytest.raises(NotFound):
        policy_version(theirs)


def test_policies_are_mapped_by_number_for_the_clocks(both):
    load_document(text=pack_for("alpha", "msp"), by=None, at=AT)

    policies = policies_by_number([1, 2, 2])

    assert {number: policy.axes for number, policy in policies.items()} == {
        1: ("severity",),
        2: ("priority",),
    }
    opened = {"plan": "standard", "severity": "1", "channel": "phone", "region": "AMER"}
    event = Event(1, "case_opened", int(FRIDAY.timestamp()), opened | {"policy_version": 1})
    (clock,) = [clock for clock in run(policies, [event]) if clock.kind == "first_response"]
    assert datetime.fromtimestamp(clock.due_at, UTC) == datetime(2026, 6, 15, 12, 30, tzinfo=UTC)


def test_number_that_was_never_published_is_not_found(both):
    with pytest.raises(NotFound):
        policies_by_number([1, 2])


def test_version_is_parsed_once_a_process(both, django_assert_num_queries):
    first = current_policy(AT).policy

    with django_assert_num_queries(1):
        again = current_policy(AT).policy

    assert again is first


def test_cache_forgets_the_oldest_rather_than_grow(monkeypatch):
    monkeypatch.setattr(queries, "_parsed", {})
    monkeypatch.setattr(queries, "_MOST_PARSED", 2)
    text = pack_for("alpha", "msp")

    for checksum in ("a", "b", "a", "c"):
        parsed(checksum, text)

    assert list(queries._parsed) == ["b", "c"]


def test_promise_is_that_of_the_example(both):
    """requirements.md, acceptance example 1."""
    policy = current_policy(FRIDAY).policy
    facts = Facts(plan="standard", severity="1", channel="phone", region="AMER")

    settled = promise_for(policy, facts, FRIDAY)

    due_at = datetime.fromtimestamp(settled.promise.due_at, UTC)
    assert due_at == datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
    assert settled.cell.row.source == "MX-16"


def test_promise_for_an_agreed_time_is_that_time(beta):
    publish(beta, "msp")
    with tenant(beta.tenant):
        policy = latest_policy().policy
    facts = Facts(priority="P6", channel="portal")
    sunday = datetime(2026, 6, 14, 14, 0, tzinfo=UTC)

    unset = promise_for(policy, facts, FRIDAY).promise
    agreed = promise_for(policy, facts, FRIDAY, sunday).promise

    assert (unset.state, unset.due_at) == ("awaiting_schedule", None)
    # 10:00 of a Sunday in New York: the next opening is Monday 09:00.
    assert agreed.due_at == int(datetime(2026, 6, 15, 13, 0, tzinfo=UTC).timestamp())


def test_first_version_holds_from_the_beginning(both):
    assert current_policy(LONG_AGO.replace(year=2001)).number == 1
