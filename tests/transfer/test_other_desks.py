"""Exports of Zammad and Zendesk, in the shapes that their own descriptions give."""

import json

import pytest

from accounts.models import Person
from sla.queries import current_policy
from tests.packs import publish
from tests.transfer.moving import archive, faults, taken, uploaded
from tickets.models import Case
from transfer.importing import look_again
from transfer.mapping import guess

pytestmark = pytest.mark.django_db

ZENDESK = {
    "organizations.json": [{"id": 360, "name": "Initech", "domain_names": ["initech.example"]}],
    "users.json": [
        {"id": 11, "name": "Peter", "email": "peter@initech.example", "role": "end-user",
         "organization_id": 360, "locale": "de", "active": True, "time_zone": "Berlin"},
        {"id": 12, "name": "Bill", "email": "bill@old.example", "role": "admin", "active": True},
    ],
    "tickets.json": [
        {"id": 35436, "subject": "Printer", "status": "pending", "priority": "urgent",
         "requester_id": 11, "assignee_id": 12, "organization_id": 360, "tags": ["printer"],
         "created_at": "2025-03-03T09:00:00Z", "updated_at": "2025-03-03T11:00:00Z",
         "via": {"channel": "email"},
         "comments": [
             {"id": 1, "author_id": 11, "public": True, "created_at": "2025-03-03T09:00:00Z",
              "html_body": "<p>On <b>fire</b>.</p><script>x()</script>"},
             {"id": 2, "author_id": 12, "public": False, "created_at": "2025-03-03T10:00:00Z",
              "body": "Sigh."},
             {"id": 3, "author_id": 12, "public": True, "created_at": "2025-03-03T10:30:00Z",
              "plain_body": "Which one?", "attachments": [{"file_name": "gone.png"}]},
         ]},
        {"id": 35437, "subject": "Rubbish", "status": "deleted", "requester_id": 11},
    ],
}  # fmt: skip

ZAMMAD = {
    "organizations": [{"id": 2, "name": "Initech", "domain": "initech.example"}],
    "users": [
        {"id": 3, "firstname": "Peter", "lastname": "Gibbons", "email": "peter@initech.example",
         "organization_id": 2, "role_ids": [3], "active": True},
        {"id": 4, "firstname": "Bill", "lastname": "Lumbergh", "email": "agent@desk.test",
         "roles": ["Agent"], "active": True},
    ],
    "tickets": [
        {"id": 5, "number": "20240801123456", "title": "Printer", "state_id": 4, "priority_id": 3,
         "customer_id": 3, "owner_id": 4, "organization_id": 2, "create_article_type_id": 1,
         "created_at": "2025-03-03T09:00:00.000Z", "close_at": "2025-03-04T09:00:00.000Z"},
    ],
    "ticket_articles": [
        {"id": 6, "ticket_id": 5, "sender_id": 2, "type_id": 1, "internal": False,
         "content_type": "text/html", "body": "On fire.<br>Again.", "created_by_id": 3,
         "created_at": "2025-03-03T09:00:00.000Z"},
        {"id": 7, "ticket_id": 5, "sender": "Agent", "internal": True, "content_type": "text/plain",
         "body": "Sigh.", "created_by": "agent@desk.test",
         "created_at": "2025-03-03T09:30:00.000Z"},
        {"id": 8, "ticket_id": 5, "sender": "Agent", "internal": False, "body": "Put it out.",
         "content_type": "text/plain", "created_by_id": 4,
         "created_at": "2025-03-03T10:00:00.000Z"},
    ],
}  # fmt: skip


@pytest.fixture
def desk(alpha, entered):
    publish(alpha, "metalogix")
    return entered


def warned(run):
    return {code for *_place, code in faults(run, warnings=True)}


def told(case):
    return list(case.messages.order_by("pk").values_list("kind", "author__name", "body"))


@pytest.mark.parametrize("as_lines", [False, True])
def test_zendesk_comes_in_with_comments_as_messages_and_notes(alpha, desk, as_lines):
    dump = (lambda rows: "\n".join(map(json.dumps, rows))) if as_lines else json.dumps
    data = archive(**{name.replace(".", "_"): dump(rows) for name, rows in ZENDESK.items()})

    run = taken(alpha, desk, data, format="zendesk", source="zendesk")

    case = Case.objects.get(subject="Printer")
    assert faults(run) == []
    assert (case.number, case.status, case.severity) == (35436, "waiting", "1")
    assert told(case) == [
        ("customer", "Peter", "On fire."),
        ("question", "Bill", "Which one?"),
    ]
    assert case.notes.get().body == "Sigh."
    assert list(case.case_tags.values_list("tag__name", flat=True)) == ["printer"]
    assert warned(run) == {
        "file_not_there",
        "not_mapped",
    }
    bill = Person.objects.get(email="bill@old.example")
    assert (bill.role, bill.is_active) == ("agent", False)
    assert case.owner is None
    assert not Case.objects.filter(subject="Rubbish").exists()


def test_zammad_comes_in_with_articles_of_their_own(alpha, desk):
    run = taken(
        alpha,
        desk,
        json.dumps(ZAMMAD).encode(),
        name="zammad.json",
        format="zammad",
        source="zammad",
    )

    case = Case.objects.get(subject="Printer")
    assert faults(run) == []
    assert (case.status, case.severity, case.owner) == ("closed", "1", alpha.agent)
    assert told(case) == [
        ("customer", "Peter Gibbons", "On fire.\nAgain."),
        ("reply", alpha.agent.name, "Put it out."),
    ]
    assert case.notes.get().author == alpha.agent
    assert case.events.get(kind="imported").payload == {"reference": "20240801123456"}
    assert warned(run) == {
        "number_not_kept",
        "not_mapped",
    }


def test_manager_says_what_a_state_means(alpha, desk):
    text = "id,contact,subject,status,opened_at\n1,contact@acme.test,S,parked,2025-01-01\n"
    run = uploaded(alpha, desk, text.encode(), name="cases.csv")
    assert [code for *_place, code in faults(run, warnings=True)] == ["not_mapped"]
    assert run.figures["values"]["status"] == ["parked"]

    look_again(run_id=run.pk, maps={"status": {"parked": "closed"}}, by=alpha.manager, at=desk)
    taken(alpha, desk, text.encode(), name="cases.csv", run=run)

    assert Case.objects.get(subject="S").status == "closed"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("status", "On-Hold", "open"),
        ("status", "pending close", "resolved"),
        ("status", "whatever", ""),
        ("severity", "urgent", "1"),
        ("severity", "low", "4"),
        ("priority", "urgent", ""),
        ("channel", "phone", "phone"),
        ("channel", "fax", ""),
    ],
)
def test_what_is_usual_is_guessed(desk, field, value, code):
    policy = current_policy(desk).policy

    found = guess(field, value, policy)

    assert found == (policy.severities[-1].code if value == "low" else code)
