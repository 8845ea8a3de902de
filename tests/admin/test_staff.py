"""The people of the desk in the admin, and what becomes of the cases of who leaves."""

import re
from datetime import time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format

from accounts.actions import add_person, join_team
from accounts.change_models import Change
from accounts.models import Person, PersonSkill
from accounts.tenancy import tenant
from desk.staff import hours_text
from escalation.models import Absence, WorkingHours
from tests.admin.test_forms import change, person
from tests.cases import file_case
from tests.packs import publish
from tickets.actions.triage import assign_case
from tickets.models import Case


@pytest.fixture
def manager(browse, alpha, beta):
    """The manager of alpha; in both vendors the agent owns two cases."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant) as at:
            for _each in range(2):
                case = file_case(twin, severity="3")
                assign_case(case_id=case.pk, owner_id=twin.agent.pk, by=twin.agent, at=at)
    return browse(alpha.tenant, alpha.manager)


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def leave(person):
    return reverse("admin:staff_leave", args=[person.pk])


def staff(manager, **asked):
    return text_of(manager.get(reverse("admin:staff"), asked))


def test_list_tells_tier_team_skills_hours_cases_and_absence(manager, alpha, beta):
    with tenant(alpha.tenant) as at:
        agent, day = alpha.agent, at.date()
        PersonSkill.objects.create(tenant=alpha.tenant, person=agent, name="Oracle")
        for weekday in range(5):
            WorkingHours.objects.create(
                tenant=alpha.tenant,
                person=agent,
                weekday=weekday,
                opens=time(9),
                closes=time(17, 30),
            )
        Absence.objects.create(
            tenant=alpha.tenant,
            person=agent,
            stand_in=alpha.agent_2,
            starts_on=day - timedelta(days=1),
            ends_on=day + timedelta(days=3),
        )

    page = staff(manager)
    by_skill = staff(manager, skill="Oracle")
    busiest = staff(manager, order="cases")

    row = re.search(r"cn-alpha-agent agent .*? stands in", page)[0]
    assert "agent · Level 1" in row
    assert alpha.team.name in row
    assert "Oracle Mon-Fri 09:00-17:30 2" in row
    assert "away until" in row
    assert "cn-alpha-agent_2 stands in" in row
    assert "1 away now" in page
    assert "cn-alpha-agent" in by_skill
    assert "cn-alpha-lead" not in by_skill.partition("Away")[2]
    assert busiest.partition("Away")[2].strip().startswith("cn-alpha-agent")
    assert beta.canary not in page


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], ""),
        ([(0, time(9), time(17))], "Mon 09:00-17:00"),
        ([(day, time(9), time(17)) for day in range(5)], "Mon-Fri 09:00-17:00"),
        ([(0, time(13), time(17)), (0, time(8), time(12))], "Mon 08:00-12:00, 13:00-17:00"),
        (
            [(0, time(9), time(17)), (2, time(9), time(17)), (4, time(9), time(12))],
            "Mon, Wed 09:00-17:00; Fri 09:00-12:00",
        ),
    ],
)
def test_hours_are_told_days_that_are_alike_together(hours, words):
    assert hours_text(hours) == words


def test_absence_of_who_has_no_zone_of_their_own_is_told_in_the_vendors_days(manager, alpha):
    with tenant(alpha.tenant) as at:
        first = at.date() + timedelta(days=2)
        last = first + timedelta(days=1)
        Person.objects.filter(pk=alpha.agent.pk).update(time_zone="")
        Absence.objects.create(
            tenant=alpha.tenant, person=alpha.agent, starts_on=first, ends_on=last
        )

    said = f"away from {date_format(first, 'j M')} to {date_format(last, 'j M')}"
    assert said in staff(manager)


def test_list_asks_as_often_for_fifty_people_as_for_one(manager, alpha):
    asked = []
    for number in (1, 50):
        with tenant(alpha.tenant):
            for each in range(number):
                name = f"agent-{number}-{each}"
                made = add_person(name=name, role="agent", tier=1, email=f"{name}@desk.test")
                join_team(team=alpha.team, person=made)
        with CaptureQueriesContext(connection) as counted:
            staff(manager)
        asked.append(len(counted))

    assert asked[0] == asked[1]


def test_who_leaves_hands_all_cases_on_in_the_same_act(manager, alpha, beta):
    page = manager.get(leave(alpha.agent))
    keys = page.context["listed"].cases

    answer = manager.post(
        leave(alpha.agent),
        {
            "cases": " ".join(str(case.pk) for case in keys),
            "to": alpha.agent_2.pk,
            "why": "New job",
        },
    )

    assert "2 open cases that somebody has to take" in text_of(page)
    assert answer.status_code == 302
    with tenant(alpha.tenant):
        assert not Person.objects.get(pk=alpha.agent.pk).is_active
        assert set(Case.objects.values_list("owner", flat=True)) == {alpha.agent_2.pk}
        assert Change.objects.get(row=alpha.agent.pk).why == "New job"
    with tenant(beta.tenant):
        assert Person.objects.get(pk=beta.agent.pk).is_active
    assert "is back" in text_of(manager.get(leave(alpha.agent)))
    manager.post(leave(alpha.agent), {"act": "return"})
    with tenant(alpha.tenant):
        assert Person.objects.get(pk=alpha.agent.pk).is_active


@pytest.mark.parametrize("shown", ["", "1"])
def test_nobody_leaves_over_cases_that_were_not_shown(manager, alpha, shown):
    with tenant(alpha.tenant):
        cases = [str(pk) for pk in Case.objects.values_list("pk", flat=True)]

    answer = manager.post(leave(alpha.agent), {"cases": cases[0] if shown else "", "to": ""})

    assert answer.status_code == 422
    with tenant(alpha.tenant):
        assert Person.objects.get(pk=alpha.agent.pk).is_active
        assert set(Case.objects.values_list("owner", flat=True)) == {alpha.agent.pk}


def test_nobody_locks_themselves_out_and_customers_are_no_staff(manager, alpha):
    own = manager.post(leave(alpha.manager), {"cases": "", "to": ""})

    assert own.status_code == 422
    assert "You would lock yourself out" in text_of(own) or "This is you" in text_of(own)
    assert manager.get(leave(alpha.contact)).status_code == 404
    with tenant(alpha.tenant):
        assert Person.objects.get(pk=alpha.manager.pk).is_active


def test_form_that_makes_somebody_inactive_leads_on_to_their_cases(manager, alpha):
    facts = person(name=alpha.agent.name, email=alpha.agent.email)

    answer = manager.post(change(alpha.agent), facts, follow=True)

    assert answer.redirect_chain == [(leave(alpha.agent), 302)]
    assert "still owns 2 open cases" in text_of(answer)
    assert "Hand 2 cases on" in text_of(answer)


def test_hours_of_the_row_that_is_left_empty_are_nobodys(manager, alpha):
    page = manager.get(change(alpha.agent)).content.decode()
    weekday = re.search(r'<select name="working_hours-0-weekday".*?</select>', page, re.S)[0]

    assert re.search(r'<option value=""\s*selected', weekday)
