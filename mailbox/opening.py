"""A mail that opens a case: as the policy says of the channel, and never charged unasked."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.languages import spoken
from accounts.models import Person
from mailbox import verdicts
from mailbox.files import send_files, take_files, with_left_out
from mailbox.letter import NO_SUBJECT_LENGTH, Letter
from mailbox.models import RawMail
from mailbox.verdicts import State, Verdict
from sla.engine.errors import EngineError
from sla.engine.parts import MAIL_CONFIRM, MAIL_FORM
from sla.engine.policy import Policy
from sla.explain import engine_error_text
from tickets.actions.attaching import boxes_shut
from tickets.actions.mailing import EMAIL, came_by_mail
from tickets.actions.opening import open_case
from tickets.filing import Weighed, Wish, refusal_sentence, weigh
from tickets.models import Case, CaseEvent

# Two programs that write to each other open no more cases than this before a person looks.
CASES_AN_HOUR = 10


def open_by_mail(letter: Letter, folder: Path, *, by: Person) -> Verdict:
    """Open a case for the contact who wrote, hold it for their yes to the cost, or show the form.

    A refusal is told in words, with what to do.
    """
    with translation.override(spoken(by.language)):
        try:
            return _open(letter, folder, by)
        except DomainError as error:
            return _refused(str(error))
        except EngineError as error:
            return _refused(engine_error_text(error))


def weigh_mail(person: Person, letter: Letter) -> Weighed:
    """Ask what the case of a mail would be promised and cost. Writes nothing. Raises NoPolicy."""
    return weigh_for(person, by=person, at=letter.at)


def weigh_for(contact: Person, *, by: Person, at: datetime) -> Weighed:
    """Weigh the case of a mail: where the release is asked for, that of the company's newest case.

    A mail has no field for it, and whoever answers the case can set it right. Raises NoPolicy.
    """
    weighed = weigh(wish_of(contact), by=by, at=at)
    if [one.code for one in weighed.refusals] != ["release_needed"]:
        return weighed
    known = Case.objects.filter(company=contact.company, release__isnull=False)
    newest = known.select_related("release__product").order_by("-pk").first()
    if newest is None or newest.release is None:
        return weighed
    release = newest.release
    with_it = replace(weighed.wish, product=release.product, release=release)
    again = weigh(with_it, by=by, at=at)
    return weighed if again.refusals else again


def wish_of(person: Person) -> Wish:
    """Say what a contact wants to file who sends a mail: their own case, with what is preset."""
    assert person.company is not None
    return Wish(company=person.company, contact=person, channel=EMAIL)


def mail_rule(policy: Policy) -> str:
    """Say what a policy makes of a mail that would open a case; the form where it has no e-mail."""
    channel = next((one for one in policy.channels if one.code == EMAIL), None)
    return channel.mail if channel else MAIL_FORM


@transaction.atomic
def open_from(
    letter: Letter, folder: Path, *, wish: Wish, by: Person, author: Person, head: str = ""
) -> Case:
    """Open the case of a mail, with its files, which `author` is noted to have brought.

    `by` may be the desk for them. `head` goes before the words, where they are not the contact's.
    Raises what `open_case` raises.
    """
    with boxes_shut():
        refused = take_files(letter, folder, by=author)
        words = letter.mail.fresh or letter.mail.text or _nothing(letter)
        body = with_left_out(f"{head}\n\n{words}", refused)
        case = open_case(wish=wish, subject=subject_of(letter), body=body, by=by, at=letter.at)
    event = CaseEvent.objects.get(case=case, seq=1)
    came_by_mail(event, quoted=letter.mail.quoted)
    send_files(letter, case, event, by=author)
    return case


def subject_of(letter: Letter) -> str:
    """Give the case the subject of its mail, else its first words."""
    if letter.subject:
        return letter.subject
    first = next((line.strip() for line in letter.mail.fresh.splitlines() if line.strip()), "")
    return first[:NO_SUBJECT_LENGTH] or _("A mail without a subject")


def _open(letter: Letter, folder: Path, by: Person) -> Verdict:
    if by.company is None:
        return Verdict(State.REFUSED, verdicts.DESK_WRITES, answer=verdicts.TELL_DESK)
    if not (letter.mail.fresh.strip() or letter.subject or letter.mail.attachments):
        told = _("There was nothing in your e-mail.")
        return Verdict(
            State.REFUSED, verdicts.NOTHING_SAID, answer=verdicts.TELL_REFUSED, told=told
        )
    weighed = weigh_mail(by, letter)
    policy = weighed.published.policy
    rule = mail_rule(policy)
    if rule == MAIL_FORM:
        return Verdict(State.REFUSED, verdicts.USE_FORM, answer=verdicts.TELL_FORM)
    if weighed.refusals:
        return _refused("\n".join(refusal_sentence(one, policy) for one in weighed.refusals))
    charged = weighed.cost.charged if weighed.cost else 0
    if charged and rule == MAIL_CONFIRM:
        figures = {"points": charged}
        return Verdict(State.HELD, verdicts.CONFIRM_COST, figures, answer=verdicts.TELL_COST)
    if _opened_lately(letter) >= CASES_AN_HOUR:
        return Verdict(State.HELD, verdicts.TOO_OFTEN)
    case = open_from(letter, folder, wish=weighed.wish, by=by, author=by)
    return Verdict(State.OPENED, case=case, event=CaseEvent.objects.get(case=case, seq=1))


def _opened_lately(letter: Letter) -> int:
    recent = RawMail.objects.filter(sender=letter.row.sender, state=State.OPENED)
    return recent.filter(settled_at__gt=letter.at - timedelta(hours=1)).count()


def _refused(words: str) -> Verdict:
    return Verdict(State.REFUSED, verdicts.CASE_REFUSES, answer=verdicts.TELL_REFUSED, told=words)


def _nothing(letter: Letter) -> str:
    return ", ".join(one.name for one in letter.mail.attachments) or letter.subject
