"""What a mail says on a case, said by its sender through the same actions as on the pages."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.languages import spoken
from accounts.models import Person
from accounts.places import site_url
from mailbox import verdicts
from mailbox.files import send_files, take_files, with_left_out
from mailbox.letter import Letter
from mailbox.threads import Thread
from mailbox.verdicts import State, Verdict
from outbox.answer_marks import CLOSE, DESK, PUBLIC, REOPEN, above_mark, order_in, order_word
from sla.engine.errors import EngineError
from sla.explain import engine_error_text
from tickets.actions.attaching import boxes_shut
from tickets.actions.conversation import add_note, going_on, reply_as_customer, reply_to_case
from tickets.actions.ending import close_case, reopen_case
from tickets.actions.mailing import came_by_mail
from tickets.errors import CaseIsClosed
from tickets.models import Case, CaseEvent


def speak(letter: Letter, thread: Thread, folder: Path, *, by: Person) -> Verdict:
    """Say on the case of a thread what a mail says, as its sender; a refusal is told by mail."""
    if by.is_customer and thread.audience == DESK:  # they were of the desk when they got it
        return Verdict(State.HELD, verdicts.OTHER_SENDER, about=thread.case)
    say = _as_customer if by.is_customer else _as_desk
    with translation.override(spoken(by.language)):
        try:
            with transaction.atomic(), boxes_shut():
                return say(letter, thread, folder, by)
        except DomainError as error:
            return _refused(thread.case, str(error), is_closed=isinstance(error, CaseIsClosed))
        except EngineError as error:
            return _refused(thread.case, engine_error_text(error))


def refused_by_case(case: Case | None, words: str, answer: str = verdicts.TELL_REFUSED) -> Verdict:
    """Say that a case does not take it, and tell its sender why."""
    return Verdict(State.REFUSED, verdicts.CASE_REFUSES, about=case, answer=answer, told=words)


def _refused(case: Case, words: str, *, is_closed: bool = False) -> Verdict:
    if not is_closed:
        return refused_by_case(case, words)
    again = _(
        "Is it exactly the problem that you reported first? Then answer this e-mail again, with "
        "%(word)s alone on the first line and what happens below it. If it is another one, write "
        "to us anew."
    )
    word = order_word(REOPEN, translation.get_language() or "")
    told = f"{words}\n\n{again % {'word': word}}"
    return refused_by_case(case, told, verdicts.TELL_CLOSED)


def _as_customer(letter: Letter, thread: Thread, folder: Path, by: Person) -> Verdict:
    order, rest = order_in(letter.mail.fresh)
    refused = take_files(letter, folder, by=by)
    body = with_left_out(rest if order in (CLOSE, REOPEN) else letter.mail.fresh, refused)
    case_id = going_on(thread.case.pk, by)
    given: dict[str, Any] = {"case_id": case_id, "by": by, "at": letter.at}
    if order == CLOSE:
        case = close_case(body=body, **given)
    elif order == REOPEN:
        case = reopen_case(body=body or letter.mail.fresh, same_problem=True, **given)
    else:
        case = reply_as_customer(body=body or _only_files(letter), **given)
    return _joined(letter, case, by)


def _as_desk(letter: Letter, thread: Thread, folder: Path, by: Person) -> Verdict:
    body = said_by_desk(letter)
    if not body and not letter.mail.attachments:
        return Verdict(
            State.REFUSED,
            verdicts.NOTHING_SAID,
            about=thread.case,
            answer=verdicts.TELL_REFUSED,
            told=_("Nothing stood above the line of your answer, so nothing was sent."),
        )
    is_public = thread.audience == PUBLIC
    if is_public and _quotes_desk(body, letter):
        return Verdict(State.HELD, verdicts.QUOTES_DESK, about=thread.case)
    refused = take_files(letter, folder, by=by)
    words = with_left_out(body, [] if is_public else refused) or _only_files(letter)
    act = reply_to_case if is_public else add_note
    case = act(case_id=thread.case.pk, by=by, body=words, at=letter.at)
    return _joined(letter, case, by, keeps_quote=False)


def said_by_desk(letter: Letter) -> str:
    """Give what somebody of the desk wrote: above our line where there is one, else unquoted.

    What their mail quotes was written for the desk, and never goes on.
    """
    above = above_mark(letter.mail.text)
    return letter.mail.fresh.strip() if above is None else _unquoted(above, letter.mail.fresh)


def _unquoted(above: str, fresh: str) -> str:
    """Take the shorter of both readings: what leads to the quote belongs to it."""
    shorter = min((above.strip(), fresh.strip()), key=len)
    return shorter if above_mark(shorter) is None else above.strip()


def _quotes_desk(body: str, letter: Letter) -> bool:
    return site_url(letter.vendor, "/desk/") in body


def _only_files(letter: Letter) -> str:
    return ", ".join(one.name for one in letter.mail.attachments)


def _joined(letter: Letter, case: Case, by: Person, *, keeps_quote: bool = True) -> Verdict:
    event = CaseEvent.objects.filter(case=case, by=by).latest("seq")
    came_by_mail(event, quoted=letter.mail.quoted if keeps_quote else "")
    send_files(letter, case, event, by=by)
    return Verdict(State.JOINED, case=case, event=event)
