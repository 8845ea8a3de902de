"""Django's SMTP backend, which also knows whether a broken connection may have delivered."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class WatchedSMTP(smtplib.SMTP):
    """Notes whether the server was given a message and has not answered yet."""

    in_doubt = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, text = super().data(msg)
        self.in_doubt = code == -1  # smtplib's word for a reply that it cannot read
        return code, text

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if code == 354:  # "go ahead with the text": what comes after it may be lost
            self.in_doubt = True
        return code, text


class WatchedSMTPOverTLS(WatchedSMTP, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """`EMAIL_BACKEND` for mail that really leaves; Django's own puts every lost one in doubt."""

    @property
    def connection_class(self) -> type[WatchedSMTP]:
        return WatchedSMTPOverTLS if self.use_ssl else WatchedSMTP

    @property
    def in_doubt(self) -> bool:
        return isinstance(self.connection, WatchedSMTP) and self.connection.in_doubt
