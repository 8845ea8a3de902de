"""The states that a delivery to an endpoint goes through, each change in a short transaction.

queued -> (claimed) -> sent, or back to queued for another try, or to rest. A claim is a lease in
the database's real time, as with mail. There is no doubt here: a webhook that may have arrived is
sent again under its id, by which the other side knows it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.tenancy import tenant
from outbox.clock import real_now
from outbox.endpoints import put_out_of_service
from outbox.hook_kinds import TEST
from outbox.hook_models import WebhookDelivery, WebhookEndpoint, WebhookTry
from outbox.hook_outcomes import DISABLE_AFTER, KEPT_OF_ANSWER, Result, cut, wait_seconds
from outbox.hook_registry import Call, Occasion, errand_of, teller_of
from outbox.shapes import calls_of

# Several calls of one delivery, each as long as it may take.
LEASE_SECONDS = 180
FAULT_SECONDS = 300
State = WebhookDelivery.State
logger = logging.getLogger(__name__)

# So many calls at once for one tenant, of its endpoints that answer and of those that lately fail:
# what cannot be reached holds up nobody, neither of its own tenant nor of another.
SLOTS, SLOTS_OF_FAILING = 4, 2
# The oldest that is due at each endpoint at which nothing is under way. Chosen first and once: as a
# condition of the update the choice may be made again for every row, and then takes more.
CLAIM = """
    WITH busy AS MATERIALIZED (
        SELECT e.id FROM outbox_webhookendpoint e
            JOIN outbox_webhookdelivery d ON d.tenant_id = e.tenant_id AND d.endpoint_id = e.id
        WHERE e.tenant_id = %(tenant)s AND (e.failing_since IS NOT NULL) = %(failing)s
            AND d.state = 'queued' AND d.claimed_until > %(now)s
    ), chosen AS MATERIALIZED (
        SELECT due.id, due.claimed_until IS NOT NULL AS was_lost
        FROM outbox_webhookendpoint e CROSS JOIN LATERAL (
            SELECT d.id, d.claimed_until FROM outbox_webhookdelivery d
            WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'queued'
                AND d.due_at <= %(now)s
                AND (d.claimed_until IS NULL OR d.claimed_until <= %(now)s)
            ORDER BY d.due_at, d.id LIMIT 1
            FOR NO KEY UPDATE OF d SKIP LOCKED
        ) due
        WHERE e.tenant_id = %(tenant)s AND e.is_active
            AND (e.failing_since IS NOT NULL) = %(failing)s
            AND e.id NOT IN (SELECT id FROM busy)
        LIMIT least(%(room)s, greatest(%(slots)s - (SELECT count(*) FROM busy), 0))
    )
    UPDATE outbox_webhookdelivery delivery SET claimed_until = %(until)s
    FROM chosen WHERE delivery.tenant_id = %(tenant)s AND delivery.id = chosen.id
    RETURNING delivery.id, delivery.endpoint_id, chosen.was_lost
"""


@dataclass(frozen=True)
class HookClaim:
    """One delivery that is ours until `token`, which is its `claimed_until`.

    `was_lost`: somebody had it before and died over it, perhaps after it was sent.
    """

    tenant_id: int
    delivery_id: int
    endpoint_id: int
    token: datetime
    was_lost: bool = False


def tenants_due() -> list[int]:
    """List the ids of the tenants that have a delivery to make now, in chance order; no locks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhook_tenants(statement_timestamp())")
        return [row[0] for row in cursor.fetchall()]


def tenants_waiting() -> list[int]:
    """List the ids of the tenants that have any delivery waiting, due or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhook_tenants('infinity')")
        return [row[0] for row in cursor.fetchall()]


def claim_deliveries(*, tenant_id: int, room: int) -> list[HookClaim]:
    """Claim one due delivery of each endpoint at which nothing is under way; commits.

    `room` at most, and so many that the tenant keeps to its slots, whoever else delivers.
    """
    with tenant(tenant_id):
        now = real_now()
        until = now + timedelta(seconds=LEASE_SECONDS)
        found: list[tuple[int, int, bool]] = []
        for failing, slots in ((False, SLOTS), (True, SLOTS_OF_FAILING)):
            given = {"tenant": tenant_id, "now": now, "until": until, "failing": failing}
            given |= {"slots": slots, "room": max(room - len(found), 0)}
            with connection.cursor() as cursor:
                cursor.execute(CLAIM, given)
                found += cursor.fetchall()
    return [HookClaim(tenant_id, key, endpoint, until, lost) for key, endpoint, lost in found]


def begin_delivery(claim: HookClaim) -> list[Call]:
    """Write the requests of a claimed delivery and count the attempt; commits.

    Nothing where the claim was lost, or where it is not sent after all: then the row says why. A
    fault of the code that writes it is logged and tried again later.
    """
    with tenant(claim.tenant_id) as at:
        delivery = _locked(claim)
        if delivery is None or not _is_ours(delivery, claim):
            return []
        calls = [] if _may_be_done(delivery, claim, at) else _written(delivery, at)
        if calls:
            delivery.attempts += 1
        delivery.save(update_fields=["state", "why", "attempts", "due_at", "claimed_until"])
    return calls


def finish_delivery(claim: HookClaim, result: Result) -> State | None:
    """Write down what an attempt came to, and what it means for the endpoint; commits.

    One who lost the claim meanwhile may still say "sent", for that is a fact; nothing else (None).
    """
    with tenant(claim.tenant_id) as at:
        # First the endpoint, as who switches it off does.
        list(WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=claim.endpoint_id))
        delivery = _locked(claim)
        if delivery is None or delivery.state == State.SENT:
            return None
        now = real_now()
        if result.is_good:
            result = _read(delivery, result, at)
        _log(delivery, result, now)
        if not result.is_good and not _is_ours(delivery, claim):
            return None
        _settle(delivery, result, at=at, now=now)
        delivery.save(update_fields=["state", "why", "due_at", "claimed_until", "sent_at"])
        _keep_health(delivery, result, at=at, now=now)
        return State(delivery.state)


def hold_waiting_hooks(*, tenant_id: int) -> int:
    """Hold back everything that waits, because the outbox is muted; count it. Commits."""
    with tenant(tenant_id):
        waiting = WebhookDelivery.objects.filter(state=State.QUEUED)
        why = _("This system is muted: nothing leaves it.")
        return waiting.update(state=State.HELD, why=why, claimed_until=None)


def _locked(claim: HookClaim) -> WebhookDelivery | None:
    locked = WebhookDelivery.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("endpoint__tenant").filter(pk=claim.delivery_id).first()


def _is_ours(delivery: WebhookDelivery, claim: HookClaim) -> bool:
    return delivery.state == State.QUEUED and delivery.claimed_until == claim.token


def _may_be_done(delivery: WebhookDelivery, claim: HookClaim, at: datetime) -> bool:
    """Give up what must not be done twice and what somebody has died over."""
    errand = errand_of(delivery.kind)
    if not claim.was_lost or errand is None or not errand.is_once:
        return False
    _rest(delivery, State.FAILED, _("It was interrupted, and may have been done: look there."))
    _give_up(delivery, at)
    return True


def _written(delivery: WebhookDelivery, at: datetime) -> list[Call]:
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            return _calls(delivery, at)
    except DomainError as reason:
        _rest(delivery, State.SKIPPED, str(reason))
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # as with mail: other apps' code must not stop the others' deliveries
        logger.exception("delivery %d cannot be written", delivery.pk)
        _rest(delivery, State.QUEUED, _("A fault of this system; it is tried again."))
        delivery.due_at = real_now() + timedelta(seconds=FAULT_SECONDS)
    return []


def _calls(delivery: WebhookDelivery, at: datetime) -> list[Call]:
    endpoint, refs = delivery.endpoint, delivery.refs
    errand = errand_of(delivery.kind)
    if errand is not None:
        return list(errand.write(endpoint, refs))
    told = _occasion(delivery, at)
    return calls_of(endpoint, delivery.kind, delivery.webhook_id, told, now=real_now())


def _occasion(delivery: WebhookDelivery, at: datetime) -> Occasion:
    if delivery.kind == TEST:
        title = _("A test from %(vendor)s") % {"vendor": delivery.endpoint.tenant.name}
        return Occasion(at=at, data={"endpoint": delivery.endpoint.name}, title=title)
    tell = teller_of(delivery.kind)
    if tell is None:
        raise DomainError(_("Nothing knows how to write “%(kind)s”."), kind=delivery.kind)
    return tell(delivery.endpoint, delivery.kind, delivery.refs)


def _read(delivery: WebhookDelivery, result: Result, at: datetime) -> Result:
    """Let who sent it on its errand read the answer; one that makes no sense is a failure."""
    errand = errand_of(delivery.kind)
    if errand is None or errand.read is None:
        return result
    try:
        with transaction.atomic():
            errand.read(delivery.endpoint, delivery.refs, result.answers, at)
    except DomainError as refusal:
        return Result(result.answers, str(refusal), is_doubtful=True)
    return result


def _log(delivery: WebhookDelivery, result: Result, now: datetime) -> None:
    last = result.last
    # What a tracker tells of an issue is read and not kept, only why it would not.
    is_kept = errand_of(delivery.kind) is None or (last is not None and last.status >= 300)
    WebhookTry.objects.create(
        tenant_id=delivery.tenant_id,
        delivery=delivery,
        number=delivery.attempts,
        tried_at=now,
        status=last.status if last else 0,
        milliseconds=sum(answer.milliseconds for answer in result.answers),
        answer=last.text[:KEPT_OF_ANSWER] if last and is_kept else "",
        why=cut(result.why),
    )


def _settle(delivery: WebhookDelivery, result: Result, *, at: datetime, now: datetime) -> None:
    if result.is_good:
        _rest(delivery, State.SENT, "")
        delivery.sent_at = at
        return
    seconds = None if _is_final(delivery, result) else wait_seconds(delivery.attempts, result)
    if seconds is None:
        _rest(delivery, State.FAILED, result.why)
        _give_up(delivery, at)
        return
    _rest(delivery, State.QUEUED, result.why)
    delivery.due_at = now + timedelta(seconds=seconds)


def _is_final(delivery: WebhookDelivery, result: Result) -> bool:
    errand = errand_of(delivery.kind)
    if errand is None:
        return result.is_gone
    return result.is_refused or (result.is_doubtful and errand.is_once)


def _give_up(delivery: WebhookDelivery, at: datetime) -> None:
    errand = errand_of(delivery.kind)
    if errand is not None and errand.gave_up is not None:
        errand.gave_up(delivery.endpoint, delivery.refs, delivery.why, at)


def _keep_health(delivery: WebhookDelivery, result: Result, *, at: datetime, now: datetime) -> None:
    endpoint = delivery.endpoint
    is_errand = errand_of(delivery.kind) is not None
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if result.is_good or (is_errand and result.is_refused):
        # Who refuses one thing in so many words is there all the same.
        if endpoint.failing_since is not None:
            rows.update(failing_since=None)
        return
    rows.filter(is_active=True).update(failing_since=Coalesce("failing_since", now))
    since = endpoint.failing_since or now
    if result.is_gone:
        why = _("It said that it is gone for good (410).")
    elif now - since >= DISABLE_AFTER:
        why = _("Every attempt of five days has failed. The last: %(why)s") % {"why": result.why}
    else:
        return
    put_out_of_service(endpoint.pk, why=cut(why), at=at)


def _rest(delivery: WebhookDelivery, state: State, why: str) -> None:
    delivery.state = state
    delivery.why = cut(why)
    delivery.claimed_until = None
