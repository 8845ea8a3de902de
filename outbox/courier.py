"""The connection to the mail server, kept for a whole pass."""

import smtplib

from django.core.mail import get_connection
from django.utils.translation import gettext as _

from outbox.letters import DeskEmail
from outbox.outcomes import SENT, Outcome, Verdict, judge, one_line
from outbox.paging import PAGE, page_carrier

# Everything that Django's mail backends let through when a server or the way to it fails.
SERVER_ERRORS = (smtplib.SMTPException, OSError)


class Courier:
    """Carries e-mails over one connection: opened when first needed, and again after an error."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._pages = page_carrier()
        self.unreachable = ""  # why, once the server could not be reached

    def __enter__(self) -> "Courier":
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def is_ready(self) -> bool:
        """Connect unless connected. When that fails, `unreachable` says why (a password, too)."""
        try:
            self._backend.open()
        except SERVER_ERRORS as error:
            self._close()
            why = _("The mail server cannot be reached: %(error)s")
            self.unreachable = one_line(why % {"error": error})
            return False
        return True

    def send(self, email: DeskEmail) -> Outcome:
        """Send one e-mail, once. No transaction may be open, for servers take their time."""
        if email.channel == PAGE and self._pages is not None:
            return self._page(email)
        try:
            taken = self._backend.send_messages([email])
        except SERVER_ERRORS as error:
            outcome = judge(error, in_doubt=getattr(self._backend, "in_doubt", True))
            # Never on with a conversation that went wrong; the next e-mail begins a new one.
            self._close()
            return outcome
        if not taken:
            return Outcome(Verdict.TEMPORARY, _("The mail server took no message."))
        return SENT

    def _page(self, email: DeskEmail) -> Outcome:
        """Send one page by its own carrier, which is asked anew each time: pages are few."""
        try:
            taken = self._pages.send_messages([email])  # type: ignore[union-attr]
        except SERVER_ERRORS as error:
            return judge(error, in_doubt=getattr(self._pages, "in_doubt", True))
        return SENT if taken else Outcome(Verdict.TEMPORARY, _("The page was not taken."))

    def _close(self) -> None:
        try:
            self._backend.close()
        except SERVER_ERRORS:
            return  # it was closed already, which is what we want
