"""A case for somebody who calls: finding them, the promises beside the levels, the number."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.actions import add_product, sign_contract
from entitlements.models import Contract
from tests.desk.conftest import MONDAY, text_of
from tickets.models import Case

FRIDAY_EVENING = datetime(2030, 3, 1, 19, 30, tzinfo=UTC)  # 20:30 in Paris


def find(desk, text, person=None):
    return desk.client(person).get(reverse("desk:new"), {"q": text})


def found(desk, text):
    companies = find(desk, text).context["companies"]
    return {company.name: [person.name for person in company.callers] for company in companies}


def facts(desk, **changes):
    return {"contact": desk.twin.contact.pk, "channel": "phone", "occurred_at": ""} | changes


def address(desk, company=None, **changes):
    page = reverse("desk:caller_case", args=[(company or desk.twin.company).pk])
    query = "&".join(f"{name}={value}" for name, value in facts(desk, **changes).items())
    return f"{page}?{query}"


def case_page(desk, **changes):
    return desk.client().get(address(desk, **changes))


def words(**changes):
    said = {"subject": "Mail stands still", "body": "Since this morning.", "availability": ""}
    return {"token": "t1", "severity": "3"} | said | changes


def open_case(desk, sent=None, **changes):
    return desk.client().post(address(desk, **(sent or {})), words(**changes))


def press_twice(desk, sent=None, **changes):
    """Press the button, read what is to be read first, and press it again."""
    told = open_case(desk, sent, **changes).context["form"]["told"].value()
    return open_case(desk, sent, **changes | {"told": told})


def the_case(desk):
    with tenant(desk.twin.tenant):
        return Case.objects.select_related("contact", "company", "product", "site").get()


def cases(desk):
    with tenant(desk.twin.tenant):
        return list(Case.objects.values_list("number", flat=True))


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
        ("1000-01-01T10:00", "No support policy is in effect"),
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


def test_case_is_opened_and_its_number_is_read_out(desk):
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


def test_button_pressed_twice_opens_one_case(desk):
    first, second = open_case(desk), open_case(desk)

    assert first.url == second.url
    assert the_case(desk).number == 1


def test_going_back_leads_to_the_case_that_was_opened(desk):
    open_case(desk, {"visit": "t1"})

    back = desk.client().get(address(desk, visit="t1"), follow=True)

    assert back.redirect_chain == [(reverse("desk:filed", args=[the_case(desk).number]), 302)]
    assert "it was not opened a second time" in text_of(back)


def test_address_of_the_case_page_carries_the_token_of_its_form(desk):
    visits = [
        desk.client().get(reverse("desk:caller", args=[desk.twin.company.pk])).context["form"]
        for _visit in range(2)
    ]
    first, second = (form["visit"].value() for form in visits)

    assert first != second
    assert case_page(desk, visit=first).context["form"]["token"].value() == first


def test_token_of_one_person_opens_nothing_of_another(desk):
    open_case(desk)

    answer = desk.client(desk.twin.agent_2).post(address(desk), words())

    assert answer.url == reverse("desk:filed", args=[2])


def test_what_was_sent_without_a_session_is_said_to_be_unsent(desk, browse):
    sent = browse(desk.twin.tenant).post(address(desk), words())
    way_back = parse_qs(urlsplit(sent.url).query)["next"][0]

    page = desk.client().get(way_back)

    assert page.status_code == 200
    assert "Not sent: you were signed out while you wrote." in text_of(page)


@pytest.mark.parametrize("pack", ["metalogix", "msp", "datadynamics"])
def test_no_level_is_chosen_before_the_caller_has_said(open_desk, pack):
    assert " checked" not in text_of(case_page(open_desk(pack)))


def test_promise_of_two_axes_is_shown_once_both_are_chosen(open_desk):
    desk = open_desk("datadynamics")
    first = case_page(desk)
    chosen = {"severity": "1", "priority": "normal"}

    check = open_case(desk, **chosen)

    axes = first.context["form"].axes
    assert {card.promise for axis in axes for card in axis["cards"]} == {""}
    assert check.status_code == 200
    assert not cases(desk)
    promise = check.context["form"].check.promise
    assert promise.startswith("We answer by ")
    assert f"<strong>{promise}</strong>" in text_of(check)
    assert [axis["note"] for axis in check.context["form"].axes] == [
        "The promises hold together with Priority “Normal”.",
        "The promises hold together with Severity “Severity Level 1 - Critical”.",
    ]

    answer = open_case(desk, told=check.context["form"]["told"].value(), **chosen)

    assert promise in text_of(desk.client().get(answer.url))


def test_other_choice_after_the_check_is_checked_again(open_desk):
    desk = open_desk("datadynamics")
    told = open_case(desk, severity="1", priority="low").context["form"]["told"].value()

    again = open_case(desk, severity="2", priority="low", told=told)

    assert again.context["form"]["told"].value() != told
    assert not cases(desk)


def test_promise_without_levels_stands_above_the_button(open_desk):
    desk = open_desk("scalix")
    with tenant(desk.twin.tenant):
        Contract.objects.filter(pk=desk.twin.contract.pk).update(plan="silver")

    page = case_page(desk)

    assert page.context["form"].axes == []
    assert "We answer by Mon 4 Mar 2030, 12:00 CET at the latest." in text_of(page)


def test_next_form_opens_the_next_case(desk):
    first, second = open_case(desk), open_case(desk, token="t2")

    assert first.url != second.url


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


def test_level_that_needs_somebody_to_be_reached_asks_who(open_desk):
    desk = open_desk("datadynamics")

    page = open_case(desk, severity="1", priority="high")
    answer = press_twice(desk, severity="1", priority="high", availability="Mobile 0170.")

    assert list(page.context["form"].errors) == ["availability"]
    assert answer.status_code == 302
    assert the_case(desk).availability == "Mobile 0170."


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
            company=desk.twin.company, plan="premium", product=other, starts_on=date(2026, 1, 1)
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


def test_agreed_time_is_on_the_callers_clock(open_desk):
    desk = open_desk("msp")

    open_case(
        desk,
        {"contact": desk.twin.caller.pk},
        priority="P6",
        scheduled_for="2030-03-05T10:00",
    )

    assert the_case(desk).scheduled_for == datetime(2030, 3, 5, 15, 0, tzinfo=UTC)


def test_agreed_time_on_a_sunday_is_told_before_it_is_saved(open_desk):
    desk = open_desk("msp")
    sunday = {"priority": "P6", "scheduled_for": "2030-03-10T12:00"}

    page = open_case(desk, **sunday)

    assert page.status_code == 422
    assert (
        page.context["form"]
        .errors["scheduled_for"][0]
        .startswith(
            "That is outside the service hours: work would start at Mon 11 Mar 2030, 14:00 CET."
        )
    )
    assert not cases(desk)

    open_case(desk, told=page.context["form"]["told"].value(), **sunday)

    assert the_case(desk).scheduled_for == datetime(2030, 3, 10, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("when", ["2030-03-31T02:30", "3026-03-05T10:00", "9999-12-31T23:30"])
def test_impossible_agreed_time_is_refused_at_the_field(open_desk, when):
    desk = open_desk("msp")

    page = open_case(desk, priority="P6", scheduled_for=when)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["scheduled_for"]


def test_time_for_a_level_that_is_not_scheduled_is_left_out(open_desk):
    desk = open_desk("msp")

    open_case(desk, priority="P4", scheduled_for="2030-03-05T10:00")

    assert the_case(desk).scheduled_for is None


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
