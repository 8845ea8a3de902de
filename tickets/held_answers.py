"""Held answers as pages show them, and the pass that sends those whose time has come."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.tenancy import tenant
from tickets.actions.holding import give_up, send_held, set_aside
from tickets.models import Case
from tickets.teamwork_models import ActDraft, HeldAnswer

log = logging.getLogger(__name__)

PER_TENANT = 200  # a tenant's share of one pass; the rest waits for the next
# Where nothing is sent any more, the others need not wait for it for ever.
STUCK = timedelta(minutes=2)

State = HeldAnswer.State


@dataclass(frozen=True)
class Sent:
    """What one pass did with the answers whose time had come."""

    sent: int = 0
    refused: int = 0
    failed: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.sent + other.sent, self.refused + other.refused, self.failed + other.failed
        )


_COUNTED = {"": Sent(), State.SENT: Sent(sent=1), State.REFUSED: Sent(refused=1)}


def send_held_answers() -> Sent:
    """Send what is due in every tenant, each in a transaction of its own.

    Any number may run at once. Not inside a tenant.
    """
    return sum((_send(tenant_id, held_id) for tenant_id, held_id in _due()), Sent())


def held_by(person: Person, case: Case) -> HeldAnswer | None:
    """Find what a person is about to send on a case."""
    return HeldAnswer.objects.filter(case=case, person=person, state=State.HELD).first()


def sent_by(person: Person, case: Case, seen: int) -> HeldAnswer | None:
    """Find what was sent of a person after it was held on a page that shows the entries to `seen`.

    The newest, where there are several.
    """
    sent = HeldAnswer.objects.filter(case=case, person=person, state=State.SENT)
    return sent.filter(seen_seq__gte=seen).order_by("pk").last()


def others_sending(person: Person, case: Case) -> list[str]:
    """Name the others whose answer to a case is about to be sent."""
    held = HeldAnswer.objects.filter(case=case, state=State.HELD, send_at__gt=Now() - STUCK)
    names = held.exclude(person=person).order_by("send_at").values_list("person__name")
    return [name for (name,) in names]


def refused_of(person: Person, case: Case) -> list[HeldAnswer]:
    """List what a person could not send on a case and still has as a draft, newest first."""
    acts = ActDraft.objects.filter(case=case, person=person).values("act")
    refused = HeldAnswer.objects.filter(case=case, person=person, state=State.REFUSED, act__in=acts)
    newest = {held.act: held for held in refused.order_by("pk")}
    return list(newest.values())


def _send(tenant_id: int, held_id: int) -> Sent:
    try:
        with tenant(tenant_id) as at:
            return _COUNTED[send_held(held_id=held_id, at=at)]
    except SoftTimeLimitExceeded:
        raise
    except OperationalError:  # a deadlock, or no database: the next pass tries again
        log.exception("held answer %s of tenant %s is still to be sent", held_id, tenant_id)
        return Sent(failed=1)
    # Whatever is wrong with one must not keep the others from being sent, nor lose a word of it.
    except Exception:
        log.exception("held answer %s of tenant %s becomes a draft", held_id, tenant_id)
    _give_up(tenant_id, held_id)
    return Sent(failed=1)


def _give_up(tenant_id: int, held_id: int) -> None:
    """Make a draft of what cannot be sent, or set it aside where not even that can be done."""
    why = _("Something went wrong at the desk.")
    try:
        with tenant(tenant_id) as at:
            give_up(held_id=held_id, why=why, at=at)
        return
    except SoftTimeLimitExceeded:
        raise
    # It must not come up again in every pass.
    except Exception:
        log.exception("held answer %s of tenant %s is set aside", held_id, tenant_id)
    try:
        with tenant(tenant_id):
            set_aside(held_id=held_id, why=why)
    except (DatabaseError, InterfaceError):  # the next pass tries again
        log.exception("held answer %s of tenant %s is still to be set aside", held_id, tenant_id)


def _due() -> list[tuple[int, int]]:
    """List (tenant, held answer) whose time has come, without locks (a definer function)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, held_id FROM due_held_answers(%s)", [PER_TENANT])
        return cursor.fetchall()
