"""The duty page: shifts, gaps, absences; and handing on the cases of somebody who is away."""

import pytest

from accounts.tenancy import tenant
from escalation.models import Absence, DutyShift
from tests.desk.conftest import text_of
from tickets.models import Case

URL = "/desk/duty/"
HANDING = f"{URL}handing/"


def flat(response):
    return " ".join(text_of(response).split())


def send(desk, name, sender=None, **fields):
    data = {f"{name}-{field}": value for field, value in fields.items()}
    return desk.client(sender or desk.twin.lead).post(f"{URL}{name}/", data)


@pytest.fixture
def rows(desk):
    def of(model):
        with tenant(desk.twin.tenant):
            return list(model.objects.order_by("pk"))

    return of


def test_issue_12_roster_is_arranged_and_its_gaps_are_named(desk, rows):
    page = flat(desk.client().get(URL))
    assert "Nobody is on the roster for this time." in page
    assert "Arrange duty" not in page

    send(
        desk,
        "weekly",
        person=desk.twin.agent.pk,
        weekdays=["0", "1", "2", "3", "4", "5", "6"],
        opens="08:00",
        closes="08:00",
        first_on="2030-03-03",
        weeks="3",
        every="1",
    )
    page = flat(desk.client().get(URL))

    assert len(rows(DutyShift)) == 21
    assert "Somebody is on duty for every team at any time." in page
    assert desk.twin.agent.name in page.partition("On duty now")[2].partition("Shifts")[0]

    gone = rows(DutyShift)[2]
    assert desk.client().post(f"{URL}remove/", {"shift": gone.pk}).status_code == 403
    desk.client(desk.twin.lead).post(f"{URL}remove/", {"shift": gone.pk})
    # On the clock of the vendor: Paris.
    page = flat(desk.client().get(URL))
    assert "Tue 5 Mar 2030, 08:00 CET" in page
    assert "all teams" in page


def test_refused_shift_keeps_what_was_typed(desk, rows):
    span = {"starts_at": "2030-03-05T10:00", "ends_at": "2030-03-05T09:00"}

    page = send(desk, "shift", person=desk.twin.agent.pk, team=desk.twin.team_3.pk, **span)

    assert page.status_code == 422
    assert page.context["form"].errors == {"ends_at": ["A shift ends after it has begun."]}
    assert 'value="2030-03-05T10:00"' in text_of(page)
    assert send(desk, "shift", desk.twin.agent, **span).status_code == 403
    assert rows(DutyShift) == []


def test_issue_12_absent_agents_cases_go_to_the_stand_in_in_one_act(desk, case, rows):
    other = desk.file()
    for each in (case, other):
        desk.act(each, "take")
    days = {"starts_on": "2030-03-04", "ends_on": "2030-03-08"}
    send(
        desk,
        "absence",
        desk.twin.agent,
        person=desk.twin.agent.pk,
        stand_in=desk.twin.agent_2.pk,
        **days,
    )
    assert [one.stand_in_id for one in rows(Absence)] == [desk.twin.agent_2.pk]
    lead = desk.client(desk.twin.lead)
    assert "Hand on 2 cases" in flat(lead.get(URL))

    listed = lead.get(HANDING, {"person": desk.twin.agent.pk})
    assert flat(listed).count(f"{desk.twin.agent_2.name}</td>") == 2
    sent = {"person": desk.twin.agent.pk, "to": desk.twin.agent_2.pk}
    stale = lead.post(HANDING, sent | {"cases": str(case.pk)})
    assert "the cases have changed meanwhile" in flat(stale)
    lead.post(HANDING, sent | {"cases": f"{case.pk} {other.pk} "})

    assert {each.owner_id for each in rows(Case)} == {desk.twin.agent_2.pk}
    assert desk.client().get(HANDING).status_code == 403
