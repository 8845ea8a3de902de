"""Asking for another level on the page of a case, and answering an offer."""

from datetime import UTC, datetime

from accounts.tenancy import tenant
from tests.portal.pages import file_cases, words
from tickets.actions.levels import offer_level
from tickets.actions.sorting import Sorting
from tickets.actions.triage import triage_case
from tickets.models import Case, LevelRequest

MONDAY = datetime(2083, 6, 7, 14, 0, tzinfo=UTC)


def test_mx_10_dd_09_customer_asks_on_the_page_and_reads_the_decision(
    vendor, browse, set_desk_time
):
    world = vendor("metalogix")
    set_desk_time(MONDAY)
    (case,) = file_cases(world, 1, at=MONDAY, severity="3")
    client = browse(world.tenant, world.contact)
    asked = {"level": "severity:2", "reason": "More people now."}

    nothing = client.post(f"/cases/{case.number}/level/", {"level": "", "reason": ""})
    first = client.post(f"/cases/{case.number}/level/", asked)
    again = client.post(f"/cases/{case.number}/level/", asked)

    assert nothing.status_code == 422
    assert (first.status_code, again.status_code) == (302, 302)
    with tenant(world.tenant):
        assert LevelRequest.objects.count() == 1
    page = words(client.get(f"/cases/{case.number}/"))
    assert "support has not decided yet" in page


def test_ms_05_p1_stands_in_no_list_of_the_customer(vendor, browse, set_desk_time):
    world = vendor("msp")
    set_desk_time(MONDAY)
    (case,) = file_cases(world, 1, at=MONDAY, priority="P2")
    client = browse(world.tenant, world.contact)

    page = client.get(f"/cases/{case.number}/")
    refused = client.post(f"/cases/{case.number}/level/", {"level": "priority:P1", "reason": "x"})

    assert "priority:P1" not in page.content.decode()
    assert "priority:P3" in page.content.decode()
    assert refused.status_code == 422


def test_mx_13_offer_and_mx_23_estimate_stand_on_the_page(vendor, browse, set_desk_time):
    world = vendor("metalogix")
    set_desk_time(MONDAY)
    (case,) = file_cases(world, 1, at=MONDAY, severity="2")
    later = datetime(2083, 6, 7, 15, 0, tzinfo=UTC)
    with tenant(world.tenant):
        triage_case(case_id=case.pk, by=world.agent, at=MONDAY, sorting=Sorting(estimate_at=later))
        request = offer_level(
            case_id=case.pk,
            axis="severity",
            level="3",
            kind="workaround",
            reason="Restart it.",
            by=world.agent,
            at=MONDAY,
        )
    client = browse(world.tenant, world.contact)

    page = words(client.get(f"/cases/{case.number}/"))
    taken = {"request": request.pk, "decision": "accept"}
    client.post(f"/cases/{case.number}/level/offer/", taken)
    twice = client.post(f"/cases/{case.number}/level/offer/", taken)

    assert "Support begins about Mon 7 Jun 2083, 11:00 EDT" in page
    assert "We offer “Severity Level 3 (Low)”" in page
    assert "First response: by Mon 7 Jun 2083, 18:00 EDT, as now" in page
    assert twice.status_code == 302
    with tenant(world.tenant):
        assert Case.objects.get().severity == "3"
