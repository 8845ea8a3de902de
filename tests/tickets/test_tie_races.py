"""Cases that are locked together are locked in one order, whoever begins. Real connections."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, connections
from django.urls import reverse

from accounts.errors import DomainError
from accounts.tenancy import tenant
from entitlements.releases import add_release
from tests.cases import file_case
from tests.packs import publish
from tickets.actions.conversation import log_customer_call
from tickets.actions.defects import promise_fix, record_defect, tie_defect
from tickets.actions.holding import hold_answer, send_held
from tickets.actions.incidents import declare_incident, join_incident
from tickets.actions.merging import merge_cases, undo_merge
from tickets.actions.triage import change_severity
from tickets.models import ActDraft, Case, CaseEvent
from tickets.teamwork_errors import AnsweredMeanwhile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(alpha):
    """Two cases of one company, the one with the smaller key first."""
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        return [file_case(alpha, severity="3", at=at) for _number in range(2)]


def waiting() -> int:
    """Count the connections that wait for a lock of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def wait_for(count: int) -> None:
    until = time.monotonic() + 5
    while waiting() < count:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.01)


def started_behind(twin, hold, *acts):
    """Hold locks, let acts come one after another until each waits, let go; give what they gave.

    The first to come is the first to get on. Whoever had locked something else before it waited
    stands in the way of that.
    """
    with ThreadPoolExecutor(len(acts)) as pool:
        with tenant(twin.tenant) as at:
            hold(at)
            futures = []
            for count, act in enumerate(acts, 1):
                futures.append(pool.submit(_on_own_connection, act))
                wait_for(count)
        return [future.result(timeout=30) for future in futures]


def queued_behind(twin, held: Case, *acts):
    return started_behind(twin, lambda at: lock(held), *acts)


def lock(case):
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)


def _on_own_connection(act):
    try:
        return act()
    finally:
        connections.close_all()


def inside(twin, action, **about):
    """Make an act of an action: inside the vendor, and its refusal's code or nothing."""

    def act():
        try:
            with tenant(twin.tenant) as at:
                action(at=at, **about)
        except DomainError as refusal:
            return refusal.code
        return ""

    return act


def hang(alpha, child, incident):
    with tenant(alpha.tenant) as at:
        declare_incident(case_id=incident.pk, by=alpha.lead, at=at)
        if child:
            about = {"case_id": child.pk, "incident": incident.number}
            join_incident(by=alpha.lead, at=at, **about)


@pytest.fixture
def press(browse, alpha):
    """Make an act of a form of the case page, sent by the lead; it gives the answer."""

    def pressed(case, act, **fields):
        client = browse(alpha.tenant, alpha.lead)
        with tenant(alpha.tenant):
            seen = Case.objects.get(pk=case.pk).last_seq
        data = {f"{act}-{name}": value for name, value in ({"seen": seen} | fields).items()}
        return lambda: client.post(reverse(f"desk:{act}", args=[case.number]), data)

    return pressed


def test_two_merges_into_each_other_take_turns(alpha, pair):
    first, second = pair
    about = {"by": alpha.agent}

    done = queued_behind(
        alpha,
        first,
        inside(alpha, merge_cases, case_id=first.pk, into=second.number, **about),
        inside(alpha, merge_cases, case_id=second.pk, into=first.number, **about),
    )

    assert done == ["", "is_merged"]


def test_tie_of_a_case_and_an_act_on_the_incident_take_turns(alpha, pair, press):
    child, incident = pair
    hang(alpha, None, incident)

    done = queued_behind(
        alpha,
        child,
        press(child, "link", other=str(incident.number)),
        press(incident, "hang-cases", cases=str(child.number)),
    )

    assert [answer.status_code for answer in done] == [302, 302]


def test_rise_of_an_incident_and_the_tie_of_its_child_take_turns(alpha, pair):
    child, incident = pair
    hang(alpha, child, incident)

    done = queued_behind(
        alpha,
        child,
        inside(alpha, merge_cases, case_id=child.pk, into=incident.number, by=alpha.agent),
        inside(
            alpha, change_severity, case_id=incident.pk, severity="1", by=alpha.agent, reason="All."
        ),
    )

    assert done == ["", ""]


def test_words_led_on_and_the_undoing_of_a_merge_take_turns(alpha, pair, browse):
    goes_on, merged = pair
    about = {"case_id": merged.pk, "by": alpha.agent}
    assert inside(alpha, merge_cases, into=goes_on.number, **about)() == ""
    client = browse(alpha.tenant, alpha.contact)
    page = reverse("portal:reply", args=[merged.number])

    done = queued_behind(
        alpha,
        goes_on,
        inside(alpha, undo_merge, **about),
        lambda: client.post(page, {"body": "One more log.", "seen": 1}).status_code,
    )

    assert done == ["", 302]


def test_of_two_that_wait_for_each_other_one_is_told_and_keeps_its_words(alpha, pair, press):
    child, incident = pair
    hang(alpha, child, incident)
    reply = press(incident, "reply", body="We know, and look into it.")
    is_locked, may_go_on = Event(), Event()

    def lock_against_the_order():
        with tenant(alpha.tenant):
            lock(incident)
            is_locked.set()
            may_go_on.wait(timeout=20)
            lock(child)

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(_on_own_connection, lock_against_the_order)
        is_locked.wait(timeout=20)
        answer = pool.submit(_on_own_connection, reply)
        wait_for(1)
        may_go_on.set()
        told = answer.result(timeout=30)
        other.result(timeout=30)

    assert told.status_code == 422
    with tenant(alpha.tenant):
        assert ActDraft.objects.get().answers["body"] == "We know, and look into it."
        assert not incident.events.filter(kind="agent_replied").exists()


def test_news_that_come_while_an_answer_is_being_sent_refuse_it(alpha, pair):
    case, _other = pair
    with tenant(alpha.tenant) as at:
        held = hold_answer(
            case_id=case.pk,
            act="reply",
            typed={"body": "Hello."},
            words={"body": "Hello."},
            seen=case.last_seq,
            by=alpha.agent,
            at=at,
        )

    def customer_calls(at):
        words = {"body": "They rang.", "at": at, "occurred_at": case.opened_at}
        log_customer_call(case_id=case.pk, by=alpha.lead, **words)

    sent = started_behind(alpha, customer_calls, inside(alpha, send_held, held_id=held.pk))

    assert sent == [""]
    with tenant(alpha.tenant):
        held.refresh_from_db()
        assert (held.state, held.why) == ("refused", str(AnsweredMeanwhile.message))


def test_case_that_is_tied_while_a_fix_is_promised_is_told(alpha, pair):
    first, second = pair
    with tenant(alpha.tenant) as at:
        product, later = alpha.product, at.date() + timedelta(days=30)
        fault = record_defect(title="It stops", product=product, by=alpha.agent, at=at)
        release = add_release(product=product, version="7.9", released_on=later)
        tie_defect(case_id=first.pk, defect_id=fault.pk, by=alpha.agent, at=at)
    about = {"defect_id": fault.pk, "release_id": release.pk, "note": "", "by": alpha.agent}

    def tie_second(at):
        tie_defect(case_id=second.pk, defect_id=fault.pk, by=alpha.agent, at=at)

    done = started_behind(alpha, tie_second, inside(alpha, promise_fix, **about))

    assert done == [""]
    with tenant(alpha.tenant):
        told = CaseEvent.objects.filter(kind="fix_promised").order_by("case")
        assert list(told.values_list("case", flat=True)) == [first.pk, second.pk]


def test_fix_that_two_promise_at_once_is_promised_once(alpha):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant) as at:
        product, later = alpha.product, at.date() + timedelta(days=30)
        fault = record_defect(title="It stops", product=product, by=alpha.agent, at=at)
        release = add_release(product=product, version="7.9", released_on=later)
    about = {"defect_id": fault.pk, "release_id": release.pk, "note": "", "by": alpha.agent}

    second = started_behind(
        alpha, lambda at: promise_fix(at=at, **about), inside(alpha, promise_fix, **about)
    )

    assert second == ["nothing_changes"]
