"""Steps on a restricted case (DD-06): told to who may see it, and never to nobody."""

import pytest

from accounts.models import Person
from escalation.dry_run import ahead
from escalation.models import DutyShift, Notice
from escalation.tick import fire_due
from outbox.letters import MayNotLeave, write_email
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.escalation.escalating import make_swat_team
from tests.escalation.ladders import step
from tickets.models import Case
from tickets.queries import visible_cases, who_sees
from tickets.reading import case_state

LATE = after(8.5)


def told():
    names = Notice.objects.order_by("pk").values_list("person__name", flat=True)
    return [name.removeprefix("cn-alpha-") for name in names]


def restrict(case, **changes):
    Case.objects.filter(pk=case.pk).update(is_restricted=True, **changes)
    case.refresh_from_db()
    return case


def on_duty(alpha, person):
    DutyShift.objects.create(
        tenant=alpha.tenant, person=person, starts_at=MONDAY, ends_at=after(24)
    )


@pytest.mark.parametrize("changes", [{}, {"owner": "agent_2"}, {"team": "team_3"}, {"swat": True}])
def test_dd_06_who_sees_a_case_is_who_finds_it(metalogix, alpha, changes):
    make_swat_team(alpha.agent_3)
    case = restrict(file_case(alpha, severity="2"))
    case.owner = getattr(alpha, changes.get("owner", ""), None)
    case.team = getattr(alpha, changes.get("team", "team"))
    case.swat_since = after(1) if "swat" in changes else None
    before = who_sees(case)
    case.save()

    desk = Person.objects.filter(role__in=["agent", "lead", "manager", "dispatcher"])
    assert before == {one.pk for one in desk if visible_cases(one).filter(pk=case.pk).exists()}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [('["dispatcher", "lead"]', ["lead"]), ('["dispatcher"]', ["agent", "lead"])],
)
def test_dd_06_step_on_a_restricted_case_is_told_to_who_may_see_it(ladder, alpha, roles, expected):
    ladder(step("breach", roles=roles))
    case = restrict(file_case(alpha, severity="2"))
    foreseen = ahead(case, case_state(case), at=after(1))

    fire_due([case.pk], at=LATE)

    assert told() == expected
    assert [[one.name.removeprefix("cn-alpha-") for one in foreseen[0].people]] == [expected]


def test_dd_06_page_on_a_restricted_case_passes_by_who_may_not_see_it(ladder, alpha):
    ladder(step("page", action="page", roles='["manager"]'))
    on_duty(alpha, alpha.agent_2)
    open_one, restricted = file_case(alpha, severity="2"), restrict(file_case(alpha, severity="2"))

    fire_due([open_one.pk], at=LATE)
    fire_due([restricted.pk], at=LATE)

    assert told() == ["agent_2", "manager"]


def test_dd_06_hand_over_of_a_restricted_case_is_told_to_its_new_team(ladder, alpha):
    ladder(step("climb", action="hand_over", tiers="[1]", roles='["dispatcher"]'))
    case = restrict(file_case(alpha, severity="2"))

    fire_due([case.pk], at=LATE)

    # The dispatcher may not see it: a lead is told in their place.
    assert told() == ["agent_2", "lead"]


def test_notice_of_a_case_that_was_restricted_since_says_so(ladder, alpha):
    ladder(step("breach", roles='["dispatcher"]'))
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=LATE)
    message = OutboxMessage.objects.get(kind="notices")
    assert write_email(message, at=LATE).to == ["dispatcher@desk.test"]

    restrict(case)

    with pytest.raises(MayNotLeave, match="may not see"):
        write_email(message, at=LATE)
