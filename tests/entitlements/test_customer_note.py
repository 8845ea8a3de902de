"""The note to the customers whose promises change, queued when a version is published."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actions import add_company, add_person
from accounts.models import Person
from accounts.tenancy import tenant
from entitlements.actions import sign_contract
from entitlements.customer_note import customers_figure, touched_by
from outbox.models import OutboxMessage
from outbox.registry import registered
from sla.documents import policy_of, read_rows
from sla.engine.document import parse_document
from sla.publishing import publish_draft
from sla.queries import current_policy, working_copy
from sla.withdrawal import withdraw_version
from tests.packs import POLICIES, publish
from tests.sla.second_manager import change
from tests.sla.working import revision

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEXT_MONDAY = AT + timedelta(days=7)
# Two business hours at severity 1.
STANDARD = """when = { plan = ["standard"], severity = ["1"] }
target = { kind = "business_time", hours = 2"""
NOTE = "From next week on we answer faster."


@pytest.fixture
def desk(alpha, beta):
    """Be in alpha, whose companies have Standard, as in its twin; one more has Premium."""
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        company = add_company(name="cn-alpha-premium")
        sign_contract(company=company, plan="premium", starts_on=date(2026, 1, 1), at=AT)
        add_person(name="cn-alpha-boss", email="boss@p.test", role="contact", company=company)
        yield alpha


def publish_hours(desk, hours=4, note=NOTE, **terms):
    change(desk.manager, hours)
    return publish_draft(by=desk.manager, at=AT, revision=revision(), customer_note=note, **terms)


def told():
    names = OutboxMessage.objects.filter(kind="policy_note").values_list("recipient__name")
    return sorted(name.rpartition("-")[2] for (name,) in names)


def letter_to(person, version=2):
    known = registered("policy_note")
    assert known.may_receive(person, {"version": version}) is True
    return known.render(person, {"version": version})


def test_contacts_whose_promises_change_are_told_when_it_is_published(desk):
    publish_hours(desk, effective_at=NEXT_MONDAY)

    # The caller has no address, and Premium's promises stay.
    assert told() == ["colleague", "company_admin", "contact", "stranger"]


def test_mail_has_the_words_the_changes_and_from_when(desk):
    publish_hours(desk, effective_at=NEXT_MONDAY)

    letter = letter_to(desk.contact)

    assert letter.subject == "Our support policy changes: what is new for you"
    assert NOTE in letter.body
    # On the wall clock of the company, which is in Berlin.
    assert "From Mon 9 Mar 2026, 10:00 CET, for cases opened from then on; " in letter.body
    assert (
        "first response: 8 business hours, Metalogix portal hours → 4 business hours" in letter.body
    )
    assert "Standard" not in letter.body
    assert "/policy/" in letter.body


@pytest.mark.parametrize(
    ("open_cases", "said"),
    [
        ("keep", "; those that are open then keep the times that they have:"),
        ("from_change", ", and for those that are open then, with times counted from that moment:"),
        (
            "from_opening",
            ", and for those that are open then, with times counted from their opening:",
        ),
    ],
)
def test_mail_says_what_becomes_of_open_cases(desk, open_cases, said):
    publish_hours(desk, effective_at=NEXT_MONDAY, open_cases=open_cases)

    body = letter_to(desk.contact).body

    assert f"From Mon 9 Mar 2026, 10:00 CET, for cases opened from then on{said}" in body


def test_without_words_nobody_is_told(desk):
    publish_hours(desk, note="  ")

    assert told() == []


def test_what_is_no_promise_concerns_nobody(desk):
    rows = list(read_rows(working_copy()).targets)
    before = policy_of(read_rows(working_copy()))
    assert any(not row.promised for row in rows)
    for row in rows:
        if not row.promised and row.kind in ("elapsed", "business_time"):
            row.amount, row.goal = row.amount * 2, None
    after = policy_of(replace(read_rows(working_copy()), targets=rows))

    assert after != before
    assert touched_by(before, after, AT.date()).people == ()


def test_inactive_people_and_those_who_may_not_file_are_left_out(desk):
    Person.objects.filter(pk=desk.contact.pk).update(is_active=False)
    Person.objects.filter(pk=desk.colleague.pk).update(may_file=False)

    publish_hours(desk)

    assert told() == ["company_admin", "stranger"]


@pytest.mark.parametrize(("default", "companies"), [("standard", 2), ("premium", 0)])
def test_company_without_a_contract_has_the_default_plan(desk, default, companies):
    for contract in (desk.contract, desk.other_contract):
        contract.ends_on = date(2026, 1, 31)
        contract.save(update_fields=["ends_on"])
    named = f'[[plans]]\ncode = "{default}"\n'
    text = (POLICIES / "metalogix.toml").read_text().replace(named, f"{named}default = true\n")
    after = parse_document(text.replace(STANDARD, f"{STANDARD}0"))

    touched = touched_by(parse_document(text), after, AT.date())

    assert touched.companies == companies


def test_contract_that_has_ended_counts_no_more(desk):
    for contract in (desk.contract, desk.other_contract):
        contract.ends_on = date(2026, 3, 5)
        contract.save(update_fields=["ends_on"])

    publish_hours(desk, effective_at=NEXT_MONDAY)

    # Metalogix sells no plan that comes without a contract.
    assert told() == []


def test_note_of_a_withdrawn_version_is_not_sent_any_more(desk):
    publish_hours(desk)
    withdraw_version(number=2, by=desk.manager, at=AT, reason="A mistake.")

    known = registered("policy_note")
    assert known.may_receive(desk.contact, {"version": 2}) == "The version is withdrawn."


def test_number_of_people_is_said_before(desk):
    unchanged = customers_figure(current_policy(AT).policy)
    change(desk.manager, 4)

    said = customers_figure(policy_of(read_rows(working_copy())))

    assert said == "A note to customers would go to 4 people of 2 companies."
    assert unchanged == "No customer's promises change: a note to customers would go to nobody."


def test_other_vendor_is_told_nothing(alpha, beta):
    for twin in (alpha, beta):
        publish(twin, "metalogix")
    with tenant(alpha.tenant):
        publish_hours(alpha)
    with tenant(beta.tenant):
        assert told() == []
