"""The queue: its order, its views, what a row says, and that it costs the same for any length."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from desk.words import place_text
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.conversation import ask_customer, reply_as_customer
from tickets.actions.ending import resolve_case
from tickets.actions.triage import assign_case


def rows(page):
    return [row.case.subject for row in page.context["queue"].rows]


def ask(desk, **query):
    return desk.client().get(reverse("desk:queue"), query)


def test_order_is_the_policys_severity_first_then_due(desk):
    desk.file(subject="later", severity="3", at=MONDAY - timedelta(hours=1))
    desk.file(subject="sooner", severity="3", at=MONDAY - timedelta(hours=2))
    desk.file(subject="worst", severity="1", at=MONDAY)

    assert rows(ask(desk)) == ["worst", "sooner", "later"]


def test_order_of_another_policy_is_by_what_is_due_next(open_desk):
    desk = open_desk("msp")
    desk.file(subject="week", priority="P5", contact=desk.twin.contact)
    desk.file(subject="outage", priority="P2", at=MONDAY)
    desk.file(subject="high", priority="P3", at=MONDAY - timedelta(hours=3, minutes=45))

    assert rows(ask(desk)) == ["high", "outage", "week"]


def test_row_says_what_is_due_and_when_in_words(desk):
    desk.file(severity="2", at=MONDAY - timedelta(hours=1, minutes=50))

    text = text_of(ask(desk))

    assert "Running" in text
    assert "First response · in 6 h 10 min" in " ".join(text.split())
    assert "Mon 4 Mar 2030, 16:10 CET" in text
    assert "Severity Level 2 (High)" in text
    assert f"{desk.twin.canary}company" in text
    assert "Standard" in text
    assert "nobody yet" in text


@pytest.mark.parametrize(
    ("hours", "word"),
    [(0, "Running"), (6.5, "At risk"), (9, "Breached")],
)
def test_badge_carries_a_word(open_desk, hours, word):
    desk = open_desk("metalogix", at=MONDAY + timedelta(hours=hours))
    desk.file(severity="3", at=MONDAY - timedelta(hours=1))

    assert [row.state_name for row in ask(desk).context["queue"].rows] == [word]


def test_case_without_an_agreed_time_says_so(open_desk):
    desk = open_desk("msp")
    desk.file(priority="P6")

    assert [row.state_name for row in ask(desk).context["queue"].rows] == ["No time agreed yet"]


def test_immediate_case_asks_for_somebody_at_once_and_is_not_called_late(open_desk):
    desk = open_desk("msp")
    desk.file(priority="P1", by=desk.twin.agent, channel="phone", at=MONDAY - timedelta(minutes=5))

    assert [row.state_name for row in ask(desk).context["queue"].rows] == ["At once"]


def test_answered_case_shows_the_desks_own_aim_without_calling_it_promised(desk):
    case = desk.file(severity="2")
    desk.act(case, "reply", body="We look into it.")

    row = ask(desk).context["queue"].rows[0]

    assert (row.state_name, row.clock) == ("Own aim", "Progress")
    assert row.due_at == MONDAY + timedelta(hours=8)


def test_case_that_nobody_has_moved_in_time_is_called_stalled(desk, set_desk_time):
    case = desk.file(severity="2")
    desk.act(case, "reply", body="We look into it.")
    set_desk_time(MONDAY + timedelta(hours=9))

    row = ask(desk).context["queue"].rows[0]

    assert (row.state_name, row.look.tone) == ("Stalled", "is-warn")
    stalled = ask(desk, view="stalled").context["queue"]
    assert (stalled.view.name, stalled.view.count) == ("Stalled", 1)
    assert [shown.case.number for shown in stalled.rows] == [case.number]


def test_missed_aim_of_the_desks_own_breaches_nothing(desk, set_desk_time):
    case = desk.file(severity="2")
    desk.act(case, "reply", body="We look into it.")
    with tenant(desk.twin.tenant):
        reply_as_customer(case_id=case.pk, by=desk.twin.contact, body="And now?", at=MONDAY)
    set_desk_time(MONDAY + timedelta(hours=9))

    row = ask(desk).context["queue"].rows[0]

    assert (row.clock, row.state_name, row.look.tone) == (
        "Next response",
        "Own aim missed",
        "is-warn",
    )
    assert rows(ask(desk, view="breached")) == []
    shown = next(
        clock
        for clock in desk.page(case).context["scene"].open_clocks
        if clock.view.kind == "next_response"
    )
    assert (shown.view.is_own_aim, shown.state_name) == (True, "Own aim missed")


def test_rows_stand_in_the_order_of_the_times_that_they_show(desk):
    answered, owed = desk.file(severity="2"), desk.file(severity="3", at=MONDAY)
    desk.act(answered, "reply", body="We look into it.")

    rows = ask(desk).context["queue"].rows

    assert {row.case.number for row in rows} == {answered.number, owed.number}
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)


@pytest.mark.parametrize(
    ("pack", "title"),
    [
        ("metalogix", "Severity"),
        ("msp", "Priority"),
        ("datadynamics", "Severity / Priority"),
        ("scalix", ""),
    ],
)
def test_column_of_levels_is_named_as_the_policy_does(open_desk, pack, title):
    assert ask(open_desk(pack)).context["queue"].levels_title == title


@pytest.mark.parametrize(("view", "is_shown"), [("open", False), ("mine", True), ("all", True)])
def test_status_is_a_column_only_where_it_differs(desk, view, is_shown):
    case = desk.file()
    desk.act(case, "take")

    assert (">Status</th>" in text_of(ask(desk, view=view))) is is_shown


def test_level_is_not_said_twice_where_the_team_is_named_for_it():
    assert [place_text(1, "Front"), place_text(3, "Level 3 engineering"), place_text(2, "")] == [
        "Level 1 · Front",
        "Level 3 engineering",
        "Level 2",
    ]


def test_call_that_is_owed_is_marked(desk):
    desk.file(severity="1")

    assert "Call owed" in text_of(ask(desk))


def test_views_hold_what_they_say_and_count_it(desk):
    twin = desk.twin
    mine, asked, solved, _other = (
        desk.file(subject=subject) for subject in ("mine", "asked", "solved", "other")
    )
    with tenant(twin.tenant):
        assign_case(case_id=mine.pk, owner_id=twin.agent.pk, by=twin.agent, at=MONDAY)
        ask_customer(case_id=asked.pk, by=twin.agent, question="Which one?", at=MONDAY)
        resolve_case(case_id=solved.pk, by=twin.agent, solution="Do this.", at=MONDAY)

    found = {
        view: sorted(rows(ask(desk, view=view)))
        for view in ("open", "unassigned", "mine", "my_teams", "waiting", "solved", "all")
    }
    counts = {view.code: view.count for view in ask(desk).context["queue"].views}

    assert found == {
        "open": ["mine", "other"],
        "unassigned": ["other"],
        "mine": ["mine"],
        "my_teams": ["mine", "other"],
        "waiting": ["asked"],
        "solved": ["solved"],
        "all": ["asked", "mine", "other", "solved"],
    }
    assert {view: len(subjects) for view, subjects in found.items()} == {
        view: count for view, count in counts.items() if view in found
    }


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("open", "No case is with support."),
        ("breached", "Nothing is late."),
        ("mine", "You own no case."),
        ("waiting", "No case waits for a customer."),
        ("all", "There are no cases yet."),
    ],
)
def test_empty_view_says_why_it_is_empty(desk, view, words):
    assert words in text_of(ask(desk, view=view))


def test_unknown_view_is_not_found(desk):
    assert ask(desk, view="nonsense").status_code == 404


def test_fifty_rows_cost_as_many_statements_as_one(desk):
    def statements():
        client = desk.client()
        client.get(reverse("desk:queue"))  # once, so that the policy is parsed
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("desk:queue")).status_code == 200
        return len(captured)

    desk.file()
    one = statements()
    for number in range(49):
        desk.file(subject=f"case {number}", severity=str(number % 4 + 1))

    assert len(rows(ask(desk))) == 50
    assert statements() == one
    # What waits to be acknowledged is counted once, for the view and for the top of the page;
    # the mail that waits for a person, once.
    assert one <= 18


def test_fifty_first_case_is_on_the_second_page(desk):
    for number in range(51):
        desk.file(subject=f"case {number}", at=MONDAY - timedelta(minutes=60 - number))

    assert len(rows(ask(desk))) == 50
    assert rows(ask(desk, page="2")) == ["case 50"]
    assert rows(ask(desk, page="99")) == ["case 50"]
    assert len(rows(ask(desk, page="x"))) == 50


@pytest.mark.parametrize("typed", ["1", "TW-1", "tw 1", "#1", " TW-1 "])
def test_case_is_found_by_its_number_however_it_is_written(desk, case, typed):
    answer = desk.client().get(reverse("desk:find_case"), {"number": typed})

    assert answer.url == reverse("desk:case", args=[case.number])


@pytest.mark.parametrize("typed", ["2", "TW-2", "999999999"])
def test_unknown_number_is_said_to_be_unknown(desk, case, typed):
    answer = desk.client().get(reverse("desk:find_case"), {"number": typed}, follow=True)

    assert answer.redirect_chain == [(reverse("desk:queue"), 302)]
    assert "There is no case" in text_of(answer)


@pytest.mark.parametrize("typed", ["", "TW-", "99999999999999999999", "<b>"])
def test_what_is_no_number_is_searched_for(desk, case, typed):
    answer = desk.client().get(reverse("desk:find_case"), {"number": typed}, follow=True)

    assert answer.redirect_chain[0][0].startswith(f"{reverse('desk:search')}?q=")
    assert answer.status_code == 200
    assert "<b>" not in text_of(answer)


def test_number_of_another_vendor_is_refused_in_words(desk, case):
    answer = desk.client().get(reverse("desk:find_case"), {"number": "MX-1"}, follow=True)

    assert answer.redirect_chain == [(reverse("desk:queue"), 302)]
    assert "“MX-1” is no number of this desk: those begin with TW." in text_of(answer)


def test_without_a_policy_the_desk_says_what_is_missing(alpha, browse):
    page = browse(alpha.tenant, alpha.agent).get(reverse("desk:queue"))

    assert page.status_code == 409
    assert "No support policy is in effect" in text_of(page)


def test_words_of_others_are_written_into_a_row_as_they_are(desk):
    desk.file(subject="{number} of {0} <b>&amp;</b> 100 %")

    page = ask(desk).content.decode()

    assert " data-open>{number} of {0} &lt;b&gt;&amp;amp;&lt;/b&gt; 100 %</a>" in page
