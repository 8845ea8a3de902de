"""The life of a case on the desk's page: asked, merged, hung on an incident, tied to a fault."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from entitlements.releases import add_release
from tests.desk.conftest import MONDAY, text_of
from tickets.canned import save_canned
from tickets.models import CaseQuestion, Defect


@pytest.fixture
def desk(open_desk):
    """Data Dynamics: a checklist by type, and a fix by release."""
    return open_desk("datadynamics")


@pytest.fixture
def case(desk):
    return file(desk)


def file(desk, **changes):
    facts = {"severity": "2", "priority": "normal", "case_type": "problem"}
    return desk.file(product=desk.twin.product, **(facts | changes))


def test_dd_34_question_offers_the_policys_checklist_and_shows_what_waits(desk, case):
    form = desk.form(case, "ask")
    listed = [words for words, _label in form.fields["items"].choices]

    sent = desk.act(
        case, "ask", body="What happened?", items=listed[:1], own="A trace\n\n", why="To see it."
    )

    assert sent.status_code == 302
    with tenant(desk.twin.tenant):
        items = CaseQuestion.objects.get().items.order_by("position")
        assert [item.words for item in items] == [listed[0], "A trace"]
    page = text_of(desk.page(case))
    assert listed[0] in page
    assert "To see it." in page
    assert "Without an answer it is closed at" in page
    refused = desk.act(case, "ask", body="Your password, please.")
    assert refused.status_code == 422
    assert "Nobody is asked for a secret" in text_of(refused)
    assert "This asks for no secret" in text_of(refused)
    assert "ask-no_secret" not in page
    confirmed = desk.act(case, "ask", body="Your PIN, please.", no_secret="on")
    assert confirmed.status_code == 302
    assert "Confirmed by who asked: it asks for no secret." in text_of(desk.page(case))


def test_dd_40_attempt_and_dd_39_absence_are_logged_on_the_page(desk, case):
    logged = desk.act(case, "unreachable", way="phone", note="Voice mail.")
    away = desk.act(case, "away", last_day="2030-03-20")

    page = text_of(desk.page(case))
    assert (logged.status_code, away.status_code) == (302, 302)
    assert "Customer not reached" in page
    assert "Voice mail." in page
    assert "The customer is away up to and including 20 Mar 2030" in page
    assert desk.reread(case).away_until == date(2030, 3, 20)


def test_ms_05_incident_is_drawn_with_its_cases_and_companies(desk, case):
    lead = desk.twin.lead
    incident = file(desk)
    prefix = f"{desk.twin.tenant.case_prefix}-"
    desk.act(incident, "declare-incident", lead)

    hung = desk.act(incident, "hang-cases", lead, cases=f"{prefix}{case.number}")
    wrong = desk.act(incident, "hang-cases", lead, cases="the first")

    page = text_of(desk.page(incident, lead))
    assert (hung.status_code, wrong.status_code) == (302, 422)
    assert "1 open case, 1 company" in page
    assert '<meter class="life-bar" min="0" max="20" value="1"' in page
    solved = desk.act(incident, "solve", body="New switch.", with_children="on")
    assert solved.status_code == 302
    assert desk.reread(case).status == "resolved"


def test_ms_05_answer_names_how_many_read_it_and_no_customer_of_several(desk, case, settings):
    settings.UNDO_SEND_SECONDS = 20
    lead, twin = desk.twin.lead, desk.twin
    incident = file(desk, company=twin.other_company, contact=twin.stranger)
    assert f"Send to {twin.stranger.name}" in text_of(desk.page(incident))
    desk.act(incident, "declare-incident", lead)
    desk.act(incident, "hang-cases", lead, cases=str(case.number))
    with tenant(twin.tenant):
        text = {"title": "Hello", "body": "Dear {contact}.", "is_shared": False}
        canned = save_canned(canned_id=None, by=twin.agent, at=MONDAY, **text)

    page = text_of(desk.page(incident))
    form = {"act": "reply", "reply-body": "Mend it.", "canned": canned.pk}
    refused = desk.client().post(reverse("desk:insert", args=[incident.number]), form, follow=True)
    held = desk.act(incident, "reply", body="A new switch.")

    assert "Send to 2 people" in page
    assert "The customer reads this: 2 people" in page
    assert f"Send the question to {twin.stranger.name}" in page
    assert "Files stay on this case" in page
    assert "{contact} is true of one of them only" in text_of(refused)
    assert "Mend it.</textarea>" in text_of(refused)
    assert held.status_code == 302
    assert "Not sent to 2 people yet." in text_of(desk.page(incident))


def test_merge_is_done_shown_and_undone_on_the_page(desk, case):
    other = file(desk)

    desk.act(case, "merge", into=str(other.number))

    assert "Merged: it goes on in" in text_of(desk.page(case))
    assert "Merged here:" in text_of(desk.page(other))
    codes = {panel.act.code for panel in desk.page(case).context["panels"]["tie"]}
    assert "undo-merge" in codes
    desk.act(case, "undo-merge")
    assert desk.reread(case).status == "open"


def test_dd_24_fault_is_tied_promised_and_shipped_on_the_page(desk, case):
    desk.act(case, "defect", title="Copy stops")
    with tenant(desk.twin.tenant):
        release = add_release(
            product=desk.twin.product, version="7.8.1", released_on=date(2030, 6, 30)
        )

    promised = desk.act(case, "promise-fix", release=release.pk, note="Service pack.")

    page = text_of(desk.page(case))
    assert promised.status_code == 302
    for words in ("Copy stops", "7.8.1", "1 open case, 1 company", "Service pack."):
        assert words in page
    desk.act(case, "ship-fix")
    with tenant(desk.twin.tenant):
        assert Defect.objects.get().state == "shipped"
    assert "Fix shipped" in text_of(desk.page(case))


def test_links_are_made_and_taken_away_on_the_page(desk, case):
    other = file(desk, at=MONDAY)

    desk.act(case, "link", other=str(other.number))
    shown = desk.page(other).context["scene"].life.linked
    desk.act(other, "unlink", other=case.number)

    assert [one.number for one in shown] == [case.number]
    assert desk.page(other).context["scene"].life.linked == []
