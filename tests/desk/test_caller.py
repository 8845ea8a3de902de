"""A case for somebody who calls: finding them, the promises beside the levels, the number."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from tests.desk.callers import (
    address,
    case_page,
    open_case,
    the_case,
    words,
)
from tests.desk.conftest import MONDAY, text_of
from tests.twins import SIGNED_AT

FRIDAY_EVENING = datetime(2030, 3, 1, 19, 30, tzinfo=UTC)  # 20:30 in Paris


def find(desk, text, person=None):
    return desk.client(person).get(reverse("desk:new"), {"q": text})


def found(desk, text):
    companies = find(desk, text).context["companies"]
    return {company.name: [person.name for person in company.callers] for company in companies}


def test_company_is_found_by_a_part_of_its_name(desk):
    everybody = ["caller", "colleague", "company_admin", "contact"]

    assert found(desk, "PHA-COMP") == {
        desk.twin.company.name: [f"{desk.twin.canary}{name}" for name in everybody]
    }


@pytest.mark.parametrize("text", ["alpha-stranger", "STRANGER@globex"])
def test_company_is_found_by_somebody_of_it(desk, text):
    assert found(desk, text) == {desk.twin.other_company.name: [desk.twin.stranger.name]}


@pytest.mark.parametrize("text", ["+1 (212) 760-1700", "2127601700", "760 1700"])
def test_caller_is_found_by_the_number_however_it_is_written(desk, text):
    with tenant(desk.twin.tenant):
        Person.objects.filter(pk=desk.twin.caller.pk).update(phone="+1 212 760.1700")

    assert found(desk, text) == {desk.twin.company.name: [desk.twin.caller.name]}


def test_person_who_left_is_not_offered(desk):
    with tenant(desk.twin.tenant):
        Person.objects.filter(pk=desk.twin.stranger.pk).update(is_active=False)

    assert found(desk, "alpha-stranger") == {}


def test_nobody_found_is_said_with_what_to_try(desk):
    page = find(desk, "<b>nobody")

    assert "Nobody is found by “&lt;b&gt;nobody”" in text_of(page)


def test_search_finds_nobody_of_another_vendor(desk, beta):
    assert found(desk, beta.canary) == {}
    assert beta.canary not in text_of(find(desk, "cn-"))


def test_search_costs_the_same_for_one_company_and_for_many(desk):
    def statements(text):
        client = desk.client()
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:new"), {"q": text})
        return len(captured)

    assert statements("alpha-stranger") == statements("cn-")


def test_form_asks_what_the_promises_depend_on(desk):
    page = desk.client().get(
        reverse("desk:caller", args=[desk.twin.company.pk]), {"contact": desk.twin.caller.pk}
    )

    form = page.context["form"]
    assert form["contact"].value() == str(desk.twin.caller.pk)
    assert form["channel"].value() == "phone"
    assert "On the clock of Europe/Paris." in text_of(page)


def test_only_the_companys_own_people_can_be_chosen(desk):
    page = case_page(desk, contact=desk.twin.stranger.pk)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["contact"]


@pytest.mark.parametrize(
    ("occurred_at", "message"),
    [
        ("2030-03-04T11:00", "That moment has not come yet."),
        ("2029-03-25T02:30", "25 Mar 2029, 02:30 does not exist in Europe/Paris"),
        ("at noon", "Give a date and a time"),
        ("9999-12-31T23:30", "That moment has not come yet."),
        ("1000-01-01T10:00", "That is more than 7 days ago"),
        ("2030-02-25T09:59", "That is more than 7 days ago"),
    ],
)
def test_impossible_time_of_the_call_is_refused_in_words(desk, occurred_at, message):
    page = case_page(desk, occurred_at=occurred_at)

    assert page.status_code == 422
    assert page.context["form"].errors["occurred_at"][0].startswith(message)


def test_promise_stands_beside_every_level_on_the_callers_clock(desk):
    cards = case_page(desk, contact=desk.twin.caller.pk).context["form"].axes[0]["cards"]

    assert [(card.level.code, card.target, card.promise) for card in cards] == [
        (code, target, f"We answer by {due} at the latest.")
        for code, target, due in (
            ("1", "2 business hours", "Mon 4 Mar 2030, 09:00 EST"),
            ("2", "8 business hours", "Mon 4 Mar 2030, 15:00 EST"),
            ("3", "8 business hours", "Mon 4 Mar 2030, 15:00 EST"),
            ("4", "8 business hours", "Mon 4 Mar 2030, 15:00 EST"),
        )
    ]


def test_levels_that_only_the_desk_sets_are_offered_and_marked(open_desk):
    page = case_page(open_desk("msp"))

    assert [card.level.code for card in page.context["form"].axes[0]["cards"]] == [
        "P1", "P2", "P3", "P4", "P5", "P6",
    ]  # fmt: skip
    assert text_of(page).count("Only the desk sets this.") == 1


def test_sc_10_case_is_opened_and_its_number_is_read_out(desk):
    answer = open_case(desk)

    case = the_case(desk)
    assert answer.url == reverse("desk:filed", args=[case.number])
    assert (case.contact, case.channel, case.severity) == (desk.twin.contact, "phone", "3")
    page = text_of(desk.client().get(answer.url))
    assert '<p class="filed__number">TW-1</p>' in page
    assert "We answer by Mon 4 Mar 2030, 18:00 CET at the latest." in page


def test_call_of_friday_evening_counts_from_friday_evening(desk):
    open_case(desk, {"occurred_at": "2030-03-01T20:30"}, severity="1")

    case = the_case(desk)
    assert case.opened_at == FRIDAY_EVENING
    assert case.next_due_at == datetime(2030, 3, 4, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
    with tenant(desk.twin.tenant):
        assert case.events.get().recorded_at == MONDAY


def test_contact_without_an_address_is_pointed_out(desk):
    answer = open_case(desk, {"contact": desk.twin.caller.pk})

    assert "No e-mail goes out" in text_of(desk.client().get(answer.url))


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"subject": " "}, "subject", "Give the case a subject"),
        ({"body": ""}, "body", "Write something first"),
        ({"severity": ""}, "severity", "Choose one of these."),
        ({"severity": "9"}, "severity", "Select a valid choice"),
    ],
)
def test_what_is_missing_is_asked_for_and_the_rest_is_kept(desk, changes, field, message):
    page = open_case(desk, **changes)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"].errors[field][0].startswith(message)
    kept = {"subject": "Mail stands still", "body": "Since this morning."} | changes
    assert all(text in text_of(page) for text in (kept["subject"], kept["body"]))

    assert open_case(desk).status_code == 302


@pytest.mark.parametrize(("pack", "asks"), [("metalogix", False), ("datadynamics", True)])
def test_who_can_be_reached_is_asked_only_where_a_level_needs_it(open_desk, pack, asks):
    page = text_of(case_page(open_desk(pack)))

    assert ("Who can be reached" in page) is asks
    assert ("Needed for: Priority “High”." in page) is asks


def test_one_product_is_no_choice_and_the_case_is_about_it(desk):
    page = desk.client().get(reverse("desk:caller", args=[desk.twin.company.pk]))
    open_case(desk)

    assert "product" not in page.context["form"].fields
    assert the_case(desk).product == desk.twin.product


def test_product_is_chosen_where_there_are_two(desk):
    with tenant(desk.twin.tenant):
        other = add_product(code="other", name="Other product")
        sign_contract(
            company=desk.twin.company,
            plan="premium",
            product=other,
            starts_on=date(2026, 1, 1),
            at=SIGNED_AT,
        )

    open_case(desk, {"product": other.pk})

    assert the_case(desk).product == other


def test_contact_who_may_not_file_is_refused_before_anything_is_typed(desk):
    with tenant(desk.twin.tenant):
        Person.objects.filter(pk=desk.twin.contact.pk).update(may_file=False)

    page = case_page(desk)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["contact"]
    assert "may not file cases" in text_of(page)


def test_refusal_after_typing_keeps_what_was_typed(desk):
    with tenant(desk.twin.tenant):
        Person.objects.filter(pk=desk.twin.contact.pk).update(may_file=False)

    page = open_case(desk)

    assert page.status_code == 422
    assert "may not file cases" in text_of(page)
    assert "Since this morning." in text_of(page)


@pytest.mark.parametrize("role", ["agent", "dispatcher", "account_manager", "lead", "manager"])
def test_everybody_of_the_desk_can_open_a_case_for_a_caller(desk, role):
    person = desk.twin.person_of(role)

    assert desk.client(person).post(address(desk), words()).status_code == 302


def test_company_of_another_vendor_is_not_found(desk, beta):
    own = reverse("desk:caller", args=[987_654])
    foreign = reverse("desk:caller", args=[beta.company.pk])

    assert desk.client().get(foreign).status_code == desk.client().get(own).status_code == 404


def test_contact_of_another_vendor_cannot_be_chosen(desk, beta):
    page = case_page(desk, contact=beta.contact.pk)

    assert list(page.context["form"].errors) == ["contact"]
    assert beta.canary not in text_of(page)


def test_policy_of_the_moment_of_the_call_decides(desk, set_desk_time):
    set_desk_time(MONDAY + timedelta(days=1))

    page = case_page(desk, occurred_at="2030-03-01T20:30")

    assert "Mon 4 Mar 2030, 10:00 CET" in text_of(page)


def test_each_channel_says_its_promise_once_the_level_is_chosen(desk):
    before = case_page(desk).context["form"].channels
    form = open_case(desk, subject="").context["form"]  # shown again, with its level

    assert before == []
    assert [(one.channel.code, one.is_chosen) for one in form.channels] == [
        ("phone", True),
        ("portal", False),
    ]
    assert all(one.promise.startswith("We answer by") for one in form.channels)


def test_each_level_says_whether_the_desk_is_open_on_the_callers_clock(desk):
    page = " ".join(text_of(case_page(desk)).split())

    assert "Open now, until" in page


def test_channels_cost_as_many_statements_as_one(desk):
    open_case(desk, subject="")
    with_panel, without = CaptureQueriesContext(connection), CaptureQueriesContext(connection)

    with without:
        case_page(desk)
    with with_panel:
        open_case(desk, subject="")

    assert len(with_panel) <= len(without) + 6
