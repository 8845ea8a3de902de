"""The monthly report: made once, kept as it was, mailed to whom it may go. March 2026."""

from datetime import UTC, date, datetime

import pytest

from accounts.actions import add_person
from accounts.errors import NotAllowed
from accounts.models import Person
from outbox.letters import MayNotLeave, write_email
from outbox.models import OutboxMessage
from reports.errors import NobodyToSendTo
from reports.misses import look_into_misses
from reports.models import Miss, ServiceReport
from reports.service import (
    is_as_made,
    make_reports,
    preview_of,
    send_again,
    switch_reports,
    visible_reports,
    wish_for_reports,
)
from reports.service_mail import KIND
from reports.service_reading import shown_to
from tests.cases import MONDAY, file_case
from tests.points import give_points
from tests.reports.conftest import APRIL_1, MARCH, answered
from tickets.models import StoredClock

# 00:30 in Paris, where the vendor is; still March in UTC.
FIRST_NIGHT = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)


def mails():
    messages = OutboxMessage.objects.filter(kind=KIND).order_by("pk")
    return [message.recipient.name.rpartition("-")[2] for message in messages]


def own(twin):
    return ServiceReport.objects.get(company=twin.company)


def test_report_is_made_in_the_first_night_of_the_vendors_month_and_once(reported):
    late = answered(reported, late=True)
    clock = StoredClock.objects.get(case=late, kind="first_response")

    before = make_reports(datetime(2026, 3, 31, 21, 30, tzinfo=UTC))
    made = make_reports(FIRST_NIGHT)
    again = make_reports(APRIL_1)

    assert {one.first_on for one in before} == {date(2026, 2, 1)}
    assert {(one.company_id, one.first_on) for one in made} == {
        (reported.company.pk, date(2026, 3, 1)),
        (reported.other_company.pk, date(2026, 3, 1)),
    }
    assert again == []
    figures = made[0].figures
    assert figures["misses"] == [
        {
            "number": late.number,
            "clock": "first_response",
            "started_seq": 1,
            "from": int(late.opened_at.timestamp()),
            "due": int(clock.due_at.timestamp()),
            "ended": int(clock.ended_at.timestamp()),
        }
    ]
    assert figures["cases"] == {"opened": 1, "solved": 0, "closed": 0, "open_at_end": 1}


def test_report_stays_as_it_was_made_whatever_happens_since(reported, alpha):
    answered(reported)
    make_reports(FIRST_NIGHT)
    figures = own(reported).figures
    answered(reported, late=True)

    make_reports(APRIL_1)

    assert own(reported).figures == figures
    assert is_as_made(own(reported))
    changed = own(reported)
    changed.figures["cases"]["opened"] = 0
    assert not is_as_made(changed)


def test_company_to_which_nothing_happened_has_a_report_but_no_mail(reported):
    answered(reported)

    make_reports(FIRST_NIGHT)

    assert mails() == ["company_admin"]
    assert ServiceReport.objects.filter(company=reported.other_company).count() == 1


def test_mail_says_what_was_kept_and_leads_to_the_receipt(reported):
    give_points(reported.company, 50, at=MONDAY, days=60)
    late = answered(reported, late=True, subject="Disk <full>")
    answered(reported)
    make_reports(FIRST_NIGHT)

    email = write_email(OutboxMessage.objects.get(kind=KIND), at=APRIL_1)

    # Both first answers, and what the policy owes beside them.
    kept, decided = (
        sum(row[name] for row in own(reported).figures["promises"]) for name in ("kept", "missed")
    )
    decided += kept
    assert email.subject == f"Your support in March 2026: {kept} of {decided} promises kept"
    assert f"- TW-{late.number} Disk <full>: First response" in email.body
    assert f"/cases/{late.number}/why/first_response-1/" in email.body
    assert "50 points, good until" in email.body
    assert email.extra_headers["List-Unsubscribe"].startswith("<http")


def test_report_tells_no_points_to_whom_the_company_does_not_show_them(reported):
    give_points(reported.company, 50, at=MONDAY, days=60)
    answered(reported)
    report = preview_of(reported.company, MARCH, APRIL_1)
    told = []

    for sees_points in (True, False):
        reported.contact.sees_company, reported.contact.sees_points = True, sees_points
        shown = shown_to(reported.contact, report, case_url=str, why_url=lambda *_: "")
        told.append((bool(shown.points), [one.points for one in shown.expiring]))

    assert told == [(True, [50]), (False, [])]


def test_mail_goes_to_company_admins_who_have_not_said_no_where_it_is_not_switched_off(reported):
    answered(reported)
    stranger = reported.stranger
    Person.objects.filter(pk=stranger.pk).update(role="company_admin")
    second = add_person(
        name="a-second", role="company_admin", email="second@acme.test", company=reported.company
    )
    wish_for_reports(person=reported.company_admin, wants=False, at=FIRST_NIGHT)
    answered(reported, company=reported.other_company, contact=stranger)
    switch_reports(
        company_id=reported.other_company.pk, is_on=False, by=reported.manager, at=FIRST_NIGHT
    )

    make_reports(FIRST_NIGHT)

    assert mails() == ["second"]
    wish_for_reports(person=second, wants=False, at=FIRST_NIGHT)
    with pytest.raises(MayNotLeave, match="does not want"):
        write_email(OutboxMessage.objects.get(kind=KIND), at=APRIL_1)


def test_report_is_sent_again_by_who_may_and_only_where_somebody_may_have_it(reported):
    answered(reported)
    make_reports(FIRST_NIGHT)
    report = own(reported)

    with pytest.raises(NotAllowed):
        send_again(report_id=report.pk, by=reported.lead, at=APRIL_1)
    told = send_again(report_id=report.pk, by=reported.account_manager, at=APRIL_1)
    switch_reports(company_id=reported.company.pk, is_on=False, by=reported.manager, at=APRIL_1)
    with pytest.raises(NobodyToSendTo):
        send_again(report_id=report.pk, by=reported.manager, at=APRIL_1)

    assert [person.pk for person in told] == [reported.company_admin.pk]
    assert mails() == ["company_admin", "company_admin"]


def test_report_is_read_by_the_company_admin_and_who_leads_the_desk(reported):
    answered(reported)
    make_reports(FIRST_NIGHT)

    seen = {
        name: {report.company_id for report in visible_reports(getattr(reported, name))}
        for name in ("company_admin", "contact", "stranger", "lead", "agent")
    }

    own_companies = {reported.company.pk, reported.other_company.pk}
    assert seen == {
        "company_admin": {reported.company.pk},
        "contact": set(),
        "stranger": set(),
        "lead": own_companies,
        "agent": set(),
    }


def test_statements_for_reports_do_not_grow_with_companies(reported, django_assert_max_num_queries):
    answered(reported, late=True)
    answered(reported, late=True, company=reported.other_company, contact=reported.stranger)

    with django_assert_max_num_queries(32):
        make_reports(FIRST_NIGHT)


def test_miss_is_looked_into_once_and_what_comes_later_changes_nothing(reported):
    answered(reported, late=True)
    open_still = file_case(reported, severity="3")

    looked_into = [look_into_misses(APRIL_1), look_into_misses(APRIL_1)]

    assert looked_into[1] == 0
    firsts = Miss.objects.filter(kind="first_response")
    assert [(miss.cause, miss.tier, miss.owner) for miss in firsts] == [
        ("no_owner", 1, None),
        ("no_owner", 1, None),
    ]
    assert firsts.filter(case=open_still).get().shares == {"no_owner": 8 * 3600}
