"""Mails that machines wrote: whoever answers one of them may talk to it forever."""

from collections.abc import Iterator

from tests.mailbox.making import VICTIM, WORDS, Claims, Made, mail, part, parts, plain

_HEADERS: dict[str, tuple[str, str]] = {
    "auto_replied": ("Auto-Submitted: auto-replied", "auto-replied"),
    "auto_replied_parameters": ('Auto-Submitted: auto-replied; owner-email="x"', "auto-replied"),
    "auto_replied_capitals": ("AUTO-SUBMITTED: Auto-Replied (vacation)", "auto-replied"),
    "auto_generated": ("Auto-Submitted: auto-generated", "auto-generated"),
    "auto_notified": ("Auto-Submitted: auto-notified", "auto-generated"),
    "auto_unknown": ("Auto-Submitted: made-up", "auto-generated"),
    "auto_empty": ("Auto-Submitted:", "auto-generated"),
    "auto_no": ("Auto-Submitted: no", "none"),
    "auto_no_comment": ("Auto-Submitted: no (a person)", "none"),
    "precedence_bulk": ("Precedence: bulk", "auto-generated"),
    "precedence_junk": ("Precedence: JUNK", "auto-generated"),
    "precedence_list": ("Precedence: list", "list"),
    "precedence_auto_reply": ("Precedence: auto_reply", "auto-replied"),
    "precedence_normal": ("Precedence: first-class", "none"),
    "suppress_all": ("X-Auto-Response-Suppress: All", "quiet"),
    "suppress_exchange": ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "quiet"),
    "list_id": ("List-Id: <users.corp.example>", "list"),
    "list_unsubscribe": ("List-Unsubscribe: <https://corp.example/u>", "list"),
    "mailing_list": ("X-Mailing-List: users@corp.example", "list"),
    "x_autoreply": ("X-Autoreply: yes", "auto-replied"),
    "x_autorespond": ("X-Autorespond: A printer", "auto-replied"),
    "x_autoresponder": ("X-AutoResponder: 1", "auto-replied"),
    "x_auto_reply_from": ("X-Auto-Reply-From: a@corp.example", "auto-replied"),
    "x_mail_autoreply": ("X-Mail-Autoreply: freemail", "auto-replied"),
    "x_vacation": ("X-Vacation: yes", "auto-replied"),
    "x_machine": ("X-FC-MachineGenerated: true", "auto-generated"),
    "inbox_rules_loop": ("X-MS-Exchange-Inbox-Rules-Loop: a@corp.example", "auto-replied"),
    "feedback_id": ("Feedback-ID: 1:campaign:x", "auto-generated"),
    "failed_recipients": ("X-Failed-Recipients: a@corp.example", "bounce"),
    "null_sender": ("Return-Path: <>", "auto-generated"),
    "null_sender_with_space": ("Return-Path: < >", "auto-generated"),
    "return_path_of_sender": (f"Return-Path: <{VICTIM}>", "none"),
    "two_auto_submitted": ("Auto-Submitted: no\r\nAuto-Submitted: auto-replied", "auto-replied"),
    "list_and_vacation": ("Precedence: bulk\r\nX-Autoreply: yes", "auto-replied"),
}
_AWAY = {
    "outlook": "Automatic reply: A printer",
    "outlook_german": "Automatische Antwort: A printer",
    "outlook_french": "Réponse automatique: A printer",
    "exchange_old": "Out of Office: A printer",
    "exchange_dash": "Out of the office - A printer",
    "gmail": "Out of office Re: A printer",
    "lotus": "Abwesenheitsnotiz: A printer",
    "spanish": "Respuesta automática: A printer",
}


def machine_mails() -> Iterator[Made]:
    """Give the mails of machines."""
    for name, (line, auto) in _HEADERS.items():
        yield f"machine_{name}", mail(line), Claims(auto=auto, says=WORDS)
    for name, subject in _AWAY.items():
        auto = "none" if name == "gmail" else "perhaps"
        yield f"away_{name}", mail(subject=f"Subject: {subject}"), Claims(auto=auto)
    gmail = mail(
        "Precedence: bulk",
        "X-Autoreply: yes",
        "Auto-Submitted: auto-replied",
        subject=f"Subject: {_AWAY['gmail']}",
    )
    yield "away_gmail_with_headers", gmail, Claims(auto="auto-replied")
    yield (
        "subject_is_about_office",
        mail(subject="Subject: Out of office replies are not sent"),
        Claims(),
    )
    yield (
        "subject_is_about_delivery",
        mail(subject="Subject: Mail delivery fails since today"),
        Claims(),
    )
    yield from _bounces()
    yield from _loops()


def report(
    status: str = "5.1.1", returned: bytes | None = None, kind: str = "delivery-status"
) -> tuple[str, bytes]:
    """Make a report of delivery as RFC 3464 has it."""
    fields = (
        "Reporting-MTA: dns; mx.corp.example\r\n\r\nFinal-Recipient: rfc822; gone@corp.example\r\n"
        f"Action: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 no such user"
    )
    inner = [plain("Your mail could not be delivered."), part(f"message/{kind}", fields)]
    original = mail("X-Supportdesk-Loop: abc") if returned is None else returned
    if original:
        inner.append(part("message/rfc822", original))
    return parts(*inner, kind="report", more=f"; report-type={kind}")


def _bounces() -> Iterator[Made]:
    bounced = Claims(auto="bounce", sender="mailer-daemon@corp.example")
    daemon = "From: Mail Delivery <mailer-daemon@corp.example>"
    for name, made in {
        "whole": report(),
        "without_original": report(returned=b""),
        "delayed": report("4.4.7"),
        "status_strange": report("999999.a.b\0"),
        "original_hostile": report(returned=b"\0\xff: \r\n" * 500),
        "original_with_long_header": report(returned=b"X: " + b"a" * 60_000),
    }.items():
        yield (
            f"bounce_{name}",
            mail("Return-Path: <>", made[0], sender=daemon, body=made[1]),
            bounced,
        )
    receipt = report(kind="disposition-notification")
    yield "receipt_of_reading", mail(receipt[0], body=receipt[1]), Claims(auto="auto-generated")
    yield (
        "bounce_without_report",
        mail(sender=daemon, subject="Subject: Undelivered Mail Returned to Sender"),
        bounced,
    )
    yield (
        "bounce_in_german",
        mail("Return-Path: <>", sender=daemon, subject="Subject: Unzustellbar: A printer"),
        bounced,
    )
    yield (
        "bounce_qmail",
        mail("Return-Path: <>", sender=daemon, subject="Subject: failure notice"),
        bounced,
    )
    forged = report()
    yield "bounce_as_victim", mail(forged[0], body=forged[1]), Claims(auto="bounce")
    fake = parts(plain(), part("message/delivery-status", "Action: failed"))
    yield "bounce_in_mixed", mail(fake[0], body=fake[1]), Claims(auto="bounce")


def _loops() -> Iterator[Made]:
    yield (
        "desk_of_ours",
        mail(
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "X-Supportdesk-Loop: a",
        ),
        Claims(auto="auto-generated", loops=("a",)),
    )
    growing = "\r\n ".join(f"<{n}@loop.example>" for n in range(400))
    yield (
        "loop_growing_references",
        mail("Auto-Submitted: auto-replied", f"References: {growing}"),
        Claims(auto="auto-replied"),
    )
    yield (
        "loop_received_200",
        mail(*["Received: from a by b; Mon, 1 Jun 2026 10:00:00 +0200"] * 200),
        Claims(),
    )
    yield (
        "loop_to_itself",
        mail("Reply-To: support@vendor.example", sender="From: support@vendor.example"),
        Claims(sender="support@vendor.example"),
    )
