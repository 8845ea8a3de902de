"""The audit of the clocks: nothing on a clean desk, and exactly what was spoiled on another."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from entitlements.models import Contract
from escalation.requests import request_escalation
from jobs.registry import kind_of
from outbox.models import OutboxMessage
from outbox.registry import registered
from tests.cases import after, file_case, reopen_as_agreed
from tests.packs import publish
from tests.tickets.audits import audited, spoil
from tests.tickets.retargets import now, publish_hours
from tickets import audit
from tickets.actions.conversation import (
    ask_customer,
    log_customer_call,
    log_work,
    reply_as_customer,
    reply_to_case,
)
from tickets.actions.ending import close_case, resolve_case
from tickets.actions.merging import merge_cases, undo_merge
from tickets.actions.questioning import dispute_question, withdraw_question
from tickets.actions.rebuilding import rebuild_case
from tickets.actions.retargeting import retarget_case
from tickets.actions.triage import assign_case, change_severity
from tickets.audit import AuditOutcome, audit_cases, audit_outcomes, cases_to_audit
from tickets.audit_models import ClockDifference
from tickets.auditing import start_audit
from tickets.errors import TimelineIsBroken
from tickets.models import Case, StoredClock

pytestmark = pytest.mark.django_db

PACKS = ("datadynamics", "metalogix", "msp", "scalix")


def found_on(*cases):
    """Audit the cases; give what differs as (what, stored, computed)."""
    return [
        (one.what, one.stored, one.computed)
        for audited in audit_cases([case.pk for case in cases])
        for one in audited.differences
    ]


def busy_desk(twin):
    """File cases and do to them whatever can be done, so that clocks of every sort have run."""
    case = file_case(twin)
    reply_to_case(case_id=case.pk, by=twin.agent, body="Hello.", at=after(1))
    ask_customer(case_id=case.pk, by=twin.agent, question="Which?", at=after(2))
    reply_as_customer(case_id=case.pk, by=twin.contact, body="That.", at=after(30))
    log_work(case_id=case.pk, by=twin.agent, body="Looked.", at=after(31))
    assign_case(case_id=case.pk, owner_id=twin.agent.pk, by=twin.lead, at=after(31))
    waiting = file_case(twin, at=after(1))
    ask_customer(case_id=waiting.pk, by=twin.agent, question="Which?", at=after(2))
    called = file_case(twin, at=after(1))
    log_customer_call(case_id=called.pk, by=twin.agent, body="Urgent.", at=after(3))
    again = file_case(twin, at=after(2))
    resolve_case(case_id=again.pk, by=twin.agent, solution="So.", at=after(3))
    close_case(case_id=again.pk, by=twin.contact, at=after(4))
    reopen_as_agreed(again, twin, at=after(5))
    solved = file_case(twin, at=after(2))
    resolve_case(case_id=solved.pk, by=twin.agent, solution="So.", at=after(3))
    return [case, waiting, called, again, solved]


@pytest.mark.parametrize("pack", PACKS)
def test_clean_desk_of_every_pack_has_no_differences(alpha, pack):
    publish(alpha, pack)
    with tenant(alpha.tenant):
        if pack == "scalix":  # has no plan of the twins' contracts
            Contract.objects.update(plan="gold")
        cases = busy_desk(alpha)

        assert found_on(*cases) == []
        assert set(cases_to_audit()) == set(cases[:-1])


def ask(case, twin):
    ask_customer(case_id=case.pk, by=twin.agent, question="Which?", at=after(2))


def disputed(case, twin):
    ask(case, twin)
    dispute_question(case_id=case.pk, by=twin.contact, body="Not us.", at=after(3))


def withdrawn(case, twin):
    ask(case, twin)
    withdraw_question(case_id=case.pk, by=twin.agent, at=after(3))


def merged(case, twin):
    into = file_case(twin, at=after(1))
    merge_cases(case_id=case.pk, into=into.number, by=twin.agent, at=after(3))


def merged_and_undone(case, twin):
    ask(case, twin)
    merged(case, twin)
    undo_merge(case_id=case.pk, by=twin.agent, at=after(4))


def escalated(case, twin):
    ask(case, twin)
    words = {"situation": "It stands.", "reason": "Since days."}
    by = twin.contact
    request_escalation(case_id=case.pk, way="portal", asked_by=by, by=by, at=after(3), **words)


@pytest.mark.parametrize("live", [disputed, withdrawn, merged, merged_and_undone, escalated])
def test_clean_whatever_ended_a_question_or_a_case(alpha, live):
    publish(alpha, "datadynamics")
    with tenant(alpha.tenant):
        case = file_case(alpha, severity="2")

        live(case, alpha)

        assert found_on(case) == []
        assert (case in cases_to_audit()) is (live is not merged)


def test_clean_after_changes_of_level_and_policy(metalogix, alpha):
    case = file_case(alpha, severity="3")
    change_severity(case_id=case.pk, severity="1", by=alpha.agent, reason="Down.", at=after(1))
    version = publish_hours(alpha, 4, at=after(2))
    retarget_case(case_id=case.pk, version=version, base="change", by=None, at=after(3))

    assert found_on(case) == []


FILED, DUE = "2026-03-02T09:00:00+00:00", "2026-03-02T17:00:00+00:00"
TUESDAY = "2026-03-03T10:00:00+00:00"
CASE_SPOILS = [
    ("status", "'waiting'", "waiting", "open"),
    ("case_type", "'question'", "question", "problem"),
    ("severity", "'4'", "4", "3"),
    ("priority", "'high'", "high", ""),
    ("channel", "'phone'", "phone", "portal"),
    ("tier", "2", "2", "1"),
    ("call_owed", "true", "True", "False"),
    ("scheduled_for", "'2026-03-03 10:00Z'", TUESDAY, ""),
    ("next_due_at", "'2026-03-03 10:00Z'", TUESDAY, DUE),
    ("next_due_at", "NULL", "", DUE),
    ("next_mark_at", "NULL", "", "2026-03-02T15:00:00+00:00"),
    ("last_seq", "7", "7", "1"),
    ("last_event_at", "'2026-03-03 10:00Z'", TUESDAY, FILED),
]  # fmt: skip


@pytest.mark.parametrize(("column", "sql", "stored", "computed"), CASE_SPOILS)
def test_spoiled_column_of_a_case_is_found_and_nothing_else(
    metalogix, alpha, column, sql, stored, computed
):
    case, clean = file_case(alpha, severity="3"), file_case(alpha, severity="3")

    spoil(f"UPDATE tickets_case SET {column} = {sql} WHERE id = %s", case.pk)

    assert found_on(case, clean) == [(column, stored, computed)]


CLOCK_SPOILS = [
    ("state", "'paused'", "paused", "running"),
    ("started_at", "'2026-03-03 10:00Z'", TUESDAY, FILED),
    ("due_from", "'2026-03-03 10:00Z'", TUESDAY, ""),
    ("due_at", "'2026-03-03 10:00Z'", TUESDAY, DUE),
    ("due_at", "NULL", "", DUE),
    ("ended_at", "'2026-03-03 10:00Z'", TUESDAY, ""),
    ("need_seconds", "60", "60", "28800"),
    ("counts", "false", "False", "True"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "sql", "stored", "computed"), CLOCK_SPOILS)
def test_spoiled_column_of_a_clock_is_found_and_nothing_else(
    metalogix, alpha, column, sql, stored, computed
):
    case, clean = file_case(alpha, severity="3"), file_case(alpha, severity="3")

    spoil(
        f"UPDATE tickets_storedclock SET {column} = {sql}"
        " WHERE case_id = %s AND kind = 'first_response'",
        case.pk,
    )

    assert found_on(case, clean) == [(f"first_response:1.{column}", stored, computed)]


def test_clock_that_is_missing_and_clock_that_is_too_many_are_found(metalogix, alpha):
    case = file_case(alpha, severity="3")

    spoil(
        "UPDATE tickets_storedclock SET kind = 'resolution'"
        " WHERE case_id = %s AND kind = 'first_response'",
        case.pk,
    )

    assert found_on(case) == [("first_response:1", "", "running"), ("resolution:1", "running", "")]


def test_version_that_the_timeline_does_not_name_is_found(metalogix, alpha):
    case = file_case(alpha)
    version = publish_hours(alpha, 4, at=after(1))

    spoil("UPDATE tickets_case SET policy_version_id = %s WHERE id = %s", version.pk, case.pk)

    assert found_on(case) == [("policy_version", "2", "1")]


def test_open_case_is_audited_though_its_columns_say_that_it_is_over(metalogix, alpha):
    hidden = file_case(alpha)
    spoil(
        "UPDATE tickets_case SET status = 'resolved', next_mark_at = NULL WHERE id = %s", hidden.pk
    )
    StoredClock.objects.filter(case=hidden).update(ended_at=after(1))

    assert list(cases_to_audit()) == [hidden]


def mails(twin):
    with tenant(twin.tenant):
        return list(OutboxMessage.objects.filter(kind="audit_found"))


def test_audit_keeps_what_it_found_and_repairs_nothing(alpha, beta, spoiled):
    job = audited(alpha)

    assert job.result == {"cases": 2, "clocks": 4, "differences": 3}
    assert list(kind_of(job.kind).describe(job)) == [
        "4 clocks of 2 open cases were compared with their timelines.",
        "3 differences were found.",
    ]
    with tenant(alpha.tenant):
        rows = ClockDifference.objects.order_by("id").values_list("case", "what", "job")
        assert list(rows) == [
            (spoiled.pk, "tier", job.pk),
            (spoiled.pk, "first_response:1.counts", job.pk),
            (spoiled.pk, "no_progress:1.counts", job.pk),
        ]
        assert now(spoiled).tier == 3


def test_managers_get_one_mail_that_names_the_cases(alpha, spoiled):
    audited(alpha)

    (mail,) = mails(alpha)
    assert mail.recipient_id == alpha.manager.pk
    with tenant(alpha.tenant):
        kind = registered("audit_found")
        told = kind.render(alpha.manager, mail.refs)
        assert kind.may_receive(alpha.manager, mail.refs) is True
        assert kind.may_receive(alpha.agent, mail.refs) is False
    assert told.subject == "The audit of the clocks found differences"
    assert "Cases: TW-2" in told.body
    assert "3 differences were found." in told.body
    assert "http://alpha.localhost:8000/admin/tickets/clockdifference/" in told.body


def test_audit_that_found_nothing_tells_nobody(beta, spoiled):
    job = audited(beta)

    assert job.result == {"cases": 2, "clocks": 4, "differences": 0}
    assert mails(beta) == []


def test_audit_under_way_is_not_ordered_again(alpha, spoiled):
    with tenant(alpha.tenant) as at:
        first, second = (start_audit(by=by, at=at) for by in (None, alpha.manager))

    assert first == second


def test_health_counts_what_each_vendor_audited_and_has_not_rebuilt(alpha, beta, spoiled):
    jobs = [audited(twin) for twin in (alpha, beta)]
    with tenant(alpha.tenant) as at:
        rebuild_case(case_id=spoiled.pk, by=alpha.manager, at=at)

    outcomes = audit_outcomes()

    assert {twin.tenant.pk: outcomes[twin.tenant.pk] for twin in (alpha, beta)} == {
        alpha.tenant.pk: AuditOutcome(jobs[0].finished_at, 2, 4, 3, 0),
        beta.tenant.pk: AuditOutcome(jobs[1].finished_at, 2, 4, 0, 0),
    }


@pytest.mark.parametrize(
    "sql",
    [
        *(f"UPDATE tickets_case SET {column} = {sql}" for column, sql, *_rest in CASE_SPOILS),
        *(f"UPDATE tickets_storedclock SET {column} = {sql}" for column, sql, *_ in CLOCK_SPOILS),
        "DELETE FROM tickets_storedclock",
        "UPDATE tickets_storedclock SET kind = 'resolution' WHERE kind = 'first_response'",
        "UPDATE tickets_case SET status = 'closed', closed_at = opened_at",
    ],
)
def test_rebuilt_case_says_what_its_timeline_says(metalogix, alpha, sql):
    case = file_case(alpha, severity="3")
    before = case_row(case), clock_rows(case)
    spoil(sql)
    assert found_on(case) != []

    rebuild_case(case_id=case.pk, by=alpha.manager, at=after(1))

    assert found_on(case) == []
    assert (case_row(case), clock_rows(case)) == before


def case_row(case):
    return Case.objects.filter(pk=case.pk).values().get()


def clock_rows(case):
    rows = StoredClock.objects.filter(case=case).order_by("kind").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def test_rebuilding_marks_what_was_found_and_only_on_that_case(alpha, spoiled):
    audited(alpha)

    with tenant(alpha.tenant) as at:
        rebuild_case(case_id=spoiled.pk, by=alpha.manager, at=at)

        assert set(ClockDifference.objects.values_list("rebuilt_at", "rebuilt_by")) == {
            (at, alpha.manager.pk)
        }
    assert audited(alpha).result["differences"] == 0


def test_only_who_administers_rebuilds(metalogix, alpha):
    case = file_case(alpha)

    with pytest.raises(NotAllowed):
        rebuild_case(case_id=case.pk, by=alpha.lead, at=after(1))


def test_command_prints_what_differs_and_ends_with_1(alpha, beta, spoiled):
    printed = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit_clocks", stdout=printed)

    assert ended.value.code == 1
    assert printed.getvalue().splitlines() == [
        "alpha: 4 clocks of 2 open cases were compared with their timelines.",
        "alpha: 3 differences were found.",
        "  TW-2 tier: stored 3, computed 1",
        "  TW-2 first_response:1.counts: stored False, computed True",
        "  TW-2 no_progress:1.counts: stored False, computed True",
        "beta: 4 clocks of 2 open cases were compared with their timelines.",
        "beta: 0 differences were found.",
    ]


def test_command_for_one_vendor_ends_with_0_when_all_is_well(beta, spoiled):
    printed = StringIO()

    call_command("audit_clocks", "--vendor", "beta", stdout=printed)

    assert "alpha" not in printed.getvalue()


def test_command_for_no_vendor_says_so(db):
    with pytest.raises(CommandError, match="There is no vendor “nobody”"):
        call_command("audit_clocks", "--vendor", "nobody")


@pytest.mark.django_db(transaction=True)
def test_timeline_that_cannot_be_read_is_found_and_not_rebuilt(alpha, beta):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        broken, clean = file_case(alpha), file_case(alpha)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_caseevent SET payload = payload - 'region' || '{\"region\": \"MARS\"}'"
            " WHERE case_id = %s",
            [broken.pk],
        )

    with tenant(alpha.tenant):
        assert found_on(broken, clean) == [("timeline", "", "EngineError")]
        with pytest.raises(TimelineIsBroken):
            rebuild_case(case_id=broken.pk, by=alpha.manager, at=after(1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (
            "UPDATE tickets_caseevent SET payload = payload || '{\"policy_version\": 99}'"
            " WHERE case_id = %s",
            "NotFound",
        ),
        (
            "UPDATE tickets_caseevent SET payload = payload - 'policy_version' WHERE case_id = %s",
            "KeyError",
        ),
    ],
)
def test_timeline_that_cannot_be_loaded_keeps_no_other_from_being_audited(alpha, damage, why):
    publish(alpha, "metalogix")
    with tenant(alpha.tenant):
        broken, clean, spoiled = (file_case(alpha) for _case in range(3))
        spoil("UPDATE tickets_case SET tier = 3 WHERE id = %s", spoiled.pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute(damage, [broken.pk])

    job = audited(alpha)

    assert (job.state, job.result["cases"], job.result["differences"]) == ("done", 3, 2)
    with tenant(alpha.tenant):
        found = [("timeline", "", why), ("tier", "3", "1")]
        assert found_on(broken, clean, spoiled) == found
        with pytest.raises(TimelineIsBroken):
            rebuild_case(case_id=broken.pk, by=alpha.manager, at=after(1))


def test_what_was_only_half_written_at_the_first_look_is_no_difference(
    metalogix, alpha, monkeypatch
):
    case, look, looks = file_case(alpha), audit._audited, []

    def looked(cases):
        looks.append(look(cases))
        spoil("UPDATE tickets_case SET tier = 1 WHERE id = %s", case.pk)
        return looks[-1]

    monkeypatch.setattr(audit, "_audited", looked)
    spoil("UPDATE tickets_case SET tier = 3 WHERE id = %s", case.pk)

    assert found_on(case) == []
    assert [[one.what for one in found[0].differences] for found in looks] == [["tier"], []]
