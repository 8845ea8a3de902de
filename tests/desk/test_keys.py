"""Keys, the palette and what somebody of the desk sets for themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from accounts.tenancy import tenant
from tests.desk.conftest import text_of
from tickets.actions.triage import assign_case
from tickets.models import SavedView

PART = {"X-Part": "1"}


def found(desk, text, person=None):
    answer = desk.client(person).get(reverse("desk:palette"), {"q": text}, headers=PART)
    kinds = answer.json()["found"]
    return {kind["title"]: [entry["name"] for entry in kind["entries"]] for kind in kinds}


def test_palette_finds_cases_customers_views_and_pages_by_a_few_letters(desk, case):
    company, contact = desk.twin.company, desk.twin.contact

    assert found(desk, "tw-1")["Cases"] == [f"TW-1 {case.subject}"]
    assert company.name in found(desk, company.name)["Customers"]
    assert contact.name in found(desk, contact.name)["Customers"]
    assert found(desk, "unassi") == {"Views": ["Unassigned"]}
    assert found(desk, "your sett") == {"Pages": ["Your settings"]}
    assert found(desk, "zebra") == {}


def test_palette_begins_with_ones_own_cases_and_leaves_out_what_is_not_for_one(desk, case):
    who = {"case_id": case.pk, "by": desk.twin.agent, "at": case.opened_at}
    with tenant(desk.twin.tenant):
        assign_case(owner_id=desk.twin.agent.pk, **who)
        SavedView.objects.create(
            tenant=desk.twin.tenant, owner=desk.twin.lead, name="Hers", query="view=open"
        )

    mine, others = found(desk, ""), found(desk, "", desk.twin.manager)

    assert mine["Your cases"] == [f"TW-1 {case.subject}"]
    assert "Your cases" not in others
    assert "Admin" in others["Pages"]
    assert "Admin" not in mine["Pages"]
    assert "Hers" not in mine["Views"]


def test_palette_knows_nothing_of_another_vendor_nor_of_what_one_may_not_see(
    desk, case, beta, browse
):
    desk.act(case, "restrict", reason="A security matter.", person=desk.twin.lead)

    elsewhere = browse(beta.tenant, beta.agent).get(
        reverse("desk:palette"), {"q": case.subject}, headers=PART
    )

    assert elsewhere.json() == {"found": []}
    assert found(desk, case.subject, desk.twin.agent_2) == {}


def test_palette_costs_the_same_for_one_case_and_for_many(desk, case):
    def statements():
        client = desk.client()
        found(desk, case.subject)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:palette"), {"q": case.subject}, headers=PART)
        return len(captured)

    one = statements()
    for _number in range(5):
        desk.file()

    assert statements() == one


def test_palette_and_sheet_are_pages_without_a_script(desk, case):
    palette = text_of(desk.client().get(reverse("desk:palette"), {"q": "queue"}))
    sheet = text_of(desk.client().get(reverse("desk:keys")))

    assert f'href="{reverse("desk:queue")}"' in palette
    assert "Reply to the customer" in sheet
    assert "turned off" not in sheet


@pytest.mark.parametrize(("sent", "single"), [({}, "no"), ({"single_keys": "on"}, "yes")])
def test_single_keys_can_be_turned_off_and_on_by_oneself(desk, sent, single):
    sent = sent | {"language": "en"}
    saved = desk.client().post(reverse("desk:settings"), sent, follow=True)

    assert "Saved." in text_of(saved)
    assert f'data-single="{single}"' in text_of(saved)
    with tenant(desk.twin.tenant):
        kept = Person.objects.get(pk=desk.twin.agent.pk).single_keys
        others = Person.objects.get(pk=desk.twin.lead.pk).single_keys
    assert (kept, others) == (single == "yes", True)
    sheet = text_of(desk.client().get(reverse("desk:keys"), headers=PART))
    assert ("turned off" in sheet) is (single == "no")


def test_language_is_chosen_by_oneself_and_holds_from_the_next_word(desk):
    page = reverse("desk:settings")

    saved = desk.client().post(page, {"language": "de", "single_keys": "on"}, follow=True)

    assert '<html lang="de"' in text_of(saved)
    assert "Saved." not in text_of(saved)
    assert desk.client().post(page, {"language": "xx"}).status_code == 422
