"""Mails whose charsets lie, and whose files have names that lead astray."""

from collections.abc import Iterator

from tests.mailbox.making import EVIL, WORDS, Claims, Made, encoded, mail, part, parts, plain

FINE = Claims(says=WORDS)
BASE64 = "Content-Transfer-Encoding: base64"
TEXT = "Content-Type: text/plain; charset="


def word_mails() -> Iterator[Made]:
    """Give the mails about words, subjects and names of files."""
    yield from _charsets()
    yield from _subjects()
    yield from _names()
    yield from _signs()
    yield from _quotes()


def _charsets() -> Iterator[Made]:
    for name in (
        "x-unknown", "utf-7", "unicode-escape", "raw_unicode_escape", "idna", "punycode", "hex",
        "zlib", "bz2", "rot13", "base64", "undefined", "mbcs", "utf-8-sig", "string-escape",
        "../../etc/passwd", "os.system", "%s", "", "a" * 500, "None", "0", "uu", "quopri",
    ):  # fmt: skip
        label = name[:12].replace("/", "_").replace(".", "_").replace("%", "_") or "empty"
        yield f"charset_{label}", mail(f"{TEXT}{name}", body=WORDS), FINE
    yield (
        "charset_utf7_markup",
        mail(f"{TEXT}utf-7", body="+ADw-script+AD4-"),
        Claims(says="+ADw-script", never=("<script",)),
    )
    yield "charset_quoted", mail(f'{TEXT}"utf-8"', body=WORDS), FINE
    yield "charset_single_quoted", mail(f"{TEXT}'utf-8'", body=WORDS), FINE
    yield "charset_with_language", mail(f"{TEXT}utf-8*en", body=WORDS), FINE
    yield "latin1_said_utf8", mail(f"{TEXT}utf-8", body=b"Gr\xfc\xdfe " + WORDS.encode()), FINE
    yield "utf8_said_ascii", mail(f"{TEXT}us-ascii", body=f"Grüße {WORDS}"), Claims(says="Grüße")
    yield "utf8_said_nothing", mail(body=f"Grüße {WORDS}"), Claims(says="Grüße")
    yield "cp1252_said_latin1", mail(f"{TEXT}iso-8859-1", body=b"\x93Hi\x94"), Claims(says="“Hi”")
    yield "broken_utf8", mail(f"{TEXT}utf-8", body=b"\xff\xfe\xc3( " + WORDS.encode()), FINE
    yield (
        "overlong_utf8",
        mail(f"{TEXT}utf-8", body=b"\xc0\xbcscript\xc0\xbe " + WORDS.encode()),
        FINE,
    )
    yield "utf8_surrogates", mail(f"{TEXT}utf-8", body=b"\xed\xa0\x80 " + WORDS.encode()), FINE
    yield "utf16", mail(f"{TEXT}utf-16", BASE64, body=encoded(WORDS.encode("utf-16"))), FINE
    yield (
        "utf16_half",
        mail(f"{TEXT}utf-16le", BASE64, body=encoded(WORDS.encode("utf-16-le")[:-1])),
        Claims(),
    )
    yield (
        "utf16_lone_surrogate",
        mail(f"{TEXT}utf-16le", BASE64, body=encoded(b"\x00\xd8a\x00")),
        Claims(),
    )
    yield "utf32", mail(f"{TEXT}utf-32", BASE64, body=encoded(WORDS.encode("utf-32"))), FINE
    yield (
        "utf32_beyond",
        mail(f"{TEXT}utf-32le", BASE64, body=encoded(b"\xff\xff\xff\xff" * 50)),
        Claims(),
    )
    yield (
        "iso2022_without_end",
        mail(f"{TEXT}iso-2022-jp", body=b"\x1b$B$3$l " + b"\x1b" * 50),
        Claims(),
    )
    yield "iso2022_kr", mail(f"{TEXT}iso-2022-kr", body=b"\x1b$)C\x0e\x0f\x0e"), Claims()
    yield "gb18030_broken", mail(f"{TEXT}gb2312", body=b"\x81\x30\x81 " + WORDS.encode()), Claims()
    yield "big5_broken", mail(f"{TEXT}big5", body=b"\xff\xff\xa1 "), Claims()
    yield (
        "html_other_charset",
        mail(
            "Content-Type: text/html; charset=utf-8", body=f'<meta charset="utf-7"><p>{WORDS}</p>'
        ),
        FINE,
    )


def _subjects() -> Iterator[Made]:
    for name, value, shown in (
        ("missing", None, ""),
        ("empty", "", ""),
        ("spaces", "    ", ""),
        ("encoded_break", f"=?utf-8?q?Hi=0D=0ABcc:_{EVIL}?=", f"Hi Bcc: {EVIL}"),
        ("encoded_nul", "=?utf-8?q?a=00b?=", "a b"),
        ("encoded_bell", "=?utf-8?q?a=07b?=", "a b"),
        ("encoded_escape", "=?utf-8?q?=1B[31mred?=", "[31mred"),
        ("right_to_left", "\u202egnp.exe", "gnp.exe"),
        ("isolates", "\u2066a\u2069b", "ab"),
        ("zero_width", "in\u200bvoice", "invoice"),
        ("tags_of_language", "a\u2028b", "ab"),
        ("markup", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("template", "{{ 7*7 }} {% debug %}", "{{ 7*7 }} {% debug %}"),
        ("percent", "%(secret)s %n %s", "%(secret)s %n %s"),
        ("braces", "{0.__class__} {name}", "{0.__class__} {name}"),
        ("word_unknown_charset", "=?x-none?q?abc?=", "abc"),
        ("word_utf7", "=?utf-7?q?+ADw-b+AD4-?=", "+ADw-b+AD4-"),
        ("word_bad_base64", "=?utf-8?b?!!!?= x", "x"),
        ("word_one_sign", "=?utf-8?b?A?= x", "=?utf-8?b?A?= x"),
        ("word_other_encoding", "=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("word_without_end", "=?utf-8?q?abc", "=?utf-8?q?abc"),
        ("word_with_spaces", "=?utf-8?q?a b c?=", "a b c"),
        ("word_in_word", "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=", "=?utf-8?q?x?="),
        ("sign_over_two_words", "=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("words_of_two_charsets", "=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=FC?=", "üü"),
        ("word_with_language", "=?utf-8*en?q?abc?=", "abc"),
        ("utf8_raw", "Grüße", "Grüße"),
        ("latin1_raw", b"Gr\xfc\xdfe", "Grüße"),
        ("csv_formula", "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
        ("of_5000", "a" * 5_000, "a" * 1_000),
    ):  # fmt: skip
        line = (
            None
            if value is None
            else b"Subject: " + (value if isinstance(value, bytes) else value.encode())
        )
        yield f"subject_{name}", mail(subject=line), Claims(subject=shown)


def _names() -> Iterator[Made]:
    for name, parameter, file in (
        ("traversal", 'filename="../../../etc/passwd"', "passwd"),
        ("traversal_backslashes", r'filename="..\\..\\windows\\win.ini"', "win.ini"),
        ("absolute", 'filename="/etc/cron.d/x"', "x"),
        ("drive", 'filename="C:autoexec.bat"', "C_autoexec.bat"),
        ("dots", 'filename=".."', "attachment-1.bin"),
        ("hidden", 'filename=".htaccess"', "htaccess"),
        ("zero_width_hidden", "filename*=utf-8''%E2%80%8B.htaccess", "htaccess"),
        ("nul", "filename*=utf-8''a.php%00.png", "a.php .png"),
        ("line_breaks", "filename*=utf-8''a%0D%0ASet-Cookie:%20b.txt", "a Set-Cookie_ b.txt"),
        ("right_to_left", "filename*=utf-8''a%E2%80%AEgpj.exe", "agpj.exe"),
        (
            "markup",
            'filename="<img src=x onerror=alert(1)>.png"',
            "_img src=x onerror=alert(1)_.png",
        ),
        ("quotes", r'filename="a\"b.txt"', "a_b.txt"),
        ("of_4000", f'filename="{"a" * 4_000}.pdf"', "a" * 116 + ".pdf"),
        ("of_4000_without_end", f'filename="{"a" * 4_000}"', "a" * 120),
        ("long_ending", f'filename="a.{"b" * 200}"', ("a." + "b" * 200)[:120]),
        ("empty", 'filename=""', "attachment-1.bin"),
        ("spaces", 'filename="   "', "attachment-1.bin"),
        ("only_dots_and_spaces", 'filename=". . ."', "attachment-1.bin"),
        ("trailing_dot", 'filename="a.exe. "', "a.exe"),
        ("stream", 'filename="a.txt:evil.exe"', "a.txt_evil.exe"),
        ("device", 'filename="CON"', "CON"),
        ("encoded_word", 'filename="=?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?="', "Grüße.pdf"),
        ("rfc2231", "filename*=utf-8'de'Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
        (
            "rfc2231_pieces",
            "filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe; filename*2=.pdf",
            "Grüße.pdf",
        ),
        ("rfc2231_piece_missing", "filename*0=a; filename*2=c.pdf", "ac.pdf"),
        ("rfc2231_other_order", "filename*1=b.pdf; filename*0=a", "ab.pdf"),
        ("rfc2231_number_huge", "filename*999999999999=a; filename=b.pdf", "b.pdf"),
        ("rfc2231_no_charset", "filename*=a.pdf", "a.pdf"),
        ("rfc2231_bad_percent", "filename*=utf-8''a%ZZ%.pdf", "a%ZZ%.pdf"),
        ("rfc2231_unknown_charset", "filename*=x-none''a%FC.pdf", "aü.pdf"),
        ("rfc2231_and_plain", "filename=plain.pdf; filename*=utf-8''better.pdf", "better.pdf"),
        ("twice", "filename=a.pdf; filename=b.exe", "a.pdf"),
        ("unquoted_spaces", "filename=a b c.pdf", "a b c.pdf"),
        ("semicolon_in_quotes", 'filename="a;b=c.pdf"', "a;b=c.pdf"),
        ("quote_without_end", 'filename="a.pdf', "attachment-1.bin"),
        ("homoglyph_slash", "filename*=utf-8''..%E2%88%95etc%E2%88%95passwd", "∕etc∕passwd"),
        ("emoji", "filename*=utf-8''%F0%9F%98%80.png", "😀.png"),
        ("shell", 'filename="$(id);`id`.sh"', "$(id);`id`.sh"),
        ("template", 'filename="{{7*7}}%s.txt"', "{{7_7}}%s.txt"),
    ):  # fmt: skip
        head, body = parts(
            plain(),
            part("application/octet-stream", "x", f"Content-Disposition: attachment; {parameter}"),
        )
        yield f"file_{name}", mail(head, body=body), Claims(says=WORDS, files=(file,))
    many = "; ".join(f"filename*{n}=a" for n in range(900))
    head, body = parts(plain(), part("a/b", "x", f"Content-Disposition: attachment; {many}"))
    yield "file_900_pieces", mail(head, body=body), Claims(files=("a" * 100,))


def _signs() -> Iterator[Made]:
    text = f"{TEXT}utf-8"
    yield "body_nul", mail(text, body=f"\0{WORDS}\0"), Claims(fresh=WORDS)
    yield "body_controls", mail(text, body=f"\x1b[2J{WORDS}\x07"), FINE
    yield "body_bare_cr", mail(text, body=f"a\r{WORDS}\rb"), Claims(fresh=f"a\n{WORDS}\nb")
    yield "body_form_feed", mail(text, body=f"\f{WORDS}"), Claims(fresh=WORDS)
    yield "body_byte_order_mark", mail(text, body=f"\ufeff{WORDS}"), Claims(fresh=WORDS)
    yield "body_only_spaces", mail(text, body=" \r\n\t\r\n "), Claims()
    yield "body_combining_marks", mail(text, body="Z" + "\u0351" * 5_000), Claims()
    yield "body_right_to_left", mail(text, body=f"\u202e{WORDS}"), FINE
    yield "body_no_characters", mail(text, body=f"\ufffe\uffff{WORDS}"), FINE
    yield (
        "body_template",
        mail(text, body="{{ secret }} {% load x %} %(a)s {0}"),
        Claims(fresh="{{ secret }} {% load x %} %(a)s {0}"),
    )
    yield (
        "flowed",
        mail(f"{text}; format=flowed", body="It does \r\nnot start.\r\n"),
        Claims(fresh="It does not start."),
    )
    yield "flowed_endless", mail(f"{text}; format=flowed", body="a \r\n" * 50_000), Claims()


def _quotes() -> Iterator[Made]:
    said = f"{WORDS}\n\nOn Mon, 1 Jun 2026 at 10:00, Desk <d@vendor.example> wrote:\n> Which one?\n"
    yield "quote_english", mail(body=said), Claims(fresh=WORDS)
    yield (
        "quote_only",
        mail(body="> all of it\n> is quoted\n"),
        Claims(fresh="> all of it\n> is quoted"),
    )
    yield (
        "quote_marker_first",
        mail(body="--- Please reply above this line ---\nold"),
        Claims(says="old"),
    )
    yield "quote_20000_levels", mail(body=">" * 20_000 + "\n" + WORDS), Claims(fresh=WORDS)
    yield "quote_30000_lines", mail(body=("> a\nb\n" * 15_000)), Claims()
    yield "quote_intros_10000", mail(body="On a wrote:\n" * 10_000), Claims()
    yield "quote_from_blocks_10000", mail(body="x\nFrom: a\n" * 10_000), Claims()
    yield (
        "quote_markers_10000",
        mail(body="> --- Please reply above this line ---\n" * 10_000 + WORDS),
        Claims(fresh=WORDS),
    )
    yield "quote_intro_of_100_kb", mail(body="On " + "a" * 100_000 + " wrote:\n> x\n"), Claims()
    yield "quote_rules", mail(body="-" * 100_000 + "\n" + "_" * 100_000), Claims()
    yield "quote_dashes_and_words", mail(body=("--- " * 3_000 + "\n") * 20), Claims()
