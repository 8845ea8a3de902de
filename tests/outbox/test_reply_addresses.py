"""Addresses that only one recipient of one message has, and where an answer to them may go."""

from dataclasses import replace

import pytest
from django.conf import settings as live
from django.core import mail

from outbox.answer_marks import ALL_MARKS, MARKS, ORDERS, above_mark, order_in
from outbox.delivery import deliver_due
from outbox.registry import Rendered, register
from outbox.reply_addresses import Answered, read_token, reply_address

GIVEN = Answered(1042, 7, "desk")


def local_part(address):
    return address.partition("@")[0]


def test_address_tells_message_recipient_and_audience_to_its_vendor_only(alpha, beta):
    address = reply_address(alpha.tenant, GIVEN)

    assert address.endswith("@alpha.localhost")
    assert len(local_part(address)) <= 64
    assert read_token(alpha.tenant.pk, local_part(address)) == GIVEN
    assert read_token(alpha.tenant.pk, local_part(address).upper()) == GIVEN
    assert read_token(beta.tenant.pk, local_part(address)) is None


def test_no_letter_of_an_address_can_be_changed(alpha):
    good = local_part(reply_address(alpha.tenant, GIVEN))
    signs = "abcdefghijklmnopqrstuvwxyz234567"

    changed = [
        good[:place] + sign + good[place + 1 :]
        for place in range(len("reply+"), len(good))
        for sign in signs
        if sign != good[place]
    ]

    assert {read_token(alpha.tenant.pk, one) for one in changed} == {None}
    for one in (
        "reply+",
        "reply",
        good[:-1],
        good + "a",
        "reply+" + "1" * 40,
        "x" + good,
        "ſ" * 46,
    ):
        assert read_token(alpha.tenant.pk, one) is None


def test_answers_of_a_note_are_never_those_of_a_message(alpha):
    of_note = local_part(reply_address(alpha.tenant, GIVEN))
    of_message = local_part(reply_address(alpha.tenant, replace(GIVEN, audience="public")))

    mixed = of_message[:8] + of_note[8:]

    assert read_token(alpha.tenant.pk, mixed) is None


def test_key_that_was_replaced_still_reads(alpha, settings):
    address = local_part(reply_address(alpha.tenant, GIVEN))
    settings.SECRET_KEY_FALLBACKS = [live.SECRET_KEY]
    settings.SECRET_KEY = "another key" * 5

    assert read_token(alpha.tenant.pk, address) == GIVEN
    settings.SECRET_KEY_FALLBACKS = []
    assert read_token(alpha.tenant.pk, address) is None


@pytest.mark.parametrize("is_on", [True, False])
def test_message_that_takes_answers_says_where_to_and_above_which_line(
    alpha, queue, settings, is_on
):
    settings.MAIL_IN_DOMAIN = "mail.example" if is_on else ""
    rendered = Rendered(subject="s", body="Words.", answers="public", reason="")
    register("letter", may_receive=lambda *_given: True, render=lambda *_given: rendered)
    row = queue(alpha, alpha.contact, kind="letter")

    deliver_due()

    (sent,) = mail.outbox
    if not is_on:
        assert (sent.body, sent.reply_to, "+" in sent.from_email) == ("Words.", [], False)
        return
    assert sent.body == f"{MARKS['en']['customer']}\n\nWords."
    (address,) = sent.reply_to
    answered = Answered(row.pk, alpha.contact.pk, "public")
    assert read_token(alpha.tenant.pk, local_part(address)) == answered
    on_envelope = read_token(alpha.tenant.pk, local_part(sent.from_email))
    assert on_envelope == replace(answered, audience="nothing")


def test_every_language_has_its_lines_and_orders():
    assert MARKS.keys() == ORDERS.keys() == dict(live.LANGUAGES).keys()
    for marked in ALL_MARKS:
        assert above_mark(f"Yes.\n\n> {marked}\n> words") == "Yes."
    assert above_mark("Yes.\n---\nNo.") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Close.\n\nThanks!", ("close", "Thanks!")),
        ("\n  **SCHLIESSEN**\n", ("close", "")),
        ("Please close it.\nThanks", ("", "Please close it.\nThanks")),
        ("wieder öffnen\nIt is back.", ("reopen", "It is back.")),
        ("escalate\nStill down.", ("escalate", "Still down.")),
        ("", ("", "")),
    ],
)
def test_order_is_a_line_of_its_own(text, found):
    assert order_in(text) == found
