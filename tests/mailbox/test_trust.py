"""Whose proof counts: what servers at the border really write, and what senders would like."""

import pytest

from mailbox.parsing import AuthenticationResult
from mailbox.trust import judge_sender

ADDRESS = "a@example.com"
OURS = ["mx.desk.test"]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        # As Google writes it.
        (
            "dkim=pass header.i=@example.com header.s=2026 header.b=AbC; spf=pass (desk.test: "
            "domain of a@example.com designates 192.0.2.4 as permitted sender) "
            "smtp.mailfrom=a@example.com; dmarc=pass (p=NONE sp=NONE dis=NONE) "
            "header.from=example.com; dara=pass header.i=@desk.test",
            "proven",
        ),
        # As Microsoft does, with a result of its own kind.
        (
            "spf=pass (sender IP is 192.0.2.4) smtp.mailfrom=example.com; dkim=pass (signature "
            "was verified) header.d=example.com;dmarc=pass action=none header.from=example.com;"
            "compauth=pass reason=100",
            "proven",
        ),
        # As Fastmail does: many properties.
        (
            "arc=none (no signatures found); dkim=pass (2048-bit rsa key sha256) "
            "header.d=example.com header.i=@example.com header.b=abc x-bits=2048; dmarc=pass "
            "policy.published-domain-policy=none (p=none,d=none) header.from=example.com; "
            "iprev=pass smtp.remote-ip=192.0.2.4 (x.y)",
            "proven",
        ),
        ("dkim=pass header.d=example.com", "proven"),
        ("dmarc=pass header.from=Example.COM", "proven"),
        ('dmarc=pass header.from="example.com"', "proven"),
        ("dkim=none", "unproven"),
        ("spf=pass smtp.mailfrom=a@example.com", "unproven"),
        ("dmarc=pass header.from=evil.test", "unproven"),
        ("dmarc=pass header.from=a@example.com", "unproven"),
        ("dkim=pass header.d=com", "unproven"),
        ("dkim=pass header.d=ample.com", "unproven"),
        ("dkim=fail header.d=example.com", "unproven"),
        # What a sender may have a server quote is no result.
        (
            'dkim=pass header.d=evil.test header.i="@x; dmarc=pass header.from=example.com"',
            "unproven",
        ),
        ("spf=pass (x) dmarc=pass) header.from=example.com", "unproven"),
        ("dmarc=fail header.from=example.com", "forged"),
        ("dkim=pass header.d=example.com; dmarc=fail header.from=example.com", "forged"),
        ("", "unproven"),
    ],
)
def test_sender_is_proven_by_what_our_own_server_says(said, verdict):
    results = [AuthenticationResult("mx.desk.test", f"mx.desk.test; {said}")]

    assert judge_sender(ADDRESS, results, OURS) == verdict


@pytest.mark.parametrize(
    ("servers", "verdict"),
    [
        (["mx.evil.test"], "unproven"),
        (["mx.desk.test.evil.test"], "unproven"),
        (["MX.Desk.Test"], "proven"),
    ],
)
def test_nobody_elses_server_proves_anything(servers, verdict):
    said = "dmarc=pass header.from=example.com"
    results = [AuthenticationResult(name, f"{name}; {said}") for name in servers]

    assert judge_sender(ADDRESS, results, OURS) == verdict


def test_topmost_result_counts_and_one_below_it_was_brought_along():
    results = [
        AuthenticationResult("mx.desk.test", "mx.desk.test; dmarc=fail header.from=example.com"),
        AuthenticationResult("mx.desk.test", "mx.desk.test; dmarc=pass header.from=example.com"),
    ]

    assert judge_sender(ADDRESS, results, OURS) == "forged"
    assert judge_sender(ADDRESS, results[::-1], OURS) == "proven"
    assert judge_sender(ADDRESS, results, []) == "unproven"
