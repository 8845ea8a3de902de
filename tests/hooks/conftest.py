from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models import F

from accounts.tenancy import tenant
from outbox.endpoints import EndpointWish, save_endpoint
from outbox.hook_delivery import deliver_hooks
from outbox.hook_kinds import KINDS
from outbox.hook_models import WebhookDelivery, WebhookEndpoint
from tests.cases import MONDAY
from tests.hooks.receivers import Receiver, receiver
from tests.packs import publish
from tests.twins import Twin

PUBLIC = tuple(kind for kind, about in KINDS.items() if about.is_public)


@pytest.fixture(autouse=True)
def house(settings) -> None:
    """Let the tests' own services be called."""
    settings.EGRESS_ALLOWED = ["127.0.0.0/8"]


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


@pytest.fixture
def other_service() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


@pytest.fixture
def policy(alpha: Twin, beta: Twin) -> None:
    for twin in (alpha, beta):
        publish(twin, "metalogix")


@pytest.fixture
def endpoint(policy: None) -> Callable[..., WebhookEndpoint]:
    """Make an endpoint of a vendor; `made` keeps the signing secret that was given once."""

    def one(twin: Twin, service: Receiver, *, path: str = "/in", **changes) -> WebhookEndpoint:
        wish = {"name": "Ops", "shape": "standard", "url": f"{service.url}{path}", "kinds": PUBLIC}
        with tenant(twin.tenant):
            made, secret = save_endpoint(
                wish=EndpointWish(**(wish | changes)), by=twin.manager, at=MONDAY
            )
        made.made_secret = secret
        return made

    return one


def deliver() -> dict[str, int]:
    return {state.value: number for state, number in deliver_hooks().items()}


def deliveries(twin: Twin) -> list[WebhookDelivery]:
    with tenant(twin.tenant):
        return list(WebhookDelivery.objects.order_by("pk"))


def let_pass(twin: Twin, span: timedelta, *, of_endpoints: bool = True) -> None:
    """Let real time pass for a vendor's deliveries, and its endpoints."""
    with tenant(twin.tenant):
        WebhookDelivery.objects.update(due_at=F("due_at") - span)
        if not of_endpoints:
            return
        WebhookEndpoint.objects.update(
            failing_since=F("failing_since") - span, old_secret_until=F("old_secret_until") - span
        )
