"""What of a case's life, and of how a desk works, can be looked at in the demonstration."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import Person, PersonSkill, Tenant
from accounts.tenancy import tenant
from escalation.absences import absences_from
from escalation.duty import gaps_between, on_duty
from escalation.models import EscalationRequest, WorkingHours
from escalation.swat import swat_members
from supportdesk.demo.cast import VENDORS
from tests.stories.house import local
from tickets.models import Attachment, Case, CaseQuestion, Defect, FeatureRequest, LevelRequest
from tickets.teamwork_models import CannedReply, Macro, SavedView, TeamRoute

DAY = timedelta(days=1)
KEPT = (PersonSkill, TeamRoute, CannedReply, Macro, SavedView)


def enter(slug: str):
    return tenant(Tenant.objects.get(slug=slug))


@pytest.fixture
def seeded(db, set_desk_time) -> None:
    set_desk_time(local("America/New_York", "2030-03-05 10:00"))
    call_command("seed_demo", verbosity=0)


def test_demonstration_has_something_of_everything_to_look_at(seeded):
    for vendor in VENDORS:
        the_desk_has_people_on_duty_and_texts(vendor.slug)
        a_customer_is_asked_and_has_sent_a_log(vendor.slug)
    a_case_is_about_to_close_and_one_waits_for_an_answer_to_an_escalation()
    an_incident_was_answered_for_all()
    wishes_faults_merges_and_levels_wait()


def the_desk_has_people_on_duty_and_texts(slug):
    with enter(slug) as at:
        gaps = gaps_between(at, at + 14 * DAY)

        assert sum(map(len, on_duty(at).values())) >= 1
        assert 0 * DAY < sum((gap.ends_at - gap.starts_at for gap in gaps), 0 * DAY) < 14 * DAY
        assert len(swat_members()) == 3
        assert len(absences_from(at.date())) == 1
        assert WorkingHours.objects.values("person").distinct().count() == 1
        assert [model.objects.count() for model in KEPT] == [5, 1, 2, 1, 1]


def a_customer_is_asked_and_has_sent_a_log(slug):
    with enter(slug):
        question = CaseQuestion.objects.get(case__subject="Job ends at night, log attached")

        assert question.state == "open"
        assert question.why
        assert question.items.count() >= 2
        assert Attachment.objects.get(case=question.case).event.kind == "case_opened"


def a_case_is_about_to_close_and_one_waits_for_an_answer_to_an_escalation():
    with enter("datadynamics") as at:
        warned = Case.objects.get(subject="Tags come back after a scan")
        away = Case.objects.get(subject="Copy of a share is slow")

        assert warned.events.filter(kind="waiting_warned").count() == 2
        assert at < warned.next_mark_at < at + DAY
        assert away.away_until == (at + 6 * DAY).date()
        assert EscalationRequest.objects.get().state == "open"
        assert Case.objects.filter(is_restricted=True).count() == 1
        assert Case.objects.exclude(swat_since=None).exists()


def an_incident_was_answered_for_all():
    with enter("msp"):
        cause = Case.objects.get(is_incident=True)
        hanging = Case.objects.filter(incident=cause)

        assert [case.events.filter(kind="answered_through").count() for case in hanging] == [1, 1]
        assert Person.objects.filter(contact_cases__in=hanging).count() == 2


def wishes_faults_merges_and_levels_wait():
    with enter("scalix"):
        defect = Defect.objects.get()
        assert (defect.state, defect.release.version) == ("promised", "12.1")
        assert defect.cases.count() == 2
        assert FeatureRequest.objects.get().disposition == "logged"
    with enter("metalogix"):
        assert Case.objects.exclude(merged_into=None).count() == 1
        assert LevelRequest.objects.get().state == "waiting"
