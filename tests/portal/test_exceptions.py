"""Exceptions and the drafts that they are for: what is in the way, and what they leave there."""

import pytest

from accounts.tenancy import tenant
from entitlements.models import EntitlementRequest, GateOverride
from entitlements.overrides import grant_override
from entitlements.requests import ask_for_entitlement, grant_request
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.portal.pages import fill_in, words
from tests.portal.scalix import FRIDAY, open_scalix

DOES_NOT_COVER = "it does not cover all that is refused here"


@pytest.fixture
def desk(db, browse, set_desk_time, monkeypatch):
    """Give the desk of a customer without points whose draft is written."""
    made = open_scalix(browse, set_desk_time, monkeypatch, points=0)
    fill_in(made.client, "scalix")
    return made


@pytest.fixture
def manager(desk, browse):
    return browse(desk.world.tenant, desk.manager)


def ask(desk, kind="override", **facts):
    wanted = {"codes": ["points_short"]} if kind == "override" else {"pack": "pack_50"}
    with tenant(desk.world.tenant):
        return ask_for_entitlement(kind=kind, by=desk.world.contact, at=FRIDAY, **wanted | facts)


def let_through(desk, *codes):
    with tenant(desk.world.tenant):
        grant_override(
            company=desk.world.company,
            contact=desk.world.contact,
            codes=codes,
            reason="They pay tomorrow.",
            by=desk.manager,
            at=FRIDAY,
        )


def page_of(asked):
    return f"/admin/entitlements/entitlementrequest/{asked.pk}/"


def new_page(desk):
    return f"/admin/entitlements/gateoverride/{desk.world.company.pk}/new/"


@pytest.mark.parametrize("kind", ["pack", "override"])
def test_mail_of_the_decision_leads_back_to_the_draft(desk, kind):
    asked = ask(desk, kind)
    with tenant(desk.world.tenant):
        facts = {"reference": "PO-1"} if kind == "pack" else {"reason": "They pay tomorrow."}
        grant_request(request_id=asked.pk, by=desk.manager, at=FRIDAY, **facts)
        message = OutboxMessage.objects.get(kind="entitlement_decided")

        mail = registered(message.kind).render(desk.world.contact, message.refs)

    assert "/file/" in mail.body
    assert "/points/" not in mail.body


def test_manager_reads_what_blocks_the_draft_now_and_finds_it_chosen(desk, manager):
    asked = ask(desk, codes=["licence_expired"])

    page = manager.get(page_of(asked))

    assert "In the way of the draft now" in words(page)
    assert page.context["granting"].initial["codes"] == ["licence_expired", "points_short"]


def test_manager_hears_what_an_exception_leaves_in_the_way(desk, manager):
    asked = ask(desk, codes=["licence_expired"])
    answers = {"decision": "grant", "codes": ["licence_expired"], "reason": "New.", "days": "7"}

    page = manager.post(page_of(asked), answers, follow=True)

    assert "The draft is still blocked:" in words(page)
    with tenant(desk.world.tenant):
        assert GateOverride.objects.get().codes == "licence_expired"


def test_manager_hears_nothing_where_it_does(desk, manager):
    asked = ask(desk)
    answers = {"decision": "grant", "codes": ["points_short"], "reason": "Paid.", "days": "7"}

    page = manager.post(page_of(asked), answers, follow=True)

    assert "The draft is still blocked:" not in words(page)
    with tenant(desk.world.tenant):
        assert EntitlementRequest.objects.get().state == "granted"


def test_exception_that_would_not_do_is_held_back_once(desk, manager):
    answers = {
        "contact": desk.world.contact.pk,
        "codes": ["release_unsupported"],
        "reason": "On the phone.",
        "days": "7",
    }

    held = manager.post(new_page(desk), answers)
    with tenant(desk.world.tenant):
        made_at_once = GateOverride.objects.count()
    manager.post(new_page(desk), answers | {"all_the_same": "on"})

    assert "It would not let the draft of" in words(held)
    assert held.context["form"]["codes"].value() == ["release_unsupported", "points_short"]
    assert made_at_once == 0
    with tenant(desk.world.tenant):
        assert GateOverride.objects.get().codes == "release_unsupported"


def test_customer_reads_that_the_exception_does_not_fit(desk):
    before = words(desk.client.get("/file/check/"))
    let_through(desk, "licence_expired")

    page = words(desk.client.get("/file/check/"))

    assert DOES_NOT_COVER not in before
    assert DOES_NOT_COVER in page
    assert "a licence that has expired" in page
    assert "this case is let through" not in page


def test_customer_whose_exception_fits_reads_nothing_of_it(desk):
    let_through(desk, "points_short")

    page = words(desk.client.get("/file/check/"))

    assert DOES_NOT_COVER not in page
    assert "this case is let through" in page
