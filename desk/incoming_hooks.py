"""What services outside call here: pagers, chat and trackers, each signing as it documents.

The address of an endpoint holds a part that only its service knows, and every call is signed, or
brings a secret along, as well. Whoever has neither learns nothing: all refusals look the same.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, RawPostDataException
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import DomainError, NotFound
from accounts.secrets import SecretUnreadable
from escalation.hooked import (
    alerted_by_key,
    alerted_by_token,
    still_waits,
    take_notice_outside,
)
from outbox.clock import real_now
from outbox.endpoints import endpoint_of_hook, is_same_secret
from outbox.hook_models import WebhookEndpoint
from tickets.tracker_hooks import heard_from_tracker
from tickets.wording import display_number

LARGEST_BODY = 512 * 1024
SLACK_SECONDS = 300
# By which somebody says on a pager that they are at it.
PAGERDUTY_EVENTS = ("incident.acknowledged", "incident.resolved")
OPSGENIE_ACTIONS = ("Acknowledge", "Close")
KEY_HEADER = "X-Supportdesk-Key"

Shape = WebhookEndpoint.Shape
Body = Mapping[str, Any]


# Called by machines, which have no session: what they sign is the key.
@csrf_exempt
@require_POST
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Hear what a service has to say. 404 for an unknown address, 401 for a wrong signature."""
    try:
        endpoint = endpoint_of_hook(token)
        raw = request.body
    except (NotFound, RequestDataTooBig, RawPostDataException, UnreadablePostError):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    hears = HEARING.get(Shape(endpoint.shape))
    if hears is None or len(raw) > LARGEST_BODY:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    is_signed, read, act = hears
    try:
        if not is_signed(endpoint, request, raw):
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    except SecretUnreadable:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    try:
        act(endpoint, read(raw), request)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    except DomainError:
        # Not about anything of ours, or over: that is no reason to be sent it again.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponse(status=HTTPStatus.OK)


# Whoever reads the channel may press: the link is its key, and opening it changes nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    try:
        alerted, endpoint = alerted_by_token(token)
    except NotFound as none:
        raise Http404 from none
    is_done = request.method == "POST"
    if is_done:
        take_notice_outside(alerted, endpoint=endpoint, at=request.at)
    left = [] if is_done else still_waits(alerted)
    case = alerted.case
    shown = {"number": display_number(case), "case": case, "is_done": is_done, "left": left}
    return render(request, "desk/acknowledge_outside.html", shown)


def _by_pagerduty(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    """PagerDuty signs the body; while a secret is replaced it sends several signatures."""
    given = request.headers.get("X-PagerDuty-Signature", "").split(",")
    right = f"v1={_mac(endpoint, raw)}"
    return _is_any(endpoint, right, given)


def _by_slack(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    """Slack signs the moment and the body; what is older than five minutes is refused."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    if not stamp.isdecimal() or len(stamp) > 12:
        return False
    if abs(real_now().timestamp() - int(stamp)) > SLACK_SECONDS:
        return False
    right = f"v0={_mac(endpoint, b'v0:' + stamp.encode() + b':' + raw)}"
    return _is_any(endpoint, right, [request.headers.get("X-Slack-Signature", "")])


def _by_github(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    right = f"sha256={_mac(endpoint, raw)}"
    return _is_any(endpoint, right, [request.headers.get("X-Hub-Signature-256", "")])


def _by_jira(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    right = f"sha256={_mac(endpoint, raw)}"
    return _is_any(endpoint, right, [request.headers.get("X-Hub-Signature", "")])


def _by_gitlab(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    """GitLab sends the secret itself."""
    return is_same_secret(endpoint.hook_secret, request.headers.get("X-Gitlab-Token", ""))


def _by_opsgenie(endpoint: WebhookEndpoint, request: HttpRequest, raw: bytes) -> bool:
    """Opsgenie signs nothing: its integration sends a header of its own along."""
    return is_same_secret(endpoint.hook_secret, request.headers.get(KEY_HEADER, ""))


def _mac(endpoint: WebhookEndpoint, raw: bytes) -> str:
    return hmac.new(endpoint.hook_secret.reveal().encode(), raw, sha256).hexdigest()


def _is_any(endpoint: WebhookEndpoint, right: str, given: list[str]) -> bool:
    if not endpoint.hook_secret:
        return False
    return any(hmac.compare_digest(right.encode(), one.strip().encode()) for one in given)


def _json(raw: bytes) -> Body:
    found = json.loads(raw)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _slack_form(raw: bytes) -> Body:
    return _json(QueryDict(raw).get("payload", "").encode())


def _hear_pagerduty(endpoint: WebhookEndpoint, body: Body, request: HttpRequest) -> None:
    event = body["event"]
    if event["event_type"] not in PAGERDUTY_EVENTS:
        return
    alerted = alerted_by_key(str(event["data"].get("incident_key") or ""))
    take_notice_outside(alerted, endpoint=endpoint, at=request.at)


def _hear_opsgenie(endpoint: WebhookEndpoint, body: Body, request: HttpRequest) -> None:
    alert = body["alert"]
    if body["action"] not in OPSGENIE_ACTIONS:
        return
    # Closing by ourselves comes back as well: that case is over, or its clock is.
    alerted = alerted_by_key(str(alert["alias"]))
    email = str(alert.get("username") or "")
    take_notice_outside(alerted, endpoint=endpoint, email=email, at=request.at)


def _hear_slack(endpoint: WebhookEndpoint, body: Body, request: HttpRequest) -> None:
    for action in body["actions"]:
        if action["action_id"] == "acknowledge":
            alerted, told = alerted_by_token(str(action["value"]))
            if told.pk == endpoint.pk:
                take_notice_outside(alerted, endpoint=endpoint, at=request.at)


def _hear_tracker(endpoint: WebhookEndpoint, body: Body, request: HttpRequest) -> None:
    heard_from_tracker(endpoint, body, at=request.at)


Hearing = tuple[
    Callable[[WebhookEndpoint, HttpRequest, bytes], bool],
    Callable[[bytes], Body],
    Callable[[WebhookEndpoint, Body, HttpRequest], None],
]
HEARING: Mapping[str, Hearing] = {
    Shape.PAGERDUTY: (_by_pagerduty, _json, _hear_pagerduty),
    Shape.OPSGENIE: (_by_opsgenie, _json, _hear_opsgenie),
    Shape.SLACK: (_by_slack, _slack_form, _hear_slack),
    Shape.GITHUB: (_by_github, _json, _hear_tracker),
    Shape.GITLAB: (_by_gitlab, _json, _hear_tracker),
    Shape.JIRA: (_by_jira, _json, _hear_tracker),
}
