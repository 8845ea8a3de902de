from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, NotFound
from accounts.models import Person
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla import registry
from sla.actions import load_document
from sla.approval import (
    approve_request,
    ask_to_publish,
    decline_request,
    publish_alone,
    take_back_request,
)
from sla.documents import assemble, read_rows
from sla.engine.document import text_of
from sla.errors import (
    ApprovalNeeded,
    DraftChanged,
    EffectiveInPast,
    NobodyToApprove,
    NothingToPublish,
    OthersRequest,
    OwnRequest,
    PolicyIsFaulty,
    ReasonNeeded,
    RequestIsAnother,
    RequestOutdated,
    RequestSettled,
    RequestTooLate,
    RequestWaits,
)
from sla.models import OpenCases, PolicyVersion, PublishRequest
from sla.publishing import publish_draft
from sla.queries import current_policy, waiting_request, working_copy
from tests.packs import pack_for, publish
from tests.sla.second_manager import ASKED, LATER, NEXT_MONDAY, add_manager, ask, change
from tests.sla.working import numbers, revision, target

HOURS = 3600


@pytest.fixture
def vendors(alpha, beta):
    """Have both twins follow Metalogix, with two managers each."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            add_manager(twin)
    return alpha, beta


@pytest.fixture
def desk(vendors):
    """Be in alpha."""
    alpha, _beta = vendors
    with tenant(alpha.tenant):
        yield alpha


@pytest.fixture
def second(desk):
    return Person.objects.get(email="manager_2@desk.test")


@pytest.fixture
def request_of_first(desk):
    """Have the first manager ask for four hours."""
    change(desk.manager)
    return ask(desk.manager)


def approve(request, by, at=LATER, **changes):
    facts = {"request_id": request.pk, "by": by, "at": at, "checksum": request.checksum}
    return approve_request(**(facts | changes))


def promised_hours(at):
    rows = current_policy(at).policy.targets
    return next(row.target.amount for row in rows if row.source == "MX-20") // HOURS


def told(kind):
    """List who has a notice of a kind, by the name behind the canary."""
    names = OutboxMessage.objects.filter(kind=kind).values_list("recipient__name", flat=True)
    return sorted(name.rpartition("-")[2] for name in names)


def read(kind):
    message = OutboxMessage.objects.filter(kind=kind).first()
    known = registered(kind)
    assert known.may_receive(message.recipient, message.refs) is True
    return known.render(message.recipient, message.refs)


def test_two_managers_cannot_publish_alone(desk):
    change(desk.manager)

    with pytest.raises(ApprovalNeeded) as refused:
        publish_draft(by=desk.manager, at=ASKED, revision=revision())

    assert str(refused.value).startswith("A second manager has to approve it")
    assert numbers() == [1]


def test_one_manager_has_nobody_to_ask(desk, second):
    second.is_active = False
    second.save(update_fields=["is_active"])
    change(desk.manager)

    with pytest.raises(NobodyToApprove):
        ask(desk.manager)

    version = publish_draft(by=desk.manager, at=ASKED, revision=revision())
    assert (version.published_by, version.approved_by) == (desk.manager, None)


def test_what_is_asked_for_promises_nothing_yet(desk, request_of_first):
    assert numbers() == [1]
    assert promised_hours(LATER) == 8
    assert waiting_request() == request_of_first
    assert told("policy_asked") == ["manager_2"]


def test_approved_request_is_published_in_both_names(desk, second, request_of_first):
    version = approve(request_of_first, second)

    assert (version.number, version.published_by, version.approved_by) == (2, desk.manager, second)
    assert (version.published_at, version.effective_at) == (LATER, LATER)
    assert (promised_hours(LATER - timedelta(seconds=1)), promised_hours(LATER)) == (8, 4)
    settled = PublishRequest.objects.get()
    assert (settled.state, settled.decided_by, settled.version) == ("approved", second, version)
    assert told("policy_approved") == ["manager"]
    assert told("policy_published") == ["manager_2"]


def test_request_keeps_its_terms(desk, second):
    change(desk.manager)
    terms = {
        "effective_at": NEXT_MONDAY,
        "open_cases": OpenCases.FROM_OPENING,
        "note": "Faster",
        "customer_note": "We are faster now.",
    }
    version = approve(ask(desk.manager, **terms), second)

    assert {name: getattr(version, name) for name in terms} == terms


def test_later_change_of_the_copy_is_not_what_was_asked_for(desk, second, request_of_first):
    change(second, 2, at=LATER)

    version = approve(request_of_first, second)

    assert promised_hours(LATER) == 4
    assert target("MX-20").amount == 2 * HOURS
    assert version.document == request_of_first.document
    assert version.document != text_of(assemble(read_rows(working_copy())))


def test_nobody_approves_or_declines_the_own_request(desk, request_of_first):
    with pytest.raises(OwnRequest):
        approve(request_of_first, desk.manager)
    with pytest.raises(OwnRequest):
        decline_request(request_id=request_of_first.pk, by=desk.manager, at=LATER, reason="No")

    assert numbers() == [1]


def test_database_refuses_an_approval_by_the_asker_too(desk, request_of_first):
    request_of_first.state = "approved"
    request_of_first.version = PolicyVersion.objects.get()
    request_of_first.decided_by, request_of_first.decided_at = desk.manager, LATER

    with pytest.raises(IntegrityError, match="request_approved_by_another"), transaction.atomic():
        request_of_first.save()


def test_database_lets_one_request_wait(desk, request_of_first):
    request_of_first.pk = None

    with pytest.raises(IntegrityError, match="one_request_waits"), transaction.atomic():
        request_of_first.save(force_insert=True)


def test_only_one_request_waits(desk, second, request_of_first):
    change(second, 2, at=LATER)

    with pytest.raises(RequestWaits) as refused:
        ask(second, at=LATER)

    assert str(refused.value).startswith(f"What {desk.manager.name} asked to publish waits")


def test_one_who_stays_alone_does_not_publish_past_a_request(desk, second, request_of_first):
    desk.manager.is_active = False
    desk.manager.save(update_fields=["is_active"])
    change(second, 2, at=LATER)

    with pytest.raises(RequestWaits):
        publish_draft(by=second, at=LATER, revision=revision())


def test_declined_request_says_why_and_lets_the_next_one_be_asked(desk, second, request_of_first):
    with pytest.raises(ReasonNeeded):
        decline_request(request_id=request_of_first.pk, by=second, at=LATER, reason="  ")
    declined = decline_request(
        request_id=request_of_first.pk, by=second, at=LATER, reason="Nobody is there at six."
    )

    assert (declined.state, declined.reason) == ("declined", "Nobody is there at six.")
    assert told("policy_declined") == ["manager"]
    assert "Nobody is there at six." in read("policy_declined").body
    assert ask(desk.manager, at=LATER).state == "waiting"


def test_request_is_taken_back_by_who_asked(desk, second, request_of_first):
    with pytest.raises(OthersRequest):
        take_back_request(request_id=request_of_first.pk, by=second, at=LATER)
    taken = take_back_request(request_id=request_of_first.pk, by=desk.manager, at=LATER)

    assert (taken.state, waiting_request()) == ("taken_back", None)


def test_request_of_one_who_left_is_taken_back_by_any_manager(desk, second, request_of_first):
    desk.manager.is_active = False
    desk.manager.save(update_fields=["is_active"])

    take_back_request(request_id=request_of_first.pk, by=second, at=LATER)

    assert waiting_request() is None


@pytest.mark.parametrize("act", [approve, lambda request, by: take_back(request, by)])
def test_settled_request_stays_settled(desk, second, request_of_first, act):
    decline_request(request_id=request_of_first.pk, by=second, at=LATER, reason="No")

    with pytest.raises(RequestSettled) as refused:
        act(request_of_first, second)

    assert str(refused.value) == "This is settled already: declined."


def take_back(request, by):
    return take_back_request(request_id=request.pk, by=by, at=LATER)


def test_approver_approves_what_was_looked_at(desk, second, request_of_first):
    with pytest.raises(RequestIsAnother):
        approve(request_of_first, second, checksum="0" * 64)

    assert numbers() == [1]


def test_request_that_was_overtaken_says_by_what(desk, second, request_of_first):
    text = pack_for("alpha", "metalogix").replace("hours = 8, goal = 4", "hours = 6, goal = 4")
    load_document(text=text, by=None, at=LATER, replace_edits=True)

    with pytest.raises(RequestOutdated) as refused:
        approve(request_of_first, second, at=LATER + timedelta(hours=1))

    assert "(Version 2)" in str(refused.value)
    assert "4-8 business hours" in str(refused.value)
    assert "4-6 business hours" in str(refused.value)
    assert numbers() == [1, 2]


def test_request_whose_beginning_has_passed_is_not_approved(desk, second):
    change(desk.manager)
    request = ask(desk.manager, effective_at=NEXT_MONDAY)

    with pytest.raises(RequestTooLate) as refused:
        approve(request, second, at=NEXT_MONDAY + timedelta(seconds=1))

    assert "Mon 9 Mar 2026, 10:00 CET" in str(refused.value)
    assert approve(request, second, at=NEXT_MONDAY).effective_at == NEXT_MONDAY


def test_everything_is_checked_when_it_is_asked_for(desk, request_of_first, second):
    take_back_request(request_id=request_of_first.pk, by=desk.manager, at=LATER)
    seen = revision()

    with pytest.raises(EffectiveInPast):
        ask(desk.manager, at=LATER, effective_at=ASKED)
    with pytest.raises(DraftChanged):
        ask_to_publish(by=desk.manager, at=LATER, revision=seen - 1)

    assert waiting_request() is None


def test_unchanged_copy_is_not_asked_for(desk):
    with pytest.raises(NothingToPublish):
        ask(desk.manager)


def test_objections_of_other_apps_stand_against_asking_and_approving(
    desk, second, request_of_first, monkeypatch
):
    monkeypatch.setattr(registry, "_publish_checks", {})
    registry.register_publish_check("cases", lambda policy, at: ["A case would have no rule."])

    with pytest.raises(PolicyIsFaulty):
        approve(request_of_first, second)
    take_back_request(request_id=request_of_first.pk, by=desk.manager, at=LATER)
    with pytest.raises(PolicyIsFaulty):
        ask(desk.manager)

    assert numbers() == [1]


def test_what_listeners_refuse_is_refused_when_it_is_asked_for(desk, monkeypatch):
    def refuse(version, open_cases, by, at):
        raise PolicyIsFaulty(["MX-7 would have no rule."])

    monkeypatch.setattr(registry, "_publish_listeners", {})
    registry.register_publish_listener("cases", refuse)
    change(desk.manager)

    with pytest.raises(PolicyIsFaulty):
        ask(desk.manager)

    assert (waiting_request(), numbers()) == (None, [1])


def test_asking_leaves_nothing_but_the_request_and_its_notice(desk, request_of_first):
    kinds = set(OutboxMessage.objects.values_list("kind", flat=True))

    assert (numbers(), kinds) == ([1], {"policy_asked"})
    assert working_copy().base_version.number == 1


def test_asker_who_is_left_alone_publishes_what_was_asked_for(desk, second, request_of_first):
    facts = {"request_id": request_of_first.pk, "at": LATER, "checksum": request_of_first.checksum}
    with pytest.raises(ApprovalNeeded):
        publish_alone(by=desk.manager, **facts)
    with pytest.raises(OthersRequest):
        publish_alone(by=second, **facts)
    second.is_active = False
    second.save(update_fields=["is_active"])
    change(desk.manager, 2, at=LATER)

    version = publish_alone(by=desk.manager, **facts)

    assert (version.published_by, version.approved_by) == (desk.manager, None)
    assert promised_hours(LATER) == 4
    assert (waiting_request(), PublishRequest.objects.get().version) == (None, version)


@pytest.mark.parametrize("role", ["agent", "lead", "dispatcher", "account_manager", "contact"])
def test_only_managers_ask_and_decide(desk, request_of_first, role):
    by = desk.person_of(role)
    which = {"request_id": request_of_first.pk, "by": by, "at": LATER}

    with pytest.raises(NotAllowed):
        ask(by)
    with pytest.raises(NotAllowed):
        approve(request_of_first, by)
    with pytest.raises(NotAllowed):
        publish_alone(checksum=request_of_first.checksum, **which)
    with pytest.raises(NotAllowed):
        decline_request(reason="No", **which)
    with pytest.raises(NotAllowed):
        take_back_request(**which)


def test_request_of_another_vendor_is_not_there(vendors):
    alpha, beta = vendors
    with tenant(alpha.tenant):
        change(alpha.manager)
        theirs = ask(alpha.manager)

    with tenant(beta.tenant):
        which = {"request_id": theirs.pk, "by": beta.manager, "at": LATER}
        with pytest.raises(NotFound):
            approve(theirs, beta.manager)
        with pytest.raises(NotFound):
            decline_request(reason="No", **which)
        with pytest.raises(NotFound):
            take_back_request(**which)
        assert (waiting_request(), numbers(), told("policy_asked")) == (None, [1], [])


def test_notice_says_what_changes_and_where_to_decide(desk, request_of_first):
    letter = read("policy_asked")

    asker = desk.manager.name
    assert letter.subject == f"Support policy: {asker} asks to publish: your approval is needed"
    assert "8 business hours, Metalogix portal hours → 4 business hours" in letter.body
    assert f"/admin/sla/policydraft/requests/{request_of_first.pk}/" in letter.body


def test_notice_of_what_is_decided_is_not_sent_any_more(desk, second, request_of_first):
    approve(request_of_first, second)
    known = registered("policy_asked")

    assert known.may_receive(second, {"request": request_of_first.pk}) == "It is decided already."
    assert "approved what you asked to publish: it is Version 2 now" in read("policy_approved").body
    assert f"asked for by {desk.manager.name} and approved by" in read("policy_published").body
