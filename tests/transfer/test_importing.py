"""A case that was handled elsewhere comes here: silently, and with nothing promised of its past."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox.models import OutboxMessage
from sla.engine.replay import Replay
from sla.queries import current_policy
from tests.packs import publish
from tickets.actions.importing import PastCase, PastEntry, import_case
from tickets.audit import audit_cases
from tickets.models import Case, CaseEvent, CaseQuestion, Message, StoredClock
from tickets.timeline import load_timeline, seconds_of

pytestmark = pytest.mark.django_db

OPENED = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


def entry(kind, hours, author=None, body="Words."):
    return PastEntry(kind, OPENED + timedelta(hours=hours), body, author)


def past(alpha, *entries, status="closed", **changes):
    facts = {
        "company": alpha.company,
        "contact": alpha.contact,
        "subject": "It was broken.",
        "status": status,
        "opened_at": OPENED,
        "entries": entries,
        "product": alpha.product,
        "severity": "1",
        "channel": "portal",
    }
    return PastCase(**facts | changes)


@pytest.fixture
def desk(alpha, entered):
    publish(alpha, "metalogix")
    return entered


def clocks_of(case):
    return list(StoredClock.objects.filter(case=case).order_by("kind").values_list("kind", "state"))


def test_history_of_a_closed_case_promises_nothing_and_tells_nobody(alpha, desk):
    before = OutboxMessage.objects.count()
    case = import_case(
        past(
            alpha,
            entry("customer", 0, alpha.contact, "It is broken."),
            entry("note", 1, alpha.agent, "Looks old."),
            entry("reply", 30, alpha.agent, "Try this."),
            entry("customer", 31, alpha.contact, "Thank you."),
            ended_at=OPENED + timedelta(hours=40),
            number=4711,
            reference="zd-99",
        ),
        at=desk,
        importer=alpha.manager,
    ).case

    assert (case.number, case.status, case.opened_at) == (4711, "closed", OPENED)
    assert case.closed_at == OPENED + timedelta(hours=40)
    assert clocks_of(case) == []
    assert case.next_mark_at is None
    assert OutboxMessage.objects.count() == before
    kinds = list(case.events.order_by("seq").values_list("kind", "caused_by", "by"))
    assert kinds == [
        ("case_opened", "import", alpha.contact.pk),
        ("note_added", "import", alpha.agent.pk),
        ("agent_replied", "import", alpha.agent.pk),
        ("customer_replied", "import", alpha.contact.pk),
        ("closed", "import", None),
        ("imported", "import", alpha.manager.pk),
    ]
    assert list(case.messages.order_by("pk").values_list("kind", "body")) == [
        ("customer", "It is broken."),
        ("reply", "Try this."),
        ("customer", "Thank you."),
    ]
    assert case.notes.get().body == "Looks old."
    assert case.events.get(kind="imported").payload == {"reference": "zd-99"}


def test_open_case_is_owed_what_is_left_from_the_day_of_the_import_on(alpha, desk):
    case = import_case(
        past(
            alpha,
            entry("customer", 0, alpha.contact),
            entry("reply", 1, alpha.agent),
            entry("customer", 2, alpha.contact),
            status="open",
        ),
        at=desk,
    ).case

    state = load_timeline(case).state()
    owed = {
        clock.kind: (clock.started_at, clock.is_late(seconds_of(desk))) for clock in state.clocks
    }
    assert owed
    assert {began for began, _late in owed.values()} == {seconds_of(desk)}
    assert not any(late for _began, late in owed.values())
    assert "first_response" not in owed
    assert case.next_mark_at is None or case.next_mark_at > desk
    assert audit_cases([case.pk])[0].differences == ()


def test_case_that_waits_has_asked_and_stands_still(alpha, desk):
    case = import_case(
        past(
            alpha,
            entry("customer", 0, alpha.contact),
            entry("reply", 1, alpha.agent, "Which version?"),
            status="waiting",
        ),
        at=desk,
    ).case

    assert case.status == "waiting"
    assert case.messages.get(kind="question").body == "Which version?"
    assert CaseQuestion.objects.get(case=case).asked_by == alpha.agent
    assert audit_cases([case.pk])[0].differences == ()


@pytest.mark.parametrize(
    ("told", "status", "kinds"),
    [
        (["customer", "reply"], "resolved", ["case_opened", "resolved"]),
        (["customer"], "resolved", ["case_opened", "resolved"]),
        (
            ["customer", "solution", "customer"],
            "open",
            ["resolved", "reopened", "customer_replied"],
        ),
        (["customer", "closed"], "open", ["closed", "reopened"]),
        (["customer", "closed", "note"], "closed", ["closed", "note_added"]),
        (
            ["note", "customer", "solution"],
            "closed",
            ["note_added", "customer_replied", "resolved"],
        ),
        (["customer", "question"], "open", ["case_opened", "agent_replied"]),
        (["customer"], "waiting", ["case_opened"]),
        ([], "closed", ["case_opened", "closed"]),
    ],
)
def test_history_ends_with_the_status_that_the_case_has(alpha, desk, told, status, kinds):
    entries = [entry(kind, hours) for hours, kind in enumerate(told)]
    case = import_case(past(alpha, *entries, status=status), at=desk).case

    found = list(case.events.order_by("seq").values_list("kind", flat=True))
    wanted = "open" if (told, status) == (["customer"], "waiting") else status
    assert found[-1] == "imported"
    assert [kind for kind in found if kind in kinds][: len(kinds)] == kinds
    assert case.status == wanted
    assert audit_cases([case.pk])[0].differences == ()


def test_number_that_is_taken_or_not_given_is_the_next_one(alpha, desk):
    first = import_case(past(alpha, entry("customer", 0), number=500), at=desk).case
    again = import_case(past(alpha, entry("customer", 0), number=500), at=desk).case

    assert (first.number, again.number) == (500, 501)


def test_replay_says_which_promises_would_have_been_broken(alpha, desk):
    case = import_case(
        past(alpha, entry("customer", 0, alpha.contact), entry("reply", 500, alpha.agent)), at=desk
    ).case
    events = load_timeline(case).events
    policy = current_policy(desk).policy

    found = Replay(policy, seconds_of(desk)).case(events, {current_policy(desk).number: policy})

    first = next(one for one in found.outcomes if one.kind == "first_response")
    assert (first.before, first.after, first.is_promised) == ("no_promise", "late", True)
    assert found.steps_before == ()
    assert found.steps_after != ()


def test_imported_case_goes_on_like_any_other(alpha, desk):
    case = import_case(past(alpha, entry("customer", 0, alpha.contact)), at=desk).case

    timeline = load_timeline(case)
    timeline.add("reopened", by=alpha.contact, at=desk + timedelta(hours=1))

    assert {clock.kind for clock in timeline.state().open_clocks} >= {"next_response"}
    assert CaseEvent.objects.filter(case=case).count() == 3
    assert Message.objects.filter(case=case).count() == 1
    assert Case.objects.filter(pk=case.pk, status="closed").exists()
