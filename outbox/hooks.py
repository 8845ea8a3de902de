"""Queueing what endpoints are told, in the transaction of what has happened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection

from accounts.tenancy import current_tenant_id
from outbox.actions import CODE
from outbox.hook_kinds import TEST
from outbox.hook_models import WebhookDelivery, WebhookEndpoint

# One statement whether anybody listens or not: it stands in the way of every entry of a timeline.
QUEUE = """
    INSERT INTO outbox_webhookdelivery
        (tenant_id, endpoint_id, kind, refs, dedupe_key, webhook_id, state, why, attempts,
         queued_at)
    SELECT e.tenant_id, e.id, h.kind, h.refs, h.key,
           'msg_' || replace(gen_random_uuid()::text, '-', ''), 'queued', '', 0, %(at)s
    FROM json_to_recordset(%(happened)s)
             AS h(position int, kind text, refs jsonb, key text, is_public bool,
                  concerns_pagers bool)
        JOIN outbox_webhookendpoint e ON jsonb_exists(e.kinds, h.kind)
    WHERE e.tenant_id = %(tenant)s AND e.is_active
        AND (h.is_public OR e.scope = 'desk')
        AND (h.concerns_pagers OR e.shape NOT IN ('pagerduty', 'opsgenie'))
    ORDER BY h.position, e.id
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Happened:
    """One thing that has happened: ids and codes only. A second one with its `key` is not told.

    `is_public`: customers may know. `concerns_pagers`: it may begin or end an alert.
    """

    kind: str
    refs: Mapping[str, int | str]
    key: str
    is_public: bool = True
    concerns_pagers: bool = False

    def __post_init__(self) -> None:
        for name, value in self.refs.items():
            if not isinstance(value, int) and not CODE.fullmatch(value):
                raise ValueError(f"refs hold ids and codes only, not {name}={value!r}")


def tell_endpoints(happened: Sequence[Happened], *, at: datetime) -> None:
    """Queue a delivery for each endpoint that wants to know; one statement. `at` is desk time."""
    if not happened:
        return
    rows = [{**vars(one), "position": place} for place, one in enumerate(happened)]
    given: dict[str, Any] = {
        "at": at, "tenant": current_tenant_id(), "happened": json.dumps(rows)
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, given)


def send_on_errand(
    endpoint: WebhookEndpoint, kind: str, refs: Mapping[str, int | str], *, key: str, at: datetime
) -> None:
    """Queue one call to one endpoint, once for each key. `at` is desk time."""
    happened = Happened(kind, refs, key)
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                tenant_id=endpoint.tenant_id,
                endpoint=endpoint,
                kind=happened.kind,
                refs=dict(happened.refs),
                dedupe_key=happened.key,
                webhook_id=new_webhook_id(),
                queued_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def send_test(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Queue an event that says nothing but that it arrives."""
    send_on_errand(endpoint, TEST, {}, key=f"{TEST}:{new_webhook_id()}", at=at)


def new_webhook_id() -> str:
    """Make an id of a message: it stays the same over all tries."""
    return f"msg_{uuid4().hex}"
