"""Working off what came in: claimed, read in a process that can be killed, settled; three tries.

The truth is the rows. A claim is a lease in real time, committed before the mail is looked at, so
that one over which its reader dies is tried again and at last set aside: never lost, never twice.
"""

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q

from accounts.tenancy import tenant
from mailbox import keeping, verdicts
from mailbox.models import RawMail
from mailbox.parsing import ParsedMail, Unparsable, run_parser
from mailbox.settling import settle
from outbox.clock import real_now

MAILS_PER_TURN = 10
# A pass takes up no more mail then; the last one may take its 20 s and some.
PASS_SECONDS = 20.0
# More than reading and settling can take: no living reader loses its lease.
LEASE_SECONDS = 120
MOST_ATTEMPTS = 3
# After a fault of the desk's own, so many seconds for each attempt until the next.
RESTS_SECONDS = 60

State = RawMail.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """One mail that is ours until `token`, which is its `claimed_until`."""

    tenant_id: int
    mail_id: int
    token: datetime
    is_last: bool


def read_due(*, pass_seconds: float = PASS_SECONDS) -> Counter[str]:
    """Read and settle what came in, tenant by tenant in turns; count the states it came to.

    Ends when nothing waits or after `pass_seconds`. Not to be called inside a transaction.
    """
    tally: Counter[str] = Counter()
    until = time.monotonic() + pass_seconds
    while time.monotonic() < until:
        turns = tenants_to_read()
        if not turns:
            break
        for tenant_id in turns:
            tally.update(read_turn(tenant_id, until=until))
    return tally


def read_turn(tenant_id: int, *, until: float) -> list[str]:
    """Read some of a tenant's mail, one after the other; stops early after `until`."""
    states = []
    for _number in range(MAILS_PER_TURN):
        claim = claim_mail(tenant_id) if time.monotonic() < until else None
        if claim is None:
            break
        states.append(read_one(claim))
    return states


def tenants_to_read() -> list[int]:
    """List the ids of the tenants that have mail to read, in chance order. Needs no tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail_tenants(clock_timestamp())")
        return [row[0] for row in cursor.fetchall()]


def claim_mail(tenant_id: int) -> Claim | None:
    """Claim the oldest mail that nobody reads; commits. None where there is none."""
    with tenant(tenant_id):
        now = real_now()
        free = RawMail.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
        mail = (
            free.filter(state=State.RECEIVED)
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .first()
        )
        if mail is None:
            return None
        mail.attempts += 1
        mail.claimed_until = now + timedelta(seconds=LEASE_SECONDS)
        mail.save(update_fields=["attempts", "claimed_until"])
        return Claim(tenant_id, mail.pk, mail.claimed_until, mail.attempts > MOST_ATTEMPTS)


def read_one(claim: Claim) -> str:
    """Read one claimed mail and settle it; commits. Gives the state that it came to.

    A fault of the desk's own is logged and tried again; after three tries it goes to quarantine.
    """
    if claim.is_last:
        return _set_aside(claim, verdicts.KEEPS_FAILING)
    with tempfile.TemporaryDirectory(prefix="mail-") as place:
        folder = Path(place)
        try:
            mail = run_parser(_bytes(claim), folder)
            return _settle(claim, mail, folder)
        except Unparsable as error:
            logger.warning("mail %d cannot be read: %s", claim.mail_id, error)
            return _set_aside(claim, error.code)
        except (SoftTimeLimitExceeded, OperationalError, InterfaceError):
            raise
        except Exception:  # a named loop: one mail must not stop the others, see decision 0024
            logger.exception("mail %d cannot be settled", claim.mail_id)
            return _rest(claim)


@contextmanager
def files_of(mail: RawMail) -> Iterator[Path]:
    """Read the files of a mail that was settled before once more, into a folder for a while.

    Raises Unparsable, FileNotFoundError.
    """
    with tempfile.TemporaryDirectory(prefix="mail-") as place:
        if mail.parsed and mail.parsed["attachments"]:
            run_parser(keeping.read(mail.tenant_id, mail.uuid), Path(place))
        yield Path(place)


def _bytes(claim: Claim) -> bytes:
    with tenant(claim.tenant_id):
        key = RawMail.objects.values_list("uuid", flat=True).get(pk=claim.mail_id)
    return keeping.read(claim.tenant_id, key)


def _settle(claim: Claim, mail: ParsedMail, folder: Path) -> str:
    with tenant(claim.tenant_id) as at:
        row = _ours(claim)
        return settle(row, mail, folder, at=at).state if row is not None else "lost"


def _set_aside(claim: Claim, why: str) -> str:
    with tenant(claim.tenant_id) as at:
        row = _ours(claim)
        if row is None:
            return "lost"
        row.state, row.why, row.settled_at, row.claimed_until = State.QUARANTINED, why, at, None
        row.save(update_fields=["state", "why", "settled_at", "claimed_until"])
        return row.state


def _rest(claim: Claim) -> str:
    with tenant(claim.tenant_id):
        row = _ours(claim)
        if row is not None:
            row.claimed_until = real_now() + timedelta(seconds=RESTS_SECONDS * row.attempts)
            row.save(update_fields=["claimed_until"])
    return "failed"


def _ours(claim: Claim) -> RawMail | None:
    """Lock a claimed mail; None where the lease was lost meanwhile."""
    rows = RawMail.objects.select_related("mailbox", "tenant")
    rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=claim.mail_id, state=State.RECEIVED, claimed_until=claim.token).first()
