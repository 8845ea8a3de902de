"""Several messages in one: what is joined, when it leaves, and what becomes of each."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from accounts.errors import Invalid, NotAllowed
from accounts.tenancy import tenant
from outbox import digests
from outbox.actions import Queued, queue_messages, send_again
from outbox.claims import begin_sending, claim_messages, finish
from outbox.delivery import deliver_due
from outbox.models import OutboxMessage
from outbox.outcomes import Outcome, Verdict
from outbox.registry import Rendered, register
from tests.outbox.conftest import AT


@pytest.fixture(autouse=True)
def grouped(monkeypatch):
    monkeypatch.setattr(digests, "_groups", {})
    monkeypatch.setattr(digests, "_group_of", {})
    digests.register_digest()
    register("said", may_receive=lambda person, refs: refs["case"] != 13, render=words)
    register("late", may_receive=lambda person, refs: True, render=words)
    digests.group_kinds("said", "What is said", ("said",))


def words(person, refs):
    body = f"Hello {person.name},\n\nthe customer wrote {refs['case']}.\n\n-- \nAlpha\n"
    return Rendered(subject=f"[A-{refs['case']}] said", body=body)


def want(twin, every="hour", person=None):
    with tenant(twin.tenant):
        digests.choose_digests(by=person or twin.agent, wishes={"said": every})


def say(twin, *cases, kind="said", person=None, at=None, **changes):
    """Queue messages about cases and give the rows by case."""
    with tenant(twin.tenant) as now:
        messages = [
            Queued(
                kind=kind,
                recipient_id=(person or twin.agent).pk,
                refs={"case": case},
                dedupe_key=f"{kind}:{case}",
                **changes,
            )
            for case in cases
        ]
        queue_messages(messages=messages, at=at or now)
        return {
            row.refs["case"]: row
            for row in OutboxMessage.objects.filter(kind=kind).select_related("digest")
        }


def states(twin):
    """Tell the state and the reason of each message by its case; of the digest as `digest`."""
    with tenant(twin.tenant):
        rows = OutboxMessage.objects.order_by("pk")
        return {row.refs.get("case", "digest"): (row.state, row.why) for row in rows}


def let_leave(twin):
    """Have the digest's hour come."""
    with tenant(twin.tenant) as at:
        OutboxMessage.objects.filter(kind="digest").update(hold_until=at)


def test_what_somebody_wants_together_leaves_as_one_message(alpha, beta):
    want(alpha)
    say(alpha, 1, 2, 13)
    say(beta, 1)

    deliver_due()
    at_once = [sent.to for sent in mail.outbox]
    let_leave(alpha)
    deliver_due()

    assert at_once == [[beta.agent.email]]
    digest = mail.outbox[1]
    assert digest.subject == "2 messages for you"
    assert "[A-1] said\n----------\n\nthe customer wrote 1.\n" in digest.body
    assert "wrote 13" not in digest.body
    assert "<h2" in digest.html and "the customer wrote 2." in digest.html
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert states(alpha) == {
        "digest": ("sent", ""),
        1: ("sent", ""),
        2: ("sent", ""),
        13: ("skipped", "The recipient may not have this message."),
    }


@pytest.mark.parametrize(
    "changes", [{"urgent": True}, {"channel": "page"}, {"kind": "late"}], ids=str
)
def test_what_is_urgent_or_in_no_group_is_never_joined(alpha, changes):
    want(alpha)

    (row,) = say(alpha, 1, **changes).values()

    assert (row.state, row.digest) == ("queued", None)


def test_customers_have_no_digests(alpha):
    with tenant(alpha.tenant), pytest.raises(NotAllowed):
        digests.choose_digests(by=alpha.contact, wishes={"said": "day"})


@pytest.mark.parametrize("wishes", [{"other": "day"}, {"said": "year"}, {"said": ""}])
def test_only_what_there_is_can_be_chosen(alpha, wishes):
    with tenant(alpha.tenant), pytest.raises(Invalid):
        digests.choose_digests(by=alpha.agent, wishes=wishes)


def test_messages_of_one_hour_share_a_digest_and_those_of_the_next_have_another(alpha):
    want(alpha)

    say(alpha, 1, at=AT)
    say(alpha, 2, at=AT + timedelta(minutes=59))
    rows = say(alpha, 3, at=AT + timedelta(minutes=60))

    assert rows[1].digest == rows[2].digest != rows[3].digest
    assert rows[1].digest.hold_until == AT + timedelta(hours=1)
    assert rows[3].digest.hold_until == AT + timedelta(hours=2)


@pytest.mark.parametrize(
    ("every", "zone", "at", "leaves"),
    [
        ("hour", "Asia/Kolkata", (3, 2, 9, 0), (3, 2, 10, 0)),
        ("hour", "UTC", (3, 2, 9, 59), (3, 2, 10, 0)),
        ("day", "Europe/Berlin", (3, 2, 6, 59), (3, 2, 7, 0)),
        ("day", "Europe/Berlin", (3, 2, 7, 0), (3, 3, 7, 0)),
        # Summer time begins in the night between.
        ("day", "Europe/Berlin", (3, 28, 9, 0), (3, 29, 6, 0)),
        ("day", "America/New_York", (3, 2, 9, 0), (3, 2, 13, 0)),
    ],
)
def test_a_digest_leaves_at_the_next_hour_or_the_next_morning(every, zone, at, leaves):
    moment = datetime(2026, *at, tzinfo=UTC)

    assert digests.next_leaving(every, zone, moment) == datetime(2026, *leaves, tzinfo=UTC)


def test_the_same_message_twice_is_joined_once(alpha):
    want(alpha)
    say(alpha, 1)
    say(alpha, 1)

    with tenant(alpha.tenant):
        assert OutboxMessage.objects.filter(state="joined").count() == 1


def test_a_digest_with_nothing_left_to_tell_is_not_sent_and_each_says_why(alpha):
    want(alpha)
    say(alpha, 13)
    let_leave(alpha)

    deliver_due()

    why = "Nothing of what it was about may be told any more."
    assert states(alpha) == {"digest": ("skipped", why), 13: ("skipped", why)}


def test_what_comes_while_a_digest_leaves_is_sent_by_itself(alpha):
    want(alpha)
    say(alpha, 1)
    let_leave(alpha)
    (claim,) = claim_messages(tenant_id=alpha.tenant.pk, most=1)
    begun = begin_sending(claim)

    row = say(alpha, 1, 2)[2]

    assert (row.state, row.digest) == ("queued", None)
    finish(begun.claim, Outcome(Verdict.SENT))
    assert states(alpha)[1] == ("sent", "")


def test_members_go_where_their_digest_goes_and_come_back_with_it(alpha):
    want(alpha)
    say(alpha, 1)
    let_leave(alpha)
    (claim,) = claim_messages(tenant_id=alpha.tenant.pk, most=1)
    finish(begin_sending(claim).claim, Outcome(Verdict.PERMANENT, "No such user"))
    failed = states(alpha)

    with tenant(alpha.tenant):
        digest = OutboxMessage.objects.get(kind="digest")
        send_again(message_id=digest.pk, by=alpha.manager)
    again = states(alpha)
    deliver_due()

    assert failed == {"digest": ("failed", "No such user"), 1: ("failed", "No such user")}
    assert again == {"digest": ("queued", ""), 1: ("joined", "")}
    assert states(alpha) == {"digest": ("sent", ""), 1: ("sent", "")}


def test_a_member_that_is_sent_again_goes_by_itself(alpha):
    want(alpha)
    row = say(alpha, 13)[13]
    let_leave(alpha)
    deliver_due()

    with tenant(alpha.tenant):
        send_again(message_id=row.pk, by=alpha.manager)

    assert states(alpha)[13] == ("queued", "")


def test_an_address_that_stops_digests_is_good_for_one_person_of_one_vendor(alpha, beta):
    with tenant(alpha.tenant):
        token = digests.stop_url(alpha.agent).rstrip("/").rpartition("/")[2]
        assert digests.read_stop(token) == alpha.agent
    with tenant(beta.tenant), pytest.raises(digests.NotFound):
        digests.read_stop(token)
    with tenant(alpha.tenant), pytest.raises(digests.NotFound):
        digests.read_stop(token + "x")


def test_a_muted_outbox_keeps_a_digest_together(alpha, settings):
    want(alpha)
    say(alpha, 1)
    settings.OUTBOX_MUTED = True
    deliver_due()

    assert states(alpha)["digest"][0] == "held"
    assert states(alpha)[1] == ("joined", "")
