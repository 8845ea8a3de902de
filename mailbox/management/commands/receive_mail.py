import signal
import threading
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.tenancy import refuse_powerful_role
from mailbox.listener import Listener
from outbox.reply_addresses import takes_mail


class Command(BaseCommand):
    help = (
        "Listens for mail from a mail server in front of it, by SMTP or LMTP, until TERM or "
        "Ctrl-C. It checks no sender and no password: let only that server reach it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8024)
        parser.add_argument("--lmtp", action="store_true", help=_("speak LMTP instead of SMTP"))

    def handle(self, *, host: str, port: int, lmtp: bool, **_options: object) -> None:
        if not takes_mail():
            raise CommandError(_("MAIL_IN_DOMAIN is empty: this installation receives no mail."))
        refuse_powerful_role()
        listener = Listener(host=host, port=port, protocol="lmtp" if lmtp else "smtp")
        try:
            listener.start()
        except OSError as error:
            raise CommandError(str(error)) from error
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_frame: stop.set())
        self.stdout.write(_("Listening on %(host)s:%(port)d") % {"host": host, "port": port})
        stop.wait()
        listener.stop()
