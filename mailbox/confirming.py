"""Agreeing to what the case of a mail costs, by a signed link that needs no password.

The link was mailed to the address that wrote the mail; opening it changes nothing, pressing does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.errors import NotFound
from accounts.languages import spoken
from accounts.models import Person
from accounts.tenancy import current_tenant_id
from mailbox import verdicts
from mailbox.errors import CostHasChanged, LinkIsOver
from mailbox.letter import Letter
from mailbox.models import RawMail
from mailbox.opening import open_from, weigh_for
from mailbox.parsing import ParsedMail
from mailbox.reading import files_of
from tickets.filing import Weighed, refusal_sentence
from tickets.models import Case, CaseEvent

SALT = "mailbox.confirm"
# Real time, as all tokens.
LINK_LASTS = timedelta(days=14)

State = RawMail.State


@dataclass(frozen=True)
class ToConfirm:
    """A mail whose sender is asked whether they agree, and what it would be promised and cost."""

    mail: RawMail
    person: Person
    weighed: Weighed

    @property
    def points(self) -> int:
        return self.weighed.cost.charged if self.weighed.cost else 0

    @property
    def refusals(self) -> list[str]:
        policy = self.weighed.published.policy
        return [refusal_sentence(one, policy) for one in self.weighed.refusals]


def confirm_path(mail: RawMail) -> str:
    """Make the path of the page on which the sender of a mail agrees to its cost."""
    signed = TimestampSigner(salt=SALT).sign(f"{mail.tenant_id}-{mail.pk}-{mail.person_id}")
    return reverse("mail:confirm", args=[signed.replace(":", "~")])


def read_confirm(token: str, *, at: datetime) -> ToConfirm:
    """Find what a link is about, as it is now. Raises NotFound for none, LinkIsOver."""
    mail = _mail_of(token)
    return _to_confirm(mail, at)


@transaction.atomic
def confirm_mail(*, token: str, points: int, at: datetime) -> Case:
    """Open the case of a mail whose sender agrees to `points`, what the page named. Locks the mail.

    Raises NotFound, LinkIsOver, CostHasChanged, and what `open_case` raises.
    """
    mail = _locked(_mail_of(token))
    asked = _to_confirm(mail, at)
    if asked.points != points:
        raise CostHasChanged
    letter = letter_of(mail, at)
    with translation.override(spoken(asked.person.language)), files_of(mail) as folder:
        return _open(letter, folder, asked.person)


@transaction.atomic
def drop_mail(*, token: str, at: datetime) -> None:
    """Throw away a mail whose sender does not want a case after all. Locks it.

    Raises NotFound, LinkIsOver.
    """
    mail = _locked(_mail_of(token))
    asked = _to_confirm(mail, at)
    mail.state, mail.decided_by, mail.decided_at = State.BINNED, asked.person, at
    mail.save(update_fields=["state", "decided_by", "decided_at"])


def letter_of(mail: RawMail, at: datetime) -> Letter:
    """Read a mail that was settled before, as it was kept then."""
    return Letter(mail, ParsedMail.from_json(mail.parsed or {}), mail.tenant, at)


def _open(letter: Letter, folder: Path, person: Person) -> Case:
    wish = weigh_for(person, by=person, at=letter.at).wish
    case = open_from(letter, folder, wish=wish, by=person, author=person)
    mail = letter.row
    mail.state, mail.case = State.OPENED, case
    mail.event = CaseEvent.objects.get(case=case, seq=1)
    mail.decided_by, mail.decided_at = person, letter.at
    mail.save(update_fields=["state", "case", "event", "decided_by", "decided_at"])
    return case


def _mail_of(token: str) -> RawMail:
    try:
        signed = TimestampSigner(salt=SALT).unsign(token.replace("~", ":"), max_age=LINK_LASTS)
    except SignatureExpired as error:
        raise LinkIsOver from error
    except BadSignature as error:
        raise NotFound from error
    tenant_id, mail_id, person_id = (int(part) for part in signed.split("-"))
    if tenant_id != current_tenant_id():
        raise NotFound
    found = RawMail.objects.select_related("tenant", "person__tenant", "person__company__tenant")
    mail = found.filter(pk=mail_id, person=person_id).first()
    if mail is None:
        raise NotFound
    return mail


def _to_confirm(mail: RawMail, at: datetime) -> ToConfirm:
    person = mail.person
    waits = mail.state == State.HELD and mail.why == verdicts.CONFIRM_COST
    if not waits or person is None or not person.is_active or person.company is None:
        raise LinkIsOver
    return ToConfirm(mail, person, weigh_for(person, by=person, at=at))


def _locked(mail: RawMail) -> RawMail:
    """Lock a mail and read it anew, with the people that it was read with."""
    row = RawMail.objects.select_for_update(of=("self",), no_key=True).get(pk=mail.pk)
    row.tenant, row.person = mail.tenant, mail.person
    return row
