"""What well-meant mail becomes."""

from mailbox.parsing import Address, AuthenticationResult, Bounce, ParsedMail, parse
from mailbox.parsing.markup import as_text, cleaned
from tests.mailbox.hostile_machines import report
from tests.mailbox.making import mail, part, parts, plain

HTML = """<html><head><title>No</title><style>p{}</style></head><body>
<h2>Two   things</h2><p>It <b>does not</b> start:<br>since <a href="https://x.example/a">Monday</a>
or <a href="https://x.example/b">https://x.example/b</a>.</p>
<ul><li>one</li><li>two<ol><li>first</li></ol></li></ul>
<table><tr><td>Release</td><td>7.8</td></tr></table>
<pre>a
  b</pre><blockquote><p>Does it?</p><blockquote>Really?</blockquote></blockquote></body></html>"""
TEXT = """Two things

It does not start:
since Monday <https://x.example/a> or https://x.example/b.

* one
* two
  1. first

Release  7.8

a
  b

> Does it?
>
> > Really?"""


def test_html_becomes_text_that_reads_the_same():
    assert as_text(cleaned(HTML)) == TEXT


def test_words_are_read_from_the_html_where_the_text_only_stands_in_for_them():
    html = part("text/html; charset=utf-8", "<p>It <b>does not</b> start since Monday at all.</p>")
    read = {}
    for words in ("Your program cannot show this.", "It does *not* start since Monday"):
        head, body = parts(plain(words), html, kind="alternative")
        read[words] = parse(mail(head, "MIME-Version: 1.0", body=body)).text.strip()

    assert list(read.values()) == ["It does not start since Monday at all.", list(read)[1]]


def test_a_whole_mail_becomes_values():
    head, body = parts(
        parts_as_part(plain("Hello"), part("text/html; charset=utf-8", "<p>Hello</p>")),
        part('image/png; name="p.png"', "x", "Content-Disposition: attachment"),
    )
    raw = mail(
        "Cc: Berg <b@corp.example>, c@corp.example",
        "In-Reply-To: <a@vendor.example>",
        "References: <r@vendor.example> <a@vendor.example>",
        "Reply-To: other@corp.example",
        "Sender: secretary@corp.example",
        "Delivered-To: reply+abc@vendor.example",
        "Return-Path: <anna@corp.example>",
        "Authentication-Results: mx.vendor.example; dmarc=pass header.from=corp.example",
        head,
        sender="From: =?utf-8?q?Anna_M=C3=BCller?= <Anna@CORP.example>",
        subject="Subject: =?utf-8?b?R3LDvMOfZQ==?=",
        body=body,
    )

    parsed = parse(raw)

    file = parsed.attachments[0]
    assert parsed == ParsedMail(
        message_id="<m1@corp.example>",
        in_reply_to=("<a@vendor.example>",),
        references=("<r@vendor.example>", "<a@vendor.example>"),
        date=1_780_300_800,
        from_=Address("Anna@corp.example", "Anna Müller"),
        sender=Address("secretary@corp.example"),
        reply_to=(Address("other@corp.example"),),
        to=(Address("support@vendor.example"),),
        cc=(Address("b@corp.example", "Berg"), Address("c@corp.example")),
        delivered_to=("reply+abc@vendor.example",),
        return_path="anna@corp.example",
        subject="Grüße",
        text="Hello",
        html="<p>Hello</p>",
        fresh="Hello",
        attachments=(file,),
        authentication=(
            AuthenticationResult(
                "mx.vendor.example", "mx.vendor.example; dmarc=pass header.from=corp.example"
            ),
        ),
    )
    assert (file.name, file.content_type, file.size, file.inline) == (
        "p.png",
        "image/png",
        1,
        False,
    )


def parts_as_part(*inner: bytes) -> bytes:
    head, body = parts(*inner, kind="alternative", boundary="=inner")
    return head.encode() + b"\r\n\r\n" + body


def test_a_report_says_which_mail_of_ours_came_back():
    head, body = report(returned=mail().replace(b"<m1@corp.example>", b"<ours@vendor.example>"))

    parsed = parse(mail(head, sender="From: mailer-daemon@corp.example", body=body))

    assert parsed.bounce == Bounce(
        "failed", "5.1.1", "gone@corp.example", ("<ours@vendor.example>",)
    )


def test_words_before_and_behind_a_picture_are_kept_in_their_order():
    head, body = parts(plain("before"), part("image/png", "x"), plain("behind"))

    assert parse(mail(head, body=body)).text == "before\n\nbehind"


def test_a_mail_of_two_forms_shows_what_either_has():
    head, body = parts(plain("before"), part("text/html", "<p>a &amp; b</p>"))

    parsed = parse(mail(head, body=body))

    assert (parsed.text, parsed.html) == (
        "before\n\na & b",
        "<pre>before</pre>\n<hr>\n<p>a &amp; b</p>",
    )
