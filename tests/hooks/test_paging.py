"""Chat and paging: the shapes that the services document, and taking notice from there."""

import hmac
import json
import time
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.tenancy import tenant
from escalation.requests import answer_escalation, request_escalation
from escalation.tick import fire_due
from outbox.endpoints import switch_off
from outbox.hook_registry import Occasion
from outbox.shapes import slack_body, teams_body
from tests.cases import MONDAY, after, file_case
from tests.escalation.ladders import publish_ladder, step
from tests.hooks.conftest import deliver, deliveries, let_pass
from tests.packs import publish
from tickets.actions.conversation import reply_to_case
from tickets.models import CaseEvent

LATE = after(8.5)
WARN = step("warn", at="before", seconds_before=3600, roles='["lead"]')
WAKE = step("wake", roles='["lead", "manager"]', urgent="true", repeat_seconds=900, repeat_times=4)
SECRET = "the secret of what comes back"


@pytest.fixture
def ladder(policy, alpha):
    with tenant(alpha.tenant):
        publish_ladder(alpha, WAKE)


@pytest.fixture
def late(ladder, alpha):
    """Have a case whose breach was told, once its endpoint is there."""

    def fired():
        with tenant(alpha.tenant):
            case = file_case(alpha, severity="2")
            fire_due([case.pk], at=LATE)
        return case

    return fired


def pager(endpoint, alpha, service, shape, **changes):
    secret = {"secret": "routing-key", "hook_secret": SECRET}
    return endpoint(alpha, service, shape=shape, **(secret | changes))


def mac(raw, secret=SECRET):
    return hmac.new(secret.encode(), raw, sha256).hexdigest()


def call_in(browse, alpha, told, body, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    content = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/json"
    address = reverse("hooks:hook", args=[told.hook_token])
    return browse(alpha.tenant).generic("POST", address, raw, content, headers=headers)


def taken(alpha, case):
    with tenant(alpha.tenant):
        events = CaseEvent.objects.filter(case=case, kind="acknowledged")
        return [(event.by, event.payload) for event in events.select_related("by")]


def pagerduty(key, kind="incident.acknowledged"):
    data = {"id": "PABC", "type": "incident", "incident_key": key}
    agent = {"id": "PXYZ", "type": "user_reference", "summary": "Somebody"}
    return {"event": {"id": "01", "event_type": kind, "agent": agent, "data": data}}


def signed(body, secret=SECRET):
    return {"X-PagerDuty-Signature": f"v1=0000,v1={mac(json.dumps(body).encode(), secret)}"}


def test_pagerduty_is_told_to_wake_to_rest_and_that_it_is_over(alpha, service, endpoint, late):
    pager(endpoint, alpha, service, "pagerduty")
    service.answers = [(202, {"status": "success"})]
    case = late()
    deliver()
    with tenant(alpha.tenant):
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Here we are.", at=after(9))

    deliver()

    key = f"{case.uuid}:first_response:1:wake"
    trigger, resolve = [one.body for one in service.heard]
    assert trigger["routing_key"] == "routing-key"
    assert (trigger["event_action"], trigger["dedup_key"]) == ("trigger", key)
    assert trigger["payload"] | {"custom_details": {}} == {
        "summary": f"[{alpha.tenant.case_prefix}-{case.number}] First response is overdue",
        "source": f"alpha.{'localhost'}",
        "severity": "error",
        "timestamp": "2026-03-02T17:30:00+00:00",
        "custom_details": {},
    }
    assert resolve == {"routing_key": "routing-key", "event_action": "resolve", "dedup_key": key}


def test_opsgenie_makes_acknowledges_and_closes_an_alert(alpha, service, endpoint, late, browse):
    told = pager(endpoint, alpha, service, "opsgenie", path="/v2/alerts")
    service.answers = [(202, {"result": "Request will be processed"})]
    case = late()
    key = f"{case.uuid}:first_response:1:wake"
    heard = {"action": "Acknowledge", "alert": {"alias": key, "username": alpha.lead.email}}

    assert call_in(browse, alpha, told, heard).status_code == 401
    deliver()
    answer = call_in(browse, alpha, told, heard, **{"X-Supportdesk-Key": SECRET})
    with tenant(alpha.tenant):
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Here we are.", at=after(30))
    deliver()

    assert answer.status_code == 200
    assert [by for by, _payload in taken(alpha, case)] == [alpha.lead]
    named = f"/v2/alerts/{key.replace(':', '%3A')}"
    assert [one.path for one in service.heard] == [
        "/v2/alerts",
        f"{named}/acknowledge?identifierType=alias",
        f"{named}/close?identifierType=alias",
    ]
    assert {one.headers["authorization"] for one in service.heard} == {"GenieKey routing-key"}
    assert service.heard[0].body["alias"] == key
    assert service.heard[0].body["priority"] == "P2"


def test_a_step_that_is_over_wakes_nobody_however_late_it_is_told(alpha, service, endpoint, late):
    pager(endpoint, alpha, service, "pagerduty")
    service.answers = [(500, {}), (202, {})]
    case = late()
    deliver()
    with tenant(alpha.tenant):
        reply_to_case(case_id=case.pk, by=alpha.agent, body="Here we are.", at=after(9))
    deliver()
    let_pass(alpha, timedelta(minutes=1))
    deliver()

    assert [one.body["event_action"] for one in service.heard] == ["trigger", "resolve"]
    assert [one.why for one in deliveries(alpha) if one.kind == "step.fired"] == [
        "Nothing that a pager has to know."
    ]


def test_an_escalation_that_is_asked_for_wakes_somebody_until_it_is_answered(
    alpha, service, endpoint, policy
):
    pager(endpoint, alpha, service, "pagerduty")
    words = {"situation": "Nobody can work.", "reason": "We ship tonight."}
    with tenant(alpha.tenant):
        publish(alpha, "datadynamics")
        case = file_case(alpha, severity="1")
        who = {"asked_by": alpha.contact, "by": alpha.contact, "at": after(0.5)}
        asked = request_escalation(case_id=case.pk, way="portal", **words, **who)
    deliver()
    with tenant(alpha.tenant):
        answer_escalation(request_id=asked.pk, answer="On it.", by=alpha.lead, at=after(1))
    deliver()

    key = f"{case.uuid}:escalation:{asked.event.seq}"
    told = [(one.body["event_action"], one.body["dedup_key"]) for one in service.heard]
    assert told == [("trigger", key), ("resolve", key)]


def test_who_acknowledges_on_the_pager_stops_the_ladder(alpha, service, endpoint, late, browse):
    told = pager(endpoint, alpha, service, "pagerduty")
    case = late()
    body = pagerduty(f"{case.uuid}:first_response:1:wake")

    answer = call_in(browse, alpha, told, body, **signed(body))
    again = call_in(browse, alpha, told, body, **signed(body))
    with tenant(alpha.tenant):
        fire_due([case.pk], at=after(24))

    assert (answer.status_code, again.status_code) == (200, 200)
    ((by, payload),) = taken(alpha, case)
    assert by is None
    assert payload["via"] == "pagerduty"
    with tenant(alpha.tenant):
        steps = CaseEvent.objects.filter(case=case, kind="step_fired")
        assert list(steps.values_list("step", flat=True)) == ["wake"]
    page = browse(alpha.tenant, alpha.lead).get(reverse("desk:case", args=[case.number]))
    assert "in PagerDuty" in page.content.decode()


def test_nobody_else_can_take_notice(alpha, beta, service, endpoint, late, browse):
    told = pager(endpoint, alpha, service, "pagerduty")
    case = late()
    body = pagerduty(f"{case.uuid}:first_response:1:wake")
    other = pagerduty("nothing:of:1:ours")

    answers = [
        call_in(browse, alpha, told, body),
        call_in(browse, alpha, told, body, **signed(body, "another secret")),
        call_in(browse, alpha, told, pagerduty("x"), **signed(body)),
        call_in(browse, beta, told, body, **signed(body)),
        call_in(browse, alpha, told, other, **signed(other)),
        call_in(browse, alpha, told, [1], **signed([1])),
        call_in(browse, alpha, told, {"event": []}, **signed({"event": []})),
    ]

    assert [one.status_code for one in answers] == [401, 401, 401, 404, 204, 400, 400]
    assert taken(alpha, case) == []
    # Where no secret was given nothing that comes in is believed.
    bare = pager(endpoint, alpha, service, "pagerduty", name="Bare", hook_secret="")
    assert call_in(browse, alpha, bare, body, **signed(body, "")).status_code == 401


def test_a_button_in_slack_takes_notice(alpha, service, endpoint, late, browse):
    scope = {"scope": "desk", "kinds": ("step.fired",), "with_text": True}
    told = pager(endpoint, alpha, service, "slack", secret="", **scope)
    case = late()
    deliver()
    (message,) = [one.body for one in service.heard]
    (button,) = message["blocks"][-1]["elements"]
    action = {"action_id": "acknowledge", "value": button["value"]}
    payload = {"type": "block_actions", "user": {"id": "U1"}, "actions": [action]}
    raw = urlencode({"payload": json.dumps(payload)}).encode()

    def press(stamp, secret=SECRET):
        right = mac(f"v0:{stamp}:".encode() + raw, secret)
        headers = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": f"v0={right}"}
        return call_in(browse, alpha, told, raw, **headers).status_code

    now = int(time.time())
    assert [press(now, "another"), press(now - 600), press(now)] == [401, 401, 200]
    assert [payload["via"] for _by, payload in taken(alpha, case)] == ["slack"]
    assert f"{alpha.canary}subject" in message["text"]


def test_a_link_in_a_channel_takes_notice_once_it_is_pressed(
    alpha, beta, service, endpoint, late, browse
):
    scope = {"scope": "desk", "kinds": ("step.fired",), "secret": "", "hook_secret": ""}
    told = pager(endpoint, alpha, service, "teams", **scope)
    case = late()
    deliver()
    (card,) = [one.body["attachments"][0]["content"] for one in service.heard]
    url = card["actions"][-1]["url"]
    path = url[url.index("/hooks/") :]

    shown = browse(alpha.tenant).get(path)
    assert "First response is overdue" in shown.content.decode()
    assert alpha.canary + "subject" not in shown.content.decode()
    assert taken(alpha, case) == []
    assert browse(beta.tenant).post(path).status_code == 404
    assert browse(alpha.tenant).post(path[:-2] + "x/").status_code == 404
    assert browse(alpha.tenant).post(path).status_code == 200
    assert [payload["via"] for _by, payload in taken(alpha, case)] == ["teams"]
    assert "Nothing is left" in browse(alpha.tenant).get(path).content.decode()
    with tenant(alpha.tenant):
        switch_off(endpoint_id=told.pk, by=alpha.manager, at=after(9))
    assert browse(alpha.tenant).get(path).status_code == 404


def test_what_makes_no_sense_is_refused_and_is_no_error(alpha, service, endpoint, late, browse):
    told = pager(endpoint, alpha, service, "pagerduty")
    late()
    address = reverse("hooks:hook", args=[told.hook_token])
    deep = b"[" * 100_000
    header = {"X-PagerDuty-Signature": f"v1={mac(deep)}"}

    form = browse(alpha.tenant).post(address, {"payload": "x"})
    nested = browse(alpha.tenant).generic("POST", address, deep, "application/json", headers=header)
    bulky = browse(alpha.tenant).generic("POST", address, b"x" * 3_000_000, "application/json")

    nowhere = [
        browse(alpha.tenant).post(f"/hooks/{odd}/") for odd in ("a%00b", "%C3%BC", "x" * 999)
    ]
    assert [one.status_code for one in nowhere] == [404, 404, 404]
    statuses = [form.status_code, nested.status_code, bulky.status_code]
    assert statuses in ([404, 400, 404], [401, 400, 404])
    assert browse(alpha.tenant).get(address).status_code == 405


def test_what_cannot_be_read_here_is_refused_and_is_no_error(
    alpha, service, endpoint, late, browse, settings
):
    told = pager(endpoint, alpha, service, "opsgenie", path="/v2/alerts")
    case = late()
    key = f"{case.uuid}:first_response:1:wake"
    header = {"X-Supportdesk-Key": SECRET}
    odd = {"action": "Acknowledge", "alert": {"alias": key, "username": "a\0b@example.org"}}

    assert call_in(browse, alpha, told, odd, **header).status_code == 200
    assert [by for by, _payload in taken(alpha, case)] == [None]

    # Sealed under a key that is gone.
    settings.SECRETS_KEYS = ["another key of the installation"]
    assert call_in(browse, alpha, told, odd, **header).status_code == 401


def test_words_of_strangers_are_no_orders_to_a_chat():
    told = Occasion(
        at=MONDAY,
        data={},
        title="<!channel> & [click](https://evil.example)",
        url="https://desk.example/1",
        facts=[("Customer", "<@U1>")],
        text="*bold*",
    )

    slack, teams = slack_body(told, can_press=True), teams_body(told)

    written = json.dumps(slack)
    assert "<!channel>" not in written
    assert "<@U1>" not in written
    card = teams["attachments"][0]["content"]
    assert card["body"][0]["text"] == "\\<!channel\\> & \\[click\\]\\(https://evil.example\\)"
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert teams["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
