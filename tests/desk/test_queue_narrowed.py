"""The queue narrowed and grouped, what is new in it, and what one has not read yet."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import tenant
from tests.desk.conftest import MONDAY, text_of
from tickets.actions.conversation import reply_as_customer
from tickets.actions.triage import assign_case
from tickets.models import Case

QUEUE = reverse("desk:queue")


def ask(desk, **query):
    return desk.client().get(reverse("desk:queue"), query)


def subjects(page):
    return [row.case.subject for row in page.context["queue"].rows]


def test_form_of_several_values_leads_to_one_short_address(desk):
    desk.file(subject="low", severity="4")
    desk.file(subject="high", severity="2")

    sent = {"view": "open", "severity": ["1", "2"], "severity_is": "not", "text": ""}
    answer = ask(desk, **sent)

    assert answer.url == f"{reverse('desk:queue')}?view=open&not_severity=1,2"
    shown = desk.client().get(answer.url)
    assert subjects(shown) == ["low"]
    chips = shown.context["shelf"].narrowing.chips
    assert [(chip.text, chip.query) for chip in chips] == [
        ("Severity is not: Severity Level 1", "view=open&not_severity=2"),
        ("Severity is not: Severity Level 2 (High)", "view=open&not_severity=1"),
    ]


def test_columns_to_narrow_by_are_read_only_where_they_are_shown(desk, case):
    closed, opened = ask(desk), ask(desk, narrow="1", owner="me")

    assert "narrow-text" not in text_of(closed)
    assert 'name="owner" value="me" checked' in text_of(opened)
    assert "No case of this view is like that." in text_of(opened)
    assert desk.twin.company.name in text_of(opened)


def test_no_customer_is_listed_for_cases_that_are_out_of_sight(desk):
    desk.file(subject="secret", company=desk.twin.other_company, contact=desk.twin.stranger)
    with tenant(desk.twin.tenant):
        Case.objects.filter(subject="secret").update(is_restricted=True)

    listed = [
        desk.twin.other_company.name in text_of(desk.client(person).get(QUEUE, {"narrow": "1"}))
        for person in (desk.twin.lead, desk.twin.account_manager)
    ]

    assert listed == [True, False]


def test_groups_have_their_names_and_their_counts_on_every_page(desk):
    twin = desk.twin
    owned, _other = desk.file(subject="owned"), desk.file(subject="free")
    with tenant(twin.tenant):
        assign_case(case_id=owned.pk, owner_id=twin.agent.pk, by=twin.agent, at=MONDAY)

    groups = ask(desk, group="owner").context["queue"].groups

    assert [(group.title, group.count) for group in groups] == [
        ("Owner: none", 1),
        (twin.agent.name, 1),
    ]


@pytest.mark.parametrize("query", [{"group": "owner"}, {"severity": "1,2,3,4", "narrow": "1"}])
def test_fifty_rows_cost_as_many_statements_as_one(desk, query):
    def statements():
        client = desk.client()
        client.get(reverse("desk:queue"), query)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:queue"), query)
        return len(captured)

    desk.file(severity="3")
    one = statements()
    for number in range(12):
        desk.file(subject=f"case {number}", severity=str(number % 4 + 1))

    assert statements() == one


def test_more_than_is_counted_is_said_to_be_more(desk, monkeypatch):
    monkeypatch.setattr("tickets.counting.MOST_COUNTED", 2)
    monkeypatch.setattr("desk.queue.MOST_COUNTED", 2)
    for number in range(4):
        desk.file(subject=f"case {number}")

    shown = ask(desk)

    assert "More than 2 cases" in text_of(shown)
    assert '<span class="count">2+</span>' in text_of(shown)
    assert "Change all" not in text_of(shown)


def test_poll_tells_what_is_new_of_this_list_and_nothing_the_second_time(desk):
    twin, client = desk.twin, desk.client()
    old = desk.file(subject="old", severity="3")
    known = ask(desk).context["queue"].known
    desk.file(subject="new", severity="3")
    desk.file(subject="of another level", severity="4")
    with tenant(twin.tenant):
        reply_as_customer(case_id=old.pk, by=twin.contact, body="And now?", at=MONDAY)
        assign_case(case_id=old.pk, owner_id=twin.agent.pk, by=twin.agent, at=MONDAY)
    news = {"view": "open", "severity": "3", "known": known}

    first = client.get(reverse("desk:queue_news"), news)
    same = client.get(reverse("desk:queue_news"), news, headers={"If-None-Match": first["ETag"]})

    assert first.json() == {"news": "1 new case, 1 changed case"}
    assert same.status_code == 304
    mine = client.get(reverse("desk:queue_news"), {"view": "mine", "known": known})
    assert mine.json() == {"news": "1 changed case"}


def test_case_is_unread_until_one_has_seen_what_the_customer_wrote(desk, case):
    def unread(person):
        rows = desk.client(person).get(reverse("desk:queue")).context["queue"].rows
        return [row.is_unread for row in rows]

    twin, here = desk.twin, reverse("desk:presence", args=[case.number])
    assert (unread(twin.agent), unread(twin.lead)) == ([True], [True])
    desk.client().post(here, {"writing": "0", "seen": "1"})
    assert (unread(twin.agent), unread(twin.lead)) == ([False], [True])
    with tenant(twin.tenant):
        later = MONDAY + timedelta(minutes=1)
        reply_as_customer(case_id=case.pk, by=twin.contact, body="And now?", at=later)
    assert unread(twin.agent) == [True]
    # A page that was drawn before knows nothing of the new entry.
    desk.client().post(here, {"writing": "0", "seen": "1"})
    assert unread(twin.agent) == [True]

    desk.act(case, "reply", body="We look into it.")

    assert unread(twin.agent) == [False]


def test_words_that_are_looked_for_are_never_taken_for_what_they_stand_beside(desk):
    words = ("as many as are counted", "the cases that are closed to somebody")

    pages = [ask(desk, view="all", severity=one) for one in words]

    assert [page.status_code for page in pages] == [200, 200]
