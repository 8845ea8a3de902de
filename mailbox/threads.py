"""Which case a mail belongs to: by the address it was sent to, else by a Message-ID of ours.

Never by a number alone: what names one is only ever a proposal to a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbox.letter import Letter
from outbox.answer_marks import DESK, PUBLIC
from outbox.models import OutboxMessage
from outbox.reply_addresses import NOTHING, REPLY, Answered, mail_domain, read_token
from tickets.models import Case
from tickets.queries import visible_cases

# So many ids a mail may refer to; the newest stand last.
MOST_REFERENCES = 30
MOST_NUMBERS = 3
# How far into the words somebody looks for a number.
HEAD_LENGTH = 2_000


@dataclass(frozen=True)
class Thread:
    """The message of ours that a mail answers: its case, and who reads the answer.

    `is_own`: whoever sent the mail is who had the message.
    """

    message: OutboxMessage
    case: Case
    audience: str
    is_own: bool


def reply_tokens(letter: Letter) -> tuple[list[str], list[Answered]]:
    """List the reply addresses among the recipients: what stands before the @, and what is read.

    They count only at the vendor's own domain.
    """
    domain = mail_domain(letter.vendor)
    parts = [one.rpartition("@") for one in letter.recipients]
    tokens = [local for local, _at, at in parts if at == domain and local.startswith(f"{REPLY}+")]
    read = (read_token(letter.vendor.pk, token) for token in tokens)
    return tokens, [one for one in read if one is not None]


def thread_by_address(letter: Letter, answered: Answered) -> Thread | None:
    """Find what a reply address that we made is about; None where that is gone."""
    message = (
        _of_a_case(pk=answered.message_id, recipient=answered.recipient_id)
        if answered.audience != NOTHING
        else None
    )
    if message is None:
        return None
    case = Case.objects.filter(pk=message.refs["case"]).first()
    if case is None:
        return None
    is_own = letter.person is not None and letter.person.pk == answered.recipient_id
    return Thread(message, case, answered.audience, is_own)


def thread_by_reference(letter: Letter) -> Thread | None:
    """Find the newest message of ours that a mail refers to by its Message-ID.

    One that its sender had goes first. What somebody of the desk answers so is for the desk only.
    """
    ids = [*letter.mail.references, *letter.mail.in_reply_to][-MOST_REFERENCES:]
    found = OutboxMessage.objects.filter(message_id__in=ids, refs__has_key="case").order_by("-pk")
    messages = list(found[:MOST_REFERENCES])
    person = letter.person
    own = [one for one in messages if person is not None and one.recipient_id == person.pk]
    for message in own or messages:
        case = Case.objects.filter(pk=message.refs["case"]).first()
        if case is not None:
            is_customer = person is not None and person.is_customer
            return Thread(message, case, PUBLIC if is_customer else DESK, bool(own))
    return None


def named_cases(letter: Letter) -> list[Case]:
    """List the cases whose number a mail names, of those that its sender may see."""
    if letter.person is None:
        return []
    words = f"{letter.mail.subject}\n{letter.mail.fresh[:HEAD_LENGTH]}"
    numbers = list(dict.fromkeys(_numbers(words, letter.vendor.case_prefix)))[:MOST_NUMBERS]
    found = {case.number: case for case in visible_cases(letter.person).filter(number__in=numbers)}
    return [found[number] for number in numbers if number in found]


def _numbers(words: str, prefix: str) -> Iterator[int]:
    for match in re.finditer(rf"\b{re.escape(prefix)}[-  ]?(\d{{1,9}})\b", words, re.IGNORECASE):
        yield int(match[1])


def _of_a_case(**named: object) -> OutboxMessage | None:
    return OutboxMessage.objects.filter(refs__has_key="case", **named).first()
