"""What the page of a case shows: clocks with receipts, the ladder ahead, the timeline."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import DeskTime, Person
from accounts.tenancy import tenant
from escalation.tick import tick_cases
from tests.cases import reopen_as_agreed
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.conversation import add_note, log_work, reply_as_customer, reply_to_case


def flat(response):
    return " ".join(text_of(response).split())


def why(desk, case, key="first_response-1"):
    return flat(desk.client().get(reverse("desk:why", args=[case.number, key])))


def test_header_names_all_that_one_asks_first(desk, case):
    page = flat(desk.page(case))

    for words in (
        "TW-1",
        case.subject,
        "With support",
        "Severity Level 3 (Low)",
        "Problem",
        "Level 1",
        desk.twin.team.name,
        "nobody owns it",
        desk.twin.company.name,
        desk.twin.contact.name,
        "Standard",
        "Web portal",
    ):
        assert words in page


def test_customers_own_clock_is_beside_that_of_the_desk(desk, case):
    same_hours = flat(desk.page(case))

    page = flat(desk.page(desk.file(contact=desk.twin.caller)))

    assert "For the customer" not in same_hours
    assert "For the customer" in page

    assert "Mon 4 Mar 2030, 04:00 EST" in page
    assert 'href="tel:cn-alpha-1"' in page


def test_assumed_zone_is_a_warning(desk, case):
    stranger = desk.twin.stranger  # of a company without a zone
    unknown = desk.file(company=desk.twin.other_company, contact=stranger, by=stranger)

    assert "Zone assumed" in text_of(desk.page(unknown))
    assert "Zone assumed" not in text_of(desk.page(case))


def test_clock_shows_what_is_left_in_working_time_and_in_all(desk):
    case = desk.file(at=MONDAY - timedelta(hours=1))

    page = desk.page(case)
    first = page.context["scene"].open_clocks[0]

    assert (first.view.name, first.view.state_name) == ("First response", "Running")
    assert first.working_left == "7 h"
    assert "7 h of working time</strong> · in 7 h" in flat(page)
    assert "Mon 4 Mar 2030, 17:00 CET" in flat(page)


def test_receipt_tells_rule_calendar_version_and_intervals(desk):
    case = desk.file(at=MONDAY + timedelta(hours=-60))  # Friday 22:00 in Berlin

    page = why(desk, case)

    assert "8 business hours" in page
    assert "Metalogix portal hours, Europe/Berlin" in page
    assert "Version 1 of the support policy</a>, clause MX-20" in page
    assert "nothing counts (closed: evening, weekend" in page
    assert "Mon 4 Mar 08:00" in page


def test_change_of_promise_stands_in_the_receipt(desk, case):
    desk.act(case, "severity", level="1", reason="It is down everywhere.")

    page = why(desk, case)

    assert "Severity changed" in page
    assert "Promised before:" in page
    assert "The new target counts from the start of the clock." in page
    assert "The reason:" in page
    assert "It is down everywhere." in page


def test_change_that_moved_no_due_time_is_left_out(desk, case):
    desk.act(case, "ask", body="Which version?")
    desk.act(case, "severity", level="1", reason="It is down everywhere.")

    clocks = desk.page(case).context["scene"].clocks
    told = " ".join(why(desk, case, clock.view.key) for clock in clocks)

    assert any(clock.view.clock.changes for clock in clocks)
    assert "Nothing was promised before" not in told


def test_ended_clocks_stand_in_the_order_of_their_end(desk, case, set_desk_time):
    desk.act(case, "ask", body="Which version?")
    with tenant(desk.twin.tenant):
        later = MONDAY + timedelta(hours=1)
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body="The last.", at=later)
    set_desk_time(MONDAY + timedelta(hours=2))
    desk.act(case, "solve", body="Restart it.")

    ends = [clock.view.ended_at for clock in desk.page(case).context["scene"].ended_clocks]

    assert len(set(ends)) > 1
    assert ends == sorted(ends)


def test_late_step_says_that_the_scheduler_did_not_run(desk, set_desk_time):
    case = desk.file()
    late = desk.file(at=MONDAY - timedelta(hours=1))
    for hours in (6, 8):  # a quarter of the time left, and none
        set_desk_time(MONDAY + timedelta(hours=hours, seconds=2))
        tick_cases(desk.twin.tenant.pk, [case.pk, late.pk])

    leapt = flat(desk.page(late))
    # Without a note of the moves of the clock nothing else can be said of it than an outage.
    DeskTime.objects.update(moves=[])
    on_time, too_late = (flat(desk.page(each)) for each in (case, late))

    assert "The desk's clock was moved forward" in unescape(leapt)
    assert "scheduler did not run" not in leapt
    assert "First response is overdue" in on_time
    assert "First response is overdue" in too_late
    assert "scheduler did not run" not in on_time
    assert "Sent 1 h 1 s late: the scheduler did not run in between." in too_late


def test_timeline_marks_what_is_internal_with_the_word(desk, case):
    who = {"case_id": case.pk, "by": desk.twin.agent, "at": MONDAY}
    with tenant(desk.twin.tenant):
        reply_to_case(body="For the customer.", **who)
        add_note(body="For us.", **who)
        log_work(body="Looked into it.", **who)

    lines = desk.page(case).context["scene"].lines

    assert [(line.title, line.tone, line.entry.internal) for line in lines] == [
        ("Case opened", "", False),
        ("Support answered", "is-mine", False),
        ("Internal note", "is-inside", True),
        ("Work on the case", "", False),
    ]
    timeline = flat(desk.page(case)).partition('id="composer"')[0]
    assert timeline.count("INTERNAL</span>") == 2


def test_call_that_was_logged_later_shows_both_moments(desk, case):
    desk.act(case, "call", caller="desk", occurred_at="2030-03-04T10:00", body="Talked.")
    later = desk.file(
        by=desk.twin.agent, channel="phone", at=MONDAY, occurred_at=MONDAY - timedelta(hours=61)
    )

    page = flat(desk.page(later))

    assert "Fri 1 Mar 2030, 21:00 CET" in page
    assert "logged" in page


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (
            "agent",
            "reply ask solve call unreachable note work restrict split consent away meeting "
            "channel hand-over escalate merge link defect "
            "subject take triage severity type assign least-loaded",
        ),
        (
            "dispatcher",
            "call unreachable note restrict consent away channel hand-over escalate "
            "merge link declare-incident subject triage severity type assign least-loaded",
        ),
        ("account_manager", "note escalate"),
        (
            "manager",
            "reply ask solve call unreachable note work restrict split consent away meeting "
            "channel hand-over escalate merge link declare-incident defect "
            "subject take triage severity type assign least-loaded",
        ),
    ],
)
def test_only_what_the_role_may_do_is_shown(desk, case, role, codes):
    panels = desk.page(case, desk.twin.person_of(role)).context["panels"]

    assert [panel.act.code for group in panels.values() for panel in group] == codes.split()


def test_dispatcher_logs_the_customers_calls_only(desk, case):
    form = desk.form(case, "call", desk.twin.dispatcher)

    assert [code for code, _name in form.fields["caller"].choices] == ["customer"]


def test_closed_case_offers_what_is_left_to_do(desk, case):
    desk.act(case, "solve", body="Restart it.")
    desk.act(case, "close")

    panels = desk.page(case).context["panels"]

    assert [panel.act.code for group in panels.values() for panel in group] == [
        "note",
        "restrict",
        "link",
        "reopen",
    ]


def test_every_form_has_one_button_that_says_what_happens(desk, case):
    page = desk.page(case)

    for group in page.context["panels"].values():
        for panel in group:
            assert panel.button
    assert f"Send to {desk.twin.contact.name}" in text_of(page)
    assert "Add internal note" in text_of(page)


def test_page_costs_the_same_for_a_short_and_a_long_timeline(desk, case):
    def statements():
        client = desk.client()
        address = reverse("desk:case", args=[case.number])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    with tenant(desk.twin.tenant):
        add_note(case_id=case.pk, by=desk.twin.agent, body="First.", at=MONDAY)
    short = statements()
    with tenant(desk.twin.tenant):
        for number in range(20):
            who = {"by": desk.twin.agent, "at": MONDAY + timedelta(minutes=number)}
            reply_to_case(case_id=case.pk, body=f"Reply {number}.", **who)
            add_note(case_id=case.pk, body=f"Note {number}.", **who)

    assert statements() == short
    # What never was on the case is not asked for, and the desk's people are read once; the mail
    # that waits is counted once for the top of the page.
    assert short <= 23


@pytest.mark.parametrize("number", ["2", "99999999999999999999"])
def test_case_that_there_is_not_is_not_found(desk, case, number):
    assert desk.client().get(f"/desk/cases/{number}/").status_code == 404


def test_owner_who_has_left_is_still_named_in_the_timeline(desk, case):
    desk.act(case, "assign", owner=desk.twin.agent_2.pk)
    with tenant(desk.twin.tenant):
        Person.objects.filter(pk=desk.twin.agent_2.pk).update(is_active=False)

    assert f"To {desk.twin.agent_2.name}" in flat(desk.page(case))


def test_every_clock_has_a_page_of_its_own_to_print(desk, case):
    page = desk.page(case)
    keys = [clock.view.key for clock in page.context["scene"].clocks]

    answers = [
        desk.client().get(reverse("desk:why", args=[case.number, key])).status_code for key in keys
    ]

    assert "first_response-1" in keys
    assert answers == [200] * len(keys)
    for key in keys:
        assert reverse("desk:why", args=[case.number, key]) in page.content.decode()


def test_rules_that_came_near_name_their_clauses_for_the_desk(desk, case):
    page = why(desk, case)

    assert "Rule:" in page
    assert "MX-16" in page
    assert "differs: it asks for" in page


def test_clock_that_stands_still_says_why_nothing_is_due(desk, case):
    desk.act(case, "ask", body="Which version?")
    clocks = desk.page(case).context["scene"].open_clocks
    (paused,) = [clock.view.key for clock in clocks if clock.view.state == "paused"]

    page = why(desk, case, paused)

    assert "Nothing falls due while the clock stands still." in page


def test_sc_14_page_says_who_wants_to_hear_what_becomes_of_it(desk):
    asked = desk.file(keep_informed=True)

    assert "<dt>Wants to hear</dt><dd>what becomes of it</dd>" in flat(desk.page(asked))
    assert "Wants to hear" not in flat(desk.page(desk.file()))


def test_sc_18_page_says_that_the_customer_calls_it_the_same_problem(desk, case):
    desk.act(case, "solve", body="Restart it.")
    desk.act(case, "close")
    with tenant(desk.twin.tenant):
        reopen_as_agreed(case, desk.twin, at=MONDAY + timedelta(hours=3))

    assert "The customer says it is the same problem." in flat(desk.page(case))


def test_ms_05_late_answer_to_an_order_to_page_is_neither_met_nor_breached(
    open_desk, set_desk_time
):
    desk = open_desk("msp")
    case = desk.file(priority="P1", by=desk.twin.agent, channel="phone")
    set_desk_time(MONDAY + timedelta(days=10))
    waiting = flat(desk.page(case))
    desk.act(case, "reply", body="We look into it.")

    answered = flat(desk.page(case))

    assert "At once" in waiting
    assert "Answered" in answered
    assert "after 240 h" in answered
    assert not any(word in waiting + answered for word in (">Breached<", ">Met<", "</svg>Met<"))
