"""Mail of which not everything is sure: by two ways, by a machine perhaps, by who claims to be."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections

from accounts.tenancy import tenant
from mailbox import answer_mail, forgetting, listener, reading, settling
from mailbox.addresses import Route, mailbox_of
from mailbox.models import RawMail
from mailbox.receiving import Came, take_over
from outbox.answer_marks import DESK
from outbox.models import OutboxMessage
from outbox.reply_addresses import Answered, reply_address
from tests.cases import file_case
from tests.mailbox.post import mails_to, reply_to, sent_in, written
from tests.mailbox.test_pages import press
from tickets.actions.conversation import reply_to_case
from tickets.models import Case, Message


def outcome(row):
    return (row.state, row.why)


def settled_at_once(desk, monkeypatch):
    """Have two workers come to the question of proof together, if they can; give the outcomes."""
    together = Barrier(2)
    proof = settling._proof

    def meet(letter):
        try:
            together.wait(timeout=2)
        except BrokenBarrierError:
            pass
        return proof(letter)

    monkeypatch.setattr(settling, "_proof", meet)
    raw = written(sender=desk.contact.email, to="s@x.test")
    for number in range(2):
        take_over(
            Route(desk.tenant.pk, "support"),
            Came(b"X-Way: %d\r\n" % number + raw, RawMail.Source.LISTENER),
        )

    def work(_number):
        try:
            return reading.read_one(reading.claim_mail(desk.tenant.pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(work, range(2)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [False, True])
def test_mail_by_two_ways_is_acted_on_once_by_two_workers(desk, monkeypatch, is_guarded):
    if not is_guarded:
        monkeypatch.setattr(settling, "one_at_a_time", lambda name: None)

    states = settled_at_once(desk, monkeypatch)

    # Without the lock both open a case: the race is there.
    assert states == (["ignored", "opened"] if is_guarded else ["opened", "opened"])
    with tenant(desk.tenant):
        assert Case.objects.count() == (1 if is_guarded else 2)


def test_dd_25_escalation_is_heard_though_the_same_mail_went_to_support(desk):
    with tenant(desk.tenant) as at:
        case = file_case(desk, at=at)
    words = f"TW-{case.number}: still down"
    raw = written(sender=desk.contact.email, to="s@x.test", subject=words)

    first = sent_in(desk.tenant, raw)
    second = sent_in(desk.tenant, raw, code="escalation")

    assert outcome(first) == ("held", "names_case")
    assert (outcome(second), second.about_id) == (("held", "escalation"), case.pk)


@pytest.mark.parametrize(
    ("headers", "subject", "expected"),
    [
        ({"X_Auto_Response_Suppress": "All"}, "It is broken", ("opened", "")),
        ({"List_Id": "<all.acme.test>"}, "It is broken", ("held", "perhaps_automatic")),
        ({}, "Auto-reply: our rules stopped", ("held", "perhaps_automatic")),
        ({"Auto_Submitted": "auto-replied"}, "Auto-reply: x", ("ignored", "automatic")),
    ],
)
def test_contact_whose_mail_looks_like_a_machines_is_heard(desk, headers, subject, expected):
    raw = written(sender=desk.contact.email, to="s@x.test", subject=subject, **headers)

    row = sent_in(desk.tenant, raw)

    assert (outcome(row), row.answered) == (expected, "")


def test_mail_that_wants_no_automatic_answer_gets_none_and_waits_for_a_person(desk):
    raw = written(sender=desk.agent.email, to="s@x.test", **{"X_Auto_Response_Suppress": "All"})

    row = sent_in(desk.tenant, raw)

    assert (outcome(row), row.answered) == (("held", "desk_writes"), "")
    assert mails_to(desk.tenant, desk.agent) == []


def test_nobody_vouches_for_a_colleague(desk, browse):
    raw = written(sender=desk.manager.email, to="s@x.test", proven=False)
    row = sent_in(desk.tenant, raw)
    client = browse(desk.tenant, desk.lead)

    press(client, row, "release", vouched="on")
    reading.read_due()

    with tenant(desk.tenant):
        row.refresh_from_db()
        assert (outcome(row), row.is_trusted) == (("held", "unproven"), False)


def test_unproven_mail_that_opens_a_case_says_whose_words_it_claims(desk, browse):
    row = sent_in(
        desk.tenant, written(sender=desk.contact.email, to="s@x.test", body="Hm.", proven=False)
    )

    press(browse(desk.tenant, desk.agent), row, "open", contact=desk.contact.email)

    with tenant(desk.tenant):
        message = Message.objects.get()
        assert message.body == f"E-mail of {desk.contact.email}:\n\nHm."


def test_note_address_of_somebody_who_became_a_customer_says_nothing(desk):
    with tenant(desk.tenant) as at:
        case = file_case(desk, at=at)
        message = OutboxMessage.objects.filter(refs__has_key="case").latest("pk")
    to = reply_address(desk.tenant, Answered(message.pk, desk.contact.pk, DESK))
    with tenant(desk.tenant):
        OutboxMessage.objects.filter(pk=message.pk).update(recipient=desk.contact)

    row = sent_in(desk.tenant, written(sender=desk.contact.email, to=to), to)

    assert outcome(row) == ("held", "other_sender")
    with tenant(desk.tenant):
        assert Message.objects.filter(case=case).count() == 1


def test_answers_that_never_end_wait_for_a_person(desk, monkeypatch):
    monkeypatch.setattr(settling, "JOINS_AN_HOUR", 1)
    with tenant(desk.tenant) as at:
        case = file_case(desk, at=at)
        reply_to_case(case_id=case.pk, by=desk.agent, body="Try version 8.", at=at)
    to = reply_to(mails_to(desk.tenant, desk.contact)[0])

    rows = [sent_in(desk.tenant, written(sender=desk.contact.email, to=to), to) for _ in range(2)]

    assert [outcome(row) for row in rows] == [("joined", ""), ("held", "too_often")]


def test_muted_system_tells_strangers_nothing(desk, settings, django_capture_on_commit_callbacks):
    settings.OUTBOX_MUTED = True
    with django_capture_on_commit_callbacks(execute=True):
        sent_in(desk.tenant, written(sender="new@corp.example", to="s@x.test"))

    settings.OUTBOX_MUTED = False
    assert mails_to(desk.tenant, "new@corp.example") == []


def test_report_of_delivery_with_a_zero_byte_in_an_id_is_read(desk):
    report = (
        b"From: MAILER-DAEMON@acme.test\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <1\x002@a.test>\r\n\r\n--b--\r\n"
    )

    assert outcome(sent_in(desk.tenant, report)) == ("ignored", "bounced")


def test_mail_that_is_handed_over_in_two_goes_keeps_both_recipients(desk):
    to = ["support@alpha.localhost", "reply+abc@alpha.localhost"]
    raw = written(sender=desk.contact.email, to=to[0])

    for one in to:
        listener.take_in(raw, "", [one])

    with tenant(desk.tenant):
        assert RawMail.objects.get().envelope_to == to


def test_answer_asks_for_none_where_the_mailbox_takes_none(desk):
    def answered_at():
        # What somebody of the desk writes to a mailbox is refused, and they are told.
        sent_in(desk.tenant, written(sender=desk.agent.email, to="s@x.test"))
        return mails_to(desk.tenant, desk.agent)[0].headers.get("Reply-To", "")

    assert answered_at() == "support@alpha.localhost"
    with tenant(desk.tenant):
        box = mailbox_of("support")
        box.is_active = False
        box.save()
        mail = RawMail.objects.get()
        code = {"mail": mail.pk, "answer": mail.answered}
        assert "Reply-To" not in answer_mail._headers(mail, code)


def test_mail_that_waits_to_be_read_again_is_emptied_and_not_read(desk):
    row = sent_in(desk.tenant, written(sender="who@x.test", to="s@x.test", proven=False))
    with tenant(desk.tenant):
        RawMail.objects.update(state="received", why="", settled_at=None)
        row.refresh_from_db()

        forgetting.empty([row])

        row.refresh_from_db()
        assert (row.state, row.settled_at, row.size_bytes) == ("binned", row.received_at, 0)
    assert reading.read_due() == {}
