"""What people do about mail that waits for them, and about the mailboxes it comes to.

Whoever joins a mail to a case lets its sender speak only where the sender is known, may see the
case, and is who the mail says: proven, or vouched for by who presses. Else it is a note.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.constraints import refused_as
from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.models import Person
from accounts.secrets import seal
from accounts.tenancy import current_tenant_id
from escalation.models import EscalationRequest
from escalation.requests import request_escalation
from mailbox.confirming import letter_of
from mailbox.errors import (
    CaseNotNamed,
    CodeTaken,
    ContactNotChosen,
    MailIsDecided,
    MailIsUnread,
    NoSenderKnown,
    ReasonNotGiven,
)
from mailbox.files import send_files, take_files, with_left_out
from mailbox.letter import Letter
from mailbox.models import LOCAL_PART, Mailbox, RawMail
from mailbox.opening import open_from, weigh_for
from mailbox.queries import access_mail
from mailbox.reading import files_of
from outbox.answer_marks import ESCALATE, order_in
from tickets.actions.attaching import boxes_shut
from tickets.actions.conversation import add_note, going_on, reply_as_customer
from tickets.actions.mailing import came_by_mail
from tickets.models import Case, CaseEvent
from tickets.queries import visible_cases

State = RawMail.State
JOINABLE = (State.HELD, State.QUARANTINED, State.REFUSED, State.IGNORED)
MODEL, BOX = "mailbox.rawmail", "mailbox.mailbox"
LONGEST_REASON = 500


@transaction.atomic
def join_mail(
    *, mail_id: int, number: int | None, by: Person, at: datetime, vouched: bool = False
) -> Case:
    """Put a mail onto a case: as its sender's message where that is sure, else as a note.

    `vouched`: whoever presses knows that it is from the sender that it names. Locks the mail, then
    the case. Raises NotAllowed, NotFound, MailIsDecided, MailIsUnread, CaseNotNamed, and what the
    case refuses.
    """
    mail, letter = _waiting(mail_id, by, "log_call", at)
    case = visible_cases(by).filter(number=number).first() if number else None
    if case is None:
        raise CaseNotNamed(field="number")
    author = _author(mail, case, vouched=vouched)
    if author is None:
        case, event = _as_note(letter, case, by)
    else:
        case, event = _as_sender(letter, case, author)
    _decide(mail, State.JOINED, by=by, at=at, case=case, event=event)
    return case


@transaction.atomic
def open_from_mail(*, mail_id: int, contact: Person | None, by: Person, at: datetime) -> Case:
    """Open a case with the words of a mail for a contact, as for a caller; charged as any.

    Locks the mail, then what `open_case` locks. Raises NotAllowed, NotFound, MailIsDecided,
    MailIsUnread, ContactNotChosen, and what `open_case` raises.
    """
    mail, letter = _waiting(mail_id, by, "open_for_caller", at)
    if contact is None or contact.company is None or not contact.is_active:
        raise ContactNotChosen(field="contact")
    is_own = mail.is_trusted and mail.person_id == contact.pk
    author, head = (contact, "") if is_own else (by, _head(letter))
    with files_of(mail) as folder:
        wish = weigh_for(contact, by=by, at=at).wish
        case = open_from(letter, folder, wish=wish, by=by, author=author, head=head)
    event = CaseEvent.objects.get(case=case, seq=1)
    _decide(mail, State.OPENED, by=by, at=at, case=case, event=event)
    return case


@transaction.atomic
def log_escalation_of(
    *, mail_id: int, number: int | None, situation: str, reason: str, by: Person, at: datetime
) -> Case:
    """Log the escalation that a mail asks for, for its sender (DD-25). Locks the mail, the case.

    Raises NotAllowed, NotFound, MailIsDecided, MailIsUnread, CaseNotNamed, NoSenderKnown, and what
    `request_escalation` raises.
    """
    mail, _letter = _waiting(mail_id, by, "log_escalation", at)
    case = visible_cases(by).filter(number=number).first() if number else None
    if case is None:
        raise CaseNotNamed(field="number")
    if mail.person is None or not mail.person.is_customer:
        raise NoSenderKnown
    made = request_escalation(
        case_id=case.pk,
        situation=situation,
        reason=reason,
        way=EscalationRequest.Way.EMAIL,
        asked_by=mail.person,
        by=by,
        at=at,
    )
    _decide(mail, State.JOINED, by=by, at=at, case=case, event=made.event)
    return case


@transaction.atomic
def bin_mail(*, mail_id: int, reason: str, by: Person, at: datetime) -> RawMail:
    """Throw a mail away, with the reason; its bytes are kept. Locks it.

    Raises NotAllowed, NotFound, MailIsDecided, ReasonNotGiven.
    """
    mail = _locked(mail_id, by, "log_call")
    if not reason.strip():
        raise ReasonNotGiven(field="reason")
    _decide(mail, State.BINNED, by=by, at=at, why=reason)
    return mail


@transaction.atomic
def release_mail(*, mail_id: int, by: Person, at: datetime, vouched: bool = False) -> RawMail:
    """Have a mail read once more, as if it had just come. Locks it.

    `vouched`: whoever presses knows that it is from the sender that it names, and then it is taken
    for theirs. Raises NotAllowed, NotFound, MailIsDecided.
    """
    mail = _locked(mail_id, by, "log_call")
    named = mail.subject or mail.sender or str(mail.pk)
    mail.state, mail.why, mail.settled_at = State.RECEIVED, "", None
    mail.attempts, mail.claimed_until = 0, None
    mail.vouched_by = by if vouched else None
    mail.save(
        update_fields=["state", "why", "settled_at", "attempts", "claimed_until", "vouched_by"]
    )
    words = _("Read once more, as its sender's") if vouched else _("Read once more")
    keep_change(
        act=Change.Act.CHANGED, model=MODEL, row=mail.pk, named=named, by=by, at=at, words=words
    )
    return mail


@transaction.atomic
def save_mailbox(
    *, mailbox_id: int | None, facts: Mapping[str, Any], secrets: Mapping[str, str],
    by: Person, at: datetime,
) -> Mailbox:  # fmt: skip
    """Make a mailbox, or change one. Secrets that are "" stay as they are. Locks it.

    `facts` are fields of `Mailbox`. A new folder or server is read from its beginning. Raises
    NotAllowed, NotFound, Invalid, CodeTaken.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    mailbox = _mailbox(mailbox_id)
    if not re.fullmatch(LOCAL_PART, str(facts.get("code", mailbox.code))):
        raise Invalid(_("Use small letters, digits, dots and hyphens."), field="code")
    where = (mailbox.imap_host, mailbox.imap_folder, mailbox.imap_user)
    for name, value in facts.items():
        setattr(mailbox, name, value)
    for name, value in secrets.items():
        if value:
            setattr(mailbox, name, seal(value))
    if where != (mailbox.imap_host, mailbox.imap_folder, mailbox.imap_user):
        mailbox.imap_validity, mailbox.imap_last_uid = None, 0
    with refused_as(mailbox_code_once=CodeTaken(field="code", code=mailbox.code)):
        mailbox.save()
    act = Change.Act.CHANGED if mailbox_id else Change.Act.ADDED
    keep_change(act=act, model=BOX, row=mailbox.pk, named=mailbox.code, by=by, at=at)
    return mailbox


@transaction.atomic
def renew_hook(*, mailbox_id: int, by: Person, at: datetime) -> Mailbox:
    """Give a webhook another address: by the old one nothing comes any more. Locks the mailbox.

    Raises NotAllowed, NotFound.
    """
    if not by.may("use_admin"):
        raise NotAllowed
    mailbox = _mailbox(mailbox_id)
    mailbox.hook_serial += 1
    mailbox.save(update_fields=["hook_serial"])
    words = _("Another address for the webhook")
    keep_change(
        act=Change.Act.CHANGED, model=BOX, row=mailbox.pk, named=mailbox.code, by=by, at=at,
        words=words,
    )  # fmt: skip
    return mailbox


def _mailbox(mailbox_id: int | None) -> Mailbox:
    if mailbox_id is None:
        return Mailbox(tenant_id=current_tenant_id())
    found = Mailbox.objects.select_for_update(no_key=True).filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound
    return found


def _waiting(mail_id: int, by: Person, act: str, at: datetime) -> tuple[RawMail, Letter]:
    """Lock a mail that has words and is not decided about."""
    mail = _locked(mail_id, by, act)
    if mail.parsed is None:
        raise MailIsUnread
    return mail, letter_of(mail, at)


def _locked(mail_id: int, by: Person, act: str) -> RawMail:
    if not by.may(act):
        raise NotAllowed
    known = access_mail(by, mail_id)
    mail = RawMail.objects.select_for_update(of=("self",), no_key=True).get(pk=known.pk)
    if mail.state not in JOINABLE:
        raise MailIsDecided
    mail.tenant, mail.person, mail.mailbox = known.tenant, known.person, known.mailbox
    return mail


def _author(mail: RawMail, case: Case, *, vouched: bool) -> Person | None:
    """Find in whose name a mail is joined; None where nobody's is sure enough."""
    person = mail.person
    if person is None or not person.is_customer or not person.is_active:
        return None
    if not (mail.is_trusted or vouched):
        return None
    return person if visible_cases(person).filter(pk=case.pk).exists() else None


def _as_sender(letter: Letter, case: Case, author: Person) -> tuple[Case, CaseEvent]:
    with files_of(letter.row) as folder, boxes_shut():
        refused = take_files(letter, folder, by=author)
        body = with_left_out(letter.mail.fresh or letter.subject, refused)
        going = going_on(case.pk, author)
        case = reply_as_customer(case_id=going, by=author, body=body, at=letter.at)
        event = CaseEvent.objects.filter(case=case, by=author).latest("seq")
        came_by_mail(event, quoted=letter.mail.quoted)
        send_files(letter, case, event, by=author)
    return case, event


def _as_note(letter: Letter, case: Case, by: Person) -> tuple[Case, CaseEvent]:
    with files_of(letter.row) as folder, boxes_shut():
        refused = take_files(letter, folder, by=by)
        words = with_left_out(letter.mail.fresh or letter.subject, refused)
        case = add_note(case_id=case.pk, by=by, body=_from_whom(letter, words), at=letter.at)
        event = CaseEvent.objects.filter(case=case, by=by).latest("seq")
        send_files(letter, case, event, by=by)
    return case, event


def _from_whom(letter: Letter, words: str) -> str:
    return f"{_head(letter)}\n\n{words}".strip()


def _head(letter: Letter) -> str:
    return _("E-mail of %(sender)s:") % {"sender": letter.sender or _("somebody unknown")}


def _decide(
    mail: RawMail, state: str, *, by: Person, at: datetime, why: str = "",
    case: Case | None = None, event: CaseEvent | None = None,
) -> None:  # fmt: skip
    mail.state, mail.decided_by, mail.decided_at = state, by, at
    mail.case, mail.event = case or mail.case, event or mail.event
    mail.save(update_fields=["state", "decided_by", "decided_at", "case", "event"])
    named = mail.subject or mail.sender or str(mail.pk)
    keep_change(
        act=Change.Act.CHANGED, model=MODEL, row=mail.pk, named=named, by=by, at=at,
        words=str(State(state).label), why=why[:LONGEST_REASON],
    )  # fmt: skip


def words_for_escalation(mail: RawMail) -> str:
    """Give the words of a mail that asks for an escalation, without the order itself."""
    fresh = str((mail.parsed or {}).get("fresh", ""))
    order, rest = order_in(fresh)
    return rest if order == ESCALATE else fresh.strip()
