from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla import registry
from sla.actions import load_document, undo_edits
from sla.engine.document import parse_document
from sla.errors import (
    DraftHasEdits,
    NothingLeftInEffect,
    PolicyIsFaulty,
    ReasonNeeded,
    WithdrawnAlready,
)
from sla.models import PolicyVersion, PolicyWithdrawal
from sla.publish_pages import effective_text
from sla.publishing import publish_draft
from sla.queries import (
    access_version,
    current_policy,
    latest_policy,
    policies_by_number,
    policy_before,
    published_versions,
    working_copy,
)
from sla.withdrawal import withdraw_version
from tests.packs import pack_for, publish
from tests.sla.second_manager import ASKED, LATER, NEXT_MONDAY, change
from tests.sla.working import numbers, revision, target

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(alpha, beta):
    """Be in alpha, which follows Metalogix, as its twin does."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        yield alpha


def publish_hours(desk, hours, at=ASKED, **terms):
    change(desk.manager, hours, at)
    return publish_draft(by=desk.manager, at=at, revision=revision(), **terms)


def withdraw(desk, number, at=LATER, reason="It was a mistake."):
    return withdraw_version(number=number, by=desk.manager, at=at, reason=reason)


def object_to_eight_hours(policy, at):
    if any(row.source == "MX-20" and row.target.amount == 8 * 3600 for row in policy.targets):
        yield "Eight hours are too long."


def in_effect(*moments):
    return [current_policy(at).number for at in moments]


def test_withdrawn_version_counts_up_to_that_moment(desk):
    publish_hours(desk, 4)

    withdrawal = withdraw(desk, 2)

    assert in_effect(ASKED - SECOND, ASKED, LATER - SECOND, LATER) == [1, 2, 2, 1]
    assert (withdrawal.withdrawn_by, withdrawal.reason) == (desk.manager, "It was a mistake.")


def test_withdrawn_version_stays_readable(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    assert sorted(policies_by_number([1, 2])) == [1, 2]
    assert access_version(2).withdrawn_at == LATER


def test_version_that_has_not_begun_never_does(desk):
    publish_hours(desk, 4, effective_at=NEXT_MONDAY)

    withdraw(desk, 2)

    assert in_effect(LATER, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=30)) == [1, 1, 1]
    said = effective_text(access_version(2))
    assert said == "never in effect: withdrawn on Mon 2 Mar 2026, 12:00 CET"


def test_version_that_was_in_effect_says_until_when(desk):
    publish_hours(desk, 4)

    withdraw(desk, 2)

    said = effective_text(access_version(2))
    assert said == "Mon 2 Mar 2026, 10:00 CET, withdrawn on Mon 2 Mar 2026, 12:00 CET"


def test_what_it_replaced_before_it_began_begins_after_all(desk):
    publish_hours(desk, 4, effective_at=NEXT_MONDAY)
    publish_hours(desk, 2)
    assert access_version(2).replaced_by == 3

    withdraw(desk, 3)

    assert access_version(2).replaced_by is None
    assert in_effect(LATER - SECOND, LATER, NEXT_MONDAY) == [3, 1, 2]


def test_version_that_begins_after_all_says_since_when(desk):
    publish_hours(desk, 4, effective_at=LATER)
    publish_hours(desk, 2)
    withdraw(desk, 3, at=NEXT_MONDAY)

    began = access_version(2)

    assert (began.begun_at, in_effect(NEXT_MONDAY - SECOND, NEXT_MONDAY)) == (NEXT_MONDAY, [3, 2])
    assert effective_text(began) == "Mon 9 Mar 2026, 10:00 CET"


def test_version_that_had_no_place_is_not_in_effect_by_its_withdrawal(desk):
    publish_hours(desk, 4, effective_at=LATER)
    publish_hours(desk, 2)
    withdraw(desk, 2, at=NEXT_MONDAY)

    said = effective_text(access_version(2))

    assert said == "never in effect: withdrawn on Mon 9 Mar 2026, 10:00 CET"
    assert access_version(2).begun_at is None


# Each version: the hour at which it is published, in how many hours it begins, and the hour of
# its withdrawal.
STORIES = [
    [(1, 0, None), (2, 5, None), (3, 0, None)],
    [(1, 9, None), (2, 0, 6), (3, 0, 11)],
    [(1, 9, None), (2, 0, 12), (3, 0, 11)],
    [(1, 9, 12), (2, 0, 14), (3, 0, 11)],
    [(1, 4, 5), (2, 0, None), (3, 4, 6)],
    [(1, 4, 8), (2, 8, 10), (3, 0, 9)],
]


@pytest.mark.parametrize("story", STORIES)
def test_first_moment_is_that_from_which_it_counts(desk, story):
    hour = timedelta(hours=1)
    for number, (published, ahead, _withdrawn) in enumerate(story, start=2):
        at = ASKED + published * hour
        publish_hours(desk, number, at=at, effective_at=at + ahead * hour)
    ends = {number: end for number, (_at, _in, end) in enumerate(story, start=2) if end}
    for number, end in sorted(ends.items(), key=lambda one: one[1]):
        withdraw(desk, number, at=ASKED + end * hour)

    hours = [ASKED + number * hour for number in range(24)]
    counted = {}
    for moment in hours:
        counted.setdefault(current_policy(moment).number, moment)
    begun = {
        version.number: version.begun_at
        for version in published_versions()
        if version.begun_at is not None
    }
    assert begun == counted | {1: begun[1]}


def test_numbers_count_on_and_comparisons_pass_it_over(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)
    assert latest_policy().number == 1

    version = publish_hours(desk, 2, at=LATER)

    assert version.number == 3
    assert policy_before(version).number == 1


def test_version_it_ended_before_is_still_what_the_next_one_replaced(desk):
    publish_hours(desk, 4)
    third = publish_hours(desk, 2, at=LATER)

    withdraw(desk, 2, at=LATER + SECOND)

    assert policy_before(third).number == 2
    assert in_effect(LATER + SECOND) == [3]


def test_copy_stays_and_is_undone_to_what_counts(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)
    assert target("MX-20").amount == 4 * 3600

    undo_edits(by=desk.manager, at=LATER, revision=revision())

    assert target("MX-20").amount == 8 * 3600


def test_withdrawn_text_can_be_published_again(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    again = publish_draft(by=desk.manager, at=LATER, revision=revision())

    assert (again.number, in_effect(LATER)) == (3, [3])


def test_file_that_says_what_counts_publishes_nothing(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    loaded = load_document(text=pack_for("alpha", "metalogix"), by=None, at=LATER)

    assert (loaded.number, loaded.is_new) == (1, False)


def test_file_may_replace_what_was_undone(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)
    undo_edits(by=desk.manager, at=LATER, revision=revision())
    text = pack_for("alpha", "metalogix").replace("MX-20", "MX-20a")

    loaded = load_document(text=text, by=None, at=LATER)

    assert (loaded.number, loaded.is_new) == (3, True)


def test_file_does_not_replace_what_was_withdrawn_and_is_still_in_the_copy(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)
    text = pack_for("alpha", "metalogix").replace("MX-20", "MX-20a")

    with pytest.raises(DraftHasEdits):
        load_document(text=text, by=None, at=LATER)

    assert target("MX-20").amount == 4 * 3600


def test_base_of_the_copy_is_what_it_was_undone_to(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    undo_edits(by=desk.manager, at=LATER, revision=revision())

    assert working_copy().base_version.number == 1


def test_last_version_in_effect_is_not_withdrawn(desk):
    with pytest.raises(NothingLeftInEffect) as refused:
        withdraw(desk, 1)
    publish_hours(desk, 4, effective_at=NEXT_MONDAY)
    with pytest.raises(NothingLeftInEffect):
        withdraw(desk, 1)

    assert str(refused.value).startswith("Without version 1 nothing would be promised at all")
    assert not PolicyWithdrawal.objects.exists()


def test_replaced_version_is_withdrawn_and_then_the_other_stays(desk):
    publish_hours(desk, 4)
    withdraw(desk, 1)

    with pytest.raises(NothingLeftInEffect):
        withdraw(desk, 2)

    assert in_effect(ASKED - SECOND, LATER) == [1, 2]


def test_version_is_withdrawn_once(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    with pytest.raises(WithdrawnAlready):
        withdraw(desk, 2, at=LATER + SECOND)


def test_reason_is_needed(desk):
    publish_hours(desk, 4)

    with pytest.raises(ReasonNeeded):
        withdraw(desk, 2, reason=" ")

    assert in_effect(LATER) == [2]


def test_what_others_object_to_does_not_come_back(desk, monkeypatch):
    publish_hours(desk, 4)
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check(
        "hours", lambda policy, at: [f"{row.source}" for row in policy.targets[:1]]
    )

    with pytest.raises(PolicyIsFaulty):
        withdraw(desk, 2)

    assert in_effect(LATER) == [2]


@pytest.mark.parametrize("begins", [None, ASKED + timedelta(hours=4)])
def test_they_object_to_what_counts_until_a_later_version_begins(desk, monkeypatch, begins):
    publish_hours(desk, 4, effective_at=begins)
    publish_hours(desk, 2, effective_at=NEXT_MONDAY)
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("hours", object_to_eight_hours)

    with pytest.raises(PolicyIsFaulty) as refused:
        withdraw(desk, 2)

    assert str(refused.value) == "Eight hours are too long."
    assert in_effect(ASKED + timedelta(hours=4)) == [2]


def test_they_object_to_what_begins_after_all(desk, monkeypatch):
    publish_hours(desk, 4)
    publish_hours(desk, 8, effective_at=NEXT_MONDAY)
    publish_hours(desk, 2)
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("hours", object_to_eight_hours)

    with pytest.raises(PolicyIsFaulty):
        withdraw(desk, 4)

    assert in_effect(LATER, NEXT_MONDAY) == [4, 4]


def test_nobody_objects_where_nothing_changes(desk, monkeypatch):
    publish_hours(desk, 4)
    publish_hours(desk, 2)
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("hours", lambda policy, at: ["Never."])

    withdraw(desk, 2)

    assert in_effect(LATER) == [3]


def test_version_that_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound):
        withdraw(desk, 7)


@pytest.mark.parametrize("role", ["agent", "lead", "dispatcher", "account_manager", "contact"])
def test_only_managers_withdraw(desk, role):
    publish_hours(desk, 4)

    with pytest.raises(NotAllowed):
        withdraw_version(number=2, by=desk.person_of(role), at=LATER, reason="No")


def test_withdrawal_is_never_changed_or_taken_away(desk):
    publish_hours(desk, 4)
    withdrawal = withdraw(desk, 2)

    for spoil in (withdrawal.delete, withdrawal.save):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            spoil()


def test_all_managers_are_told_why(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    (message,) = OutboxMessage.objects.filter(kind="policy_withdrawn")
    letter = registered("policy_withdrawn").render(message.recipient, message.refs)
    assert message.recipient == desk.manager
    assert letter.subject == "Support policy: withdrawn"
    assert f"{desk.manager.name} withdrew Version 2" in letter.body
    assert "It was a mistake." in letter.body


def test_twin_keeps_its_version(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            publish_hours(twin, 4)
    with tenant(alpha.tenant):
        withdraw(alpha, 2)

    with tenant(beta.tenant):
        assert in_effect(LATER) == [2]
        assert [version.withdrawn_at for version in published_versions()] == [None, None]
        assert numbers() == [1, 2]


def test_base_of_the_copy_is_the_version_it_came_from(desk):
    publish_hours(desk, 4)
    withdraw(desk, 2)

    base = working_copy().base_version

    assert base == PolicyVersion.objects.get(number=2)
    assert parse_document(base.document).vendor == "alpha"
