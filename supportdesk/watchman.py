"""The watchman: a thread of every web process that tells people when nobody watches the clocks.

It neither needs beat nor workers, for it is them that it looks after, and so it sends its mail
itself. However many processes there are, one of them tells, once; and once more when all is well.
"""

import logging
import threading
from collections.abc import Sequence
from contextlib import nullcontext

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.pulses import Pulse, claim_alarm, claim_all_clear, confirm_alarm, pulses
from accounts.queries import operators_tenant
from accounts.tenancy import tenant

log = logging.getLogger(__name__)

ROUND_SECONDS = 15.0
# After a start the parts have so long to show up before anybody is woken.
FIRST_ROUND_SECONDS = 120.0


def start_watchman() -> threading.Thread:
    """Begin the rounds of this process; they end with it."""
    thread = threading.Thread(target=_rounds, name="watchman", daemon=True)
    thread.start()
    return thread


def _rounds() -> None:
    rest = threading.Event()
    rest.wait(FIRST_ROUND_SECONDS)
    while True:
        make_round()
        rest.wait(ROUND_SECONDS)


def make_round() -> None:
    """Look round, and outlive whatever goes wrong at it."""
    try:
        look_round()
    # Whatever it is: a thread that ended would leave the desk unwatched, and nobody would know.
    except Exception:
        log.exception("the watchman could not do his round")
        connection.close()


def look_round() -> None:
    """Tell the operators of every part that is missing, and of every one that is back, once."""
    for pulse in pulses().values():
        if pulse.is_missing and claim_alarm(pulse.name):
            log.error("%s is missing: last seen at work %s", pulse.name, pulse.done_at)
            if _tell(_("%(part)s is missing") % {"part": pulse.name}, _missing_words(pulse)):
                confirm_alarm(pulse.name)
            else:
                claim_all_clear(pulse.name)  # so that the next round tries again
        elif not pulse.is_missing and claim_all_clear(pulse.name):
            log.warning("%s is back", pulse.name)
            _tell(_("%(part)s is back") % {"part": pulse.name}, _("It is at work again."))


def _missing_words(pulse: Pulse) -> str:
    seen = f"{pulse.done_at:%Y-%m-%d %H:%M:%S} UTC" if pulse.done_at else _("never")
    return _(
        "Last seen at work: %(seen)s. Until it is back nobody watches the clocks: no warning and "
        "no escalation leaves, and what falls due is made up for afterwards, each step once. Look "
        "at the processes of beat and workers, at Redis, and at the page Health."
    ) % {"seen": seen}


def _tell(subject: str, body: str) -> bool:
    """Send it at once, to each address for itself; tell whether anybody has it."""
    with tenant(operators_tenant()):
        addresses = _addresses()
    # A mail server may take its time: no transaction waits for it.
    return any([_send(address, f"[supportdesk] {subject}", body) for address in addresses])


def _send(address: str, subject: str, body: str) -> bool:
    # In a demonstration it lands in a mailbox of the operators' tenant.
    inside = tenant(operators_tenant()) if _lands_in_a_mailbox() else nullcontext()
    try:
        with inside:
            send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
    except OSError:
        log.exception("the alarm could not be sent to %s", address)
        return False
    return True


def _lands_in_a_mailbox() -> bool:
    return settings.EMAIL_BACKEND == "outbox.mailbox.MailboxBackend"


def _addresses() -> Sequence[str]:
    """List who is told: ALARM_ADDRESSES, else the platform's operators."""
    if settings.ALARM_ADDRESSES:
        return settings.ALARM_ADDRESSES
    people = Person.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return list(people.values_list("email", flat=True))
