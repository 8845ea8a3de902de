"""Endpoints: making and changing them, new secrets, out of service and back, sending again."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.change_models import Change
from accounts.changes import keep_change
from accounts.constraints import refused_as
from accounts.errors import DomainError, Invalid, NameTaken, NotAllowed, NotFound
from accounts.models import Person
from accounts.secrets import Sealed, SecretUnreadable, seal
from accounts.tenancy import current_tenant_id
from outbox.actions import Queued, queue_messages
from outbox.clock import real_now
from outbox.egress import Place, check_url, read_url
from outbox.hook_kinds import KINDS, OF_PAGERS
from outbox.hook_models import WebhookDelivery, WebhookEndpoint, WebhookTry

Shape, Scope = WebhookEndpoint.Shape, WebhookEndpoint.Scope
State = WebhookDelivery.State
MOST_ENDPOINTS = 50
# While a secret is replaced both sign, so that the other side has time to learn the new one.
BOTH_SIGN = timedelta(hours=24)
DISABLED = "endpoint_disabled"
KEPT = timedelta(days=90)
# In one go of the hourly work.
MOST_FORGOTTEN = 5_000
# Where the services are; a vendor whose data lies elsewhere types another address.
USUAL_URLS = {
    Shape.PAGERDUTY: "https://events.pagerduty.com/v2/enqueue",
    Shape.OPSGENIE: "https://api.opsgenie.com/v2/alerts",
    Shape.GITHUB: "https://api.github.com",
    Shape.GITLAB: "https://gitlab.com/api/v4",
}
NEED_SECRET = (*WebhookEndpoint.PAGERS, *WebhookEndpoint.TRACKERS)


class UnknownEvents(Invalid):
    """An endpoint cannot be told of what does not exist, or of what is not for its scope."""

    code = "unknown_events"
    message = _("An endpoint of this scope cannot be told of: %(kinds)s.")


class SecretMissing(Invalid):
    code = "secret_missing"
    message = _("Without its key or token nothing can be sent there.")


class SecretForElsewhere(Invalid):
    """What nobody can read here would be read at an address that somebody types."""

    code = "secret_for_elsewhere"
    message = _("This is another host: enter the key or token again that is to be sent there.")


class ProjectMissing(Invalid):
    code = "project_missing"
    message = _("Say in which project or repository the issues are.")


class TooManyEndpoints(DomainError):
    code = "too_many_endpoints"
    message = _("There are %(most)d endpoints already, and that is the most there can be.")


class DeliveryIsNotAtRest(DomainError):
    code = "delivery_is_not_at_rest"
    message = _("This is still on its way.")


@dataclass(frozen=True)
class EndpointWish:
    """What an endpoint shall be. An empty address or secret keeps the one that there is."""

    name: str
    shape: str
    url: str = ""
    secret: str = ""
    project: str = ""
    hook_secret: str = ""
    kinds: Sequence[str] = ()
    scope: str = Scope.PUBLIC
    with_text: bool = False


@transaction.atomic
def save_endpoint(
    *, wish: EndpointWish, by: Person, at: datetime, endpoint_id: int | None = None
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint, or change one; gives it, and the signing secret where one was made.

    That secret is not shown again. The shape of an endpoint stays. Raises NotAllowed, NotFound,
    BadAddress, AddressRefused, UnknownEvents, SecretMissing, SecretForElsewhere, ProjectMissing,
    NameTaken, TooManyEndpoints.
    """
    _must_manage(by)
    endpoint = _locked(endpoint_id) if endpoint_id is not None else _new(wish, by, at)
    before = _shown(endpoint) if endpoint.pk else {}
    made = _fill(endpoint, wish)
    with refused_as(endpoint_name_once=NameTaken(field="name", name=endpoint.name)):
        endpoint.save()
    after = _shown(endpoint)
    lines = [
        {"field": name, "before": before.get(name, ""), "after": value}
        for name, value in after.items()
        if value != before.get(name, "")
    ]
    _keep(endpoint, Change.Act.CHANGED if before else Change.Act.ADDED, by, at, lines)
    return endpoint, made


@transaction.atomic
def renew_secret(*, endpoint_id: int, by: Person, at: datetime) -> tuple[WebhookEndpoint, str]:
    """Make a new signing secret and give it; for a day the old one signs too.

    Raises NotAllowed, NotFound.
    """
    _must_manage(by)
    endpoint = _locked(endpoint_id)
    if endpoint.shape != Shape.STANDARD:
        raise NotFound
    made = new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, real_now() + BOTH_SIGN
    endpoint.secret = seal(made)
    endpoint.save(update_fields=["old_secret", "old_secret_until", "secret"])
    words = str(_("The signing secret was renewed."))
    _keep(endpoint, Change.Act.CHANGED, by, at, words=words)
    return endpoint, made


@transaction.atomic
def switch_off(*, endpoint_id: int, by: Person, at: datetime) -> None:
    """Take an endpoint out of service; what waits for it is held. Raises NotAllowed, NotFound."""
    _must_manage(by)
    endpoint = _locked(endpoint_id)
    if not endpoint.is_active:
        return
    why = str(_("Switched off by %(name)s.") % {"name": by.name})
    _disable(endpoint, why, at)
    _keep(endpoint, Change.Act.CHANGED, by, at, words=why)


@transaction.atomic
def switch_on(*, endpoint_id: int, by: Person, at: datetime) -> None:
    """Put an endpoint back into service, with all that was held for it.

    Raises NotAllowed, NotFound.
    """
    _must_manage(by)
    endpoint = _locked(endpoint_id)
    if endpoint.is_active:
        return
    endpoint.is_active, endpoint.disabled_at, endpoint.disabled_why = True, None, ""
    endpoint.failing_since = None
    endpoint.save(update_fields=["is_active", "disabled_at", "disabled_why", "failing_since"])
    held = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.HELD)
    held.update(state=State.QUEUED, why="", attempts=0, due_at=real_now())
    _keep(endpoint, Change.Act.CHANGED, by, at, words=str(_("Switched on again.")))


def put_out_of_service(endpoint_id: int, *, why: str, at: datetime) -> None:
    """Take an endpoint out of service that cannot be reached, and tell the managers (once)."""
    endpoint = _locked(endpoint_id)
    if not endpoint.is_active:
        return
    _disable(endpoint, why, at)
    managers = Person.objects.filter(role=roles.MANAGER, is_active=True).order_by("pk")
    stamp = int(at.timestamp())
    queue_messages(
        messages=[
            Queued(
                kind=DISABLED,
                recipient_id=person,
                refs={"endpoint": endpoint.pk},
                dedupe_key=f"{DISABLED}:{endpoint.pk}:{stamp}:{person}",
            )
            for person in managers.values_list("pk", flat=True)
        ],
        at=at,
    )


@transaction.atomic
def send_hook_again(*, delivery_id: int, by: Person) -> WebhookDelivery:
    """Put a delivery back into the queue, under its id, whatever became of it before.

    Raises NotAllowed, NotFound, DeliveryIsNotAtRest.
    """
    _must_manage(by)
    rows = WebhookDelivery.objects.select_for_update(no_key=True, of=("self",))
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    if delivery.state == State.QUEUED:
        raise DeliveryIsNotAtRest
    delivery.state, delivery.why, delivery.attempts, delivery.sent_at = State.QUEUED, "", 0, None
    delivery.due_at = real_now()
    delivery.save(update_fields=["state", "why", "attempts", "sent_at", "due_at"])
    return delivery


def release_held_hooks(*, restored_at: datetime) -> None:
    """Let go what a muted outbox held back; what is older than the restored system stays unsent."""
    held = WebhookDelivery.objects.filter(state=State.HELD, endpoint__is_active=True)
    why = str(_("Queued before this system was restored, so it was perhaps sent already."))
    held.filter(recorded_at__lt=restored_at).update(state=State.SKIPPED, why=why)
    held.update(state=State.QUEUED, why="", due_at=real_now())


def forget_old_deliveries() -> int:
    """Delete what was told, or was not, three months ago, with its tries; count it. Real time."""
    at_rest = WebhookDelivery.objects.exclude(state__in=(State.QUEUED, State.HELD))
    old = at_rest.filter(recorded_at__lt=real_now() - KEPT).order_by("pk")
    keys = list(old.values_list("pk", flat=True)[:MOST_FORGOTTEN])
    WebhookTry.objects.filter(delivery__in=keys).delete()
    WebhookDelivery.objects.filter(pk__in=keys).delete()
    return len(keys)


def new_secret() -> str:
    """Make a signing secret in the notation of the Standard Webhooks: 256 bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def access_endpoint(endpoint_id: int) -> WebhookEndpoint:
    """Find an endpoint. Raises NotFound."""
    found = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


def endpoint_of_hook(token: str) -> WebhookEndpoint:
    """Find the endpoint whose own address somebody called. Raises NotFound."""
    # What no row can hold is no token either.
    if not token.isascii() or not token.isprintable():
        raise NotFound
    rows = WebhookEndpoint.objects.select_related("tenant")
    found = rows.filter(hook_token=token[:64], is_active=True).first()
    if found is None:
        raise NotFound
    return found


def _must_manage(by: Person) -> None:
    if not by.may("use_admin"):
        raise NotAllowed


def _new(wish: EndpointWish, by: Person, at: datetime) -> WebhookEndpoint:
    if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)
    if wish.shape not in Shape.values:
        raise Invalid(field="shape")
    return WebhookEndpoint(tenant_id=current_tenant_id(), shape=wish.shape, since=at, made_by=by)


def _fill(endpoint: WebhookEndpoint, wish: EndpointWish) -> str:
    """Take over what is wished; gives a signing secret that was made on the way, or ""."""
    endpoint.name = wish.name.strip()
    if not endpoint.name:
        raise Invalid(field="name")
    is_elsewhere = _take_url(endpoint, wish.url.strip())
    made = _take_secrets(endpoint, wish)
    if is_elsewhere and endpoint.shape in NEED_SECRET and not wish.secret.strip():
        raise SecretForElsewhere(field="secret")
    endpoint.project = wish.project.strip().strip("/")
    if endpoint.is_tracker and not endpoint.project:
        raise ProjectMissing(field="project")
    endpoint.scope = Scope(wish.scope) if endpoint.shape == Shape.STANDARD else Scope.DESK
    if endpoint.shape in (Shape.SLACK, Shape.TEAMS):
        endpoint.scope = Scope(wish.scope)
    endpoint.kinds = _kinds(endpoint, wish.kinds)
    endpoint.with_text = wish.with_text and endpoint.scope == Scope.DESK
    return made


def _take_url(endpoint: WebhookEndpoint, url: str) -> bool:
    """Take over an address, if there is a new one; tell whether it leads to another host."""
    if endpoint.url and not url:
        return False
    url = url or USUAL_URLS.get(Shape(endpoint.shape), "")
    place, before = check_url(url), endpoint.url
    endpoint.url = seal(url)
    endpoint.host = (urlsplit(url).hostname or "")[:255]
    return bool(before) and not _is_same_host(before, place)


def _is_same_host(before: Sealed, place: Place) -> bool:
    try:
        return replace(read_url(before.reveal()), path="") == replace(place, path="")
    except SecretUnreadable:
        return False


def _take_secrets(endpoint: WebhookEndpoint, wish: EndpointWish) -> str:
    if wish.hook_secret.strip():
        endpoint.hook_secret = seal(wish.hook_secret.strip())
    if endpoint.shape == Shape.STANDARD:
        made = "" if endpoint.secret else new_secret()
        endpoint.secret = seal(made) if made else endpoint.secret
        return made
    if wish.secret.strip():
        endpoint.secret = seal(wish.secret.strip())
    if endpoint.shape in NEED_SECRET and not endpoint.secret:
        raise SecretMissing(field="secret")
    return ""


def _kinds(endpoint: WebhookEndpoint, wished: Sequence[str]) -> list[str]:
    if endpoint.is_tracker:
        return []
    if endpoint.is_pager:
        return list(OF_PAGERS)
    is_desk = endpoint.scope == Scope.DESK
    known = {code for code, kind in KINDS.items() if is_desk or kind.is_public}
    unknown = [code for code in wished if code not in known]
    if unknown:
        raise UnknownEvents(field="kinds", kinds=", ".join(unknown))
    return [code for code in KINDS if code in wished]


def _disable(endpoint: WebhookEndpoint, why: str, at: datetime) -> None:
    endpoint.is_active, endpoint.disabled_at, endpoint.disabled_why = False, at, why[:300]
    endpoint.save(update_fields=["is_active", "disabled_at", "disabled_why"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.QUEUED)
    held = str(_("The endpoint is out of service."))
    waiting.update(state=State.HELD, why=held, claimed_until=None)


def _locked(endpoint_id: int) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


def _shown(endpoint: WebhookEndpoint) -> dict[str, object]:
    """List what the history keeps: that a secret changed, never what it is."""
    return {
        "name": endpoint.name,
        "host": endpoint.host,
        "project": endpoint.project,
        "scope": endpoint.scope,
        "with_text": endpoint.with_text,
        "kinds": ", ".join(endpoint.kinds),
    }


def _keep(
    endpoint: WebhookEndpoint,
    act: str,
    by: Person,
    at: datetime,
    lines: Sequence[dict[str, object]] = (),
    words: str = "",
) -> None:
    keep_change(
        act=act,
        model=WebhookEndpoint._meta.label_lower,
        row=endpoint.pk,
        named=endpoint.name,
        by=by,
        at=at,
        lines=lines,
        words=words,
    )


def is_same_secret(sealed: Sealed, given: str) -> bool:
    """Compare a secret with what somebody sent, in the same time whatever it is; an empty one is
    nobody's.
    """
    known = sealed.reveal()
    return bool(known) and secrets.compare_digest(known.encode(), given.encode())
