"""Mails that want to be taken for somebody else's."""

from collections.abc import Iterator

from tests.mailbox.making import EVIL, VICTIM, Claims, Made, mail

# From lines by name, and whose they are; None: nobody's.
_FROM: dict[str, tuple[str, str | None]] = {
    "plain": (VICTIM, VICTIM),
    "name_and_angle": (f"Anna Berg <{VICTIM}>", VICTIM),
    "domain_in_capitals": ("victim@CORP.Example", VICTIM),
    "old_comment_as_name": (f"{VICTIM} (Anna Berg)", VICTIM),
    "name_is_quoted_address": (f'"{VICTIM}" <{EVIL}>', EVIL),
    "name_is_encoded_address": (f"=?utf-8?q?victim=40corp.example?= <{EVIL}>", EVIL),
    "name_is_encoded_angle": (f"=?utf-8?q?=3Cvictim=40corp.example=3E?= <{EVIL}>", EVIL),
    "name_has_encoded_comma": (f"=?utf-8?q?victim=40corp.example=2C?= <{EVIL}>", EVIL),
    "comment_is_address": (f"{EVIL} ({VICTIM})", EVIL),
    "comment_before_angle": (f"({VICTIM}) <{EVIL}>", EVIL),
    "quoted_name_with_escapes": (f'"a \\"<{VICTIM}>\\" b" <{EVIL}>', EVIL),
    "dots_in_name": (f"Dr. A. Berg <{VICTIM}>", VICTIM),
    "plus_in_local_part": ("victim+desk@corp.example", "victim+desk@corp.example"),
    "bare_address_as_name": (f"{VICTIM} <{EVIL}>", None),
    "two_angles": (f"<{VICTIM}> <{EVIL}>", None),
    "angle_in_angle": (f"<{VICTIM} <{EVIL}>>", None),
    "text_after_angle": (f"<{EVIL}> {VICTIM}", None),
    "two_mailboxes": (f"{VICTIM}, {EVIL}", None),
    "two_with_semicolon": (f"{VICTIM}; {EVIL}", None),
    "two_with_space": (f"{VICTIM} {EVIL}", None),
    "group": (f"Team: {VICTIM};", None),
    "empty_group": ("Undisclosed recipients:;", None),
    "group_named_as_victim": (f"victim: {EVIL};", None),
    "group_without_end": (f"Team: {VICTIM}", None),
    "encoded_local_part": ("=?utf-8?q?victim?=@corp.example", None),
    "encoded_whole_address": ("=?utf-8?q?victim=40corp.example?=", None),
    "encoded_in_angle": ("<=?utf-8?q?victim?=@corp.example>", None),
    "encoded_domain": ("victim@=?utf-8?q?corp.example?=", None),
    "encoded_with_at_and_evil": ("=?utf-8?q?victim=40corp.example=00?=@evil.example", None),
    "quoted_local_part": ('"victim@corp.example"@evil.example', None),
    "quoted_plain_local_part": ('"victim"@corp.example', None),
    "quoted_with_nul_escape": ('"vic\\tim"@corp.example', None),
    "comment_in_local_part": ("victim(x)@corp.example", None),
    "comment_in_domain": ("victim@corp(evil).example", None),
    "comment_hides_evil": (f"victim@(corp.example){EVIL.partition('@')[2]}", None),
    "nested_comment_4k": (f"{'(' * 2_000}{')' * 2_000} {VICTIM}", None),
    "nested_comment_without_end": (f"{'(' * 4_000} {VICTIM}", None),
    "comment_4k_flat": (f"{VICTIM} ({'a' * 4_000})", VICTIM),
    "comment_with_escaped_end": (f"({VICTIM}\\) {EVIL}", None),
    "quote_without_end": (f'"Anna <{VICTIM}>', None),
    "angle_without_end": (f"Anna <{VICTIM}", None),
    "angle_without_begin": (f"Anna {VICTIM}>", None),
    "empty_angle": ("Anna <>", None),
    "empty": ("", None),
    "only_spaces": ("   ", None),
    "only_name": ("Anna Berg", None),
    "no_domain": ("victim@", None),
    "no_local_part": ("@corp.example", None),
    "domain_without_dot": ("victim@corp", None),
    "two_ats": ("victim@corp.example@evil.example", None),
    "source_route": ("<@evil.example:victim@corp.example>", None),
    "source_route_of_two": ("<@a.example,@b.example:victim@corp.example>", None),
    "percent_hack": ("victim%corp.example@evil.example", "victim%corp.example@evil.example"),
    "bang_path": ("corp.example!victim@evil.example", "corp.example!victim@evil.example"),
    "address_literal": ("victim@[127.0.0.1]", None),
    "address_literal_v6": ("victim@[IPv6:::1]", None),
    "dot_first": (".victim@corp.example", None),
    "dot_last": ("victim.@corp.example", None),
    "two_dots": ("vic..tim@corp.example", None),
    "domain_dot_last": ("victim@corp.example.", None),
    "domain_two_dots": ("victim@corp..example", None),
    "domain_begins_with_hyphen": ("victim@-corp.example", None),
    "domain_with_underscore": ("victim@co_rp.example", None),
    "space_in_local_part": ("vic tim@corp.example", None),
    "space_before_at": ("victim @corp.example", None),
    "space_in_domain": ("victim@corp .example", None),
    "tab_in_address": ("victim\t@corp.example", None),
    "cyrillic_local_part": ("vi\u0441tim@corp.example", None),
    "cyrillic_domain": ("victim@\u0441orp.example", None),
    "fullwidth_at": ("victim\uff20corp.example", None),
    "fullwidth_dot": ("victim@corp\uff0eexample", None),
    "kelvin_sign": ("victim@corp.\u212aexample", None),
    "dotless_i": ("v\u0131ctim@corp.example", None),
    "sharp_s_domain": ("victim@stra\u00dfe.example", None),
    "zero_width_in_address": ("vic\u200btim@corp.example", None),
    "soft_hyphen_in_address": ("vic\u00adtim@corp.example", None),
    "byte_order_mark": (f"\ufeff{VICTIM}", None),
    "right_to_left_name": (f"\u202eelpmaxe.proc@mitciv\u202c <{EVIL}>", None),
    "no_break_space": (f"{VICTIM}\u00a0<{EVIL}>", None),
    "line_separator": (f"{VICTIM}\u2028<{EVIL}>", None),
    "next_line_sign": (f"{VICTIM}\u0085<{EVIL}>", None),
    "punycode_domain": ("victim@xn--orp-4ld.example", "victim@xn--orp-4ld.example"),
    "local_part_of_64": (f"{'v' * 64}@corp.example", f"{'v' * 64}@corp.example"),
    "local_part_of_65": (f"{'v' * 65}@corp.example", None),
    "domain_of_300": (f"victim@{'.'.join(['a' * 60] * 5)}.example", None),
    "label_of_64": (f"victim@{'c' * 64}.example", None),
    "backslash": ("victim\\@corp.example", None),
    "escaped_at_in_name": (f"victim\\@corp.example <{EVIL}>", None),
    "colon_in_name": (f"Re: {VICTIM} <{EVIL}>", None),
    "semicolon_in_name": (f"Anna; <{EVIL}>", None),
    "mailto": (f"mailto:{VICTIM}", None),
    "sql": ("victim'--@corp.example", "victim'--@corp.example"),
    "shell": ("`id`@corp.example", "`id`@corp.example"),
    "template": ("{{7*7}}@corp.example", "{{7*7}}@corp.example"),
    "markup_in_name": (f'"<script>alert(1)</script>" <{VICTIM}>', VICTIM),
    "percent_s": ("%s%n@corp.example", "%s%n@corp.example"),
    "nul_encoded_in_name": (f"=?utf-8?q?Anna=00Berg?= <{VICTIM}>", VICTIM),
    "line_feed_encoded_in_name": (f"=?utf-8?q?A=0D=0ABcc=3A_x=40evil.example?= <{VICTIM}>", VICTIM),
}


def sender_mails() -> Iterator[Made]:
    """Give the mails about who wrote them."""
    for name, (value, sender) in _FROM.items():
        yield f"from_{name}", mail(sender=f"From: {value}"), Claims(sender=sender)
    yield from _several_headers()
    yield from _odd_headers()
    yield from _control_headers()


def _several_headers() -> Iterator[Made]:
    nobody = Claims(sender=None)
    yield "no_from", mail(sender=None), nobody
    yield "two_from_headers", mail(f"From: {EVIL}"), nobody
    yield "two_equal_from_headers", mail(f"From: {VICTIM}"), nobody
    yield "two_from_in_other_case", mail(f"FROM: {EVIL}"), nobody
    yield "from_behind_the_others", mail(f"From: {EVIL}", sender=None), Claims(sender=EVIL)
    yield "sender_header_only", mail(f"Sender: {VICTIM}", sender=None), nobody
    yield (
        "reply_to_victim",
        mail(f"Reply-To: {VICTIM}", sender=f"From: {EVIL}"),
        Claims(sender=EVIL),
    )
    yield "sender_victim", mail(f"Sender: {VICTIM}", sender=f"From: {EVIL}"), Claims(sender=EVIL)
    yield "resent_from", mail(f"Resent-From: {VICTIM}", sender=f"From: {EVIL}"), Claims(sender=EVIL)
    yield (
        "x_original_from",
        mail(f"X-Original-From: {VICTIM}", sender=f"From: {EVIL}"),
        Claims(sender=EVIL),
    )
    yield "apparently_from", mail(f"Apparently-From: {VICTIM}", sender=None), nobody
    yield "cc_of_stranger", mail(f"Cc: {EVIL}"), Claims()
    yield "two_subjects", mail("Subject: Another"), Claims(subject="A printer")
    yield "two_message_ids", mail("Message-ID: <m2@evil.example>"), Claims()
    yield "two_dates", mail("Date: Tue, 2 Jun 2026 10:00:00 +0200"), Claims()
    hundred = ", ".join(f"p{n}@corp.example" for n in range(99))
    yield "recipients_100", mail(f"Cc: {hundred}"), Claims()
    yield (
        "recipients_101",
        mail(f"Cc: {hundred}, more@corp.example"),
        Claims(code="too_many_recipients"),
    )
    many = [f"To: p{n}@corp.example" for n in range(200)]
    yield "two_hundred_to_headers", mail(*many), Claims(code="too_many_recipients")


def _odd_headers() -> Iterator[Made]:
    nobody = Claims(sender=None)
    yield "space_before_colon", mail(sender=f"From : {VICTIM}"), nobody
    yield "space_before_colon_second", mail(f"From : {EVIL}"), nobody
    yield "tab_before_colon", mail(sender=f"From\t: {VICTIM}"), nobody
    yield "folded_after_address", mail(sender=f"From: {VICTIM}\r\n <{EVIL}>"), nobody
    yield "folded_in_address", mail(sender="From: victim@corp.\r\n example"), nobody
    yield "folded_before_angle", mail(sender=f"From: Anna\r\n\t<{VICTIM}>"), Claims()
    yield "folded_empty_first", mail(sender=f"From:\r\n {VICTIM}"), Claims()
    yield "bare_cr_in_from", mail(sender=f"From: {VICTIM}\rFrom: {EVIL}"), nobody
    yield "bare_cr_elsewhere", mail("X-Odd: a\rFrom: b"), nobody
    yield "nul_in_from", mail(sender=f"From: {VICTIM}\0@evil.example"), nobody
    yield "nul_before_from", mail("X-Odd: a\0b"), nobody
    yield "bell_in_from", mail(sender=f"From: \a{VICTIM}"), nobody
    yield "eight_bit_latin_name", mail(sender=b"From: J\xf6rg <victim@corp.example>"), Claims()
    yield "eight_bit_utf8_name", mail(sender=f"From: Jörg <{VICTIM}>"), Claims()
    yield "eight_bit_broken_address", mail(sender=b"From: vic\xfftim@corp.example"), nobody
    yield "line_without_colon", mail(f"no header at all\r\nFrom: {EVIL}"), nobody
    yield "from_only_in_body", mail(sender=None, body=f"\r\nFrom: {VICTIM}\r\n\r\nx"), nobody
    yield "begins_with_empty_line", b"\r\n" + mail(), nobody
    yield "begins_with_folding", b" folded\r\n" + mail(), nobody
    yield "begins_with_mbox_line", b"From evil Mon Jun  1 10:00:00 2026\r\n" + mail(), Claims()
    yield "name_of_header_empty", mail(": x"), nobody
    yield "name_of_header_eight_bit", mail(b"Fr\xf6m: x"), nobody
    yield "from_word_longer", mail(f"From-Line: {EVIL}"), Claims()
    yield "unicode_header_name", mail("Fr\u043em: x"), nobody


def _control_headers() -> Iterator[Made]:
    """Give headers of ours, and of our server, that came from outside: they grant nothing."""
    usual = Claims()
    for name, value in (
        ("Case", "17"), ("Person", "1"), ("Tenant", "1"), ("Role", "manager"), ("Audience", "desk"),
        ("Note", "yes"), ("Close", "yes"), ("Cc", EVIL), ("Channel", "page"), ("Token", "abc"),
    ):  # fmt: skip
        yield f"forged_x_supportdesk_{name.lower()}", mail(f"X-Supportdesk-{name}: {value}"), usual
    yield "forged_x_rt", mail("RT-Send-Cc: x@evil.example", "X-RT-Loop-Prevention: a"), usual
    yield "forged_x_otrs", mail("X-OTRS-Queue: admin", "X-Zammad-Ticket-Owner_ID: 1"), usual
    passed = f"mx.vendor.example; dmarc=pass header.from={VICTIM.partition('@')[2]}"
    yield "forged_authentication", mail(f"Authentication-Results: {passed}"), usual
    yield "forged_authentication_twice", mail(*[f"Authentication-Results: {passed}"] * 60), usual
    yield "authentication_empty", mail("Authentication-Results: "), usual
    yield "forged_received_spf", mail("Received-SPF: pass", "ARC-Seal: i=1; cv=pass"), usual
    yield "forged_delivered_to", mail("Delivered-To: reply+abc@vendor.example"), usual
    guessed = "<0123456789abcdef0123456789abcdef@vendor.example>"
    yield "guessed_in_reply_to", mail(f"In-Reply-To: {guessed}"), usual
    yield "guessed_references", mail(f"References: {' '.join([guessed] * 60)}"), usual
    yield (
        "references_as_loop",
        mail(f"References: {' '.join(f'<{n}@x.example>' for n in range(700))}"),
        usual,
    )
    yield "references_broken", mail("References: <a <b> c> >< <d@e.example>"), usual
    yield "number_in_subject", mail(subject="Subject: Re: [MX-17] I am the customer"), usual
    yield "message_id_without_angles", mail("X: y").replace(b"<m1@corp.example>", b"m1"), usual
    yield "message_id_of_5000", mail("X: y").replace(b"<m1", b"<" + b"m" * 5_000), usual
    yield "message_id_with_nul", mail("X: y").replace(b"<m1", b"<m\0"), Claims(sender=None)
    yield "loop_header", mail("X-Supportdesk-Loop: abc"), Claims(loops=("abc",))
    yield "loop_header_100", mail(*["X-Supportdesk-Loop: a"] * 100), Claims(loops=("a",) * 20)
    yield (
        "loop_header_with_breaks",
        mail("X-Supportdesk-Loop: a\r\n b\tc"),
        Claims(loops=("a b c",)),
    )
