"""Another policy upon open cases: what moves, what stays, and who hears of it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla import registry
from sla.actions import load_document, save_targets
from sla.documents import assemble, read_rows
from sla.editing import save_section
from sla.engine.replay import replay
from sla.errors import PolicyIsFaulty
from sla.models import PolicyVersion
from sla.publishing import publish_draft
from sla.queries import current_policy, working_copy
from sla.withdrawal import withdraw_version
from tests.cases import MONDAY, after, file_case
from tests.packs import pack_for
from tests.sla.working import revision, targets
from tests.tickets.retargets import due_of, now, publish_hours, retargets
from tickets import publishing
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import resolve_case
from tickets.actions.retargeting import (
    Retargeted,
    retarget_case,
    retarget_cases,
    retarget_from_version,
)
from tickets.audit import audit_cases
from tickets.errors import CasesWithoutRule, VersionStillInForce
from tickets.models import StoredClock
from tickets.publishing import Unruled, cases_without_rule
from tickets.queries import cases_of_version
from tickets.timeline import load_timeline


def letters():
    return OutboxMessage.objects.filter(kind="policy_retargeted")


def letter_of(case, person):
    row = next(one for one in letters() if one.refs["case"] == case.pk)
    return registered("policy_retargeted").render(person, row.refs)


@pytest.mark.parametrize(("base", "due_at"), [("opening", after(4)), ("change", after(5))])
def test_new_target_counts_from_the_base(metalogix, alpha, base, due_at):
    case = file_case(alpha, severity="3")
    version = publish_hours(alpha, 4, at=after(1))

    done = retarget_case(case_id=case.pk, version=version, base=base, by=alpha.manager, at=after(1))

    assert done == Retargeted(cases=1, told=1, moved=(case.number,))
    assert due_of(case) == due_at
    assert now(case).policy_version == version
    assert now(case).next_due_at == due_at
    assert retargets(case) == [{"policy_version": 2, "base": base, "from": 1}]


def test_admins_are_told_in_place_of_a_contact_who_has_left(metalogix, alpha):
    case = file_case(alpha, severity="3")
    version = publish_hours(alpha, 4, at=after(1))
    type(alpha.contact).objects.filter(pk=alpha.contact.pk).update(is_active=False)

    retarget_case(case_id=case.pk, version=version, base="opening", by=alpha.manager, at=after(1))

    assert [row.recipient for row in letters()] == [alpha.company_admin]


def test_customer_is_told_both_times_and_the_reason(metalogix, alpha):
    case = file_case(alpha, severity="3")
    version = publish_hours(alpha, 4, at=after(1), customer_note="cn-alpha-faster & better")
    retarget_case(case_id=case.pk, version=version, base="opening", by=alpha.manager, at=after(1))

    told = letter_of(case, alpha.contact)

    assert told.subject == "[TW-1] the promise on your case has changed: cn-alpha-subject"
    assert "our support policy has changed" in told.body
    assert "The new times count from the opening of your case." in told.body
    assert "cn-alpha-faster & better" in told.body
    assert (
        "First response\n"
        "  Until now: by Mon 2 Mar 2026, 18:00 CET\n"
        "  From now on: by Mon 2 Mar 2026, 14:00 CET\n"
    ) in told.body
    assert "http://alpha.localhost:8000/cases/1/" in told.body


def test_case_where_nothing_moves_follows_the_version_and_nobody_is_told(metalogix, alpha):
    case = file_case(alpha, severity="1")
    version = publish_hours(alpha, 4, at=after(1))

    done = retarget_case(
        case_id=case.pk, version=version, base="opening", by=alpha.manager, at=after(1)
    )

    assert done == Retargeted(cases=1)
    assert now(case).policy_version == version
    assert list(letters()) == []


def test_case_that_follows_the_version_already_is_left_as_it_is(metalogix, alpha):
    old, version = file_case(alpha), publish_hours(alpha, 4, at=after(1))
    new = file_case(alpha, at=after(2))
    both = {"case_ids": [old.pk, new.pk], "version": version, "by": None}

    first = retarget_cases(base="change", at=after(2), **both)
    second = retarget_cases(base="opening", at=after(3), **both)

    assert (first, second) == (Retargeted(cases=1, told=1, moved=(old.number,)), Retargeted())
    assert [len(retargets(case)) for case in (old, new)] == [1, 0]
    assert letters().count() == 1


def test_verdict_once_given_is_not_taken_back(metalogix, alpha):
    late = file_case(alpha, severity="3")
    version = publish_hours(alpha, 40, at=after(9))

    retarget_case(case_id=late.pk, version=version, base="opening", by=None, at=after(9))
    reply_to_case(case_id=late.pk, by=alpha.agent, body="Here.", at=after(10))

    assert due_of(late) == after(8)
    (clock,) = [one for one in load_timeline(late).state().clocks if one.kind == "first_response"]
    assert clock.state == "late"
    assert list(letters()) == []


def test_cases_that_are_over_keep_what_they_had(metalogix, alpha):
    case = file_case(alpha)
    resolve_case(case_id=case.pk, by=alpha.agent, solution="So.", at=after(1))
    version = publish_hours(alpha, 4, at=after(2))

    done = retarget_case(case_id=case.pk, version=version, base="change", by=None, at=after(2))

    assert done == Retargeted()
    assert now(case).policy_version.number == 1


def test_moment_of_the_change_is_the_beginning_of_the_version_where_it_can_be(metalogix, alpha):
    quiet, busy = file_case(alpha, severity="3"), file_case(alpha, severity="3")
    version = publish_hours(alpha, 4, at=after(1))
    # Answered under the old policy, by the time that the work got round to it.
    reply_to_case(case_id=busy.pk, by=alpha.agent, body="Here.", at=after(2))

    retarget_cases(
        case_ids=[quiet.pk, busy.pk],
        version=version,
        base="change",
        by=alpha.manager,
        at=after(3),
        begun_at=version.effective_at,
    )

    assert due_of(quiet) == after(5)
    moments = [case.events.get(kind="policy_retargeted").occurred_at for case in (quiet, busy)]
    assert moments == [after(1), after(2)]


def test_case_without_its_level_or_rule_is_left_out_and_named(metalogix, alpha):
    fitting, levelless = file_case(alpha, severity="3"), file_case(alpha, severity="4")
    ruleless = file_case(alpha, severity="2")
    version = publish_without(alpha, severity_2_rule=True, severity_4=True)

    done = retarget_cases(
        case_ids=[fitting.pk, levelless.pk, ruleless.pk],
        version=version,
        base="opening",
        by=alpha.manager,
        at=after(1),
    )

    assert done == Retargeted(cases=1, told=0, left_out=(levelless.number, ruleless.number))
    for case in (levelless, ruleless):
        assert (now(case).policy_version.number, retargets(case)) == (1, [])


def test_answered_case_without_its_level_is_left_out(metalogix, alpha):
    case = file_case(alpha, severity="4")
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Here.", at=after(0.25))
    version = publish_without(alpha, severity_4=True)

    done = retarget_case(case_id=case.pk, version=version, base="change", by=None, at=after(1))

    assert done == Retargeted(left_out=(case.number,))
    assert retargets(case) == []


@pytest.mark.parametrize("judged", [8.1, 10, 30])
@pytest.mark.parametrize("base", ["opening", "change"])
def test_what_was_late_before_the_work_got_round_to_it_stays_late(metalogix, alpha, base, judged):
    case = file_case(alpha, severity="3")
    version = publish_hours(alpha, 80, at=after(1))
    before = late_by(case, after(judged))

    retarget_case_begun_before(case, version, base, judged)
    reply_to_case(case_id=case.pk, by=alpha.agent, body="Here.", at=after(judged + 1))

    (clock,) = [one for one in load_timeline(case).state().clocks if one.kind == "first_response"]
    assert "first_response" in before
    assert (clock.state, due_of(case)) == ("late", after(8))
    assert before <= late_by(case, after(judged + 1))


def retarget_case_begun_before(case, version, base, judged):
    return retarget_cases(
        case_ids=[case.pk],
        version=version,
        base=base,
        by=None,
        at=after(judged),
        begun_at=version.effective_at,
    )


def late_by(case, at):
    """Name the kinds of clocks that are late at a moment."""
    clocks = load_timeline(now(case)).state().clocks
    return {clock.kind for clock in clocks if clock.is_late(int(at.timestamp()))}


def publish_without(twin, *, severity_2_rule=False, severity_4=False, checked=False):
    """Publish Metalogix without a severity, or without a rule for one: as if no case were open."""
    text = pack_for(twin.tenant.slug, "metalogix")
    if severity_2_rule:
        text = text.replace(
            'plan = ["standard"], severity = ["2", "3", "4"]',
            'plan = ["standard"], severity = ["3", "4"]',
        )
    if severity_4:
        start = text.index('[[severities]]\ncode = "4"')
        end = text.index("[[case_types]]")
        text = (text[:start] + text[end:]).replace(', "4"]', "]")
    with pytest.MonkeyPatch.context() as patch:
        if not checked:
            patch.setattr(registry, "_publish_checks", {})
        load_document(text=text, by=None, at=after(0.5))
    return current_policy_row()


def current_policy_row():
    return PolicyVersion.objects.get(number=current_policy(after(0.5)).number)


def test_running_promises_without_a_rule_are_listed(metalogix, alpha):
    file_case(alpha, severity="3")
    ruleless = file_case(alpha, severity="2")
    answered = file_case(alpha, severity="2")
    reply_to_case(case_id=answered.pk, by=alpha.agent, body="Here.", at=after(0.1))
    version = publish_without(alpha, severity_2_rule=True)

    policy = current_policy(version.effective_at).policy

    assert cases_without_rule(policy) == [Unruled(ruleless.number, "first_response")]


def test_publishing_a_retarget_without_a_rule_is_refused_with_place_and_reason(metalogix, alpha):
    file_case(alpha, severity="2")
    rows = [row for row in targets() if row.source != "MX-20"]
    save_targets(by=alpha.manager, at=after(1), revision=revision(), targets=rows)

    with pytest.raises(CasesWithoutRule) as refused:
        publish_draft(by=alpha.manager, at=after(1), revision=revision(), open_cases="from_opening")

    assert str(refused.value) == (
        "1 running promise would have no rule: TW-1 (first response). "
        "Add a rule for it, or let open cases keep the promises they have."
    )
    assert PolicyVersion.objects.count() == 1
    assert publish_draft(by=alpha.manager, at=after(1), revision=revision()).number == 2


def test_open_cases_are_read_by_key_until_there_are_enough(metalogix, alpha, monkeypatch):
    monkeypatch.setattr(publishing, "CASES_AT_ONCE", 2)
    monkeypatch.setattr(publishing, "ENOUGH", 3)
    for _case in range(7):
        file_case(alpha, severity="2")
    version = publish_without(alpha, severity_2_rule=True)
    policy = current_policy(version.effective_at).policy

    with CaptureQueriesContext(connection) as asked:
        found = cases_without_rule(policy)

    read = [one["sql"] for one in asked if 'FROM "tickets_case" ' in one["sql"]]
    assert [one.number for one in found] == [1, 2, 3]
    assert len(read) == 2
    with pytest.raises(CasesWithoutRule) as refused:
        publishing.refuse_cases_without_rule(policy)
    assert str(refused.value).startswith("3 running promises or more would have no rule, such as: ")


def test_every_open_case_is_read_when_there_are_not_enough(metalogix, alpha, monkeypatch):
    monkeypatch.setattr(publishing, "CASES_AT_ONCE", 2)
    cases = [file_case(alpha, severity="2") for _case in range(5)]
    version = publish_without(alpha, severity_2_rule=True)

    found = cases_without_rule(current_policy(version.effective_at).policy)

    assert found == [Unruled(case.number, "first_response") for case in cases]


def test_level_that_open_cases_have_is_not_dropped(metalogix, alpha):
    for _case in range(7):
        file_case(alpha, severity="4")
    resolved = file_case(alpha, severity="4")
    resolve_case(case_id=resolved.pk, by=alpha.agent, solution="So.", at=after(0.1))

    with pytest.raises(PolicyIsFaulty) as refused:
        publish_without(alpha, severity_4=True, checked=True)

    assert str(refused.value) == (
        "The severity “Severity Level 4 (Enhancement, Feature Request or Annoyance)” is dropped, "
        "but 7 open cases have it: TW-1, TW-2, TW-3, TW-4, TW-5 …. "
        "Keep it, or close or change these first."
    )


def test_level_that_no_open_case_has_may_be_dropped(metalogix, alpha):
    case = file_case(alpha, severity="4")
    resolve_case(case_id=case.pk, by=alpha.agent, solution="So.", at=after(0.1))

    assert publish_without(alpha, severity_4=True, checked=True).number == 2


def test_what_was_opened_under_a_version_or_follows_it_is_listed_open_ones_first(metalogix, alpha):
    solved, before = file_case(alpha), file_case(alpha)
    resolve_case(case_id=solved.pk, by=alpha.agent, solution="So.", at=after(0.5))
    version = publish_hours(alpha, 4, at=after(1))
    under = file_case(alpha, at=after(2))
    retarget_case(case_id=before.pk, version=version, base="change", by=None, at=after(3))

    assert list(cases_of_version(1)) == [before, solved]
    found = [(case, case.is_opened_under) for case in cases_of_version(2)]
    assert found == [(before, False), (under, True)]


def test_cases_of_a_withdrawn_version_get_the_promises_of_the_one_in_effect(metalogix, alpha):
    kept, version = file_case(alpha, severity="3"), publish_hours(alpha, 4, at=after(1))
    under = file_case(alpha, severity="3", at=after(1))
    assert due_of(under) == after(5)
    withdraw_version(number=version.number, by=alpha.manager, at=after(2), reason="A mistake.")

    job = retarget_from_version(number=2, base="opening", by=alpha.manager, at=after(2))
    retarget_case(
        case_id=under.pk,
        version=kept.policy_version,
        base="opening",
        by=alpha.manager,
        at=after(2),
    )

    assert job.params == {"version": 1, "base": "opening", "from_versions": [2]}
    # Nine hours of Monday are left of the calendar when it was opened.
    assert due_of(under) == after(9)
    told = letter_of(under, alpha.contact).body
    assert "the support policy that your case TW-2 followed was withdrawn" in told
    assert "Until now: by Mon 2 Mar 2026, 15:00 CET" in told
    assert "From now on: by Mon 2 Mar 2026, 19:00 CET" in told


def test_version_in_effect_has_nothing_else_to_give(metalogix, alpha):
    with pytest.raises(VersionStillInForce):
        retarget_from_version(number=1, base="change", by=alpha.manager, at=MONDAY)


def test_only_who_publishes_may_retarget(metalogix, alpha):
    with pytest.raises(NotAllowed):
        retarget_from_version(number=1, base="change", by=alpha.agent, at=MONDAY)


def publish_resolution(twin, *, at, hours=100, **more):
    """Publish that every case is solved within so many hours, besides what is promised already."""
    sections = assemble(read_rows(working_copy()))
    rule = {"clock": "resolution", "target": {"kind": "elapsed", "hours": hours}, **more}
    changed = {"targets": [*sections["targets"], rule]}
    save_section(by=twin.manager, at=at, revision=revision(), sections=changed)
    return publish_draft(by=twin.manager, at=at, revision=revision())


@pytest.mark.parametrize(("base", "due_at"), [("opening", after(100)), ("change", after(102))])
def test_promise_that_the_version_adds_is_given_and_told(metalogix, alpha, base, due_at):
    case = file_case(alpha, severity="3")
    version = publish_resolution(alpha, at=after(1))

    done = retarget_case(case_id=case.pk, version=version, base=base, by=None, at=after(2))

    stored = StoredClock.objects.get(case=case, kind="resolution")
    assert (stored.state, stored.started_at, stored.due_at) == ("running", after(0), due_at)
    assert case.number in done.moved
    assert "Until now: no time was promised" in letter_of(case, alpha.contact).body
    assert [one.differences for one in audit_cases([case.pk])] == [()]


def test_aim_that_a_version_took_away_comes_back_with_the_next(metalogix, alpha):
    case = file_case(alpha, severity="3")
    version = publish_resolution(alpha, at=after(1), promised=False)
    for number in (version, case.policy_version, version):
        retarget_case(case_id=case.pk, version=number, base="opening", by=None, at=after(2))

    clocks = StoredClock.objects.filter(case=case, kind="resolution").order_by("started_seq")

    assert list(clocks.values_list("started_seq", "state", "due_at")) == [
        (1, "cancelled", after(100)),
        (4, "running", after(100)),
    ]
    assert [one.differences for one in audit_cases([case.pk])] == [()]


def test_retargeted_case_replayed_under_its_version_flips_nothing(metalogix, alpha):
    case = file_case(alpha, severity="3")
    version = publish_resolution(alpha, at=after(1))
    retarget_case(case_id=case.pk, version=version, base="opening", by=None, at=after(2))
    timeline = load_timeline(now(case))
    under = timeline.policies[version.number]

    found = replay(timeline.events, timeline.policies, under, int(after(200).timestamp()))

    outcomes = {one.kind: (one.started_seq, one.before, one.after) for one in found.outcomes}
    assert outcomes["resolution"] == (1, "open_late", "open_late")
    assert [one for one in found.outcomes if one.flips] == []


def test_paused_promise_moves_unseen_and_nobody_is_told(metalogix, alpha):
    case = file_case(alpha, severity="3")
    ask_customer(case_id=case.pk, by=alpha.agent, question="Which?", at=after(1))
    version = publish_hours(alpha, 4, at=after(2))

    done = retarget_case(case_id=case.pk, version=version, base="change", by=None, at=after(2))

    assert done == Retargeted(cases=1)


def test_desk_knows_of_it_since_it_was_recorded(metalogix, alpha):
    case = file_case(alpha, severity="3")
    version = publish_hours(alpha, 1, at=after(2))
    retarget_case(case_id=case.pk, version=version, base="opening", by=None, at=after(2))

    timeline = load_timeline(now(case))

    # Due an hour before it was known: what that sets off is nobody's delay.
    assert due_of(case) == after(1)
    assert datetime.fromtimestamp(timeline.known_at, UTC) == after(2)
