"""Requests of customers in the admin: an inbox, a page each, a decision with words; exceptions."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.balances import balance_at
from entitlements.models import EntitlementRequest, GateOverride, Registration
from entitlements.overrides import grant_override, use_override
from outbox.models import OutboxMessage
from tests.entitlements.points_pages.conftest import NOW, text_of
from tests.factories import CompanyFactory, ContactFactory
from tests.points import override_asked, pack_asked

OFFERED = [
    "no_contract",
    "product_outside_contract",
    "edition_not_open",
    "channel_not_entitled",
    "release_needed",
    "release_unsupported",
    "points_short",
]
GRANT_PACK = {"decision": "grant", "reference": "PO-1", "answer": "Thank you."}
LET_THROUGH = {
    "decision": "grant",
    "codes": ["points_short", "licence_expired"],
    "reason": "Their order is on its way.",
    "days": "7",
}


def ask(selling, make):
    with tenant(selling.tenant):
        return make(selling, at=NOW - timedelta(hours=2))


def reread(selling, asked):
    with tenant(selling.tenant):
        return EntitlementRequest.objects.get(pk=asked.pk)


def test_sc_19_granting_a_pack_records_the_purchase_and_tells_the_asker(
    manager, selling, admin_url
):
    asked = ask(selling, pack_asked)

    manager.post(admin_url("entitlementrequest", "page", asked.pk), GRANT_PACK)

    settled = reread(selling, asked)
    assert (settled.state, settled.answer) == ("granted", "Thank you.")
    with tenant(selling.tenant):
        assert balance_at(selling.company, NOW) == 50
        told = OutboxMessage.objects.filter(kind="entitlement_decided")
        assert [message.recipient_id for message in told] == [selling.contact.pk]


def test_sc_19_exception_needs_a_reason_and_is_for_the_asker_for_so_many_days(
    manager, selling, admin_url
):
    asked = ask(selling, override_asked)
    url = admin_url("entitlementrequest", "page", asked.pk)

    silent = manager.post(url, LET_THROUGH | {"reason": ""})
    manager.post(url, LET_THROUGH)

    assert "Say why: it is kept with the exception." in text_of(silent)
    with tenant(selling.tenant):
        made = GateOverride.objects.get()
    assert (made.codes, made.contact_id) == ("points_short,licence_expired", selling.contact.pk)
    assert (made.reason, made.granted_by_id) == ("Their order is on its way.", selling.manager.pk)
    assert made.good_until == NOW + timedelta(days=7)


def test_page_says_what_the_gate_said_in_words_and_what_the_draft_is_about(
    manager, selling, admin_url
):
    asked = ask(selling, override_asked)

    text = text_of(manager.get(admin_url("entitlementrequest", "page", asked.pk)))

    assert "not enough points: the case would cost nothing" in text
    assert "a licence that has expired" in text
    assert f"{selling.canary}draft" in text
    assert "<dd>Phone</dd>" in text
    assert ">points_short" not in text


@pytest.mark.parametrize(
    ("make", "typed", "said"),
    [
        (pack_asked, GRANT_PACK | {"reference": ""}, "Say the number of the order or invoice."),
        (override_asked, LET_THROUGH | {"days": "0"}, "Say for how many days, from 1 to 366."),
        (pack_asked, {"decision": "decline"}, "Say why not: who asked for it reads this."),
    ],
)
def test_decision_that_cannot_be_is_an_error_from_the_title_on(
    manager, selling, admin_url, make, typed, said
):
    asked = ask(selling, make)

    page = manager.post(admin_url("entitlementrequest", "page", asked.pk), typed)

    text = text_of(page)
    assert page.status_code == 422
    assert text.split("<title>")[1].lstrip().startswith("Error:")
    assert said in text


def test_exception_is_offered_from_what_the_policy_can_refuse(manager, selling, admin_url):
    page = manager.get(admin_url("gateoverride", "new", selling.company.pk))

    offered = [code for code, _name in page.context["form"].fields["codes"].choices]
    # Scalix asks for no licence and limits no number of cases.
    assert offered == OFFERED


def test_declining_needs_words_which_the_asker_reads(manager, selling, admin_url):
    asked = ask(selling, pack_asked)
    url = admin_url("entitlementrequest", "page", asked.pk)

    silent = manager.post(url, {"decision": "decline", "answer": " "})
    manager.post(url, {"decision": "decline", "answer": "Ask Ana first."})

    assert "Say why not: who asked for it reads this." in text_of(silent)
    settled = reread(selling, asked)
    assert (settled.state, settled.answer) == ("declined", "Ask Ana first.")


def test_what_is_decided_is_not_decided_again(manager, selling, admin_url):
    asked = ask(selling, pack_asked)
    url = admin_url("entitlementrequest", "page", asked.pk)
    manager.post(url, GRANT_PACK)

    page = manager.post(url, GRANT_PACK | {"reference": "PO-2"})

    assert not page.context["is_waiting"]
    with tenant(selling.tenant):
        assert balance_at(selling.company, NOW) == 50


def test_decision_that_is_none_is_not_there(manager, selling, admin_url):
    asked = ask(selling, pack_asked)

    page = manager.post(admin_url("entitlementrequest", "page", asked.pk), {"decision": "burn"})

    assert page.status_code == 404


def test_inbox_has_what_waits_first(manager, selling, admin_url):
    first, second = ask(selling, pack_asked), ask(selling, override_asked)
    manager.post(admin_url("entitlementrequest", "page", first.pk), GRANT_PACK)

    page = manager.get(admin_url("entitlementrequest", "changelist"))

    assert [(one.pk, what) for one, what in page.context["rows"]] == [
        (second.pk, f"{selling.canary}draft"),
        (first.pk, "50 points"),
    ]


def register_one(selling):
    Registration.objects.create(
        tenant=selling.tenant,
        name="Nora New",
        email="nora@new.test",
        company_name="New",
        token_digest="0" * 64,
        link_expires_at=NOW + timedelta(days=2),
        asked_at=NOW,
        proven_at=NOW,
        state="waiting",
    )


def test_first_page_of_the_admin_counts_what_waits(manager, selling):
    ask(selling, pack_asked)
    ask(selling, override_asked)
    with tenant(selling.tenant):
        register_one(selling)

    text = text_of(manager.get(reverse("admin:index")))

    assert "2 requests of customers wait for a decision" in text
    assert "1 registration waits for a decision" in text


def test_first_page_is_silent_when_nothing_waits(manager, selling):
    assert "for a decision" not in text_of(manager.get(reverse("admin:index")))


def test_exceptions_are_listed_with_who_why_and_the_case_that_used_it(manager, selling, admin_url):
    with tenant(selling.tenant):
        made = {
            reason: grant_override(
                company=selling.company,
                contact=None,
                codes=["points_short"],
                reason=reason,
                by=selling.manager,
                at=NOW - timedelta(hours=1),
            )
            for reason in ("Used one.", "Open one.")
        }
        use_override(made["Used one."], case_number=77, at=NOW)

    page = manager.get(admin_url("gateoverride", "changelist"))

    assert [one.reason for one, _codes in page.context["rows"]] == ["Open one.", "Used one."]
    text = text_of(page)
    assert f"{selling.canary}manager" in text
    assert reverse("desk:case", args=[77]) in text
    assert "anybody of the company" in text


def test_exception_that_nobody_asked_for_here_is_made_with_a_reason(manager, selling, admin_url):
    url = admin_url("gateoverride", "new", selling.company.pk)
    typed = {"contact": "", "codes": ["points_short"], "reason": "Called us.", "days": "3"}

    silent = manager.post(url, typed | {"codes": []})
    manager.post(url, typed)

    assert "Say what the exception is from." in text_of(silent)
    with tenant(selling.tenant):
        made = GateOverride.objects.get()
    assert (made.contact_id, made.codes, made.reason) == (None, "points_short", "Called us.")


def test_exception_is_made_once_however_often_the_button_is_pressed(manager, selling, admin_url):
    url = admin_url("gateoverride", "new", selling.company.pk)
    once = manager.get(url).context["form"]["once"].value()
    typed = {"codes": ["points_short"], "reason": "Called us.", "days": "3", "once": once}

    for _press in range(2):
        page = manager.post(url, typed, follow=True)

    assert "it was not done a second time" in text_of(page)
    with tenant(selling.tenant):
        assert GateOverride.objects.count() == 1


def test_contact_of_another_company_is_not_offered(manager, selling, admin_url):
    page = manager.get(admin_url("gateoverride", "new", selling.company.pk))

    offered = dict(page.context["form"].fields["contact"].choices)
    assert str(selling.contact.pk) in offered
    assert str(selling.stranger.pk) not in offered


def test_inbox_takes_as_many_statements_for_fifty_as_for_one(manager, selling, admin_url):
    url = admin_url("entitlementrequest", "changelist")
    ask(selling, pack_asked)
    manager.get(url)
    with CaptureQueriesContext(connection) as few:
        manager.get(url)
    with tenant(selling.tenant):
        for _number in range(60):
            contact = ContactFactory(company=CompanyFactory())
            EntitlementRequest.objects.create(
                tenant=selling.tenant,
                company=contact.company,
                asked_by=contact,
                kind="pack",
                pack="pack_50",
                asked_at=NOW,
            )
    with CaptureQueriesContext(connection) as many:
        page = manager.get(url)

    assert len(many) == len(few)
    assert "Page 1 of 2" in text_of(page)


@pytest.mark.parametrize("model", ["entitlementrequest", "gateoverride"])
def test_lists_name_nothing_of_the_other_vendor(manager, selling, beta, admin_url, model):
    asked = ask(beta, pack_asked)

    page = manager.get(admin_url(model, "changelist"))
    foreign = manager.get(admin_url("entitlementrequest", "page", asked.pk))

    assert beta.canary not in text_of(page)
    assert foreign.status_code == 404


def test_account_manager_decides_what_is_to_be_bought_at_the_desk(browse, selling):
    asked = ask(selling, pack_asked)
    client = browse(selling.tenant, selling.account_manager)
    url = reverse("desk:points_request", args=[asked.pk])

    silent = client.post(url, {"decision": "grant", "reference": ""})
    client.post(url, GRANT_PACK)

    assert silent.status_code == 422
    assert reread(selling, asked).state == "granted"
    with tenant(selling.tenant):
        assert balance_at(selling.company, NOW) == 50


def test_account_manager_reads_about_exceptions_and_has_no_say(browse, selling):
    asked = ask(selling, override_asked)
    client = browse(selling.tenant, selling.account_manager)
    url = reverse("desk:points_request", args=[asked.pk])

    page = client.get(url)
    answers = [client.post(url, LET_THROUGH), client.post(url, {"decision": "decline"})]

    text = text_of(page)
    assert "A manager decides about exceptions, and has been told." in text
    assert "a licence that has expired" in text
    assert 'name="decision"' not in text
    assert [answer.status_code for answer in answers] == [403, 403]
    assert reread(selling, asked).state == "waiting"


@pytest.mark.parametrize("make", [pack_asked, override_asked])
@pytest.mark.parametrize("who", ["agent", "lead", "dispatcher"])
def test_who_may_not_sell_has_no_page_of_requests(browse, selling, make, who):
    asked = ask(selling, make)
    client = browse(selling.tenant, getattr(selling, who))
    url = reverse("desk:points_request", args=[asked.pk])

    assert [client.get(url).status_code, client.post(url, GRANT_PACK).status_code] == [404, 404]
    assert reread(selling, asked).state == "waiting"


def test_two_forms_of_a_decision_have_no_field_in_common(browse, manager, selling, admin_url):
    asked = ask(selling, pack_asked)
    seller = browse(selling.tenant, selling.account_manager)

    for page in (
        manager.get(admin_url("entitlementrequest", "page", asked.pk)),
        seller.get(reverse("desk:points_request", args=[asked.pk])),
    ):
        ids = re.findall(r' id="([^"]+)"', text_of(page))
        labelled = re.findall(r'<label[^>]* for="([^"]+)"', text_of(page))
        assert len(ids) == len(set(ids))
        assert {"grant_answer", "decline_answer"} <= set(labelled) & set(ids)
