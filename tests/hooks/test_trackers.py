"""Cases at Level 3 and issues of the engineers: linked both ways, and a fix is told to all."""

import hmac
import json
from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.errors import NotAllowed, NotFound
from accounts.tenancy import tenant
from entitlements.releases import add_release
from escalation.actions import escalate_case
from outbox.endpoints import send_hook_again
from outbox.hook_claims import begin_delivery, claim_deliveries
from outbox.hook_models import WebhookDelivery, WebhookTry
from outbox.models import OutboxMessage
from tests.cases import MONDAY, after, file_case
from tests.hooks.conftest import deliver, deliveries, let_pass
from tests.hooks.fakes import FAKES
from tickets.actions.defects import record_defect, tie_defect
from tickets.actions.ending import resolve_case
from tickets.actions.tracking import engineering_state, link_issue, open_issue, unlink_issue
from tickets.life_errors import AlreadyLinked, NotAtTopTier
from tickets.models import CaseEvent, Defect, TrackerLink
from tickets.tracker_hooks import look_at_open_issues
from tickets.tracker_shapes import NotAnIssue

SECRET = "what the tracker signs with"
PROJECTS = {"github": "acme/engine", "gitlab": "acme/engine", "jira": "SUP"}
BASES = {"github": "", "gitlab": "/api/v4", "jira": ""}


@pytest.fixture
def tracked(alpha, service, endpoint):
    """Give a tracker of a shape with its endpoint, and a case at Level 3."""

    def made(shape):
        facts = {"secret": "token", "hook_secret": SECRET, "project": PROJECTS[shape]}
        told = endpoint(alpha, service, shape=shape, path=BASES[shape], kinds=(), **facts)
        fake = FAKES[shape](service)
        with tenant(alpha.tenant):
            case = file_case(alpha, severity="2", product=alpha.product)
            words = {"note_done": "Tried.", "note_needed": "Look."}
            for hours in (0.1, 0.2):
                escalate_case(case_id=case.pk, by=alpha.lead, at=after(hours), **words)
            case.refresh_from_db()
        return told, fake, case

    return made


def ask(alpha, told, case, **changes):
    words = {"title": "Copy stops", "words": "At 4 GB, see the log."} | changes
    with tenant(alpha.tenant):
        return open_issue(
            case_id=case.pk, endpoint_id=told.pk, by=alpha.agent, at=after(1), **words
        )


def link_now(alpha):
    with tenant(alpha.tenant):
        return TrackerLink.objects.get()


def deliver_all(alpha):
    for _ in range(3):
        deliver()


@pytest.mark.parametrize("shape", FAKES)
def test_an_issue_is_opened_with_the_desks_words_and_nobody_elses(shape, alpha, tracked):
    told, fake, case = tracked(shape)

    ask(alpha, told, case)
    deliver_all(alpha)

    link = link_now(alpha)
    ((key, issue),) = fake.issues.items()
    assert (link.issue, link.state) == (key, "open")
    written = json.dumps(issue)
    assert "At 4 GB, see the log." in written
    assert f"/desk/cases/{case.number}/" in written
    assert alpha.canary not in written
    auth = {
        "github": ("authorization", "Bearer token"),
        "gitlab": ("private-token", "token"),
        "jira": ("authorization", "Bearer token"),
    }
    name, value = auth[shape]
    assert {one.headers[name] for one in fake.service.heard} == {value}
    with tenant(alpha.tenant):
        assert set(WebhookTry.objects.values_list("answer", flat=True)) == {""}


@pytest.mark.parametrize("shape", FAKES)
def test_an_issue_that_there_is_hears_of_the_case_and_of_its_end(shape, alpha, tracked):
    told, fake, case = tracked(shape)
    if shape == "jira":
        fake.open({"fields": {"project": {"key": "SUP"}, "summary": "Old", "description": ""}})
    else:
        fake.open({"title": "Old", "body": "", "description": ""})
    (key,) = fake.issues
    who = {"endpoint_id": told.pk, "by": alpha.agent, "at": after(1)}
    with tenant(alpha.tenant):
        link_issue(
            case_id=case.pk,
            issue=f"https://tracker.example/acme/engine/issues/{key.lower()}",
            **who,
        )
        with pytest.raises(AlreadyLinked):
            link_issue(case_id=case.pk, issue=key, **who)
        resolve_case(case_id=case.pk, by=alpha.agent, solution="Done.", at=after(2))
    deliver_all(alpha)

    assert {said for said, _words in fake.said} == {key}
    words = " ".join(said for _key, said in fake.said)
    assert "A customer waits for this" in words
    assert "is solved" in words
    assert link_now(alpha).state == "open"


def progress(shape, issue, *, done=False, version=""):
    if shape == "jira":
        status = ("Shipped", "done") if done else ("In review", "indeterminate")
        versions = [{"name": version}] if version else []
        issue["fields"] |= {
            "status": {"name": status[0], "statusCategory": {"key": status[1]}},
            "fixVersions": versions,
        }
        return
    issue["assignees"] = [{"id": 1}]
    issue["milestone"] = {"title": version} if version else None
    if done:
        issue["state"], issue["state_reason"] = "closed", "completed"


def hook_of(shape, key, issue):
    """Write the webhook that a tracker sends, and sign it as it does."""
    body = {
        "github": {
            "action": "edited", "issue": issue, "repository": {"full_name": "acme/engine"}
        },
        "gitlab": {
            "object_kind": "issue",
            "object_attributes": {"iid": int(key) if key.isdecimal() else 0, "state": "opened"},
            "project": {"path_with_namespace": "acme/engine"},
        },
        "jira": {"webhookEvent": "jira:issue_updated", "issue": issue},
    }[shape]  # fmt: skip
    raw = json.dumps(body).encode()
    mac = f"sha256={hmac.new(SECRET.encode(), raw, sha256).hexdigest()}"
    header = {
        "github": {"X-Hub-Signature-256": mac},
        "gitlab": {"X-Gitlab-Token": SECRET},
        "jira": {"X-Hub-Signature": mac},
    }
    return raw, header[shape]


@pytest.mark.parametrize("shape", FAKES)
def test_what_engineers_do_is_seen_on_the_case_and_never_read_by_its_customer(
    shape, alpha, tracked, browse
):
    told, fake, case = tracked(shape)
    ask(alpha, told, case)
    deliver_all(alpha)
    ((key, issue),) = fake.issues.items()
    progress(shape, issue)
    raw, signed = hook_of(shape, key, issue)
    address = reverse("hooks:hook", args=[told.hook_token])

    def send(headers, body=raw):
        sender = browse(alpha.tenant)
        return sender.generic("POST", address, body, "application/json", headers=headers)

    assert send({}).status_code == 401
    assert link_now(alpha).state == "open"
    assert send(signed).status_code == 200
    deliver_all(alpha)

    assert link_now(alpha).state == "progress"
    desk = browse(alpha.tenant, alpha.agent).get(reverse("desk:case", args=[case.number]))
    portal = browse(alpha.tenant, alpha.contact).get(reverse("portal:case", args=[case.number]))
    assert link_now(alpha).remote_state in desk.content.decode()
    assert "being worked on" in desk.content.decode()
    page = portal.content.decode()
    assert "Our engineers are working on a fix" in page
    assert not any(told_there in page for told_there in ("In review", "Copy stops", "At 4 GB"))


def test_a_webhook_of_another_repository_means_another_issue(alpha, tracked, browse):
    told, fake, case = tracked("github")
    ask(alpha, told, case)
    deliver_all(alpha)
    ((key, issue),) = fake.issues.items()
    raw, _signed = hook_of("github", key, issue | {"state": "closed"})
    body = json.loads(raw) | {"repository": {"full_name": "acme/other"}}
    raw = json.dumps(body).encode()
    mac = f"sha256={hmac.new(SECRET.encode(), raw, sha256).hexdigest()}"
    address = reverse("hooks:hook", args=[told.hook_token])

    sender = browse(alpha.tenant)
    sender.generic("POST", address, raw, "application/json", headers={"X-Hub-Signature-256": mac})

    assert link_now(alpha).state == "open"


@pytest.mark.parametrize("shape", FAKES)
def test_dd_24_a_fix_that_the_tracker_names_is_promised_and_told_to_everybody(
    shape, alpha, tracked
):
    told, fake, case = tracked(shape)
    with tenant(alpha.tenant):
        add_release(product=alpha.product, version="9.1.0", released_on=date(2030, 1, 1))
        fault = record_defect(title="Copy stops", product=alpha.product, by=alpha.agent, at=MONDAY)
        other = file_case(alpha, severity="2", product=alpha.product)
        for one in (case, other):
            tie_defect(case_id=one.pk, defect_id=fault.pk, by=alpha.agent, at=after(0.5))
    ask(alpha, told, case)
    deliver_all(alpha)
    ((_key, issue),) = fake.issues.items()
    progress(shape, issue, done=True, version="9.1.0")

    # The webhook was lost: the hourly look finds it.
    with tenant(alpha.tenant):
        assert look_at_open_issues(after(2)) == 1
    deliver_all(alpha)

    with tenant(alpha.tenant):
        fault.refresh_from_db()
        assert (fault.state, fault.release.version) == (Defect.State.PROMISED, "9.1.0")
        promised = CaseEvent.objects.filter(kind="fix_promised").order_by("case")
        assert [event.case_id for event in promised] == [case.pk, other.pk]
        assert OutboxMessage.objects.filter(kind="fix_promised").count() == 2
        assert look_at_open_issues(after(3)) == 0


def test_what_cannot_be_opened_says_why_and_what_may_have_been_is_not_opened_twice(
    alpha, tracked, service
):
    told, fake, case = tracked("github")
    fake.open = lambda body: (422, {"message": "Validation Failed"})
    ask(alpha, told, case)
    deliver_all(alpha)
    link = link_now(alpha)
    assert (link.state, link.why) == ("failed", "It answered with an error: 422.")
    with tenant(alpha.tenant):
        assert "Validation Failed" in WebhookTry.objects.get().answer
        unlink_issue(case_id=case.pk, link_id=link.pk, by=alpha.agent, at=after(2))
        TrackerLink.objects.all().delete()

    opened = []
    service.heard.clear()
    fake.open = lambda body: opened.append(body) or (200, b"no issue at all")
    ask(alpha, told, case)
    deliver_all(alpha)
    let_pass(alpha, timedelta(days=1))
    deliver_all(alpha)

    assert len(opened) == 1
    assert link_now(alpha).state == "failed"


POISON = (b"[" * 60_000, b'{"number": 5, "state": "\\ud800\\u0000"}', b"5")


@pytest.mark.parametrize("poison", POISON)
def test_what_a_tracker_answers_stops_nobody_elses_deliveries(
    poison, alpha, beta, tracked, endpoint, other_service
):
    told, fake, case = tracked("github")
    endpoint(beta, other_service)
    fake.open = lambda body: (200, poison)
    ask(alpha, told, case)
    with tenant(beta.tenant):
        file_case(beta, severity="2")

    deliver_all(alpha)

    assert len(other_service.heard) == 1
    assert link_now(alpha).state in ("failed", "open")


def test_no_second_issue_is_opened_by_sending_again_or_after_an_interruption(
    alpha, tracked, service
):
    told, fake, case = tracked("github")
    ask(alpha, told, case)
    deliver_all(alpha)
    sent = next(one for one in deliveries(alpha) if one.kind == "tracker.open")
    with tenant(alpha.tenant):
        send_hook_again(delivery_id=sent.pk, by=alpha.manager)
    deliver_all(alpha)
    assert len(fake.issues) == 1

    # A worker claims it, and dies before it says what came of it.
    ask(alpha, told, case, title="Another")
    with tenant(alpha.tenant):
        claims = claim_deliveries(tenant_id=alpha.tenant.pk, room=9)
        assert [len(begin_delivery(one)) for one in claims] == [1]
        WebhookDelivery.objects.update(claimed_until=F("claimed_until") - timedelta(hours=1))
    deliver_all(alpha)

    assert len(fake.issues) == 1
    with tenant(alpha.tenant):
        assert TrackerLink.objects.order_by("-pk")[0].why == (
            "It was interrupted, and may have been done: look there."
        )


def test_an_issue_of_another_repository_is_not_ours_by_its_number(alpha, tracked):
    told, _fake, case = tracked("github")
    who = {"case_id": case.pk, "endpoint_id": told.pk, "by": alpha.agent, "at": after(1)}
    with tenant(alpha.tenant):
        with pytest.raises(NotAnIssue, match="not in acme"):
            link_issue(issue="https://github.com/acme/other/issues/5", **who)
        link = link_issue(issue="https://github.com/Acme/Engine/issues/5", **who)

    assert link.issue == "5"


def test_engineers_are_asked_at_level_3_by_those_who_answer(alpha, beta, tracked):
    told, _fake, case = tracked("jira")
    who = {"endpoint_id": told.pk, "at": after(1)}
    with tenant(alpha.tenant):
        low = file_case(alpha, severity="2")
        with pytest.raises(NotAtTopTier):
            link_issue(case_id=low.pk, issue="SUP-1", by=alpha.agent, **who)
        for by in (alpha.contact, alpha.dispatcher):
            with pytest.raises(NotAllowed):
                link_issue(case_id=case.pk, issue="SUP-1", by=by, **who)
        for issue in ("", "../../admin", "SUP 1", "SUP-1?x", "ü-1", "x" * 80):
            with pytest.raises(NotAnIssue):
                link_issue(case_id=case.pk, issue=issue, by=alpha.agent, **who)
        assert engineering_state(case) == ""
    with tenant(beta.tenant), pytest.raises(NotFound):
        link_issue(case_id=case.pk, issue="SUP-1", by=beta.agent, **who)


def test_an_issue_is_linked_and_taken_off_on_the_case_page(alpha, tracked, browse):
    told, fake, case = tracked("github")
    agent = browse(alpha.tenant, alpha.agent)
    page = reverse("desk:case", args=[case.number])

    assert "Ask the engineers: an issue in their tracker" in agent.get(page).content.decode()
    refused = agent.post(reverse("desk:track", args=[case.number]), {"track-tracker": told.pk})
    assert refused.status_code == 422
    asked = {"track-tracker": told.pk, "track-title": "Copy stops", "track-body": "At 4 GB."}
    assert agent.post(reverse("desk:track", args=[case.number]), asked).status_code == 302
    deliver_all(alpha)
    shown = agent.get(page).content.decode()
    assert ">42</a>" in shown
    link = {"untrack-link": link_now(alpha).pk}
    assert agent.post(reverse("desk:untrack", args=[case.number]), link).status_code == 302
    assert "With the engineers" not in agent.get(page).content.decode()
