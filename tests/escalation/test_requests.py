"""Escalations that a customer asks for: whom they reach, what is owed, how they end."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from accounts.actions import join_team
from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.tenancy import tenant
from escalation.absences import note_absence
from escalation.duty import add_shift
from escalation.errors import (
    EscalationAnswered,
    EscalationNotOffered,
    EscalationOver,
    EscalationRuns,
    GradeNotAdmitted,
    NoSwatTeam,
    NotOfTheCompany,
    ReasonMissing,
    SituationMissing,
    SwatIsNotThere,
    SwatIsThere,
)
from escalation.first_steps import steps_to_do
from escalation.models import EscalationRequest
from escalation.requests import (
    answer_escalation,
    end_escalation,
    owed_answer,
    reach_of,
    request_escalation,
    running_request,
    running_requests_of,
)
from escalation.roster import read_roster
from escalation.swat import bring_in_swat, let_swat_go, swat_members
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.engine.care import Escalating, Swat
from sla.engine.parts import LadderStep
from tests.cases import after, file_case
from tests.escalation.escalating import make_swat_team, publish_escalating
from tickets.actions.conversation import ask_customer
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.triage import assign_case
from tickets.history import history
from tickets.models import Case
from tickets.reading import case_state


@pytest.fixture
def escalating(alpha) -> Iterator[None]:
    publish_escalating(alpha)
    with tenant(alpha.tenant):
        yield


def file(alpha, *, severity="1", priority="high") -> Case:
    return file_case(
        alpha, severity=severity, priority=priority, case_type="problem", product=alpha.product,
        availability="Call me.",
    )  # fmt: skip


def ask(case, alpha, *, by=None, asked_by=None, way="portal", **words):
    said = {"situation": "Nobody has called back.", "reason": "We stand still."} | words
    by = by or alpha.contact
    return request_escalation(
        case_id=case.pk, way=way, asked_by=asked_by or by, by=by, at=after(1), **said
    )


def told(kind):
    rows = OutboxMessage.objects.filter(kind=kind).order_by("recipient__name")
    return [
        name.removeprefix("cn-alpha-") for name in rows.values_list("recipient__name", flat=True)
    ]


def test_dd_25_request_reaches_owner_account_manager_and_roles_and_owes_an_answer(
    escalating, alpha
):
    case = file(alpha, severity="3")
    assign_case(case_id=case.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(0.5))

    asked = ask(case, alpha)

    assert told("escalation_requested") == ["account_manager", "agent_2", "lead"]
    assert told("escalation_noted") == ["contact"]
    assert (asked.state, asked.is_swat, asked.logged_by) == ("open", False, None)
    clock = case.clocks.get(kind="escalation_answer")
    assert (clock.state, clock.due_at) == ("running", after(5))
    assert case.events.last().audience == "public"
    letter = registered("escalation_requested").render(alpha.lead, _refs("escalation_requested"))
    assert letter.subject.startswith(f"[TW-{case.number}] the customer asks for an escalation")
    assert "Nobody has called back." in letter.body
    assert "The answer was due by Mon 2 Mar 2026, 15:00 CET, and is late." in letter.body


def _refs(kind):
    return OutboxMessage.objects.filter(kind=kind).first().refs


def test_dd_25_whom_it_would_reach_and_by_when_is_known_before(escalating, alpha):
    case = file(alpha, severity="3")
    state = case_state(case)

    reach = reach_of(case, state, read_roster(after(1)))
    owed = owed_answer(state, after(1))

    assert (reach.owner, reach.account_manager, reach.roles) == (
        None,
        alpha.account_manager,
        ("lead",),
    )
    assert (reach.others, reach.swat) == ((alpha.lead.pk,), ())
    assert (owed.due_at, owed.is_promised) == (after(5), True)
    assert not EscalationRequest.objects.exists()


def reached(case):
    found = reach_of(Case.objects.get(), case_state(case), read_roster(after(1)))
    names = Person.objects.filter(pk__in=found.people).order_by("name")
    return [name.removeprefix("cn-alpha-") for name in names.values_list("name", flat=True)]


def test_dd_25_escalation_reaches_stand_ins_and_never_nobody(escalating, alpha):
    case = file(alpha, severity="3")
    assign_case(case_id=case.pk, owner_id=alpha.agent_2.pk, by=alpha.lead, at=after(0.5))
    days = {"starts_on": after(0).date(), "ends_on": after(0).date(), "note": ""}
    for person, stand_in in ((alpha.agent_2, alpha.agent_3.pk), (alpha.account_manager, None)):
        note_absence(person_id=person.pk, stand_in_id=stand_in, by=alpha.lead, **days)
    assert reached(case) == ["agent_3", "lead"]

    Case.objects.update(owner=None)
    Person.objects.filter(pk=alpha.lead.pk).update(role="agent")
    assert reached(case) == ["agent", "lead"]  # nobody is left but the team


def test_dd_06_escalation_of_a_restricted_case_reaches_who_may_see_it(escalating, alpha):
    case = file(alpha, severity="3")
    Case.objects.update(is_restricted=True)
    assert reached(case) == ["lead"]

    Person.objects.filter(pk=alpha.lead.pk).update(is_active=False)
    assert reached(case) == ["agent"]  # the account manager may not; the team may


@pytest.mark.parametrize(
    ("severity", "priority", "is_swat"),
    [
        ("1", "high", True),
        ("2", "high", True),
        ("3", "high", False),
        ("1", "normal", False),
    ],
)
def test_dd_26_swat_comes_with_high_priority_and_severity_1_or_2(
    escalating, alpha, severity, priority, is_swat
):
    make_swat_team(alpha.agent_3)
    case = file(alpha, severity=severity, priority=priority)

    asked = ask(case, alpha)

    stored = Case.objects.get()
    assert (asked.is_swat, stored.swat_since) == (is_swat, after(1) if is_swat else None)
    assert ("agent_3" in told("escalation_requested")) is is_swat
    kinds = [entry.event.kind for entry in history(case, alpha.contact)]
    assert ("swat_brought_in" in kinds) is is_swat


def test_dd_27_members_have_a_grade_that_the_policy_admits(escalating, alpha):
    make_swat_team(alpha.agent_3, alpha.agent_2)
    Person.objects.filter(pk=alpha.agent_2.pk).update(grade="junior")

    assert swat_members() == (alpha.agent_3.pk,)

    Person.objects.filter(pk=alpha.agent_3.pk).update(is_active=False)
    assert swat_members() == ()


def test_dd_27_swat_is_brought_in_and_let_go_by_hand(escalating, alpha):
    case = file(alpha, severity="3")
    act = {"case_id": case.pk, "note": "Data at risk.", "at": after(1)}
    with pytest.raises(NoSwatTeam):
        bring_in_swat(**act, by=alpha.lead)
    make_swat_team(alpha.agent_3)
    with pytest.raises(NotAllowed):
        bring_in_swat(**act, by=alpha.agent)
    with pytest.raises(SwatIsNotThere):
        let_swat_go(**act, by=alpha.lead)

    brought = bring_in_swat(**act, by=alpha.lead)

    assert (brought.swat_since, brought.team, brought.tier) == (after(1), alpha.team, 1)
    assert told("swat_brought_in") == ["agent_3", "contact"]
    assert [note.body for note in case.notes.all()] == ["Data at risk."]
    with pytest.raises(SwatIsThere):
        bring_in_swat(**act, by=alpha.lead)

    # DD-27: across the tiers. Somebody of SWAT works on a case of Level 1.
    assign_case(case_id=case.pk, owner_id=alpha.agent_3.pk, by=alpha.agent_3, at=after(2))
    let_swat_go(**act | {"at": after(3)}, by=alpha.dispatcher)
    assert Case.objects.get().swat_since is None


def test_dd_25_request_is_answered_then_ended_and_both_sides_read_it(escalating, alpha):
    case = file(alpha, severity="3")
    asked = ask(case, alpha)

    answer_escalation(
        request_id=asked.pk, answer="Two more people.", by=alpha.account_manager, at=after(2)
    )
    with pytest.raises(EscalationAnswered):
        answer_escalation(request_id=asked.pk, answer="And more.", by=alpha.lead, at=after(2))
    running = running_request(case)
    ended = end_escalation(request_id=asked.pk, note="It runs again.", by=alpha.lead, at=after(3))

    assert (running.state, running.answered_by, ended.state) == (
        "answered",
        alpha.account_manager,
        "ended",
    )
    for reader in (alpha.contact, alpha.agent):
        said = [
            (entry.event.kind, entry.message.body)
            for entry in history(case, reader)
            if entry.event.kind.startswith("escalation_")
        ]
        assert said == [
            (
                "escalation_requested",
                "How things stand:\nNobody has called back.\n\nWhy we ask:\nWe stand still.",
            ),
            ("escalation_answered", "Two more people."),
            ("escalation_ended", "It runs again."),
        ]
    assert (told("escalation_answered"), told("escalation_ended")) == (["contact"], ["contact"])
    with pytest.raises(EscalationOver):
        end_escalation(request_id=asked.pk, note="Again.", by=alpha.lead, at=after(3))
    assert ask(case, alpha).state == "open"  # another one may be asked for


def test_dd_25_asking_ends_waiting(escalating, alpha):
    case = file(alpha, severity="3")
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which version?", at=after(0.5))

    ask(case, alpha)

    stored = Case.objects.get()
    assert stored.status == "open"
    assert [one.state for one in stored.questions.all()] == ["withdrawn"]
    assert not any(clock.kind == "waiting" for clock in case_state(stored).open_clocks)


def _solve(case, alpha):
    resolve_case(case_id=case.pk, by=alpha.agent, solution="Restart it.", at=after(2))


def _close(case, alpha):
    close_case(case_id=case.pk, by=alpha.contact, at=after(2))


@pytest.mark.parametrize(("end", "verdict"), [(_solve, "met"), (_close, "cancelled")])
def test_dd_25_escalation_ends_with_its_case_and_may_be_asked_for_again(
    escalating, alpha, end, verdict
):
    case = file(alpha, severity="3")
    asked = ask(case, alpha)

    end(case, alpha)

    asked.refresh_from_db()
    assert (asked.state, asked.ended_at) == ("ended", after(2))
    assert case.events.filter(kind="escalation_ended").count() == 1
    assert case.clocks.get(kind="escalation_answer").state == verdict
    assert told("escalation_ended") == []  # the letter about the case tells of it


def test_dd_25_answer_meets_its_clock(escalating, alpha):
    case = file(alpha, severity="3")
    asked = ask(case, alpha)

    answer_escalation(request_id=asked.pk, answer="We call now.", by=alpha.lead, at=after(2))

    clock = case.clocks.get(kind="escalation_answer")
    assert (clock.state, clock.ended_at) == ("met", after(2))


def test_dd_25_mail_and_account_manager_are_ways_too(escalating, alpha):
    case = file(alpha, severity="3")

    asked = ask(
        case, alpha, by=alpha.account_manager, asked_by=alpha.contact, way="account_manager"
    )

    assert (asked.asked_by, asked.logged_by) == (alpha.contact, alpha.account_manager)
    entry = history(case, alpha.contact)[-1]
    assert (entry.event.by, entry.message.author) == (alpha.account_manager, alpha.contact)
    assert [one.pk for one in running_requests_of(alpha.account_manager)] == [asked.pk]
    # A matter of security is not told to whom it does not concern (DD-06).
    Case.objects.update(is_restricted=True)
    assert not running_requests_of(alpha.account_manager)
    Case.objects.update(is_restricted=False)
    close_case(case_id=case.pk, by=alpha.contact, at=after(2))
    assert not running_requests_of(alpha.account_manager)


def test_request_is_refused_in_words(escalating, alpha):
    case = file(alpha, severity="3")

    with pytest.raises(SituationMissing):
        ask(case, alpha, situation=" ")
    with pytest.raises(ReasonMissing):
        ask(case, alpha, reason="")
    with pytest.raises(NotOfTheCompany):
        ask(case, alpha, by=alpha.lead, asked_by=alpha.stranger, way="phone")
    with pytest.raises(NotAllowed):
        ask(case, alpha, by=alpha.contact, way="phone")
    with pytest.raises(NotAllowed):
        ask(case, alpha, by=alpha.company_admin, asked_by=alpha.contact)
    asked = ask(case, alpha)
    with pytest.raises(EscalationRuns):
        ask(case, alpha)
    with pytest.raises(NotAllowed):
        answer_escalation(request_id=asked.pk, answer="Yes.", by=alpha.contact, at=after(2))

    assert EscalationRequest.objects.count() == 1


def test_dd_25_policy_that_opens_no_escalation_offers_none(alpha):
    publish_escalating(alpha, escalation=Escalating())
    with tenant(alpha.tenant):
        case = file(alpha)

        with pytest.raises(EscalationNotOffered):
            ask(case, alpha)


def test_dd_27_admin_is_told_which_grades_a_swat_team_takes(escalating, alpha):
    team = make_swat_team()

    with pytest.raises(GradeNotAdmitted) as refused:
        join_team(team=team, person=alpha.agent_3)

    assert str(refused.value) == (
        "cn-alpha-agent_3 cannot be in SWAT: the policy admits only people of these grades to a "
        "SWAT team: Senior."
    )
    Person.objects.filter(pk=alpha.agent_3.pk).update(grade="senior")
    alpha.agent_3.refresh_from_db()
    join_team(team=team, person=alpha.agent_3)
    assert swat_members() == (alpha.agent_3.pk,)


def test_ladder_that_names_duty_and_swat_asks_for_both(alpha):
    page = LadderStep("page", "case", "opened", "page", roles=("duty",))
    policy = publish_escalating(alpha, ladder=(page,))
    with tenant(alpha.tenant):
        before = [item.is_done for item in steps_to_do(policy)]
        make_swat_team(alpha.agent_3)
        span = {"starts_at": after(0), "ends_at": after(8)}
        add_shift(person_id=alpha.lead.pk, team_id=None, by=alpha.lead, **span)

        items = list(steps_to_do(policy))

    assert (before, [item.is_done for item in items]) == ([False] * 3, [True] * 3)
    assert list(steps_to_do(replace(policy, ladder=(), swat=Swat()))) == []
