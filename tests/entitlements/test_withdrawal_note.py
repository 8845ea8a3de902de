"""The follow-up to those who were told of a version that is withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.withdrawal_note import KIND, customers_figure
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.models import PolicyVersion
from sla.publishing import publish_draft
from sla.withdrawal import withdraw_version
from tests.packs import publish
from tests.sla.second_manager import change
from tests.sla.working import revision

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=2)
NEXT_MONDAY = AT + timedelta(days=7)


@pytest.fixture
def vendors(alpha, beta):
    """Have both twins tell their customers of version 2."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
        with tenant(twin.tenant):
            publish_hours(twin)
            send_notes()
    return alpha, beta


@pytest.fixture
def desk(alpha, vendors):
    """Be in alpha."""
    with tenant(alpha.tenant):
        yield alpha


def publish_hours(twin, hours=4, at=AT, **terms):
    change(twin.manager, hours, at)
    return publish_draft(
        by=twin.manager, at=at, revision=revision(), customer_note="Faster.", **terms
    )


def send_notes(number=2):
    notes = OutboxMessage.objects.filter(kind="policy_note", refs__version=number)
    notes.update(state="sent", sent_at=AT)


def withdraw(desk, number=2, at=LATER, **words):
    return withdraw_version(
        number=number, by=desk.manager, at=at, reason="cn-alpha-secret", **words
    )


def told():
    names = OutboxMessage.objects.filter(kind=KIND).values_list("recipient__name")
    return sorted(name.rpartition("-")[2] for (name,) in names)


def letter_to(person, number=2):
    known = registered(KIND)
    assert known.may_receive(person, {"version": number}) is True
    return known.render(person, {"version": number})


def test_those_who_were_told_of_a_version_hear_that_it_is_withdrawn(desk):
    withdraw(desk, customer_note="We are sorry.")

    letter = letter_to(desk.contact)
    assert told() == ["colleague", "company_admin", "contact", "stranger"]
    assert letter.subject == "Our support policy: a change is withdrawn"
    assert "We are sorry." in letter.body
    assert (
        "The change of our support policy that began on Mon 2 Mar 2026, 10:00 CET, of which we "
        "told you, is withdrawn since Mon 2 Mar 2026, 12:00 CET." in letter.body
    )
    assert "What holds instead:" in letter.body
    assert (
        "first response: 4 business hours, Metalogix portal hours → 8 business hours" in letter.body
    )
    assert "/policy/" in letter.body


def test_reason_is_for_the_managers_only(desk):
    withdraw(desk)

    assert "cn-alpha-secret" not in letter_to(desk.contact).body


def test_what_never_began_is_told_as_such(desk):
    publish_hours(desk, 2, LATER, effective_at=NEXT_MONDAY)
    send_notes(3)
    withdraw(desk, 3, LATER + timedelta(hours=1))

    body = letter_to(desk.contact, 3).body

    assert (
        "that was to begin on Mon 9 Mar 2026, 10:00 CET, of which we told you, is withdrawn: it "
        "does not come into effect." in body
    )
    assert "2 business hours, Metalogix portal hours → 4 business hours" in body


def test_where_a_later_version_counts_nothing_holds_instead(desk):
    publish_hours(desk, 2, LATER)
    withdraw(desk, 2, LATER + timedelta(hours=1))

    body = letter_to(desk.contact).body

    assert "What holds instead" not in body
    assert "The policy page has the promises that hold." in body


def test_whom_no_note_was_sent_to_hears_nothing(desk):
    OutboxMessage.objects.filter(recipient=desk.colleague).update(
        state="skipped", why="No.", sent_at=None
    )
    OutboxMessage.objects.filter(recipient=desk.contact).update(state="queued", sent_at=None)
    withdraw(desk)

    # The note of the one waits; it is not sent after the withdrawal, so there is no follow-up.
    assert told() == ["company_admin", "contact", "stranger"]
    refused = registered(KIND).may_receive(desk.contact, {"version": 2})
    assert refused == "The version was withdrawn before its note was sent."


def test_who_files_no_more_hears_nothing(desk):
    withdraw(desk)
    Person.objects.filter(pk=desk.contact.pk).update(may_file=False)

    contact = Person.objects.get(pk=desk.contact.pk)
    assert registered(KIND).may_receive(contact, {"version": 2}) is False


def test_number_of_people_is_said_before(desk):
    said = customers_figure(PolicyVersion.objects.get(number=2))
    silent = customers_figure(PolicyVersion.objects.get(number=1))

    assert said == (
        "4 people were told of this version by mail and will be told that it is withdrawn."
    )
    assert silent == "No customer was told of this version by mail: nobody is written to."


def test_other_vendors_customers_hear_nothing(vendors):
    alpha, beta = vendors
    with tenant(alpha.tenant):
        withdraw(alpha)

    with tenant(beta.tenant):
        assert told() == []


def test_manager_reads_the_number_and_writes_the_note_in_the_admin(desk, browse):
    manager = browse(desk.tenant, desk.manager)
    address = "/admin/sla/policyversion/2/withdraw/"

    page = manager.get(address).content.decode()
    manager.post(address, {"reason": "A mistake.", "customer_note": "We are sorry."})

    assert "4 people were told of this version by mail" in page
    with tenant(desk.tenant):
        assert told() == ["colleague", "company_admin", "contact", "stranger"]
        assert "We are sorry." in letter_to(desk.contact).body
