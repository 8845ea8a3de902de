"""What people of the desk are told, when, and what is left out. March 2026; Monday is the 2nd."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.mail import get_connection

from accounts.models import Person, Pulse
from accounts.tenancy import tenant
from escalation.models import Absence, DutyShift, Notice, NoticeBatch, WorkingHours
from escalation.tick import fire_due, tick
from escalation.workhours import next_working
from outbox.claims import begin_sending, claim_messages
from outbox.letters import MayNotLeave, write_email
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.escalation.ladders import publish_ladder, step
from tickets.actions.conversation import reply_to_case
from tickets.models import Case

# Severity 2 is answered within eight service hours: by Monday 18:00 in Berlin.
LATE = after(8.5)
TELL_LEAD = step("breach", roles='["lead"]')
NINE_TO_FIVE = [(day, time(9), time(17)) for day in range(5)]


def utc(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def batches():
    return OutboxMessage.objects.filter(kind__in=["notices", "notices_paged"]).order_by("pk")


def written(message, at=LATE):
    return write_email(message, at=at)


def works(person, hours=NINE_TO_FIVE, zone=""):
    Person.objects.filter(pk=person.pk).update(time_zone=zone)
    for weekday, opens, closes in hours:
        WorkingHours.objects.create(
            tenant=person.tenant, person=person, weekday=weekday, opens=opens, closes=closes
        )


def away(twin, person, stand_in=None):
    Absence.objects.create(
        tenant=twin.tenant,
        person=person,
        stand_in=stand_in,
        starts_on=MONDAY.date(),
        ends_on=MONDAY.date(),
    )


def on_duty(twin, person, team=None):
    span = {"starts_at": MONDAY, "ends_at": after(24)}
    return DutyShift.objects.create(tenant=twin.tenant, person=person, team=team, **span)


def told():
    names = Notice.objects.order_by("pk").values_list("person__name", flat=True)
    return [name.removeprefix("cn-alpha-") for name in names]


def test_thirty_steps_to_one_lead_are_one_mail(ladder, alpha):
    ladder(TELL_LEAD)
    cases = [file_case(alpha, severity="2") for _ in range(30)]

    for first in (0, 10, 20):  # sets of one tick, and the same cases once more
        fire_due([case.pk for case in cases[first : first + 10]], at=LATE)
        fire_due([case.pk for case in cases], at=after(8.2))

    (message,) = batches()
    email = written(message)
    assert email.subject == "30 cases: First response is overdue"
    assert "Severity" in email.body
    assert all(f"TW-{case.number} " in email.body for case in cases)
    assert email.body.count("I have seen it:") == 30


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        # 22:00 on Monday: the next morning at nine, on one's own clock.
        ("Europe/Berlin", utc(2, 21), utc(3, 8)),
        ("Asia/Kolkata", utc(2, 21), utc(3, 3, 30)),
        ("Europe/Berlin", utc(2, 9), utc(2, 9)),
        # At 17:00 sharp the day is over, and Friday's evening leads to Monday.
        ("Europe/Berlin", utc(6, 16), utc(9, 8)),
        # Over the change of the clocks of 29 March 2026.
        ("Europe/Berlin", utc(28, 9), utc(30, 7)),
    ],
)
def test_hours_begin_on_ones_own_clock(zone, at, expected):
    assert next_working(NINE_TO_FIVE, zone, at) == expected


def test_who_has_no_hours_hears_at_once():
    assert next_working([], "Europe/Berlin", MONDAY) == MONDAY


def test_notice_at_night_waits_for_the_morning_and_later_ones_join_it(ladder, alpha):
    ladder(TELL_LEAD, step("wake", at="after", seconds=600, roles='["lead"]', urgent="true"))
    works(alpha.lead, zone="Europe/Berlin")
    cases = [file_case(alpha, severity="2") for _ in range(2)]

    for case, at in zip(cases, (after(12), after(14)), strict=True):  # 22:00 and midnight
        fire_due([case.pk], at=at)

    held, urgent = batches().order_by("urgent")
    assert (held.urgent, held.hold_until) == (False, utc(3, 8))
    assert (urgent.urgent, urgent.hold_until) == (True, None)
    for message in (held, urgent):
        assert Notice.objects.filter(batch=message.refs["batch"]).count() == 2


def test_message_that_has_been_tried_is_joined_by_nothing(ladder, alpha):
    ladder(TELL_LEAD)
    cases = [file_case(alpha, severity="2") for _ in range(2)]
    fire_due([cases[0].pk], at=LATE)
    batches().update(attempts=1)

    fire_due([cases[1].pk], at=LATE)

    assert batches().count() == 2


def test_what_no_longer_applies_is_left_out(ladder, alpha):
    ladder(TELL_LEAD)
    cases = [file_case(alpha, severity="2", subject=f"subject-{number}") for number in range(2)]
    fire_due([case.pk for case in cases], at=LATE)
    (message,) = batches()

    reply_to_case(case_id=cases[0].pk, by=alpha.agent, body="Here.", at=after(9))
    one_left = written(message)
    reply_to_case(case_id=cases[1].pk, by=alpha.agent, body="Here.", at=after(9))

    assert "subject-1" in one_left.subject
    assert "subject-0" not in one_left.body
    with pytest.raises(MayNotLeave, match="Nothing of what it was about is owed any more"):
        written(message)


def test_hand_over_is_told_while_the_team_has_the_case(ladder, alpha):
    ladder(step("climb", action="hand_over", tiers="[1, 2]", roles='["lead"]'))
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=LATE)
    message = batches().get(recipient=alpha.agent_2)

    told_while = written(message).subject
    Case.objects.filter(pk=case.pk).update(team=alpha.team_3)

    assert "handed over to your team" in told_while
    assert sorted(told()) == ["agent_2", "lead"]
    with pytest.raises(MayNotLeave):
        written(message)


def test_absent_people_are_never_told_their_stand_ins_are(ladder, alpha):
    ladder(step("everybody", roles='["lead", "manager", "dispatcher"]'))
    away(alpha, alpha.lead, stand_in=alpha.agent_3)
    away(alpha, alpha.manager)
    Person.objects.filter(pk=alpha.dispatcher.pk).update(is_active=False)
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert told() == ["agent_3"]


@pytest.mark.parametrize(("stand_in", "expected"), [("agent_3", "agent_3"), ("", "agent")])
def test_notice_held_for_who_is_away_by_then_goes_to_who_is_there(alpha, stand_in, expected):
    with tenant(alpha.tenant) as at:
        publish_ladder(alpha, TELL_LEAD)
        case = file_case(alpha, severity="2")
        fire_due([case.pk], at=LATE)
        Absence.objects.create(
            tenant=alpha.tenant,
            person=alpha.lead,
            stand_in=getattr(alpha, stand_in, None),
            starts_on=at.date() - timedelta(days=1),
            ends_on=at.date() + timedelta(days=1),
        )
    for claim in claim_messages(tenant_id=alpha.tenant.pk, most=50):
        begin_sending(claim)

    with tenant(alpha.tenant):
        held, other = batches()
        assert (held.state, held.why) == ("skipped", "The recipient is away.")
        assert [other.recipient.name, other.state] == [f"cn-alpha-{expected}", "queued"]
        assert "First response is overdue" in written(other).subject


def test_acceptance_13_catch_up_says_that_it_is_late_and_why(ladder, alpha):
    ladder(TELL_LEAD)
    case = file_case(alpha, severity="2")
    Person.objects.filter(pk=alpha.lead.pk).update(time_zone="Europe/Berlin")

    fire_due([case.pk], at=after(9), unwatched_since=after(7.5))

    body = written(batches().get()).body
    assert (
        "Late: the scheduler was down from Mon 2 Mar 2026, 17:30 CET to "
        "Mon 2 Mar 2026, 19:00 CET." in body
    )
    assert "This was to be told at Mon 2 Mar 2026, 18:00 CET and comes" in body


def test_page_goes_to_the_pager_of_who_is_on_duty_else_by_mail(ladder, alpha):
    ladder(step("page", action="page", roles='["manager"]'))
    Person.objects.filter(pk=alpha.agent_3.pk).update(pager="1234@pager.test")
    shift = on_duty(alpha, alpha.agent_3, team=alpha.team)
    paged, mailed = (file_case(alpha, severity="2") for _ in range(2))

    fire_due([paged.pk], at=LATE)
    DutyShift.objects.filter(pk=shift.pk).delete()
    on_duty(alpha, alpha.agent_2)
    fire_due([mailed.pk], at=LATE)

    page, letter = batches()
    assert told() == ["agent_3", "agent_2"]
    assert (page.channel, letter.channel) == ("page", "mail")
    assert (page.urgent, letter.urgent) == (True, True)
    email = written(page)
    assert (email.to, email.channel) == (["1234@pager.test"], "page")
    assert email.subject == f"TW-{paged.number} First response is overdue"
    assert len(email.body) < 300
    assert "/acknowledge/" in email.body
    assert written(letter).to == ["agent_2@desk.test"]


def test_page_without_anybody_on_duty_goes_to_whom_the_step_names(ladder, alpha):
    ladder(step("page", action="page", roles='["manager"]'))
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)

    assert told() == ["manager"]


def test_pages_have_a_carrier_of_their_own_and_need_no_mail_server(ladder, alpha, settings):
    ladder(step("page", action="page", roles='["manager"]'))
    Person.objects.filter(pk=alpha.manager.pk).update(pager="1234@pager.test")
    case = file_case(alpha, severity="2")
    fire_due([case.pk], at=LATE)

    sent = get_connection("outbox.mailbox.MailboxBackend").send_messages([written(batches().get())])

    assert (sent, mail.outbox) == (1, [])
    assert NoticeBatch.objects.get().is_page


def test_customer_hears_once_that_our_promise_was_missed(ladder, alpha):
    # Point 14: who has it, and when the next update comes.
    ladder(
        step("sorry", action="tell_customer", roles='["owner"]'),
        step("again", at="after", seconds=600, action="tell_customer", roles='["lead"]'),
    )
    case = file_case(alpha, severity="2")

    fire_due([case.pk], at=LATE)
    fire_due([case.pk], at=after(8.5) + timedelta(hours=24))

    event = case.events.get(kind="promise_missed")
    message = OutboxMessage.objects.get(kind="promise_missed")
    email = written(message)
    assert (event.audience, message.recipient_id) == ("public", alpha.contact.pk)
    assert "First response is overdue" in email.body
    assert f"The team {alpha.team.name} has your case now." in email.body
    assert "You hear from us" in email.body
    reply_to_case(case_id=case.pk, by=alpha.agent, body="We look into it.", at=after(40))
    assert "First response came late" in written(message).body


def test_tick_knows_since_when_nothing_watched_the_clocks(alpha):
    with tenant(alpha.tenant) as at:
        publish_ladder(alpha, TELL_LEAD)
        file_case(alpha, severity="2")
    Pulse.objects.create(name="tick", done_at=at - timedelta(hours=1))

    tick()

    with tenant(alpha.tenant):
        since = NoticeBatch.objects.get().unwatched_since
        assert abs(since - (at - timedelta(hours=1))) < timedelta(minutes=1)


def test_clocks_that_were_watched_a_moment_ago_had_no_outage(alpha):
    with tenant(alpha.tenant) as at:
        publish_ladder(alpha, TELL_LEAD)
        file_case(alpha, severity="2")
    Pulse.objects.create(name="tick", done_at=at - timedelta(seconds=5))

    tick()

    with tenant(alpha.tenant):
        assert NoticeBatch.objects.get().unwatched_since is None
