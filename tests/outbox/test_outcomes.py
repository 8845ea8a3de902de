import smtplib

import pytest

from outbox.outcomes import Outcome, Verdict, judge, one_line


def refused(code: int, text: bytes) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"ann@acme.test": (code, text)})


@pytest.mark.parametrize(
    ("error", "in_doubt", "verdict", "why"),
    [
        (refused(550, b"no such user"), False, "PERMANENT", "Refused for good: 550 no such user"),
        (refused(499, b"later"), False, "TEMPORARY", "Refused for now: 499 later"),
        (refused(500, b"\xff"), False, "PERMANENT", "Refused for good: 500 \ufffd"),
        (
            smtplib.SMTPSenderRefused(421, b"too many", "us@desk.example"),
            False,
            "TEMPORARY",
            "Refused for now: 421 too many",
        ),
        (
            smtplib.SMTPDataError(554, b"spam\r\nsays ann@acme.test"),
            False,
            "PERMANENT",
            "Refused for good: 554 spam says …",
        ),
        (smtplib.SMTPDataError(-1, b"?"), False, "TEMPORARY", "The server was lost: (-1, b'?')"),
        (TimeoutError("timed out"), False, "TEMPORARY", "The server was lost: timed out"),
        (
            smtplib.SMTPServerDisconnected("closed"),
            False,
            "TEMPORARY",
            "The server was lost: closed",
        ),
        (
            smtplib.SMTPServerDisconnected("closed"),
            True,
            "DOUBTFUL",
            "The server took the text and never answered: closed",
        ),
        (
            smtplib.SMTPDataError(-1, b"?"),
            True,
            "DOUBTFUL",
            "The server took the text and never answered: (-1, b'?')",
        ),
    ],
)
def test_error_of_the_server_is_judged(error, in_doubt, verdict, why):
    assert judge(error, in_doubt=in_doubt) == Outcome(Verdict[verdict], why)


def test_why_is_one_short_line_without_addresses():
    assert one_line("a\r\n b\tc <ann@acme.test>: no") == "a b c <…>: no"
    assert len(one_line("x" * 1000)) == 300
