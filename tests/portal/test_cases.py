"""Reading and answering one's cases."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import add_person, add_team
from accounts.tenancy import tenant
from escalation.actions import hand_over
from tests.portal.pages import all_cases, file_cases, words
from tests.tickets.retargets import publish_hours
from tickets.actions.conversation import add_note, ask_customer, log_work, reply_to_case
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.retargeting import retarget_case
from tickets.actions.triage import assign_case, change_severity, change_type, triage_case
from tickets.models import Case

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)  # 10:00 in New York
HOUR = timedelta(hours=1)
CANARY = "only-for-the-desk"


@pytest.fixture
def filed(vendor, browse, set_desk_time):
    """A case of Metalogix Standard, filed on Monday at ten; it is noon now."""
    set_desk_time(MONDAY + 2 * HOUR)
    world = vendor("metalogix")
    (case,) = file_cases(world, 1, at=MONDAY, severity="2")
    world.case = case
    world.page = f"/cases/{case.number}/"
    world.client = browse(world.tenant, world.contact)
    return world


def at_desk(world, action, *, at=MONDAY + HOUR, **facts):
    with tenant(world.tenant):
        return action(case_id=world.case.pk, by=world.agent, at=at, **facts)


def status_of(world):
    (case,) = all_cases(world)
    return case.status


def test_case_says_by_when_an_answer_is_owed_and_why(filed):
    page = words(filed.client.get(filed.page))

    assert "We owe you an answer by Mon 7 Jun 2083, 18:00 EDT · in 6 h ." in page
    assert "8 business hours" in page
    assert "Metalogix portal hours, America/New_York" in page
    assert "Version 1 of the support policy" in page
    assert "MX-20" not in page
    assert "Mon 7 Jun 10:00 to Mon 7 Jun 18:00: 8 h count" in page


def test_late_answer_is_called_late(filed, set_desk_time):
    set_desk_time(MONDAY + 10 * HOUR)

    page = words(filed.client.get(filed.page))

    assert "Our answer is late. It was due Mon 7 Jun 2083, 18:00 EDT · 2 h ago ." in page


def test_changed_severity_shows_both_promises_and_the_reason(filed):
    at_desk(filed, change_severity, severity="1", reason=CANARY)

    page = words(filed.client.get(filed.page))

    assert "from Severity Level 2 (High) to Severity Level 1" in page
    assert (
        "Severity changed ( Mon 7 Jun 2083, 11:00 EDT ): promised before "
        "Mon 7 Jun 2083, 18:00 EDT ; now Mon 7 Jun 2083, 12:00 EDT ." in page
    )


def test_history_is_told_oldest_first(filed):
    at_desk(filed, reply_to_case, body="The first answer.")
    at_desk(filed, ask_customer, question="Which version?")

    lines = filed.client.get(filed.page).context["page"].lines

    assert [(line.title, line.who) for line in lines] == [
        ("Case opened", "you"),
        ("Support answered", "Ana Agent"),
        ("Question to you", "Ana Agent"),
    ]
    assert [line.is_open_question for line in lines] == [False, False, True]


def test_question_is_put_before_everything(filed):
    at_desk(filed, ask_customer, question="Which version?")

    page = words(filed.client.get(filed.page))

    assert "Our question to you Which version?" in page
    assert "Answer it This is not waiting on me I will be away" in page
    assert "We are waiting for your answer. Until then our clock stands still." in page


def test_changed_type_is_told_from_and_to(filed):
    at_desk(filed, change_type, case_type="question", reason=CANARY)

    lines = filed.client.get(filed.page).context["page"].lines

    told = [(line.title, line.detail) for line in lines[1:]]
    assert told == [("Type changed", "from Problem to Question")]


def test_answer_ends_the_wait(filed):
    at_desk(filed, ask_customer, question="Which version?")

    response = filed.client.post(f"{filed.page}reply/", {"body": "Version 8."}, follow=True)

    assert "Your message is with support." in words(response)
    assert response.context["page"].lines[-1].body == "Version 8."
    assert status_of(filed) == Case.Status.OPEN


@pytest.mark.parametrize("act", ["reply", "reopen"])
def test_empty_message_is_refused(filed, act):
    at_desk(filed, resolve_case, solution="Restart it.")

    response = filed.client.post(f"{filed.page}{act}/", {"body": "  ", "reason": " "})

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert status_of(filed) == Case.Status.RESOLVED


def test_message_on_a_closed_case_is_refused_and_shown_again(filed):
    at_desk(filed, resolve_case, solution="Restart it.")
    at_desk(filed, close_case)

    response = filed.client.post(f"{filed.page}reply/", {"body": "It is back."})

    assert response.status_code == 422
    assert "This case is closed. Reopen it first, or file a new one." in words(response)
    assert status_of(filed) == Case.Status.CLOSED


def test_message_on_a_case_that_was_closed_meanwhile_stands_in_the_box_to_reopen(filed):
    at_desk(filed, resolve_case, solution="Restart it.")
    at_desk(filed, close_case)

    page = filed.client.post(f"{filed.page}reply/", {"body": "It is back."})
    words_to_reopen = page.context["reopen_form"]["reason"].value()
    again = filed.client.post(
        f"{filed.page}reopen/", {"reason": words_to_reopen, "same_problem": "on"}, follow=True
    )

    assert words_to_reopen == "It is back."
    assert again.context["page"].lines[-1].body == "It is back."


def test_reason_to_reopen_what_is_open_already_stands_in_the_box_to_reply(filed):
    page = filed.client.post(f"{filed.page}reopen/", {"reason": "It is back."})

    assert page.status_code == 422
    assert page.context["reply_form"]["body"].value() == "It is back."


def test_words_beside_the_button_that_closes_go_along(filed):
    page = filed.client.get(filed.page).content.decode()
    response = filed.client.post(f"{filed.page}close/", {"body": "It was the proxy."}, follow=True)

    lines = [(line.title, line.body) for line in response.context["page"].lines[1:]]
    assert f'formaction="{filed.page}close/"' in page
    assert lines == [("Closed", "It was the proxy.")]
    assert status_of(filed) == Case.Status.CLOSED


def test_case_with_words_on_what_is_still_wrong_is_not_closed(filed):
    at_desk(filed, resolve_case, solution="Restart it.")

    page = filed.client.post(f"{filed.page}close/", {"reason": "It hangs again."})

    assert page.status_code == 422
    assert "You wrote what is still wrong, so the case was not closed." in words(page)
    assert page.context["reopen_form"]["reason"].value() == "It hangs again."
    assert status_of(filed) == Case.Status.RESOLVED


def test_refused_words_are_not_lost(filed, set_desk_time):
    at_desk(filed, resolve_case, solution="Restart it.")
    response = filed.client.post(f"{filed.page}reopen/", {"reason": "x" * 20_001})

    assert response.status_code == 422
    assert "x" * 20_001 in response.content.decode()


def test_solved_case_is_closed_by_its_customer(filed):
    at_desk(filed, resolve_case, solution="Restart it.")

    page = words(filed.client.get(filed.page))
    response = filed.client.post(f"{filed.page}close/", follow=True)

    assert "Is it solved?" in page
    assert "Restart it." in page
    assert "The case is closed. Thank you for telling us." in words(response)
    assert status_of(filed) == Case.Status.CLOSED


def test_closing_twice_is_told(filed):
    filed.client.post(f"{filed.page}close/")

    response = filed.client.post(f"{filed.page}close/")

    assert response.status_code == 422
    assert "This case is closed." in words(response)


def test_solution_that_is_none_opens_the_case_again(filed):
    at_desk(filed, resolve_case, solution="Restart it.")

    response = filed.client.post(
        f"{filed.page}reopen/", {"reason": "It is still there."}, follow=True
    )

    assert "The case is open again, and with support." in words(response)
    assert response.context["page"].lines[-1].body == "It is still there."
    assert status_of(filed) == Case.Status.OPEN


@pytest.fixture
def closed_scalix(vendor, browse, set_desk_time):
    """A case of a vendor that reopens for 90 days, closed on 7 June."""
    set_desk_time(MONDAY + 2 * HOUR)
    world = vendor("scalix")
    (world.case,) = file_cases(world, 1, at=MONDAY)
    at_desk(world, resolve_case, solution="Restart it.")
    at_desk(world, close_case)
    world.page = f"/cases/{world.case.number}/"
    world.client = browse(world.tenant, world.contact)
    return world


def test_closed_case_names_the_last_day_to_reopen(closed_scalix):
    page = words(closed_scalix.client.get(closed_scalix.page))

    assert "you can open this case again until the end of Sun 5 Sep 2083 EDT" in page


def test_sc_18_words_after_the_window_are_the_draft_of_a_new_case(closed_scalix, set_desk_time):
    set_desk_time(MONDAY + timedelta(days=100))

    page = words(closed_scalix.client.get(closed_scalix.page))
    response = closed_scalix.client.post(f"{closed_scalix.page}reopen/", {"reason": "Again."})

    assert "This case could be opened again until" in page
    assert "Now a new case can be opened about it" in page
    assert (response.status_code, response["location"]) == (302, "/file/")
    draft = words(closed_scalix.client.get("/file/", follow=True))
    assert "could be reopened until" in draft
    assert "Again." in words(closed_scalix.client.get("/file/check/", follow=True))
    assert status_of(closed_scalix) == Case.Status.CLOSED


def test_nothing_of_the_desk_reaches_any_portal_page(filed, browse):
    at_desk(filed, add_note, body=f"{CANARY}-note")
    at_desk(filed, log_work, body=f"{CANARY}-work")
    at_desk(filed, triage_case, reason=f"{CANARY}-triage")
    at_desk(filed, assign_case, owner_id=filed.agent.pk)
    with tenant(filed.tenant):
        team = add_team(name="Second line", tier=2)
        hand_over(
            case_id=filed.case.pk,
            team_id=team.pk,
            note_done=f"{CANARY}-hand-over",
            note_needed=f"{CANARY}-needed",
            by=filed.agent,
            at=MONDAY + HOUR,
        )
    admin = browse(filed.tenant, filed.admin)
    pages = ["/", "/cases/", "/cases/?scope=company&view=all", filed.page, f"{filed.page}filed/"]

    for client in (filed.client, admin):
        for page in pages:
            assert CANARY not in client.get(page).content.decode()


def test_case_that_is_not_mine_is_as_if_there_were_none(filed, browse):
    stranger = browse(filed.tenant, filed.colleague)

    pages = [stranger.get(path) for path in (filed.page, "/cases/99/", "/cases/99999999999/")]

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert pages[0].content == pages[1].content == pages[2].content


@pytest.mark.parametrize("act", ["reply", "close", "reopen"])
def test_nothing_is_done_to_a_case_that_is_not_mine(filed, browse, act):
    stranger = browse(filed.tenant, filed.colleague)

    response = stranger.post(f"{filed.page}{act}/", {"body": "Hello", "reason": "Hello"})

    assert response.status_code == 404
    assert status_of(filed) == Case.Status.OPEN


def test_company_admin_reads_and_answers_for_the_company(filed, browse):
    admin = browse(filed.tenant, filed.admin)

    response = admin.post(f"{filed.page}reply/", {"body": "From the admin."}, follow=True)

    assert response.context["page"].lines[-1].who == "you"
    assert response.context["page"].lines[0].who == "carla"


@pytest.mark.parametrize("act", ["reply", "close", "reopen"])
def test_a_look_at_an_act_shows_the_case_and_changes_nothing(filed, browse, act):
    stranger = browse(filed.tenant, filed.colleague)

    assert filed.client.get(f"{filed.page}{act}/")["Location"] == filed.page
    assert stranger.get(f"{filed.page}{act}/").status_code == 404
    assert status_of(filed) == Case.Status.OPEN


def test_desk_people_are_sent_to_the_desk(filed, browse):
    desk = browse(filed.tenant, filed.agent)

    assert desk.get("/")["Location"] == "/desk/"
    assert desk.post(f"{filed.page}reply/", {"body": "Hello"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/cases/", "/cases/1/", "/file/", "/file/what/"])
def test_visitor_is_asked_to_sign_in(filed, browse, path):
    response = browse(filed.tenant).get(path)

    assert response["Location"] == f"/account/login/?next={path}"


@pytest.mark.parametrize("act", ["/cases/1/reply/", "/file/what/", "/file/send/"])
def test_visitor_who_sends_a_form_is_asked_to_sign_in_first(filed, browse, act):
    response = browse(filed.tenant).post(act, {"body": "Hello"})

    assert response["Location"] == f"/account/login/?next={act}%3Funsent%3D1"


@pytest.mark.parametrize("page", ["/cases/1/reply/", "/cases/1/reopen/", "/file/what/"])
def test_who_signs_in_again_is_told_that_nothing_was_sent(filed, page):
    told = words(filed.client.get(f"{page}?unsent=1", follow=True))
    plain = words(filed.client.get(page, follow=True))

    assert "You had been signed out: what you wrote was not sent. Please write it again." in told
    assert "signed out" not in plain


def test_mail_of_an_act_leaves_with_it_and_not_at_the_next_beat(
    filed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as looked:
        filed.client.get(filed.page)
    with django_capture_on_commit_callbacks() as refused:
        filed.client.post(f"{filed.page}reply/", {"body": " "})
    with django_capture_on_commit_callbacks() as done:
        filed.client.post(f"{filed.page}reply/", {"body": "Version 8."})

    nudges = [[call.__module__ for call in calls] for calls in (looked, refused, done)]
    assert nudges == [[], [], ["outbox.tasks"]]


REVIEWED = "Promise reviewed under a new policy"


@pytest.mark.parametrize("is_moved", [True, False])
def test_new_policy_is_told_where_it_moved_a_promise_and_without_a_name(filed, is_moved):
    if not is_moved:
        at_desk(filed, reply_to_case, body="Here.", at=MONDAY + HOUR / 2)
    with tenant(filed.tenant):
        filed.manager = add_person(name="Moss", role="manager", email="moss@desk.test")
        version = publish_hours(filed, 4, at=MONDAY + HOUR)
        retarget_case(
            case_id=filed.case.pk,
            version=version,
            base="opening",
            by=filed.manager,
            at=MONDAY + HOUR,
        )

    page = words(filed.client.get(filed.page))

    assert (REVIEWED in page) is is_moved
    assert (f"{REVIEWED} by the policy" in page) is is_moved
    assert "Moss" not in page
