"""Asking for points or an exception, and deciding about it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import Invalid, NotAllowed
from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.models import EntitlementRequest, GateOverride, PointsLot
from entitlements.overrides import (
    CannotBeOverridden,
    OverrideIsUsed,
    OverrideNeedsReason,
    grant_override,
    use_override,
)
from entitlements.requests import (
    RequestIsDecided,
    RequestWaits,
    ask_for_entitlement,
    decline_request,
    grant_request,
    waiting_requests,
)
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.packs import publish

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def scalix(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "scalix")
    with tenant(alpha.tenant):
        yield alpha


def ask_for_pack(twin, **facts):
    wanted = {"kind": "pack", "pack": "pack_50", "by": twin.contact, "at": AT} | facts
    return ask_for_entitlement(**wanted)


def ask_to_be_let_through(twin, **facts):
    wanted = {
        "kind": "override",
        "codes": ["points_short"],
        "subject": "Import hangs",
        "channel": "phone",
        "by": twin.contact,
        "at": AT,
    }
    return ask_for_entitlement(**(wanted | facts))


def told(kind):
    messages = OutboxMessage.objects.filter(kind=kind).order_by("recipient_id")
    return [message.recipient_id for message in messages]


def letter(kind, person):
    message = OutboxMessage.objects.get(kind=kind, recipient=person)
    known = registered(kind)
    assert known.may_receive(person, message.refs) is True
    return known.render(person, message.refs)


def test_sc_19_who_was_named_and_the_managers_hear_of_it(scalix):
    request = ask_for_pack(scalix, asked_of=scalix.account_manager, words="Before Friday.")

    assert (request.state, request.company) == ("waiting", scalix.company)
    assert told("entitlement_asked") == sorted([scalix.account_manager.pk, scalix.manager.pk])


def test_companys_admin_can_be_asked(scalix):
    ask_for_pack(scalix, asked_of=scalix.company_admin, words="Before Friday.")

    mail = letter("entitlement_asked", scalix.company_admin)
    assert "asks for points: 50 points" in mail.body
    assert "Before Friday." in mail.body
    assert "/points/" in mail.body


def test_who_sells_points_cannot_be_asked_for_an_exception(scalix):
    with pytest.raises(Invalid):
        ask_to_be_let_through(scalix, asked_of=scalix.account_manager)

    assert ask_to_be_let_through(scalix, asked_of=scalix.manager).asked_of == scalix.manager


@pytest.mark.parametrize("asked_of", ["stranger", "colleague", "agent"])
def test_nobody_else_can_be_named(scalix, asked_of):
    with pytest.raises(Invalid):
        ask_for_pack(scalix, asked_of=getattr(scalix, asked_of))


def test_the_same_asked_twice_is_one_request(scalix):
    first = ask_for_pack(scalix)

    assert ask_for_pack(scalix, at=AT + timedelta(minutes=1)) == first
    assert EntitlementRequest.objects.count() == 1


def test_something_else_waits_for_the_first_answer(scalix):
    ask_for_pack(scalix)

    with pytest.raises(RequestWaits):
        ask_for_pack(scalix, pack="pack_110")

    ask_to_be_let_through(scalix)
    ask_for_pack(scalix, by=scalix.colleague)
    assert waiting_requests().count() == 3


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"pack": "pack_1000"}, Invalid),
        ({"words": "x" * 2001}, Invalid),
        ({"by": "agent"}, NotAllowed),
    ],
)
def test_pack_that_cannot_be_asked_for(scalix, facts, error):
    by = getattr(scalix, facts.get("by", "contact"))

    with pytest.raises(error):
        ask_for_pack(scalix, **(facts | {"by": by}))


@pytest.mark.parametrize("codes", [[], ["unknown_level"], ["points_short", "phone_required"]])
def test_exception_is_of_what_can_be_let_through(scalix, codes):
    with pytest.raises(Invalid):
        ask_to_be_let_through(scalix, codes=codes)


def test_sc_19_granted_pack_is_sold_and_the_asker_hears(scalix):
    request = ask_for_pack(scalix)

    grant_request(
        request_id=request.pk, by=scalix.manager, at=AT, reference="INV-7", answer="Paid, thanks."
    )

    assert balance_at(scalix.company, AT) == 50
    lot = PointsLot.objects.get()
    assert (lot.source, lot.pack, lot.reference) == ("purchase", "pack_50", "INV-7")
    mail = letter("entitlement_decided", scalix.contact)
    assert "Your company has the points that you asked for: 50 points." in mail.body
    assert "Paid, thanks." in mail.body


def test_sc_19_granted_exception_is_of_the_asker_with_its_reason(scalix):
    request = ask_to_be_let_through(scalix)

    grant_request(request_id=request.pk, by=scalix.manager, at=AT, reason="Pack is paid.", days=3)

    override = GateOverride.objects.get()
    assert (override.contact, override.codes, override.reason, override.request) == (
        scalix.contact,
        "points_short",
        "Pack is paid.",
        request,
    )
    assert override.good_until == AT + timedelta(days=3)
    mail = letter("entitlement_decided", scalix.contact)
    assert "you may open one case until Thu 5 Mar 2026, 10:00 CET" in mail.body
    assert "/file/" in mail.body


def test_declined_request_says_why(scalix):
    request = ask_to_be_let_through(scalix)

    with pytest.raises(Invalid):
        decline_request(request_id=request.pk, by=scalix.manager, at=AT, answer=" ")
    decline_request(request_id=request.pk, by=scalix.manager, at=AT, answer="Not this time.")

    request.refresh_from_db()
    assert (request.state, request.decided_by, request.decided_at) == (
        "declined",
        scalix.manager,
        AT,
    )
    mail = letter("entitlement_decided", scalix.contact)
    assert "was not granted" in mail.body
    assert "Not this time." in mail.body
    assert not GateOverride.objects.exists()


def test_request_is_decided_once(scalix):
    request = ask_for_pack(scalix)
    grant_request(request_id=request.pk, by=scalix.manager, at=AT, reference="INV-7")

    with pytest.raises(RequestIsDecided):
        grant_request(request_id=request.pk, by=scalix.manager, at=AT, reference="INV-8")
    with pytest.raises(RequestIsDecided):
        decline_request(request_id=request.pk, by=scalix.manager, at=AT, answer="No.")

    assert balance_at(scalix.company, AT) == 50


@pytest.mark.parametrize(
    ("who", "may_sell", "may_let_through"),
    [
        ("manager", True, True),
        ("account_manager", True, False),
        ("lead", False, False),
        ("agent", False, False),
        ("dispatcher", False, False),
        ("company_admin", False, False),
        ("contact", False, False),
    ],
)
def test_who_may_decide(scalix, who, may_sell, may_let_through):
    by = getattr(scalix, who)
    decisions = (
        (ask_for_pack(scalix), {"reference": "INV-7"}, may_sell),
        (ask_to_be_let_through(scalix), {"reason": "So be it."}, may_let_through),
    )

    for request, facts, may in decisions:
        if may:
            grant_request(request_id=request.pk, by=by, at=AT, **facts)
        else:
            with pytest.raises(NotAllowed):
                grant_request(request_id=request.pk, by=by, at=AT, **facts)


def test_dd_33_who_sells_points_does_not_decline_an_exception(scalix):
    seller = scalix.account_manager
    pack, exception = ask_for_pack(scalix), ask_to_be_let_through(scalix)

    with pytest.raises(NotAllowed):
        decline_request(request_id=exception.pk, by=seller, at=AT, answer="No.")
    decline_request(request_id=pack.pk, by=seller, at=AT, answer="No.")

    assert list(waiting_requests()) == [exception]


@pytest.mark.parametrize("who", ["agent", "lead", "account_manager", "dispatcher", "contact"])
def test_dd_33_only_a_manager_makes_an_exception(scalix, who):
    facts = {"company": scalix.company, "contact": None, "codes": ["points_short"], "at": AT}

    with pytest.raises(NotAllowed):
        grant_override(reason="So be it.", by=getattr(scalix, who), **facts)
    assert grant_override(reason="So be it.", by=scalix.manager, **facts).used_at is None


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"reason": "  "}, OverrideNeedsReason),
        ({"codes": ["no_such_code"]}, CannotBeOverridden),
        ({"codes": []}, Invalid),
        ({"days": 0}, Invalid),
        ({"days": 367}, Invalid),
        ({"contact": "stranger"}, Invalid),
    ],
)
def test_dd_33_exception_is_recorded_with_all_that_it_needs(scalix, facts, error):
    whole = {"contact": None, "codes": ["points_short"], "reason": "So be it."} | facts
    if whole["contact"]:
        whole["contact"] = getattr(scalix, whole["contact"])

    with pytest.raises(error):
        grant_override(company=scalix.company, by=scalix.manager, at=AT, **whole)


def test_exception_is_used_once(scalix):
    override = grant_override(
        company=scalix.company,
        contact=None,
        codes=["points_short"],
        reason="So be it.",
        by=scalix.manager,
        at=AT,
    )
    use_override(override, case_number=1, at=AT)

    with pytest.raises(OverrideIsUsed):
        use_override(override, case_number=2, at=AT)

    override.refresh_from_db()
    assert override.case_number == 1
