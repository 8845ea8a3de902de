"""The replay of past cases as long work: what is read, written and added up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from escalation.tick import fire_due
from sla.actions import load_document, save_targets
from sla.engine.document import parse_document
from tests.cases import MONDAY, after, file_case
from tests.packs import pack_for, publish
from tests.sla.working import revision, with_hours
from tickets import replay as replaying
from tickets.actions.conversation import reply_to_case
from tickets.actions.ending import close_case
from tickets.actions.triage import change_severity
from tickets.errors import SpanIsEmpty
from tickets.models import ReplayedText, ReplayFlip, ReplayGap
from tickets.replay import start_replay, text_under

SPAN = {"since": MONDAY - timedelta(days=1), "until": MONDAY + timedelta(days=30)}
LATER = MONDAY + timedelta(days=40)
STANDARD_4_HOURS = "MX-20"  # 8 hours in the pack


def ordered(twin, **changes):
    return start_replay(**(SPAN | {"by": twin.manager, "at": LATER} | changes))


def replayed(job, at=LATER):
    """Do the work of a job, as its workers would."""
    job.result = replaying.finish(job, worked(job, at), at)
    return job.result


def worked(job, at=LATER):
    return [replaying.work(job, part.params, at) for part in replaying.plan(job, at)]


def in_four_hours(twin, at):
    """Change the working copy: four hours instead of eight for the plan Standard."""
    targets = with_hours(STANDARD_4_HOURS, 4)
    save_targets(by=twin.manager, at=at, revision=revision(), targets=targets)


def answered(twin, hours, **facts):
    """File a case on Monday at 09:00 UTC and answer it so many hours later."""
    case = file_case(twin, severity=facts.pop("severity", "2"), **facts)
    reply_to_case(case_id=case.pk, body="Done.", by=twin.agent, at=after(hours))
    return case


def flips():
    rows = ReplayFlip.objects.order_by("case__number", "kind")
    return list(rows.values_list("case__number", "kind", "before", "after", "direction"))


def test_shorter_response_time_flips_what_was_answered_between(alpha, metalogix):
    answered(alpha, 3)
    late = answered(alpha, 6)
    answered(alpha, 9.5)
    in_four_hours(alpha, metalogix)

    result = replayed(ordered(alpha))

    assert flips() == [(late.number, "first_response", "met", "late", "to_late")]
    assert result["cases"] == 3
    assert result["total"] == {
        "clocks": 3,
        "late_before": 1,
        "late_after": 2,
        "to_late": 1,
        "moved": 2,
    }
    assert result["by_severity"] == {"2": result["total"]}
    assert result["by_plan"] == {"standard": result["total"]}
    assert result["by_weekday"] == {"0": result["total"]}


def test_flip_has_both_due_times_and_what_the_case_is(alpha, metalogix):
    answered(alpha, 6)
    in_four_hours(alpha, metalogix)
    replayed(ordered(alpha))

    flip = ReplayFlip.objects.get()

    assert (flip.due_before, flip.due_after) == (after(8), after(4))
    assert (flip.plan, flip.severity, flip.priority, flip.weekday) == ("standard", "2", "", 0)
    assert (flip.started_seq, flip.is_promised) == (1, True)


def test_steps_that_would_have_fired_stand_beside_those_that_did(alpha, metalogix):
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=after(6.01))
    reply_to_case(case_id=case.pk, body="Done.", by=alpha.agent, at=after(7))
    in_four_hours(alpha, metalogix)

    result = replayed(ordered(alpha))

    flip = ReplayFlip.objects.get(kind="first_response")
    assert result["steps_before"]["first_response_warning"] == 1
    assert result["steps_after"]["first_response_warning"] == 1
    assert result["steps_after"]["first_response_breach"] == 1
    assert "first_response_breach" not in result["steps_before"]
    # The customer hears of a promise that is missed, by a step of its own.
    assert result["steps_after"]["first_response_missed"] == 1
    assert "first_response_missed" not in result["steps_before"]
    assert (flip.steps_only_before, flip.steps_only_after) == (0, 2)


def test_replay_under_the_version_that_ran_flips_nothing(alpha, metalogix):
    for hours in (3, 6, 9.5, 30):
        answered(alpha, hours)
    change_severity(
        case_id=answered(alpha, 2).pk, severity="1", by=alpha.agent, reason="Worse.", at=after(3)
    )

    result = replayed(ordered(alpha, version=1))

    assert flips() == []
    assert result["total"]["late_before"] == result["total"]["late_after"] == 2


def test_replay_is_of_the_text_as_it_was_when_it_was_ordered(alpha, metalogix):
    answered(alpha, 6)
    in_four_hours(alpha, metalogix)
    job = ordered(alpha)
    save_targets(
        by=alpha.manager,
        at=metalogix,
        revision=revision(),
        targets=with_hours(STANDARD_4_HOURS, 8),
    )

    replayed(job)

    assert len(flips()) == 1
    assert job.params["checksum"] == ReplayedText.objects.get().checksum
    assert parse_document(text_under(job.params)).cell is not None


def test_what_was_done_after_the_order_is_not_seen(alpha, metalogix):
    case = answered(alpha, 9.5)
    in_four_hours(alpha, metalogix)

    replayed(ordered(alpha, at=after(6)))

    assert flips() == [(case.number, "first_response", "open", "open_late", "to_late")]


def test_same_text_is_kept_once(alpha, metalogix):
    jobs = [ordered(alpha), ordered(alpha)]

    assert [job.params["checksum"] for job in jobs] == [ReplayedText.objects.get().checksum] * 2


def test_only_cases_opened_in_the_span_and_of_the_plan_are_replayed(alpha, metalogix):
    answered(alpha, 6, severity="3")
    file_case(alpha, severity="3", at=after(24))
    in_four_hours(alpha, metalogix)

    of_monday = replayed(ordered(alpha, since=MONDAY, until=after(24)))
    of_premium = replayed(ordered(alpha, plan="premium"))

    assert of_monday["cases"] == 1
    assert of_premium == {}


def test_parts_come_to_the_same_however_they_are_cut(alpha, metalogix, monkeypatch):
    for hours in (3, 6, 7, 9.5, 30):
        answered(alpha, hours)
    in_four_hours(alpha, metalogix)
    whole = replayed(ordered(alpha))
    found = flips()
    ReplayFlip.objects.all().delete()
    monkeypatch.setattr(replaying, "CASES_PER_PART", 2)

    job = ordered(alpha)
    results = worked(job)

    assert [part.items for part in replaying.plan(job, LATER)] == [2, 2, 1]
    assert replaying.finish(job, results[::-1], LATER) == whole
    assert flips() == found


def test_level_that_is_gone_is_told_of_its_cases(alpha, metalogix):
    case = answered(alpha, 2, severity="4")
    close_case(case_id=case.pk, by=alpha.contact, at=after(3))
    text = pack_for("alpha", "metalogix")
    gone = text.replace('code = "4"', 'code = "9"').replace('"4"]', '"9"]')
    load_document(text=gone, by=None, at=metalogix)

    result = replayed(ordered(alpha, version=2))

    gaps = list(ReplayGap.objects.values_list("case__number", "axis", "code"))
    assert gaps == [(case.number, "severity", "4")]
    assert result["gaps"] == 1
    promised = (case.number, "first_response", "met", "no_promise", "other")
    assert promised in flips()


def test_other_vendor_is_neither_read_nor_written(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(beta.tenant):
        answered(beta, 6)
    with tenant(alpha.tenant) as at:
        answered(alpha, 6)
        answered(alpha, 7)
        in_four_hours(alpha, at)
        result = replayed(ordered(alpha))
        assert (result["cases"], len(flips())) == (2, 2)

    with tenant(beta.tenant):
        assert flips() == []
        assert replayed(ordered(beta))["cases"] == 1
        assert not ReplayFlip.objects.exists()


def test_statements_of_a_part_do_not_grow_with_its_cases(alpha, metalogix):
    answered(alpha, 6)
    in_four_hours(alpha, metalogix)
    job = ordered(alpha)
    worked(job)

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            worked(job)
        return len(caught)

    few = statements()
    for hours in (5, 6, 7, 9.5):
        answered(alpha, hours)

    assert statements() == few


def test_what_cannot_be_ordered_is_refused(alpha, metalogix):
    with pytest.raises(SpanIsEmpty):
        ordered(alpha, since=MONDAY, until=MONDAY)
    with pytest.raises(NotFound):
        ordered(alpha, version=7)
    with pytest.raises(NotAllowed):
        ordered(alpha, by=alpha.lead)


def test_weekday_is_that_of_the_vendor(alpha, metalogix):
    # Monday 23:30 UTC is Tuesday 00:30 in Berlin, and still Monday in New York.
    file_case(alpha, severity="2", at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    alpha.tenant.refresh_from_db()

    result = replayed(ordered(alpha))

    zones = {"Europe/Berlin": "1", "Europe/Paris": "1", "America/New_York": "0"}
    assert list(result["by_weekday"]) == [zones[alpha.tenant.time_zone]]
