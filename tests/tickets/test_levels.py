"""Levels that one side wants and the other decides, and cases that rise with their incident."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.actions import load_document
from tests.cases import MONDAY, after, file_case
from tests.packs import LONG_AGO, pack_for
from tickets.actions.incidents import declare_incident, join_incident
from tickets.actions.levels import (
    accept_offer,
    decide_level_request,
    decline_offer,
    levels_to_ask_for,
    offer_level,
    request_level,
    take_offer_back,
)
from tickets.actions.triage import change_priority, change_severity
from tickets.level_errors import (
    LevelNotOffered,
    LevelRequestWaits,
    NoLevelRequestWaits,
    ReasonMissing,
)
from tickets.life_reading import RISEN
from tickets.models import Case, LevelRequest
from tickets.promises import promises_with
from tickets.reading import case_state
from tickets.timeline import load_timeline
from tickets.wording import shift_texts


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


@pytest.fixture
def msp(alpha):
    """Be inside alpha under a policy whose P1 takes the P2 cases of its incident along."""
    text = pack_for(alpha.tenant.slug, "msp")
    if "promotes" not in text:
        text = text.replace('code = "P1"', 'code = "P1"\npromotes = ["P2"]', 1)
    with tenant(alpha.tenant):
        load_document(text=text, by=None, at=LONG_AGO)
        yield


def ask(case, alpha, level="2", **changes):
    wanted = {"axis": "severity", "level": level, "reason": "cn-alpha-why", "by": alpha.contact}
    return request_level(case_id=case.pk, at=after(1), **wanted | changes)


def offer(case, alpha, level):
    return offer_level(
        case_id=case.pk,
        axis="severity",
        level=level,
        kind="workaround",
        reason="cn-alpha-way",
        by=alpha.agent,
        at=after(1),
    )


def first_response(case):
    clocks = case_state(Case.objects.get(pk=case.pk)).open_clocks
    return next(clock for clock in clocks if clock.kind == "first_response")


def test_mx_10_promise_that_is_shown_beside_a_level_is_the_one_it_then_has(case, alpha):
    before = first_response(case)
    (same,) = promises_with(load_timeline(case), "severity", "2", after(1))
    (sooner,) = promises_with(load_timeline(case), "severity", "1", after(1))

    change_severity(case_id=case.pk, severity="1", reason="x", by=alpha.agent, at=after(1))

    now = first_response(case)
    assert (sooner.before.due_at, sooner.after.due_at) == (before.due_at, now.due_at)
    assert shift_texts([same, sooner], "UTC") == [
        "First response: by Mon 2 Mar 2026, 17:00 UTC, as now",
        "First response: by Mon 2 Mar 2026, 17:00 UTC → by Mon 2 Mar 2026, 11:00 UTC",
    ]


def kinds(case):
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def told(kind, person):
    row = OutboxMessage.objects.get(kind=kind, recipient=person)
    return registered(kind).render(person, row.refs).body


def test_mx_10_customer_asks_and_nothing_moves_until_the_desk_decides(case, alpha):
    request = ask(case, alpha)

    stored = Case.objects.get()
    assert (stored.severity, stored.reported_severity) == ("3", "3")
    assert case.events.get(kind="level_requested").payload == {
        "request": request.pk,
        "axis": "severity",
        "level": "2",
        "kind": "asked",
    }
    assert case.messages.get(event__kind="level_requested").body == "cn-alpha-why"
    body = told("level_requested", alpha.agent)
    assert "cn-alpha-why" in body
    assert "Accept it or say why not" in body


def test_mx_10_accepted_request_changes_the_level_and_keeps_what_was_reported(case, alpha):
    request = ask(case, alpha)

    decide_level_request(
        request_id=request.pk, accept=True, answer="cn-alpha-yes", by=alpha.agent, at=after(2)
    )

    stored = Case.objects.get()
    assert (stored.severity, stored.reported_severity) == ("2", "3")
    assert kinds(case)[-2:] == ["level_request_decided", "severity_changed"]
    assert case.messages.get(event__kind="severity_changed").body == "cn-alpha-yes"
    assert "cn-alpha-yes" in told("level_changed", alpha.contact)
    assert not OutboxMessage.objects.filter(kind="level_request_decided").exists()


def test_mx_10_declined_request_is_told_with_its_reason(case, alpha):
    request = ask(case, alpha)
    with pytest.raises(ReasonMissing):
        decide_level_request(
            request_id=request.pk, accept=False, answer=" ", by=alpha.agent, at=after(2)
        )

    decide_level_request(
        request_id=request.pk, accept=False, answer="cn-alpha-no", by=alpha.agent, at=after(2)
    )

    assert Case.objects.get().severity == "3"
    body = told("level_request_decided", alpha.contact)
    assert "cn-alpha-no" in body
    assert "keeps its level" in body
    with pytest.raises(NoLevelRequestWaits):
        decide_level_request(
            request_id=request.pk, accept=True, answer="", by=alpha.agent, at=after(3)
        )


def test_mx_10_one_question_about_a_level_waits_at_a_time(case, alpha):
    ask(case, alpha)

    with pytest.raises(LevelRequestWaits):
        ask(case, alpha, level="1")
    with pytest.raises(NotAllowed):
        ask(case, alpha, by=alpha.agent)


def test_mx_10_change_of_the_desks_own_settles_who_asked_for_it(case, alpha):
    request = ask(case, alpha)

    change_severity(case_id=case.pk, severity="2", by=alpha.agent, reason="so", at=after(2))

    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("accepted", alpha.agent)


def test_mx_13_offer_is_off_once_the_desk_changes_the_level_or_the_customer_asks(case, alpha):
    first = offer(case, alpha, "4")
    change_severity(case_id=case.pk, severity="2", by=alpha.agent, reason="so", at=after(2))
    with pytest.raises(NoLevelRequestWaits):
        accept_offer(request_id=first.pk, by=alpha.contact, at=after(3))
    second = offer(case, alpha, "3")
    ask(case, alpha, level="1")

    states = LevelRequest.objects.order_by("pk").values_list("state", flat=True)
    assert [*states] == ["withdrawn", "withdrawn", "waiting"]
    assert second.level == "3"
    assert Case.objects.get().severity == "2"


def test_mx_13_desk_takes_an_offer_back_and_the_customer_hears(case, alpha):
    waits = offer(case, alpha, "4")

    take_offer_back(request_id=waits.pk, by=alpha.agent, at=after(2))

    waits.refresh_from_db()
    assert (waits.state, kinds(case)[-1]) == ("withdrawn", "level_request_decided")
    assert "taken back our offer" in told("level_request_decided", alpha.contact)
    with pytest.raises(NoLevelRequestWaits):
        accept_offer(request_id=waits.pk, by=alpha.contact, at=after(3))


def test_mx_11_level_for_production_is_not_offered_for_a_test_system(case, alpha):
    policy = case_state(case).policy
    levels = levels_to_ask_for(case, policy, "severity")
    assert [level.code for level in levels] == ["1", "2", "4"]

    case.environment = Case.Environment.TEST
    for_tests = levels_to_ask_for(case, policy, "severity")

    needs = [level.code for level in policy.levels("severity") if level.environments]
    assert [level.code for level in for_tests] == [
        code for code in ["1", "2", "4"] if code not in needs
    ]


def test_mx_13_offer_for_a_workaround_is_taken_by_the_customer(metalogix, alpha):
    case = file_case(alpha, severity="2")
    made = offer(case, alpha, "3")
    stored = Case.objects.get()
    assert (stored.severity, stored.has_workaround) == ("2", True)
    assert "Nothing changes unless you accept it" in told("level_offered", alpha.contact)

    accept_offer(request_id=made.pk, by=alpha.contact, at=after(2))

    assert Case.objects.get().severity == "3"
    assert case.messages.get(event__kind="severity_changed").body == "cn-alpha-way"
    assert "has accepted what we offered" in told("level_request_decided", alpha.agent)


def test_mx_13_customer_may_keep_their_level(metalogix, alpha):
    case = file_case(alpha, severity="2")
    made = offer(case, alpha, "3")
    with pytest.raises(NotAllowed):
        decline_offer(request_id=made.pk, by=alpha.agent, at=after(2))

    decline_offer(request_id=made.pk, by=alpha.contact, at=after(2))

    made.refresh_from_db()
    assert (Case.objects.get().severity, made.state) == ("2", LevelRequest.State.DECLINED)
    assert kinds(case)[-1] == "level_request_decided"


def test_ms_05_p1_is_never_offered_to_a_customer(msp, alpha):
    case = file_case(alpha, priority="P2")

    levels = levels_to_ask_for(case, case_state(case).policy, "priority")

    assert "P1" not in {level.code for level in levels}
    with pytest.raises(LevelNotOffered):
        ask(case, alpha, axis="priority", level="P1")


def hang(case, incident, alpha):
    join_incident(case_id=case.pk, incident=incident.number, by=alpha.dispatcher, at=after(0.2))


def test_ms_05_p1_takes_the_p2_cases_of_its_incident_along(msp, alpha):
    incident, child, other = (file_case(alpha, priority="P2") for _case in range(3))
    low = file_case(alpha, priority="P4")
    Case.objects.filter(pk=incident.pk).update(is_incident=True)
    Case.objects.filter(pk__in=[child.pk, low.pk]).update(incident=incident)

    change_priority(
        case_id=incident.pk,
        priority="P1",
        by=alpha.dispatcher,
        reason="cn-alpha-all",
        at=after(0.1),
    )

    found = dict(Case.objects.values_list("number", "priority"))
    assert found == {incident.number: "P1", child.number: "P1", other.number: "P2", 4: "P4"}
    event = child.events.get(kind="priority_changed")
    assert event.payload == {"priority": "P1", "from": "P2", "incident": incident.number}
    # What was typed is about the incident: a child may be another company's.
    assert not child.messages.filter(event=event).exists()
    row = OutboxMessage.objects.get(kind="level_changed", refs__case=child.pk)
    body = registered("level_changed").render(row.recipient, row.refs).body
    assert (str(RISEN) in body, "cn-alpha-all" in body) == (True, False)
    assert OutboxMessage.objects.filter(kind="level_changed").count() == 2
    assert child.clocks.get(kind="first_response").due_at == after(0)


def test_ms_05_p2_case_rises_when_it_is_hung_on_a_p1(msp, alpha):
    incident, child, low = (file_case(alpha, priority=level) for level in ("P2", "P2", "P4"))
    change_priority(case_id=incident.pk, priority="P1", by=alpha.lead, reason="so", at=after(0.1))
    declare_incident(case_id=incident.pk, by=alpha.dispatcher, at=after(0.2))
    asked = ask(child, alpha, axis="priority", level="P3")

    for case in (child, low):
        hang(case, incident, alpha)

    asked.refresh_from_db()
    assert dict(Case.objects.values_list("number", "priority")) == {1: "P1", 2: "P1", 3: "P4"}
    assert kinds(child)[-2:] == ["incident_joined", "priority_changed"]
    assert OutboxMessage.objects.filter(kind="level_changed", refs__case=child.pk).exists()
    assert asked.state == "withdrawn"


def test_ms_05_statements_of_a_raise_grow_in_bulk_writes_only(msp, alpha):
    def statements(count) -> int:
        incident = file_case(alpha, priority="P2")
        declare_incident(case_id=incident.pk, by=alpha.dispatcher, at=MONDAY)
        for child in [file_case(alpha, priority="P2") for _case in range(count)]:
            hang(child, incident, alpha)
        with CaptureQueriesContext(connection) as taken:
            change_priority(
                case_id=incident.pk, priority="P1", by=alpha.lead, reason="so", at=after(1)
            )
        return len(taken)

    assert statements(2) == statements(8)


def test_ms_05_p2_case_that_is_no_incident_rises_alone(msp, alpha):
    case, child = (file_case(alpha, priority="P2") for _case in range(2))
    Case.objects.filter(pk=child.pk).update(incident=case)

    change_priority(case_id=case.pk, priority="P1", by=alpha.lead, reason="so", at=after(1))

    child.refresh_from_db()
    assert child.priority == "P2"
