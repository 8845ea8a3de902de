"""Filing through the pages, for each of the four vendors."""

from datetime import UTC, datetime

import pytest

from accounts.tenancy import tenant
from entitlements.actions import add_product
from tests.portal.pages import BODY, SUBJECT, all_cases, fill_in, send, words
from tickets.models import Case, CaseDraft

# Fridays of summer 2083, whose days are those of 2027: 20:30 and 10:00 in New York. Desk time only
# moves forward, so the year has to stay ahead of the real one.
FRIDAY_EVENING = datetime(2083, 6, 5, 0, 30, tzinfo=UTC)
FRIDAY_MORNING = datetime(2083, 6, 4, 14, 0, tzinfo=UTC)

ASKED = {
    "metalogix": ["what", "situation", "severity", "details"],
    "scalix": ["what", "situation", "details"],
    "msp": ["what", "situation", "priority", "details"],
    "datadynamics": ["what", "situation", "severity", "priority", "details"],
}
PROMISES = {
    "metalogix": datetime(2083, 6, 4, 22, 0, tzinfo=UTC),  # 8 h of a day of 14 h
    "scalix": datetime(2083, 6, 4, 18, 0, tzinfo=UTC),  # 4 h of nine to five
    "msp": datetime(2083, 6, 9, 14, 0, tzinfo=UTC),  # three business days on
    "datadynamics": datetime(2083, 6, 7, 14, 0, tzinfo=UTC),  # the next business day
}


@pytest.mark.parametrize("slug", ASKED)
def test_case_is_filed_with_what_the_vendor_asks(vendor, browse, set_desk_time, slug):
    world = vendor(slug)
    client = browse(world.tenant, world.contact)
    set_desk_time(FRIDAY_MORNING)

    asked = fill_in(client, slug)
    response = send(client)

    (case,) = all_cases(world)
    assert asked == ASKED[slug]
    assert response["Location"] == f"/cases/{case.number}/filed/"
    assert (case.subject, case.contact_id) == (SUBJECT, world.contact.pk)
    assert case.next_due_at == PROMISES[slug]


@pytest.mark.parametrize("slug", ASKED)
def test_check_page_shows_the_promise_that_the_case_gets(vendor, browse, set_desk_time, slug):
    world = vendor(slug)
    client = browse(world.tenant, world.contact)
    set_desk_time(FRIDAY_MORNING)
    fill_in(client, slug)

    shown = client.get("/file/check/").context["summary"]

    assert shown.promise.due_at == PROMISES[slug]
    assert shown.receipt.counted_seconds > 0
    assert [answer.value for answer in shown.answers if answer.value in (SUBJECT, BODY)] == [
        SUBJECT,
        BODY,
    ]


def test_severity_1_on_a_friday_evening_is_promised_for_monday(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)
    set_desk_time(FRIDAY_EVENING)
    fill_in(client, "metalogix", severity={"severity": "1"})

    check = words(client.get("/file/check/"))
    filed = words(client.get(send(client)["Location"]))

    assert "First response: Mon 7 Jun 2083, 08:30 EDT · in 2 days 12 h at the latest" in check
    assert "This has to be reported by phone as well." in check
    assert "Call us: until your call is logged" not in check
    assert "202-609-9100" in check
    assert "MX-1" in filed
    assert "Say “MX-1” first" in filed
    assert "Mon 7 Jun 2083, 08:30 EDT" in filed
    assert "goes to the next level of support by itself" in filed


def test_promise_stands_beside_each_level(vendor, browse, set_desk_time):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)
    set_desk_time(FRIDAY_MORNING)
    client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})
    client.post("/file/severity/", {"severity": "1"})

    severities = client.get("/file/severity/").context["cards"]
    priorities = client.get("/file/priority/").context["cards"]

    assert [(card.promise.kind, card.promise.due_at) for card in severities] == [
        ("by", datetime(2083, 6, 4, 18, 0, tzinfo=UTC)),
        ("by", datetime(2083, 6, 7, 14, 0, tzinfo=UTC)),
        ("by", datetime(2083, 6, 9, 14, 0, tzinfo=UTC)),
        ("by", datetime(2083, 6, 9, 14, 0, tzinfo=UTC)),
    ]
    assert severities[2].promise.due_from == datetime(2083, 6, 8, 14, 0, tzinfo=UTC)
    assert [card.promise.kind for card in priorities] == ["by", "by", "open_ended"]


def test_question_has_no_promise_and_the_page_says_so(vendor, browse):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)

    fill_in(client, "datadynamics", what={"case_type": "question", "subject": SUBJECT})

    assert "As time allows: no time is promised." in words(client.get("/file/check/"))


def test_levels_that_the_desk_sets_are_not_offered(vendor, browse):
    world = vendor("msp")
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})

    cards = client.get("/file/priority/").context["cards"]
    response = client.post("/file/priority/", {"priority": "P1"})

    assert [card.value for card in cards] == ["P2", "P3", "P4", "P5", "P6"]
    assert response.status_code == 422
    assert "This priority is not offered. Choose one of these." in words(response)
    assert all_cases(world) == []


def test_severity_that_the_vendor_does_not_know_is_refused(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)

    response = client.post("/file/severity/", {"severity": "9"})

    assert response.status_code == 422
    assert "This severity is not offered. Choose one of these." in words(response)


def test_case_without_a_subject_is_refused_and_the_rest_is_kept(vendor, browse):
    world = vendor("metalogix")
    client = browse(world.tenant, world.contact)

    response = client.post("/file/what/", {"case_type": "question", "subject": "  "})

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert "Give the case a subject" in words(response)
    assert 'href="#id_subject"' in response.content.decode()
    assert "<title>Error:" in response.content.decode()
    assert [card.value for card in response.context["cards"] if card.is_checked] == ["question"]


def test_subject_that_is_too_long_is_shown_again(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)

    response = client.post("/file/what/", {"case_type": "problem", "subject": "x" * 201})

    assert response.status_code == 422
    assert "The subject is too long: 201 characters, and 200 fit." in words(response)
    assert "x" * 201 in response.content.decode()


def test_availability_is_asked_where_the_level_needs_it(vendor, browse):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)
    client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})
    client.post("/file/severity/", {"severity": "2"})
    client.post("/file/priority/", {"priority": "high"})

    missing = client.post("/file/details/", {"body": BODY, "availability": ""})
    client.post("/file/details/", {"body": BODY, "availability": "Carla, 555-0101"})
    send(client)

    assert missing.status_code == 422
    assert "Name somebody on your side who can be reached, and how." in words(missing)
    assert [case.availability for case in all_cases(world)] == ["Carla, 555-0101"]


def test_availability_is_not_asked_elsewhere(vendor, browse):
    world = vendor("datadynamics")
    client = browse(world.tenant, world.contact)
    fill_in(client, "datadynamics", priority={"priority": "low"})

    page = client.get("/file/details/")

    assert "availability" not in page.context["form"].fields


def test_product_is_asked_where_there_are_several(vendor, browse):
    world = vendor("msp")
    with tenant(world.tenant):
        add_product(code="mail", name="Mail")
    client = browse(world.tenant, world.contact)

    missing = client.post("/file/what/", {"case_type": "problem", "subject": SUBJECT})
    fill_in(client, "msp", what={"case_type": "problem", "subject": SUBJECT, "product": "mail"})
    send(client)

    assert "Choose the product that it is about." in words(missing)
    with tenant(world.tenant):
        assert Case.objects.get().product.code == "mail"


def test_company_without_a_contract_is_told_before_it_is_asked_anything(vendor, browse):
    world = vendor("metalogix")
    with tenant(world.tenant):
        world.company.contracts.all().delete()
    client = browse(world.tenant, world.contact)

    page = words(client.get("/file/"))

    assert "Acme has no running contract for this." in page
    assert "202-609-9100" in page


def test_person_who_may_not_file_is_told_so(vendor, browse):
    world = vendor("scalix")
    with tenant(world.tenant):
        type(world.contact).objects.filter(pk=world.contact.pk).update(may_file=False)
    client = browse(world.tenant, world.contact)

    assert "carla may not file cases." in words(client.get("/file/"))


def test_vendor_without_a_policy_is_told_in_words(twins, alpha, browse):
    client = browse(alpha.tenant, alpha.contact)

    response = client.get("/file/")

    assert response.status_code == 409
    assert "No support policy is in effect here yet" in words(response)
    assert client.get("/").status_code == 200


def test_unknown_step_is_not_there(vendor, browse):
    world = vendor("scalix")

    assert browse(world.tenant, world.contact).get("/file/nonsense/").status_code == 404


def test_step_that_does_not_apply_leads_on(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)

    assert client.get("/file/severity/")["Location"] == "/file/what/"
    assert client.post("/file/severity/", {"severity": "1"})["Location"] == "/file/what/"


def test_nul_characters_are_dropped(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix", what={"case_type": "problem", "subject": "Nightly\0 export"})
    send(client)

    assert [case.subject for case in all_cases(world)] == ["Nightly export"]


def test_draft_row_is_gone_once_the_case_is_sent(vendor, browse):
    world = vendor("scalix")
    client = browse(world.tenant, world.contact)
    fill_in(client, "scalix")
    send(client)

    with tenant(world.tenant):
        assert CaseDraft.objects.count() == 0
