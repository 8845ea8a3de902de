"""What becomes of a mail: whose words it is, on which case, who reads it, and what it is told."""

import pytest

from accounts.tenancy import tenant
from mailbox.models import Mailbox, RawMail
from mailbox.words import UNTOLD, reason_of
from outbox.models import OutboxMessage
from tests.cases import file_case
from tests.mailbox.post import mails_to, reply_to, sent_in, written
from tests.uploads import uploaded
from tickets.actions.conversation import add_note, reply_as_customer, reply_to_case
from tickets.actions.ending import close_case, resolve_case
from tickets.models import Attachment, Case, InternalNote, Message


@pytest.fixture
def case(desk):
    with tenant(desk.tenant) as at:
        return file_case(desk, at=at)


def answered(twin, case, *, body="Try version 8."):
    """Let the desk answer a case, and give the mail that its contact gets."""
    with tenant(twin.tenant) as at:
        reply_to_case(case_id=case.pk, by=twin.agent, body=body, at=at)
    return mails_to(twin.tenant, twin.contact)[0]


def told_desk(twin, case, body="It is broken again."):
    """Let the contact write on the portal, and give the mail that somebody of the desk gets."""
    with tenant(twin.tenant) as at:
        reply_as_customer(case_id=case.pk, by=twin.contact, body=body, at=at)
    return mails_to(twin.tenant, twin.agent)[0]


def outcome(row):
    return (row.state, row.why)


def said(twin, case):
    with tenant(twin.tenant):
        return [
            (one.author.name.removeprefix(twin.canary), one.kind, one.body)
            for one in Message.objects.filter(case=case).order_by("pk").select_related("author")
        ]


def test_answer_of_the_customer_goes_onto_the_case_with_its_quote_folded_and_its_files(desk, case):
    mail = answered(desk, case)
    body = f"Version 8 stops, too.\n\nOn Mon, Support wrote:\n> {mail.body.splitlines()[0]}\n> Try"
    raw = written(
        sender=f"Kim <{desk.contact.email}>",
        to=reply_to(mail),
        subject=f"Re: {mail.subject}",
        body=body,
        files=(("../../app.log", b"line 1\n"), ("empty.txt", b"")),
    )

    row = sent_in(desk.tenant, raw, reply_to(mail))

    assert (outcome(row), row.case_id, row.person_id) == (("joined", ""), case.pk, desk.contact.pk)
    with tenant(desk.tenant):
        message = Message.objects.get(event=row.event)
        assert message.body.startswith("Version 8 stops, too.\n\nempty.txt was not kept:")
        assert (message.way, message.author_id) == ("email", desk.contact.pk)
        assert message.quoted.startswith("On Mon, Support wrote:")
        (file,) = Attachment.objects.filter(case=case)
        assert (file.name, file.event_id, file.is_internal) == ("app.log", row.event_id, False)
    assert mails_to(desk.tenant, desk.agent)[0].subject.endswith(case.subject)


def test_nobody_elses_answer_and_no_files_of_the_form_go_along(desk, case):
    mail = answered(desk, case)
    with tenant(desk.tenant) as at:
        uploaded(desk.contact, case, "answer", at=at)

    sent_in(desk.tenant, written(sender=desk.contact.email, to=reply_to(mail)), reply_to(mail))

    with tenant(desk.tenant):
        assert Attachment.objects.get(case=case).event_id is None


def test_agents_answer_to_a_message_is_read_by_the_customer_without_what_it_quotes(desk, case):
    mail = told_desk(desk, case)
    body = f"We are on it.\n\n-- \nAgent\n\nOn Mon X wrote:\n\n{mail.body}"
    raw = written(sender=desk.agent.email, to=reply_to(mail), body=body)

    row = sent_in(desk.tenant, raw, reply_to(mail))

    assert outcome(row) == ("joined", "")
    assert said(desk, case)[-1] == ("agent", "reply", "We are on it.\n\n-- \nAgent")
    with tenant(desk.tenant):
        assert Message.objects.get(event=row.event).quoted == ""
    assert "We are on it." in mails_to(desk.tenant, desk.contact)[0].body


def test_answer_to_a_note_can_only_become_a_note(desk, case):
    with tenant(desk.tenant) as at:
        who = {"by": desk.lead, "at": at}
        add_note(case_id=case.pk, body="Between us.", mentioned=[desk.agent.pk], **who)
    mail = mails_to(desk.tenant, desk.agent)[0]
    assert "it becomes a note for the desk" in mail.body.splitlines()[0]
    before = said(desk, case)

    raw = written(sender=desk.agent.email, to=reply_to(mail), body="I think so, too.")
    row = sent_in(desk.tenant, raw, reply_to(mail))

    assert outcome(row) == ("joined", "")
    assert said(desk, case) == before
    with tenant(desk.tenant):
        note = InternalNote.objects.filter(case=case).latest("pk")
        assert (note.body, note.author_id) == ("I think so, too.", desk.agent.pk)


def test_agent_who_left_or_lost_sight_of_the_case_says_nothing(desk, case):
    mail = told_desk(desk, case)
    before = said(desk, case)
    with tenant(desk.tenant):
        Case.objects.filter(pk=case.pk).update(is_restricted=True, team=desk.team_2)
    raw = written(sender=desk.agent.email, to=reply_to(mail), body="Still here.")

    assert outcome(sent_in(desk.tenant, raw, reply_to(mail))) == ("refused", "case_refuses")

    with tenant(desk.tenant):
        desk.agent.is_active = False
        desk.agent.save()
    raw = written(sender=desk.agent.email, to=reply_to(mail), body="Still here!")
    assert outcome(sent_in(desk.tenant, raw, reply_to(mail))) == ("quarantined", "other_sender")
    assert said(desk, case) == before


def test_agents_answer_that_quotes_the_desk_is_held(desk, case):
    mail = told_desk(desk, case)
    body = "Yes.\n" + "\n".join(mail.body.splitlines()[2:])

    raw = written(sender=desk.agent.email, to=reply_to(mail), body=body)

    assert outcome(sent_in(desk.tenant, raw, reply_to(mail))) == ("held", "quotes_desk")


@pytest.mark.parametrize(
    ("sender", "proven", "expected"),
    [
        ("colleague", True, ("held", "other_sender")),
        ("stranger", True, ("held", "other_sender")),
        ("x@evil.example", True, ("quarantined", "other_sender")),
        ("contact", False, ("held", "unproven")),
        ("x@evil.example", False, ("refused", "stranger")),
    ],
)
def test_address_of_an_answer_is_only_its_own_recipients(desk, case, sender, proven, expected):
    mail = answered(desk, case)
    before = said(desk, case)
    address = getattr(desk, sender).email if hasattr(desk, sender) else sender

    raw = written(sender=address, to=reply_to(mail), proven=proven)

    assert outcome(sent_in(desk.tenant, raw, reply_to(mail))) == expected
    assert said(desk, case) == before
    with tenant(desk.tenant):
        assert Case.objects.count() == 1


def test_sender_whose_domain_says_no_is_in_quarantine_even_where_claims_are_believed(desk, case):
    mail = answered(desk, case)
    with tenant(desk.tenant):
        Mailbox.objects.filter(code="support").update(authentication="claimed")
    said_no = "mx.desk.test; dmarc=fail header.from=acme.test"
    forged = "mx.evil.test; dmarc=pass header.from=acme.test"

    rows = [
        sent_in(
            desk.tenant,
            written(sender=desk.contact.email, to="x@y.test", proven=False, **headers),
            reply_to(mail),
        )
        for headers in ({"Authentication_Results": said_no}, {"Authentication_Results": forged})
    ]

    assert [outcome(row) for row in rows] == [("quarantined", "forged"), ("held", "unproven")]


@pytest.mark.parametrize("where", ["beta", "changed", "gone"])
def test_address_that_we_have_not_made_opens_nothing(desk, beta, case, where):
    mail = answered(desk, case)
    address = reply_to(mail)
    vendor = beta.tenant if where == "beta" else desk.tenant
    if where == "beta":
        address = address.replace("alpha", "beta")
    if where == "changed":
        address = address.replace("reply+n", "reply+o").replace("reply+o", "reply+p")
        address = address[:20] + ("a" if address[20] != "a" else "b") + address[21:]
    if where == "gone":
        with tenant(desk.tenant):
            OutboxMessage.objects.update(refs={})

    raw = written(sender=desk.contact.email, to=address)

    assert outcome(sent_in(vendor, raw, address)) == ("quarantined", "bad_address")


def test_reference_to_a_message_of_ours_is_enough_for_who_had_it(desk, case):
    mail = answered(desk, case)
    given = {"to": "support@alpha.localhost", "In_Reply_To": mail.message_id}

    own = sent_in(desk.tenant, written(sender=desk.contact.email, **given))
    others = sent_in(desk.tenant, written(sender=desk.company_admin.email, **given))
    foreign = sent_in(desk.tenant, written(sender=desk.stranger.email, **given))

    assert (outcome(own), own.case_id) == (("joined", ""), case.pk)
    assert (outcome(others), others.about_id) == (("held", "other_sender"), case.pk)
    assert (foreign.state, foreign.about_id) == ("opened", None)


def test_sc_09_fresh_mail_that_names_a_case_is_held_and_joined_by_its_number_never(desk, case):
    number = f"TW-{case.number}"
    before = said(desk, case)

    held = sent_in(
        desk.tenant,
        written(sender=desk.contact.email, to="s@x.test", subject=f"About {number}"),
    )
    unseen = sent_in(
        desk.tenant,
        written(sender=desk.stranger.email, to="s@x.test", subject=f"About {number}"),
    )

    assert (outcome(held), held.about_id) == (("held", "names_case"), case.pk)
    assert (unseen.state, unseen.about_id) == ("opened", None)
    assert said(desk, case) == before
    assert "somebody of ours decides" in mails_to(desk.tenant, desk.contact)[0].body


def test_dd_18_mail_of_a_contact_opens_a_case_and_cc_adds_nobody(desk):
    raw = written(
        sender=desk.contact.email,
        to="support@alpha.localhost",
        subject="Printer\tbroken",
        body="It stops.",
        Cc=f"{desk.stranger.email}, spy@evil.example",
    )

    row = sent_in(desk.tenant, raw)

    assert outcome(row) == ("opened", "")
    with tenant(desk.tenant):
        case = Case.objects.get(pk=row.case_id)
        assert (case.subject, case.channel, case.contact_id) == (
            "Printer broken",
            "email",
            desk.contact.pk,
        )
    got = mails_to(desk.tenant, desk.contact)[0]
    assert got.subject.startswith(f"[TW-{case.number}]")  # MX-23, SC-10, SC-11
    assert mails_to(desk.tenant, desk.stranger) == mails_to(desk.tenant, "spy@evil.example") == []


def test_stranger_is_answered_once_a_day_and_not_in_their_own_words(
    desk, django_capture_on_commit_callbacks
):
    for number in range(3):
        raw = written(sender="new@corp.example", to="s@x.test", subject=f"BUY NOW {number}")
        with django_capture_on_commit_callbacks(execute=True):
            assert outcome(sent_in(desk.tenant, raw)) == ("refused", "stranger")

    (mail,) = mails_to(desk.tenant, "new@corp.example")
    assert "BUY" not in f"{mail.subject}{mail.body}"
    assert mail.headers["Auto-Submitted"] == "auto-replied"
    with tenant(desk.tenant):
        assert Case.objects.count() == 0


def test_refusals_are_told_and_no_more_than_three_an_hour(desk, case):
    mail = answered(desk, case)
    with tenant(desk.tenant) as at:
        resolve_case(case_id=case.pk, by=desk.agent, solution="Fixed.", at=at)
        close_case(case_id=case.pk, by=desk.contact, at=at)
    known = len(mails_to(desk.tenant, desk.contact))

    states = []
    for number in range(5):
        raw = written(sender=desk.contact.email, to="s@x.test", body=f"Again {number}.")
        row = sent_in(desk.tenant, raw, reply_to(mail))
        assert (row.why, row.about_id) == ("case_refuses", case.pk)
        states.append((row.state, str(UNTOLD) in reason_of(row)))

    # Who was told enough is not forgotten: somebody of the desk answers.
    assert states == [("refused", False)] * 3 + [("held", True)] * 2
    got = mails_to(desk.tenant, desk.contact)
    assert len(got) - known == 3
    assert got[0].subject == f"[TW-{case.number}] The case is closed: It is broken"

    again = written(sender=desk.contact.email, to="s@x.test", body="REOPEN\nIt is back.")
    assert outcome(sent_in(desk.tenant, again, reply_to(got[0]))) == ("joined", "")


def test_orders_close_and_open_again_by_mail(desk, case):
    mail = answered(desk, case)
    given = {"sender": desk.contact.email, "to": "s@x.test"}

    closed = sent_in(desk.tenant, written(body="Close.\n\nThanks!", **given), reply_to(mail))
    with tenant(desk.tenant):
        case.refresh_from_db()
        assert (outcome(closed), case.status) == (("joined", ""), "closed")
    raw = written(body="REOPEN\nIt is back.", **given)
    opened = sent_in(desk.tenant, raw, reply_to(mail))

    assert outcome(opened) == ("joined", "")
    assert [words for _who, _kind, words in said(desk, case)][-2:] == ["Thanks!", "It is back."]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Supportdesk_Loop": "beta.localhost"},
    ],
)
def test_machines_are_kept_and_never_answered(desk, case, headers):
    mail = answered(desk, case)
    before = len(mails_to(desk.tenant, desk.contact))
    raw = written(sender=desk.contact.email, to=reply_to(mail), **headers)

    row = sent_in(desk.tenant, raw, reply_to(mail))

    assert (row.state, row.about_id, row.answered) == ("ignored", case.pk, "")
    assert len(mails_to(desk.tenant, desk.contact)) == before


def test_same_mail_by_two_ways_counts_once_and_a_forged_one_takes_no_place(desk):
    raw = written(sender=desk.contact.email, to="s@x.test")
    forged = raw.replace(b"dmarc=pass", b"dmarc=none").replace(b"dkim=pass", b"dkim=none")

    rows = [sent_in(desk.tenant, one) for one in (forged, raw, raw, b"Received: x\r\n" + raw)]

    assert [outcome(row) for row in rows] == [
        ("held", "unproven"),
        ("opened", ""),
        ("opened", ""),
        ("ignored", "twice"),
    ]
    with tenant(desk.tenant):
        assert Case.objects.count() == 1
        assert RawMail.objects.count() == 3


def test_bounce_marks_the_message_that_did_not_arrive(desk, case):
    answered(desk, case)
    with tenant(desk.tenant):
        sent = OutboxMessage.objects.filter(recipient=desk.contact, state="sent").latest("pk")
    report = (
        "From: MAILER-DAEMON@acme.test\r\nSubject: Undelivered\r\nReturn-Path: <>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.test\r\n\r\n"
        "Final-Recipient: rfc822; contact@acme.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent.message_id}\r\n\r\n"
        "--b--\r\n"
    )

    row = sent_in(desk.tenant, report.encode())

    assert outcome(row) == ("ignored", "bounced")
    with tenant(desk.tenant):
        sent.refresh_from_db()
        assert (sent.state, "5.1.1" in sent.why) == ("failed", True)


def test_dd_25_escalation_by_mail_waits_for_the_desk_with_its_case(desk, case):
    mail = answered(desk, case)
    ordered = sent_in(
        desk.tenant,
        written(sender=desk.contact.email, to="s@x.test", body="ESCALATE\nDown for two days."),
        reply_to(mail),
    )
    mailed = sent_in(
        desk.tenant,
        written(
            sender=desk.contact.email,
            to="escalation@alpha.localhost",
            subject=f"TW-{case.number}: still down",
        ),
        code="escalation",
    )

    assert (outcome(ordered), ordered.about_id) == (("held", "escalation"), case.pk)
    assert (outcome(mailed), mailed.about_id) == (("held", "escalation"), case.pk)
