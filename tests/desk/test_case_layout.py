"""How the page of a case is laid out: its story, its composer, and the forms of its acts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from tests.desk.conftest import MONDAY, text_of
from tests.desk.test_acts import errors_of, messages_of
from tickets.actions.conversation import add_note, reply_as_customer
from tickets.actions.triage import assign_case
from tickets.looks import note_look

PART = {"X-Part": "1"}


def story(desk, case):
    found = desk.page(case).context["scene"].stretches
    return [(stretch.is_folded, stretch.titles) for stretch in found]


def test_what_nobody_said_is_folded_and_the_customers_last_word_is_a_step_away(desk, case):
    twin = desk.twin
    with tenant(twin.tenant):
        who = {"case_id": case.pk, "at": MONDAY}
        reply_as_customer(by=twin.contact, body="It is worse.", **who)
        assign_case(owner_id=twin.agent.pk, by=twin.agent, **who)
        assign_case(owner_id=twin.agent_2.pk, by=twin.agent, **who)
        add_note(by=twin.agent, body="Looks like the disk.", **who)
        assign_case(owner_id=twin.agent.pk, by=twin.agent, **who)

    assert story(desk, case) == [
        (False, ["Case opened", "Customer wrote"]),
        (True, ["Assigned"]),
        (False, ["Internal note"]),
        (False, ["Assigned"]),
    ]
    page = text_of(desk.page(case))
    assert "2 other entries:" in page
    assert 'href="#entry-2"' in page
    assert 'href="#entry' not in text_of(desk.page(desk.file()))


def test_form_of_an_act_is_a_page_and_for_a_script_a_part_of_one(desk, case):
    page = desk.asked(case, "assign")
    part = desk.asked(case, "assign", **PART)

    for answer in (page, part):
        assert answer.status_code == 200
        assert 'name="assign-owner"' in text_of(answer)
    assert "<html" in text_of(page)
    assert "<html" not in text_of(part)
    assert 'name="assign-owner"' not in text_of(desk.page(case))
    assert reverse("desk:assign", args=[case.number]) in text_of(desk.page(case))


@pytest.mark.parametrize(
    ("code", "role"), [("reopen", "agent"), ("assign", "account_manager"), ("schedule", "agent")]
)
def test_form_of_what_cannot_be_done_now_leads_back_to_the_case(desk, case, code, role):
    answer = desk.asked(case, code, desk.twin.person_of(role))

    assert answer.url == reverse("desk:case", args=[case.number])
    assert messages_of(answer) == ["That cannot be done on this case as it is now, or not by you."]


def test_refused_form_is_on_the_page_of_the_case_with_what_was_typed(desk, case):
    page = desk.act(case, "severity", level="2", reason="")

    assert page.status_code == 422
    assert [panel.code for panel in page.context["layout"].returned] == ["severity"]
    assert 'name="severity-reason"' in text_of(page)


def test_composer_has_what_one_may_write_and_begins_with_the_first(desk, case):
    def composer(person):
        panels = desk.page(case, person).context["layout"].composer
        return [(panel.code, panel.is_open) for panel in panels]

    assert composer(desk.twin.agent) == [
        ("reply", True),
        ("ask", False),
        ("solve", False),
        ("note", False),
    ]
    assert composer(desk.twin.dispatcher) == [("note", True)]


def test_subject_is_changed_for_both_sides_and_what_it_was_is_kept(desk, case, browse):
    before = case.subject

    desk.act(case, "subject", subject="  Printer on  fire ")

    assert desk.reread(case).subject == "Printer on fire"
    told = f"“{before}” is now “Printer on fire”"
    portal = browse(desk.twin.tenant, desk.twin.contact).get(f"/cases/{case.number}/")
    assert told in text_of(desk.page(case))
    assert told in text_of(portal)
    again = desk.act(case, "subject", subject="Printer on fire")
    assert errors_of(again, "subject") != {}
    assert desk.act(case, "subject", subject=" ").status_code == 422
    assert desk.act(case, "subject", desk.twin.account_manager, subject="x").status_code == 403


def test_colleague_named_in_a_note_gets_it_by_mail_and_nobody_else(desk, case):
    twin = desk.twin

    desk.act(case, "note", body="Have a look, please.", mention=[twin.agent_2.pk])
    desk.act(case, "note", body="Nobody needs this.")

    with tenant(twin.tenant):
        mails = OutboxMessage.objects.filter(kind="mentioned")
        assert [mail.recipient for mail in mails.select_related("recipient")] == [twin.agent_2]
    assert f"Told: {twin.agent_2.name}." in text_of(desk.page(case))
    stranger = desk.act(case, "note", body="Psst.", mention=[twin.contact.pk])
    assert stranger.status_code == 422


def test_note_on_a_restricted_case_can_be_told_only_to_who_sees_it(desk, case):
    desk.act(case, "restrict", desk.twin.lead, reason="A security matter.")

    form = desk.form(case, "note", desk.twin.lead)
    names = {name for _key, name in form.fields["mention"].choices}

    assert desk.twin.manager.name in names
    assert desk.twin.agent_3.name not in names


def test_side_tells_service_hours_and_earlier_cases_of_the_company(desk, case, set_desk_time):
    other = desk.file(subject="An older story")
    page = text_of(desk.page(case))
    set_desk_time(MONDAY + timedelta(hours=12))

    by_night = text_of(desk.page(case))

    assert f"TW-{other.number}</a> An older story" in page
    assert "Open now" in page
    assert "Closed now" in by_night
    assert "Tue 5 Mar" in by_night


def test_what_is_new_since_one_last_looked_is_marked_and_a_step_away(desk, case):
    twin = desk.twin
    with tenant(twin.tenant):
        note_look(case=case, by=twin.agent, seq=1)
        reply_as_customer(case_id=case.pk, by=twin.contact, body="It is worse.", at=MONDAY)
        add_note(case_id=case.pk, by=twin.agent, body="Looked at it.", at=MONDAY)

    first, never = (desk.page(case, who) for who in (twin.agent, twin.lead))

    assert [line.is_new for line in first.context["scene"].lines] == [False, True, False]
    assert "New since you last looked" in text_of(first)
    assert "New since you last looked" not in text_of(never)
