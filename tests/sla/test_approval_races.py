"""Two who decide at once. Real connections."""

import pytest
from django.db import IntegrityError

from accounts.tenancy import tenant
from sla import withdrawal
from sla.approval import approve_request, decline_request, take_back_request
from sla.errors import RequestSettled, WithdrawnAlready
from sla.models import PolicyDraft, PolicyWithdrawal, PublishRequest
from sla.publishing import publish_draft
from sla.withdrawal import withdraw_version
from tests.packs import publish
from tests.sla.second_manager import ASKED, LATER, add_manager, ask, change
from tests.sla.test_publishing_races import outcomes_at_once
from tests.sla.working import numbers, revision

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def managers(alpha):
    """Have two managers beside the one who asks."""
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        return [add_manager(alpha, name) for name in ("manager_2", "manager_3")]


@pytest.fixture
def waiting(alpha, managers):
    with tenant(alpha.tenant):
        change(alpha.manager)
        return ask(alpha.manager)


def approving(alpha, waiting, by):
    def job():
        with tenant(alpha.tenant):
            facts = {"request_id": waiting.pk, "checksum": waiting.checksum}
            return approve_request(by=by, at=LATER, **facts).number

    return job


def taking_back(alpha, waiting):
    def job():
        with tenant(alpha.tenant):
            return take_back_request(request_id=waiting.pk, by=alpha.manager, at=LATER).state

    return job


def declining(alpha, waiting, by):
    def job():
        with tenant(alpha.tenant):
            facts = {"request_id": waiting.pk, "reason": "No"}
            return decline_request(by=by, at=LATER, **facts).state

    return job


def withdrawing(alpha):
    def job():
        with tenant(alpha.tenant):
            facts = {"number": 2, "reason": "A mistake."}
            return withdraw_version(by=alpha.manager, at=LATER, **facts).reason

    return job


def state_of(alpha, waiting):
    with tenant(alpha.tenant):
        return PublishRequest.objects.get(pk=waiting.pk).state, numbers()


def test_of_two_who_approve_at_once_one_publishes_and_the_other_is_told(alpha, managers, waiting):
    jobs = [approving(alpha, waiting, by) for by in managers]

    outcomes = outcomes_at_once(*jobs)

    assert sorted(outcomes, key=str) == [2, RequestSettled]
    assert state_of(alpha, waiting) == ("approved", [1, 2])


def test_approved_and_taken_back_at_once_is_one_of_them(alpha, managers, waiting):
    jobs = [approving(alpha, waiting, managers[0]), taking_back(alpha, waiting)]

    outcomes = outcomes_at_once(*jobs)

    settled = {2: ("approved", [1, 2]), "taken_back": ("taken_back", [1])}
    (won,) = [outcome for outcome in outcomes if outcome is not RequestSettled]
    assert len(outcomes) == 2
    assert state_of(alpha, waiting) == settled[won]


def test_approved_and_declined_at_once_is_one_of_them(alpha, managers, waiting):
    jobs = [approving(alpha, waiting, managers[0]), declining(alpha, waiting, managers[1])]

    outcomes = outcomes_at_once(*jobs)

    settled = {2: ("approved", [1, 2]), "declined": ("declined", [1])}
    (won,) = [outcome for outcome in outcomes if outcome is not RequestSettled]
    assert state_of(alpha, waiting) == settled[won]


def test_version_withdrawn_by_two_at_once_is_withdrawn_once(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        change(alpha.manager)
        publish_draft(by=alpha.manager, at=ASKED, revision=revision())

    outcomes = outcomes_at_once(*[withdrawing(alpha)] * 2)

    assert sorted(outcomes, key=str) == [WithdrawnAlready, "A mistake."]
    with tenant(alpha.tenant):
        assert PolicyWithdrawal.objects.count() == 1


def test_two_who_ask_at_once_are_one_that_waits(alpha, managers):
    with tenant(alpha.tenant):
        change(alpha.manager)

    def asking(by):
        def job():
            with tenant(alpha.tenant):
                return ask(by).state

        return job

    outcomes = outcomes_at_once(*[asking(by) for by in managers])

    assert sorted(map(str, outcomes))[-1] == "waiting"
    with tenant(alpha.tenant):
        assert PublishRequest.objects.count() == 1


def test_without_the_lock_the_database_still_withdraws_once(alpha, monkeypatch):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        change(alpha.manager)
        publish_draft(by=alpha.manager, at=ASKED, revision=revision())
    monkeypatch.setattr(withdrawal, "lock_draft", lambda: PolicyDraft.objects.get())
    monkeypatch.setattr(withdrawal, "check_withdrawable", lambda version, at: None)

    outcomes = outcomes_at_once(*[withdrawing(alpha)] * 2)

    assert sorted(map(str, outcomes)) == sorted(map(str, ["A mistake.", IntegrityError]))
