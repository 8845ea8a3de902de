"""Of how many promises how many were kept, in which span, and whose they were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.actions import hand_over
from reports.promises import (
    DIMENSIONS,
    Chosen,
    Count,
    cases_that_owe_none,
    counted,
    listed,
    total_of,
)
from tests.cases import MONDAY, after, file_case
from tests.reports.conftest import APRIL_1, MARCH, answered
from tickets.actions.conversation import reply_to_case
from tickets.actions.ending import close_case
from tickets.actions.restricting import restrict_case
from tickets.actions.triage import assign_case
from tickets.models import StoredClock

FIRST = "first_response"


def first_responses(twin, by="plan", *, span=MARCH, at=APRIL_1, person=None):
    rows = counted(span, by, person or twin.manager, at)
    return {row.value: row.count for row in rows if row.clock == FIRST}


def due_of(case):
    return StoredClock.objects.get(case=case, kind=FIRST).due_at


def test_promise_is_kept_missed_running_or_without_a_verdict(reported):
    answered(reported)
    answered(reported, late=True)
    late = file_case(reported, severity="3")
    gone = file_case(reported, severity="3")
    close_case(case_id=gone.pk, by=reported.contact, at=after(1))
    file_case(reported, severity="3", at=APRIL_1 - timedelta(hours=20))

    found = first_responses(reported, at=APRIL_1 - timedelta(hours=19))

    assert found == {"standard": Count(kept=1, missed=2, running=1, dropped=1, late_still=1)}
    assert due_of(late) < APRIL_1


def test_missed_promise_counts_in_the_span_in_which_it_fell_due_not_when_it_was_answered(reported):
    case = answered(reported, late=True)
    due_on = due_of(case).date()
    span = replace(MARCH, first_on=due_on, last_on=due_on)
    later = replace(MARCH, first_on=due_on + timedelta(days=1))

    assert first_responses(reported, span=span) == {"standard": Count(missed=1)}
    assert first_responses(reported, span=later) == {}


def test_promise_that_runs_at_the_end_of_a_span_is_told_as_running_of_it(reported):
    answered(reported, late=True, at=after(9))
    only_monday = replace(MARCH, first_on=MONDAY.date(), last_on=MONDAY.date())

    assert first_responses(reported, span=only_monday) == {"standard": Count(running=1)}


def test_tier_team_and_agent_are_those_that_had_the_case_when_the_promise_was_decided(reported):
    case = file_case(reported, severity="3")
    assign_case(case_id=case.pk, owner_id=reported.agent.pk, by=reported.lead, at=after(1))
    moved_at = due_of(case) + timedelta(hours=1)
    hand_over(
        case_id=case.pk,
        team_id=reported.team_2.pk,
        note_done="All.",
        note_needed="More.",
        by=reported.lead,
        at=moved_at,
    )
    unowned = answered(reported, late=True)

    missed = Count(missed=1)
    assert first_responses(reported, "tier") == {"1": Count(missed=2, late_still=1)}
    assert first_responses(reported, "team")[str(reported.team.pk)].missed == 2
    assert first_responses(reported, "agent") == {
        str(reported.agent.pk): replace(missed, late_still=1),
        "": missed,
    }
    assert unowned.owner is None


def test_promise_is_its_keepers_whoever_owned_the_case(reported):
    case = file_case(reported, severity="3")
    assign_case(case_id=case.pk, owner_id=reported.agent_2.pk, by=reported.lead, at=after(0.5))
    reply_to_case(case_id=case.pk, by=reported.agent, body="Try this.", at=after(1))

    assert first_responses(reported, "agent") == {str(reported.agent.pk): Count(kept=1)}


def test_each_dimension_adds_up_to_the_same_promises(reported):
    answered(reported)
    answered(reported, late=True)

    totals = [total_of(counted(MARCH, by, reported.lead, APRIL_1)) for by in DIMENSIONS]

    assert set(totals) == {totals[0]}
    assert (totals[0].kept > 0, totals[0].missed > 0) == (True, True)


def test_figure_leads_to_its_cases(reported):
    answered(reported)
    late = answered(reported, late=True)
    chosen = Chosen(clock=FIRST, outcome="missed", by="company", value=str(reported.company.pk))

    found = listed(MARCH, chosen, reported.manager, APRIL_1, most=50)

    assert [(one.case_id, one.outcome, one.due_at) for one in found] == [
        (late.pk, "missed", due_of(late))
    ]


def test_restricted_case_is_neither_counted_nor_listed_for_whom_it_does_not_concern(reported):
    case = answered(reported, late=True)
    restrict_case(
        case_id=case.pk, is_restricted=True, reason="Secret.", by=reported.manager, at=after(200)
    )

    seen = {
        who.role: (
            first_responses(reported, person=who).get("standard", Count()).missed,
            len(listed(MARCH, Chosen(clock=FIRST), who, APRIL_1, most=50)),
        )
        for who in (reported.manager, reported.account_manager)
    }

    assert seen == {"manager": (1, 1), "account_manager": (0, 0)}


def test_case_to_which_nothing_is_promised_is_told_beside_the_share(reported):
    case = file_case(reported, severity="3")
    StoredClock.objects.filter(case=case).update(is_promised=False)
    answered(reported)

    assert cases_that_owe_none(MARCH, reported.manager, APRIL_1) == 1


def test_unknown_dimension_is_a_mistake_of_the_program(reported):
    with pytest.raises(ValueError, match="no such dimension"):
        counted(MARCH, "plan; drop", reported.manager, APRIL_1)
