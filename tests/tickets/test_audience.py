"""Who hears of a case when those it names have left."""

import pytest

from accounts.models import Person
from outbox.models import OutboxMessage
from tests.cases import after, file_case
from tickets.actions.conversation import reply_as_customer, reply_to_case
from tickets.actions.triage import assign_case, change_severity


@pytest.fixture
def case(metalogix, alpha):
    return file_case(alpha, severity="3")


def leave(*people):
    Person.objects.filter(pk__in=[person.pk for person in people]).update(is_active=False)


def told(kind):
    names = OutboxMessage.objects.filter(kind=kind).values_list("recipient__name", flat=True)
    return sorted(name.removeprefix("cn-alpha-") for name in names)


def customer_writes(case, alpha):
    reply_as_customer(case_id=case.pk, by=alpha.contact, body="Any news?", at=after(2))
    return told("customer_replied")


def test_owner_hears_alone(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent_3.pk, by=alpha.lead, at=after(1))

    assert customer_writes(case, alpha) == ["agent_3"]


def test_team_hears_in_place_of_an_owner_who_has_left(case, alpha):
    assign_case(case_id=case.pk, owner_id=alpha.agent_3.pk, by=alpha.lead, at=after(1))
    leave(alpha.agent_3)

    assert customer_writes(case, alpha) == ["agent", "lead"]


def test_who_has_left_the_team_hears_nothing(case, alpha):
    leave(alpha.agent)

    assert customer_writes(case, alpha) == ["lead"]


def test_leads_hear_where_nobody_is_in_the_team(case, alpha):
    alpha.team.memberships.all().delete()

    assert customer_writes(case, alpha) == ["lead"]


def test_leads_hear_where_there_is_no_team(case, alpha):
    type(case).objects.filter(pk=case.pk).update(team=None)

    assert customer_writes(case, alpha) == ["lead"]


def test_admins_of_the_company_hear_in_place_of_a_contact_who_has_left(case, alpha):
    leave(alpha.contact)

    reply_to_case(case_id=case.pk, by=alpha.agent, body="Here is.", at=after(1))
    change_severity(case_id=case.pk, severity="2", by=alpha.agent, reason="Why.", at=after(2))

    assert told("agent_replied") == ["company_admin"]
    assert told("level_changed") == ["company_admin"]


def test_nobody_hears_where_nobody_is_left_at_the_customer(case, alpha):
    leave(alpha.contact, alpha.company_admin)

    reply_to_case(case_id=case.pk, by=alpha.agent, body="Here is.", at=after(1))

    assert told("agent_replied") == []
