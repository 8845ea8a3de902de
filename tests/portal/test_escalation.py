"""A customer asks for an escalation on the portal: told before, answered, ended; seen by theirs."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tenancy import tenant
from escalation.models import EscalationRequest
from escalation.requests import answer_escalation
from sla.engine.care import Escalating
from sla.engine.parts import TargetRow
from sla.engine.target import Target
from tests.cases import file_case
from tests.entitled import entitle
from tests.escalation.escalating import make_swat_team, publish_escalating
from tests.portal.pages import words
from tickets.actions.triage import assign_case

MONDAY = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def filed(alpha, set_desk_time):
    publish_escalating(alpha)
    set_desk_time(MONDAY)
    with tenant(alpha.tenant):
        entitle(alpha.company)
        make_swat_team(alpha.agent_3)
        case = file_case(
            alpha, at=MONDAY, severity="1", priority="high", case_type="problem",
            product=alpha.product, availability="Call me.",
        )  # fmt: skip
        assign_case(case_id=case.pk, owner_id=alpha.agent.pk, by=alpha.agent, at=MONDAY)
    return case


def asked(alpha):
    with tenant(alpha.tenant):
        return list(EscalationRequest.objects.select_related("asked_by"))


def test_dd_25_customer_is_told_whom_it_reaches_and_by_when_before_sending(filed, alpha, browse):
    client = browse(alpha.tenant, alpha.contact)
    case_page, url = f"/cases/{filed.number}/", f"/cases/{filed.number}/escalation/"
    assert "Not content with the progress?" in words(client.get(case_page))

    page = client.get(url)

    told = words(page)
    for part in (
        f"TW-{filed.number}",
        f"{alpha.agent.name}, who has your case",
        f"your account manager {alpha.account_manager.name}",
        "the leads of support",
        "SWAT team",
        "you have an answer by Mon 4 Mar 2030, 14:00 CET",
        "We call you back.",
    ):
        assert part in told
    situation = page.context["form"].initial["situation"]
    assert situation == "Support owes us an answer by Mon 4 Mar 2030, 14:00 CET."
    assert asked(alpha) == []

    refused = client.post(url, {"situation": situation, "reason": " ", "seen": filed.last_seq})
    assert refused.status_code == 422
    sent = {"situation": "Nobody calls.", "reason": "We stand still.", "seen": filed.last_seq}
    for _press in range(2):
        client.post(url, sent)

    assert [(one.way, one.asked_by, one.is_swat) for one in asked(alpha)] == [
        ("portal", alpha.contact, True)
    ]
    shown = words(client.get(case_page))
    assert "Your escalation is with us" in shown
    assert "You have an answer by Mon 4 Mar 2030, 14:00 CET" in shown
    reached = (
        f"It reached: {alpha.agent.name}, who has your case; your account manager "
        f"{alpha.account_manager.name}; the leads of support; SWAT team, which works on your case."
    )
    assert reached in shown
    assert "You asked for an escalation" in shown
    assert "SWAT team works on your case" in shown
    assert "Not content with the progress?" not in shown
    assert client.get(url).status_code == 409


def test_dd_25_customer_reads_the_answer_and_ends_it(filed, alpha, browse):
    client, page = browse(alpha.tenant, alpha.contact), f"/cases/{filed.number}/"
    client.post(f"{page}escalation/", {"situation": "Nobody calls.", "reason": "We stand still."})
    with tenant(alpha.tenant):
        answer_escalation(
            request_id=EscalationRequest.objects.get().pk,
            answer="Two more people.",
            by=alpha.lead,
            at=MONDAY + HOUR,
        )
    assert "We have answered your escalation Two more people." in words(client.get(page))

    client.post(f"{page}escalation/end/", {"note": "It runs again."})

    shown = words(client.get(page))
    assert "Past escalations" in shown
    assert "It runs again." in shown
    assert [one.state for one in asked(alpha)] == ["ended"]
    for other in (alpha.colleague, alpha.stranger):
        assert browse(alpha.tenant, other).get(f"{page}escalation/").status_code == 404


def test_dd_25_policy_that_opens_none_offers_none(filed, alpha, browse):
    publish_escalating(alpha, escalation=Escalating())
    with tenant(alpha.tenant):
        case = file_case(
            alpha, at=MONDAY, severity="3", priority="normal", case_type="problem",
            product=alpha.product,
        )  # fmt: skip
    client = browse(alpha.tenant, alpha.contact)

    assert "Ask for an escalation" not in words(client.get(f"/cases/{case.number}/"))
    assert client.get(f"/cases/{case.number}/escalation/").status_code == 409


def test_dd_25_what_support_only_aims_at_is_named_in_the_head_of_the_case(
    alpha, browse, set_desk_time
):
    aimed = TargetRow("escalation_answer", {}, Target("elapsed", 4 * 3600), promised=False)
    publish_escalating(alpha, targets=(aimed,))
    set_desk_time(MONDAY)
    with tenant(alpha.tenant):
        case = file_case(
            alpha, at=MONDAY, severity="3", priority="low", case_type="problem",
            product=alpha.product,
        )  # fmt: skip
    client, page = browse(alpha.tenant, alpha.contact), f"/cases/{case.number}/"

    client.post(f"{page}escalation/", {"situation": "Nobody calls.", "reason": "We stand still."})

    by = "Mon 4 Mar 2030, 14:00 CET"
    shown = words(client.get(page))
    assert f"Your escalation is with us. We aim to answer it by {by}" in shown
    assert f"The policy promises no time; we aim to answer by {by}" in shown
    set_desk_time(MONDAY + 5 * HOUR)
    assert f"Our answer is late: we aimed at {by}" in words(client.get(page))
