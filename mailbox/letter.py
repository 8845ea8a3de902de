"""A mail while it is settled: its words, who its sender is, and how far that is believed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings

from accounts.auth import person_with_email
from accounts.models import Person, Tenant
from mailbox.models import Mailbox, RawMail
from mailbox.parsing import ParsedMail
from mailbox.trust import FORGED, PROVEN, judge_sender

NO_SUBJECT_LENGTH = 80
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Letter:
    """One mail with its row, read anew. `at` is desk time."""

    row: RawMail
    mail: ParsedMail
    vendor: Tenant
    at: datetime

    @cached_property
    def sender(self) -> str:
        """Give the address that From names; "" where it names none that can be told."""
        return self.mail.from_.address if self.mail.from_ else ""

    @cached_property
    def person(self) -> Person | None:
        """Find who of the customers or of the desk has that address."""
        person = person_with_email(self.sender) if self.sender else None
        if person is None or not person.is_active:
            return None
        person.tenant = self.vendor
        return person

    @cached_property
    def proof(self) -> str:
        """Say whether it is proven to come from there: see `mailbox.trust`."""
        return judge_sender(self.sender, self.mail.authentication, self._ours())

    @cached_property
    def is_trusted(self) -> bool:
        """Tell whether its sender is taken for who the mail says."""
        if self.proof == PROVEN:
            return True
        # Nobody vouches for a colleague: they would speak as that one.
        if self.row.vouched_by_id is not None and not self._is_of_desk:
            return True
        claimed = Mailbox.Authentication.CLAIMED
        return self.row.mailbox.authentication == claimed and self.proof != FORGED

    @property
    def is_contacts(self) -> bool:
        """Tell whether a contact wrote it, for all that is known."""
        return self.is_trusted and self.person is not None and self.person.is_customer

    @property
    def _is_of_desk(self) -> bool:
        return self.person is not None and not self.person.is_customer

    @cached_property
    def subject(self) -> str:
        return " ".join(self.mail.subject.split())[:LONGEST_SUBJECT].strip()

    @cached_property
    def recipients(self) -> list[str]:
        """List to whom it was delivered: the envelope, else what the servers on the way wrote.

        Only addresses at which this vendor receives count, wherever they stand.
        """
        known = self.row.envelope_to or [
            *self.mail.delivered_to,
            *(one.address for one in (*self.mail.to, *self.mail.cc)),
        ]
        return list(dict.fromkeys(one.strip().lower() for one in known))

    def _ours(self) -> list[str]:
        if self.row.source in (RawMail.Source.LISTENER, RawMail.Source.FILE):
            return list(settings.MAIL_AUTHSERV_IDS)
        return [self.row.mailbox.authserv_id]
