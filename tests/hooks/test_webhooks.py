"""Webhooks: signed, under one id over all tries, over three days, and nobody holds up another."""

from datetime import timedelta
from threading import Timer
from time import sleep

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.change_models import Change
from accounts.errors import NameTaken, NotAllowed, NotFound
from accounts.tenancy import tenant
from outbox.egress import AddressRefused, Answer
from outbox.endpoints import (
    EndpointWish,
    SecretForElsewhere,
    UnknownEvents,
    renew_secret,
    save_endpoint,
    send_hook_again,
    switch_off,
    switch_on,
)
from outbox.hook_claims import SLOTS, SLOTS_OF_FAILING, claim_deliveries
from outbox.hook_delivery import deliver_hooks
from outbox.hook_kinds import KINDS
from outbox.hook_models import WebhookDelivery, WebhookEndpoint, WebhookTry
from outbox.hook_outcomes import RETRY_AFTER_SECONDS, Result, wait_seconds
from outbox.hook_registry import teller_of
from outbox.hooks import send_test
from outbox.letters import write_email
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.hooks.conftest import deliver, deliveries, let_pass
from tickets.actions.conversation import add_note, reply_to_case
from tickets.actions.restricting import restrict_case

DESK = {"scope": "desk", "kinds": tuple(KINDS)}


@pytest.fixture
def case(alpha):
    def opened(**changes):
        with tenant(alpha.tenant):
            return file_case(alpha, severity="2", **changes)

    return opened


def noted(twin, case, body="Only for us."):
    with tenant(twin.tenant):
        add_note(case_id=case.pk, by=twin.agent, body=body, at=after(1))


def test_an_event_arrives_signed_and_with_what_its_scope_may_know(alpha, service, endpoint, case):
    told = endpoint(alpha, service)
    opened = case()
    noted(alpha, opened)

    assert deliver() == {"sent": 1}

    (heard,) = service.heard
    Webhook(told.made_secret).verify(heard.raw, heard.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(told.made_secret).verify(heard.raw + b" ", heard.headers)
    body = heard.body
    assert (body["type"], body["timestamp"]) == ("case.opened", "2026-03-02T09:00:00Z")
    assert body["data"]["case"] | {"url": ""} == {
        "id": str(opened.uuid),
        "number": opened.number,
        "display": f"{alpha.tenant.case_prefix}-{opened.number}",
        "url": "",
        "status": "open",
        "type": opened.case_type,
        "severity": "2",
        "priority": opened.priority,
        "channel": "portal",
        "company": alpha.company.pk,
        "opened_at": "2026-03-02T09:00:00+00:00",
    }
    assert alpha.canary not in heard.raw.decode()


def test_the_desks_endpoint_has_the_words_only_where_it_is_to(alpha, service, endpoint, case):
    endpoint(alpha, service, **DESK)
    endpoint(alpha, service, name="Words", path="/words", with_text=True, **DESK)
    opened = case()
    noted(alpha, opened, "A canary for us.")

    deliver()

    kinds = {(one.path, one.body["type"]) for one in service.heard}
    told = ("case.opened", "case.noted", "case.owner_changed")
    assert {("/in", "case.opened"), ("/words", "case.opened")} <= kinds
    assert {("/in", "case.noted"), ("/words", "case.noted")} <= kinds
    assert {kind for _path, kind in kinds} <= set(told)
    texts = {
        one.path: one.body["data"].get("text")
        for one in service.heard
        if one.body["type"] == "case.noted"
    }
    assert texts == {"/in": None, "/words": "A canary for us."}


def test_of_a_restricted_case_nobody_outside_has_words(alpha, service, endpoint, case):
    endpoint(alpha, service, with_text=True, **DESK)
    endpoint(alpha, service, name="Chat", shape="slack", path="/slack", with_text=True, **DESK)
    opened = case()
    with tenant(alpha.tenant):
        restrict_case(case_id=opened.pk, is_restricted=True, reason="", by=alpha.lead, at=after(1))

    deliver()

    assert {one.path for one in service.heard} == {"/in"}
    assert not any(alpha.canary in one.raw.decode() for one in service.heard)
    skipped = [one for one in deliveries(alpha) if one.state == "skipped"]
    assert skipped and {one.why for one in skipped} == {
        "The case is restricted to those it concerns, and a channel has other readers."
    }


def test_one_vendors_events_go_to_its_own_endpoints(alpha, beta, service, other_service, endpoint):
    endpoint(alpha, service)
    endpoint(beta, other_service)
    with tenant(beta.tenant):
        file_case(beta, severity="2")

    deliver()

    assert (len(service.heard), len(other_service.heard)) == (0, 1)


def test_every_try_has_the_same_id_and_a_signature_of_its_own_moment(
    alpha, service, endpoint, case
):
    told = endpoint(alpha, service)
    service.answers = [(500, b"no"), (302, b""), (200, {})]
    case()

    states = []
    for _ in range(3):
        states.append(deliver())
        let_pass(alpha, timedelta(hours=1))

    assert states == [{"queued": 1}, {"queued": 1}, {"sent": 1}]
    assert len({one.headers["webhook-id"] for one in service.heard}) == 1
    for one in service.heard:
        Webhook(told.made_secret).verify(one.raw, one.headers)
    with tenant(alpha.tenant):
        tries = WebhookTry.objects.order_by("pk").values_list("number", "status", "answer", "why")
        assert list(tries) == [
            (1, 500, "no", "It answered with an error: 500."),
            (2, 302, "", "It answered with a redirect (302), which is not followed."),
            (3, 200, "{}", ""),
        ]
        assert WebhookEndpoint.objects.get().failing_since is None


def test_tries_go_on_for_three_days_and_then_it_has_failed(alpha, service, endpoint, case):
    endpoint(alpha, service)
    service.answers = [(503, b"")]
    case()

    for _ in range(10):
        deliver()
        let_pass(alpha, timedelta(days=2), of_endpoints=False)

    (failed,) = deliveries(alpha)
    assert (failed.state, failed.attempts, len(service.heard)) == ("failed", 10, 10)
    assert 3 * 86_400 < sum(RETRY_AFTER_SECONDS) < 4 * 86_400


def test_waits_have_jitter_and_heed_what_the_other_side_asks_for():
    asked = Result((Answer(429, 1, b"", {"retry-after": "600"}),), "no")

    assert [wait_seconds(1, Result(), chance=chance) for chance in (0, 0.5)] == [4, 5]
    assert wait_seconds(1, asked) == 600
    assert wait_seconds(10, asked) is None


def test_a_secret_is_renewed_and_for_a_day_both_sign(alpha, service, endpoint, case):
    told = endpoint(alpha, service)
    with tenant(alpha.tenant):
        _endpoint, fresh = renew_secret(endpoint_id=told.pk, by=alpha.manager, at=MONDAY)
        send_test(told, at=MONDAY)
    deliver()
    let_pass(alpha, timedelta(hours=25))
    with tenant(alpha.tenant):
        send_test(told, at=MONDAY)
    deliver()

    first, second = service.heard
    for secret in (told.made_secret, fresh):
        Webhook(secret).verify(first.raw, first.headers)
    Webhook(fresh).verify(second.raw, second.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(told.made_secret).verify(second.raw, second.headers)


def test_who_is_gone_is_told_nothing_more_and_managers_hear_of_it(alpha, service, endpoint, case):
    told = endpoint(alpha, service)
    service.answers = [(410, b"")]
    case()
    deliver()
    case()

    assert deliver() == {}

    with tenant(alpha.tenant) as at:
        now = WebhookEndpoint.objects.get()
        assert (now.is_active, now.disabled_why) == (
            False,
            "It said that it is gone for good (410).",
        )
        mail = OutboxMessage.objects.get(kind="endpoint_disabled", recipient=alpha.manager)
        letter = write_email(mail, at=at)
        assert "gone for good" in letter.body
        assert f"/admin/endpoints/{told.pk}/" in letter.body
        assert WebhookDelivery.objects.count() == 1


def test_after_five_days_of_failures_only_it_is_out_of_service_until_somebody_says_so(
    alpha, service, endpoint, case
):
    told = endpoint(alpha, service)
    service.answers = [*[(500, b"")] * 3, (200, {})]
    case()
    case()
    deliver()
    let_pass(alpha, timedelta(days=5))
    deliver()
    with tenant(alpha.tenant):
        now = WebhookEndpoint.objects.get()
        assert not now.is_active
        assert "Every attempt of five days has failed." in now.disabled_why
        assert {one.state for one in WebhookDelivery.objects.all()} == {"held"}
        switch_on(endpoint_id=told.pk, by=alpha.manager, at=after(1))

    assert deliver() == {"sent": 2}


def test_a_slow_endpoint_holds_up_nobody_else(alpha, beta, service, other_service, endpoint, case):
    endpoint(alpha, service)
    endpoint(alpha, other_service, name="Quick")
    endpoint(beta, other_service)
    service.may_answer.clear()
    for _ in range(3):
        case()
    with tenant(beta.tenant):
        file_case(beta, severity="2")

    done = deliver_while(lambda: len(other_service.heard) == 4, service)

    assert done["sent"] >= 4
    assert len(other_service.heard) == 4


def deliver_while(until, slow):
    """Deliver in one pass; the slow service answers once the others have all heard."""

    def look():
        if until():
            slow.may_answer.set()
        else:
            again = Timer(0.02, look)
            again.daemon = True
            again.start()

    look()
    return deliver()


def test_a_delivery_is_sent_again_under_its_id(alpha, service, endpoint, case):
    endpoint(alpha, service)
    case()
    deliver()
    (sent,) = deliveries(alpha)
    with tenant(alpha.tenant):
        send_hook_again(delivery_id=sent.pk, by=alpha.manager)

    deliver()

    ids = [one.headers["webhook-id"] for one in service.heard]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    with tenant(alpha.tenant), pytest.raises(NotAllowed):
        send_hook_again(delivery_id=sent.pk, by=alpha.lead)


def test_a_muted_system_tells_nobody(alpha, service, endpoint, case, settings):
    endpoint(alpha, service)
    case()
    settings.OUTBOX_MUTED = True

    assert deliver() == {"held": 1}

    settings.OUTBOX_MUTED = False
    assert deliver() == {}
    assert service.heard == []


def test_what_is_put_up_is_checked_and_only_by_managers(alpha, beta, service, endpoint, settings):
    told = endpoint(alpha, service)
    wish = {"name": "Other", "shape": "standard", "url": service.url}

    def save(by=alpha.manager, endpoint_id=None, **changes):
        wished = EndpointWish(**(wish | changes))
        return save_endpoint(wish=wished, by=by, at=MONDAY, endpoint_id=endpoint_id)

    with tenant(alpha.tenant):
        for by in (alpha.lead, alpha.contact):
            with pytest.raises(NotAllowed):
                save(by)
        with pytest.raises(NameTaken):
            save(name="Ops")
        with pytest.raises(UnknownEvents):
            save(kinds=("step.fired",))
        with pytest.raises(AddressRefused):
            save(url="https://169.254.169.254/")
        changed, secret = save(endpoint_id=told.pk, url="", name="Renamed")
        assert (changed.url, secret, changed.host) == (told.url, "", "127.0.0.1")
        lines = Change.objects.order_by("-pk").first().lines
        assert {line["field"] for line in lines} == {"name", "kinds"}
        assert "whsec_" not in str(list(Change.objects.values()))
    with tenant(beta.tenant), pytest.raises(NotFound):
        switch_off(endpoint_id=told.pk, by=beta.manager, at=MONDAY)


def test_key_is_sent_to_another_host_only_where_it_was_entered_again(
    alpha, service, endpoint, settings
):
    wish = {"name": "Night", "shape": "pagerduty", "kinds": ()}
    told = endpoint(alpha, service, secret="routing-key", **wish)

    def save(url, secret=""):
        wished = EndpointWish(**wish, url=url, secret=secret)
        return save_endpoint(wish=wished, by=alpha.manager, at=MONDAY, endpoint_id=told.pk)

    with tenant(alpha.tenant):
        for elsewhere in ("https://evil.example/in", "http://127.0.0.1:9/in"):
            with pytest.raises(SecretForElsewhere):
                save(elsewhere)
        save(f"{service.url}/other")
        assert save("https://evil.example/in", "another-key")[0].revealed_secret == "another-key"
        # Sealed under a key that is gone: entered anew.
        settings.SECRETS_KEYS = ["another key of the installation"]
        assert save("https://evil.example/in", "new-key")[0].revealed_secret == "new-key"


def test_kinds_of_events_are_told_by_somebody():
    assert [kind for kind in KINDS if teller_of(kind) is None] == []


def test_what_either_side_says_is_told_once(alpha, service, endpoint, case):
    endpoint(alpha, service)
    opened = case()
    with tenant(alpha.tenant):
        reply_to_case(case_id=opened.pk, by=alpha.agent, body="More.", at=after(1))

    assert deliver() == {"sent": 2}
    assert [one.body["data"]["event"]["side"] for one in service.heard] == [
        "customer",
        "desk",
    ]


def test_who_cannot_be_reached_leaves_room_for_the_others(alpha, beta, service, endpoint, case):
    for number in range(SLOTS + 2):
        endpoint(alpha, service, name=f"Ops {number}")
    with tenant(alpha.tenant):
        failing = WebhookEndpoint.objects.filter(name__in=[f"Ops {n}" for n in range(3)])
        failing.update(failing_since=MONDAY)
    case()
    case()

    first = claim_deliveries(tenant_id=alpha.tenant.pk, room=32)
    second = claim_deliveries(tenant_id=alpha.tenant.pk, room=32)

    endpoints = [claim.endpoint_id for claim in first]
    assert len(endpoints) == len(set(endpoints)) == 3 + SLOTS_OF_FAILING
    assert second == []
    assert claim_deliveries(tenant_id=beta.tenant.pk, room=32) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_pass_leaves_under_way_is_written_down_all_the_same(alpha, service, endpoint, case):
    endpoint(alpha, service)
    service.may_answer.clear()
    case()

    assert deliver_hooks(pass_seconds=0.3, linger_seconds=0) == {}
    assert deliver_hooks(pass_seconds=0.3, linger_seconds=0) == {}
    service.may_answer.set()

    for _ in range(200):
        (delivery,) = deliveries(alpha)
        if delivery.state == "sent":
            break
        sleep(0.05)
    assert (delivery.state, delivery.attempts, len(service.heard)) == ("sent", 1, 1)
