"""An occasion in the shape that its endpoint understands: bodies and headers, nothing is sent here.

Slack: incoming webhooks with blocks. Teams: a workflow's webhook with an Adaptive Card. PagerDuty:
Events API v2. Opsgenie: the Alert API. All else: the Standard Webhooks.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from standardwebhooks import Webhook

from accounts.errors import DomainError
from accounts.models import Tenant
from accounts.places import host_of
from outbox.hook_models import WebhookEndpoint
from outbox.hook_registry import ACKNOWLEDGE, RESOLVE, TRIGGER, Alert, Call, Occasion

Shape = WebhookEndpoint.Shape
JSON = {"Content-Type": "application/json"}
CARD = "application/vnd.microsoft.card.adaptive"
LONGEST_TITLE = 150
LONGEST_TEXT = 2_000
MOST_FACTS = 10
TONES = {"critical": "P1", "error": "P2", "warning": "P3", "info": "P5"}


class NothingToTell(DomainError):
    """A pager hears of alerts only, and this neither raises nor ends one."""

    code = "nothing_to_tell"
    message = gettext_lazy("Nothing that a pager has to know.")


def calls_of(
    endpoint: WebhookEndpoint, kind: str, webhook_id: str, told: Occasion, *, now: datetime
) -> list[Call]:
    """Write the requests that tell an endpoint of an occasion; one for each alert that it ends.

    `now` is real time: what is signed is only good for minutes. Raises SecretUnreadable,
    NothingToTell.
    """
    if endpoint.shape == Shape.SLACK:
        return [_json_call(endpoint, slack_body(told, can_press=bool(endpoint.hook_secret)))]
    if endpoint.shape == Shape.TEAMS:
        return [_json_call(endpoint, teams_body(told))]
    if endpoint.is_pager:
        write = _pagerduty if endpoint.shape == Shape.PAGERDUTY else _opsgenie
        calls = [write(endpoint, told, alert) for alert in told.alerts]
        if not calls:
            raise NothingToTell
        return calls
    return [_signed(endpoint, kind, webhook_id, told, now)]


def slack_body(told: Occasion, *, can_press: bool) -> dict[str, Any]:
    """Write a message of Slack; with a button that acknowledges where Slack can tell us so."""
    title, text = _slack(told.title[:LONGEST_TITLE]), _slack(told.text[:LONGEST_TEXT])
    named = f"<{told.url}|{title}>" if told.url else title
    blocks: list[dict[str, Any]] = [_section(f"*{named}*")]
    facts = [f"*{_slack(name)}:* {_slack(value)}" for name, value in told.facts[:MOST_FACTS]]
    if facts:
        fields = [{"type": "mrkdwn", "text": fact[:2_000]} for fact in facts]
        blocks.append({"type": "section", "fields": fields})
    if text:
        blocks.append(_section(f">{text}".replace("\n", "\n>")))
    if told.token:
        button = _button(told.token) if can_press else _link_button(told.press_url)
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": title, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def teams_body(told: Occasion) -> dict[str, Any]:
    """Write an Adaptive Card as the workflows of Teams take it."""
    body: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": _card(told.title), "weight": "Bolder", "wrap": True}
    ]
    facts = [{"title": _card(name), "value": _card(value)} for name, value in told.facts]
    if facts:
        body.append({"type": "FactSet", "facts": facts[:MOST_FACTS]})
    if told.text:
        body.append({"type": "TextBlock", "text": _card(told.text[:LONGEST_TEXT]), "wrap": True})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    links = [(_("Open"), told.url), (_("Acknowledge"), told.press_url)]
    card["actions"] = [
        {"type": "Action.OpenUrl", "title": title, "url": url} for title, url in links if url
    ]
    attachment = {"contentType": CARD, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def pagerduty_body(key: str, vendor: Tenant, told: Occasion, alert: Alert) -> dict[str, Any]:
    """Write an event of PagerDuty's Events API v2."""
    body: dict[str, Any] = {
        "routing_key": key,
        "event_action": alert.action,
        "dedup_key": alert.key,
    }
    if alert.action != TRIGGER:
        return body
    body |= {"client": vendor.name, "client_url": told.url}
    body["payload"] = {
        "summary": told.title[:1_024],
        "source": host_of(vendor),
        "severity": alert.severity,
        "timestamp": told.at.isoformat(),
        "custom_details": dict(told.facts),
    }
    if told.url:
        body["links"] = [{"href": told.url, "text": _("Open the case")}]
    return body


def opsgenie_body(vendor: Tenant, told: Occasion, alert: Alert) -> dict[str, Any]:
    """Write what Opsgenie's Alert API takes to create, acknowledge or close an alert."""
    if alert.action != TRIGGER:
        return {"source": host_of(vendor), "note": told.title[:LONGEST_TITLE]}
    return {
        "message": told.title[:130],
        "alias": alert.key,
        "description": "\n".join([*(f"{name}: {value}" for name, value in told.facts), told.url]),
        "priority": TONES[alert.severity],
        "source": host_of(vendor),
        "entity": told.url,
        "details": dict(told.facts),
    }


def _pagerduty(endpoint: WebhookEndpoint, told: Occasion, alert: Alert) -> Call:
    body = pagerduty_body(endpoint.secret.reveal(), endpoint.tenant, told, alert)
    return _json_call(endpoint, body)


def _opsgenie(endpoint: WebhookEndpoint, told: Occasion, alert: Alert) -> Call:
    base = endpoint.url.reveal().rstrip("/")
    named = f"{base}/{quote(alert.key, safe='')}"
    url = {
        TRIGGER: base,
        ACKNOWLEDGE: f"{named}/acknowledge?identifierType=alias",
        RESOLVE: f"{named}/close?identifierType=alias",
    }[alert.action]
    headers = {"Authorization": f"GenieKey {endpoint.secret.reveal()}"}
    return Call(url, _dumped(opsgenie_body(endpoint.tenant, told, alert)), JSON | headers)


def _signed(
    endpoint: WebhookEndpoint, kind: str, webhook_id: str, told: Occasion, now: datetime
) -> Call:
    happened_at = told.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = _dumped({"type": kind, "timestamp": happened_at, "data": told.data})
    headers = signature_headers(endpoint, webhook_id, body, now=now)
    return Call(endpoint.url.reveal(), body, JSON | headers)


def signature_headers(
    endpoint: WebhookEndpoint, webhook_id: str, body: bytes, *, now: datetime
) -> Mapping[str, str]:
    """Sign a body by the Standard Webhooks; while a secret is being replaced, with both."""
    moment = now.astimezone(UTC)
    secrets = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until and now < endpoint.old_secret_until:
        secrets.append(endpoint.old_secret)
    signed = [
        Webhook(secret.reveal()).sign(webhook_id, moment, body.decode()) for secret in secrets
    ]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _json_call(endpoint: WebhookEndpoint, body: Mapping[str, Any]) -> Call:
    return Call(endpoint.url.reveal(), _dumped(body), JSON)


def _dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3_000]}}


def _button(token: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": _("Acknowledge")}
    return {"type": "button", "action_id": "acknowledge", "text": text, "value": token}


def _link_button(url: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": _("Acknowledge")}
    return {"type": "button", "action_id": "open", "text": text, "url": url}


def _slack(text: str) -> str:
    """Escape what Slack reads as its own: nobody's subject mentions a whole channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _card(text: str) -> str:
    """Escape what Teams reads as Markdown: links above all."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#~|" else sign for sign in text)
