"""A vendor's points in the admin: who has how many, and what a manager may do about it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from desk.admin_site import site
from entitlements.actions import sign_contract
from entitlements.balances import balance_at, trial_balance
from entitlements.models import (
    Correction,
    MoneyRefund,
    PointsAccount,
    PointsEntry,
    PointsLine,
    PointsLot,
)
from outbox.models import OutboxMessage
from tests.entitlements.points_pages.conftest import NOW, text_of
from tests.factories import CompanyFactory
from tests.points import correction_asked, give_points, refund_asked, spend

SOLD = {"pack": "pack_110", "reference": "PO-4711", "bought_on": "2030-03-01"}


def balance(twin):
    with tenant(twin.tenant):
        return balance_at(twin.company, NOW)


def told(twin, kind):
    """List who is told of something, by the names that the twins share."""
    with tenant(twin.tenant):
        messages = OutboxMessage.objects.filter(kind=kind).order_by("pk")
        names = messages.values_list("recipient__name", flat=True)
        return [name.removeprefix(twin.canary) for name in names]


def test_sp_07_purchase_is_recorded_with_its_reference_and_day(manager, selling, admin_url):
    page = manager.post(admin_url("pointsaccount", "sell", selling.company.pk), SOLD)

    assert page.status_code == 302
    with tenant(selling.tenant):
        lot = PointsLot.objects.get()
    assert (lot.points, lot.remaining, lot.pack, lot.reference) == (110, 110, "pack_110", "PO-4711")
    # The end of 1 March 2031 in Berlin.
    assert lot.expires_at == datetime(2031, 3, 1, 23, 0, tzinfo=UTC)
    assert told(selling, "points_added") == ["company_admin"]


def test_purchase_with_a_reference_is_recorded_once(manager, selling, admin_url):
    url = admin_url("pointsaccount", "sell", selling.company.pk)
    manager.post(url, SOLD)

    page = manager.post(url, SOLD)

    assert "“PO-4711” is recorded already" in text_of(page)
    assert balance(selling) == 110


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"bought_on": "2030-03-05"}, "This day is still to come."),
        ({"bought_on": "2029-03-03"}, "would be over already"),
        ({"bought_on": "0001-01-01"}, "would be over already"),
        ({"reference": "  "}, "Say the number of the order or invoice."),
        ({"pack": "pack_9000"}, "Select a valid choice."),
    ],
)
def test_purchase_that_cannot_be_is_refused_at_its_field(manager, selling, admin_url, typed, said):
    page = manager.post(admin_url("pointsaccount", "sell", selling.company.pk), SOLD | typed)

    assert said in text_of(page)
    assert balance(selling) == 0


def test_company_page_shows_who_did_it_and_sums_that_are_zero(manager, selling, admin_url):
    with tenant(selling.tenant):
        give_points(selling.company, 50, at=NOW, by=selling.manager, reference="PO-1")
        spend(selling.company, 10, 7, at=NOW)

    page = manager.get(admin_url("pointsaccount", "company", selling.company.pk))

    text = text_of(page)
    assert page.context["trial"]["total"] == 0
    assert page.context["trial"]["rows"] == [
        ("points of customers", 40),
        ("sold", -50),
        ("spent on cases", 10),
    ]
    assert "Zero, as it must be" in text
    assert f"{selling.canary}manager" in text
    assert "PO-1" in text
    assert "TW-7" in text


def test_csv_names_who_did_it_why_and_with_which_reference(manager, selling, admin_url):
    with tenant(selling.tenant):
        give_points(selling.company, 50, at=NOW, by=selling.manager, reference="=PO(1)")

    response = manager.get(admin_url("pointsaccount", "table", selling.company.pk))

    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[1][4:7] == ["", "50", "50"]
    assert rows[1][8] == f"{selling.canary}manager"
    # Nothing that a spreadsheet would run.
    assert rows[1][10] == "'=PO(1)"
    assert rows[1][11] == f"given-{selling.company.pk}-0"


def test_accounts_are_listed_low_ones_first_then_those_that_end_soon(manager, selling, admin_url):
    with tenant(selling.tenant):
        low, ending, rich = (CompanyFactory(name=name) for name in ("Low", "Ending", "Rich"))
        give_points(low, 20, at=NOW)
        give_points(ending, 500, at=NOW, days=20)
        give_points(rich, 500, at=NOW)

    page = manager.get(admin_url("pointsaccount", "changelist"))

    shown = [(one.name, one.balance) for one in page.context["shown"]]
    assert shown == [
        ("Low", 20),
        ("Ending", 500),
        ("Rich", 500),
        (selling.company.name, 0),
        (selling.other_company.name, 0),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [({"only": "low"}, ["Low"]), ({"only": "ending"}, ["Ending"]), ({"q": "ric"}, ["Rich"])],
)
def test_accounts_are_narrowed_down(manager, selling, admin_url, query, names):
    with tenant(selling.tenant):
        give_points(CompanyFactory(name="Low"), 20, at=NOW)
        give_points(CompanyFactory(name="Ending"), 500, at=NOW, days=20)
        give_points(CompanyFactory(name="Rich"), 500, at=NOW)

    page = manager.get(admin_url("pointsaccount", "changelist"), query)

    assert [one.name for one in page.context["shown"]] == names


def test_list_takes_as_many_statements_for_fifty_companies_as_for_two(manager, admin_url, selling):
    url = admin_url("pointsaccount", "changelist")
    manager.get(url)
    with CaptureQueriesContext(connection) as few:
        manager.get(url)
    with tenant(selling.tenant):
        for number in range(60):
            give_points(CompanyFactory(), 10 + number, at=NOW)
    with CaptureQueriesContext(connection) as many:
        page = manager.get(url)

    assert len(many) == len(few)
    assert len(page.context["shown"].object_list) == 50
    assert "Page 1 of 2" in text_of(page)


def test_company_page_takes_as_many_statements_at_60_entries(manager, selling, admin_url):
    url = admin_url("pointsaccount", "company", selling.company.pk)
    with tenant(selling.tenant):
        give_points(selling.company, 500, at=NOW)
        spend(selling.company, 1, 1, at=NOW)
    manager.get(url)
    with CaptureQueriesContext(connection) as few:
        manager.get(url)
    with tenant(selling.tenant):
        for number in range(2, 61):
            spend(selling.company, 1, number, at=NOW)
    with CaptureQueriesContext(connection) as many:
        page = manager.get(url)

    assert len(many) == len(few)
    assert len(page.context["rows"]) == 50


def test_correction_waits_for_a_second_manager(manager, selling, second_manager, admin_url):
    with tenant(selling.tenant):
        lot = give_points(selling.company, 50, at=NOW)
    asked = {"points": "-20", "lot": str(lot.pk), "ends_on": "", "reason": "Sold twice."}

    page = manager.post(admin_url("pointsaccount", "correct", selling.company.pk), asked)

    assert page.status_code == 302
    assert balance(selling) == 50
    assert told(selling, "points_correction_asked") == ["Second Manager"]


@pytest.mark.parametrize("page", ["correct", "sell"])
def test_second_press_of_a_button_does_nothing_more(
    manager, selling, second_manager, admin_url, page
):
    url = admin_url("pointsaccount", page, selling.company.pk)
    once = {"once": manager.get(url).context["form"]["once"].value()}
    sent = {"correct": {"points": "20", "reason": "Sold twice."}, "sell": SOLD}[page]

    first, second = (manager.post(url, sent | once) for _press in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert second.url == first.url
    assert "it was not done a second time" in text_of(manager.get(second.url))
    with tenant(selling.tenant):
        assert Correction.objects.count() + PointsLot.objects.count() == 1


@pytest.mark.parametrize(
    ("has_lot", "said"),
    [(False, "Only 180 are left."), (True, "These points have only 60 left.")],
)
def test_correction_that_could_only_fail_is_refused_at_its_figure(
    manager, selling, second_manager, admin_url, has_lot, said
):
    with tenant(selling.tenant):
        lot = give_points(selling.company, 60, at=NOW)
        give_points(selling.company, 120, at=NOW)
    url = admin_url("pointsaccount", "correct", selling.company.pk)
    typed = {"points": "-181", "lot": "", "reason": "Sold twice."}
    if has_lot:
        typed |= {"points": "-61", "lot": str(lot.pk)}

    page = manager.post(url, typed)
    exact = manager.post(url, typed | {"points": str(int(typed["points"]) + 1)})

    assert page.status_code == 422
    assert page.context["form"].errors == {"points": [said]}
    assert exact.status_code == 302
    with tenant(selling.tenant):
        assert Correction.objects.count() == 1


def test_form_that_was_refused_can_be_sent_again(manager, selling, second_manager, admin_url):
    url = admin_url("pointsaccount", "correct", selling.company.pk)
    sent = {"points": "20", "reason": "Sold twice.", "once": "token"}

    silent = manager.post(url, sent | {"reason": ""})
    again = manager.post(url, sent | {"once": silent.context["form"]["once"].value()})

    assert again.status_code == 302
    with tenant(selling.tenant):
        assert Correction.objects.count() == 1


def test_correction_is_approved_by_another_and_the_sums_still_hold(
    browse, selling, second_manager, admin_url
):
    with tenant(selling.tenant):
        asked = correction_asked(selling, at=NOW, points=5)
    url = admin_url("correction", "page", asked.pk)

    browse(selling.tenant, second_manager).post(url, {"decision": "approve"})

    assert balance(selling) == 5
    assert told(selling, "points_correction_decided") == ["manager"]
    with tenant(selling.tenant):
        assert sum(trial_balance(selling.company).values()) == 0


def test_asker_cannot_approve_and_is_not_offered_to(manager, selling, second_manager, admin_url):
    with tenant(selling.tenant):
        asked = correction_asked(selling, at=NOW)
    url = admin_url("correction", "page", asked.pk)

    page = manager.get(url)
    answer = manager.post(url, {"decision": "approve"}, follow=True)

    assert not page.context["may_decide"]
    assert 'value="approve"' not in text_of(page)
    assert 'value="take_back"' in text_of(page)
    assert page.context["may_take_back"]
    assert "another manager has to decide it" in text_of(answer)
    assert balance(selling) == 0


def test_correction_is_declined_with_words_for_the_asker(
    browse, selling, second_manager, admin_url
):
    with tenant(selling.tenant):
        asked = correction_asked(selling, at=NOW)
    client = browse(selling.tenant, second_manager)
    url = admin_url("correction", "page", asked.pk)

    silent = client.post(url, {"decision": "decline", "answer": ""})
    client.post(url, {"decision": "decline", "answer": "The invoice is right."})

    assert "Say why not: who asked for it reads this." in text_of(silent)
    with tenant(selling.tenant):
        settled = Correction.objects.get()
    assert (settled.state, settled.answer) == ("declined", "The invoice is right.")
    assert balance(selling) == 0


def test_added_points_end_with_the_last_day_of_the_customers_calendar(
    manager, selling, second_manager, admin_url
):
    asked = {"points": "20", "lot": "", "ends_on": "2030-06-30", "reason": "Sorry."}

    manager.post(admin_url("pointsaccount", "correct", selling.company.pk), asked)

    with tenant(selling.tenant):
        correction = Correction.objects.get()
    assert correction.expires_at == datetime(2030, 6, 30, 22, 0, tzinfo=UTC)


def test_sc_21_refund_is_settled_with_a_reference_from_elsewhere(manager, selling, admin_url):
    with tenant(selling.tenant):
        refund = refund_asked(selling, at=NOW, by=selling.company_admin)
    url = admin_url("moneyrefund", "page", refund.pk)

    silent = manager.post(url, {"decision": "settle", "reference": ""})
    manager.post(url, {"decision": "settle", "reference": "CARD-99"})

    assert "Say what the payment is called where it was made." in text_of(silent)
    with tenant(selling.tenant):
        settled = MoneyRefund.objects.get()
    assert (settled.state, settled.reference) == ("settled", "CARD-99")
    assert balance(selling) == 40
    assert told(selling, "points_refund_decided") == ["company_admin"]


def test_sc_21_declined_refund_gives_the_points_back(manager, selling, admin_url):
    with tenant(selling.tenant):
        refund = refund_asked(selling, at=NOW, by=selling.company_admin)
    url = admin_url("moneyrefund", "page", refund.pk)

    manager.post(url, {"decision": "decline", "answer": "It was not the product."})

    assert balance(selling) == 50
    with tenant(selling.tenant):
        assert MoneyRefund.objects.get().answer == "It was not the product."
        assert sum(trial_balance(selling.company).values()) == 0


def test_refund_that_was_decided_stays_so(manager, selling, admin_url):
    with tenant(selling.tenant):
        refund = refund_asked(selling, at=NOW)
    url = admin_url("moneyrefund", "page", refund.pk)
    manager.post(url, {"decision": "settle", "reference": "CARD-99"})

    page = manager.post(url, {"decision": "decline", "answer": "No."}, follow=True)

    assert "settled already" in text_of(page)
    assert balance(selling) == 40


def test_sp_09_points_of_the_first_purchase_are_granted_with_the_amount_asked(
    manager, selling, admin_url
):
    with tenant(selling.tenant):
        company = CompanyFactory(name="New")
        sign_contract(
            company=company, plan="basic", edition="enterprise", starts_on=date(2030, 1, 1), at=NOW
        )
        was = balance_at(company, NOW)
    url = admin_url("pointsaccount", "grant", company.pk)

    silent = manager.post(url, {"grant": "first_purchase", "points": ""})
    manager.post(url, {"grant": "first_purchase", "points": "30"})
    again = manager.get(url)

    assert "the policy names no figure" in text_of(silent)
    assert again.status_code == 302  # nothing is left to grant
    with tenant(selling.tenant):
        assert balance_at(company, NOW) == was + 30
        assert PointsLot.objects.get(company=company, source="grant").points == 30


LEDGER = (PointsAccount, PointsLot, PointsEntry, PointsLine, MoneyRefund, Correction)


def test_no_row_of_the_ledger_can_be_added_changed_or_deleted_in_the_admin(rf, selling):
    request = rf.get("/admin/")
    request.user = selling.manager
    registered = {model: site._registry[model] for model in LEDGER if model in site._registry}

    assert set(registered) == {PointsAccount, MoneyRefund, Correction}
    for model_admin in registered.values():
        assert not model_admin.has_add_permission(request)
        assert not model_admin.has_change_permission(request)
        assert not model_admin.has_delete_permission(request)


def test_pages_name_nothing_of_the_other_vendor(manager, selling, beta, admin_url):
    with tenant(beta.tenant):
        refund, correction = refund_asked(beta, at=NOW), correction_asked(beta, at=NOW)
    with tenant(selling.tenant):
        give_points(selling.company, 50, at=NOW - timedelta(days=1))

    lists = [
        manager.get(admin_url(model, "changelist"))
        for model in ("pointsaccount", "moneyrefund", "correction")
    ]
    foreign = [
        manager.get(admin_url("pointsaccount", "company", beta.company.pk)),
        manager.get(admin_url("moneyrefund", "page", refund.pk)),
        manager.get(admin_url("correction", "page", correction.pk)),
        manager.get(admin_url("pointsaccount", "table", beta.company.pk)),
    ]

    assert [page.status_code for page in lists] == [200, 200, 200]
    assert all(beta.canary not in text_of(page) for page in lists)
    assert [page.status_code for page in foreign] == [404, 404, 404, 404]
