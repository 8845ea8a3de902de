"""The watchman: a thread of every web process that tells people when nobody watches the clocks.

It neither needs beat nor workers, for it is them that it looks after, and so it sends its mail
itself. However many processes there are, one of them tells, once; and once more when all is well.
"""

import logging
import threading
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.pulses import Pulse, claim_alarm, claim_all_clear, pulses
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
        try:
            look_round()
        except (DatabaseError, InterfaceError, OSError):
            # The next round tries again; who probes /readyz knows already.
            log.exception("the watchman could not do his round")
            connection.close()
        rest.wait(ROUND_SECONDS)


def look_round() -> None:
    """Tell the operators of every part that is missing, and of every one that is back, once."""
    for pulse in pulses().values():
        if pulse.is_missing and claim_alarm(pulse.name):
            log.error("%s is missing: last seen at work %s", pulse.name, pulse.done_at)
            told = _tell(_("%(part)s is missing") % {"part": pulse.name}, _missing_words(pulse))
            if not told:
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
    told = False
    with tenant(operators_tenant()):  # whose mailbox it is in a demonstration
        for address in _addresses():
            try:
                send_mail(f"[supportdesk] {subject}", body, settings.DEFAULT_FROM_EMAIL, [address])
                told = True
            except OSError:
                log.exception("the alarm could not be sent to %s", address)
    return told


def _addresses() -> Sequence[str]:
    """List who is told: ALARM_ADDRESSES, else the platform's operators."""
    if settings.ALARM_ADDRESSES:
        return settings.ALARM_ADDRESSES
    people = Person.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return list(people.values_list("email", flat=True))
