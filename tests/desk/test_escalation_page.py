"""What the case page shows of tiers, of the ladder ahead and of escalations; its dry run."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from escalation.models import EscalationRequest
from escalation.notices import Told, tell
from escalation.roster import read_roster
from tests.cases import file_case
from tests.desk.conftest import MONDAY, text_of
from tests.escalation.escalating import make_swat_team, publish_escalating
from tests.portal.pages import words
from tickets.models import Case, CaseEvent
from tickets.timeline import load_timeline, save_timelines

HOUR = timedelta(hours=1)


def flat(response):
    return " ".join(text_of(response).split())


@pytest.fixture
def escalating(open_desk, alpha):
    desk = open_desk("datadynamics")
    publish_escalating(alpha)
    return desk


def file_problem(desk, *, severity="3", priority="normal") -> Case:
    with tenant(desk.twin.tenant):
        return file_case(
            desk.twin,
            at=MONDAY,
            severity=severity,
            priority=priority,
            case_type="problem",
            product=desk.twin.product,
            availability="Call me.",
        )


def ladder(desk, case, **query):
    return desk.client().get(reverse("desk:ladder", args=[case.number]), query)


def test_timeline_says_who_was_told_of_a_step_and_by_which_way(desk, case):
    twin = desk.twin
    with tenant(twin.tenant) as at:
        case = Case.objects.get(pk=case.pk)
        timeline = load_timeline(case)
        payload = {"clock": "case", "started_seq": 1, "step": "page", "at": "opened"}
        event = timeline.add(
            "step_fired",
            at=at,
            caused_by="policy",
            audience="desk",
            payload=payload | {"due_at": 0, "late_seconds": 0},
        )
        event.clock, event.clock_seq, event.step = "case", 1, "page"
        save_timelines([timeline])
        told = Told("step_fired", (twin.agent.pk, twin.lead.pk), event, urgent=True)
        tell([told], read_roster(at), at=at)
        Case.objects.filter(pk=case.pk).update(swat_since=at)

    page = flat(desk.page(case))

    assert "The case needs somebody at once." in page
    assert f"Told by mail: {twin.agent.name}, {twin.lead.name}." in page
    assert "SWAT team on it" in page
    assert "Nobody has acknowledged this yet" in page
    assert "To acknowledge 1 1 case" in words(desk.page(case))
    shown = desk.page(case).context["panels"]["notice"][0].form.initial["steps"]
    desk.act(case, "acknowledge-steps", steps=shown)
    after = desk.page(case)
    assert "Nobody has acknowledged this yet" not in flat(after)
    assert "To acknowledge Articles" in words(after)
    assert f"Acknowledged by {twin.agent.name}" in words(after)


def test_issue_10_ladder_ahead_names_the_people(desk, case):
    page = desk.page(case)

    lines = [(one.at, one.why, one.names) for one in page.context["scene"].escalating.ladder]
    team = f"{desk.twin.agent.name}, {desk.twin.lead.name}"
    assert lines[:2] == [
        (MONDAY + 6 * HOUR, "First response at risk", team),
        (
            MONDAY + timedelta(hours=8, seconds=1),
            "First response overdue",
            desk.twin.lead.name,
        ),
    ]
    assert "What happens next by itself" in flat(page)


def test_issue_10_dry_run_climbs_the_tiers_and_writes_nothing(desk, case):
    with tenant(desk.twin.tenant):
        before = list(CaseEvent.objects.values())

    page = ladder(desk, case, days="30")

    steps = page.context["steps"]
    handed = [(one.what, one.names) for one in steps if one.what.startswith("Hand over")]
    assert handed == [
        (f"Hand over to Level {tier} · {team.name}", agent.name)
        for tier, team, agent in (
            (2, desk.twin.team_2, desk.twin.agent_2),
            (3, desk.twin.team_3, desk.twin.agent_3),
        )
    ]
    moments = [one.at for one in steps]
    assert moments == sorted(moments)
    assert moments[0] >= MONDAY
    with tenant(desk.twin.tenant):
        assert list(CaseEvent.objects.values()) == before
    # What the case page says is the beginning of it.
    ahead = desk.page(case).context["scene"].escalating.ladder
    assert (steps[0].at, steps[0].what) == (ahead[0].at, ahead[0].what)


def test_dd_26_swat_step_ahead_names_its_people(escalating):
    desk = escalating
    with tenant(desk.twin.tenant):
        make_swat_team(desk.twin.agent_3)
    case = file_problem(desk, severity="1", priority="high")

    pages = desk.page(case).context["scene"].escalating.ladder, ladder(desk, case).context["steps"]

    named = [next(one.names for one in steps if "SWAT" in one.what) for steps in pages]
    assert all(desk.twin.agent_3.name in names for names in named)


def test_dry_run_goes_as_far_as_asked_and_no_further(desk, case):
    for days in ("1", "no number"):
        page = ladder(desk, case, days=days)
        until = MONDAY + timedelta(days=1 if days == "1" else 7)
        assert page.context["until"] == until
        assert all(one.at <= until for one in page.context["steps"])

    desk.act(case, "solve", body="Restart it.")
    assert ladder(desk, case).context["steps"] == []


def test_mx_27_case_goes_back_with_the_reason(desk, case):
    desk.act(case, "hand-over", team=desk.twin.team_3.pk, done="Read the logs.", needed="A fix.")
    assert "Hand it back to where it came from" in flat(desk.page(case))

    page = desk.act(case, "hand-back", reason="")
    assert page.status_code == 422
    desk.act(case, "hand-back", desk.twin.agent_3, reason="Not a bug.")

    assert desk.reread(case).team == desk.twin.team
    page = flat(desk.page(case))
    assert f"Back: From Level 3 · {desk.twin.team_3.name} to Level 1" in page
    assert "Not a bug." in page
    assert "Hand it back to where it came from" not in page


def test_dd_25_desk_logs_answers_and_ends_an_escalation(escalating):
    desk, case = escalating, file_problem(escalating)
    before = flat(desk.asked(case, "log-escalation"))
    assert f"It reaches {desk.twin.account_manager.name}, {desk.twin.lead.name}." in before
    assert "An answer is owed by Mon 4 Mar 2030, 14:00 CET." in before
    fields = {"way": "phone", "asked_by": desk.twin.contact.pk}

    page = desk.act(case, "log-escalation", situation="We wait.", reason="", **fields)
    assert page.status_code == 422
    for _press in range(2):
        desk.act(case, "log-escalation", situation="We wait.", reason="It is late.", **fields)

    shown = flat(desk.page(case))
    assert "The customer asks for an escalation" in shown
    assert "by phone" in shown
    desk.act(case, "answer-escalation", desk.twin.account_manager, body="Two more people.")
    desk.act(case, "end-escalation", desk.twin.lead, note="It runs again.")
    with tenant(desk.twin.tenant):
        asked = EscalationRequest.objects.get()
        assert (asked.way, asked.answer, asked.end_note, asked.logged_by) == (
            "phone",
            "Two more people.",
            "It runs again.",
            desk.twin.agent,
        )
    page = desk.page(case).context["scene"].escalating
    assert (page.running, page.may_be_asked_for, len(page.requests)) == (None, True, 1)


def test_dd_25_nothing_is_offered_where_the_policy_opens_nothing(desk, case):
    assert "Log that the customer asks for an escalation" not in flat(desk.page(case))


def test_dd_27_leads_bring_the_swat_team_in_and_let_it_go(escalating):
    desk, case = escalating, file_problem(escalating)
    assert "Bring in the SWAT team" not in flat(desk.page(case, desk.twin.lead))
    with tenant(desk.twin.tenant):
        make_swat_team(desk.twin.agent_3)

    desk.act(case, "bring-in-swat", desk.twin.lead, note="Data at risk.")

    assert "The SWAT team works on it since" in flat(desk.page(case))
    assert desk.act(case, "let-swat-go", desk.twin.agent, note="Done.").status_code == 403
    desk.act(case, "let-swat-go", desk.twin.lead, note="Done.")
    assert desk.reread(case).swat_since is None


def test_dd_25_account_manager_sees_what_runs(escalating):
    desk, case = escalating, file_problem(escalating)
    fields = {"way": "email", "asked_by": desk.twin.contact.pk}
    desk.act(case, "log-escalation", situation="We wait.", reason="It is late.", **fields)

    page = flat(desk.client(desk.twin.account_manager).get("/desk/customers/"))

    assert "Escalations that run" in page
    assert f"TW-{case.number}" in page


def test_issue_11_time_held_by_each_tier_is_drawn_and_listed(desk, case, set_desk_time):
    set_desk_time(MONDAY + 2 * HOUR)
    desk.act(case, "hand-over", team=desk.twin.team_2.pk, done="Logs read.", needed="A fix.")
    set_desk_time(MONDAY + 3 * HOUR)
    desk.act(case, "ask", desk.twin.agent_2, body="Which version?")
    set_desk_time(MONDAY + 4 * HOUR)

    held = desk.page(case).context["scene"].escalating.held

    assert [(row.tier, row.place, row.service, row.waiting) for row in held.rows] == [
        (1, f"Level 1 · {desk.twin.team.name}", "2 h", ""),
        (2, f"Level 2 · {desk.twin.team_2.name}", "1 h", "1 h"),
    ]
    assert [(part.kind, part.x, part.width) for part in held.parts] == [
        ("tier-1", 0, 5000),
        ("tier-2", 5000, 2500),
        ("waiting", 7500, 2500),
    ]
