"""A customer who never opens the portal: everything by mail, and what would cost is asked first."""

import re

import pytest
from django.core import signing
from django.test import Client

from accounts.places import host_of
from accounts.tenancy import tenant
from entitlements.models import Contract, PointsEntry
from mailbox import reading
from mailbox.addresses import Route
from mailbox.models import Mailbox, RawMail
from mailbox.receiving import Came, take_over
from tests.entitled import entitle
from tests.mailbox.post import mails_to, reply_to, sent_in, written
from tests.packs import publish
from tickets.actions.conversation import ask_customer, reply_to_case
from tickets.actions.ending import resolve_case
from tickets.models import Case, Message


@pytest.fixture
def charged(alpha):
    """Alpha takes points for a case by mail (SC-09)."""
    publish(alpha, "scalix")
    with tenant(alpha.tenant):
        Contract.objects.update(plan="basic")
        entitle(alpha.company)
    return alpha


def status(twin, case):
    with tenant(twin.tenant):
        return Case.objects.get(pk=case.pk).status


def answer(twin, mail, body):
    raw = written(
        sender=twin.contact.email, to=reply_to(mail), subject=f"Re: {mail.subject}", body=body
    )
    return sent_in(twin.tenant, raw, reply_to(mail))


def newest(twin):
    return mails_to(twin.tenant, twin.contact)[0]


def confirm_page(twin):
    """Find the link in the newest mail, and a browser that is not signed in."""
    path = re.search(r"/mail/confirm/\S+/", newest(twin).body)[0]
    return Client(headers={"host": host_of(twin.tenant)}), path


def test_customer_lives_in_mail_alone(desk):
    raw = written(sender=desk.contact.email, to="support@alpha.localhost", body="It stops.")
    opened = sent_in(desk.tenant, raw)
    case = opened.case
    filed = newest(desk)
    assert filed.subject.startswith(f"[TW-{case.number}]")
    assert "CLOSE alone on its first line closes the case." in filed.body

    assert answer(desk, filed, "It is the second disk.").case_id == case.pk
    with tenant(desk.tenant) as at:
        ask_customer(case_id=case.pk, by=desk.agent, question="Which release?", at=at)
    assert status(desk, case) == "waiting"
    answer(desk, newest(desk), "Release 8.\n\n> Which release?")
    assert status(desk, case) == "open"
    with tenant(desk.tenant) as at:
        reply_to_case(case_id=case.pk, by=desk.agent, body="Try 9.", at=at)
        resolve_case(case_id=case.pk, by=desk.agent, solution="Take 9.", at=at)
    answer(desk, newest(desk), "It is still there with 9.")
    assert status(desk, case) == "open"
    asked = answer(desk, newest(desk), "ESCALATE\nThree days now, and we cannot ship.")
    assert (asked.state, asked.why, asked.about_id) == ("held", "escalation", case.pk)
    with tenant(desk.tenant) as at:
        resolve_case(case_id=case.pk, by=desk.agent, solution="Take 9.1.", at=at)
    answer(desk, next(m for m in mails_to(desk.tenant, desk.contact) if "9.1" in m.body), "Close")

    assert status(desk, case) == "closed"
    with tenant(desk.tenant):
        words = Message.objects.filter(case=case, author=desk.contact).order_by("pk")
        assert [one.body for one in words] == [
            "It stops.",
            "It is the second disk.",
            "Release 8.",
            "It is still there with 9.",
        ]
        assert {one.way for one in words} == {"email"}


def test_sc_09_charged_mail_is_held_uncharged_until_its_sender_agrees(charged):
    row = sent_in(charged.tenant, written(sender=charged.contact.email, to="s@x.test"))
    client, path = confirm_page(charged)
    page = client.get(path).content.decode()
    with tenant(charged.tenant):
        before = PointsEntry.objects.count()
        assert (row.state, row.why, Case.objects.count()) == ("held", "confirm_cost", 0)

    assert "It costs 10 points." in page
    assert client.post(path, {"open": "1", "points": "9"}).status_code == 422
    other = Client(headers={"host": "beta.localhost"})
    assert other.get(path).status_code == 404
    assert client.get("/mail/confirm/made-up/").status_code == 404
    opened = client.post(path, {"open": "1", "points": "10"}).content.decode()

    with tenant(charged.tenant):
        case = Case.objects.get()
        assert f"Your case is TW-{case.number}" in opened
        assert (case.channel, case.contact_id) == ("email", charged.contact.pk)
        assert PointsEntry.objects.count() == before + 1
    assert client.post(path, {"open": "1", "points": "10"}).status_code == 410
    assert client.get(path).status_code == 410


def test_sc_09_mail_is_thrown_away_by_its_sender_and_an_old_link_is_over(charged, monkeypatch):
    sent_in(charged.tenant, written(sender=charged.contact.email, to="s@x.test"))
    client, path = confirm_page(charged)

    assert "Nothing was opened" in client.post(path, {"drop": "1"}).content.decode()

    with tenant(charged.tenant):
        assert RawMail.objects.get().state == "binned"
        assert Case.objects.count() == 0
    sent_in(charged.tenant, written(sender=charged.contact.email, to="s@x.test", body="Again."))
    client, path = confirm_page(charged)
    real = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: real + 15 * 86_400)
    assert client.get(path).status_code == 410


def test_sc_09_policy_may_open_at_once_or_lead_to_the_form(charged, monkeypatch):
    given = {"sender": charged.contact.email, "to": "s@x.test"}
    seen = []
    for rule in ("open", "form"):
        monkeypatch.setattr("mailbox.opening.mail_rule", lambda policy, rule=rule: rule)
        seen.append(sent_in(charged.tenant, written(body=rule, **given)).state)

    assert seen == ["opened", "refused"]
    assert "/file/" in newest(charged).body


@pytest.mark.parametrize(("domain", "most"), [("localhost", 0), ("forwarded.test", 8)])
def test_two_of_our_own_vendors_do_not_talk_to_each_other(desk, beta, domain, most):
    """Alpha's contact is beta's mailbox and the other way round, and every mail is handed over.

    By its own address, or by one outside that is forwarded to it.
    """
    for here, there in ((desk, beta), (beta, desk)):
        with tenant(here.tenant):
            here.contact.email = f"support@{there.tenant.slug}.{domain}"
            here.contact.save()
    for twin in (desk, beta):
        with tenant(twin.tenant):
            Mailbox.objects.update_or_create(
                tenant=twin.tenant, code="support", defaults={"authentication": "claimed"}
            )
    start = written(sender=desk.contact.email, to="support@alpha.localhost", body="Hello.")
    sent_in(desk.tenant, start)
    handed, passed = set(), 0

    for _round in range(20):
        for here, there in ((desk, beta), (beta, desk)):
            for mail in mails_to(here.tenant, here.contact):
                if (here.tenant.pk, mail.pk) in handed:
                    continue
                handed.add((here.tenant.pk, mail.pk))
                passed += 1
                # Whatever carries it takes away what tells a machine's mail.
                raw = written(
                    sender=f"support@{here.tenant.slug}.{domain}",
                    to=mail.to_address,
                    subject=mail.subject,
                    body=mail.body,
                )
                came = Came(raw, "listener", "", (f"support@{there.tenant.slug}.localhost",))
                take_over(Route(there.tenant.pk, "support"), came)
                reading.read_due()

    assert passed <= most
    for twin in (desk, beta):
        with tenant(twin.tenant):
            assert RawMail.objects.exclude(answered="").count() <= 3


def test_address_that_opens_case_after_case_is_held_for_a_person(desk, monkeypatch):
    monkeypatch.setattr("mailbox.opening.CASES_AN_HOUR", 2)

    rows = [
        sent_in(desk.tenant, written(sender=desk.contact.email, to="s@x.test", body=f"No {one}."))
        for one in range(3)
    ]

    assert [(row.state, row.why) for row in rows] == [
        ("opened", ""),
        ("opened", ""),
        ("held", "too_often"),
    ]
