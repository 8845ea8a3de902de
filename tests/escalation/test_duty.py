"""Who is on duty, when nobody is, and who is away. Alpha's wall clock is that of Paris."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.errors import NotAllowed
from accounts.models import Person
from escalation.absences import absent_on, drop_absence, note_absence
from escalation.duty import (
    add_shift,
    add_weekly,
    gaps_between,
    on_duty,
    remove_shift,
    shifts_between,
)
from escalation.errors import (
    AbsenceEndsBeforeItStarts,
    AbsentTwice,
    AlreadyOnDuty,
    NoDayChosen,
    NotOfTheDesk,
    ShiftEndsBeforeItStarts,
    StandInIsAbsent,
    StandsInForOneself,
)
from escalation.roster import read_roster

pytestmark = pytest.mark.usefixtures("entered")

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEKDAYS = (0, 1, 2, 3, 4)


def at(day, hour=0, month=3):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def put(alpha, person, team=None, start=None, end=None):
    return add_shift(
        person_id=person.pk,
        team_id=team.pk if team else None,
        starts_at=start or at(2),
        ends_at=end or at(3),
        by=alpha.lead,
    )


def away(person, by, *, first=date(2026, 3, 2), last=date(2026, 3, 2), stand_in=None):
    return note_absence(
        person_id=person.pk,
        starts_on=first,
        ends_on=last,
        stand_in_id=stand_in.pk if stand_in else None,
        note="",
        by=by,
    )


def test_own_team_comes_before_those_on_duty_for_all(alpha):
    put(alpha, alpha.lead)
    put(alpha, alpha.agent_3, alpha.team_3)
    put(alpha, alpha.agent_2, alpha.team_2, start=at(3), end=at(4))

    assert on_duty(MONDAY) == {None: (alpha.lead.pk,), alpha.team_3.pk: (alpha.agent_3.pk,)}
    roster = read_roster(MONDAY)
    assert roster.on_duty(alpha.team_3.pk) == (alpha.agent_3.pk, alpha.lead.pk)
    assert roster.on_duty(alpha.team_2.pk) == (alpha.lead.pk,)
    assert on_duty(at(3)) == {alpha.team_2.pk: (alpha.agent_2.pk,)}  # until is not part of it


def test_issue_12_who_is_away_is_not_on_duty_but_the_stand_in_is(alpha):
    for person in (alpha.lead, alpha.agent):
        put(alpha, person)
    away(alpha.lead, alpha.manager, stand_in=alpha.agent_2)
    away(alpha.agent, alpha.agent)

    assert absent_on(MONDAY) == {alpha.lead.pk: alpha.agent_2.pk, alpha.agent.pk: None}
    assert on_duty(MONDAY) == {None: (alpha.agent_2.pk,)}

    Person.objects.filter(pk=alpha.agent_2.pk).update(is_active=False)
    assert on_duty(MONDAY) == {}


def test_absence_ends_with_the_last_day_on_the_persons_own_clock(alpha):
    Person.objects.filter(pk=alpha.lead.pk).update(time_zone="America/New_York")
    away(alpha.lead, alpha.lead)

    found = [lasts for lasts in (at(2, 4), at(2, 5), at(3, 4), at(3, 5)) if absent_on(lasts)]

    assert found == [at(2, 5), at(3, 4)]


def test_two_who_stand_in_for_each_other_are_nobody(alpha):
    away(alpha.lead, alpha.manager, stand_in=alpha.agent)
    with pytest.raises(StandInIsAbsent):
        away(alpha.agent_2, alpha.manager, stand_in=alpha.lead)
    away(
        alpha.agent,
        alpha.manager,
        stand_in=alpha.lead,
        last=date(2026, 3, 1),
        first=date(2026, 3, 1),
    )

    drop_absence(absence_id=alpha.agent.absences.get().pk, by=alpha.agent)

    assert absent_on(MONDAY) == {alpha.lead.pk: alpha.agent.pk}


def test_absence_is_refused_where_it_makes_no_sense(alpha):
    away(alpha.lead, alpha.lead)

    with pytest.raises(AbsentTwice):
        away(alpha.lead, alpha.lead, last=date(2026, 3, 5))
    with pytest.raises(AbsenceEndsBeforeItStarts):
        away(alpha.agent, alpha.agent, last=date(2026, 3, 1))
    with pytest.raises(StandsInForOneself):
        away(alpha.agent, alpha.agent, stand_in=alpha.agent)
    with pytest.raises(NotOfTheDesk):
        away(alpha.contact, alpha.manager)
    for by in (alpha.agent, alpha.contact):
        with pytest.raises(NotAllowed):
            away(alpha.agent_2, by)


def test_gaps_name_the_teams_that_go_without(alpha):
    put(alpha, alpha.lead, start=at(2), end=at(2, 12))
    put(alpha, alpha.agent_3, alpha.team_3, start=at(2, 10), end=at(3))

    assert [tuple(gap) for gap in gaps_between(at(2), at(3))] == [
        (at(2, 12), at(3), (alpha.team, alpha.team_2))
    ]


def test_shift_of_somebody_away_covers_nothing(alpha):
    put(alpha, alpha.lead, start=at(1), end=at(4))
    away(alpha.lead, alpha.lead)

    # The day of Paris: an hour ahead of UTC.
    assert [gap[:2] for gap in gaps_between(at(1), at(4))] == [(at(1, 23), at(2, 23))]

    drop_absence(absence_id=alpha.lead.absences.get().pk, by=alpha.lead)
    away(alpha.lead, alpha.lead, stand_in=alpha.agent)
    assert gaps_between(at(1), at(4)) == []


def test_weekly_pattern_keeps_the_wall_clock_over_the_change_of_time(alpha):
    made = add_weekly(
        person_id=alpha.lead.pk,
        team_id=None,
        weekdays=(5, 6),
        opens=time(18),
        closes=time(8),
        first_on=date(2026, 3, 23),
        weeks=3,
        every=2,
        by=alpha.manager,
    )

    # Paris goes from UTC+1 to UTC+2 in the night to 29 March; the week between is somebody else's.
    assert [(shift.starts_at, shift.ends_at) for shift in made] == [
        (at(28, 17), at(29, 6)),
        (at(29, 16), at(30, 6)),
        (at(11, 16, 4), at(12, 6, 4)),
        (at(12, 16, 4), at(13, 6, 4)),
    ]


def test_pattern_is_added_whole_or_not_at_all(alpha):
    put(alpha, alpha.lead, start=at(4, 8), end=at(4, 9))
    pattern = {
        "person_id": alpha.lead.pk,
        "team_id": None,
        "weekdays": WEEKDAYS,
        "opens": time(8),
        "closes": time(18),
        "first_on": date(2026, 3, 2),
        "weeks": 1,
        "every": 1,
        "by": alpha.lead,
    }

    with pytest.raises(AlreadyOnDuty):
        add_weekly(**pattern)
    with pytest.raises(NoDayChosen):
        add_weekly(**pattern | {"weekdays": ()})

    assert shifts_between(at(1), at(9)).count() == 1
    assert len(add_weekly(**pattern | {"team_id": alpha.team.pk})) == 5


def test_who_may_arrange_duty(alpha, beta):
    shift = put(alpha, alpha.lead)

    for by in (alpha.agent, alpha.dispatcher, alpha.contact):
        with pytest.raises(NotAllowed):
            remove_shift(shift_id=shift.pk, by=by)
    with pytest.raises(ShiftEndsBeforeItStarts):
        put(alpha, alpha.agent, start=at(3), end=at(3))
    with pytest.raises(NotOfTheDesk):
        put(alpha, alpha.contact)

    remove_shift(shift_id=shift.pk, by=alpha.manager)
    assert not shifts_between(at(1), at(9)).exists()
    assert gaps_between(at(2), at(2) + timedelta(hours=1))[0].teams == (
        alpha.team,
        alpha.team_2,
        alpha.team_3,
    )
