"""Mails whose structure is broken, endless or far too big."""

import io
import zipfile
from collections.abc import Iterator
from functools import cache

from tests.mailbox.making import VICTIM, WORDS, Claims, Made, encoded, mail, part, parts, plain

FINE = Claims(says=WORDS)
BASE64 = "Content-Transfer-Encoding: base64"


def shape_mails() -> Iterator[Made]:
    """Give the mails about structure."""
    yield from _headers()
    yield from _boundaries()
    yield from _trees()
    yield from _encodings()
    yield from _kinds()
    yield from _big()


def _headers() -> Iterator[Made]:
    yield "empty", b"", Claims(code="empty")
    yield "only_line_breaks", b"\r\n" * 1_000, Claims(code="empty")
    yield "only_nul", b"\0" * 1_000, Claims(sender=None)
    yield "one_byte", b"x", Claims(sender=None, says="x")
    yield "only_words", WORDS.encode(), Claims(sender=None, says=WORDS)
    yield "only_headers", mail(body=""), Claims()
    yield "headers_without_end", mail().partition(b"\r\n\r\n")[0], Claims()
    yield "line_feeds_only", mail(eol=b"\n"), FINE
    yield "carriage_returns_only", mail(eol=b"\r"), Claims(sender=None)
    yield "lines_mixed", mail(eol=b"\n").replace(b"\n", b"\r\n", 2), FINE
    yield (
        "subject_of_560_kb",
        mail(subject=f"Subject: =?utf-8?b?{'QUFB' * 140_000}?="),
        Claims(code="header_too_long"),
    )
    words = "\r\n ".join(["=?utf-8?b?QUFB?="] * 30_000)
    yield (
        "subject_of_560_kb_folded",
        mail(subject=f"Subject: {words}"),
        Claims(code="header_too_long"),
    )
    yield "subject_of_15_kb", mail(subject=f"Subject: {'a ' * 7_500}"), FINE
    yield "subject_in_900_words", mail(subject="Subject: " + "=?a?q?b?=" * 1_500), FINE
    yield "subject_folded_2000_times", mail(subject="Subject: a" + "\r\n b" * 2_000), FINE
    yield "subject_unfinished_words", mail(subject="Subject: " + "=?utf-8?q?" * 1_400), FINE
    yield "header_of_17_kb", mail(f"X-Long: {'a' * 17_000}"), Claims(code="header_too_long")
    yield "header_without_line_end", b"X: " + b"a" * 1_000_000, Claims(code="header_too_long")
    yield "headers_10000", mail(*["X-A: b"] * 10_000), FINE
    yield "headers_30000", mail(*["X-A: b"] * 30_000), Claims(code="headers_too_big")
    yield "headers_of_130_kb", mail(*[f"X-A: {'b' * 1_000}"] * 132), Claims(code="headers_too_big")
    yield "header_names_of_90", mail(*[f"{'X' * 90}{n}: a" for n in range(500)]), FINE
    yield "colon_lines", mail(*["X:"] * 5_000), FINE


def _boundaries() -> Iterator[Made]:
    head, body = parts(plain())
    whole = [WORDS]
    yield "boundary_missing", mail("Content-Type: multipart/mixed", body=WORDS), FINE
    yield "boundary_empty", mail('Content-Type: multipart/mixed; boundary=""', body=WORDS), FINE
    yield (
        "boundary_never_comes",
        mail("Content-Type: multipart/mixed; boundary=z", body=WORDS),
        FINE,
    )
    yield "boundary_not_closed", mail(head, body=body.replace(b"--=b--", b"")), FINE
    yield "boundary_closed_first", mail(head, body=b"--=b--\r\n" + body), Claims()
    yield "boundary_closed_twice", mail(head, body=body + body), FINE
    yield (
        "boundary_with_trailing_spaces",
        mail(head, body=body.replace(b"--=b\r\n", b"--=b \t\r\n")),
        FINE,
    )
    yield "boundary_indented", mail(head, body=body.replace(b"--=b", b" --=b")), FINE
    yield (
        "boundary_with_prefix",
        mail(head, body=body.replace(b"--=b\r\n", b"--=bx\r\n--=b\r\n")),
        FINE,
    )
    yield (
        "boundary_of_spaces",
        mail('Content-Type: multipart/mixed; boundary="  "', body=WORDS),
        FINE,
    )
    yield "boundary_of_300", mail(*_split(parts(plain(), boundary="b" * 300))), FINE
    yield "boundary_with_specials", mail(*_split(parts(plain(), boundary="'()+_,-./:=?"))), FINE
    yield "boundary_with_pattern", mail(*_split(parts(plain(), boundary=".*(a+)+$"))), FINE
    yield "boundary_is_hyphens", mail(*_split(parts(plain(), boundary="--"))), FINE
    yield (
        "boundary_unquoted_equals",
        mail("Content-Type: multipart/mixed; boundary==b", body=body),
        FINE,
    )
    yield (
        "boundary_in_two_pieces",
        mail('Content-Type: multipart/mixed; boundary*0="="; boundary*1="b"', body=body),
        FINE,
    )
    yield (
        "boundary_encoded",
        mail("Content-Type: multipart/mixed; boundary*=utf-8''%3Db", body=body),
        FINE,
    )
    yield "boundary_twice", mail(f"{head}; boundary=other", body=body), FINE
    yield "two_content_types", mail(head, "Content-Type: text/html", body=body), FINE
    yield (
        "same_boundary_inside",
        mail(head, body=parts(part("multipart/mixed; boundary==b", parts(plain())[1]))[1]),
        FINE,
    )
    yield "parts_without_headers", mail(*_split(parts(b"\r\n" + WORDS.encode()))), FINE
    yield "parts_without_break", mail(*_split(parts(WORDS.encode()))), Claims(says=whole[0])
    yield "line_feed_parts", mail(head, body=body.replace(b"\r\n", b"\n")), FINE
    yield "preamble_and_epilogue", mail(head, body=b"before\r\n" + body + b"after"), FINE
    yield "no_parts_inside", mail(head, body=b"--=b\r\n--=b--\r\n"), Claims()
    yield "million_of_marks", mail(head, body=b"--=b" * 250_000 + b"\r\n" + body), FINE
    yield "million_of_false_marks", mail(head, body=b"--=bx\r\n" * 150_000 + body), FINE


def _split(made: tuple[str, bytes]) -> tuple[str, str]:
    """Give the header and, behind an empty line, the body of a multipart as header lines."""
    return made[0], "\r\n" + made[1].decode("latin-1")


def _trees() -> Iterator[Made]:
    for depth, code in ((19, ""), (21, "too_deep"), (300, "too_deep"), (3_000, "too_many_parts")):
        claims = Claims(code=code) if code else FINE
        if depth == 3_000:
            claims = Claims(code="too_deep")
        yield f"nested_{depth}", nested(depth), claims
    yield "nested_one_boundary_300", nested(300, same=True), Claims()
    for count, code in ((498, ""), (501, "too_many_parts"), (20_000, "too_many_parts")):
        made = parts(*[plain("x")] * count)
        yield f"parts_{count}", mail(made[0], body=made[1]), Claims(code=code)
    empty = parts(*[b""] * 20_000)
    yield "parts_20000_empty", mail(empty[0], body=empty[1]), Claims(code="too_many_parts")
    yield "files_400", mail(*_split(parts(plain(), *[part("image/png", "x")] * 400))), FINE
    yield "rfc822_chain_300", rfc822_chain(300), Claims(files=("attachment-1.eml",))
    yield (
        "rfc822_as_whole",
        mail("Content-Type: message/rfc822", body=mail()),
        Claims(files=("attachment-1.eml",)),
    )
    yield (
        "rfc822_forged_inside",
        mail(
            *_split(parts(plain(), part("message/rfc822", mail(sender="From: boss@corp.example"))))
        ),
        FINE,
    )
    yield (
        "digest",
        mail(*_split(parts(b"\r\n" + mail(), b"\r\n" + mail(), kind="digest"))),
        Claims(),
    )
    yield (
        "alternative_without_words",
        mail(*_split(parts(part("image/png", "x"), kind="alternative"))),
        Claims(),
    )
    yield (
        "alternative_empty_plain",
        mail(*_split(parts(plain(" "), part("text/html", f"<p>{WORDS}</p>"), kind="alternative"))),
        FINE,
    )
    yield (
        "alternative_html_first",
        mail(*_split(parts(part("text/html", "<p>other</p>"), plain(), kind="alternative"))),
        FINE,
    )
    yield (
        "related_without_root",
        mail(*_split(parts(part("image/png", "x"), kind="related"))),
        Claims(),
    )
    yield (
        "partial",
        mail('Content-Type: message/partial; id="a"; number=1; total=9', body=WORDS),
        Claims(),
    )
    yield (
        "external_body",
        mail(
            'Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"',
            body="",
        ),
        Claims(files=("passwd",)),
    )
    yield "multipart_of_unknown_kind", mail(*_split(parts(plain(), kind="made-up"))), FINE
    yield "form_data", mail(*_split(parts(plain(), kind="form-data"))), FINE
    yield "multipart_as_base64", mail(parts()[0], BASE64, body=encoded(parts(plain())[1])), Claims()


def nested(depth: int, *, same: bool = False) -> bytes:
    """Make a mail with words at a depth."""
    body, head = plain(), ""
    for level in range(depth):
        boundary = "=b" if same else f"=b{level}="
        head, inner = parts(body, boundary=boundary)
        body = head.encode() + b"\r\n\r\n" + inner
    return mail(head, body=body.partition(b"\r\n\r\n")[2])


def rfc822_chain(depth: int) -> bytes:
    """Make a mail in a mail in a mail."""
    raw = mail()
    for _level in range(depth):
        raw = b"From: %s\r\nContent-Type: message/rfc822\r\n\r\n" % VICTIM.encode() + raw
    return raw


def _encodings() -> Iterator[Made]:
    data = encoded(WORDS.encode())
    text = "Content-Type: text/plain; charset=utf-8"
    yield "base64_words", mail(text, BASE64, body=data), FINE
    yield "base64_without_padding", mail(text, BASE64, body=data.rstrip(b"=\r\n")), FINE
    yield "base64_with_junk", mail(text, BASE64, body=data[:20] + b"!!\x00\xff" + data[20:]), FINE
    yield "base64_of_one_sign", mail(text, BASE64, body="A"), Claims()
    yield "base64_is_no_base64", mail(text, BASE64, body="###"), Claims()
    yield "base64_in_one_line", mail(text, BASE64, body=data.replace(b"\n", b"")), FINE
    yield (
        "base64_one_sign_a_line",
        mail(text, BASE64, body=b"\r\n".join(data[n : n + 1] for n in range(len(data)))),
        FINE,
    )
    yield "encoding_in_capitals", mail(text, BASE64.upper(), body=data), FINE
    yield "encoding_with_comment", mail(text, BASE64 + " ; x=y", body=data), FINE
    yield "encoding_unknown", mail(text, "Content-Transfer-Encoding: rot13", body=WORDS), FINE
    yield "encoding_uuencode", mail(text, "Content-Transfer-Encoding: x-uuencode", body=WORDS), FINE
    yield "encoding_twice", mail(text, BASE64, "Content-Transfer-Encoding: 7bit", body=data), FINE
    quoted = "Content-Transfer-Encoding: quoted-printable"
    yield "quoted_printable_broken", mail(text, quoted, body=WORDS + " =ZZ =\r\n="), FINE
    yield "quoted_printable_nul", mail(text, quoted, body=WORDS + "=00=00"), FINE
    yield "quoted_printable_equals", mail(text, quoted, body="=" * 100_000), Claims()
    yield "quoted_printable_soft_ends", mail(text, quoted, body="a=\r\n" * 50_000), Claims()


def _kinds() -> Iterator[Made]:
    for name, kind, file in (
        ("tnef", 'application/ms-tnef; name="winmail.dat"', "winmail.dat"),
        ("tnef_without_name", "application/ms-tnef", "attachment-1.dat"),
        (
            "smime_enveloped",
            'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
            "smime.p7m",
        ),
        ("calendar", "text/calendar; method=REQUEST; charset=utf-8", "attachment-1.ics"),
        ("vcard", "text/vcard", "attachment-1.bin"),
        ("svg", 'image/svg+xml; name="a.svg"', "a.svg"),
        ("html_as_file", 'text/html; name="a.html"', "a.html"),
        ("type_empty", "", None),
        ("type_without_slash", "plain", None),
        ("type_with_control", "text/\x01plain", "attachment-1.bin"),
        ("type_of_slashes", "////", "attachment-1.bin"),
        ("type_of_2000", "x/" + "y" * 2_000, "attachment-1.bin"),
        ("type_with_script", "<script>/x", "attachment-1.bin"),
    ):  # fmt: skip
        files = (file,) if file else ()
        yield f"kind_{name}", mail(f"Content-Type: {kind}", body=WORDS), Claims(files=files)
    yield (
        "uuencoded_in_words",
        mail(body=f"{WORDS}\r\nbegin 644 a.exe\r\n#86%A\r\n`\r\nend\r\n"),
        FINE,
    )
    signed = parts(
        plain(), part('application/pkcs7-signature; name="smime.p7s"', "x"), kind="signed"
    )
    yield "smime_signed", mail(*_split(signed)), Claims(says=WORDS, files=("smime.p7s",))
    pgp = parts(
        part("application/pgp-encrypted", "Version: 1"),
        part("application/octet-stream", "x"),
        kind="encrypted",
    )
    yield (
        "pgp_encrypted",
        mail(*_split(pgp)),
        Claims(files=("attachment-1.bin", "attachment-2.bin")),
    )
    bomb = part('application/zip; name="bomb.zip"', encoded(zip_bomb()), BASE64)
    yield "zip_bomb", mail(*_split(parts(plain(), bomb))), Claims(says=WORDS, files=("bomb.zip",))


@cache
def zip_bomb() -> bytes:
    """Make a small file that unpacks to fifty megabytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nothing", b"\0" * 50_000_000)
    return out.getvalue()


def _big() -> Iterator[Made]:
    yield "bytes_26_million", mail(body=b"x" * 26 * 1024 * 1024), Claims(code="too_big")
    killer = Claims(killer=True)
    yield "line_breaks_24_million", mail(body=b"\n" * 24_000_000), killer
    yield "one_line_of_24_million", mail(body=b"x" * 24_000_000), killer
    yield "file_of_24_million", mail(BASE64, "Content-Type: a/b", body=b"QUJD" * 6_000_000), killer
    yield "lines_of_quote_marks", mail(body=b">\n" * 5_000_000), killer
    html = "Content-Type: text/html"
    yield "html_190000_open", mail(html, body=b"<div>" * 190_000 + WORDS.encode()), FINE
    yield "html_formatting_nested", mail(html, body=b"<b><i><a>" * 50_000 + WORDS.encode()), FINE
    yield "html_lists_nested", mail(html, body=b"<ul><li>" * 50_000 + WORDS.encode()), FINE
    deep = nested(19).replace(WORDS.encode(), b"\n--=b0=x" * 2_000_000)
    yield "false_marks_at_depth", deep, Claims(killer=True)
    yield (
        "words_of_utf32",
        mail(
            "Content-Type: text/plain; charset=utf-32",
            BASE64,
            body=encoded(("x" * 500_000).encode("utf-32")),
        ),
        Claims(killer=True),
    )
