"""Answering by itself: seldom, never a machine, and never with a stranger's words.

Who has an account gets a row of the outbox, a stranger one mail a day that goes straight to the
server; both are counted on the mails that they answer. RFC 3834.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.places import site_url
from entitlements.registration import registering
from mailbox import verdicts
from mailbox.letter import Letter
from mailbox.models import RawMail
from mailbox.turns import one_at_a_time
from outbox.actions import Queued, queue_messages
from outbox.delivery import is_muted
from outbox.letters import AUTOMATIC, LOOP_HEADER, DeskEmail, header_line, loop_id, sender
from outbox.message_ids import new_message_id
from sla.errors import NoPolicy
from tickets.queries import visible_cases

KIND = "mail_answered"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# So many automatic answers an address gets in an hour, and strangers of one domain in a day.
ANSWERS_AN_HOUR = 3
# Strangers take no more than this part of what a vendor answers in an hour.
STRANGERS_PART = 2
STRANGERS_OF_A_DOMAIN = 20


def answer(letter: Letter, code: str) -> bool:
    """Tell the sender of a mail what became of it, unless they were told often enough.

    False where they were not, or where the mail asks that no program answers. Two that come at
    the same moment are counted one after the other: of a vendor's, one at a time.
    """
    if letter.mail.auto != "none":
        return False
    one_at_a_time(f"answers:{letter.vendor.pk}")
    is_stranger = code == verdicts.TELL_STRANGER
    if not may_answer(letter, is_stranger=is_stranger):
        return False
    letter.row.answered, letter.row.answered_at = code, letter.at
    if is_stranger:
        _post_to_stranger(letter)
    elif letter.person is not None:
        _queue(letter, code)
    return True


def may_answer(letter: Letter, *, is_stranger: bool) -> bool:
    """Tell whether an automatic answer is within what an address, a domain and a vendor get."""
    recent = RawMail.objects.filter(answered_at__gt=letter.at - HOUR)
    if recent.count() >= settings.MAIL_ANSWERS_PER_HOUR:
        return False
    if recent.filter(sender=letter.row.sender).count() >= ANSWERS_AN_HOUR:
        return False
    if not is_stranger:
        return True
    strangers = recent.filter(answered=verdicts.TELL_STRANGER).count()
    if strangers * STRANGERS_PART >= settings.MAIL_ANSWERS_PER_HOUR:
        return False
    today = RawMail.objects.filter(answered_at__gt=letter.at - DAY, answered=verdicts.TELL_STRANGER)
    if today.filter(sender=letter.row.sender).exists():
        return False
    return today.filter(sender_domain=letter.row.sender_domain).count() < STRANGERS_OF_A_DOMAIN


def _queue(letter: Letter, code: str) -> None:
    assert letter.person is not None
    refs: dict[str, int | str] = {"mail": letter.row.pk, "answer": code}
    message = Queued(
        kind=KIND,
        recipient_id=letter.person.pk,
        refs=refs | _case_of(letter),
        dedupe_key=f"{KIND}:{letter.row.pk}:{code}",
    )
    queue_messages(messages=[message], at=letter.at)


def _case_of(letter: Letter) -> dict[str, int | str]:
    """Name the case that the answer is about, where its reader may see it: they answer to it."""
    about = letter.row.about
    if about is None or letter.person is None:
        return {}
    return {"case": about.pk} if visible_cases(letter.person).filter(pk=about.pk).exists() else {}


def _post_to_stranger(letter: Letter) -> None:
    """Say how to become a customer; not a word of what they wrote, for it may be somebody else."""
    try:
        validate_email(letter.sender)
    except ValidationError:
        return
    shown = {"vendor": letter.vendor, "register": _register_link(letter)}
    email = DeskEmail(
        tenant_id=letter.vendor.pk,
        subject=header_line(f"[{letter.vendor.name}] " + _("We do not know your address")),
        body=render_to_string("mail/mail_stranger.txt", shown),
        from_email=sender(letter.vendor),
        to=[letter.sender],
        headers={
            "Message-ID": new_message_id(),
            **AUTOMATIC,
            "Auto-Submitted": "auto-replied",
            LOOP_HEADER: loop_id(letter.vendor),
        },
    )

    def send() -> None:
        if not is_muted():
            email.send()

    # It is not worth a second try: whoever writes again is told then.
    transaction.on_commit(send, robust=True)


def _register_link(letter: Letter) -> str:
    try:
        is_open = registering(letter.at).open
    except NoPolicy:
        return ""
    return site_url(letter.vendor, reverse("portal:register")) if is_open else ""
