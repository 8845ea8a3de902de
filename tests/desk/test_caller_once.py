"""What is read before a caller's case opens, and that one form opens one case."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.models import Contract, ContractLine
from tests.desk.callers import address, case_page, cases, open_case, press_twice, the_case, words
from tests.desk.conftest import text_of


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
        ContractLine.objects.create(
            tenant=desk.twin.tenant,
            contract=desk.twin.contract,
            subscription="software_subscription",
            starts_on=desk.twin.contract.starts_on,
        )

    page = case_page(desk)

    assert page.context["form"].axes == []
    assert "We answer by Mon 4 Mar 2030, 12:00 CET at the latest." in text_of(page)


def test_next_form_opens_the_next_case(desk):
    first, second = open_case(desk), open_case(desk, token="t2")

    assert first.url != second.url


def test_level_that_needs_somebody_to_be_reached_asks_who(open_desk):
    desk = open_desk("datadynamics")

    page = open_case(desk, severity="1", priority="high")
    answer = press_twice(desk, severity="1", priority="high", availability="Mobile 0170.")

    assert list(page.context["form"].errors) == ["availability"]
    assert answer.status_code == 302
    assert the_case(desk).availability == "Mobile 0170."


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
