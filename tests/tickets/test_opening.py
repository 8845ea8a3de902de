from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.actions import add_site
from accounts.errors import NotAllowed
from accounts.tenancy import tenant
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.packs import publish
from tickets.errors import FilingRefused, InTheFuture, NothingSaid, SubjectMissing
from tickets.models import Case, CaseDraft, StoredClock


def first_clock(case):
    return case.clocks.get(kind="first_response")


def test_case_gets_a_number_a_timeline_and_its_clocks(metalogix, alpha):
    case = file_case(alpha, severity="3")

    stored = Case.objects.get()
    assert (stored.number, stored.status, stored.severity, stored.plan, stored.tier) == (
        1,
        "open",
        "3",
        "standard",
        1,
    )
    assert stored.team == alpha.team
    assert list(case.events.values_list("seq", "kind", "caused_by")) == [
        (1, "case_opened", "person")
    ]
    # Berlin, 8-19: eight business hours from Monday 10:00 are Monday 18:00, 17:00 UTC.
    assert first_clock(case).due_at == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert stored.next_due_at == first_clock(case).due_at


def test_numbers_count_up_per_vendor(metalogix, alpha):
    numbers = [file_case(alpha).number for _ in range(3)]

    assert numbers == [1, 2, 3]


def test_each_vendor_counts_on_its_own(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            file_case(twin)

    for twin in (alpha, beta):
        with tenant(twin.tenant):
            assert [(case.number, case.subject) for case in Case.objects.all()] == [
                (1, f"{twin.canary}subject")
            ]


def test_call_logged_later_is_promised_from_the_call(metalogix, alpha):
    # Acceptance example 1: New York, Friday 20:30 EDT by phone, logged an hour later.
    called_at = datetime(2026, 3, 14, 0, 30, tzinfo=UTC)
    case = file_case(
        alpha,
        by=alpha.dispatcher,
        contact=alpha.caller,
        site=alpha.site,
        channel="phone",
        severity="1",
        at=datetime(2026, 3, 14, 1, 30, tzinfo=UTC),
        occurred_at=called_at,
    )

    event = case.events.get()
    # Monday 08:30 EDT.
    assert first_clock(case).due_at == datetime(2026, 3, 16, 12, 30, tzinfo=UTC)
    assert (event.occurred_at, event.recorded_at) == (
        called_at,
        datetime(2026, 3, 14, 1, 30, tzinfo=UTC),
    )


def test_severity_1_by_the_portal_owes_a_call(metalogix, alpha):
    assert file_case(alpha, severity="1").call_owed
    assert not file_case(alpha, severity="2").call_owed


def test_customer_is_told_and_nobody_else(metalogix, alpha):
    file_case(alpha)

    assert list(OutboxMessage.objects.values_list("kind", "recipient_id")) == [
        ("case_filed", alpha.contact.pk)
    ]


def test_facts_are_frozen_in_the_event_without_names_or_text(metalogix, alpha):
    case = file_case(alpha, severity="2")

    assert case.events.get().payload == {
        "plan": "standard",
        "severity": "2",
        "case_type": "problem",
        "channel": "portal",
        "product": "product",
        "region": "EMEA",
        "country": "DE",
        "zone": "Europe/Berlin",
        "policy_version": 1,
        "tier": 1,
    }


def test_draft_goes_with_the_filing(metalogix, alpha):
    CaseDraft.objects.create(
        tenant=alpha.tenant, person=alpha.contact, answers={"subject": "x"}, updated_at=MONDAY
    )

    file_case(alpha)

    assert not CaseDraft.objects.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"subject": "  "}, SubjectMissing),
        ({"body": ""}, NothingSaid),
        ({"occurred_at": after(1)}, InTheFuture),
        ({"severity": "9"}, FilingRefused),
        ({"channel": "email"}, FilingRefused),
        ({"channel": "fax"}, FilingRefused),
        ({"case_type": "wish"}, FilingRefused),
    ],
    ids=["no-subject", "no-body", "future", "severity", "no-email", "no-such-channel", "type"],
)
def test_bad_filing_is_refused_and_nothing_is_written(metalogix, alpha, changes, error):
    with pytest.raises(error):
        file_case(alpha, **changes)

    assert not Case.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_refusal_says_every_reason_in_words(metalogix, alpha):
    with pytest.raises(FilingRefused) as refused:
        file_case(alpha, severity="9", channel="email")

    assert sorted(refused.value.codes) == ["channel_not_entitled", "unknown_level"]
    assert all(len(reason) > 20 for reason in refused.value.reasons)


@pytest.mark.parametrize("by", ["contact", "company_admin", "agent", "account_manager"])
def test_who_may_file_for_the_contact(metalogix, alpha, by):
    assert file_case(alpha, by=getattr(alpha, by)).contact == alpha.contact


@pytest.mark.parametrize("by", ["stranger", "colleague"])
def test_who_may_not_file_for_the_contact(metalogix, alpha, by):
    with pytest.raises(NotAllowed):
        file_case(alpha, by=getattr(alpha, by))

    assert not Case.objects.exists()


def test_site_of_another_company_cannot_be_named(metalogix, alpha):
    elsewhere = add_site(company=alpha.other_company, name="cn-alpha-elsewhere")

    with pytest.raises(NotAllowed):
        file_case(alpha, by=alpha.agent, site=elsewhere)

    assert not Case.objects.exists()


def test_case_is_filed_from_the_site_of_its_contact(metalogix, alpha):
    case = file_case(alpha, by=alpha.agent, contact=alpha.caller)

    assert (case.site, case.time_zone) == (alpha.site, "America/New_York")


def test_contact_who_has_left_cannot_file(metalogix, alpha):
    alpha.contact.is_active = False
    alpha.contact.save(update_fields=["is_active"])

    with pytest.raises(FilingRefused) as refused:
        file_case(alpha, by=alpha.agent)

    assert refused.value.codes == ["contact_may_not_file"]


def test_contact_of_another_company_cannot_be_named(metalogix, alpha):
    with pytest.raises(NotAllowed):
        file_case(alpha, by=alpha.agent, contact=alpha.stranger)


def test_contact_who_may_not_file_is_refused(metalogix, alpha):
    alpha.contact.may_file = False
    alpha.contact.save(update_fields=["may_file"])

    with pytest.raises(FilingRefused) as refused:
        file_case(alpha)

    assert refused.value.codes == ["contact_may_not_file"]


@pytest.mark.parametrize(
    "statement", ["UPDATE tickets_caseevent SET kind = 'x'", "DELETE FROM tickets_caseevent"]
)
def test_timeline_cannot_be_changed_by_the_app_role(metalogix, alpha, statement):
    file_case(alpha)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_clock_columns_repeat_what_the_engine_says(metalogix, alpha):
    case = file_case(alpha, severity="2")

    kinds = {clock.kind: clock.state for clock in StoredClock.objects.filter(case=case)}
    assert kinds == {"first_response": "running", "no_progress": "running"}
