"""What becomes of a mail that was read. The order of the questions is what keeps it safe.

A machine wrote it? Who does it say it is from, and is that proven? Which message of ours does it
answer, and was that message theirs? Only then is anything said in anybody's name.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from accounts.models import Tenant
from mailbox import verdicts
from mailbox.addresses import route_of
from mailbox.answering import answer
from mailbox.bounces import note_bounces
from mailbox.letter import Letter
from mailbox.models import Mailbox, RawMail
from mailbox.opening import open_by_mail
from mailbox.parsing import ParsedMail
from mailbox.speaking import speak
from mailbox.threads import (
    Thread,
    named_cases,
    reply_tokens,
    thread_by_address,
    thread_by_reference,
)
from mailbox.trust import FORGED
from mailbox.turns import one_at_a_time
from mailbox.verdicts import State, Verdict, ignored, quarantined
from outbox.answer_marks import ESCALATE, order_in
from outbox.reply_addresses import NOTHING
from tickets.queries import visible_cases

# Two programs that write to each other say no more than this before a person looks.
JOINS_AN_HOUR = 60

CHANGED = [
    "state", "why", "figures", "told", "settled_at", "parsed", "message_id", "sender",
    "sender_domain", "subject", "is_trusted", "person", "case", "event", "about", "answered",
    "answered_at", "claimed_until",
]  # fmt: skip


@transaction.atomic
def settle(row: RawMail, mail: ParsedMail, folder: Path, *, at: datetime) -> RawMail:
    """Decide about a mail that was read, do what it says, and tell its sender where that is due.

    `row` is locked by the caller; `folder` has the files. `at` is desk time. One transaction: what
    it says is said once, or not at all.
    """
    vendor = Tenant.objects.get(pk=row.tenant_id)
    letter = Letter(row, mail, vendor, at)
    _describe(letter)
    verdict = judge(letter, folder)
    conclude(letter, verdict)
    return row


def judge(letter: Letter, folder: Path) -> Verdict:
    """Ask one question after the other, until one says what becomes of the mail."""
    for question in (_machine, _sender, _seen_before, _proof):
        verdict = question(letter)
        if verdict is not None:
            return verdict
    thread = _thread(letter)
    if isinstance(thread, Verdict):
        return thread
    return _escalation(letter, thread) or _said(letter, thread, folder)


def conclude(letter: Letter, verdict: Verdict) -> None:
    """Write down what became of a mail, and answer it."""
    row = letter.row
    row.state, row.why, row.figures = verdict.state, verdict.why, dict(verdict.figures)
    row.case, row.event, row.about = verdict.case, verdict.event, verdict.about
    row.told, row.settled_at, row.claimed_until = verdict.told, letter.at, None
    if verdict.answer and not answer(letter, verdict.answer):
        _untold(letter)
    row.save(update_fields=CHANGED)


def _untold(letter: Letter) -> None:
    """Let a person see to what a contact was not told, because they were told too often."""
    if letter.person is not None and letter.row.state == State.REFUSED:
        letter.row.state = State.HELD


def _describe(letter: Letter) -> None:
    row, mail = letter.row, letter.mail
    row.parsed = mail.to_json()
    row.message_id = mail.message_id[:250]
    row.sender = letter.sender[:320]
    row.sender_domain = letter.sender.rpartition("@")[2][:253]
    row.subject = letter.subject
    row.person = letter.person
    row.is_trusted = bool(letter.sender) and letter.is_trusted


def _machine(letter: Letter) -> Verdict | None:
    """Take note of what programs write; nothing of it is ever answered."""
    mail = letter.mail
    _tokens, answered = reply_tokens(letter)
    case = next((one.case for one in map(_thread_of(letter), answered) if one), None)
    if mail.auto == "bounce":
        note_bounces(letter, answered)
        return ignored(verdicts.BOUNCED, about=case)
    # An address of this very installation is nobody's own: a desk of ours would talk to itself.
    if mail.loops or (letter.sender and route_of(letter.sender) is not None):
        return ignored(verdicts.LOOP, about=case)
    if mail.auto in ("none", "quiet"):
        return None
    if mail.auto in ("list", "perhaps") and letter.is_contacts:
        return Verdict(State.HELD, verdicts.PERHAPS_AUTOMATIC, about=case)
    return ignored(verdicts.AUTOMATIC, about=case)


def _thread_of(letter: Letter) -> Callable:
    return lambda answered: thread_by_address(letter, answered)


def _sender(letter: Letter) -> Verdict | None:
    return None if letter.sender else quarantined(verdicts.NO_SENDER)


def _seen_before(letter: Letter) -> Verdict | None:
    """Let a mail that came by two ways count once; one that was forged before takes no place.

    What it asks of mailboxes of another kind, such as an escalation, it asks besides.
    """
    row = letter.row
    if not row.message_id:
        return None
    one_at_a_time(f"mail:{row.tenant_id}:{row.sender}:{row.message_id}")
    taken = (
        RawMail.objects.filter(message_id=row.message_id, sender=row.sender, is_trusted=True)
        .filter(mailbox__purpose=row.mailbox.purpose)
        .filter(state__in=(State.JOINED, State.OPENED, State.HELD))
        .exclude(pk=row.pk)
        .first()
    )
    return ignored(verdicts.TWICE, case=taken.case, about=taken.about) if taken else None


def _proof(letter: Letter) -> Verdict | None:
    """Hold what is not proven to be from whom it says; a stranger's is not even answered."""
    if letter.is_trusted:
        return None
    if letter.proof == FORGED:
        return quarantined(verdicts.FORGED)
    if letter.person is None:
        return Verdict(State.REFUSED, verdicts.STRANGER)
    thread = _thread(letter)
    about = thread.case if isinstance(thread, Thread) and thread.is_own else None
    return Verdict(State.HELD, verdicts.UNPROVEN, about=about)


def _thread(letter: Letter) -> Thread | Verdict | None:
    """Find what a mail answers; a verdict where somebody answers what was not theirs."""
    tokens, answered = reply_tokens(letter)
    known = [one for one in answered if one.audience != NOTHING]
    threads = [one for one in map(_thread_of(letter), known) if one is not None]
    if tokens and not answered or known and not threads:
        return quarantined(verdicts.BAD_ADDRESS)
    thread = next((one for one in threads if one.is_own), threads[0] if threads else None)
    if thread is None:
        return _by_reference(letter)
    return thread if thread.is_own else _others(letter, thread)


def _by_reference(letter: Letter) -> Thread | Verdict | None:
    thread = thread_by_reference(letter)
    if thread is None or thread.is_own:
        return thread
    # Somebody went on with what a colleague had: for a person, where they may see it at all.
    if (
        letter.person is not None
        and visible_cases(letter.person).filter(pk=thread.case.pk).exists()
    ):
        return _others(letter, thread)
    return None


def _others(letter: Letter, thread: Thread) -> Verdict:
    state = State.HELD if letter.person is not None else State.QUARANTINED
    is_known = letter.person is not None and letter.person.is_customer
    told = verdicts.TELL_HELD if is_known else ""
    return Verdict(state, verdicts.OTHER_SENDER, about=thread.case, answer=told)


def _escalation(letter: Letter, thread: Thread | None) -> Verdict | None:
    """Hold a wish for an escalation (DD-25) for the desk to log, with the case that it names."""
    person = letter.person
    if person is None or not person.is_customer:
        return None
    to_it = letter.row.mailbox.purpose == Mailbox.Purpose.ESCALATION
    if not to_it and order_in(letter.mail.fresh)[0] != ESCALATE:
        return None
    about = thread.case if thread else next(iter(named_cases(letter)), None)
    return Verdict(State.HELD, verdicts.ESCALATION, about=about, answer=verdicts.TELL_HELD)


def _said(letter: Letter, thread: Thread | None, folder: Path) -> Verdict:
    person = letter.person
    if person is None:
        return Verdict(State.REFUSED, verdicts.STRANGER, answer=verdicts.TELL_STRANGER)
    if not (person.is_customer or person.may("use_desk")):
        return Verdict(State.REFUSED, verdicts.STRANGER)
    if thread is not None:
        if _joined_lately(letter) >= JOINS_AN_HOUR:
            return Verdict(State.HELD, verdicts.TOO_OFTEN, about=thread.case)
        return speak(letter, thread, folder, by=person)
    if not person.is_customer:
        return Verdict(State.REFUSED, verdicts.DESK_WRITES, answer=verdicts.TELL_DESK)
    named = named_cases(letter)
    if named:
        return Verdict(State.HELD, verdicts.NAMES_CASE, about=named[0], answer=verdicts.TELL_HELD)
    return open_by_mail(letter, folder, by=person)


def _joined_lately(letter: Letter) -> int:
    recent = RawMail.objects.filter(sender=letter.row.sender, state=State.JOINED)
    return recent.filter(settled_at__gt=letter.at - timedelta(hours=1)).count()
